"""The tables as the documentation shows them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table, UniqueConstraint

from zsparkcrawl.archive.tables.schema import metadata

__all__ = ["comments", "describe"]


def describe() -> str:
    """The tables in Markdown: docs/schema.md has this text between its markers.

    >>> print(describe().split("\\n\\n")[0])
    ### article_files
    """
    return "\n\n".join(_described(metadata.tables[name]) for name in sorted(metadata.tables)) + "\n"


def _described(table: Table) -> str:
    rows = [
        f"| {c.name} | {str(c.type).lower()} | {'NULL' if c.nullable else ''} | {c.comment} |" for c in table.columns
    ]
    keys = [f"Primary key: {', '.join(column.name for column in table.primary_key.columns)}."]
    uniques = [list(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [f"Unique: {', '.join(names)}." for names in uniques]
    keys += [
        f"Unique: {', '.join(index.columns.keys())} (where {index.dialect_options['sqlite']['where']})."
        for index in table.indexes
        if index.unique
    ]
    comment = table.comment or ""
    head = [f"### {table.name}", f"{comment[:1].upper()}{comment[1:]}. {' '.join(keys)}"]
    return "\n\n".join([*head, "\n".join(["| column | type | may be | meaning |", "|---|---|---|---|", *rows])])


def comments() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Each table with what it is for and what each of its columns means.

    >>> comments()["articles"][1]["editor"]
    'the responsible editor; never taken for the author'
    """
    return {
        name: (table.comment or "", {column.name: column.comment or "" for column in table.columns})
        for name, table in sorted(metadata.tables.items())
    }
