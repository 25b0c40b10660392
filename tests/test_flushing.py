"""What a kill and a power cut leave, when the disk is waited for ten times a second and not for each page."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.serving import FAST, ORDINARY, Site, command, ended
from tests.warm import Process
from zsparkcrawl.archive import Archive, Captured
from zsparkcrawl.archive.database.flushing import Flusher
from zsparkcrawl.archive.warc.captures import CaptureError, CaptureWriter, read_capture
from zsparkcrawl.keeping import Keeping, SettingError

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)

KILLED = """
import os, sys
from zsparkcrawl.keeping import Keeping
from zsparkcrawl.fetched import Exchange
keeping = Keeping.hold({"ZSPARK_DATA": sys.argv[1]})
run = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
for number in range(20):
    run.capture(Exchange(f"http://x.example/{number}", "GET", 200, (), b"body %d" % number, (), "", False))
os.kill(os.getpid(), 9)
"""


def test_a_kill_costs_nothing(tmp_path: Path) -> None:
    done = Process(KILLED, [tmp_path])
    done.communicate()
    assert done.returncode == -signal.SIGKILL
    CaptureWriter(tmp_path / "captures").close()
    with Archive.open(f"sqlite:///{tmp_path}/zspark.sqlite") as archive:
        rows = list(archive.captures())[::-1]
        assert list(archive.database_faults()) == []
    read = [read_capture(tmp_path / "captures", row["file"], row["offset"])[2] for row in rows]
    assert read == [b"body %d" % number for number in range(20)]


def test_captures_reach_the_disk_before_the_rows_that_point_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    time = [0.0]
    fsync = os.fsync

    def noted(handle: int) -> None:
        done.append(Path(f"/proc/self/fd/{handle}").readlink().name.rpartition("-")[2])
        fsync(handle)

    with Archive.open(f"sqlite:///{tmp_path}/zspark.sqlite") as archive:
        assert archive.flush_often(lambda: done.append("captures"))
        flusher = archive._flusher = Flusher(archive._engine, archive.name, lambda: done.append("captures"), lambda: time[0])  # fmt: skip
        monkeypatch.setattr(os, "fsync", noted)
        for moment, wanted in [(0.05, []), (0.11, ["captures", "wal"]), (0.15, []), (0.3, ["captures", "wal"])]:
            time[0] = moment
            archive.add_capture(Captured("http://x.example/", NOW, 200, "", "a", 1, 1, "sha1:A"))
            assert done == wanted, moment
            done.clear()
        archive.flush()  # nothing waits
        assert done == []
        flusher.wrote()
        archive.flush()
        assert done == ["captures", "wal"]
        time[0] = 9.0
        flusher.wrote()  # and now SQLite's log is carried over
        with closing(sqlite3.connect(f"file:{archive.name}?immutable=1", uri=True)) as without_log:
            assert without_log.execute("SELECT count(*) FROM captures").fetchall() == [(4,)]


def test_rows_are_not_put_on_the_disk_when_captures_cannot_be(tmp_path: Path) -> None:
    def refuse() -> None:
        raise CaptureError("no space")

    with Archive.open(f"sqlite:///{tmp_path}/zspark.sqlite") as archive:
        archive.flush_often(refuse)
        archive.add_capture(Captured("http://x.example/", NOW, 200, "", "a", 1, 1, "sha1:A"))
        with pytest.raises(CaptureError):
            archive.flush()
        with pytest.raises(CaptureError):  # it is asked again, and not taken for done
            archive.flush()
        with archive._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1  # NORMAL
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0


def test_a_writer_puts_on_the_disk_what_waits_before_a_file_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync
    exchange = {"url": "http://x.example/", "status": 200, "headers": [], "request_headers": [], "time": NOW}
    with CaptureWriter(tmp_path, max_bytes=2000, sync_each=False) as writer:
        writer.write(body=b"1", **exchange)  # type: ignore[arg-type]
        monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), fsync(handle)))
        writer.sync()
        assert len(synced) == 1
        writer.sync()  # nothing waits
        assert len(synced) == 1
        writer.write(body=os.urandom(3000), **exchange)  # type: ignore[arg-type]
        assert len(synced) == 3  # the file, and the folder that has its new name
    assert [path.name.endswith(".warc.gz") for path in tmp_path.iterdir()] == [True]


@pytest.mark.parametrize("given", ["much", "-1", "1.5", "²"])
def test_the_size_of_files_is_a_number(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingError, match="ZSPARK_WARC_BYTES"):
        Keeping.hold({"ZSPARK_DATA": str(tmp_path), "ZSPARK_WARC_BYTES": given})
    Keeping.hold({"ZSPARK_DATA": str(tmp_path)}).release()  # nothing is left locked


def test_files_end_at_the_size_that_is_set(tmp_path: Path) -> None:
    with Site(dict(ORDINARY)) as site:
        words = ("crawl", "news", "-a", f"start_url={site.url}/news/", *FAST, "-s", "ZSPARK_WARC_BYTES=1")
        end = ended(command(tmp_path, *words), tmp_path, site)
        assert (end.code, len(end.rows("SELECT DISTINCT file FROM captures"))) == (0, 5)
        again = ended(command(tmp_path, *words, "-s", "ZSPARK_WARC_BYTES=x"), tmp_path, site)
    assert (again.code, "Traceback" in again.err) == (1, False)
    assert "ZSPARK_WARC_BYTES" in again.last
