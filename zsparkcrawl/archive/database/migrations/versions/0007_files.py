"""Files and pictures of articles. Those of articles that are there already are entered when these are next seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("type", "path", "first_seen")),
        sa.PrimaryKeyConstraint("sha256", name="pk_files"),
    )
    op.create_table(
        "article_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "article_id",
            sa.Integer(),
            sa.ForeignKey("articles.id", name="fk_article_files_article_id"),
            nullable=False,
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "url")),
        *(sa.Column(name, sa.Text()) for name in ("name", "server_name")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), sa.ForeignKey("files.sha256", name="fk_article_files_sha256")),
        sa.Column("capture_id", sa.Integer(), sa.ForeignKey("captures.id", name="fk_article_files_capture_id")),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("last_seen", sa.Text()),
        sa.Column("frontier_id", sa.Integer(), sa.ForeignKey("frontier.id", name="fk_article_files_frontier_id")),
        sa.PrimaryKeyConstraint("id", name="pk_article_files"),
        sa.UniqueConstraint("article_id", "url", "version", name="uq_article_files_article_id_url_version"),
    )
    for name in ("frontier_id", "sha256"):
        op.create_index(f"ix_article_files_{name}", "article_files", [name])
