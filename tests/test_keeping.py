"""What guards a crawl and what keeps it: addresses, the lock, the run, the judgement of its end."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from tests.warm import Process
from zsparkcrawl.archive.database.locking import LockedError
from zsparkcrawl.feeds import FeedError, check_feeds
from zsparkcrawl.fetched import Reading
from zsparkcrawl.items import Article
from zsparkcrawl.keeping import Keeping
from zsparkcrawl.middlewares import UrlGuard, UrlGuardMiddleware
from zsparkcrawl.outcome import Outcome, judge, worst
from zsparkcrawl.spiders.plan import plan

HOME = "http://www.nhtp.org"
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("start_url", "good", "bad"),
    [
        (
            None,
            [f"{HOME}/news/", "https://nhtp.org/"],
            ["http://nhtp.org:8080/", "http://a.nhtp.org/", "http://x.org/"],
        ),
        ("http://nhtp.org/news/", [f"{HOME}/"], ["http://127.0.0.1/", "ftp://nhtp.org/", "data:text/html,x"]),
        (
            "http://127.0.0.1:8000/news/",
            ["http://127.0.0.1:8000/x"],
            ["http://127.0.0.1:8001/", "http://127.0.0.1/", "http://127.0.0.2:8000/", HOME, "file:///etc/hostname"],
        ),
        (
            "http://mirror.example/news/",
            ["https://mirror.example/x"],
            [HOME, "http://mirror.example:81/", "http://[x/"],
        ),
        ("http://169.254.169.254/news/", ["http://169.254.169.254/"], ["https://169.254.169.254/", "http://10.0.0.1/"]),
    ],
)
def test_the_guard(start_url: str | None, good: list[str], bad: list[str]) -> None:
    guard = UrlGuard.of_plan(plan("news", {"start_url": start_url}))
    assert [url for url in good if guard.objection(url)] == []
    assert [url for url in bad if not guard.objection(url)] == []


def test_a_host_name_that_leads_inside() -> None:
    guard = UrlGuard({("localhost", 80)})
    assert guard.objection("http://localhost/") is None
    assert asyncio.run(guard.leads_inside("http://localhost/"))
    assert not asyncio.run(UrlGuard({("localhost", 80)}, ("localhost", 80)).leads_inside("http://localhost/"))


SITE = "http://127.0.0.1:8000"


def looked(*steps: tuple[str, dict[str, Any]]) -> list[bool]:
    """Whether each of these requests is let through where the operator looks around by hand."""
    guard, through = UrlGuardMiddleware(None, ["www.nhtp.org", "nhtp.org"]), []
    for url, meta in steps:
        try:
            asyncio.run(guard.process_request(Request(url, meta=meta)))
            through.append(True)
        except IgnoreRequest:
            through.append(False)
    return through


def test_what_the_operator_names_is_asked_for_and_no_more() -> None:
    led = {"redirect_urls": [f"{SITE}/a"]}
    assert looked(
        (f"{SITE}/a", {}),
        (f"{SITE}/robots.txt", {"dont_obey_robotstxt": True}),
        (f"{SITE}/b", led),
        ("http://127.0.0.2:8000/b", led),
        ("http://127.0.0.1:8001/b", led),
        ("file:///etc/hostname", led),
        (f"{SITE}/c", {"depth": 1}),
        ("http://127.0.0.2/", {"depth": 1}),
        ("http://127.0.0.2:9000/", {"depth": 0}),
        (f"{SITE}/a", led),
        ("file:///etc/hostname", {}),
    ) == [True, True, True, False, False, False, True, False, True, False, False]


def test_a_site_may_lead_to_its_other_name() -> None:
    led = {"redirect_urls": ["http://203.0.113.7/"]}
    guard = UrlGuard.of_url("http://nhtp.org/x", ["www.nhtp.org", "nhtp.org"])
    assert guard.objection("https://www.nhtp.org/x") is None
    assert guard.objection("http://x.example/") == "x.example:80 is no part of this crawl"
    assert looked(("http://203.0.113.7/", {}), ("https://203.0.113.7/", led)) == [True, False], "a private address"


# -- keeping, judging, telling ------------------------------------------------------------------------------


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    yield {"ZSPARK_DATA": str(tmp_path / "data")}


def test_a_process_opens_once_and_locks_others_out(environ: dict[str, str]) -> None:
    first = Keeping.hold(environ)
    second = Keeping.hold(environ)
    assert first is second
    code = (
        "import os, sys; from zsparkcrawl.keeping import Keeping\n"
        "from zsparkcrawl.archive.database.locking import LockedError\n"
        "try: Keeping.hold(os.environ)\nexcept LockedError as error: sys.exit(str(error))"
    )
    _, told = Process(code, environ={**os.environ, **environ}).communicate()
    assert told == f"another process is at work in {environ['ZSPARK_DATA']} (process {os.getpid()})\n"
    first.release()
    second.release()
    again = Keeping.hold(environ)
    assert again is not first
    again.release()
    assert LockedError.exit_code == 3


def test_a_clock_that_is_set_back_leaves_nothing_for_later(environ: dict[str, str]) -> None:
    noon = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    told = iter([noon, noon + MINUTE, *(noon + n * MINUTE for n in range(-59, 0)), noon + 99 * MINUTE])
    keeping = Keeping.hold(environ, lambda: next(told))
    try:
        run = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
        run.begin([f"{HOME}/news/"], lambda url, _: {"first": url, "trusting": False})
        assert [lease.url for lease in run.lease(9)] == [f"{HOME}/news/"], "it is due, whatever the clock says"
        moments = [keeping.now() for _ in range(5)]
        assert moments == [noon + (2 + n) * MINUTE for n in range(5)], "it goes on from where it was"
        for _ in range(53):
            keeping.now()
        assert keeping.now() == noon + (99 + 60) * MINUTE, "and forward as far as it is set"
    finally:
        keeping.release()


def test_a_run_ends_with_nothing_leased(environ: dict[str, str]) -> None:
    keeping = Keeping.hold(environ)
    facts: dict[str, Any] = {"site": "nhtp", "section": "news", "start_url": None, "arguments": {}}
    run = keeping.start_run(**facts)
    article = Article("nhtp", "news", "1", f"{HOME}/news/1.html", title="甲", body="乙")
    run.name(iter([article.url, f"{HOME}/news/2.html"]))
    first, second = run.lease(10)
    run.reads(article.url, Reading(first))
    assert [run.store(article), run.store(article)] == ["new", "unchanged"]
    assert run.open == (second,)
    run.end(Outcome("good", "all read", {}))
    run.end(Outcome("failed", "too late", {}))
    later = keeping.start_run(**facts)
    later.name(iter([first.url, second.url]))
    assert [lease.url for lease in later.lease(10)] == [second.url], "the first is not due before tomorrow"
    assert [row["state"] for row in keeping.archive.status().runs] == ["running", "good"]
    keeping.release()


READ = {"zspark/listings": 2, "zspark/rows": 5, "zspark/asked": 5, "zspark/read": 5}


@pytest.mark.parametrize(
    ("stats", "finish", "state", "said"),
    [
        (READ, "finished", "good", "all read"),
        (READ, "closespider_itemcount", "good", "ended early as asked for"),
        (READ, "memusage_exceeded", "failed", "ended early (memusage_exceeded)"),
        (READ, "shutdown", "failed", "stopped by a signal"),
        ({**READ, "spider_exceptions/KeyError": 2, "spider_exceptions/count": 2}, "finished", "failed", "2 pages met"),
        ({**READ, "zspark/item_errors": 1}, "finished", "failed", "1 article met an error of the program"),
        ({**READ, "zspark/fatal": "disk full"}, "cannot_keep", "failed", "disk full"),
        ({**READ, "zspark/read": 0, "zspark/failed": 5}, "finished", "failed", "none of 5 articles"),
        ({**READ, "zspark/read": 4, "zspark/failed": 1}, "finished", "good", "1 article could not be fetched"),
        ({**READ, "zspark/read": 4}, "finished", "good", "1 article led to a page already seen"),
        ({**READ, "zspark/listings_failed": 1}, "finished", "suspicious", "1 listing page could not be read"),
        ({"zspark/listings": 2}, "finished", "suspicious", "no article is linked on 2 listing pages"),
        ({"zspark/listings": 2, "zspark/rows": 9}, "finished", "good", "all read"),
        ({}, "finished", "failed", "no listing page could be read"),
    ],
)
def test_judgement(stats: dict[str, Any], finish: str, state: str, said: str) -> None:
    outcome = judge(stats, finish)
    assert (outcome.state, said in outcome.reason) == (state, True), outcome.reason


def test_the_worst_counts() -> None:
    good, odd, bad = (Outcome(state, "", {}) for state in ("good", "suspicious", "failed"))
    assert [worst([good]), worst([good, odd]), worst([odd, bad, good]), worst([])] == [0, 2, 1, 1]
    assert judge(READ, "finished", ["the feed x has 0 of 5 articles"]).exit_code == 1


def test_feeds_that_cannot_be_written(tmp_path: Path) -> None:
    check_feeds(
        {str(tmp_path / "new" / "x.csv"): {}, "stdout:": {}, "/%(name)s/x.csv": {}, (tmp_path / "y").as_uri(): {}}
    )
    with pytest.raises(FeedError):
        check_feeds({str(tmp_path): {}})


@pytest.mark.parametrize(("failed", "state"), [(14, "suspicious"), (3, "good")])
def test_a_run_that_lost_most_of_its_articles_is_suspicious(failed: int, state: str) -> None:
    stats = {"zspark/listings": 1, "zspark/rows": 15, "zspark/asked": 15, "zspark/read": 15 - failed}
    assert judge(stats | {"zspark/failed": failed}, "finished").state == state
