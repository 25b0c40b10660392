"""What text each capture shows, and captures by their body: so a page is known again under another address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the indexes. It stays empty for older captures, whose bodies have their digest."""
    op.add_column("captures", sa.Column("text_digest", sa.Text()))
    op.create_index("ix_captures_digest", "captures", ["digest"])
    has_text = sa.text("text_digest IS NOT NULL")
    op.create_index(
        "ix_captures_text_digest_url",
        "captures",
        ["text_digest", "url"],
        sqlite_where=has_text,
        postgresql_where=has_text,
    )
