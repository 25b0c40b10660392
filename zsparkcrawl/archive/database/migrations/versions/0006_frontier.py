"""The frontier: what is to be fetched, as rows. What the archive has already is entered when a listing shows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "frontier",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("site", "section", "origin", "kind", "url", "state")),
        sa.Column("due_at", sa.Text()),
        sa.Column("leased_by", sa.Integer(), sa.ForeignKey("runs.id", name="fk_frontier_leased_by")),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in ("visits", "tries", "misses")),
        *(sa.Column(name, sa.Text()) for name in ("missed_since", "reason", "etag", "last_modified")),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("visited_at", sa.Text()),
        *(
            sa.Column(name, sa.Integer(), sa.ForeignKey("runs.id", name=f"fk_frontier_{name}"))
            for name in ("visited_by", "retried_by", "listed_by", "named_by")
        ),
        *(sa.Column(name, sa.Text()) for name in ("listed_title", "listed_date")),
        sa.Column("article_id", sa.Integer(), sa.ForeignKey("articles.id", name="fk_frontier_article_id")),
        *(sa.Column(name, sa.Text()) for name in ("walk", "walked_at")),
        sa.PrimaryKeyConstraint("id", name="pk_frontier"),
        sa.UniqueConstraint("site", "section", "origin", "url", name="uq_frontier_site_section_origin_url"),
    )
    for names in (("site", "section", "origin", "due_at"), ("leased_by",), ("url",)):
        op.create_index(f"ix_frontier_{'_'.join(names)}", "frontier", list(names))
