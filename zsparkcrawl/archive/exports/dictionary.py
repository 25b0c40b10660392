"""The data dictionary: what the columns are called and mean, in English and Chinese, and of what type their values are.

The English meanings are the comments of the tables, the Chinese ones stand in columns.toml beside this module.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import sqlalchemy

from zsparkcrawl.archive.articles.selecting import COUNTS, OF_WITNESSES
from zsparkcrawl.archive.tables.schema import metadata

__all__ = ["DESCRIBED_TABLES", "RAW_FIELDS", "Column", "Headers", "Kind", "article_columns", "described", "typed"]

Kind = Literal["text", "integer", "boolean", "day", "time", "moment", "list", "array", "object"]
"""Of what type a column's values are: text, a whole number, true or false, a day (ISO text YYYY-MM-DD), a time of the
day (HH:MM:SS in the site's zone), a moment (UTC, YYYY-MM-DDTHH:MM:SSZ), a list of objects, a list of anything, an
object or null (these JSON)."""
Headers = Literal["en", "zh", "both"]
"""What a table's columns are called: as in the database, in Chinese, or by both names with a blank between them."""

DESCRIBED_TABLES = (
    "articles",
    "versions",
    "edits",
    "injections",
    "injection_pages",
    "article_files",
    "files",
    "captures",
    "witnesses",
    "readings",
)
"""The tables of which all columns are described."""

RAW_FIELDS = (
    "title",
    "author",
    "source",
    "editor",
    "photographer",
    "reviewers",
    "contributor",
    "body",
    "attachments",
    "images",
)
"""The columns whose text may have been edited, and which so have a raw form, as the page has it: title_raw …"""

_DAYS, _TIMES = frozenset(["date"]), frozenset(["time"])
_MOMENTS = frozenset(["first_seen", "last_seen", "gone_at", "made_at"])
_ARRAYS = frozenset(
    [("witnesses", "apart"), ("witnesses", "edits"), ("readings", "witnesses"), ("readings", "explained")]
)
_ITEMS = {
    "attachments": ("name", "url", "type", "sha256", "path"),
    "images": ("url", "caption", "sha256", "path"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name, the type of its values, whether they may be NULL, and what it means."""

    name: str
    kind: Kind
    nullable: bool
    chinese: str
    """Its name in Chinese."""
    meaning: str
    meaning_chinese: str

    @property
    def items(self) -> tuple[str, ...]:
        """Of a list what each of its objects may have: texts, sha256 and path only where the bytes are here.

        >>> article_columns()["images"].items, article_columns()["title"].items
        (('url', 'caption', 'sha256', 'path'), ())
        """
        return _ITEMS.get(self.name.removesuffix("_raw"), ())

    def header(self, headers: Headers) -> str:
        """What the column is called in a table.

        >>> [article_columns()["title"].header(each) for each in ("en", "zh", "both")]
        ['title', '标题', 'title 标题']
        """
        return {"en": self.name, "zh": self.chinese, "both": f"{self.name} {self.chinese}"}[headers]


@cache
def described(table: str) -> tuple[Column, ...]:
    """The columns of one of :data:`DESCRIBED_TABLES`, in their order. Raises KeyError for any other.

    >>> [column.name for column in described("edits")][:3]
    ['article_id', 'version', 'field']
    """
    known = _chinese()
    words = known[table]
    if table in ("articles", "versions"):
        words = {**known["content"], **words}
    return tuple(_column(column, *words[column.name]) for column in metadata.tables[table].columns)


@cache
def article_columns() -> Mapping[str, Column]:
    """By name: all columns that an article can be shown with. Those of the table articles, the counts of its version,
    and the raw forms of its texts, as title_raw: the page's own text, before the first edit.

    >>> article_columns()["body_raw"].meaning
    'body as the page has it, before the first edit'
    >>> article_columns()["first_seen"].kind
    'moment'
    """
    of_article = {column.name: column for column in described("articles")}
    found = {name: column for name, column in of_article.items() if name not in OF_WITNESSES}
    found |= {column.name: column for column in described("versions") if column.name in COUNTS}
    found |= {name: of_article[name] for name in OF_WITNESSES}
    # Of an earlier day some things are not known: see zsparkcrawl.archive.articles.selecting.
    found |= {name: replace(found[name], nullable=True) for name in ("last_seen", *OF_WITNESSES)}
    for name in RAW_FIELDS:
        clean = found[name]
        found[f"{name}_raw"] = replace(
            clean,
            name=f"{name}_raw",
            chinese=f"{clean.chinese}（原文）",
            meaning=f"{name} as the page has it, before the first edit",
            meaning_chinese=f"页面上的{clean.chinese}原文，未经任何修改",
        )
    return MappingProxyType(found)


def typed(value: Any, kind: Kind) -> Any:
    """A value of a row as Python has it: days, times and moments as date, time and datetime (UTC), the rest as it is.
    Raises ValueError for text that is none.

    >>> typed("2019-02-19", "day"), typed("2026-11-22T08:30:00Z", "moment").isoformat(), typed(None, "time")
    (datetime.date(2019, 2, 19), '2026-11-22T08:30:00+00:00', None)
    """
    if value is None:
        return None
    if kind == "day":
        return dt.date.fromisoformat(value)
    if kind == "time":
        return dt.time.fromisoformat(value)
    if kind == "moment":
        return dt.datetime.fromisoformat(value)
    return value


def _column(column: sqlalchemy.Column[Any], chinese: str, meaning_chinese: str) -> Column:
    meaning = column.comment or ""
    if column.name in _ITEMS:
        meaning += "; with sha256 and path where its bytes are here"
    return Column(column.name, _kind(column), bool(column.nullable), chinese, meaning, meaning_chinese)


def _kind(column: sqlalchemy.Column[Any]) -> Kind:
    if isinstance(column.type, sqlalchemy.JSON):
        if (column.table.name, column.name) in _ARRAYS:
            return "array"
        return "list" if column.name in _ITEMS else "object"
    if isinstance(column.type, sqlalchemy.Boolean):
        return "boolean"
    if isinstance(column.type, sqlalchemy.Integer):
        return "integer"
    if column.table.name == "captures" and column.name == "time":  # elsewhere a time is that of an article
        return "moment"
    kinds: dict[Kind, frozenset[str]] = {"day": _DAYS, "time": _TIMES, "moment": _MOMENTS}
    return next((kind for kind, names in kinds.items() if column.name in names), "text")


@cache
def _chinese() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    found = tomllib.loads(files("zsparkcrawl.archive.exports").joinpath("columns.toml").read_text("utf-8"))
    return {table: {name: (words[0], words[1]) for name, words in columns.items()} for table, columns in found.items()}
