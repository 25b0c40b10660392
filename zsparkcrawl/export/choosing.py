"""Which columns a table has, in which order, under which names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zsparkcrawl.archive.exports.dictionary import RAW_FIELDS, Column, Headers, article_columns
from zsparkcrawl.export.faults import ColumnsError

__all__ = ["COLUMNS", "Heading", "chosen_columns", "headings"]

COLUMNS = (
    "section",
    "native_id",
    "date",
    "title",
    "author",
    "source",
    "body",
    "url",
    "site",
    "editor",
    "time",
    "date_raw",
    "date_precision",
    "date_missing",
    "version",
    "first_seen",
    "last_seen",
    "attachments",
    "images",
    "edit_count",
    "inferred_count",
    "damage_count",
    "date_basis",
    "photographer",
    "reviewers",
    "contributor",
    "gone_at",
    "witness_count",
    "disputed",
    "gaps",
)
"""The columns in their order, when none are chosen; new ones are only ever added at the end. What they mean, and which
others can be chosen: :func:`zsparkcrawl.archive.exports.dictionary.article_columns`."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table, and what it is called there."""

    column: Column
    label: str


def chosen_columns(names: str | None, *, raw: bool = False) -> tuple[str, ...]:
    """The columns named in a list with commas, in that order; those of :data:`COLUMNS` when there is no list. With
    ``raw`` each text is followed by its raw form. Raises ColumnsError.

    >>> chosen_columns("title, date")
    ('title', 'date')
    >>> chosen_columns("title,date,body_raw,body", raw=True)
    ('title', 'title_raw', 'date', 'body_raw', 'body')
    """
    chosen = COLUMNS if names is None else tuple(name.strip() for name in names.split(","))
    known = article_columns()
    for name in chosen:
        if name not in known:
            raise ColumnsError(f"no column {name!r}: there are {', '.join(known)}")
        if chosen.count(name) > 1:
            raise ColumnsError(f"column {name} is named twice")
    return _with_raw(chosen) if raw else chosen


def headings(columns: Sequence[str], headers: Headers = "en") -> tuple[Heading, ...]:
    """The columns of these names, and what they are called in a table. Raises KeyError for a name there is not."""
    known = article_columns()
    return tuple(Heading(known[name], known[name].header(headers)) for name in columns)


def _with_raw(chosen: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in chosen:
        beside = f"{name}_raw"
        found += [name, beside] if name in RAW_FIELDS and beside not in chosen else [name]
    return tuple(found)
