"""Fixtures that several test modules share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import postgres_server as postgres
from bench.sample_site import Served, build, serve
from zsparkcrawl.archive import Archive

MIGRATED = "migrated"


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample site, served on loopback: `.url` without a slash at the end, and `.truths`."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    build(folder)
    with serve(folder) as served:
        yield served


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server with a database `migrated`, whose tables are up to date; skips where there is none."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: the archive is tried on SQLite alone")
    where = postgres.programs()
    if where is None:
        pytest.skip("no PostgreSQL server on this machine: the archive is tried on SQLite alone")
    with postgres.running(where) as server:
        # Texts in another order than that of their characters: that of the archive must not depend on it.
        server.run(
            f"CREATE DATABASE {MIGRATED} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' "
            "LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin'"
        )
        Archive.open(server.url(MIGRATED)).close()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The SQLAlchemy URL of an archive that holds nothing yet: once of SQLite, once of PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'zspark.sqlite'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create(like=MIGRATED)
    yield url
    server.drop(url)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As :func:`database`, for all tests of a module together."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'zspark.sqlite'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create(like=MIGRATED)
    yield url
    server.drop(url)


@pytest.fixture
def server_database(postgres_server: postgres.Server) -> Iterator[str]:
    """The SQLAlchemy URL of an archive on PostgreSQL that holds nothing yet."""
    url = postgres_server.create(like=MIGRATED)
    yield url
    postgres_server.drop(url)
