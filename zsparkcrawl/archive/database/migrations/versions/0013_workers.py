"""Several workers on one frontier: who they are, what they hold, and when a host may be asked again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the columns."""
    _make_workers()
    _make_hosts()
    op.add_column("frontier", sa.Column("leases", sa.Integer(), nullable=False, server_default="0"))
    # In words of SQL, for SQLite takes a foreign key in this form only.
    for table in ("frontier", "captures"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN worker_id INTEGER CONSTRAINT fk_{table}_worker_id REFERENCES workers (id)"
        )
    op.create_index("ix_frontier_worker_id", "frontier", ["worker_id"])


def _make_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("runs.id", name="fk_workers_run_id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "host")),
        sa.Column("pid", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("place", "process_mark")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("folder", "state")),
        sa.Column("reason", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("started", "alive_at")),
        sa.Column("lapse", sa.Float(), nullable=False),
        sa.Column("ended", sa.Text()),
        sa.Column("stats", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_index("ix_workers_run_id_state", "workers", ["run_id", "state"])


def _make_hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("next_at", "rests_until", "delay")),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_table(
        "host_slots",
        sa.Column("host", sa.Text(), sa.ForeignKey("hosts.host", name="fk_host_slots_host"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), sa.ForeignKey("workers.id", name="fk_host_slots_worker_id")),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("host", "number", name="pk_host_slots"),
    )
