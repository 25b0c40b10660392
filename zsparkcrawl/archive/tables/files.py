"""The tables of the files and pictures that articles offer."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from zsparkcrawl.archive.tables.crawling import LONG, metadata

__all__ = ["article_files", "files"]

files = Table(
    "files",
    metadata,
    Column("sha256", Text, primary_key=True, comment="SHA-256 of its bytes, in hexadecimal"),
    Column("size", LONG, nullable=False, comment="number of bytes"),
    Column(
        "type",
        Text,
        nullable=False,
        comment="what it is, as docx, pdf or jpg: by its bytes, else by its header or its name; empty when none tells",
    ),
    Column("path", Text, nullable=False, comment="where it lies in the data folder: files/ab/abcdef…"),
    Column("first_seen", Text, nullable=False, comment="when these bytes first came, UTC"),
    comment="each file by its bytes, once",
)

article_files = Table(
    "article_files",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the row"),
    Column("article_id", Integer, ForeignKey("articles.id"), nullable=False, comment="the article that offers it"),
    Column("kind", Text, nullable=False, comment="attachment or image"),
    Column("url", Text, nullable=False, comment="its address as the page has it"),
    Column("name", Text, comment="what the article calls it: the link's text or the caption; NULL when it does not"),
    Column(
        "server_name",
        Text,
        comment="what the server calls it, or its address where the server does not say; never a name on our disk",
    ),
    Column("version", Integer, nullable=False, comment="1 for the first bytes that came, then counted up"),
    Column("sha256", Text, ForeignKey("files.sha256"), comment="its bytes; NULL until they came"),
    Column("capture_id", Integer, ForeignKey("captures.id"), comment="the capture that has them; NULL until they came"),
    Column("first_seen", Text, nullable=False, comment="when the article first offered it, or these bytes came, UTC"),
    Column("last_seen", Text, comment="when these bytes last came or were confirmed, UTC; NULL until they came"),
    Column("frontier_id", Integer, ForeignKey("frontier.id"), comment="how the fetching of it stands"),
    UniqueConstraint("article_id", "url", "version"),
    Index(None, "frontier_id"),
    Index(None, "sha256"),
    comment="what articles offer: a row for each state of its bytes, the old ones stay",
)
