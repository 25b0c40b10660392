"""The kind of each change, and when an article was removed.

Before, a version only named the fields that changed. Of old versions made by reading the kind is known; of others it
was not looked at.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_VERSIONS = sa.table(
    "versions",
    sa.column("article_id", sa.Integer()),
    sa.column("version", sa.Integer()),
    sa.column("made_by", sa.Text()),
    sa.column("changed", sa.JSON()),
)


def upgrade() -> None:
    """Turn the lists of fields into objects from field to kind; add the columns of removal."""
    for name in ("gone_at", "gone_reason"):
        op.add_column("articles", sa.Column(name, sa.Text(), nullable=True))
    connection = op.get_bind()
    c = _VERSIONS.c
    rows = connection.execute(sa.select(c.article_id, c.version, c.made_by, c.changed)).all()
    for article_id, version, made_by, changed in rows:
        kinds = dict.fromkeys(changed, "reading" if made_by == "reading" else None)
        place = sa.and_(c.article_id == article_id, c.version == version)
        connection.execute(sa.update(_VERSIONS).where(place).values(changed=kinds))
