"""The table of what a web archive has: which captures of a site are to be fetched from it, and how that stands."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from zsparkcrawl.archive.tables.crawling import metadata

__all__ = ["recoveries"]

recoveries = Table(
    "recoveries",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the row"),
    Column("site", Text, nullable=False, comment="name of the site's profile"),
    Column("section", Text, nullable=False, comment="the section that it was looked for; empty for the archive itself"),
    Column("source", Text, nullable=False, comment="the web archive: address of its CDX server"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="query: a question to the CDX server, or the server itself; article, part (a further page of one), "
        "listing, file",
    ),
    Column("url", Text, nullable=False, comment="what was captured; of a query its own address"),
    Column("timestamp", Text, nullable=False, comment="when, UTC, as YYYYMMDDhhmmss; of a query empty"),
    Column("digest", Text, nullable=False, comment="digest of the body by the index; or empty"),
    Column(
        "place",
        JSON,
        comment="of a record in a WARC file of the archive: filename, offset, length; of a query how far it came",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        comment="waiting; kept: fetched, not read yet; read; missing: the archive does not have it; duplicate: it gave "
        "another capture in its place, which is here; failed; of a query waiting or asked",
    ),
    Column("tries", Integer, nullable=False, server_default="0", comment="failures in a row"),
    Column(
        "next_retry_at",
        Text,
        comment="when it may be asked for again after a failure, UTC; of the server: asked anything",
    ),
    Column("reason", Text, comment="why it was not fetched"),
    Column("capture_id", Integer, ForeignKey("captures.id"), comment="the capture that it became"),
    Column("found_at", Text, nullable=False, comment="when the index told of it, UTC"),
    Column("visited_at", Text, comment="when it was last asked for, UTC"),
    UniqueConstraint("source", "site", "url", "timestamp"),
    Index(None, "source", "site", "state"),
    comment="what a web archive has of a site, and how fetching it stands",
)
