"""Each injection once, with the pages that it hit: before, every version had its own copies.

What the copies say is carried over; when each was first and last seen is taken from the versions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the injections over into a table of their own and one of the articles that they hit."""
    op.execute(
        "CREATE TABLE injections_before AS SELECT i.kind, i.text AS phrase, coalesce(i.domain, '') AS domain, "
        "i.article_id, min(i.version) AS version, min(i.position) AS position, min(v.made_at) AS first_seen, "
        "max(v.made_at) AS last_seen FROM injections i "
        "JOIN versions v ON v.article_id = i.article_id AND v.version = i.version "
        "GROUP BY i.kind, i.text, coalesce(i.domain, ''), i.article_id"
    )
    op.drop_table("injections")
    _tables()
    op.execute(
        "INSERT INTO injections (kind, phrase, carrier, domain, first_seen, last_seen, pages) "
        "SELECT kind, phrase, '', domain, min(first_seen), max(last_seen), count(*) FROM injections_before "
        "GROUP BY kind, phrase, domain"
    )
    op.execute(
        "INSERT INTO injection_pages (injection_id, article_id, version, position, first_seen, last_seen) "
        "SELECT i.id, b.article_id, b.version, b.position, b.first_seen, b.last_seen FROM injections_before b "
        "JOIN injections i ON i.kind = b.kind AND i.phrase = b.phrase AND i.domain = b.domain"
    )
    op.drop_table("injections_before")


def _tables() -> None:
    op.create_table(
        "injections",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "phrase", "carrier", "domain")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("first_seen", "last_seen")),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_injections"),
        sa.UniqueConstraint("kind", "phrase", "carrier", "domain", name="uq_injections_kind_phrase_carrier_domain"),
    )
    op.create_table(
        "injection_pages",
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("injection_id", "article_id", "version", "position")
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("first_seen", "last_seen")),
        sa.PrimaryKeyConstraint("injection_id", "article_id", name="pk_injection_pages"),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["versions.article_id", "versions.version"],
            name="fk_injection_pages_article_id_version",
        ),
        sa.ForeignKeyConstraint(["injection_id"], ["injections.id"], name="fk_injection_pages_injection_id"),
    )
    op.create_index("ix_injection_pages_article_id", "injection_pages", ["article_id"])
