"""What an archive on PostgreSQL is besides: its order, its faults, its users, and whole crawls."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from bench.postgres_server import GUARDED, Server
from bench.sample_site import Served
from tests.raw import change, rows
from tests.serving import FAST, Site, command, crawl, ended
from tests.test_archive import ARTICLE, refusal, store
from tests.test_resume import ARTICLES, routes
from tests.warm import Process
from zsparkcrawl.archive import Archive, ArchiveError
from zsparkcrawl.archive.tables.schema import metadata
from zsparkcrawl.cli import main


@pytest.fixture
def empty(postgres_server: Server) -> Iterator[str]:
    """A database without any table."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


# -- tables --


def test_every_text_sorts_by_its_characters(server_database: str) -> None:
    found = rows(
        server_database,
        "SELECT table_name, column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'text'",
    )
    own = [row for row in found if row[0] in metadata.tables]
    assert len(own) > 100
    assert [row for row in own if row[2] != "C"] == []


def test_several_that_open_an_empty_database_at_once_make_one_archive(empty: str) -> None:
    code = "import sys\nfrom zsparkcrawl.archive import Archive\nArchive.open(sys.argv[1]).close()\n"
    started = [Process(code, [empty]) for _ in range(3)]
    assert [process.communicate() for process in started] == [("", "")] * 3
    with Archive.open(empty) as archive:
        assert store(archive, ARTICLE) == "new"


def test_long_files_have_room(server_database: str) -> None:
    with Archive.open(server_database) as archive:
        store(archive, ARTICLE)
        change(server_database, "INSERT INTO files VALUES ('a', 5000000000, 'pdf', 'files/a', 't')")
        change(
            server_database,
            "INSERT INTO article_files (article_id, kind, url, version, sha256, first_seen) "
            "VALUES (1, 'attachment', 'u', 1, 'a', 't')",
        )
        assert archive.status().files.bytes == 5_000_000_000
        assert isinstance(archive.status().files.bytes, int)


# -- refusals --


def test_faults_of_the_server_are_one_line_without_the_password(postgres_server: Server, empty: str) -> None:
    port = postgres_server.port
    postgres_server.run(f"DROP ROLE IF EXISTS {GUARDED}")
    postgres_server.run(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'right'")
    told = {
        f"postgresql+psycopg://postgres:hunter2@127.0.0.1:{port}/nowhere": 'database "nowhere" does not exist',
        f"postgresql+psycopg://{GUARDED}:hunter2@127.0.0.1:{port}/{name_of(empty)}": "password authentication failed",
        "postgresql+psycopg://postgres:hunter2@127.0.0.1:1/park": "onnection refused",
        f"postgresql+psycopg://postgres:hunter2@127.0.0.1:{port}/{name_of(empty)}?sslmode=nonsense": "sslmode",
        "postgresql+psycopg://postgres:hunter2@127.0.0.1:port/park": "its port is no number",
        "postgresql+psycopg://postgres:hunter2": "its port is no number",
        "postgresql+psycopg://postgres:a@hunter2:b@127.0.0.1/park": "its port is no number; in a name or password",
        "postgresql+psycopg://postgres:a@hunter2@127.0.0.1/park": "its host has an @",
        "postgresql+psycopg://postgres:a@b/hunter2@127.0.0.1/park": "its host has an @",
        "postgresql+psycopg://postgres@127.0.0.1:1/park?password=hunter2&sslpassword=hunter2": "onnection refused",
        "postgresql+asyncpg://postgres:hunter2@127.0.0.1/park": "no archive in a database of postgresql+asyncpg",
        "mysql://park:hunter2@127.0.0.1/park": "no archive in a database of mysql",
    }
    for url, why in told.items():
        for readonly in (True, False):
            line = refusal(url, readonly=readonly)
            assert why in line, line
            assert "hunter2" not in line
    done = CliRunner().invoke(main, ["status", "--database", next(iter(told))])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    postgres_server.run(f"DROP ROLE {GUARDED}")


def test_the_driver_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    done = CliRunner().invoke(main, ["status", "--database", "postgresql+psycopg://127.0.0.1/park"])
    assert done.exit_code == 1
    assert done.stderr == 'zsparkcrawl: psycopg is not installed: pip install "zsparkcrawl[postgresql]"\n'


def test_a_plain_url_means_the_same_driver(server_database: str) -> None:
    with Archive.open(server_database.replace("+psycopg", "")) as archive:
        assert store(archive, ARTICLE) == "new"


def test_what_is_no_archive_is_left_alone(empty: str) -> None:
    assert "is empty" in refusal(empty, readonly=True)
    change(empty, "CREATE TABLE recipes (id integer)")
    Archive.open(empty).close()  # a server's database may be shared
    assert rows(empty, "SELECT collation_name FROM information_schema.columns WHERE table_name = 'recipes'") == [
        (None,)
    ]


def test_another_programs_tables_are_left_alone(empty: str) -> None:
    change(empty, "CREATE TABLE runs (id integer)")
    for readonly in (True, False):
        assert "belongs to another program: it has a table runs" in refusal(empty, readonly=readonly)


def test_other_releases_are_told_apart(server_database: str) -> None:
    change(server_database, "UPDATE zspark_schema SET version_num = '9999'")
    for readonly in (True, False):
        assert "is of a newer zsparkcrawl (schema 9999)" in refusal(server_database, readonly=readonly)
    change(server_database, "UPDATE zspark_schema SET version_num = '0011'")
    assert "has the older schema 0011" in refusal(server_database, readonly=True)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_CN"])
def test_a_database_of_another_encoding_is_refused(postgres_server: Server, encoding: str) -> None:
    postgres_server.run(f"CREATE DATABASE other TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    assert f"its encoding is {encoding}, and an archive needs UTF8" in refusal(postgres_server.url("other"))
    assert "is empty" in refusal(postgres_server.url("other"), readonly=True)
    postgres_server.drop(postgres_server.url("other"))


def test_the_environment_does_not_say_how_texts_travel(server_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with Archive.open(f"{server_database}?client_encoding=GBK") as archive:
        assert store(archive, replace(ARTICLE, title="𠮷é园")) == "new"
        assert [row["title"] for row in archive.articles()] == ["𠮷é园"]


def test_a_password_may_have_any_sign_and_be_told_in_the_environment(
    postgres_server: Server, server_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "p@ss:w/rd%25#x?&="  # noqa: S105
    postgres_server.run(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD '{password}'")
    place = f"127.0.0.1:{postgres_server.port}/{name_of(server_database)}"
    with Archive.open(f"postgresql+psycopg://{GUARDED}:{quote(password, safe='')}@{place}") as archive:
        assert archive.name == f"postgresql+psycopg://{GUARDED}:***@{place}"
    monkeypatch.setenv("PGPASSWORD", password)
    with Archive.open(f"postgresql+psycopg://{GUARDED}@{place}", readonly=True) as archive:
        assert archive.count() == 0
    postgres_server.run(f"DROP ROLE {GUARDED}")


def test_what_a_user_may_not_do_is_told_without_the_statement(postgres_server: Server, empty: str) -> None:
    postgres_server.run("CREATE ROLE visitor LOGIN")
    line = refusal(postgres_server.url(name_of(empty), "visitor"))
    assert line.endswith(f"/{name_of(empty)}: permission denied for schema public")
    postgres_server.run("DROP ROLE visitor")


def test_backup_names_the_tool_for_it(server_database: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["backup", str(tmp_path / "copy"), "--database", server_database])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "pg_dump" in done.stderr


# -- users --


def test_a_user_who_may_only_read_reads(postgres_server: Server, server_database: str) -> None:
    postgres_server.run("CREATE ROLE reader LOGIN")
    with Archive.open(server_database) as archive:
        store(archive, ARTICLE)
    change(server_database, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    url = postgres_server.url(name_of(server_database), "reader")
    with Archive.open(url, readonly=True) as archive:
        assert [row["native_id"] for row in archive.articles()] == ["1207"]
        assert [one.article["native_id"] for one in archive.search("第一段")] == ["1207"]
        assert archive.status().sections[0].articles == 1
        with pytest.raises(ArchiveError, match=r"permission denied|read-only"):
            store(archive, ARTICLE)
    with Archive.open(url) as archive, pytest.raises(ArchiveError, match="permission denied"):
        store(archive, replace(ARTICLE, native_id="2"))
    change(server_database, "DROP OWNED BY reader")


# -- the server goes --


def cut_off(server: Server, url: str) -> None:
    server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(url)}'")  # noqa: S608


def test_a_connection_that_is_cut_is_a_fault_and_the_next_works(postgres_server: Server, server_database: str) -> None:
    with Archive.open(server_database) as archive, Archive.open(server_database, readonly=True) as reader:
        store(archive, ARTICLE)
        assert len(list(reader.articles())) == 1
        cut_off(postgres_server, server_database)
        with pytest.raises(ArchiveError) as told:
            store(archive, replace(ARTICLE, title="b"))
        assert "\n" not in str(told.value)
        assert store(archive, replace(ARTICLE, title="b")) == "version"
        assert [row["title"] for row in reader.articles()] == ["b"], "the viewer goes on by itself"


def test_what_is_not_read_to_the_end_disturbs_nobody_later(server_database: str) -> None:
    with Archive.open(server_database) as archive, archive.together():
        for number in range(3):
            store(archive, replace(ARTICLE, native_id=str(number)))
    with Archive.open(server_database, readonly=True) as archive:
        with archive.at_one_moment():
            left = archive.articles()
            next(left)
        with archive.at_one_moment():  # on the same connection
            assert archive.count() == 3
            left.close()
            assert len(list(archive.articles())) == 3


def test_one_writer_waits_for_the_other(server_database: str) -> None:
    with Archive.open(server_database) as first, Archive.open(server_database) as second:
        with second._engine.connect() as impatient:
            impatient.exec_driver_sql("SELECT 1")
        with first.together():
            store(first, ARTICLE)
            with second._reading() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM articles").scalar() == 0, "readers do not wait"
                free = "SELECT pg_try_advisory_xact_lock(objid::bigint | (classid::bigint << 32)) FROM pg_locks "
                assert connection.exec_driver_sql(f"{free} WHERE locktype = 'advisory'").scalar() is False
        assert store(second, replace(ARTICLE, title="b")) == "version"


# -- whole crawls --

TOLD = (
    "SELECT section, native_id, title, date, time, author, source, editor, body, version, witness_count FROM articles"
)
EDITS = (
    "SELECT native_id, edits.version, field, position, rule, start, before, after, certainty FROM edits "
    "JOIN articles ON articles.id = article_id"
)


def kept(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """What an archive holds but for numbers and times, in the order of its texts."""
    queries = {
        "articles": TOLD,
        "edits": EDITS,
        "frontier": "SELECT section, kind, state, visits FROM frontier",
        "injections": "SELECT kind, phrase, carrier, domain, pages FROM injections",
        "seen": "SELECT title, date FROM seen",
    }
    return {name: sorted(rows(url, query), key=repr) for name, query in queries.items()}


def test_a_crawl_keeps_the_same_as_in_sqlite_and_the_next_adds_nothing(
    sample_site: Served, server_database: str, tmp_path: Path
) -> None:
    site: Any = sample_site
    here = crawl(tmp_path / "sqlite", site, "-a", "limit=40")
    there = crawl(tmp_path / "server", site, "-a", "limit=40", ZSPARK_DATABASE=server_database)
    assert (here.code, there.code) == (0, 0), there.err
    found = kept(server_database)
    assert found == kept(f"sqlite:///{tmp_path / 'sqlite' / 'zspark.sqlite'}")
    assert len(found["articles"]) > 30
    assert len(found["edits"]) > 30
    again = crawl(tmp_path / "server", site, "-a", "limit=40", "-a", "full=1", ZSPARK_DATABASE=server_database)
    assert again.code == 0, again.err
    for name in ("articles", "edits", "injections"):
        assert kept(server_database)[name] == found[name]
    assert rows(server_database, "SELECT count(*) FROM versions") == [(len(found["articles"]),)]
    with Archive.open(server_database, readonly=True) as archive:
        assert list(archive.database_faults()) == []


def test_a_crawl_that_is_killed_goes_on(server_database: str, tmp_path: Path) -> None:
    with Site(routes(0.02)) as site:
        start = f"start_url={site.url}/news/"
        process = command(tmp_path, "crawl", "news", "-a", start, *FAST, ZSPARK_DATABASE=server_database)
        while len(site.asked) < 25 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert crawl(tmp_path, site, ZSPARK_DATABASE=server_database).code == 0
    assert rows(server_database, "SELECT count(*) FROM articles") == [(ARTICLES,)]
    assert rows(server_database, "SELECT state FROM runs ORDER BY id") == [("died",), ("good",)]
    assert rows(server_database, "SELECT count(*) FROM frontier WHERE leased_by IS NOT NULL") == [(0,)]


def test_a_server_that_goes_in_the_middle_ends_the_run_in_one_line(
    postgres_server: Server, server_database: str, tmp_path: Path
) -> None:
    name = name_of(server_database)
    with Site(routes(0.02)) as site:
        start = f"start_url={site.url}/news/"
        process = command(tmp_path, "crawl", "news", "-a", start, *FAST, ZSPARK_DATABASE=server_database)
        while len(site.asked) < 25 and process.poll() is None:
            time.sleep(0.01)
        postgres_server.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cut_off(postgres_server, server_database)
        end = ended(process, tmp_path, site)
        postgres_server.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert (end.code, "Traceback" in end.err) == (1, False), end.err
        assert f"database postgresql+psycopg://postgres@127.0.0.1:{postgres_server.port}/{name}: " in end.err
        before = rows(server_database, "SELECT count(*) FROM articles")[0][0]
        assert 0 < before < ARTICLES
        assert crawl(tmp_path, site, ZSPARK_DATABASE=server_database).code == 0
    assert rows(server_database, "SELECT count(*) FROM articles") == [(ARTICLES,)]
