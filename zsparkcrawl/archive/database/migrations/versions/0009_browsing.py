"""Indexes from which lists are sorted and facets counted."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEXES = {
    "articles": ["date", "section", "source", "url", "gone_at", "version"],
    "versions": ["article_id", "version", "edit_count", "inferred_count", "damage_count"],
}


def upgrade() -> None:
    """Make them on SQLite; elsewhere there are none."""
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in _INDEXES.items():
            op.create_index(f"ix_{table}_browsing", table, columns)
