"""The tables beside the index of the search. The index itself is a virtual table of SQLite, and so no table here: see
:mod:`zsparkcrawl.archive.search.indexing`."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from zsparkcrawl.archive.tables.crawling import metadata

__all__ = ["search_entries", "search_state"]

search_entries = Table(
    "search_entries",
    metadata,
    Column(
        "article_id",
        Integer,
        ForeignKey("articles.id"),
        primary_key=True,
        autoincrement=False,
        comment="an article that is in the index of the search, the virtual table article_search of SQLite",
    ),
    Column("digest", Text, nullable=False, comment="of the texts that were put into the index"),
    comment="what the index of the search holds",
)

search_state = Table(
    "search_state",
    metadata,
    Column(
        "version",
        Text,
        primary_key=True,
        comment="by which rules the index of the search was made; no row when it is out of step and not used",
    ),
    comment="whether the index of the search can be used: one row or none",
)
