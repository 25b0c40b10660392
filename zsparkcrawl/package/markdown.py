"""Markdown of a package: tables, and the dictionary of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zsparkcrawl.package.tables import TABLES, table_named, type_of, unit_of

__all__ = ["dictionary", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; numbers stand at the right, with commas between thousands, None is an empty cell.

    >>> print(table(["host", "edits"], [["a|b", 12345], [None, 1]]))
    | host | edits |
    | --- | ---: |
    | a\\|b | 12,345 |
    |  | 1 |
    """
    found = list(rows)
    columns = [{type(row[place]) for row in found} - {type(None)} for place in range(len(heads))]
    numbers = [column == {int} for column in columns]
    lines = [
        heads,
        ["---:" if number else "---" for number in numbers],
        *([_cell(one) for one in row] for row in found),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def dictionary() -> str:
    """DICTIONARY.md: every column of every table, in English and Chinese."""
    parts = [
        "# 数据字典 Data dictionary",
        "列的类型同 `datapackage.json`。时刻为 UTC。表按其键相连：键以 🔑 标出。\n\n"
        "Types are those of `datapackage.json`. Moments are UTC. Columns of a table's primary key have a 🔑.",
    ]
    for name in TABLES:
        meant = table_named(name)
        rows = [
            (
                f"`{c.name}`{' 🔑' if c.name in meant.key else ''}",
                c.chinese,
                type_of(c),
                unit_of(c),
                "NULL" if c.nullable else "",
                c.meaning_chinese,
                c.meaning,
            )
            for c in meant.columns
        ]
        parts += [
            f"## {name} {meant.title_chinese}",
            f"{meant.meaning_chinese}。\n\n{meant.meaning[:1].upper()}{meant.meaning[1:]}.",
            table(("列 column", "名称", "类型 type", "单位 unit", "可为 may be", "含义", "meaning"), rows),
        ]
        parts += [_names_others(name)] if meant.references else []
    return "\n\n".join(parts) + "\n"


def _names_others(name: str) -> str:
    lines = (
        f"`{', '.join(each.columns)}` → `{each.table or name}` (`{', '.join(each.other)}`)"
        for each in table_named(name).references
    )
    return f"外键 foreign keys: {'; '.join(lines)}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return " ".join(text.split()).replace("|", "\\|")
