"""The index from which facets are counted has what the copies of an article tell."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = ["date", "section", "source", "url", "gone_at", "version", "witness_count", "disputed", "gaps"]


def upgrade() -> None:
    """Make it anew on SQLite; elsewhere there is none."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_articles_browsing", "articles")
        op.create_index("ix_articles_browsing", "articles", _COLUMNS)
