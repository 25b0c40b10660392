"""The frontier: what is fetched when, what becomes of it, and that a killed run costs nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsparkcrawl.archive import Archive, Frontier, Lease, Listed, Scope, Shown, Standing, Visited, Wanted
from zsparkcrawl.archive.crawling.visits import BACK_OFF, REVISITS, Ending, is_gone, stand_after
from zsparkcrawl.items import Article

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOME = "http://www.nhtp.org/news"
ENDINGS: tuple[Ending, ...] = (
    "read", "not now", "gone", "off-site", "forbidden", "spam", "not an article", "duplicate", "outside",
)  # fmt: skip


# -- what becomes of a page -----------------------------------------------------------------------------


def test_an_article_is_looked_at_again_after_1_3_7_and_30_days() -> None:
    standing, now, waits = Standing(), NOW, []
    while True:
        standing = stand_after(standing, "read", now)
        if standing.due_at is None:
            break
        waits.append((standing.due_at - now).days)
        now = standing.due_at
    assert (waits, standing.state) == ([1, 3, 7, 30], "read")


def test_failures_wait_longer_and_longer_and_end_in_sight() -> None:
    standing, now = Standing(), NOW
    for delay in BACK_OFF:
        standing = stand_after(standing, "not now", now, reason="HTTP status 503")
        assert (standing.state, standing.due_at) == ("waiting", now + delay)
        now += delay
    standing = stand_after(standing, "not now", now, reason="HTTP status 503")
    assert (standing.state, standing.due_at, standing.reason) == ("failed", None, "HTTP status 503")
    assert list(BACK_OFF) == sorted(BACK_OFF)


def test_retry_after_is_honoured_but_not_for_ever() -> None:
    for asked, got in ((2 * DAY, 2 * DAY), (400 * DAY, 30 * DAY), (-DAY, BACK_OFF[0])):
        assert stand_after(Standing(), "not now", NOW, retry_after=asked).due_at == NOW + got


def test_what_was_read_is_gone_only_after_three_visits_over_14_days() -> None:
    standing = stand_after(Standing(), "read", NOW)
    seen = []
    for day in (1, 8, 15):
        standing = stand_after(standing, "gone", NOW + day * DAY, reason="HTTP status 404")
        seen.append((standing.state, is_gone(standing)))
    assert seen == [("read", False), ("read", False), ("gone", True)]
    back = stand_after(standing, "read", NOW + 40 * DAY)
    assert (back.state, back.misses, back.missed_since) == ("read", 0, None)


def test_three_visits_on_one_day_prove_nothing() -> None:
    standing = stand_after(Standing(), "read", NOW)
    for _ in range(5):
        standing = stand_after(standing, "gone", NOW)
    assert standing.state == "read"
    assert standing.due_at is not None


@pytest.mark.parametrize("ending", ["off-site", "forbidden", "spam", "not an article"])
def test_a_hijacked_night_does_not_unread_an_article(ending: Ending) -> None:
    standing = stand_after(Standing(), "read", NOW)
    after = stand_after(standing, ending, NOW + DAY)
    assert (after.state, after.visits) == ("read", 1)
    assert after.due_at is not None


@given(st.lists(st.tuples(st.sampled_from(ENDINGS), st.integers(0, 40)), max_size=30))
def test_every_page_ends_in_sight(visits: list[tuple[Ending, int]]) -> None:
    """Whatever happens, a page that is not due any more says why, and one that was read never waits again."""
    standing, now = Standing(due_at=NOW), NOW
    for ending, days in visits:
        now += days * DAY
        standing = stand_after(standing, ending, now, reason=ending)
        assert standing.due_at is not None or standing.state != "waiting"
        assert standing.state != "waiting" or not standing.visits
        assert standing.state in ("waiting", "read") or standing.reason


# -- the rows -------------------------------------------------------------------------------------------


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        yield opened


def run(archive: Archive, wanted: Wanted | None = None, origin: str = "") -> Frontier:
    number = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
    return archive.frontier(Scope(number, "nhtp", "news", origin), wanted or Wanted())


def walk(first: str, trusting: bool) -> dict[str, object]:
    return {"first": first, "trusting": trusting}


def listing(frontier: Frontier, days: list[dt.date | None], now: dt.datetime = NOW) -> Shown:
    """A listing page with articles 1, 2, 3 …, each of a day."""
    frontier.begin([f"{HOME}/"], walk, now)
    (lease,) = frontier.lease(now, 1)
    rows = [Listed(f"{HOME}/{number}.html", str(number), day) for number, day in enumerate(days, start=1)]
    return frontier.listed(Visited(lease, Standing("read", visits=1)), f"{HOME}/", rows, lambda _: (), now)


def names(leases: list[Lease]) -> list[str]:
    return [lease.url.removeprefix(f"{HOME}/") for lease in leases]


def test_listings_come_first_then_what_is_new_then_revisits(archive: Archive) -> None:
    first = run(archive)
    assert listing(first, [None, None]) == Shown(2, 2, 0)
    (lease,) = first.lease(NOW, 1)
    first.conclude(Visited(lease, stand_after(lease.standing, "read", NOW)), NOW)
    assert names(first.lease(NOW, 9)) == ["2.html"]
    later = run(archive)
    later.begin([f"{HOME}/"], walk, NOW + 2 * DAY)
    taken = later.lease(NOW + 2 * DAY, 9)
    assert names(taken) == ["", "1.html"], "2.html is leased to a run that lives"


def test_a_dead_runs_leases_are_taken_over(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(archive)
    listing(first, [None, None, None])
    assert len(first.lease(NOW, 2)) == 2
    assert names(run(archive).lease(NOW, 9)) == ["3.html"], "the first run lives"
    for name in ("is_ours", "is_alive"):
        monkeypatch.setattr(f"zsparkcrawl.archive.crawling.writing.{name}", lambda _: False)
    assert names(run(archive).lease(NOW, 9)) == ["1.html", "2.html", "3.html"]


def test_a_page_that_ends_processes_is_fetched_alone_and_then_let_alone(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing(run(archive), [None, None])
    for name in ("is_ours", "is_alive"):
        monkeypatch.setattr(f"zsparkcrawl.archive.crawling.writing.{name}", lambda _: False)
    for left_behind in (0, 1):
        taken = run(archive).lease(NOW, 9)
        assert [lease.left_behind for lease in taken] == [left_behind] * 2
    third = run(archive)
    assert third.lease(NOW, 9) == []
    (first,), (second,) = (third.lease(NOW, 1, suspected=True) for _ in range(2))
    assert (names([first, second]), first.is_suspected) == (["1.html", "2.html"], True)
    third.conclude(Visited(first, stand_after(first.standing, "not now", NOW)), NOW)

    fourth = run(archive)
    assert names(fourth.lease(NOW + DAY, 9)) == ["1.html"], "it ended by itself, and is trusted again"
    assert fourth.lease(NOW + DAY, 9, suspected=True) == []
    (again,) = fourth.lease(NOW + 7 * DAY, 9, suspected=True)
    assert (again.url, again.standing.tries) == (f"{HOME}/2.html", 1)
    assert "processes in a row ended" in (again.standing.reason or "")


def test_a_walk_that_was_cut_off_goes_on(archive: Archive) -> None:
    first = run(archive)
    first.begin([f"{HOME}/"], walk, NOW)
    (lease,) = first.lease(NOW, 1)
    second_page = (f"{HOME}/list_2.html", {"first": f"{HOME}/", "trusting": False})
    first.listed(Visited(lease, Standing("read", visits=1)), lease.url, [], lambda _: [second_page], NOW)
    archive.end_run(1, state="failed", reason="", counts={}, ended=NOW)
    later = run(archive)
    later.begin([f"{HOME}/"], walk, NOW)
    taken = {lease.url: lease.walk for lease in later.lease(NOW, 9)}
    assert taken[f"{HOME}/list_2.html"] == second_page[1]
    assert taken[f"{HOME}/"] == walk(f"{HOME}/", True), "known pages prove something: the rest is being walked"


def test_listings_found_later_leave_the_walks_of_a_full_run_alone(archive: Archive) -> None:
    frontier = run(archive, Wanted(full=True))
    frontier.begin([f"{HOME}/"], walk, NOW)
    (lease,) = frontier.lease(NOW, 1)
    second = (f"{HOME}/list_2.html", walk(f"{HOME}/", False))
    frontier.listed(Visited(lease, Standing("read", visits=1)), lease.url, [], lambda _: [second], NOW)
    frontier.begin([f"{HOME}/", "http://www.nhtp.org/xw/"], walk, NOW)  # the home page names them
    assert names(frontier.lease(NOW, 9)) == ["list_2.html", "http://www.nhtp.org/xw/"]


def test_a_full_run_drops_the_walks_of_its_listings_alone(archive: Archive) -> None:
    first = run(archive)
    first.begin([f"{HOME}/a/", f"{HOME}/b/"], walk, NOW)
    for lease in first.lease(NOW, 2):
        second = (f"{lease.url}2.html", walk(lease.url, False))
        first.listed(Visited(lease, Standing("read", visits=1)), lease.url, [], lambda _, page=second: [page], NOW)  # type: ignore[misc]
    archive.end_run(1, state="failed", reason="", counts={}, ended=NOW)
    full = run(archive, Wanted(full=True))
    full.begin([f"{HOME}/a/"], walk, NOW)
    assert names(full.lease(NOW, 9)) == ["a/", "b/2.html"], "the other is walked on with"


def test_a_listing_is_whole_when_no_walk_from_it_is_under_way(archive: Archive) -> None:
    first = run(archive)
    first.begin([f"{HOME}/"], walk, NOW)
    (lease,) = first.lease(NOW, 1)
    second = (f"{HOME}/list_2.html", walk(f"{HOME}/", False))
    first.listed(Visited(lease, Standing("read", visits=1)), lease.url, [], lambda _: [second], NOW)
    first.walked(f"{HOME}/", NOW)
    (rest,) = first.lease(NOW, 9)
    first.walked(f"{HOME}/", NOW)  # it is on its way
    for trusting in (True, False):
        later = run(archive, Wanted(limit=None if trusting else 1))
        later.begin([f"{HOME}/"], walk, NOW)
        (again,) = later.lease(NOW, 9)
        assert again.walk == walk(f"{HOME}/", trusting)
        later.conclude(Visited(again, Standing("read", visits=1)), NOW)
    first.listed(Visited(rest, Standing("read", visits=1)), rest.url, [], lambda _: (), NOW)
    first.walked(f"{HOME}/", NOW)
    last = run(archive, Wanted(limit=1))
    last.begin([f"{HOME}/"], walk, NOW)
    assert [lease.walk for lease in last.lease(NOW, 9)] == [walk(f"{HOME}/", True)]


def test_an_article_that_is_called_next_page_stays_an_article(archive: Archive) -> None:
    first = run(archive)
    listing(first, [None])
    later = run(archive)
    later.begin([f"{HOME}/"], walk, NOW)
    taken = {lease.kind: lease for lease in later.lease(NOW, 1)}
    page = (f"{HOME}/1.html", walk(f"{HOME}/", False))
    visited = Visited(taken["listing"], Standing("read", visits=1))
    later.listed(visited, f"{HOME}/", [], lambda _: [page], NOW)
    assert [(lease.kind, names([lease])) for lease in later.lease(NOW, 9)] == [("article", ["1.html"])]


def test_only_a_whole_walk_makes_known_pages_a_proof(archive: Archive) -> None:
    for number, trusting in enumerate((False, False, True)):
        frontier = run(archive)
        frontier.begin([f"{HOME}/"], walk, NOW)
        (lease,) = frontier.lease(NOW, 1)
        assert lease.walk == walk(f"{HOME}/", trusting)
        frontier.listed(Visited(lease, Standing("read", visits=1)), lease.url, [], lambda _: (), NOW)
        if number:
            frontier.walked(lease.url, NOW)


def test_no_page_is_walked_twice_in_a_run(archive: Archive) -> None:
    frontier = run(archive)
    frontier.begin([f"{HOME}/"], walk, NOW)
    (lease,) = frontier.lease(NOW, 1)
    pages = [(f"{HOME}/", walk("", True)), (f"{HOME}/list_2.html", walk("", True))]
    frontier.listed(Visited(lease, Standing("read", visits=1)), lease.url, [], lambda _: pages, NOW)
    assert names(frontier.lease(NOW, 9)) == ["list_2.html"], "the first page is under way"


def test_the_days_asked_for(archive: Archive) -> None:
    days = [dt.date(2019, 1, 1), dt.date(2020, 1, 1), dt.date(2021, 1, 1), None]
    frontier = run(archive, Wanted(since=days[1], until=days[1]))
    listing(frontier, days)
    assert names(frontier.lease(NOW, 9)) == ["2.html", "4.html"]


def test_an_article_outside_the_days_waits_for_another_run(archive: Archive) -> None:
    frontier = run(archive)
    listing(frontier, [None])
    (lease,) = frontier.lease(NOW, 9)
    standing = stand_after(lease.standing, "outside", NOW)
    frontier.conclude(Visited(lease, standing, listed_date=dt.date(2019, 1, 1)), NOW)
    assert frontier.lease(NOW, 9) == []
    assert run(archive, Wanted(since=dt.date(2020, 1, 1))).lease(NOW, 9) == []
    assert names(run(archive).lease(NOW, 9)) == ["1.html"]


def test_a_full_run_visits_all_once(archive: Archive) -> None:
    first = run(archive)
    listing(first, [None, None])
    for lease in first.lease(NOW, 9):
        first.conclude(Visited(lease, stand_after(lease.standing, "read", NOW)), NOW)
    full = run(archive, Wanted(full=True))
    taken = full.lease(NOW, 9)
    assert names(taken) == ["1.html", "2.html"]
    for lease in taken:
        full.conclude(Visited(lease, stand_after(lease.standing, "read", NOW)), NOW)
    assert full.lease(NOW, 9) == []


def test_a_run_tries_again_only_what_it_means_to(archive: Archive) -> None:
    frontier = run(archive)
    listing(frontier, [None, None])
    for lease, again in zip(frontier.lease(NOW, 9), (True, False), strict=True):
        standing = stand_after(lease.standing, "not now", NOW, reason="x")
        frontier.conclude(Visited(lease, standing, again=again), NOW)
    later = NOW + 2 * BACK_OFF[0]
    assert frontier.next_due(later) == NOW + BACK_OFF[0]
    (lease,) = frontier.lease(later, 9)
    assert (names([lease]), lease.again, lease.standing.tries) == (["1.html"], True, 1)


def test_numbers_that_the_operator_named(archive: Archive) -> None:
    first = run(archive)
    listing(first, [None, None])
    named = run(archive, Wanted(named=True))
    named.name(iter([f"{HOME}/2.html", f"{HOME}/7.html"]), NOW)
    assert names(named.lease(NOW, 9)) == ["2.html", "7.html"]


def test_what_the_archive_has_from_elsewhere_counts_as_read(archive: Archive) -> None:
    known = Article("nhtp", "news", "1", f"{HOME}/1.html", title="甲", body="乙")
    archive.store(known, run_id=None, capture_id=None, now=NOW)
    frontier = run(archive)
    listing(frontier, [None, None])
    assert names(frontier.lease(NOW, 9)) == ["2.html"]
    assert names(frontier.lease(NOW + REVISITS[0], 9)) == ["1.html"]


def test_an_article_and_its_visit_are_one_transaction(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    frontier = run(archive)
    listing(frontier, [None])
    (lease,) = frontier.lease(NOW, 9)
    article = Article("nhtp", "news", "1", f"{HOME}/1.html", title="甲", body="乙")
    visited = (frontier, Visited(lease, stand_after(lease.standing, "read", NOW), etag='"a"'))

    def broken(*_: object, **__: object) -> None:
        raise KeyError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("zsparkcrawl.archive.crawling.frontier.conclude", broken)
        with pytest.raises(KeyError):
            archive.store(article, run_id=1, capture_id=None, now=NOW, visited=visited)
    assert archive.article("news/1") is None, "neither"
    archive.store(article, run_id=1, capture_id=None, now=NOW, visited=visited)
    (again,) = frontier_after(archive)
    kept = archive.article("news/1")
    assert kept is not None
    assert (again.etag, again.article_id, again.standing.visits) == ('"a"', kept["id"], 1)


def frontier_after(archive: Archive) -> list[Lease]:
    return run(archive, Wanted(full=True)).lease(NOW, 9)


def test_what_is_on_another_host_is_kept_in_sight_and_never_fetched(archive: Archive) -> None:
    away = Listed("http://other.example/news/7.html", "乙")
    for number, wanted in enumerate((Wanted(), Wanted(full=True))):
        frontier = run(archive, wanted)
        frontier.begin([f"{HOME}/"], walk, NOW + number * DAY)
        (lease,) = frontier.lease(NOW + number * DAY, 9)
        visited = Visited(lease, Standing("read", visits=1))
        shown = frontier.listed(visited, lease.url, [], lambda _: (), NOW, foreign=[away])
        assert (shown.rows, shown.new) == (0, 0)
        assert frontier.lease(NOW + 90 * DAY, 9) == []
    assert [(row["state"], row["pages"], row["due"]) for row in archive.states(NOW + 90 * DAY)] == [("off-site", 1, 0)]
    assert [row["account"] for row in archive.accounts()] == ["off-site"]
    assert not archive.has_shown(f"{HOME}/"), "a listing that shows foreign links alone was never one of articles"
    frontier.name(iter([away.url]), NOW)  # the host is the site's now
    assert [lease.url for lease in frontier.lease(NOW, 9)] == [away.url]


def test_a_run_of_a_machine_that_was_renamed_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a file of SQLite, which has one writer."""
    with Archive.open(f"sqlite:///{tmp_path / 'zspark.sqlite'}") as archive:
        first = run(archive)
        first.begin([f"{HOME}/"], walk, NOW)
        assert len(first.lease(NOW, 9)) == 1
        monkeypatch.setattr("socket.gethostname", lambda: "another-name")
        later = run(archive)
        assert names(later.lease(NOW, 9)) == [""]


def test_numbers_that_were_tried_are_not_asked_for_every_night(archive: Archive) -> None:
    named = run(archive, Wanted(named=True))
    named.name(iter([f"{HOME}/2.html", f"{HOME}/7.html"]), NOW)
    night = run(archive)
    assert night.lease(NOW, 9) == []
    listing(night, [None, None])
    assert names(night.lease(NOW, 9)) == ["2.html", "1.html"], "a listing shows the one"


@pytest.mark.parametrize("ending", ["off-site", "forbidden", "spam"])
def test_one_bad_night_does_not_bar_a_new_article_for_ever(ending: Ending) -> None:
    standing, now = Standing(), NOW
    for _ in range(2):
        standing = stand_after(standing, ending, now, reason="x")
        assert standing.due_at == now + 7 * DAY
        now += 7 * DAY
    assert stand_after(standing, ending, now, reason="x").due_at is None


def test_only_walks_of_earlier_runs_make_known_pages_a_proof(archive: Archive) -> None:
    frontier = run(archive)
    for url in ("a/", "b/"):
        frontier.begin([f"{HOME}/{url}"], walk, NOW)
    assert [lease.walk and lease.walk["trusting"] for lease in frontier.lease(NOW, 9)] == [False, False]


def test_what_is_asked_together_within_is_together_too(archive: Archive) -> None:
    article = Article("nhtp", "news", "1", f"{HOME}/1.html", title="甲", body="乙")

    def fail() -> None:
        with archive.together():
            with archive.together():
                archive.store(article, run_id=None, capture_id=None, now=NOW)
            raise KeyError("broken")

    with pytest.raises(KeyError):
        fail()
    assert archive.article("news/1") is None
