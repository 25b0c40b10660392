"""A database file of selected articles, for SQLite, that stands by itself: articles, edits, injections and what the
columns mean. Written in one transaction and in one order, so that one selection gives the same bytes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from zsparkcrawl.archive.exports.dictionary import Column, described

__all__ = ["write_database"]

_EDITS = ("article_id", "version", "field", "position", "rule", "start", "before", "after", "certainty")
_INJECTIONS = ("article_id", "kind", "phrase", "carrier", "domain", "version", "first_seen", "last_seen", "pages")

_TABLES = """
CREATE TABLE edits (
    article_id INTEGER NOT NULL REFERENCES articles (id), version INTEGER NOT NULL, field TEXT NOT NULL,
    position INTEGER NOT NULL, rule TEXT NOT NULL, start INTEGER NOT NULL, "before" TEXT NOT NULL,
    "after" TEXT NOT NULL, certainty TEXT NOT NULL, PRIMARY KEY (article_id, field, position)
) WITHOUT ROWID;
CREATE TABLE injections (
    article_id INTEGER NOT NULL REFERENCES articles (id), kind TEXT NOT NULL, phrase TEXT NOT NULL,
    carrier TEXT NOT NULL, domain TEXT, version INTEGER NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
    pages INTEGER NOT NULL
);
CREATE TABLE columns (
    "table" TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, chinese TEXT NOT NULL, meaning TEXT NOT NULL,
    meaning_chinese TEXT NOT NULL, PRIMARY KEY ("table", name)
) WITHOUT ROWID;
"""
_INDEXED = ("url", "date", "section", "source")
_AT_ONCE = 500


def write_database(rows: Iterable[Mapping[str, Any]], path: Path, columns: Sequence[Column]) -> int:
    """Write articles, each with the edits and injections that it carries, into a database file that is not there yet,
    and return how many. The table articles has their number, id, and the columns. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nobody reads it yet, and what fails is thrown away: no journal, and the disk is waited for once at the end.
        for setting in ("page_size = 4096", "encoding = 'UTF-8'", "journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        connection.execute(_create_articles(columns))
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.executemany(_insert("columns", 6), _described(columns))
        number = _fill(connection, rows, [column.name for column in columns if column.name != "id"])
        for name in _INDEXED:
            if any(column.name == name for column in columns):
                connection.execute(f"CREATE INDEX articles_{name} ON articles ({name})")
        connection.execute("CREATE INDEX edits_rule ON edits (rule)")
        connection.execute("CREATE INDEX injections_article_id ON injections (article_id)")
        connection.execute("COMMIT")
    return number


def _fill(connection: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> int:
    number = 0
    into_articles = _insert("articles", len(names) + 1)
    into_edits, into_injections = _insert("edits", len(_EDITS)), _insert("injections", len(_INJECTIONS))
    for row in rows:
        own = {"article_id": row["id"]}
        connection.execute(into_articles, [row["id"], *(_value(row[name]) for name in names)])
        connection.executemany(into_edits, _values(row["edits"], _EDITS, own))
        connection.executemany(into_injections, _values(row["injections"], _INJECTIONS, own))
        number += 1
    return number


def _values(rows: Iterable[Mapping[str, Any]], names: Sequence[str], own: Mapping[str, Any]) -> Iterator[list[Any]]:
    return ([{**row, **own}[name] for name in names] for row in rows)


def _create_articles(columns: Sequence[Column]) -> str:
    defined = ["id INTEGER PRIMARY KEY"]
    for column in columns:
        if column.name != "id":
            kind = "INTEGER" if column.kind == "integer" else "TEXT"
            defined.append(f'"{column.name}" {kind}{"" if column.nullable else " NOT NULL"}')
    return f"CREATE TABLE articles ({', '.join(defined)})"


def _described(columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    tables = {"articles": columns, "edits": described("edits"), "injections": described("injections")}
    for table, found in tables.items():
        for c in found:
            if table != "injections" or c.name in _INJECTIONS:
                yield table, c.name, c.kind, c.chinese, c.meaning, c.meaning_chinese


def _insert(table: str, values: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * values)})"  # noqa: S608 - the names are of this module


def _value(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
