"""What is kept beside the index of the search. The index is made when the archive is next opened for writing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables, both empty."""
    op.create_table(
        "search_entries",
        sa.Column(
            "article_id",
            sa.Integer(),
            sa.ForeignKey("articles.id", name="fk_search_entries_article_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_search_entries"),
    )
    op.create_table(
        "search_state",
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_search_state"),
    )
