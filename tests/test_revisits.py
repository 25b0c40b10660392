"""Bodies that are kept already: revisit records, in our own reading and in that of other tools."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.conftest import IN_SQLITE, ON_SERVER
from tests.raw import url_of
from tests.serving import ORDINARY, Site, crawl
from zsparkcrawl.archive import Archive, KeptBody, database_url
from zsparkcrawl.archive.warc.captures import CaptureError, CaptureWriter, read_capture
from zsparkcrawl.archive.warc.records import payload_digest
from zsparkcrawl.fetched import Exchange
from zsparkcrawl.keeping import Keeping
from zsparkcrawl.run import Run

URL = "http://www.nhtp.org/news/1.html"
PAGE = "<title>园区新闻</title><p>健康基地召开会议。</p>".encode("gb18030") * 30
HTML = "text/html; charset=utf-8"


class Clock:
    """A minute later each time it is looked at."""

    def __init__(self) -> None:
        self.time = dt.datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        self.time += dt.timedelta(minutes=1)
        return self.time


@pytest.fixture
def run(environ: dict[str, str]) -> Iterator[Run]:
    keeping = Keeping.hold(environ, Clock())
    yield keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
    keeping.release()


def fetch(run: Run, body: bytes = PAGE, url: str = URL, status: int = 200, **more: object) -> None:
    headers = (("Content-Type", HTML), ("ETag", '"7"'))
    fields = {"headers": headers, "request_headers": (), "content_type": HTML, "partial": False, **more}
    run.capture(Exchange(url=url, method="GET", status=status, body=body, **fields))  # type: ignore[arg-type]


def rows(run: Run) -> list[dict[str, object]]:
    """The captures, the oldest first."""
    return [dict(row) for row in run.archive.captures()][::-1]


def read(run: Run, row: dict[str, object]) -> tuple[int, bytes]:
    folder = run.captures.folder
    place = (str(row["body_file"]), int(str(row["body_offset"])))
    _, status, body = read_capture(folder, str(row["file"]), int(str(row["offset"])), body_at=place)
    # The record alone leads there as well.
    assert read_capture(folder, str(row["file"]), int(str(row["offset"])))[1:] == (status, body)
    return status, body


def records(run: Run) -> list[dict[str, str]]:
    """The WARC headers of all records, all digests checked."""
    found = []
    for path in sorted(run.captures.folder.iterdir()):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                found.append(dict(record.rec_headers.headers))
    return found


def test_the_same_bytes_are_kept_once(run: Run) -> None:
    for _ in range(3):
        fetch(run)
    first, *later = rows(run)
    assert [row["revisit_of"] for row in (first, *later)] == [None, first["id"], first["id"]]
    assert [read(run, row) for row in (first, *later)] == [(200, PAGE)] * 3
    assert {row["digest"] for row in later} == {first["digest"]}
    full, *again = [one for one in records(run) if one["WARC-Type"] in ("response", "revisit")]
    for revisit in again:
        assert revisit["WARC-Type"] == "revisit"
        assert revisit["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        assert revisit["WARC-Refers-To"] == full["WARC-Record-ID"]
        assert revisit["WARC-Refers-To-Target-URI"] == URL
        assert revisit["WARC-Refers-To-Date"] == full["WARC-Date"] == "2026-11-22T08:32:00.123456Z"
        assert revisit["WARC-Payload-Digest"] == full["WARC-Payload-Digest"] == first["digest"]


def test_other_bytes_and_other_addresses_are_kept_whole(run: Run) -> None:
    fetch(run)
    fetch(run, PAGE + b" ")
    fetch(run, url=URL.replace("/1", "/2"))
    fetch(run, b"", url="http://www.nhtp.org/empty")
    fetch(run, b"", url="http://www.nhtp.org/empty")
    assert [row["revisit_of"] for row in rows(run)] == [None] * 5
    fetch(run)  # and the first body is found behind the others
    assert rows(run)[-1]["revisit_of"] == rows(run)[0]["id"]


def test_an_answer_that_nothing_changed_has_the_body_of_the_last_good_one(run: Run) -> None:
    fetch(run, b"older")
    fetch(run)
    fetch(run)
    fetch(run, b"broken off", partial=True)
    fetch(run, b"busy", status=503)
    fetch(run, b"", status=304)
    found = rows(run)
    assert (found[-1]["status"], found[-1]["revisit_of"], found[-1]["digest"]) == (
        304,
        found[1]["id"],
        found[1]["digest"],
    )
    assert read(run, found[-1]) == (304, PAGE)
    (last,) = [one for one in records(run) if one.get("WARC-Profile", "").endswith("server-not-modified")]
    assert (last["WARC-Type"], last["WARC-Refers-To-Target-URI"]) == ("revisit", URL)
    assert "WARC-Payload-Digest" not in last
    fetch(run, b"", url="http://www.nhtp.org/never", status=304)  # of which no body is known
    assert rows(run)[-1]["revisit_of"] is None
    assert read(run, rows(run)[-1]) == (304, b"")


def test_a_body_that_can_no_longer_be_read_is_kept_again(run: Run) -> None:
    fetch(run)
    first = rows(run)[0]
    (path,) = run.captures.folder.iterdir()
    data = bytearray(path.read_bytes())
    data[int(str(first["offset"])) + 300] ^= 0xFF
    path.write_bytes(data)
    fetch(run)
    fetch(run)
    assert [row["revisit_of"] for row in rows(run)] == [None, None, rows(run)[1]["id"]]
    assert [read(run, row) for row in rows(run)[1:]] == [(200, PAGE)] * 2


def test_an_equal_digest_of_other_bytes_is_not_believed(tmp_path: Path) -> None:
    """Two bodies of one SHA-1 can be made: the bytes themselves are compared."""
    moment = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    exchange = {"url": URL, "status": 200, "headers": [], "request_headers": [], "time": moment}
    with CaptureWriter(tmp_path) as writer:
        first = writer.write(body=b"one", **exchange)  # type: ignore[arg-type]
        second = writer.write(body=b"two", kept=KeptBody(1, first.file, first.offset), **exchange)  # type: ignore[arg-type]
        missing = writer.write(body=b"one", kept=KeptBody(1, "x.warc.gz", 0), **exchange)  # type: ignore[arg-type]
        again = writer.write(body=b"one", kept=KeptBody(1, first.file, first.offset), **exchange)  # type: ignore[arg-type]
        chain = writer.write(body=b"one", kept=KeptBody(1, again.file, again.offset), **exchange)  # type: ignore[arg-type]
    assert [one.revisit_of for one in (first, second, missing, again, chain)] == [None, None, None, 1, None]
    assert read_capture(tmp_path, second.file, second.offset)[2] == b"two"
    for place in ((first.file, second.offset), (first.file, 5), ("x", 0)):  # a revisit never gives another body
        with pytest.raises(CaptureError):
            read_capture(tmp_path, again.file, again.offset, body_at=place)


@IN_SQLITE
def test_other_tools_read_every_kind_of_record(run: Run) -> None:
    fetch(run)
    fetch(run)
    fetch(run, b"", status=304)
    fetch(run, b"half", url="http://www.nhtp.org/news/2.html", partial=True)
    run.captures.close()
    (path,) = run.captures.folder.iterdir()
    warcio = [sys.executable, "-m", "warcio.cli"]
    checked = subprocess.run([*warcio, "check", "-v", path], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    fields = "offset,warc-type,warc-target-uri,http:status,warc-truncated"
    index = subprocess.run([*warcio, "index", "-f", fields, path], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in index.stdout.splitlines()]
    kinds = ["warcinfo", "response", "request", "revisit", "request", "revisit", "request", "response", "request"]
    assert [line["warc-type"] for line in lines] == kinds
    answers = [line for line in lines if line["warc-type"] in ("response", "revisit")]
    assert [int(line["offset"]) for line in answers] == [row["offset"] for row in rows(run)]
    assert [line["http:status"] for line in answers] == ["200", "200", "304", "200"]
    assert [line.get("warc-truncated") for line in answers] == [None, "length", None, "disconnect"]
    first = [*warcio, "extract", "--payload", path, answers[0]["offset"]]
    assert subprocess.run(first, check=True, capture_output=True).stdout == PAGE
    again = path.with_name("again.warc.gz")
    subprocess.run([*warcio, "recompress", path, again], check=True, capture_output=True)
    assert subprocess.run([*warcio, "check", again], check=False, capture_output=True).returncode == 0


@IN_SQLITE
def test_what_a_page_declares_is_kept_beside_what_was_chosen(run: Run) -> None:
    declared = b'<meta charset="GB2312">' + PAGE
    fetch(run, declared)
    fetch(run, b"x", url="http://www.nhtp.org/a", content_type="")
    assert [row["declared_charset"] for row in rows(run)] == ["utf-8, gb2312", None]
    assert [row["charset"] for row in rows(run)] == [None, None]


@ON_SERVER
def test_a_second_crawl_keeps_no_body_twice(data: Path) -> None:
    with Site(dict(ORDINARY)) as site:
        for _ in range(2):
            end = crawl(data, site, "-a", "full=1")
            assert end.code == 0, end.err
    # All but robots.txt, which has no body.
    of_run = "SELECT count(*), count(revisit_of) FROM captures WHERE status != 404 AND run_id"
    assert end.rows(f"{of_run} = 1") == [(4, 0)]
    ((again, revisits),) = end.rows(f"{of_run} = 2")
    assert again == revisits > 0
    with Archive.open(url_of(data)) as archive:
        for row in archive.captures():
            place = (row["body_file"], row["body_offset"])
            body = read_capture(data / "captures", row["file"], row["offset"], body_at=place)[2]
            assert payload_digest(body) == row["digest"]


def test_revisits_in_one_file_of_bodies_in_another(environ: dict[str, str]) -> None:
    for _ in range(3):
        keeping = Keeping.hold(environ, Clock())
        run = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
        fetch(run)
        found = rows(run)
        assert [read(run, row) for row in found] == [(200, PAGE)] * len(found)
        keeping.release()
    assert len({row["file"] for row in found}) == 3
    assert [row["revisit_of"] for row in found] == [None, 1, 1]
    assert {row["body_file"] for row in found} == {found[0]["file"]}
    with Archive.open(database_url(environ)) as archive:
        assert list(archive.database_faults()) == []
