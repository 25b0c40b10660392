"""The tables of the archive, a comment on each column. docs/schema.md is written from here, see
:mod:`zsparkcrawl.archive.describing`.

Days and times are ISO text, so that they read the same in SQLite, PostgreSQL, a CSV and a shell: a day is
``2026-11-22``, a moment is UTC with a Z, ``2026-11-22T08:30:00Z``. Text sorts as time does.
"""

from __future__ import annotations

from zsparkcrawl.archive.article_tables import articles, edits, injection_pages, injections, versions
from zsparkcrawl.archive.crawl_tables import captures, frontier, metadata, runs, seen
from zsparkcrawl.archive.file_tables import article_files, files
from zsparkcrawl.archive.recovery_tables import recoveries
from zsparkcrawl.archive.search_tables import search_entries, search_state
from zsparkcrawl.archive.witness_tables import candidates, readings, witnesses

__all__ = [
    "article_files",
    "articles",
    "candidates",
    "captures",
    "edits",
    "files",
    "frontier",
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
]
