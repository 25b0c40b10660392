"""How the archive stands: counts by section, and the latest runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from zsparkcrawl.archive.articles.selecting import is_shown
from zsparkcrawl.archive.tables.schema import article_files, articles, captures, files, frontier, runs, versions

__all__ = ["FileStatus", "SectionStatus", "Status", "read_status", "sqlite_warning"]


@dataclass(frozen=True, slots=True)
class SectionStatus:
    """Counts over the latest versions of one section of one site, without copies of other articles that a person
    confirmed; ``section`` is None for pages of no section.

    ``repaired`` counts articles with at least one edit; ``edits``, ``inferred`` and ``damaged`` count edits,
    edits that are inferred, and spots left damaged; ``injections`` foreign things kept out.
    """

    site: str
    section: str | None
    articles: int
    dated: int
    with_author: int
    with_source: int
    repaired: int
    edits: int
    inferred: int
    damaged: int
    injections: int
    versions: int


@dataclass(frozen=True, slots=True)
class FileStatus:
    """The files and pictures that articles offer: how many are kept, each counted once, how many bytes they have, how
    many attachments and images of articles they are, and how many addresses stand how in the frontier."""

    kept: int
    bytes: int
    attachments: int
    images: int
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Status:
    """How an archive stands. ``runs`` are the latest, newest first, with the columns of the table;
    ``warning`` is a line about the database software, None when there is nothing to say."""

    database: str
    sections: tuple[SectionStatus, ...]
    captures: int
    files: FileStatus
    runs: tuple[Mapping[str, Any], ...]
    warning: str | None


def read_status(connection: Connection, database: str, last_runs: int) -> Status:
    """Count and collect, all from one moment of the database."""
    warning = sqlite_warning(sqlite3.sqlite_version_info) if connection.dialect.name == "sqlite" else None
    latest_runs = select(runs).order_by(runs.c.id.desc()).limit(last_runs)
    return Status(
        database=database,
        sections=_sections(connection),
        captures=connection.execute(select(func.count()).select_from(captures)).scalar_one(),
        files=_files(connection),
        runs=tuple(dict(row) for row in connection.execute(latest_runs).mappings()),
        warning=warning,
    )


def sqlite_warning(version: tuple[int, ...]) -> str | None:
    """What to know of this version of SQLite, None when nothing.

    >>> sqlite_warning((3, 40, 1))
    'SQLite 3.40.1 may have the WAL-reset bug (all up to 3.51.2): keep to one writer at a time'
    >>> sqlite_warning((3, 51, 3)) is None
    True
    """
    if version > (3, 51, 2):
        return None
    number = ".".join(map(str, version))
    return f"SQLite {number} may have the WAL-reset bug (all up to 3.51.2): keep to one writer at a time"


def _sections(connection: Connection) -> tuple[SectionStatus, ...]:
    a, v = articles.c, versions.c
    latest = and_(v.article_id == a.id, v.version == a.version)
    counted = (
        select(
            a.site,
            a.section,
            func.count().label("articles"),
            func.count(a.date).label("dated"),
            func.count(a.author).label("with_author"),
            func.count(a.source).label("with_source"),
            func.sum(case((v.edit_count > 0, 1), else_=0)).label("repaired"),
            func.sum(v.edit_count).label("edits"),
            func.sum(v.inferred_count).label("inferred"),
            func.sum(v.damage_count).label("damaged"),
            func.sum(v.injection_count).label("injections"),
            func.sum(a.version).label("versions"),
        )
        .select_from(articles.join(versions, latest))
        .where(is_shown())
        .group_by(a.site, a.section)
        .order_by(a.site, a.section.is_(None), a.section)
    )
    return tuple(SectionStatus(**row) for row in connection.execute(counted).mappings())


def _files(connection: Connection) -> FileStatus:
    kept = connection.execute(select(func.count(), func.coalesce(func.sum(files.c.size), 0)).select_from(files)).one()
    f, c = article_files.c, frontier.c
    # An address of an article counts once, however many states of its bytes there are.
    shown = select(articles.c.id).where(is_shown())
    here = f.sha256.is_not(None), f.article_id.in_(shown)
    offered = select(f.kind, f.article_id, f.url).where(*here).distinct().subquery()
    kinds = connection.execute(select(offered.c.kind, func.count()).group_by(offered.c.kind))
    number: dict[str, int] = dict(kinds.all())
    stands = select(c.state, func.count()).where(c.kind == "file").group_by(c.state).order_by(c.state)
    stood: dict[str, int] = dict(connection.execute(stands).all())
    return FileStatus(
        kept=int(kept[0]),
        bytes=int(kept[1]),
        attachments=number.get("attachment", 0),
        images=number.get("image", 0),
        states=stood,
    )
