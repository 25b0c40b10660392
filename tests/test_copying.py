"""The command copy: an archive moved into another database, row by row the same."""

from __future__ import annotations

import datetime as dt
import gc
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.postgres_server import Server
from tests.raw import change, every_text, rows
from tests.test_copies import MIRRORS, store
from tests.test_package import article, contents, fill
from zsparkcrawl.archive import Archive, ArchiveError
from zsparkcrawl.archive.database.moving import copy_archive
from zsparkcrawl.archive.tables.schema import metadata
from zsparkcrawl.cli import main
from zsparkcrawl.export import export_articles
from zsparkcrawl.notebook import open_archive
from zsparkcrawl.package import make_package

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
Databases = Callable[[str], str]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Articles of every kind, with versions, edits, files, copies, and rows that refer to later rows."""
    url = f"sqlite:///{tmp_path_factory.mktemp('source') / 'zspark.sqlite'}"
    with Archive.open(url) as archive:
        fill(archive, list(range(8)))
        store(archive, *MIRRORS)
        archive.store(replace(article(900, "后来"), native_id=None), run_id=None, capture_id=None, now=NOW)
    change(url, "UPDATE articles SET same_as = (SELECT max(id) FROM articles) WHERE id = 2")
    change(url, 'UPDATE captures SET "offset" = 5000000000 WHERE id = 1')
    change(url, 'UPDATE versions SET diagnosis = \'{"evidence":  ["a  b"]}\' WHERE article_id = 1')
    return url


def zspark(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def number_of(url: str, table: str) -> int:
    return int(rows(url, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - names of our own


def handed_out(url: str, folder: Path) -> dict[str, bytes]:
    """An export and a package, by the names of their files."""
    with Archive.open(url, readonly=True) as archive:
        export_articles(archive, folder / "out.jsonl", "jsonl")
        make_package(archive, folder / "package")
    return contents(folder)


def test_there_and_back_everything_is_the_same(source: str, server_database: str, tmp_path: Path) -> None:
    back = tmp_path / "back.sqlite"
    first = zspark("copy", source, server_database)
    assert first.exit_code == 0, first.output
    again = zspark("copy", server_database, back)
    assert (again.exit_code, again.stdout) == (0, first.stdout), again.output
    told = {line.split("\t")[0]: line.split("\t")[1:] for line in first.stdout.splitlines() if line}
    named = set(metadata.tables) - {"search_entries", "search_state"}
    assert set(told) == {"table"} | named
    assert {name: told[name][0] for name in named} == {name: str(number_of(source, name)) for name in named}
    assert len({told[name][1] for name in named if told[name][0] != "0"}) > 8
    assert first.stderr.endswith(" rows copied and compared: all the same\n")
    assert every_text(f"sqlite:///{back}") == every_text(source), "SQL NULL, JSON null and each blank included"
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    out = handed_out(source, tmp_path / "a")
    assert out.keys() == {*out, "out.jsonl"}
    assert handed_out(server_database, tmp_path / "b") == out
    assert handed_out(f"sqlite:///{back}", tmp_path / "c") == out


def test_the_copy_goes_on_like_its_source(source: str, database: str) -> None:
    copy_archive(source, database)
    with Archive.open(database) as archive, Archive.open(source, readonly=True) as before:
        assert list(archive.database_faults()) == []
        assert archive.has_search_index()
        assert [one.article["id"] for one in archive.search("园区")] == [
            one.article["id"] for one in before.search("园区")
        ]
        assert store(archive, article(901, "新")) == ["new"]
        run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
        assert run == max([0, *(row["id"] for row in before.latest_runs(100))]) + 1
        assert list(archive.database_faults()) == []


def test_a_target_that_holds_something_is_refused(source: str, database: str) -> None:
    with Archive.open(database) as archive:
        store(archive, article(1, "旧"))
    held = every_text(database)
    result = zspark("copy", source, database)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert " is not empty: its table " in line
    assert line.endswith(" has rows, and a copy never mixes")
    assert every_text(database) == held
    assert zspark("copy", source, source).exit_code == 1


def test_an_older_archive_is_not_renewed_by_a_copy_into_it(source: str, database: str) -> None:
    with Archive.open(database) as archive:
        store(archive, article(1, "旧"))
    change(database, "UPDATE zspark_schema SET version_num = '0011'")
    result = zspark("copy", source, database)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.endswith("; a copy wants an empty database\n")
    assert rows(database, "SELECT version_num FROM zspark_schema") == [("0011",)]


def test_a_file_may_have_any_name(source: str, tmp_path: Path) -> None:
    held = tmp_path / "zspark.sqlite"
    shutil.copy(source.removeprefix("sqlite:///"), held)
    for name in ("50%20?a=b.sqlite", "园区 #1@x:y.sqlite"):
        assert zspark("copy", held, tmp_path / name).exit_code == 0
        held = tmp_path / name
        assert held.is_file()
        with open_archive(held) as archive:
            assert len(list(archive.articles())) > 8
    assert len(list(tmp_path.glob("*.sqlite"))) == 3


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = zspark("copy", tmp_path / "none.sqlite", tmp_path / "new.sqlite")
    assert (result.exit_code, "no database at" in result.stderr) == (1, True)
    assert not (tmp_path / "new.sqlite").exists()


def test_what_came_over_wrongly_is_not_kept(source: str, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from zsparkcrawl.archive.database import moving

    rebuild = moving.rebuild

    def spoiling(connection: object) -> int:
        connection.exec_driver_sql("UPDATE articles SET title = 'x' WHERE id = 1")  # type: ignore[attr-defined]
        return rebuild(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "rebuild", spoiling)
    with pytest.raises(ArchiveError, match=r"row 1 of articles is not that of the source \(title\): nothing was kept"):
        copy_archive(source, database)
    assert number_of(database, "articles") == 0


def test_a_fault_of_the_source_is_told_as_one(
    source: str, server_database: str, postgres_server: Server, tmp_path: Path
) -> None:
    copy_archive(source, server_database)
    name = server_database.rpartition("/")[2]

    def cut_off() -> None:
        postgres_server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608

    target = tmp_path / "new.sqlite"
    with pytest.raises(ArchiveError, match=f"^database {re.escape(server_database)}: terminating connection"):
        copy_archive(server_database, f"sqlite:///{target}", lambda _: cut_off)
    assert number_of(f"sqlite:///{target}", "articles") == 0
    assert copy_archive(source, f"sqlite:///{target}")


def test_a_copy_that_ends_early_says_no_more_than_why(
    source: str, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if done == 30:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        copy_archive(source, database, lambda _: step)
    gc.collect()
    assert caplog.messages == []
    assert number_of(database, "articles") == 0


@pytest.fixture
def slow_copy(source: str, database: str) -> Iterator[subprocess.Popen[str]]:
    """A copy that waits for ever behind its hundredth step."""
    program = (
        "import sys, time\n"
        "from zsparkcrawl.archive.database.moving import copy_archive\n"
        "done = 0\n"
        "def step():\n"
        "    global done\n"
        "    done += 1\n"
        "    if done == 100: print('here', flush=True); time.sleep(600)\n"
        "copy_archive(sys.argv[1], sys.argv[2], lambda _: step)\n"
    )
    command = [sys.executable, "-c", program, source, database]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        yield process
        process.kill()


def test_a_copy_that_is_killed_leaves_the_target_empty(
    slow_copy: subprocess.Popen[str], source: str, database: str
) -> None:
    assert slow_copy.stdout is not None
    assert slow_copy.stdout.readline() == "here\n"
    slow_copy.send_signal(signal.SIGKILL)
    slow_copy.wait()
    end = time.monotonic() + 10
    while any(number_of(database, name) for name in ("articles", "runs", "files")):
        assert time.monotonic() < end
    assert copy_archive(source, database)
