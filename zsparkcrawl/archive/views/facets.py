"""Facets: what articles are told apart by, which of them a choice means, and how many there are of each kind.

All counts are made in SQL from narrow indexes; no body is read for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, bindparam, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import ReturnTypeFromArgs

from zsparkcrawl.archive.search.asking import numbers_read, select_ids_found
from zsparkcrawl.archive.search.indexing import is_ready
from zsparkcrawl.archive.search.queries import Query, parse
from zsparkcrawl.archive.tables.schema import articles, versions

__all__ = [
    "COPIES",
    "FACETS",
    "LATEST",
    "NOTHING",
    "QUALITY",
    "STATES",
    "Facets",
    "Selection",
    "chosen",
    "count_facets",
    "narrow",
    "tallied",
]

FACETS = ("year", "section", "source", "host", "state", "copies")
"""What articles are told apart by, in the order in which it is shown."""
NOTHING = "-"
"""The value of a facet that stands for NULL: articles without a date, a section or a source."""
STATES = ("clean", "repaired", "inferred", "damaged", "gone")
"""How an article stands, by the worst that its text holds: no edit; edits that are all certain; at least one that is
inferred; a spot that stays damaged. An article that the site has removed is "gone" as well."""

COPIES = ("one", "several", "disputed", "gaps")
"""What the copies of an article tell together, by the worst: there is but one; several agree; they do not, on at least
one place; of at least one place no copy has what stood there."""

_STATE = FACETS.index("state")
_CUBES = "zspark_cubes"
"""Under which name a connection remembers the counts that it made."""
_MOST_CUBES = 8
"""Queries whose counts are remembered; chosen: of 100,000 articles one takes some megabytes."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles are meant; None leaves a matter open, :data:`NOTHING` asks for those without a value.

    ``text`` is a query as :mod:`zsparkcrawl.archive.search.queries` has them; ``year`` is "2019"; ``host`` the host of
    the page, with its port where it has one; ``state`` one of :data:`STATES`; ``copies`` one of :data:`COPIES`.
    """

    text: str | None = None
    year: str | None = None
    section: str | None = None
    source: str | None = None
    host: str | None = None
    state: str | None = None
    copies: str | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many articles are meant, and by facet how many would be with each of its values in place of the one that is
    chosen; years newest first, states and copies in their order, others by number."""

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
QUALITY: ColumnElement[str] = case(
    (_v.damage_count > 0, "damaged"),
    (_v.inferred_count > 0, "inferred"),
    (_v.edit_count > 0, "repaired"),
    else_="clean",
)
_COPIES: ColumnElement[str] = case(
    (_a.gaps > 0, "gaps"), (_a.disputed > 0, "disputed"), (_a.witness_count > 1, "several"), else_="one"
)
_DIMENSIONS: Mapping[str, ColumnElement[str]] = {
    "year": func.coalesce(func.substr(_a.date, 1, 4), NOTHING),
    "section": func.coalesce(_a.section, NOTHING),
    "source": func.coalesce(_a.source, NOTHING),
    "host": _HostOf(_a.url),
    "state": QUALITY,
    "copies": _COPIES,
}
LATEST = articles.join(versions, and_(_v.article_id == _a.id, _v.version == _a.version))
_GONE = _a.gone_at.is_not(None)

_Cube = Sequence[tuple[tuple[str, ...], bool, int]]
"""How many articles share a year, section, source, host, quality and what copies tell, gone or not."""


def tallied(cube: _Cube, selection: Selection) -> Facets:
    """The facets of a selection from how many articles share their values.

    >>> cube = [(("2019", "news", "-", "a.example", "clean", "one"), False, 3),
    ...         (("2020", "news", "-", "a.example", "damaged", "gaps"), True, 2)]
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
    if order := {"state": STATES, "copies": COPIES}.get(name):
        return [(value, found[value]) for value in order if found[value]]
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def count_facets(connection: Connection, selection: Selection) -> Facets:
    """How many articles are meant, and how many with each value of each facet."""
    return tallied(_cube(connection, selection.text), selection)


def _cube(connection: Connection, text: str | None) -> _Cube:
    """How many articles share their values. Counting 100,000 takes about a second (bench/viewer.py), so the counts of
    the whole archive and of the last few queries are kept with the connection for as long as the database says that
    nobody has written."""
    # On a server every transaction that writes changes what is told of those under way, also one in another database.
    sqlite = connection.dialect.name == "sqlite"
    asked = "PRAGMA data_version" if sqlite else "SELECT CAST(pg_current_snapshot() AS text)"
    stamp = connection.exec_driver_sql(asked).scalar()
    known: tuple[Any, dict[str | None, _Cube]] = connection.info.get(_CUBES, (None, {}))
    if known[0] != stamp or len(known[1]) > _MOST_CUBES:
        known = connection.info[_CUBES] = (stamp, {})
    if text not in known[1]:
        known[1][text] = _counted(connection, text)
    return known[1][text]


def _counted(connection: Connection, text: str | None) -> _Cube:
    values = [value.label(name) for name, value in _DIMENSIONS.items()]
    gone = _GONE.label("gone")
    found = select(*values, gone, func.count()).select_from(LATEST).where(*chosen(connection, Selection(text)))
    rows: Iterable[Any] = connection.execute(found.group_by(*values, gone))
    return [(tuple(row[:-2]), bool(row[-2]), row[-1]) for row in rows]


def chosen(connection: Connection, selection: Selection) -> list[ColumnElement[bool]]:
    """What is true of the articles meant. Raises QueryError for a text that cannot be understood."""
    wanted: list[ColumnElement[bool]] = [] if selection.text is None else [_says(connection, parse(selection.text))]
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
        is_so: ColumnElement[bool] = _GONE if selection.state == "gone" else QUALITY.in_([selection.state])
        wanted.append(is_so)
    if selection.copies is not None:
        wanted.append(_COPIES.in_([selection.copies]))
    return wanted


def _says(connection: Connection, query: Query) -> ColumnElement[bool]:
    """What is true of the articles that a query finds."""
    if is_ready(connection):
        return articles.c.id.in_(select_ids_found(connection, query))
    numbers: Any = bindparam(None, numbers_read(connection, query), expanding=True, literal_execute=True)
    return articles.c.id.in_(numbers)  # written out, for SQLite takes 32,766 values at most


def narrow(selection: Selection) -> FromClause:
    """The tables in which the choice is made: most choices need no version."""
    return articles if selection.state in (None, "gone") else LATEST
