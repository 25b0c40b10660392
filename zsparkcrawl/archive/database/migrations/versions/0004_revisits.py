"""Which capture has the body of one whose bytes had come before, what a page declares its encoding to be, and which
captures were lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the indexes by which a body and the records of a file are found."""
    op.add_column("captures", sa.Column("declared_charset", sa.Text(), nullable=True))
    # In words of SQL, for SQLite takes a foreign key in this form only.
    op.execute(
        "ALTER TABLE captures ADD COLUMN revisit_of INTEGER CONSTRAINT fk_captures_revisit_of REFERENCES captures (id)"
    )
    op.add_column("captures", sa.Column("lost", sa.Text(), nullable=True))
    op.drop_index("ix_captures_url", "captures")
    op.create_index("ix_captures_url_digest", "captures", ["url", "digest"])
    op.create_index("ix_captures_file_offset", "captures", ["file", "offset"])
