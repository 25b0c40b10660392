"""Witnesses: the copies of an article. Those that are there already are entered when another copy comes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Make the tables, and the columns that count them."""
    _witnesses()
    _readings()
    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        _article("candidates"),
        _article("candidates", "copy_id"),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("same_title", sa.Boolean(), nullable=False),
        sa.Column("same_date", sa.Boolean()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "found_at")),
        sa.Column("decided_at", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_candidates"),
        sa.UniqueConstraint("article_id", "copy_id", name="uq_candidates_article_id_copy_id"),
    )
    op.create_index("ix_candidates_copy_id", "candidates", ["copy_id"])
    for name, begin in (("witness_count", "1"), ("disputed", "0"), ("gaps", "0")):
        op.add_column("articles", sa.Column(name, sa.Integer(), nullable=False, server_default=begin))
    # In words of SQL, for SQLite takes a foreign key in this form only.
    op.execute(
        "ALTER TABLE articles ADD COLUMN same_as INTEGER CONSTRAINT fk_articles_same_as REFERENCES articles (id)"
    )
    where = sa.text("same_as IS NOT NULL")
    op.create_index("ix_articles_same_as", "articles", ["same_as"], sqlite_where=where, postgresql_where=where)


def _witnesses() -> None:
    op.create_table(
        "witnesses",
        sa.Column("id", sa.Integer(), nullable=False),
        _article("witnesses"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("host", "url")),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("capture_id", sa.Integer(), sa.ForeignKey("captures.id", name="fk_witnesses_capture_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("first_seen", "last_seen", "standing")),
        sa.Column("kind", sa.Text()),
        sa.Column("apart", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer()),
        *(sa.Column(name, _JSON) for name in ("content", "edits", "damaged", "diagnosis")),
        *(sa.Column(name, sa.Text()) for name in ("charset", "charset_reason")),
        sa.Column("injection_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_witnesses"),
        sa.UniqueConstraint("article_id", "host", "digest", name="uq_witnesses_article_id_host_digest"),
        _version("witnesses"),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        _article("readings"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("position", "rank", "start", "end")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("verdict", "basis", "certainty")),
        sa.Column("reading", sa.Text()),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("witnesses", "explained")),
        sa.PrimaryKeyConstraint("article_id", "version", "field", "position", "rank", name="pk_readings"),
        _version("readings"),
    )


def _article(table: str, name: str = "article_id") -> sa.Column[int]:
    key = sa.ForeignKey("articles.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Integer(), key, nullable=False)


def _version(table: str) -> sa.ForeignKeyConstraint:
    key = ["article_id", "version"]
    return sa.ForeignKeyConstraint(key, [f"versions.{name}" for name in key], name=f"fk_{table}_article_id_version")
