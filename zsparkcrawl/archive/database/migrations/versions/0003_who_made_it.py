"""Who took the pictures, who looked it over, who sent it in, and what the date was read from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns to both tables; what was stored before has none of them until it is read again."""
    for table in ("articles", "versions"):
        for name in ("date_basis", "photographer", "reviewers", "contributor"):
            op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
