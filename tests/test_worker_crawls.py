"""`zsparkcrawl crawl --worker` in processes that are killed, stopped and told to end, while others go on."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bench import postgres_server as postgres
from tests.conftest import MIGRATED
from tests.serving import End, Route, Site, article, command, ended, listing
from tests.test_cli_crawl import CODE
from tests.warm import Process
from zsparkcrawl.archive import Archive

ARTICLES, PAGES, DELAY = 40, 4, 0.1
LAPSE = 3.0
"""Seconds without a sign of life after which one of those that are stopped and killed counts as lost."""
BUSY = "/news/7.html"


@dataclass
class Visits:
    """A site that notes when it is asked, and is busy once."""

    times: list[float] = field(default_factory=list)
    busy_at: float | None = None
    on: threading.Event = field(default_factory=threading.Event)
    """The second half of the articles comes only then, so that the story does not depend on who is how fast."""

    def routes(self) -> dict[str, Route | Any]:
        def answer(path: str) -> Route:
            self.times.append(time.monotonic())
            if path == "/robots.txt":
                return 404, {}, b""
            if path == BUSY and self.busy_at is None:
                self.busy_at = self.times[-1]
                return 429, {"Retry-After": "1"}, b"later"
            if path.startswith("/news/list_") or path == "/news/":
                number = int(path.removeprefix("/news/list_").removesuffix(".html")) if path != "/news/" else 1
                following = f"list_{number + 1}.html" if number < PAGES else ""
                return listing(range((number - 1) * 10 + 1, number * 10 + 1), following)
            number = int(path.rpartition("/")[2].removesuffix(".html"))
            if number > ARTICLES // 2:
                self.on.wait(50)
            return article(number)

        return {"*": answer}


@dataclass
class Crew:
    """The workers of one site, each with a data folder of its own."""

    url: str
    site: Site
    visits: Visits
    folder: Path

    def start(self, name: str, *more: str, delay: float = DELAY, lapse: float = 60.0) -> Process:
        words = ["crawl", "--worker", "--name", name, "--section", "news", "--start-url", f"{self.site.url}/news/"]
        settings = {
            "DOWNLOAD_DELAY": delay,
            "AUTOTHROTTLE_ENABLED": 0,
            "ZSPARK_LAPSE": lapse,
            "ZSPARK_PATIENCE": 5,
            "DOWNLOAD_TIMEOUT": 60,
        }
        told = [word for key, value in settings.items() for word in ("-s", f"{key}={value}")]
        process = command(self.folder / name, *words, *told, *more, code=CODE, ZSPARK_DATABASE=self.url)
        assert isinstance(process, Process)
        return process

    def until(self, requests: int) -> None:
        """Wait until the site was asked so often."""
        end = time.monotonic() + 50
        while len(self.site.asked) < requests:
            assert time.monotonic() < end, f"{len(self.site.asked)} requests only"
            time.sleep(0.01)

    def joined(self, number: int) -> None:
        """Wait until so many workers have taken part."""
        end = time.monotonic() + 50
        while self.rows("SELECT count(*) FROM workers") < [(number,)]:
            assert time.monotonic() < end
            time.sleep(0.1)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with Archive.open(self.url, readonly=True) as archive, archive._reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


def held_up(crew: Crew) -> dict[str, Any]:
    """One worker is killed and started again, one stopped for longer than the lapse, one told to end."""
    workers: dict[str, Process] = {}
    try:
        return _held_up(crew, workers)
    finally:
        for process in workers.values():
            process.send_signal(signal.SIGKILL)  # should one be left, stopped as it may be


def _held_up(crew: Crew, workers: dict[str, Process]) -> dict[str, Any]:
    workers["a"] = crew.start("a", lapse=LAPSE)
    crew.until(3)
    workers |= {name: crew.start(name, lapse=LAPSE) for name in "bc"}
    crew.joined(3)
    workers["a"].send_signal(signal.SIGKILL)
    workers["b"].send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    told = command(crew.folder / "x", "status", "--json", code=CODE, ZSPARK_DATABASE=crew.url)
    status = json.loads(told.communicate()[0])
    workers["d"] = crew.start("d", lapse=LAPSE)
    crew.joined(4)
    workers["c"].send_signal(signal.SIGTERM)
    crew.visits.on.set()
    time.sleep(max(0.0, stopped + 1.5 * LAPSE - time.monotonic()))
    workers["b"].send_signal(signal.SIGCONT)
    ends = {name: ended(process, crew.folder / name) for name, process in workers.items()}
    return {"ends": ends, "status": status}


def staying(crew: Crew) -> dict[str, Any]:
    """A worker that stays, until it is told to end."""
    crew.visits.on.set()
    process = crew.start("s", "--every", "0.0003", delay=0)
    end = time.monotonic() + 50
    while len(crew.rows("SELECT id FROM runs WHERE state = 'good'")) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    return {"ends": {"s": ended(process, crew.folder / "s")}}


@dataclass
class Story:
    """What came of it."""

    crew: Crew
    visits: Visits
    ends: dict[str, End]
    status: dict[str, Any]


@pytest.fixture(scope="module")
def stories(postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    def tell(make: Callable[[Crew], dict[str, Any]]) -> Story:
        visits = Visits()
        with Site(visits.routes()) as site:
            crew = Crew(postgres_server.create(like=MIGRATED), site, visits, tmp_path_factory.mktemp(make.__name__))
            told = make(crew)
        return Story(crew, visits, told["ends"], told.get("status", {}))

    with ThreadPoolExecutor(2) as pool:
        yield dict(zip(("held up", "staying"), pool.map(tell, (held_up, staying)), strict=True))


@pytest.fixture
def story(stories: dict[str, Story]) -> Story:
    return stories["held up"]


def test_nothing_is_lost_and_nothing_stored_twice(story: Story) -> None:
    ends = {name: end.err for name, end in story.ends.items()}
    rows = story.crew.rows
    assert rows("SELECT count(*), count(DISTINCT native_id) FROM articles") == [(ARTICLES, ARTICLES)], ends
    assert rows("SELECT count(*) FROM versions") == [(ARTICLES,)]
    assert rows("SELECT kind, state, count(*) FROM frontier GROUP BY 1, 2 ORDER BY 1") == [
        ("article", "read", ARTICLES), ("listing", "read", PAGES),
    ]  # fmt: skip
    assert rows("SELECT count(*) FROM frontier WHERE leased_by IS NOT NULL OR worker_id IS NOT NULL") == [(0,)]


def test_all_of_them_made_one_run(story: Story) -> None:
    ((state, reason, counts),) = story.crew.rows("SELECT state, reason, counts FROM runs")
    assert (state, counts["listings"]) == ("good", PAGES), reason
    states = dict(story.crew.rows("SELECT name, state FROM workers ORDER BY id DESC"))
    assert (states["a"], states["c"], states["d"]) == ("lost", "left", "left")
    parts = story.crew.rows("SELECT state FROM workers WHERE name = 'b' ORDER BY id")
    assert parts[0] == ("lost",), "it slept too long, and took part again if there was anything left"
    codes = {name: end.code for name, end in story.ends.items()}
    assert codes == {"a": -9, "b": 0, "c": 1, "d": 0}
    assert "stopped by a signal" in story.ends["c"].last


def test_little_is_asked_for_twice(story: Story) -> None:
    again = {path: count - 1 for path, count in Counter(story.crew.site.asked).items() if count > 1}
    # The first worker and the last one certainly ask; one that is held up as soon as it has joined may not come to it.
    assert 1 <= again.pop("/robots.txt") <= 4, "each worker has to know the rules"
    assert again.pop(BUSY, 0) <= 2
    assert sum(again.values()) <= 8, "what was on its way when a worker was held up"


def test_the_site_is_asked_no_faster_than_by_one(story: Story) -> None:
    times = sorted(story.visits.times)
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    assert times[-1] - times[0] > (len(times) - 1) * DELAY * 0.98
    # A machine that is busy with other things sends one late now and then, or notes it late, and the next one in time.
    assert sum(gap < DELAY * 0.5 for gap in gaps) <= len(gaps) // 10, gaps[:9]


def test_what_a_busy_site_says_to_one_holds_for_all(story: Story) -> None:
    busy_at = story.visits.busy_at
    assert busy_at is not None
    later = [moment - busy_at for moment in story.visits.times if moment > busy_at]
    assert sum(seconds < 0.9 for seconds in later) <= 1, "but for what was on its way"


def test_status_shows_the_workers(story: Story) -> None:
    shown = {one["name"]: one for one in story.status["workers"]}
    assert set(shown) == set("abc")
    assert shown["a"]["state"] == "lost", "its process is gone, and that can be seen here"
    assert (shown["b"]["state"], shown["b"]["section"]) == ("working", "news")
    assert sum(one["leases"] for one in shown.values()) > 0
    assert shown["b"]["folder"] == str(story.crew.folder / "b" / "captures")


def test_captures_lie_with_the_worker_that_made_them(story: Story) -> None:
    lie = story.crew.rows(
        "SELECT DISTINCT w.name, w.folder, c.file FROM captures c JOIN workers w ON w.id = c.worker_id"
    )
    assert {"a", "d"} <= {name for name, _, _ in lie}
    for name, folder, file in lie:
        assert Path(folder) == story.crew.folder / name / "captures"
        assert any(Path(folder).glob(f"{file}*"))


def test_one_that_stays_begins_again_until_it_is_told_to_end(stories: dict[str, Story]) -> None:
    story = stories["staying"]
    end = story.ends["s"]
    assert end.code == 0, end.err
    assert len(story.crew.rows("SELECT id FROM runs WHERE state = 'good'")) >= 2, end.err
