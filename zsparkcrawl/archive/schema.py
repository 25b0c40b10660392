"""The tables of the archive, a comment on each column. docs/schema.md is written from here, see
:mod:`zsparkcrawl.archive.describing`.

Days and times are ISO text, so that they read the same in SQLite, PostgreSQL, a CSV and a shell: a day is
``2026-11-22``, a moment is UTC with a Z, ``2026-11-22T08:30:00Z``. Text sorts as time does.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = [
    "articles",
    "captures",
    "edits",
    "frontier",
    "injection_pages",
    "injections",
    "metadata",
    "runs",
    "seen",
    "versions",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _content() -> Iterator[Column[object]]:
    """The columns that an article and each of its versions have in common."""
    yield Column("url", Text, nullable=False, comment="the page it was read from")
    yield Column("title", Text, comment="repaired headline; NULL when the page shows none")
    yield Column("date", Text, comment="day of publication, ISO; NULL when no trustworthy one was found")
    yield Column("time", Text, comment="time of publication in the site's time zone, HH:MM:SS; NULL when not given")
    yield Column("date_raw", Text, comment="what the date was read from, as the page has it")
    yield Column("date_precision", Text, comment="second, minute, day or month: how exactly the page tells it")
    yield Column("date_missing", Text, comment="why date is NULL: absent, illegible or conflict")
    yield Column("author", Text, comment="names joined by a blank; NULL when the page names nobody")
    yield Column("source", Text, comment="where the site has it from; NULL when it does not say")
    yield Column("editor", Text, comment="the responsible editor; never taken for the author")
    yield Column("body", Text, nullable=False, comment="repaired text, each paragraph on a line of its own")
    yield Column(
        "attachments", JSON, nullable=False, comment="list of {name, url, type}; type is the file's ending or empty"
    )
    yield Column("images", JSON, nullable=False, comment="list of {url, caption}; caption null when there is none")
    yield Column(
        "date_basis",
        Text,
        comment="what date was read from: shown, relative (3天前), completed (by a year), signature, metadata",
    )
    yield Column(
        "photographer", Text, comment="who took the pictures, names joined by a blank; NULL when nobody is named"
    )
    yield Column("reviewers", Text, comment="who looked it over before it went out, names joined by a blank")
    yield Column("contributor", Text, comment="the person or office that sent it in")


def _capture(meaning: str) -> Column[int]:
    return Column("capture_id", Integer, ForeignKey("captures.id"), comment=meaning)


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
    Index(None, "state"),
    comment="one crawl of one section",
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the capture; later ones are higher"),
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
    Column("offset", Integer, nullable=False, comment="byte at which its record begins"),
    Column("length", Integer, nullable=False, comment="bytes of the record, compressed"),
    Column(
        "revisit_of",
        Integer,
        ForeignKey("captures.id"),
        comment="the capture that has its body, for the same bytes came before; NULL when it has one of its own",
    ),
    Column("lost", Text, comment="why its record is no more, when salvage found it damaged; NULL for all others"),
    # For the search of a body that is kept already, and of everything by url.
    Index(None, "url", "digest"),
    Index(None, "file", "offset"),
    comment="one response as it came, kept in a WARC file",
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the article in this database"),
    Column("site", Text, nullable=False, comment="name of the site's profile"),
    Column("section", Text, comment="news or notices; NULL when the page belongs to no known section"),
    Column("native_id", Text, comment="the site's own number of it; NULL when its URL has none"),
    *_content(),
    Column("version", Integer, nullable=False, comment="number of the state shown here, the latest; from 1"),
    Column("first_seen", Text, nullable=False, comment="when it was first fetched, UTC"),
    Column("last_seen", Text, nullable=False, comment="when it was last fetched, UTC"),
    _capture("the capture this state was read from"),
    Column("gone_at", Text, comment="when it was certain that the site has removed it, UTC; NULL while it stands"),
    Column("gone_reason", Text, comment="what the site answered instead; NULL while it stands"),
    UniqueConstraint("site", "section", "native_id"),
    # NULL differs from NULL in a unique constraint, so articles without a number need one of their own.
    Index(
        "uq_articles_url_unnumbered",
        "url",
        unique=True,
        sqlite_where=text("section IS NULL OR native_id IS NULL"),
        postgresql_where=text("section IS NULL OR native_id IS NULL"),
    ),
    Index(None, "url"),
    Index(None, "section", "date"),
    comment="each article in its latest state",
)

versions = Table(
    "versions",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id"), nullable=False, comment="the article"),
    Column("version", Integer, nullable=False, comment="1 for the first state, then counted up"),
    *_content(),
    _capture("the capture it was read from"),
    Column("run_id", Integer, ForeignKey("runs.id"), comment="the run that stored it; NULL when reread"),
    Column("made_at", Text, nullable=False, comment="when it was stored, UTC"),
    Column("made_by", Text, nullable=False, comment="site: fetched so; reading: old bytes were read anew"),
    Column("package", Text, nullable=False, comment="version of this program, and so of its rules"),
    Column(
        "changed",
        JSON,
        nullable=False,
        comment="field that differs from the version before to kind of change: edited, hijacked, hijack undone, "
        "template or reading; null where it cannot be told or only damage differs",
    ),
    Column("charset", Text, comment="the encoding the page was decoded with"),
    Column("charset_reason", Text, comment="on what evidence"),
    Column("diagnosis", JSON, nullable=False, comment="kinds of damage found, with evidence; or null"),
    Column("damaged", JSON, nullable=False, comment="field to list of {start, end, reason} left unmended"),
    Column("edit_count", Integer, nullable=False, comment="number of its edits"),
    Column("inferred_count", Integer, nullable=False, comment="how many of them are inferred, not certain"),
    Column("damage_count", Integer, nullable=False, comment="number of spots left damaged"),
    Column("injection_count", Integer, nullable=False, comment="number of foreign things kept out"),
    PrimaryKeyConstraint("article_id", "version"),
    Index(None, "url"),
    comment="every state of every article, the first and the latest included; a row never changes",
)


def _version_key() -> tuple[Column[int], Column[int], ForeignKeyConstraint]:
    return (
        Column("article_id", Integer, nullable=False, comment="the article"),
        Column("version", Integer, nullable=False, comment="the version of it"),
        ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
    )


edits = Table(
    "edits",
    metadata,
    *_version_key(),
    Column("field", Text, nullable=False, comment="title, body, author …"),
    Column("position", Integer, nullable=False, comment="order in which the field's edits were made, from 0"),
    Column("rule", Text, nullable=False, comment="the rule that made it"),
    Column("start", Integer, nullable=False, comment="first character, in the text as it then stood"),
    Column("before", Text, nullable=False, comment="what stood there"),
    Column("after", Text, nullable=False, comment="what stands there now; empty for a cut"),
    Column("certainty", Text, nullable=False, comment="certain, or inferred from likelihood"),
    PrimaryKeyConstraint("article_id", "version", "field", "position"),
    comment="every change of text: undone from the last to the first they give the page's own words back",
)

injections = Table(
    "injections",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the injection"),
    Column("kind", Text, nullable=False, comment="hidden, junk, foreign-link, script, redirect, title …; line, list …"),
    Column("phrase", Text, nullable=False, comment="what it said, at most 500 characters"),
    Column("carrier", Text, nullable=False, comment="what held it: a tag or attribute, or a field of the article"),
    Column("domain", Text, nullable=False, comment="the foreign host it points to; empty when it points nowhere"),
    Column("first_seen", Text, nullable=False, comment="when a page first showed it, UTC"),
    Column("last_seen", Text, nullable=False, comment="when a page last showed it, UTC"),
    Column("pages", Integer, nullable=False, comment="number of articles whose pages it hit"),
    UniqueConstraint("kind", "phrase", "carrier", "domain"),
    comment="every foreign thing that was found in pages, once: what was injected, where and when",
)

injection_pages = Table(
    "injection_pages",
    metadata,
    Column("injection_id", Integer, ForeignKey("injections.id"), nullable=False, comment="the injection"),
    *_version_key(),
    Column("position", Integer, nullable=False, comment="order on the page when it was first seen there, from 0"),
    Column("first_seen", Text, nullable=False, comment="when the article's page first showed it, UTC"),
    Column("last_seen", Text, nullable=False, comment="when the article's page last showed it, UTC"),
    PrimaryKeyConstraint("injection_id", "article_id"),
    Index(None, "article_id"),
    comment="which articles an injection hit; version is the state of the article when it was first seen there",
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
    Column("kind", Text, nullable=False, comment="listing or article"),
    Column("url", Text, nullable=False, comment="what is to be fetched"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="waiting, read, or how it ended: failed, gone, off-site, spam, not an article, duplicate",
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
    Column("listed_by", Integer, ForeignKey("runs.id"), comment="the run that last saw it on a listing"),
    Column("named_by", Integer, ForeignKey("runs.id"), comment="the run whose ids last named it"),
    Column("listed_title", Text, comment="what the listing that showed it first calls it"),
    Column("listed_date", Text, comment="the day that listing shows, ISO"),
    Column("article_id", Integer, ForeignKey("articles.id"), comment="the article that was read from it"),
    Column("walk", Text, comment="of a listing page that is next on a walk: how far it came, as JSON"),
    Column("walked_at", Text, comment="of a first listing page: when a walk from it came to the end, UTC"),
    UniqueConstraint("site", "section", "origin", "url"),
    Index(None, "site", "section", "origin", "due_at"),
    Index(None, "leased_by"),
    Index(None, "url"),
    comment="what is to be fetched, and how it stands",
)
