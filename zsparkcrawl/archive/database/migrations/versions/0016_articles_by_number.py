"""Articles are found by section and number without a look at all of them, also where no site is named."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_articles_section_native_id", "articles", ["section", "native_id"])
