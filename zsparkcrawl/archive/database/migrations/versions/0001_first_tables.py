"""The first tables.

Written out, and not taken from schema.py, because a step must go on making what it made when it was released.
The columns' comments stand in schema.py only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _runs()
    _captures()
    _articles()
    _versions()
    _edits()
    _injections()
    _seen()


def _text(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=null) for name in names)


def _number(*names: str, null: bool = False) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.Integer(), nullable=null) for name in names)


def _json(*names: str) -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, sa.JSON(), nullable=False) for name in names)


def _content() -> Iterator[sa.Column[Any]]:
    yield from _text("url")
    yield from _text("title", "date", "time", "date_raw", "date_precision", "date_missing", null=True)
    yield from _text("author", "source", "editor", null=True)
    yield from _text("body")
    yield from _json("attachments", "images")


def _key(table: str, *names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(names or ("id",)), name=f"pk_{table}")


def _refers(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [to], name=f"fk_{table}_{name}")


def _of_version(table: str) -> sa.ForeignKeyConstraint:
    columns = ["article_id", "version"]
    name = f"fk_{table}_article_id_version"
    return sa.ForeignKeyConstraint(columns, [f"versions.{column}" for column in columns], name=name)


def _runs() -> None:
    op.create_table(
        "runs",
        *_number("id"),
        *_text("site", "section"),
        *_text("start_url", null=True),
        *_json("arguments"),
        *_text("state"),
        *_text("reason", null=True),
        *_json("counts"),
        *_text("started"),
        *_text("ended", null=True),
        *_text("host"),
        *_number("pid"),
        *_text("process_mark", null=True),
        *_text("package"),
        _key("runs"),
    )
    op.create_index("ix_runs_state", "runs", ["state"])


def _captures() -> None:
    op.create_table(
        "captures",
        *_number("id"),
        *_number("run_id", null=True),
        *_text("url", "time"),
        *_number("status"),
        *_text("content_type"),
        *_text("charset", null=True),
        sa.Column("partial", sa.Boolean(), nullable=False),
        *_text("digest", "file"),
        *_number("offset", "length"),
        _key("captures"),
        _refers("captures", "run_id", "runs.id"),
    )
    op.create_index("ix_captures_url", "captures", ["url"])


def _articles() -> None:
    op.create_table(
        "articles",
        *_number("id"),
        *_text("site"),
        *_text("section", "native_id", null=True),
        *_content(),
        *_number("version"),
        *_text("first_seen", "last_seen"),
        *_number("capture_id", null=True),
        _key("articles"),
        sa.UniqueConstraint("site", "section", "native_id", name="uq_articles_site_section_native_id"),
        _refers("articles", "capture_id", "captures.id"),
    )
    unnumbered = sa.text("section IS NULL OR native_id IS NULL")
    op.create_index(
        "uq_articles_url_unnumbered",
        "articles",
        ["url"],
        unique=True,
        sqlite_where=unnumbered,
        postgresql_where=unnumbered,
    )
    op.create_index("ix_articles_url", "articles", ["url"])
    op.create_index("ix_articles_section_date", "articles", ["section", "date"])


def _versions() -> None:
    op.create_table(
        "versions",
        *_number("article_id", "version"),
        *_content(),
        *_number("capture_id", "run_id", null=True),
        *_text("made_at", "made_by", "package"),
        *_json("changed"),
        *_text("charset", "charset_reason", null=True),
        *_json("diagnosis", "damaged"),
        *_number("edit_count", "inferred_count", "damage_count", "injection_count"),
        _key("versions", "article_id", "version"),
        _refers("versions", "article_id", "articles.id"),
        _refers("versions", "capture_id", "captures.id"),
        _refers("versions", "run_id", "runs.id"),
    )
    op.create_index("ix_versions_url", "versions", ["url"])


def _edits() -> None:
    op.create_table(
        "edits",
        *_number("article_id", "version"),
        *_text("field"),
        *_number("position"),
        *_text("rule"),
        *_number("start"),
        *_text("before", "after", "certainty"),
        _key("edits", "article_id", "version", "field", "position"),
        _of_version("edits"),
    )


def _injections() -> None:
    op.create_table(
        "injections",
        *_number("article_id", "version", "position"),
        *_text("kind", "text"),
        *_text("domain", null=True),
        _key("injections", "article_id", "version", "position"),
        _of_version("injections"),
    )


def _seen() -> None:
    op.create_table(
        "seen",
        *_number("id", "run_id"),
        *_text("listing_url", "url"),
        *_text("title", "date", null=True),
        *_text("first_seen", "last_seen"),
        _key("seen"),
        sa.UniqueConstraint("listing_url", "url", name="uq_seen_listing_url_url"),
        _refers("seen", "run_id", "runs.id"),
    )
    op.create_index("ix_seen_url", "seen", ["url"])
