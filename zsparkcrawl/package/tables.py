"""The tables of a package: their columns, in which order, and the keys by which they name each other."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from zsparkcrawl.archive.dictionary import Column, Kind, article_columns, described
from zsparkcrawl.export import COLUMNS

__all__ = ["TABLES", "Reference", "Table", "table_named", "type_of", "unit_of"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns of a table that name a row of another one, by that one's columns."""

    columns: tuple[str, ...]
    table: str
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``key`` tells a row from all others; empty where rows are only counted."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    title: str
    meaning: str
    title_chinese: str
    meaning_chinese: str


_VERSION = Reference(("article", "version"), "versions", ("article", "version"))
_ARTICLE = Reference(("article",), "articles", ("article",))
_CAPTURE = Reference(("capture",), "captures", ("capture",))

_KEYS: Mapping[str, tuple[str, ...]] = {
    "articles": ("article",),
    "versions": ("article", "version"),
    "edits": ("article", "version", "field", "position"),
    "injections": ("injection",),
    "injection_pages": ("injection", "article"),
    "files": ("article", "url", "version"),
    "captures": ("capture",),
    "unstored": (),
    "coverage": (),
    "missing": (),
    "dictionary": ("table", "column"),
}
_REFERENCES: Mapping[str, tuple[Reference, ...]] = {
    "articles": (_VERSION, _CAPTURE),
    "versions": (_ARTICLE, _CAPTURE),
    "edits": (_VERSION,),
    "injection_pages": (Reference(("injection",), "injections", ("injection",)), _VERSION),
    "files": (_ARTICLE, _CAPTURE),
    "captures": (Reference(("revisit_of",), "", ("capture",)),),
}
TABLES = tuple(_KEYS)
"""The names of the tables, in their order."""

_LEFT_OUT = frozenset(["id", "article_id", "injection_id", "capture_id", "run_id", "frontier_id"])
"""Numbers that another database has otherwise; keys stand in their place."""
_TYPES: Mapping[Kind, str] = {
    "text": "string",
    "integer": "integer",
    "boolean": "boolean",
    "day": "date",
    "time": "time",
    "moment": "datetime",
    "list": "array",
    "object": "object",
}
_UNITS: Mapping[Kind, str] = {
    "day": "ISO 8601, YYYY-MM-DD",
    "time": "HH:MM:SS, site's time zone 网站所在时区",
    "moment": "UTC",
    "list": "JSON",
    "object": "JSON",
}


@cache
def table_named(name: str) -> Table:
    """A table by its name. Raises KeyError when there is none.

    >>> table_named("edits").key
    ('article', 'version', 'field', 'position')
    >>> [column.name for column in table_named("injection_pages").columns]
    ['injection', 'article', 'version', 'position', 'first_seen', 'last_seen']
    """
    return Table(name, _columns(name), _KEYS[name], _REFERENCES.get(name, ()), *_words()["tables"][name])


def type_of(column: Column) -> str:
    """The type of a column's values, by the word that Table Schema has for it.

    >>> [type_of(column) for column in table_named("edits").columns][:3]
    ['string', 'integer', 'string']
    """
    return _TYPES[column.kind]


def unit_of(column: Column) -> str | None:
    """In what a column's values are measured or written; None when in nothing.

    >>> [unit_of(column) for column in table_named("files").columns if column.name in ("size", "name")]
    [None, 'bytes 字节']
    """
    unit: str | None = _words()["units"].get(column.name) if column.kind == "integer" else _UNITS.get(column.kind)
    return unit


def _columns(name: str) -> tuple[Column, ...]:
    own = _words()["columns"]
    if name in own:
        return tuple(_own(name, column) for column in own[name])
    if name == "articles":
        known = article_columns()
        names = (*COLUMNS, "gone_reason", "injection_count")
        return (_own("keys", "article"), *(known[each] for each in names), _own("keys", "capture"))
    if name == "files":
        return _file_columns()
    found = [column for column in described(name) if column.name not in _LEFT_OUT]
    if name == "captures":
        key = replace(_own("keys", "capture"), nullable=False, meaning=_words()["capture"][0])
        key = replace(key, meaning_chinese=_words()["capture"][1])
        return (key, *(_own("keys", "revisit_of") if each.name == "revisit_of" else each for each in found))
    if name == "injections":
        return (_own("keys", "injection"), *(_known_late(column) for column in found))
    key_columns = [_own("keys", "injection")] if name == "injection_pages" else []
    behind = [_own("keys", "capture")] if name == "versions" else []
    return (*key_columns, _own("keys", "article"), *(_known_late(column) for column in found), *behind)


def _known_late(column: Column) -> Column:
    """Of an earlier day it is not known when a thing was last seen; and an object may be the null of JSON."""
    return replace(column, nullable=True) if column.name == "last_seen" or column.kind == "object" else column


def _file_columns() -> tuple[Column, ...]:
    offered = [column for column in described("article_files") if column.name not in _LEFT_OUT]
    # Of what was offered and never came there are no bytes.
    bytes_of = {each.name: replace(each, nullable=True) for each in described("files")}
    facts = tuple(bytes_of[name] for name in ("size", "type", "path"))
    return (_own("keys", "article"), *offered, *facts, _own("keys", "capture"))


def _own(table: str, name: str) -> Column:
    kind, nullable, chinese, meaning, meaning_chinese = _words()["columns"][table][name]
    return Column(name, kind, nullable == "NULL", chinese, meaning, meaning_chinese)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("zsparkcrawl.package").joinpath("tables.toml").read_text("utf-8"))
