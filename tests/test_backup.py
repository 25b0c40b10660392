"""backup and restore: a copy that is whole whatever a crawl is doing, and from which everything comes back."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench import postgres_server as postgres
from tests.raw import every_text
from tests.serving import FAST, ORDINARY, ROOT, Site, article, command, ended, listing
from tests.test_package import fill
from zsparkcrawl.archive import Archive, captures_folder, data_folder, database_url
from zsparkcrawl.archive.warc.captures import Captured
from zsparkcrawl.cli import main

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ZSPARK_DATABASE", raising=False)
    return dict(os.environ)


def zspark(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def crawl(environ: dict[str, str], site: Site) -> None:
    data = data_folder(environ)
    end = ended(command(data, "crawl", "news", "-a", f"start_url={site.url}/news/", *FAST), data, site)
    assert end.code == 0, end.err


def exported() -> str:
    result = zspark("export", "jsonl")
    assert result.exit_code == 0
    return result.stdout


def test_everything_comes_back_from_a_backup(environ: dict[str, str], tmp_path: Path) -> None:
    """As docs/running-it.md says it; the backup is of the evening, the last captures of the night."""
    routes = dict(ORDINARY)
    with Site(routes) as site:
        crawl(environ, site)
        first = zspark("backup", tmp_path / "safe", "--captures")
        assert first.exit_code == 0, first.output
        assert (
            first.stdout.splitlines()[1]
            == f"captures in {tmp_path / 'safe' / 'captures'}: 1 files copied, 0 were there"
        )
        before = exported()
        routes["/news/"] = listing([1, 2, 3, 4])
        routes["/news/4.html"] = article(4)
        crawl(environ, site)
    assert zspark("backup", tmp_path / "safe", "--captures").stdout.endswith(": 1 files copied, 1 were there\n")
    after = exported()
    assert after != before
    old, new = sorted((tmp_path / "safe").glob("*.sqlite"))
    assert not list((tmp_path / "safe").rglob("*.part"))
    data = data_folder(environ)
    for backup, wanted in ((old, before), (new, after)):
        shutil.rmtree(data)
        data.mkdir()
        shutil.copy(backup, data / "zspark.sqlite")
        shutil.copytree(tmp_path / "safe" / "captures", data / "captures")
        assert zspark("verify").exit_code == 0
        assert exported() == wanted
        assert zspark("reread").exit_code == 0
        assert exported() == wanted
    with Site(routes) as site:  # and it can be gone on with
        crawl(environ, site)


def test_what_pg_dump_copied_is_the_same_archive(
    postgres_server: postgres.Server, server_database: str, tmp_path: Path
) -> None:
    """On PostgreSQL that takes the place of `zsparkcrawl backup`."""
    programs = postgres.programs()
    assert programs is not None
    where = (programs / "initdb").resolve().parent
    with Archive.open(server_database) as archive:
        fill(archive, [3, 1, 2], tmp_path)
    dump, restored = tmp_path / "copy.dump", postgres_server.create()
    plain = [url.replace("+psycopg", "") for url in (server_database, restored)]
    subprocess.run([where / "pg_dump", "--format=custom", f"--file={dump}", plain[0]], check=True)
    subprocess.run([where / "pg_restore", "--no-owner", f"--dbname={plain[1]}", dump], check=True)
    assert every_text(restored) == every_text(server_database)
    with Archive.open(restored) as archive:
        assert list(archive.database_faults()) == []
        assert [found.article["native_id"] for found in archive.search("带附件")] == ["600"]
        assert archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW) == 2
    postgres_server.drop(restored)


def test_a_database_older_than_its_captures(environ: dict[str, str], tmp_path: Path) -> None:
    """What came between is entered from the captures: `verify --enter`, then `reread`."""
    from zsparkcrawl.fetched import Exchange
    from zsparkcrawl.keeping import Keeping

    def fetch(number: int) -> None:
        _, headers, body = article(number)
        address = f"http://www.nhtp.org/news/{number}.html"
        keeping = Keeping.hold(environ, lambda: NOW + dt.timedelta(days=number))
        run = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
        run.capture(Exchange(address, "GET", 200, tuple(headers.items()), body, (), headers["Content-Type"], False))
        keeping.release()

    fetch(1)
    assert zspark("backup", tmp_path / "copy.sqlite").exit_code == 0
    fetch(2)
    assert zspark("reread").stdout.startswith("2 new")
    wanted = exported()
    for name in ("", "-wal", "-shm"):
        (data_folder(environ) / f"zspark.sqlite{name}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "copy.sqlite", data_folder(environ) / "zspark.sqlite")
    assert zspark("verify", "--enter").exit_code == 0
    assert zspark("reread").stdout.startswith("2 new")
    unnumbered = re.compile(r'"(id|capture_id)": \d+')
    assert sorted(unnumbered.sub("", wanted).splitlines()) == sorted(unnumbered.sub("", exported()).splitlines())


def test_a_copy_during_writing_is_whole(environ: dict[str, str], tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with Archive.open(database_url(environ)) as archive:
            number = 0
            while not stop.is_set() and number < 5000:
                number += 1
                url = f"http://x.example/{number}"
                archive.add_capture(Captured(url, NOW, 200, "", "a", number, 1, "sha1:A"))

    with Archive.open(database_url(environ)):
        pass
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            result = zspark("backup", tmp_path / f"{number}.sqlite")
            assert result.exit_code == 0, result.output
    finally:
        stop.set()
        writer.join()
    counts = []
    for number in range(3):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            counts.append(copy.execute("SELECT count(*), max(offset) FROM captures").fetchone())
    assert counts == sorted(counts)
    assert all(number == (last or 0) for number, last in counts)


def test_the_files_of_a_living_run_are_copied_as_far_as_they_go(environ: dict[str, str], tmp_path: Path) -> None:
    from zsparkcrawl.fetched import Exchange
    from zsparkcrawl.keeping import Keeping

    keeping = Keeping.hold(environ, lambda: NOW)
    run = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
    run.capture(Exchange("http://www.nhtp.org/news/1.html", "GET", 200, (), b"one", (), "", False))
    assert zspark("backup", tmp_path / "safe", "--captures").exit_code == 0
    (copy,) = (tmp_path / "safe" / "captures").iterdir()
    assert copy.name.endswith(".warc.gz.open")
    keeping.release()
    restored = tmp_path / "restored"
    shutil.copytree(tmp_path / "safe" / "captures", restored / "captures")
    (backup,) = (tmp_path / "safe").glob("*.sqlite")
    shutil.copy(backup, restored / "zspark.sqlite")
    again = {**environ, "ZSPARK_DATA": str(restored)}
    done = subprocess.run(
        [sys.executable, "-m", "zsparkcrawl", "verify", "--enter"],
        cwd=ROOT,
        env=again,
        check=False,
        capture_output=True,
    )
    assert (done.returncode, done.stdout.decode().splitlines()[-1]) == (
        0,
        "files 1, records 3, captures 1, faults 0: all good",
    )
    backup.unlink()  # two of the same second would have one name
    assert zspark("backup", tmp_path / "safe", "--captures").exit_code == 0
    assert [path.name for path in (tmp_path / "safe" / "captures").iterdir()] == [copy.name.removesuffix(".open")]


def test_nothing_is_ever_written_over(environ: dict[str, str], tmp_path: Path) -> None:
    with Archive.open(database_url(environ)):
        pass
    target = tmp_path / "copy.sqlite"
    target.write_text("mine")
    result = zspark("backup", target)
    assert (result.exit_code, target.read_text()) == (1, "mine")
    assert result.stderr == f"zsparkcrawl: {target} is there already: a backup never takes the place of another\n"
    captures_folder(environ).mkdir(parents=True)
    (captures_folder(environ) / "a.warc.gz").write_bytes(b"whole")
    (captures_folder(environ) / "b.warc.gz.part").write_bytes(b"of a salvage that was cut short")
    assert zspark("backup", tmp_path / "safe", "--captures").exit_code == 0
    assert [path.name for path in (tmp_path / "safe" / "captures").iterdir()] == ["a.warc.gz"]
    (captures_folder(environ) / "a.warc.gz").write_bytes(b"cut")
    for copy in (tmp_path / "safe").glob("*.sqlite"):
        copy.unlink()
    result = zspark("backup", tmp_path / "safe", "--captures")
    assert (result.exit_code, (tmp_path / "safe" / "captures" / "a.warc.gz").read_bytes()) == (1, b"whole")
    assert "a.warc.gz" in result.stderr


def test_a_disk_without_links(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with Archive.open(database_url(environ)):
        pass
    for code in (0, 1):
        assert zspark("backup", tmp_path / "copy.sqlite").exit_code == code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.sqlite", "data"]


def test_refusals_are_one_line(environ: dict[str, str], tmp_path: Path) -> None:
    result = zspark("backup", tmp_path / "x")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    with Archive.open(database_url(environ)):
        pass
    (tmp_path / "file").write_text("")
    result = zspark("backup", tmp_path / "file" / "deeper" / "copy.sqlite")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("data", "file")] == []
