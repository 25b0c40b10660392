"""Browsing: articles chosen by facets, a page of a list at a time, and how many there are of each kind.

All counts are made in SQL from narrow indexes; no body is read for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import ReturnTypeFromArgs

from zsparkcrawl.archive import reading
from zsparkcrawl.archive.schema import article_files, articles, files, versions
from zsparkcrawl.chinese.script import simplify

__all__ = ["FACETS", "NOTHING", "ORDERS", "STATES", "Browsing", "Facets", "Order", "Selection", "tallied"]

FACETS = ("year", "section", "source", "host", "state")
"""What articles are told apart by, in the order in which it is shown."""
NOTHING = "-"
"""The value of a facet that stands for NULL: articles without a date, a section or a source."""
STATES = ("clean", "repaired", "inferred", "damaged", "gone")
"""How an article stands, by the worst that its text holds: no edit; edits that are all certain; at least one that is
inferred; a spot that stays damaged. An article that the site has removed is "gone" as well."""
Order = Literal["newest", "oldest"]
ORDERS: tuple[Order, ...] = get_args(Order)

_STATE = FACETS.index("state")
_LEAD = 160
"""Characters of the body that a list shows; chosen."""
_CUBE = "zspark_cube"
"""Under which name a connection remembers the counts that it made."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles are meant; None leaves a matter open, :data:`NOTHING` asks for those without a value.

    ``text`` is looked for in title and body; ``year`` is "2019"; ``host`` the host of the page, with its port where
    it has one; ``state`` one of :data:`STATES`.
    """

    text: str | None = None
    year: str | None = None
    section: str | None = None
    source: str | None = None
    host: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many articles are meant, and by facet how many would be with each of its values in place of the one that is
    chosen; years newest first, states in their order, others by number."""

    total: int
    counts: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)


class _HostOf(ReturnTypeFromArgs[str]):
    """The host in an address, with its port."""

    inherit_cache = True


@compiles(_HostOf)
def _host(element: _HostOf, compiler: Any, **options: Any) -> str:
    url = compiler.process(element.clauses, **options)
    return f"split_part({url}, '/', 3)"


@compiles(_HostOf, "sqlite")
def _host_of_sqlite(element: _HostOf, compiler: Any, **options: Any) -> str:
    url = compiler.process(element.clauses, **options)
    rest = f"substr({url}, instr({url}, '://') + 3)"
    return f"substr({rest}, 1, instr({rest} || '/', '/') - 1)"


_a, _v = articles.c, versions.c
_QUALITY: ColumnElement[str] = case(
    (_v.damage_count > 0, "damaged"),
    (_v.inferred_count > 0, "inferred"),
    (_v.edit_count > 0, "repaired"),
    else_="clean",
)
_DIMENSIONS: Mapping[str, ColumnElement[str]] = {
    "year": func.coalesce(func.substr(_a.date, 1, 4), NOTHING),
    "section": func.coalesce(_a.section, NOTHING),
    "source": func.coalesce(_a.source, NOTHING),
    "host": _HostOf(_a.url),
    "state": _QUALITY,
}
_LATEST = articles.join(versions, and_(_v.article_id == _a.id, _v.version == _a.version))
_GONE = _a.gone_at.is_not(None)
_SHOWN = ("id", "site", "section", "native_id", "url", "title", "date", "author", "source", "version", "gone_at")

_Cube = Sequence[tuple[tuple[str, ...], bool, int]]
"""How many articles share a year, section, source, host and quality, gone or not."""


class Browsing(ABC):
    """The part of :class:`zsparkcrawl.archive.Archive` that a reader leafs through."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]: ...

    def browse(
        self, selection: Selection, *, order: Order = "newest", limit: int = 30, offset: int = 0
    ) -> list[Mapping[str, Any]]:
        """A page of the list of the articles meant, by date; those without a date come last, and of one day the one
        that was entered last is the newest. A row tells where and what the article is, its counts, ``state``, and
        ``lead``, how its body begins."""
        # Sorted by an index first: only the rows of the page are read whole.
        page = select(_a.id).select_from(_narrow(selection)).where(*_chosen(selection)).order_by(*_sorted(order))
        numbers = page.limit(limit).offset(offset).subquery()
        counts = [_v[name] for name in reading.COUNTS]
        lead = func.substr(_a.body, 1, _LEAD).label("lead")
        shown = select(*(_a[name] for name in _SHOWN), lead, _QUALITY.label("state"), *counts).select_from(_LATEST)
        return list(self._rows(shown.where(_a.id.in_(select(numbers.c.id))).order_by(*_sorted(order))))

    def facets(self, selection: Selection) -> Facets:
        """How many articles are meant, and how many of each year, section, source, host and state."""
        with self._reading() as connection:
            return tallied(_cube(connection, selection.text), selection)

    def selected(self, selection: Selection, *, order: Order = "newest") -> Generator[Mapping[str, Any]]:
        """The articles meant, one row at a time, with the columns that :meth:`Archive.articles` gives."""
        counts = [_v[name] for name in reading.COUNTS]
        shown = select(articles, *counts).select_from(_LATEST).where(*_chosen(selection))
        return self._rows(shown.order_by(*_sorted(order)))

    def capture(self, number: int) -> Mapping[str, Any] | None:
        """A capture by its number, as :meth:`Archive.captures` gives them; None when there is none."""
        return next(iter(list(self._rows(reading.select_capture(number)))), None)

    def file(self, sha256: str) -> Mapping[str, Any] | None:
        """A file by its SHA-256: size, type, path, and name, what an article or the server calls it; None when none of
        these bytes is known."""
        f = article_files.c
        named = select(files.c.size, files.c.type, files.c.path, func.coalesce(f.name, f.server_name).label("name"))
        found = named.select_from(files.outerjoin(article_files, f.sha256 == files.c.sha256))
        meant = found.where(files.c.sha256 == sha256).order_by(f.name.is_(None), f.id).limit(1)
        return next(iter(list(self._rows(meant))), None)


def tallied(cube: _Cube, selection: Selection) -> Facets:
    """The facets of a selection from how many articles share their values.

    >>> cube = [(("2019", "news", "-", "a.example", "clean"), False, 3),
    ...         (("2020", "news", "-", "a.example", "damaged"), True, 2)]
    >>> found = tallied(cube, Selection(year="2019"))
    >>> found.total, found.counts["year"], found.counts["state"]
    (3, [('2020', 2), ('2019', 3)], [('clean', 3)])
    """
    wanted = [(at, want) for at, name in enumerate(FACETS) if (want := getattr(selection, name)) is not None]
    met: list[tuple[tuple[str, ...], bool, int]] = []
    nearly: list[list[tuple[tuple[str, ...], bool, int]]] = [[] for _ in FACETS]
    for row in cube:
        missed = [at for at, want in wanted if row[0][at] != want and not (want == "gone" and at == _STATE and row[1])]
        if not missed:
            met.append(row)
        elif len(missed) == 1:
            nearly[missed[0]].append(row)
    counts = {}
    for at, name in enumerate(FACETS):
        found: Counter[str] = Counter()
        for values, gone, number in chain(met, nearly[at]):
            found[values[at]] += number
            if gone and at == _STATE:
                found["gone"] += number
        counts[name] = _ranked(name, found)
    return Facets(sum(number for _, _, number in met), counts)


def _ranked(name: str, found: Counter[str]) -> list[tuple[str, int]]:
    if name == "year":
        return sorted(found.items(), key=lambda one: (one[0] != NOTHING, one[0]), reverse=True)
    if name == "state":
        return [(state, found[state]) for state in STATES if found[state]]
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _cube(connection: Connection, text: str | None) -> _Cube:
    """How many articles share their values. Counting 100,000 takes half a second, so the counts of the whole archive
    are kept with the connection for as long as SQLite says that nobody has written."""
    if text is not None or connection.dialect.name != "sqlite":
        return _counted(connection, text)
    stamp = connection.exec_driver_sql("PRAGMA data_version").scalar()
    known = connection.info.get(_CUBE)
    if known is None or known[0] != stamp:
        known = connection.info[_CUBE] = (stamp, _counted(connection, None))
    cube: _Cube = known[1]
    return cube


def _counted(connection: Connection, text: str | None) -> _Cube:
    values = [value.label(name) for name, value in _DIMENSIONS.items()]
    gone = _GONE.label("gone")
    found = select(*values, gone, func.count()).select_from(_LATEST).where(*_chosen(Selection(text)))
    rows: Iterable[Any] = connection.execute(found.group_by(*values, gone))
    return [(tuple(row[:5]), bool(row[5]), row[6]) for row in rows]


def _chosen(selection: Selection) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [] if selection.text is None else [_says(selection.text)]
    if selection.year is not None:
        years = (_a.date >= selection.year, _a.date < f"{selection.year}-99")
        wanted.append(_a.date.is_(None) if selection.year == NOTHING else and_(*years))
    for name in ("section", "source"):
        value = getattr(selection, name)
        if value is not None:
            wanted.append(_a[name].is_(None) if value == NOTHING else _a[name] == value)
    if selection.host is not None:
        wanted.append(_DIMENSIONS["host"] == selection.host)
    if selection.state is not None:
        wanted.append(_GONE if selection.state == "gone" else selection.state == _QUALITY)
    return wanted


def _says(text: str) -> ColumnElement[bool]:
    # Articles are kept in Simplified; the text as typed counts where the site itself writes Traditional.
    meant = sorted({text, simplify(text)})
    return or_(*(c.icontains(each, autoescape=True) for c in (_a.title, _a.body) for each in meant))


def _narrow(selection: Selection) -> FromClause:
    """The tables in which the choice is made: most choices need no version."""
    return articles if selection.state in (None, "gone") else _LATEST


def _sorted(order: Order) -> Sequence[ColumnElement[Any]]:
    # NULLS LAST and not IS NULL: only so SQLite reads the order off an index.
    if order == "oldest":
        return (_a.date.asc().nulls_last(), _a.id.asc())
    return (_a.date.desc().nulls_last(), _a.id.desc())
