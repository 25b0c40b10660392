"""The tables beside the index of the search. The index itself is a virtual table of SQLite, and so no table here: see
:mod:`zsparkcrawl.archive.search.indexing`."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from zsparkcrawl.archive.tables.crawling import LONG, metadata

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
    Column("articles", LONG, comment="how many articles there are; only on PostgreSQL, where this is not counted anew"),
    Column("characters", LONG, comment="how many characters these have in the fields that are searched; there as well"),
    comment="whether the index of the search can be used: one row or none",
)
