"""The tables of crawling: runs, what they fetched, what listings showed, what is to be fetched."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = ["LONG", "captures", "frontier", "metadata", "runs", "seen"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

LONG = Integer().with_variant(BigInteger(), "postgresql")
"""A count of bytes, which may be above two billion; SQLite knows no shorter numbers."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the run"),
    Column("site", Text, nullable=False, comment="name of the site's profile"),
    Column("section", Text, nullable=False, comment="news or notices"),
    Column("start_url", Text, comment="the listing it began at; NULL when the profile's own"),
    Column("arguments", JSON, nullable=False, comment="the spider's arguments, name to text"),
    Column("state", Text, nullable=False, comment="running, good, suspicious, failed or died"),
    Column("reason", Text, comment="why it ended, in a few words"),
    Column("counts", JSON, nullable=False, comment="name to number: pages, new, unchanged …"),
    Column("started", Text, nullable=False, comment="when it began, UTC"),
    Column("ended", Text, comment="when it ended, UTC; NULL while it runs and when it died"),
    Column("host", Text, nullable=False, comment="name of the machine it ran on"),
    Column("pid", Integer, nullable=False, comment="its process number there"),
    Column("process_mark", Text, comment="tells it from a later process of that number; or NULL"),
    Column("package", Text, nullable=False, comment="version of this program"),
    Column(
        "kind",
        Text,
        nullable=False,
        server_default="crawl",
        comment="crawl; import: copies from WARC files; recover: copies from a web archive",
    ),
    Index(None, "state"),
    comment="one crawl of one section, or the taking over of copies",
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the capture, in the order in which they were entered"),
    Column("run_id", Integer, ForeignKey("runs.id"), comment="the run that fetched it, if known"),
    Column("url", Text, nullable=False, comment="what was asked for"),
    Column("time", Text, nullable=False, comment="when the response came, UTC"),
    Column("status", Integer, nullable=False, comment="HTTP status"),
    Column("content_type", Text, nullable=False, comment="the Content-Type header, empty when there was none"),
    Column("charset", Text, comment="the encoding that reading chose; NULL when it was not read"),
    Column(
        "declared_charset", Text, comment="what header and page declare, the header first, joined by a comma; or NULL"
    ),
    Column("partial", Boolean, nullable=False, comment="the connection ended before the whole body came"),
    Column("digest", Text, nullable=False, comment="WARC-Payload-Digest of its body: sha1: and base32"),
    Column("file", Text, nullable=False, comment="name of the WARC file in the captures folder"),
    Column("offset", LONG, nullable=False, comment="byte at which its record begins"),
    Column("length", LONG, nullable=False, comment="bytes of the record, compressed"),
    Column(
        "revisit_of",
        Integer,
        ForeignKey("captures.id"),
        comment="the capture that has its body, for the same bytes came before; NULL when it has one of its own",
    ),
    Column("lost", Text, comment="why its record is no more, when salvage found it damaged; NULL for all others"),
    Column(
        "text_digest",
        Text,
        comment="of the title and text that were read from it, counts of readers left out, and the names of its files; "
        "NULL when none was read",
    ),
    Column("worker_id", Integer, ForeignKey("workers.id"), comment="the worker that keeps it; NULL when a crawl alone"),
    # For the search of a body that is kept already, and of everything by url.
    Index(None, "url", "digest"),
    Index(None, "file", "offset"),
    Index(None, "time"),
    # A page that stands under several addresses is that of none of them.
    Index(None, "digest"),
    Index(
        None,
        "text_digest",
        "url",
        sqlite_where=text("text_digest IS NOT NULL"),
        postgresql_where=text("text_digest IS NOT NULL"),
    ),
    comment="one response as it came, kept in a WARC file",
)

seen = Table(
    "seen",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the row"),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, comment="the latest run that saw it"),
    Column("listing_url", Text, nullable=False, comment="the listing page"),
    Column("url", Text, nullable=False, comment="what it links to"),
    Column("title", Text, comment="the link's text as the listing has it"),
    Column("date", Text, comment="the day beside it, ISO; NULL when there is none"),
    Column("first_seen", Text, nullable=False, comment="when the listing first showed it, UTC"),
    Column("last_seen", Text, nullable=False, comment="when the listing last showed it, UTC"),
    UniqueConstraint("listing_url", "url"),
    Index(None, "url"),
    comment="what the listing pages showed, whether or not the article could be fetched",
)

frontier = Table(
    "frontier",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the page; what is found first is fetched first"),
    Column("site", Text, nullable=False, comment="name of the site's profile"),
    Column("section", Text, nullable=False, comment="news or notices"),
    Column("origin", Text, nullable=False, comment="empty, or host and port of the listing the crawl was told"),
    Column("kind", Text, nullable=False, comment="listing, article or file"),
    Column("url", Text, nullable=False, comment="what is to be fetched"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="waiting, read, or how it ended: failed, gone, off-site, spam, not an article (of a file: "
        "a web page came in its place), duplicate",
    ),
    Column("due_at", Text, comment="when it is to be fetched next, UTC; NULL never by itself"),
    Column("leased_by", Integer, ForeignKey("runs.id"), comment="the run that is fetching it"),
    Column("visits", Integer, nullable=False, server_default="0", comment="how often it was read"),
    Column("tries", Integer, nullable=False, server_default="0", comment="failures in a row"),
    Column("misses", Integer, nullable=False, server_default="0", comment="visits in a row that found it gone"),
    Column("missed_since", Text, comment="the first of them, UTC"),
    Column("reason", Text, comment="why the last visit did not read it"),
    Column("etag", Text, comment="the ETag it came with when it was last read"),
    Column("last_modified", Text, comment="the Last-Modified it came with"),
    Column("first_seen", Text, nullable=False, comment="when it was found, UTC"),
    Column("visited_at", Text, comment="when it was last asked for, UTC"),
    Column("visited_by", Integer, ForeignKey("runs.id"), comment="the run that last asked for it"),
    Column("retried_by", Integer, ForeignKey("runs.id"), comment="the run that is to try it once more itself"),
    Column(
        "listed_by",
        Integer,
        ForeignKey("runs.id"),
        comment="the run that last saw it on a listing, or on an article; of a listing page the run that came to it",
    ),
    Column("named_by", Integer, ForeignKey("runs.id"), comment="the run whose ids last named it"),
    Column("listed_title", Text, comment="what the listing that showed it first calls it"),
    Column("listed_date", Text, comment="the day that listing shows, ISO; of a file, its article's"),
    Column("article_id", Integer, ForeignKey("articles.id"), comment="the article that was read from it"),
    Column("walk", Text, comment="of a listing page that is next on a walk: how far it came, as JSON"),
    Column("walked_at", Text, comment="of a first listing page: when a walk from it came to the end, UTC"),
    Column("leases", Integer, nullable=False, server_default="0", comment="how often it was taken to be fetched"),
    Column(
        "worker_id", Integer, ForeignKey("workers.id"), comment="of that run the worker that is fetching it, if several"
    ),
    Column(
        "left_behind",
        Integer,
        nullable=False,
        server_default="0",
        comment="how many processes in a row ended without a word while it was on its way",
    ),
    UniqueConstraint("site", "section", "origin", "url"),
    Index(None, "site", "section", "origin", "due_at"),
    Index(None, "leased_by"),
    Index(None, "worker_id"),
    Index(None, "url"),
    comment="what is to be fetched, and how it stands",
)
