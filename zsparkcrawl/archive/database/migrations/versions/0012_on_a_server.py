"""On PostgreSQL files may be longer than two GiB; and texts sort by their characters there, which the environment of the
steps sees to after each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_LONG = {"captures": ("offset", "length"), "files": ("size",)}


def upgrade() -> None:
    """Alter the three columns; SQLite knows no shorter numbers."""
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _LONG.items():
            for column in columns:
                op.alter_column(table, column, type_=sa.BigInteger())
