"""A copy of the database that is whole, also while a crawl writes to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Engine

from zsparkcrawl.archive.database.opening import ArchiveError
from zsparkcrawl.whole_file import put_on_disk

__all__ = ["copy_database"]

_THERE = "{} is there already: a backup never takes the place of another"


def copy_database(engine: Engine, name: str, target: Path) -> None:
    """Write the database into a new file: under another name first, and under its own when it was found sound and lies
    on the disk. Raises ArchiveError."""
    if engine.dialect.name != "sqlite":
        raise ArchiveError(f"database {name}: this copies a file of SQLite; a server's database is copied by pg_dump")
    if target.exists():
        raise ArchiveError(_THERE.format(target))
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        _vacuum(engine, part)
        _check(part)
        _sync(part)
        _give_name(part, target)
        put_on_disk(target.parent)
    except FileExistsError as error:
        raise ArchiveError(_THERE.format(target)) from error
    except OSError as error:
        raise ArchiveError(f"backup {target}: {error.strerror}") from error
    finally:
        with suppress(OSError):  # the folder itself may not be one
            part.unlink()


def _give_name(part: Path, target: Path) -> None:
    """Raises FileExistsError rather than take the place of a file, which a rename would do."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, as that of many a disk for backups
        if target.exists():
            raise FileExistsError from None
        part.rename(target)


def _vacuum(engine: Engine, part: Path) -> None:
    # VACUUM cannot run inside a transaction, so the driver's own connection is asked.
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(part),))
    finally:
        connection.close()


def _check(part: Path) -> None:
    with closing(sqlite3.connect(part)) as copy:
        found = copy.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise ArchiveError(f"backup {part}: the copy is not sound: {found[0][0]}")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
