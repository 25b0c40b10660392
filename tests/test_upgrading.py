"""An archive of an earlier release, brought up to date: nothing of it is lost, and it is as one that was made today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Connection, Integer, Table, Text, cast, create_engine, inspect, select, text

from tests.raw import connected, rows
from tests.test_copies import MIRRORS, store
from tests.test_package import HOME, article, fill
from zsparkcrawl.archive import Archive, ArchiveError, Scope, Wanted
from zsparkcrawl.archive.database.opening import VERSION_TABLE, _config
from zsparkcrawl.archive.tables.schema import metadata
from zsparkcrawl.cli import main

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
FIRST_ON_POSTGRESQL = "0012"
FIRST_OF_TODAYS_FORM = "0005"
"""The first whose rows have the form of today; older ones, in SQLite alone, have tests of their own."""
Held = dict[str, list[tuple[str | None, ...]]]


def revisions_from(first: str) -> list[str]:
    """Those that are no longer the newest, the oldest first."""
    steps = ScriptDirectory.from_config(_config())
    known = sorted(step.revision for step in steps.walk_revisions() if step.revision != steps.get_current_head())
    return known[known.index(first) :]


CASES = [
    *(("sqlite", revision) for revision in (FIRST_OF_TODAYS_FORM, revisions_from(FIRST_OF_TODAYS_FORM)[-1])),
    *(("postgresql", revision) for revision in revisions_from(FIRST_ON_POSTGRESQL)),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An archive of today, with rows in most of the tables."""
    url = f"sqlite:///{tmp_path_factory.mktemp('source') / 'zspark.sqlite'}"
    with Archive.open(url) as archive:
        fill(archive, list(range(8)))
        store(archive, *MIRRORS)
    return url


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'zspark.sqlite'}"
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url
    server.drop(url)


def tables_of(connection: Connection) -> dict[Table, list[str]]:
    """The tables that are there, each with those of its columns that are; not the index of the search, which is made
    anew."""
    seen = inspect(connection)
    there = set(seen.get_table_names())
    return {
        table: [column["name"] for column in seen.get_columns(table.name)]
        for table in metadata.sorted_tables
        if table.name in there and not table.name.startswith("search_")
    }


def held(url: str, tables: dict[Table, list[str]]) -> Held:
    """All values of these columns as text, JSON as it is kept."""
    with connected(url) as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(*(cast(table.c[name], Text) for name in names)).order_by(*table.primary_key.columns)
                )
            ]
            for table, names in tables.items()
        }


def make_older(source: str, url: str, revision: str) -> dict[Table, list[str]]:
    """Make an archive as an earlier release made it, with the rows of the source; returns what tables it has."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with engine.begin() as connection, connected(source) as there:
        tables = tables_of(connection)
        for table, names in tables.items():
            columns = [table.c[name] for name in names]
            if found := [dict(zip(names, row, strict=True)) for row in there.execute(select(*columns))]:
                connection.execute(table.insert(), found)
        _count_on(connection, tables)
    engine.dispose()
    return tables


def _count_on(connection: Connection, tables: dict[Table, list[str]]) -> None:
    """Numbers were given by the database: the next is one more than the last."""
    for table, names in tables.items():
        if connection.dialect.name == "postgresql" and "id" in names and isinstance(table.c.id.type, Integer):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")  # noqa: S608 - names of our own
            )


@pytest.mark.parametrize(("place", "revision"), CASES, indirect=["place"])
def test_nothing_is_lost(place: str, revision: str, source: str) -> None:
    tables = make_older(source, place, revision)
    before = held(place, tables)
    assert len(before["articles"]) > 8
    assert sum(map(bool, before.values())) > 6
    with pytest.raises(ArchiveError, match=f"has the older schema {revision}"):
        Archive.open(place, readonly=True)
    told = CliRunner().invoke(main, ["upgrade", "--database", place])
    assert (told.exit_code, "was brought up to date" in told.stdout) == (0, True), told.output
    assert held(place, tables) == before
    with Archive.open(place) as archive, Archive.open(source, readonly=True) as today:
        assert list(archive.database_faults()) == []
        assert archive.has_search_index()
        assert len(list(archive.search("园区"))) == len(list(today.search("园区"))) > 8
        assert store(archive, article(901, "新")) == ["new"], "and it goes on"
        number = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
        frontier = archive.frontier(Scope(number, "nhtp", "news"), Wanted())
        frontier.name(iter([f"{HOME}/news/902.html"]), NOW)
        assert f"{HOME}/news/902.html" in {lease.url for lease in frontier.lease(NOW, 9)}
        assert list(archive.database_faults()) == []


MADE_OF = (
    "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
    "SELECT relname, reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
)
SERVED_OTHERWISE = {
    ("remove_index", "ix_articles_grams"),
    ("add_index", "ix_articles_browsing"),
    ("add_index", "ix_versions_browsing"),
}
"""The index of the search, and those that only SQLite needs."""


@pytest.mark.parametrize(("place", "revision"), [("postgresql", FIRST_ON_POSTGRESQL)], indirect=["place"])
def test_the_tables_are_those_of_a_new_archive(place: str, revision: str, source: str, server_database: str) -> None:
    make_older(source, place, revision)
    Archive.open(place).close()
    with connected(place) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        told = compare_metadata(context, metadata)
    # A change of columns is a list of such. What the columns mean stands in the documentation alone.
    differing = {each[:2] for each in told if isinstance(each, tuple) and each[0] != "add_table_comment"}
    columns = {each[0] for made in told if isinstance(made, list) for each in made}
    assert {(kind, index.name) for kind, index in differing} == SERVED_OTHERWISE
    assert columns == {"modify_comment"}
    for query in MADE_OF:
        found = sorted(rows(place, query), key=repr)
        assert found == sorted(rows(server_database, query), key=repr)
        assert len(found) > 10
