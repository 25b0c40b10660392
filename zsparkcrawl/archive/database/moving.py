"""Moving an archive into another database: all of it or nothing, and compared before it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from zsparkcrawl.archive.database.opening import ArchiveError, OlderError, dispose, faults, open_engine, reading_options
from zsparkcrawl.archive.search import grams
from zsparkcrawl.archive.search.indexing import can_index, rebuild
from zsparkcrawl.archive.tables.schema import metadata, search_entries, search_state

__all__ = ["Copied", "copy_archive"]

_AT_ONCE = 500
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """What a table of the copy holds: how many rows, and the first 16 hexadecimal digits of the SHA-256 over all values
    of all of them, which is that of the source."""

    table: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Source:
    """What is copied. Its faults are told as its own, and not as those of the target, which is open as well."""

    connection: Connection
    name: str

    def number(self) -> int:
        """How many rows it has."""
        with faults(self.name):
            counts = (select(func.count()).select_from(table) for table in _tables())
            return sum(int(self.connection.execute(count).scalar_one()) for count in counts)

    def rows(self, table: Table) -> Generator[_Row]:
        """The rows of a table, in the order of its key."""
        with faults(self.name):
            yield from _rows(self.connection, table)


_Step = Callable[[], object]


def _in_silence(_: int) -> _Step:
    return lambda: None


def copy_archive(source: str, target: str, begin: Callable[[int], _Step] = _in_silence) -> list[Copied]:
    """Copy the archive at one SQLAlchemy URL into an empty one at another, as the first is at this moment.

    One transaction: a copy that is broken off leaves the target empty, as it was. Before it is kept each row is read
    back and compared. ``begin`` is told how many steps there will be, and what it returns is called after each. Raises
    ArchiveError when the source cannot be read, or the target is not empty or cannot be written.
    """
    read_from, source_name = open_engine(source, readonly=True)
    try:
        _leave_older(target)
        write_to, target_name = open_engine(target, readonly=False)
        try:
            with (
                faults(source_name),
                read_from.execution_options(**reading_options(read_from)).begin() as connection,
                faults(target_name),
                write_to.begin() as here,
            ):
                there = _Source(connection, source_name)
                _check_empty(here, target_name)
                step = begin(2 * there.number())
                _fill(there, here, step)
                return [_compared(there, here, table, target_name, step) for table in _tables()]
        finally:
            dispose(write_to)
    finally:
        dispose(read_from)


def _tables() -> list[Table]:
    """All that is kept, in the order in which rows may refer to one another. The index of the search is made anew."""
    return [table for table in metadata.sorted_tables if table not in (search_entries, search_state)]


def _leave_older(target: str) -> None:
    """Refuse an archive of an older release: opening it for writing would renew it first."""
    try:
        engine, _ = open_engine(target, readonly=True)
    except OlderError as error:
        raise ArchiveError(f"{error}; a copy wants an empty database") from error
    except ArchiveError:  # empty as a rule; what else is wrong, opening it for writing tells
        return
    dispose(engine)


def _check_empty(connection: Connection, name: str) -> None:
    filled = next((table.name for table in _tables() if connection.execute(select(table).limit(1)).first()), None)
    if filled is not None:
        raise ArchiveError(f"database {name} is not empty: its table {filled} has rows, and a copy never mixes")


def _fill(there: _Source, here: Connection, step: _Step) -> None:
    if here.dialect.name == "postgresql":
        grams.drop(here)  # quicker made at the end than kept in step
    for table in _tables():
        _copy_rows(there, here, table, step)
        if here.dialect.name == "postgresql":
            _count_on(here, table)
    if can_index(here):
        rebuild(here)
    if here.dialect.name == "postgresql":
        here.exec_driver_sql("ANALYZE")  # so that it answers well from the first question on


def _copy_rows(there: _Source, here: Connection, table: Table, step: _Step) -> None:
    names = [column.name for column in table.columns]
    entry = insert(table).values({name: _bound(here, table, name) for name in names})
    own = _own_references(table)
    later: list[dict[str, Any]] = []
    with closing(there.rows(table)) as rows:  # before their connection, also when the target refuses them
        named = (dict(zip(names, row, strict=True)) for row in rows)
        while some := list(islice(named, _AT_ONCE)):
            for row in some:
                for name in own:
                    if row[name] is not None and row[name] > row["id"]:  # what it refers to is yet to come
                        later.append({"number": row["id"], "to": row[name], "name": name})
                        row[name] = None
                step()
            here.execute(entry, some)
    for each in later:
        change = update(table).where(table.c.id == each["number"]).values({each["name"]: each["to"]})
        here.execute(change)


def _own_references(table: Table) -> list[str]:
    """The columns by which rows of a table refer to rows of the same one."""
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _bound(here: Connection, table: Table, name: str) -> BindParameter[Any] | ColumnElement[Any]:
    """The place of a value in the statement that enters it: JSON goes as the text that is kept, so that not a blank of
    it changes."""
    kind = table.c[name].type
    if not isinstance(kind, JSON):
        return bindparam(name, type_=kind)
    value = bindparam(name, type_=Text())
    return cast(value, JSON) if here.dialect.name == "postgresql" else value


def _select(table: Table) -> Select[Any]:
    shown = (cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns)
    return select(*(column.label(f"c{at}") for at, column in enumerate(shown))).order_by(*table.primary_key.columns)


def _rows(connection: Connection, table: Table) -> Generator[_Row]:
    with connection.execute(_select(table), execution_options={"yield_per": _AT_ONCE}) as found:
        for row in found:
            yield tuple(row)


def _compared(there: _Source, here: Connection, table: Table, name: str, step: _Step) -> Copied:
    digest, number = hashlib.sha256(), 0
    with closing(there.rows(table)) as theirs, closing(_rows(here, table)) as ours:
        for old, new in zip_longest(theirs, ours):
            if old != new:
                raise ArchiveError(
                    f"database {name}: row {number + 1} of {table.name} is not that of the source "
                    f"({_differing(table, old, new)}): nothing was kept"
                )
            digest.update(repr(new).encode())
            number += 1
            step()
    return Copied(table.name, number, digest.hexdigest()[:16])


def _differing(table: Table, old: Sequence[Any] | None, new: Sequence[Any] | None) -> str:
    if old is None or new is None:
        return "it is missing" if new is None else "there is none"
    return next(column.name for column, a, b in zip(table.columns, old, new, strict=True) if a != b)


def _count_on(here: Connection, table: Table) -> None:
    """Let the server number new rows on from the last one."""
    key = list(table.primary_key.columns)
    if len(key) == 1 and isinstance(key[0].type, Integer) and not key[0].foreign_keys:
        last = select(func.max(key[0])).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, key[0].name)
        here.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
