"""The tables of the archive, a comment on each column. docs/schema.md is written from here, see
:mod:`zsparkcrawl.archive.tables.describing`.

Days and times are ISO text, so that they read the same in SQLite, PostgreSQL, a CSV and a shell: a day is
``2026-11-22``, a moment is UTC with a Z, ``2026-11-22T08:30:00Z``. Text sorts as time does.
"""

from __future__ import annotations

from zsparkcrawl.archive.tables.articles import articles, edits, injection_pages, injections, versions
from zsparkcrawl.archive.tables.crawling import captures, frontier, metadata, runs, seen
from zsparkcrawl.archive.tables.files import article_files, files
from zsparkcrawl.archive.tables.recovery import recoveries
from zsparkcrawl.archive.tables.search import search_entries, search_state
from zsparkcrawl.archive.tables.witnesses import candidates, readings, witnesses
from zsparkcrawl.archive.tables.working import host_slots, hosts, workers

__all__ = [
    "article_files",
    "articles",
    "candidates",
    "captures",
    "edits",
    "files",
    "frontier",
    "host_slots",
    "hosts",
    "injection_pages",
    "injections",
    "metadata",
    "readings",
    "recoveries",
    "runs",
    "search_entries",
    "search_state",
    "seen",
    "versions",
    "witnesses",
    "workers",
]
