"""The tables of crawling with several workers: who they are, and when a host may be asked again."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, Table, Text

from zsparkcrawl.archive.tables.crawling import metadata

__all__ = ["host_slots", "hosts", "workers"]

workers = Table(
    "workers",
    metadata,
    Column(
        "id", Integer, primary_key=True, comment="number of the worker; one that goes on to another run gets a new one"
    ),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, comment="the run in which it takes part"),
    Column("name", Text, nullable=False, comment="what it is called; host and process number unless it was told"),
    Column("host", Text, nullable=False, comment="name of its machine"),
    Column("pid", Integer, nullable=False, comment="its process number there"),
    Column("place", Text, comment="tells that machine, since it was booted, and what process numbers mean; or NULL"),
    Column("process_mark", Text, comment="tells it from a later process of that number; or NULL"),
    Column("folder", Text, nullable=False, comment="where its captures lie on that machine"),
    Column("state", Text, nullable=False, comment="working; left; lost: no sign of life, its pages were taken over"),
    Column("reason", Text, comment="why it left, in a word"),
    Column("started", Text, nullable=False, comment="when it joined the run, UTC, by the database's clock"),
    Column("alive_at", Text, nullable=False, comment="its last sign of life, UTC, by the database's clock"),
    Column("lapse", Float, nullable=False, comment="seconds without a sign of life after which it counts as lost"),
    Column("ended", Text, comment="when it left or was found lost, UTC; NULL while it works"),
    Column("stats", JSON, nullable=False, comment="what it had counted at its last sign of life"),
    Index(None, "run_id", "state"),
    comment="one process that takes part in one run, where several share an archive",
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True, comment="name of the host"),
    Column("next_at", Float, nullable=False, comment="when any worker may ask it next: seconds since 1970"),
    Column("rests_until", Float, nullable=False, comment="until when it asked to be left alone: seconds since 1970"),
    Column("delay", Float, nullable=False, comment="seconds between two requests, as it answers of late"),
    comment="the hosts that workers ask, so that all together are no faster than one would be",
)

host_slots = Table(
    "host_slots",
    metadata,
    Column("host", Text, ForeignKey("hosts.host"), primary_key=True, comment="name of the host"),
    Column("number", Integer, primary_key=True, comment="1, 2, … as many as may be on their way at once"),
    Column("worker_id", Integer, ForeignKey("workers.id"), comment="whose request it is, or last was"),
    Column("taken", Integer, nullable=False, comment="how often it was taken: tells one request from the next"),
    Column("until", Float, nullable=False, comment="when it is free at the latest: seconds since 1970; 0 when it is"),
    comment="the requests to a host that are on their way",
)
