"""The tables of a package: their columns, in which order, and the keys by which they name each other."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from zsparkcrawl.archive.exports.dictionary import Column, Kind, article_columns, described
from zsparkcrawl.archive.exports.packing_copies import OWN_TEXTS
from zsparkcrawl.archive.witnesses.testimony import FACTS
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
_READING = ("article", "version", "field", "position", "rank")
_CAPTURE = Reference(("capture",), "captures", ("capture",))

_KEYS: Mapping[str, tuple[str, ...]] = {
    "articles": ("article",),
    "versions": ("article", "version"),
    "edits": ("article", "version", "field", "position"),
    "witnesses": ("witness",),
    "readings": _READING,
    "reading_witnesses": (*_READING, "says", "witness"),
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
    "witnesses": (_ARTICLE, _CAPTURE),
    "readings": (_VERSION,),
    "reading_witnesses": (
        Reference(_READING, "readings", _READING),
        Reference(("witness",), "witnesses", ("witness",)),
    ),
    "injection_pages": (Reference(("injection",), "injections", ("injection",)), _VERSION),
    "files": (_ARTICLE, _CAPTURE),
    "captures": (Reference(("revisit_of",), "", ("capture",)),),
}
TABLES = tuple(_KEYS)
"""The names of the tables, in their order."""

_LEFT_OUT = frozenset(
    ["id", "article_id", "injection_id", "capture_id", "run_id", "frontier_id", "worker_id", "text_digest"]
)
"""Numbers that another database has otherwise; keys stand in their place."""
_TYPES: Mapping[Kind, str] = {
    "text": "string",
    "integer": "integer",
    "boolean": "boolean",
    "day": "date",
    "time": "time",
    "moment": "datetime",
    "list": "array",
    "array": "array",
    "object": "object",
}
_UNITS: Mapping[Kind, str] = {
    "day": "ISO 8601, YYYY-MM-DD",
    "time": "HH:MM:SS, site's time zone 网站所在时区",
    "moment": "UTC",
    "list": "JSON",
    "array": "JSON",
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
    if name in _MADE_OTHERWISE:
        return _MADE_OTHERWISE[name]()
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


def _witness_columns() -> tuple[Column, ...]:
    known = {column.name: column for column in described("witnesses")}
    where = (known[each] for each in ("host", "url", "own", "digest", "first_seen"))
    # Of an earlier day it is not known how a copy stands to what was told later.
    late = (replace(known[each], nullable=True) for each in ("last_seen", "standing", "kind", "apart"))
    of_version = {column.name: replace(column, nullable=True) for column in described("versions")}
    facts, texts = (tuple(of_version[each] for each in names) for names in (FACTS[:-1], OWN_TEXTS))
    keys = (_own("keys", "witness"), _own("keys", "article"))
    beside = (known["injection_count"], _own("copies", "version"), *texts, _own("keys", "capture"))
    return (*keys, *where, *late, *facts, *beside)


def _reading_columns() -> tuple[Column, ...]:
    left_out = (*_LEFT_OUT, "witnesses", "explained")  # these are rows of reading_witnesses
    return (_own("keys", "article"), *(each for each in described("readings") if each.name not in left_out))


def _reader_columns() -> tuple[Column, ...]:
    place = (each for each in described("readings") if each.name in _READING)
    return (_own("keys", "article"), *place, _own("readers", "says"), _own("keys", "witness"))


def _known_late(column: Column) -> Column:
    """Of an earlier day it is not known when a thing was last seen; and an object may be the null of JSON."""
    return replace(column, nullable=True) if column.name == "last_seen" or column.kind == "object" else column


def _file_columns() -> tuple[Column, ...]:
    offered = [column for column in described("article_files") if column.name not in _LEFT_OUT]
    # Of what was offered and never came there are no bytes.
    bytes_of = {each.name: replace(each, nullable=True) for each in described("files")}
    facts = tuple(bytes_of[name] for name in ("size", "type", "path"))
    return (_own("keys", "article"), *offered, *facts, _own("keys", "capture"))


_MADE_OTHERWISE: Mapping[str, Callable[[], tuple[Column, ...]]] = {
    "files": _file_columns,
    "witnesses": _witness_columns,
    "readings": _reading_columns,
    "reading_witnesses": _reader_columns,
}


def _own(table: str, name: str) -> Column:
    kind, nullable, chinese, meaning, meaning_chinese = _words()["columns"][table][name]
    return Column(name, kind, nullable == "NULL", chinese, meaning, meaning_chinese)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("zsparkcrawl.package").joinpath("tables.toml").read_text("utf-8"))
