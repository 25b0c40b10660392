"""`zsparkcrawl crawl`: what it takes, what it says beforehand, and how short a bad night's mail is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import IN_SQLITE, ON_SERVER
from tests.raw import empty, every_text, lose, url_of
from tests.serving import FAST, ORDINARY, End, Route, Site, command, ended
from zsparkcrawl.archive import Archive, Listed, Scope, Standing, Visited, Wanted
from zsparkcrawl.archive.crawling.visits import stand_after
from zsparkcrawl.cli import main

NOW = dt.datetime.now(dt.UTC)
HOME = "http://www.nhtp.org/news"
CODE = "import sys; from zsparkcrawl.cli import main; main(sys.argv[1:])"


def zspark(*words: str) -> Result:
    return CliRunner().invoke(main, ["crawl", *words])


@IN_SQLITE
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--site", "nowhere"], "unknown site 'nowhere'"),
        (["--section", "sports"], "has no section 'sports'"),
        (["--site", "nhtp", "--all-sites"], "--all-sites leaves nothing for --site to name"),
        (["--start-url", "http://127.0.0.1:1/news/"], "--start-url is the listing of one section"),
        (["-s", "LOG_LEVEL"], "-s takes NAME=VALUE"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_begins(words: list[str], said: str, data: Path) -> None:
    result = zspark(*words)
    assert (result.exit_code, said in result.stderr) == (2, True), result.output
    assert not data.exists()


def test_a_dry_run_writes_nothing(data: Path) -> None:
    lose(data)
    result = zspark("--dry-run", "--all-sites")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "no archive yet: all that the listings show is new",
        "nhtp news: would walk http://www.nhtp.org/news/",
        "nhtp news: and the listings that http://www.nhtp.org/ links to",
    ]
    assert "nhtp notices: would walk http://www.nhtp.org/zcgg/\n" in result.stdout
    assert not data.exists()
    assert empty(data)


def test_a_dry_run_counts_what_is_due(data: Path) -> None:
    data.mkdir()
    with Archive.open(url_of(data)) as archive:
        number = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
        frontier = archive.frontier(Scope(number, "nhtp", "news", ""), Wanted())
        frontier.begin([f"{HOME}/"], lambda url, trusting: {"first": url, "trusting": trusting}, NOW)
        (lease,) = frontier.lease(NOW, 1)
        rows = [Listed(f"{HOME}/{n}.html") for n in range(10)]
        frontier.listed(Visited(lease, Standing("read", visits=1)), lease.url, rows, lambda _: (), NOW)
        two_days_ago = NOW - dt.timedelta(days=2)
        for lease, ending in zip(frontier.lease(NOW, 6), ("read",) * 4 + ("not now", "off-site"), strict=True):
            frontier.conclude(Visited(lease, stand_after(lease.standing, ending, two_days_ago)), two_days_ago)
    before = every_text(data), sorted((path.name, path.read_bytes()) for path in data.iterdir())
    result = zspark("--dry-run", "--section", "news", "-s", "DOWNLOAD_DELAY=30")
    assert result.stdout.splitlines()[-2:] == [
        "nhtp news: articles due: 4 new, 1 that failed before, 4 to look at again; and what the listings show for the "
        "first time",
        "nhtp news: at least 12 requests, 6 min at DOWNLOAD_DELAY=30",
    ]
    full = zspark("--dry-run", "--section", "news", "--full").stdout
    assert "would walk http://www.nhtp.org/news/ to its end" in full
    assert "articles due: 4 new, 2 that failed before, 4 to look at again" in full
    left = sorted((path.name, path.read_bytes()) for path in data.iterdir() if not path.name.endswith(("-shm", "-wal")))
    assert (every_text(data), left) == before


def night(data: Path, changed: dict[str, Route]) -> End:
    with Site({**ORDINARY, **changed}) as site:
        start = ("--section", "news", "--start-url", f"{site.url}/news/")
        return ended(command(data, "crawl", *start, *FAST, code=CODE), data, site)


@ON_SERVER
def test_the_mail_of_a_night_tells_each_fault_once(data: Path) -> None:
    end = night(data, {"/news/1.html": (500, {}, b"x"), "/news/2.html": (404, {}, b"x")})
    assert end.code == 0
    first, second = end.err.splitlines()
    assert first.startswith("zsparkcrawl: news: good: 2 articles could not be fetched (last: http")
    assert {line.rpartition("/")[2].partition(")")[0] for line in (first, second)} == {
        "1.html: HTTP status 500", "2.html: HTTP status 404",
    }  # fmt: skip


@IN_SQLITE
def test_the_mail_of_a_refused_night_is_one_line(data: Path) -> None:
    with Site({}) as site:
        url = site.url
    end = ended(command(data, "crawl", "--section", "news", "--start-url", f"{url}/news/", *FAST, code=CODE), data)
    assert (end.code, end.err.count("\n"), end.err.count("refused by")) == (1, 1, 1), end.err


@IN_SQLITE
@pytest.mark.parametrize("kept", [0, 3])
def test_the_mail_of_a_night_on_which_nothing_can_be_kept_is_one_line(data: Path, kept: int) -> None:
    refusing = f"""
from zsparkcrawl.archive.warc.captures import CaptureError, CaptureWriter
write, written = CaptureWriter.write, []
def refuse(self, **exchange):
    written.append(1)
    if len(written) > {kept}:
        raise CaptureError("captures folder x: Read-only file system")
    return write(self, **exchange)
CaptureWriter.write = refuse
"""
    with Site(dict(ORDINARY)) as site:
        start = ("--section", "news", "--start-url", f"{site.url}/news/")
        end = ended(command(data, "crawl", *start, *FAST, code=refusing + CODE), data, site)
    assert (end.code, end.err.count("\n")) == (1, 1), end.err
    assert end.err.startswith("zsparkcrawl: news: failed: captures folder x: Read-only file system")
