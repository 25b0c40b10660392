"""Which articles are meant, and in which state: the one selection that every table, frame and page goes through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, false, func, or_, select

from zsparkcrawl.archive.articles.storable import is_storable
from zsparkcrawl.archive.tables.schema import articles, versions
from zsparkcrawl.chinese.script import simplify

__all__ = [
    "COUNTS",
    "LARGEST",
    "OF_WITNESSES",
    "FilterWords",
    "Filters",
    "Meant",
    "count_articles",
    "end_of",
    "is_shown",
    "meant_by",
    "select_meant",
    "select_numbers",
    "select_rows",
    "with_counts",
]

COUNTS = ("edit_count", "inferred_count", "damage_count", "injection_count")
LARGEST = 2**31 - 1
"""The largest number that a column can hold on every server; no count and no number of a row comes near it."""
OF_WITNESSES = ("witness_count", "disputed", "gaps")
"""What is counted of an article and not of a version: a copy that only supports it makes none."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles are meant, and in which state; None or False leaves a matter open. All can be combined.

    ``since`` and ``until`` are both inclusive, and leave out articles without a date. ``text``, in Simplified or
    Traditional, is looked for in title and body, without regard to the case of Latin letters; ``source`` and
    ``author`` in the same way in these fields. ``clean``: no spot is left damaged and no edit is inferred, so that
    each character is the page's own or certain. ``repaired``: at least one edit was made. ``gone``: whether the site
    has removed it. ``disputed`` and ``gaps``: on at least one place its copies do not agree, or none has what stood
    there; ``witnesses``: so many copies at least; of a state before the latest that is not known. ``as_of``: the
    state in which the archive held each article at the end of that day, UTC. Raises TypeError for a day that is a
    text or a moment.
    """

    section: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    text: str | None = None
    site: str | None = None
    source: str | None = None
    author: str | None = None
    clean: bool = False
    repaired: bool = False
    gone: bool | None = None
    as_of: dt.date | None = None
    disputed: bool = False
    gaps: bool = False
    witnesses: int | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until", "as_of"):
            day = getattr(self, name)
            # A moment is a date to Python; as text it comes after its own day, which it would leave out.
            if day is not None and (not isinstance(day, dt.date) or isinstance(day, dt.datetime)):
                raise TypeError(f"{name} is a datetime.date, and not {day!r}")


class FilterWords(TypedDict, total=False):
    """The fields of :class:`Filters`, for functions that are given them by name."""

    section: str | None
    since: dt.date | None
    until: dt.date | None
    text: str | None
    site: str | None
    source: str | None
    author: str | None
    clean: bool
    repaired: bool
    gone: bool | None
    as_of: dt.date | None
    disputed: bool
    gaps: bool
    witnesses: int | None


class Meant(NamedTuple):
    """The parts of a statement about the articles meant: by name what is shown of each, where that is from, and what
    must hold."""

    shown: dict[str, ColumnElement[Any]]
    joined: FromClause
    wanted: list[ColumnElement[bool]]


def meant_by(filters: Filters, *, counts: bool = False) -> Meant:
    """The articles meant, for statements that sum them up; ``counts`` when one of COUNTS is asked for."""
    shown = _shown(filters)
    return Meant(shown, _joined(filters, all_columns=counts), _wanted(filters, shown))


def select_numbers(filters: Filters) -> Select[Any]:
    """The numbers of the articles meant: by section, date (unknown last), number, site and address. Only these are
    sorted, for a row is as long as its body."""
    shown, joined = _shown(filters), _joined(filters, all_columns=False)
    return select(articles.c.id).select_from(joined).where(*_wanted(filters, shown)).order_by(*_order(shown))


def select_meant(filters: Filters) -> Select[Any]:
    """The numbers of the articles meant, in no order."""
    joined = _joined(filters, all_columns=False)
    return select(articles.c.id).select_from(joined).where(*_wanted(filters, _shown(filters)))


def count_articles(filters: Filters) -> Select[Any]:
    """How many articles are meant."""
    joined = _joined(filters, all_columns=False)
    return select(func.count()).select_from(joined).where(*_wanted(filters, _shown(filters)))


def select_rows(filters: Filters, numbers: Sequence[int], columns: Collection[str] | None = None) -> Select[Any]:
    """The rows of some articles, in the state meant, in no order: id, version and the columns named, else all of the
    table articles and the counts of the version."""
    shown = _shown(filters)
    wanted = shown if columns is None else {"id": None, "version": None, **dict.fromkeys(columns)}
    needs_version = columns is None or bool(set(COUNTS) & set(columns))
    found = select(*(shown[name].label(name) for name in wanted))
    return found.select_from(_joined(filters, all_columns=needs_version)).where(articles.c.id.in_(numbers))


def with_counts() -> Select[Any]:
    """All articles in their latest state, with the counts of it."""
    shown = _shown(Filters())
    return select(*shown.values()).select_from(_joined(Filters(), all_columns=True))


def _joined(filters: Filters, *, all_columns: bool) -> FromClause:
    """Articles, with the version that is shown where something is asked of it."""
    if filters.as_of is not None:
        return articles.join(
            versions, and_(versions.c.article_id == articles.c.id, versions.c.version == _held(filters.as_of))
        )
    if all_columns or filters.clean or filters.repaired:
        latest = and_(versions.c.article_id == articles.c.id, versions.c.version == articles.c.version)
        return articles.join(versions, latest)
    return articles


def _held(day: dt.date) -> ColumnElement[Any]:
    """The number of the version of an article that was the latest at the end of a day."""
    earlier = versions.alias("earlier")
    newest = select(func.max(earlier.c.version))
    return newest.where(earlier.c.article_id == articles.c.id, earlier.c.made_at <= end_of(day)).scalar_subquery()


def end_of(day: dt.date) -> str:
    """The last second of a day, as the tables have moments."""
    return f"{day.isoformat()}T23:59:59Z"


def _shown(filters: Filters) -> dict[str, ColumnElement[Any]]:
    """By name what a row shows: of the article, or of the version that was held on a day. What happened after that day
    was not known on it: then gone_at, gone_reason and last_seen are NULL, and so is what the witnesses of a later state
    count."""
    shown: dict[str, ColumnElement[Any]] = {c.name: c for c in articles.c if c.name not in OF_WITNESSES}
    counted: dict[str, ColumnElement[Any]] = {name: articles.c[name] for name in OF_WITNESSES}
    if filters.as_of is not None:
        shown |= {name: versions.c[name] for name in shown if name in versions.c}
        end, c = end_of(filters.as_of), articles.c
        shown["last_seen"] = case((c.last_seen <= end, c.last_seen), else_=None)
        shown |= {name: case((c.gone_at <= end, c[name]), else_=None) for name in ("gone_at", "gone_reason")}
        latest = versions.c.version == c.version
        counted = {name: case((latest, column), else_=None) for name, column in counted.items()}
    return shown | {name: versions.c[name] for name in COUNTS} | counted


def _wanted(filters: Filters, shown: dict[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [is_shown()]
    equal = {"site": filters.site, "section": filters.section}
    wanted += [_is(shown[name], value) for name, value in equal.items() if value is not None]
    if filters.since is not None:
        wanted.append(shown["date"] >= filters.since.isoformat())
    if filters.until is not None:
        wanted.append(shown["date"] <= filters.until.isoformat())
    looked_for = ((filters.text, ("title", "body")), (filters.source, ("source",)), (filters.author, ("author",)))
    wanted += [_contains(shown, names, text) for text, names in looked_for if text is not None]
    if filters.clean:
        wanted += [shown["damage_count"] == 0, shown["inferred_count"] == 0]
    if filters.repaired:
        wanted.append(shown["edit_count"] > 0)
    least = {"disputed": filters.disputed or None, "gaps": filters.gaps or None, "witness_count": filters.witnesses}
    wanted += [shown[name] >= min(int(number), LARGEST) for name, number in least.items() if number is not None]
    if filters.gone is not None:
        wanted.append(shown["gone_at"].is_not(None) if filters.gone else shown["gone_at"].is_(None))
    return wanted


def is_shown() -> ColumnElement[bool]:
    """Whether an article is shown at all: one that a person called a copy is shown as what it is a copy of."""
    # By numbers from an index: the column itself stands behind the body, which no list wants to read.
    copies = articles.alias("copies")
    return articles.c.id.not_in(select(copies.c.id).where(copies.c.same_as.is_not(None)))


def _is(shown: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return shown == text if is_storable(text) else false()


def _contains(shown: dict[str, ColumnElement[Any]], names: Sequence[str], text: str) -> ColumnElement[bool]:
    if not is_storable(text):
        return false()
    # Articles are kept in Simplified; the text as typed counts where the site itself writes Traditional.
    meant = sorted({text, simplify(text)})
    return or_(*(shown[name].icontains(each, autoescape=True) for name in names for each in meant))


def _order(shown: dict[str, ColumnElement[Any]]) -> tuple[ColumnElement[Any], ...]:
    # A number without leading zeros sorts by its length and then as text: no cast, which PostgreSQL would
    # refuse for a number such as "12a". NULL is asked for by name because SQLite puts it first and PostgreSQL
    # last.
    native_id = shown["native_id"]
    return (
        shown["section"].is_(None),
        shown["section"].asc(),
        shown["date"].is_(None),
        shown["date"].asc(),
        func.length(native_id).is_(None),
        func.length(native_id).asc(),
        native_id.asc(),
        shown["site"].asc(),
        shown["url"].asc(),  # without it those that have no number would stand in the order in which they came
        shown["id"].asc(),
    )
