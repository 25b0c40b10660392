"""The tables of witnesses: the copies of an article, what they read differently, and what may be a copy of what."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from zsparkcrawl.archive.tables.crawling import metadata

__all__ = ["candidates", "readings", "witnesses"]


def _article() -> Column[int]:
    return Column("article_id", Integer, ForeignKey("articles.id"), nullable=False, comment="the article")


witnesses = Table(
    "witnesses",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the witness"),
    _article(),
    Column("host", Text, nullable=False, comment="the host that showed the copy"),
    Column("url", Text, nullable=False, comment="the page it was read from"),
    Column("own", Boolean, nullable=False, comment="whether the host is one of the site's own"),
    Column("digest", Text, nullable=False, comment="of what the page says before cleaning, counts of readers left out"),
    Column("capture_id", Integer, ForeignKey("captures.id"), comment="the capture it was read from"),
    Column("first_seen", Text, nullable=False, comment="when the host first showed it, UTC"),
    Column("last_seen", Text, nullable=False, comment="when the host last showed it, UTC"),
    Column("standing", Text, nullable=False, comment="supports; apart: it tells another story, see kind"),
    Column(
        "kind",
        Text,
        comment="why it stands apart: edit (the site's own words at another time), tampering, another text; spam where "
        "only that came besides; NULL when it does not",
    ),
    Column("apart", JSON, nullable=False, comment="list of {field, start, end, kind, reading}: where it tells another"),
    Column("version", Integer, comment="the version that has its content; NULL when the row has it"),
    Column("content", JSON(none_as_null=True), comment="its clean fields, called as in versions"),
    Column("edits", JSON(none_as_null=True), comment="list of [field, rule, start, before, after, certainty]"),
    Column("damaged", JSON(none_as_null=True), comment="field to list of {start, end, reason} left unmended"),
    Column("diagnosis", JSON(none_as_null=True), comment="kinds of damage found, with evidence"),
    Column("charset", Text, comment="the encoding the page was decoded with"),
    Column("charset_reason", Text, comment="on what evidence"),
    Column("injection_count", Integer, nullable=False, comment="number of foreign things kept out"),
    UniqueConstraint("article_id", "host", "digest"),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
    comment="the distinct copies of an article; none while there is but one, for then the versions tell all",
)

readings = Table(
    "readings",
    metadata,
    _article(),
    Column("version", Integer, nullable=False, comment="the version of it"),
    Column("field", Text, nullable=False, comment="title, body, date, author …"),
    Column("position", Integer, nullable=False, comment="which place of the field it is, from 0"),
    Column(
        "rank",
        Integer,
        nullable=False,
        comment="0 for the reading that was chosen, 1 and on for the others; no 0 where none was",
    ),
    Column("start", Integer, nullable=False, comment="first character of the place in the version's text"),
    Column("end", Integer, nullable=False, comment="the character behind it; the same where text was left out"),
    Column("verdict", Text, nullable=False, comment="agreed, decided, disputed, or gap: no copy has what stood there"),
    Column("basis", Text, nullable=False, comment="what decided: agreement, own, bytes, certainty, votes, likelihood"),
    Column("certainty", Text, nullable=False, comment="certain or inferred"),
    Column("reading", Text, comment="what is read there; NULL for a value that is missing"),
    Column("witnesses", JSON, nullable=False, comment="numbers of the witnesses that read it so"),
    Column("explained", JSON, nullable=False, comment="numbers of those that show damage which can come of it"),
    PrimaryKeyConstraint("article_id", "version", "field", "position", "rank"),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
    comment="the apparatus: who reads what, at each place where the copies of an article differ",
)

candidates = Table(
    "candidates",
    metadata,
    Column("id", Integer, primary_key=True, comment="number of the candidate"),
    _article(),
    Column("copy_id", Integer, ForeignKey("articles.id"), nullable=False, comment="what may be a copy of it"),
    Column("share", Integer, nullable=False, comment="of a hundred runs of five characters how many both texts have"),
    Column("same_title", Boolean, nullable=False, comment="whether the titles are the same"),
    Column("same_date", Boolean, comment="whether the dates are the same; NULL when one is unknown"),
    Column("state", Text, nullable=False, comment="open, confirmed or rejected"),
    Column("found_at", Text, nullable=False, comment="when it was found, UTC"),
    Column("decided_at", Text, comment="when a person decided, UTC"),
    UniqueConstraint("article_id", "copy_id"),
    Index(None, "copy_id"),
    comment="pages without a number that may be copies of an article: nothing is joined before a person says so",
)
