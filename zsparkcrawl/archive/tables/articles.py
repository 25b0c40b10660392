"""The tables of what was read: articles, all their states, the edits of their texts, what was kept out of them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from zsparkcrawl.archive.tables.crawling import metadata

__all__ = ["articles", "edits", "injection_pages", "injections", "versions"]


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
    Column(
        "witness_count",
        Integer,
        nullable=False,
        server_default="1",
        comment="number of copies that its text was told from",
    ),
    Column("disputed", Integer, nullable=False, server_default="0", comment="places on which the copies do not agree"),
    Column("gaps", Integer, nullable=False, server_default="0", comment="places of which no copy has what stood there"),
    Column(
        "same_as",
        Integer,
        ForeignKey("articles.id"),
        comment="the article that this is a copy of, as a person confirmed; it is shown in its place then",
    ),
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
    # For news/1207, which names no site: at 100,000 articles a look at all of them took 290 ms.
    Index(None, "section", "native_id"),
    Index(
        None,
        "same_as",
        sqlite_where=text("same_as IS NOT NULL"),
        postgresql_where=text("same_as IS NOT NULL"),
    ),
    # Lists are sorted and facets counted from this one and that of versions, without a look at any body. Not on
    # PostgreSQL, which keeps long bodies apart, and takes no row of an index that is longer than 2,704 bytes.
    Index(
        "ix_articles_browsing",
        *("date", "section", "source", "url", "gone_at", "version", "witness_count", "disputed", "gaps"),
    ).ddl_if(dialect="sqlite"),
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
    Column(
        "made_by",
        Text,
        nullable=False,
        comment="site: fetched so; reading: old bytes were read anew; import: from a copy that somebody else kept; "
        "witnesses: told from several copies",
    ),
    Column("package", Text, nullable=False, comment="version of this program, and so of its rules"),
    Column(
        "changed",
        JSON,
        nullable=False,
        comment="field that differs from the version before to kind of change: edited, hijacked, hijack undone, "
        "template, reading or collated; null where it cannot be told or only damage differs",
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
    Index("ix_versions_browsing", "article_id", "version", "edit_count", "inferred_count", "damage_count").ddl_if(
        dialect="sqlite"
    ),
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
