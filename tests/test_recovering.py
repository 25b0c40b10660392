"""`zsparkcrawl recover`: a site that no longer answers, from nothing but a web archive. And what others mirrored of it,
with `zsparkcrawl import`."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import signal
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bench.sample_compare import home_from
from bench.sample_site import Served
from tests.conftest import IN_SQLITE, ON_SERVER
from tests.raw import change, rows, url_of
from tests.serving import Site, article, command, ended, listing
from tests.test_importing import exported
from tests.web_archive import Snapshot, WebArchive, sample_snapshots
from zsparkcrawl.archive.database.locking import locked
from zsparkcrawl.cli import main

IN_TURN = pytest.mark.parametrize(("status", "data"), [(429, "sqlite"), (503, "any")], indirect=["data"])
FIRST, SECOND, THIRD = "20190301080000", "20200301080000", "20210301080000"


def recover(source: str, *words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(
        main, ["recover", "--from", source, "--delay", "0", *map(str, words)], catch_exceptions=False
    )
    assert done.exit_code == code, done.output
    return done


def snapshot(path: str, timestamp: str = FIRST, text: str = "健康基地召开会议，部署新一年的工作。") -> Snapshot:
    number = int("".join(filter(str.isdigit, path)) or 0)
    body = listing([1, 2, 3])[2] if path.endswith("/") else article(number, text=text)[2]
    return Snapshot(f"http://www.nhtp.org{path}", timestamp, body, "text/html; charset=utf-8")


def five() -> list[Snapshot]:
    return [snapshot(f"/news/{number}.html") for number in range(1, 6)]


@pytest.fixture(scope="module")
def crawled(sample_site: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a crawl of the sample site keeps."""
    folder = tmp_path_factory.mktemp("crawled") / "data"
    for section, path in (("news", "/news/"), ("notices", "/zcgg/")):
        quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
        end = ended(command(folder, "crawl", section, "-a", f"start_url={sample_site.url}{path}", *quick), folder)
        assert end.code == 0, end.err
    return folder


@pytest.mark.parametrize(("kind", "data"), [("cdx", "any"), ("collections", "sqlite")], indirect=["data"])
def test_the_archive_alone_gives_what_a_crawl_of_the_site_gave(
    kind: str, crawled: Path, data: Path, tmp_path: Path
) -> None:
    with WebArchive(sample_snapshots(tmp_path / "site")) as archive:
        done = recover(getattr(archive, kind))
        asked = len(archive.asked)
        recover(getattr(archive, kind))  # whoever asks again the same day gets the list of indexes at most
        assert len(archive.asked) - asked <= 1
        wanted = archive.fetched or archive.ranges
    assert exported(data) == exported(crawled)
    files = "SELECT sha256, size, type FROM files ORDER BY sha256"
    assert rows(data, files) == rows(crawled, files)
    assert len(wanted) == len(set(wanted)) == 61 + len(rows(data, files))
    home, direct = (home_from(url_of(folder)) for folder in (data, crawled))
    assert (home.counts(), home.missing, home.unknown) == (direct.counts(), (), ())
    assert done.stdout.startswith("recover: good: all read; 93 captures fetched, 54 articles read, 54 new")
    assert {(kind, state) for kind, state in rows(data, "SELECT kind, state FROM runs")} == {("recover", "good")}
    assert rows(data, "SELECT DISTINCT made_by FROM versions") == [("import",)]


@pytest.fixture(scope="module")
def mirrored(sample_site: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What wget keeps of the sample site, as a WARC file."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("there is no wget here, which makes the WARC file")
    folder = tmp_path_factory.mktemp("mirrored")
    asked = [wget, "-q", "-r", "-l", "inf", "-e", "robots=off", "--no-proxy", f"--warc-file={folder / 'w'}"]
    subprocess.run([*asked, "-P", str(folder / "pages"), sample_site.url + "/"], timeout=60, check=False)
    return folder / "w.warc.gz"


@ON_SERVER
def test_what_wget_mirrored_and_a_crawl_come_to_the_same(mirrored: Path, crawled: Path, data: Path) -> None:
    done = CliRunner().invoke(main, ["import", str(mirrored), "--site", "nhtp"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert exported(data) == exported(crawled)
    for kept in ("SELECT sha256, size, type FROM files ORDER BY sha256", "SELECT count(*) FROM seen"):
        assert rows(data, kept) == rows(crawled, kept)
    assert CliRunner().invoke(main, ["verify"]).exit_code == 0


def spawn(data: Path, source: str) -> Any:
    """`zsparkcrawl recover` in a process of its own."""
    code = "import sys; from zsparkcrawl.cli import main; main(sys.argv[1:])"
    return command(data, "recover", "--from", source, "--delay", "0", code=code)


def wait_for(archive: WebArchive, number: int) -> None:
    until = time.monotonic() + 60
    while len(archive.fetched) < number:
        assert time.monotonic() < until, "the archive was not asked"
        time.sleep(0.005)


@IN_SQLITE
def test_kill_9_in_the_middle_and_going_on_loses_nothing(crawled: Path, data: Path, tmp_path: Path) -> None:
    with WebArchive(sample_snapshots(tmp_path / "site"), slow=0.03) as archive:
        for number in (10, 30):
            process = spawn(data, archive.cdx)
            wait_for(archive, number)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert process.returncode == -signal.SIGKILL
        archive.slow = 0.0
        recover(archive.cdx)
        questions = [path for path in archive.asked if path.startswith("/cdx/") and "limit=1&" not in path]
        assert len(questions) == len(set(questions))
        # What was on its way when the process was killed may be asked for once more, and nothing else.
        assert len(archive.fetched) - len(set(archive.fetched)) <= 2
    assert exported(data) == exported(crawled)
    assert rows(data, "SELECT count(*), count(DISTINCT url) FROM captures") == [(93, 93)]
    assert {state for (state,) in rows(data, "SELECT state FROM runs")} == {"died", "good"}
    assert CliRunner().invoke(main, ["verify"]).exit_code == 0


@ON_SERVER
def test_the_signal_of_services_ends_the_fetching_and_what_came_is_read(data: Path) -> None:
    with WebArchive(five(), slow=0.2) as archive:
        process = spawn(data, archive.cdx)
        wait_for(archive, 3)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, "stopped by a signal" in out) == (1, True), err
        assert rows(data, "SELECT count(*) FROM articles")[0][0] >= 2
        archive.slow = 0.0
        recover(archive.cdx)
        assert len(archive.fetched) - len(set(archive.fetched)) <= 1
    assert rows(data, "SELECT count(*) FROM articles") == [(5,)]


@ON_SERVER
def test_a_question_goes_on_where_it_was_left(data: Path) -> None:
    many = [snapshot(f"/news/{number}.html") for number in range(1, 31)]
    with WebArchive(many) as archive:
        third = "&limit=3000&showResumeKey=true&resumeKey=at+14"
        question = "/cdx/search/cdx?url=www.nhtp.org%2Fnews%2F&matchType=prefix&output=json"
        fields = (
            "&fl=timestamp%2Coriginal%2Cmimetype%2Cstatuscode%2Cdigest%2Clength&filter=statuscode%3A200&collapse=digest"
        )
        archive.troubles[question + fields + third] = [(503, {"Retry-After": "7200"}, b"")]
        done = recover(archive.cdx, "--section", "news", "--host", "www.nhtp.org", code=1)
        assert "the index does not answer now: HTTP status 503" in done.stdout
        assert rows(data, "SELECT count(*) FROM recoveries WHERE kind = 'article'") == [(14,)]
        asked = len(archive.asked)
        recover(archive.cdx, "--section", "news", "--host", "www.nhtp.org", code=1)
        assert len(archive.asked) == asked  # it said for how long it wants to be left alone
        change(data, "UPDATE recoveries SET next_retry_at = '2020-01-01T00:00:00Z' WHERE next_retry_at IS NOT NULL")
        recover(archive.cdx, "--section", "news", "--host", "www.nhtp.org")
        assert archive.asked[asked] == question + fields + third
    assert rows(data, "SELECT count(*) FROM articles") == [(30,)]


@IN_TURN
def test_a_short_retry_after_is_waited_for(data: Path, status: int) -> None:
    with WebArchive(five()) as archive:
        path = archive.raw_path(archive.snapshots[1])
        archive.troubles[path] = [(status, {"Retry-After": "1"}, b"")]
        began = time.monotonic()
        recover(archive.cdx)
        assert time.monotonic() - began >= 1
        assert archive.fetched.count(path) == 2
    assert rows(data, "SELECT count(*) FROM articles") == [(5,)]


@IN_TURN
def test_a_long_retry_after_ends_the_run_and_holds_for_the_next(data: Path, status: int) -> None:
    with WebArchive(five()) as archive:
        path = archive.raw_path(archive.snapshots[1])
        archive.troubles[path] = [(status, {"Retry-After": "3600"}, b"")]
        done = recover(archive.cdx, code=2)
        assert f"the archive does not want to be asked now: HTTP status {status}" in done.stdout
        assert len(archive.fetched) == 2
        assert rows(data, "SELECT count(*) FROM articles") == [(1,)]
        ((due,),) = rows(data, "SELECT next_retry_at FROM recoveries WHERE next_retry_at IS NOT NULL")
        hour = dt.datetime.fromisoformat(due) - dt.datetime.now(dt.UTC)
        assert 3500 < hour.total_seconds() <= 3600
        asked = len(archive.asked)
        assert "does not want to be asked before" in recover(archive.cdx, code=1).stdout
        assert len(archive.asked) == asked
        change(data, "UPDATE recoveries SET next_retry_at = '2020-01-01T00:00:00Z' WHERE next_retry_at IS NOT NULL")
        recover(archive.cdx)
    assert rows(data, "SELECT count(*) FROM articles") == [(5,)]


def test_what_the_archive_lacks_is_told_and_not_asked_for_again(data: Path) -> None:
    with WebArchive(five()) as archive:
        path = archive.raw_path(archive.snapshots[2])
        archive.troubles[path] = [(404, {}, b"")]
        done = recover(archive.cdx)
        assert "1 missing" in done.stdout
        assert "http://www.nhtp.org/news/3.html of 20190301080000: HTTP status 404" in done.stderr
        recover(archive.cdx)
        assert archive.fetched.count(path) == 1
    assert rows(data, "SELECT count(*) FROM articles") == [(4,)]
    assert rows(data, "SELECT url, reason FROM recoveries WHERE state = 'missing'") == [
        ("http://www.nhtp.org/news/3.html", "HTTP status 404")
    ]


def cut(body: bytes, *, told: bool) -> Any:
    """Sends two thirds of a body and hangs up; ``told`` is whether it says the length."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header(*(("Content-Length", str(len(body))) if told else ("Connection", "close")))
        handler.end_headers()
        handler.wfile.write(body[: len(body) * 2 // 3])

    return answer


@pytest.mark.parametrize(("told", "data"), [(True, "any"), (False, "sqlite")], indirect=["data"])
def test_a_body_that_is_cut_is_no_capture(data: Path, told: bool) -> None:
    with WebArchive(five()) as archive:
        one = archive.snapshots[1]
        archive.troubles[archive.raw_path(one)] = [cut(one.body, told=told) for _ in range(4)]
        done = recover(archive.cdx, code=2)
        assert "the answer was cut short" in done.stderr
        assert rows(data, "SELECT count(*) FROM captures") == [(4,)]
        assert rows(data, "SELECT state, tries FROM recoveries WHERE reason IS NOT NULL") == [("waiting", 1)]
        archive.troubles.clear()
        change(data, "UPDATE recoveries SET next_retry_at = '2020-01-01T00:00:00Z' WHERE next_retry_at IS NOT NULL")
        recover(archive.cdx)
    assert rows(data, "SELECT count(*) FROM articles") == [(5,)]


def test_a_capture_that_was_cut_when_it_was_made_is_kept_and_not_read(data: Path) -> None:
    whole = five()[0]
    with WebArchive(five()) as archive:
        head = {"Content-Type": "text/html", "X-Archive-Orig-Content-Length": str(len(whole.body))}
        archive.troubles[archive.raw_path(whole)] = [(200, head, whole.body[:-90])]
        done = recover(archive.cdx)
        assert "1 without their end" in done.stdout
    assert rows(data, "SELECT url FROM captures WHERE partial") == [(whole.url,)]
    assert rows(data, "SELECT count(*) FROM articles") == [(4,)]


def test_a_redirect_to_another_time_is_followed_and_fetched_once(data: Path) -> None:
    old, new = snapshot("/news/1.html", FIRST), snapshot("/news/1.html", SECOND, "改过以后的全部文字，多了一句。")
    with WebArchive([old, new]) as archive:
        archive.troubles[archive.raw_path(old)] = [(302, {"Location": archive.raw_path(new)}, b"")]
        recover(archive.cdx)
        assert archive.fetched == [archive.raw_path(old), archive.raw_path(new)]
    assert rows(data, "SELECT timestamp, state FROM recoveries WHERE kind = 'article' ORDER BY timestamp") == [
        (FIRST, "duplicate"),
        (SECOND, "read"),
    ]
    assert rows(data, "SELECT time FROM captures") == [("2020-03-01T08:00:00Z",)]
    assert rows(data, "SELECT first_seen, version FROM articles") == [("2020-03-01T08:00:00Z", 1)]


def test_a_redirect_to_what_is_here_already_is_not_followed(data: Path) -> None:
    old, new = snapshot("/news/1.html", FIRST), snapshot("/news/1.html", SECOND, "改过以后的全部文字，多了一句。")
    with WebArchive([old, new]) as archive:
        archive.troubles[archive.raw_path(new)] = [(302, {"Location": archive.raw_path(old)}, b"")]
        recover(archive.cdx)
        assert archive.fetched == [archive.raw_path(old), archive.raw_path(new)]
    assert rows(data, "SELECT timestamp, state FROM recoveries WHERE kind = 'article' ORDER BY timestamp") == [
        (FIRST, "read"),
        (SECOND, "duplicate"),
    ]


@IN_SQLITE
def test_no_other_host_is_ever_asked(data: Path) -> None:
    with Site({"*": (200, {}, b"<p>other</p>")}) as other, WebArchive(five()) as archive:
        leads = [f"{other.url}/web/{FIRST}id_/http://www.nhtp.org/news/1.html", "//evil.example/", "file:///etc/passwd",
                 f"/web/{FIRST}id_/http://www.nhtp.org/news/9.html", "http://[broken"]  # fmt: skip
        for one, target in zip(archive.snapshots, leads, strict=True):
            archive.troubles[archive.raw_path(one)] = [(302, {"Location": target}, b"")]
        done = recover(archive.cdx, code=2)
        assert other.asked == []
        assert len(archive.fetched) == 5
    assert "4 failed" in done.stdout
    assert "1 missing" in done.stdout


@IN_SQLITE
def test_redirects_that_go_round_end(data: Path) -> None:
    times = [f"2019030108000{number}" for number in range(9)]
    with WebArchive([snapshot("/news/1.html", times[0])]) as archive:
        for here, there in zip(times, [*times[1:], times[0]], strict=True):
            to = f"/web/{there}id_/http://www.nhtp.org/news/1.html"
            archive.troubles[f"/web/{here}id_/http://www.nhtp.org/news/1.html"] = [(302, {"Location": to}, b"")] * 3
        assert "more than 5 redirects" in recover(archive.cdx, code=2).stderr


def test_states_come_in_their_order_also_in_several_runs(data: Path) -> None:
    texts = {
        FIRST: "第一次发布的全部文字。",
        SECOND: "改过以后的全部文字，多了一句。",
        THIRD: "最后一次修改的全部文字，又多了一句。",
    }
    with WebArchive([snapshot("/news/1.html", when, text) for when, text in texts.items()]) as archive:
        done = recover(archive.cdx, "--limit", 2)
        assert "the limit is reached, 1 captures wait" in done.stdout
        recover(archive.cdx)
        assert len(archive.fetched) == 3
    found = [body.partition("\n")[0] for (body,) in rows(data, "SELECT body FROM versions ORDER BY version")]
    assert found == list(texts.values())
    done = CliRunner().invoke(main, ["reread"])
    assert "0 version, 1 unchanged" in done.stdout


def test_only_captures_of_the_time_and_section_meant(data: Path) -> None:
    shots = [snapshot("/news/1.html", FIRST), snapshot("/news/2.html", SECOND), snapshot("/zcgg/3.html", SECOND)]
    with WebArchive([*shots, snapshot("/news/4.html", THIRD)]) as archive:
        recover(archive.cdx, "--section", "news", "--since", "2020", "--until", "2020-03-01")
    assert rows(data, "SELECT native_id FROM articles") == [("2",)]


@ON_SERVER
def test_a_dry_run_says_how_many_and_how_long_and_writes_nothing(data: Path) -> None:
    with WebArchive([*five(), snapshot("/news/")]) as archive:
        done = recover(archive.cdx, "--dry-run", "--delay", "0.1")
        assert archive.fetched == []
        assert not data.exists()
        assert done.stdout.startswith(
            "6 captures to be fetched, of 6 pages: 5 of articles, 0 of further pages, 1 of listings; 0"
        )
        assert "that takes 1 seconds at least" in done.stdout
        recover(archive.cdx)
        assert "0 captures to be fetched, of 0 pages" in recover(archive.cdx, "--dry-run").stdout


@IN_SQLITE
def test_a_dry_run_takes_no_broken_archive_for_none(data: Path) -> None:
    data.mkdir()
    (data / "zspark.sqlite").write_bytes(b"no database at all" * 100)
    with WebArchive(five()[:1]) as archive:
        assert "is not a database" in recover(archive.cdx, "--dry-run", code=1).stderr


@IN_SQLITE
def test_questions_keep_their_distance(data: Path) -> None:
    with WebArchive(five()[:2]) as archive:
        began = time.monotonic()
        recover(archive.cdx, "--section", "news", "--delay", "0.2")
        assert time.monotonic() - began >= 0.2 * (len(archive.asked) - 1)


@IN_SQLITE
def test_rows_that_make_no_sense_are_left_out(data: Path) -> None:
    names = ["timestamp", "original", "mimetype", "statuscode", "digest"]
    good = [FIRST, "http://www.nhtp.org/news/1.html", "text/html", "200", "-"]
    odd = [
        ["2019", *good[1:]], [FIRST, "http://evil.example/news/1.html", *good[2:]], [FIRST, "file:///news/1.html", *good[2:]],
        [FIRST], [None] * 5, [*good[:3], "404", "-"], [FIRST, "http://www.nhtp.org/news/a.css", "text/css", "200", "-"],
        [FIRST, "http://www.nhtp.org/news/b", "image/png", "200", "-"],
    ]  # fmt: skip
    with WebArchive(five()) as archive:
        body = json.dumps([names, *odd, good]).encode()
        archive.troubles["/cdx/search/cdx"] = [(200, {}, body)] * 2
        recover(archive.cdx, "--section", "news", "--host", "www.nhtp.org")
        assert archive.fetched == [archive.raw_path(archive.snapshots[0])]


@IN_SQLITE
@pytest.mark.parametrize(
    "body", [b"<html>Sorry</html>", b"[1, 2]", b'{"a"', b"[" * 100_000, b"\xff\xfe", b'[["timestamp"], []']
)
def test_an_index_that_gives_nonsense_is_told_in_one_line(data: Path, body: bytes) -> None:
    with WebArchive(five()) as archive:
        archive.troubles["/cdx/search/cdx"] = [(200, {}, body)] * 9
        done = recover(archive.cdx, code=1)
    assert "gave no answer of an index" in done.stdout
    assert "Traceback" not in done.output


@IN_SQLITE
def test_an_index_that_goes_round_is_left(data: Path) -> None:
    body = json.dumps([["timestamp", "original"], [], ["same"]]).encode()
    with WebArchive(five()) as archive:
        archive.troubles["/cdx/search/cdx"] = [(200, {}, body)] * 99
        assert "goes round in a circle" in recover(archive.cdx, code=1).stdout


def test_records_of_warc_files_are_checked(data: Path) -> None:
    with WebArchive(five()) as archive:
        first, second, third, *_ = (archive.places[one.url, one.timestamp] for one in archive.snapshots)
        archive.places[archive.snapshots[0].url, FIRST] = second  # the record of another page
        archive.places[archive.snapshots[1].url, FIRST] = (second[0] + 3, second[1])  # none begins there
        archive.places[archive.snapshots[2].url, FIRST] = (third[0], 1 << 40)
        done = recover(archive.collections, code=2)
        assert len(archive.ranges) == 4
    assert "the record of another capture lies there" in done.stderr
    assert rows(data, "SELECT native_id FROM articles ORDER BY 1") == [("4",), ("5",)]
    assert first


@IN_SQLITE
def test_a_list_of_indexes_may_not_lead_elsewhere(data: Path) -> None:
    with WebArchive(five()) as archive:
        listed = [{"id": "x", "cdx-api": "http://evil.example/x-index"}]
        archive.troubles["/collinfo.json"] = [(200, {}, json.dumps(listed).encode())]
        assert "names an index on another host" in recover(archive.collections, code=2).output


def test_an_archive_that_is_not_there(data: Path) -> None:
    done = recover("http://127.0.0.1:9/cdx", "--patience", "0", code=1)
    assert "the index does not answer now: no answer" in done.stdout
    assert rows(data, "SELECT count(*) FROM captures") == [(0,)]


@IN_SQLITE
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "wayback", "--delay", "0.5"], "once in 1 s at most"),
        (["--from", "nowhere"], "--from takes wayback, commoncrawl or the address of a CDX server"),
        (["--from", "http://u:p@a.example/cdx"], "--from takes"),
        (["--from", "http://a.example/cdx", "--section", "sport"], "no section 'sport'"),
        (["--from", "http://a.example/cdx", "--site", "nowhere"], "unknown site"),
        (["--from", "http://a.example/cdx", "--since", "2021", "--until", "2020"], "is later than"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(data: Path, words: list[str], said: str) -> None:
    done = CliRunner().invoke(main, ["recover", *words])
    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert not data.exists()


@IN_SQLITE
def test_one_at_a_time(data: Path) -> None:
    with WebArchive(five()) as archive, locked(data):
        recover(archive.cdx, code=3)
        assert archive.asked == []
