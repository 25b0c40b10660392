"""On PostgreSQL: files may be longer than two GiB, long texts lie apart, and the search knows how much there is. That
texts sort by their characters there, the environment of the steps sees to after each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_LONG = {"captures": ("offset", "length"), "files": ("size",)}
# Rows of 2 KB and more are made shorter until they have 512 bytes, so that lists and counts pass over little; and a
# page keeps room for the row that is seen again, which then needs no new entry in any index.
_NARROW = "ALTER TABLE articles SET (toast_tuple_target = 512, fillfactor = 85)"


def upgrade() -> None:
    """Alter the columns; SQLite knows no shorter numbers."""
    server = op.get_bind().dialect.name == "postgresql"
    long = sa.BigInteger() if server else sa.Integer()
    for name in ("articles", "characters"):
        op.add_column("search_state", sa.Column(name, long))
    if server:
        for table, columns in _LONG.items():
            for column in columns:
                op.alter_column(table, column, type_=sa.BigInteger())
        op.execute(_NARROW)
