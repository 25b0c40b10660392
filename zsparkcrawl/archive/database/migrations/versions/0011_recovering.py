"""Copies from elsewhere: what a web archive has, what kind a run is, and captures by their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, the column and the index."""
    op.add_column("runs", sa.Column("kind", sa.Text(), nullable=False, server_default="crawl"))
    op.create_index("ix_captures_time", "captures", ["time"])
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("site", "section", "source", "kind", "url", "timestamp", "digest")
        ),
        sa.Column("place", sa.JSON()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        *(sa.Column(name, sa.Text()) for name in ("next_retry_at", "reason")),
        sa.Column("capture_id", sa.Integer(), sa.ForeignKey("captures.id", name="fk_recoveries_capture_id")),
        sa.Column("found_at", sa.Text(), nullable=False),
        sa.Column("visited_at", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
        sa.UniqueConstraint("source", "site", "url", "timestamp", name="uq_recoveries_source_site_url_timestamp"),
    )
    op.create_index("ix_recoveries_source_site_state", "recoveries", ["source", "site", "state"])
