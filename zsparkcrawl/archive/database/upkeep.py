"""What keeping the archive in good order asks of the database: checking, salvage, entering what has no row, backup."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, func, select, update

from zsparkcrawl.archive.database import backing
from zsparkcrawl.archive.database.checking import check_database
from zsparkcrawl.archive.database.opening import faults
from zsparkcrawl.archive.tables.schema import captures, workers

__all__ = ["Upkeep"]


class Upkeep(ABC):
    """The part of :class:`zsparkcrawl.archive.Archive` that looks after what is there."""

    name: str
    _engine: Engine

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]: ...

    def database_faults(self) -> Iterator[str]:
        """What is wrong inside the database, each fault in one line: damaged pages, rows that refer to missing ones,
        counts that are not right, edits that cannot be undone."""
        with self._reading() as connection:
            yield from check_database(connection)

    def capture_count(self) -> tuple[int, int]:
        """How many captures there are, and how many of them were lost."""
        with self._reading() as connection:
            counts = select(func.count(), func.count(captures.c.lost)).select_from(captures)
            whole, lost = connection.execute(counts).one()
        return int(whole), int(lost)

    def files_of_captures(self) -> dict[str, int]:
        """How many captures that are not lost lie in each WARC file."""
        c = captures.c
        wanted = select(c.file, func.count().label("number")).where(c.lost.is_(None)).group_by(c.file)
        return {row["file"]: row["number"] for row in self._rows(wanted)}

    def keepers(self) -> dict[str, Mapping[str, Any]]:
        """Of each WARC file that one of several workers wrote keeper_name, keeper_host and keeper_folder."""
        names = (workers.c[name].label(f"keeper_{name}") for name in ("name", "host", "folder"))
        wanted = select(captures.c.file, *names).select_from(captures.join(workers)).distinct()
        return {row["file"]: row for row in self._rows(wanted)}

    def has_captures_in(self, file: str) -> bool:
        """Whether any capture lies in a file."""
        return bool(list(self._rows(select(captures.c.id).where(captures.c.file == file).limit(1))))

    def captures_in(self, file: str) -> Generator[Mapping[str, Any]]:
        """The captures that lie in a file and are not lost, in the order of their offsets."""
        c = captures.c
        wanted = select(captures).where(c.file == file, c.lost.is_(None)).order_by(c.offset, c.id)
        yield from self._rows(wanted)

    def move_captures(self, file: str, new: str, places: Mapping[int, int], *, damaged: str) -> list[Mapping[str, Any]]:
        """Let the captures of a damaged file point into the one that its good records were copied to: ``places`` says
        for each byte at which a record began where it begins there. The other captures are entered as lost, in the file
        ``damaged``, and returned. All or nothing."""
        c = captures.c
        here = select(captures).where(c.file == file, c.lost.is_(None)).order_by(c.offset)
        found = update(captures).where(c.id == bindparam("number"))
        with self._writing() as connection:
            rows = connection.execute(here).all()
            moved = [{"number": row.id, "to": places[row.offset]} for row in rows if row.offset in places]
            if moved:
                connection.execute(found.values(file=new, offset=bindparam("to")), moved)
            gone = update(captures).where(c.file == file).values(file=damaged, lost=f"damaged in {file}")
            connection.execute(gone)
        return [row._asdict() for row in rows if row.offset not in places]

    def captures_at(self, url: str, time: str) -> list[Mapping[str, Any]]:
        """The captures of an address that came in a certain second, the lost ones included."""
        return list(self._rows(_of_moment(url, time)))

    def put_back(self, capture_id: int, *, file: str, offset: int, length: int) -> None:
        """Enter where the record of a capture lies that was lost."""
        place = {"file": file, "offset": offset, "length": length, "lost": None}
        with self._writing() as connection:
            connection.execute(update(captures).where(captures.c.id == capture_id).values(place))

    def backup(self, target: Path) -> None:
        """Write a whole copy of the database, as it is at this moment, into a file that does not exist yet.

        Raises ArchiveError when it exists, when the copy is not sound, or when this is no SQLite database.
        """
        with faults(self.name):
            backing.copy_database(self._engine, self.name, target)


def _of_moment(url: str, time: str) -> Select[Any]:
    return select(captures).where(captures.c.url == url, captures.c.time == time).order_by(captures.c.id)
