"""The frontier knows which pages were on their way when their process ended without a word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("frontier", sa.Column("left_behind", sa.Integer(), nullable=False, server_default="0"))
