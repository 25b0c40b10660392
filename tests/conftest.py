"""Fixtures that several test modules share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import postgres_server as postgres
from bench.sample_site import Served, build, serve
from tests.raw import elsewhere, environ_of
from zsparkcrawl.archive import Archive

MIGRATED = "migrated"
IN_SQLITE = pytest.mark.parametrize("data", ["sqlite"], indirect=True)
"""For a test of what the database has little part in, and the fixture `data`."""
ON_SERVER = pytest.mark.parametrize("data", ["any"], indirect=True)
"""For a test that costs much, while others of its kind use SQLite: on PostgreSQL where there is a server."""


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


@pytest.fixture(scope="session")
def any_server(request: pytest.FixtureRequest) -> postgres.Server | None:
    """The server of :func:`postgres_server`; None where there is none."""
    try:
        server: postgres.Server = request.getfixturevalue("postgres_server")
    except pytest.skip.Exception:
        return None
    return server


@contextmanager
def on_server(server: postgres.Server | None, data: Path) -> Iterator[Path]:
    """Within the block the archive of a data folder is a database of the server, which holds nothing yet. Where there
    is no server, it stays in the folder."""
    if server is None:
        yield data
        return
    url = server.create(like=MIGRATED)
    with elsewhere(data, url):
        yield data
    server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def data(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder that all commands take, not there yet; its archive is once in it, and once on PostgreSQL."""
    folder = tmp_path / "data"
    server = {"sqlite": "", "postgresql": "postgres_server", "any": "any_server"}[request.param]
    with on_server(request.getfixturevalue(server) if server else None, folder):
        for name, value in environ_of(folder).items():
            monkeypatch.setenv(name, value)
        yield folder


@pytest.fixture
def environ(data: Path) -> dict[str, str]:
    """The environment with the data folder and the archive of :func:`data` in it."""
    return dict(os.environ)


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
