"""Several workers on one archive of PostgreSQL: the run that they share, leases that lapse, turns at a host, locks."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import postgres_server as postgres
from tests.conftest import MIGRATED
from zsparkcrawl.archive import Archive, ArchiveError, LeaseLostError, Listed, Part, Standing, Told, Visited, Wanted
from zsparkcrawl.archive.crawling.hosts import Answered, Spacing, Turn
from zsparkcrawl.archive.crawling.workers import WorkerLostError
from zsparkcrawl.archive.database.locking import LockedError
from zsparkcrawl.archive.warc.captures import CaptureError
from zsparkcrawl.cli import main
from zsparkcrawl.fetched import Exchange, Reading
from zsparkcrawl.items import Article
from zsparkcrawl.keeping import Keeping, _held
from zsparkcrawl.outcome import Outcome
from zsparkcrawl.recovering.pages import page_of
from zsparkcrawl.run import Run
from zsparkcrawl.shared_run import early_ends, ended_for_all, merged, told

HOME = "http://www.nhtp.org/news"
LAPSE = 30.0
FACTS: dict[str, Any] = {"site": "nhtp", "section": "news", "start_url": None, "arguments": {"site": "nhtp"}}


class Team:
    """Workers of one archive, each with a folder and connections of its own, as on several machines."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.keepings: dict[str, Keeping] = {}

    def environ(self, name: str) -> dict[str, str]:
        return {"ZSPARK_DATABASE": self.url, "ZSPARK_DATA": str(self.folder / name)}

    def keeping(self, name: str) -> Keeping:
        if name not in self.keepings:
            self.keepings[name] = Keeping.hold(self.environ(name), lapse=LAPSE)
        return self.keepings[name]

    def joins(self, name: str, **facts: Any) -> Run:
        return self.keeping(name).join_run(**{**FACTS, **facts}, name=name, lapse=LAPSE, wanted=Wanted())

    def silence(self, run: Run, seconds: float = LAPSE + 5) -> None:
        """As if a worker had given no sign of life for so long."""
        moment = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.change(f"UPDATE workers SET alive_at = '{moment}' WHERE id = {part(run).worker_id}")  # noqa: S608

    def change(self, statement: str) -> None:
        with self.keepings["a"].archive._writing() as connection:
            connection.exec_driver_sql(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.keepings["a"].archive._reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


def part(run: Run) -> Part:
    assert run.part is not None
    return run.part


@pytest.fixture
def team(postgres_server: postgres.Server, tmp_path: Path) -> Iterator[Team]:
    made = Team(postgres_server.create(like=MIGRATED), tmp_path)
    yield made
    for keeping in made.keepings.values():
        keeping.release()
    assert not _held


def show(run: Run, numbers: range) -> None:
    """A listing page names articles."""
    run.begin([f"{HOME}/"], lambda url, _: {"first": url, "trusting": False})
    (lease,) = run.lease(1)
    rows = [Listed(f"{HOME}/{number}.html") for number in numbers]
    run.frontier.listed(Visited(lease, Standing("read", visits=1)), lease.url, rows, lambda _: (), run.now())
    run._close(lease)


def read(run: Run, url: str) -> str:
    """An article comes and is stored."""
    (lease,) = (each for each in run.open if each.url == url)
    run.reads(url, Reading(lease, None))
    return run.store(Article("nhtp", "news", url[len(HOME) + 1 : -5], url, title="园区开放日", body="园区举办开放日。"))


def leave(run: Run, reason: str = "finished") -> list[Told] | None:
    with run.archive.together():
        others = run.archive.end_part(part(run), reason, told({"zspark/read": 1}, 1))
        if others is not None:
            run.end(Outcome("good", "all read", {}))
        return others


# -- one run -----------------------------------------------------------------------------------------


def test_workers_share_a_run_and_the_last_one_ends_it(team: Team) -> None:
    first, second = team.joins("a"), team.joins("b")
    assert first.number == second.number
    assert leave(first) is None
    assert team.rows("SELECT state FROM runs") == [("running",)]
    assert [(other.name, other.state, other.reason) for other in leave(second) or ()] == [("a", "left", "finished")]
    assert team.rows("SELECT state FROM runs") == [("good",)]
    assert team.joins("a").number != first.number, "what is over is not joined"


def test_a_run_with_other_arguments_is_not_joined(team: Team) -> None:
    team.joins("a")
    with pytest.raises(LockedError, match="under way with other arguments"):
        team.joins("b", arguments={"site": "nhtp", "full": "1"})
    assert team.joins("b", section="notices").number == 2, "other pages are another run"
    assert team.keeping("a").archive.crowds() == {("nhtp", "news", ""): 1, ("nhtp", "notices", ""): 1}


def test_each_page_is_taken_by_one_and_waited_for_by_the_others(team: Team) -> None:
    first, second = team.joins("a"), team.joins("b")
    show(first, range(1, 5))
    assert second.pause() == 0.0, "all is free"
    taken, others = first.lease(3), second.lease(3)
    assert [len(taken), len(others)] == [3, 1]
    assert not {lease.url for lease in taken} & {lease.url for lease in others}
    assert read(second, others[0].url) == "new"
    assert second.pause() == 1.0, "what the first one brings may name new pages"
    for lease in taken:
        read(first, lease.url)
    assert second.pause() is None
    assert team.rows("SELECT count(*), count(DISTINCT visited_by), max(leases) FROM frontier") == [(5, 1, 1)]


def test_a_page_shown_twice_at_once_is_entered_once(team: Team) -> None:
    runs = [team.joins(name) for name in "ab"]
    runs[0].begin([f"{HOME}/", f"{HOME}/list/"], lambda url, _: {"first": url, "trusting": False})
    leases = [run.lease(1)[0] for run in runs]
    rows = [Listed(f"{HOME}/{number}.html") for number in range(200)]
    together = threading.Barrier(2)
    found: list[int] = []

    def enter(at: int) -> None:
        together.wait()
        visited = Visited(leases[at], Standing("read", visits=1))
        order = rows if at else rows[::-1]
        shown = runs[at].frontier.listed(visited, leases[at].url, order, lambda _: (), runs[at].now())
        found.append(shown.new)

    threads = [threading.Thread(target=enter, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 200]


# -- leases ------------------------------------------------------------------------------------------


def test_what_a_silent_worker_had_is_taken_over_and_what_it_brings_is_refused(team: Team) -> None:
    sleeper, other = team.joins("a"), team.joins("b")
    show(sleeper, range(1, 3))
    taken = sleeper.lease(9)
    assert other.lease(9) == []
    team.silence(sleeper)
    assert [one.state for one in other.archive.sign(part(other), {})] == ["lost"]
    assert {lease.url for lease in other.lease(9)} == {lease.url for lease in taken}
    assert read(other, taken[0].url) == "new"
    with pytest.raises(LeaseLostError):
        read(sleeper, taken[1].url)
    with pytest.raises(LeaseLostError):
        sleeper.not_read(taken[0], "gone", reason="HTTP status 404")
    with pytest.raises(WorkerLostError, match="no sign of life"):
        sleeper.archive.sign(part(sleeper), {})
    with pytest.raises(WorkerLostError):
        leave(sleeper)
    assert team.rows("SELECT native_id FROM articles") == [("1",)], "all or nothing"
    assert team.rows("SELECT state FROM runs") == [("running",)]
    assert read(other, taken[1].url) == "new"
    assert [one.state for one in leave(other) or ()] == ["lost"]


def test_what_a_worker_takes_after_it_was_given_up_is_free_again(team: Team) -> None:
    sleeper, other = team.joins("a"), team.joins("b")
    show(other, range(1, 3))
    team.silence(sleeper)
    other.archive.sign(part(other), {})
    assert len(sleeper.lease(9)) == 2, "it does not know yet"
    assert other.lease(9) == []
    other.archive.sign(part(other), {})
    assert len(other.lease(9)) == 2


def test_a_page_that_came_back_to_the_same_worker_is_another_lease(team: Team) -> None:
    run = team.joins("a")
    show(run, range(1, 2))
    (late,) = run.lease(1)
    team.change("UPDATE frontier SET leased_by = NULL, worker_id = NULL")
    (lease,) = run.lease(1)
    assert (lease.id, lease.taken - late.taken) == (late.id, 1)
    with pytest.raises(LeaseLostError):
        run.unchanged(Reading(late, None))
    run.unchanged(Reading(lease, None))


def test_a_process_that_is_gone_is_given_up_at_once_where_that_can_be_seen(team: Team) -> None:
    ours, gone, elsewhere = (team.joins(name) for name in "abc")
    team.change(f"UPDATE workers SET process_mark = 'another' WHERE id = {part(gone).worker_id}")  # noqa: S608
    team.change(f"UPDATE workers SET process_mark = 'x', place = 'y' WHERE id = {part(elsewhere).worker_id}")  # noqa: S608
    assert [row["state"] for row in ours.archive.workers()] == ["working", "lost", "working"]
    assert [one.state for one in ours.archive.sign(part(ours), {})] == ["lost", "working"]


def test_when_all_are_gone_the_run_has_died_and_the_next_one_goes_on(team: Team) -> None:
    first = team.joins("a")
    show(first, range(1, 3))
    assert len(first.lease(9)) == 2
    team.silence(first)
    second = team.joins("b")
    assert team.rows("SELECT state FROM runs ORDER BY id") == [("died",), ("running",)]
    assert [row["state"] for row in second.archive.latest_runs(9)] == ["running", "died"]
    assert len(second.lease(9)) == 2


def test_a_transaction_that_hangs_is_ended_by_the_server(postgres_server: postgres.Server, tmp_path: Path) -> None:
    environ = {"ZSPARK_DATABASE": postgres_server.create(like=MIGRATED), "ZSPARK_DATA": str(tmp_path)}
    keeping = Keeping.hold(environ, lapse=1.0)
    try:
        began = time.monotonic()
        with pytest.raises(ArchiveError, match="idle"), keeping.archive._writing() as connection:
            while time.monotonic() - began < 5:
                time.sleep(0.7)
                connection.exec_driver_sql("SELECT 1")
        assert time.monotonic() - began < 3
    finally:
        keeping.release()


def test_a_run_of_machines_that_are_gone_is_told_as_dead(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = team.joins("a"), team.joins("b")
    team.change("UPDATE workers SET host = 'elsewhere', place = 'elsewhere'")
    archive = team.keeping("a").archive
    team.silence(first)
    assert [row["state"] for row in archive.workers()] == ["lost", "working"]
    assert archive.latest_runs(1)[0]["state"] == "running", "one is still there"
    team.silence(second)
    assert [row["state"] for row in archive.workers()] == ["lost", "lost"]
    assert archive.latest_runs(1)[0]["state"] == "died"
    monkeypatch.setenv("ZSPARK_DATABASE", team.url)
    result = CliRunner().invoke(main, ["status", "--check"])
    assert (result.exit_code, result.stdout.startswith("news: died")) == (1, True), result.stdout
    archive.sign(part(first), {})  # it had only been cut off
    assert archive.latest_runs(1)[0]["state"] == "running"


def test_the_clocks_of_machines_need_not_agree(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, hours in (("a", 3), ("b", -3)):
        away = dt.timedelta(hours=hours)
        monkeypatch.setattr("zsparkcrawl.keeping._now", lambda away=away: dt.datetime.now(dt.UTC) + away)
        run = team.joins(name)
        run.capture(Exchange(f"http://www.nhtp.org/{name}", "GET", 200, (), b"<html>", (), "", partial=False))
    moments = team.rows(
        "SELECT started FROM runs UNION ALL SELECT started FROM workers UNION ALL SELECT alive_at FROM workers "
        "UNION ALL SELECT time FROM captures"
    )
    told = [abs((dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(row[0])).total_seconds()) for row in moments]
    assert (len(told), max(told) < 60) == (7, True)
    assert {row["state"] for row in team.keeping("a").archive.workers()} == {"working"}


def test_a_capture_says_who_keeps_it(team: Team) -> None:
    run = team.joins("a")
    kept = run.capture(Exchange("http://www.nhtp.org/", "GET", 200, (), b"<html>", (), "", partial=False))
    assert team.rows("SELECT c.id, w.name, w.folder FROM captures c JOIN workers w ON w.id = c.worker_id") == [
        (kept.capture_id, "a", str(team.folder / "a" / "captures"))
    ]


def test_what_another_worker_keeps_is_told_in_one_line(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = team.joins("a").capture(Exchange("http://www.nhtp.org/", "GET", 200, (), b"<html>", (), "", partial=False))
    archive, there = team.keeping("b").archive, team.folder / "a" / "captures"
    capture = archive.capture(kept.capture_id)
    assert capture is not None
    assert page_of(there, capture).body == b"<html>"
    with pytest.raises(CaptureError, match=f"not here, but kept by the worker a on .* in {there}$"):
        page_of(team.folder / "b" / "captures", capture)
    for name, value in team.environ("b").items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, ["verify"])
    assert result.exit_code == 0, result.output
    assert "files that other workers keep, left out: 1" in result.stdout
    assert CliRunner().invoke(main, ["reread"]).exit_code == 3, "while workers are at work"
    there.rename(there.with_name("away"))
    monkeypatch.setenv("ZSPARK_DATA", str(team.folder / "a"))
    result = CliRunner().invoke(main, ["verify"])
    assert (result.exit_code, "is missing; 1 captures lie in it" in result.stdout) == (1, True)
    with pytest.raises(CaptureError, match=r"No such file or directory$"):  # this is where it ought to be
        page_of(there, capture)
    there.with_name("away").rename(there)


# -- turns -------------------------------------------------------------------------------------------

FIXED = Spacing(least=0.05, at_once=2)


def turn(run: Run, spacing: Spacing = FIXED, host: str = "park.example", seconds: float = 30) -> Turn | None:
    return run.archive.take_turn(host, part(run).worker_id, spacing, seconds)


def test_all_together_ask_no_faster_than_one_would(team: Team) -> None:
    runs = [team.joins(name) for name in "abcd"]
    runs[0].archive.enter_host("park.example", FIXED)
    taken: list[float] = []
    began = time.monotonic()

    def ask(run: Run) -> None:
        while len(taken) < 25:
            if (mine := turn(run)) is not None:
                taken.append(time.monotonic())
                run.archive.give_back(mine, FIXED, Answered())

    threads = [threading.Thread(target=ask, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken[-1] - began >= (len(taken) - 1) * 0.05, "one in each 50 ms at most"


def test_no_more_are_on_their_way_than_may_be(team: Team) -> None:
    runs = [team.joins(name) for name in "ab"]
    spacing = Spacing(least=0.0, at_once=2)
    runs[0].archive.enter_host("park.example", spacing)
    first, second = (turn(run, spacing) for run in runs)
    assert first is not None
    assert second is not None
    assert turn(runs[0], spacing) is None
    runs[0].archive.give_back(first, spacing, Answered())
    third = turn(runs[1], spacing)
    assert third is not None
    runs[0].archive.give_back(first, spacing, Answered())
    assert turn(runs[0], spacing) is None, "what was given back twice is the third's by now"
    team.silence(runs[1])
    runs[0].archive.sign(part(runs[0]), {})
    assert turn(runs[0], spacing) is not None, "a lost worker's requests are on their way no more"
    assert turn(runs[0], spacing, seconds=0) is not None
    assert turn(runs[0], spacing) is not None, "one that must have ended is none"


def test_a_host_that_wants_to_rest_is_asked_by_nobody(team: Team) -> None:
    first, second = team.joins("a"), team.joins("b")
    spacing = Spacing(least=0.0, at_once=8)
    first.archive.enter_host("park.example", spacing)
    mine = turn(first, spacing)
    assert mine is not None
    first.archive.give_back(mine, spacing, Answered(rest=20.0))
    assert turn(second, spacing) is None
    soon, rests = second.archive.until_turn("park.example")
    assert (soon <= 0, 15 < rests <= 20) == (True, True)


def test_the_delay_follows_the_answers_as_one_crawls_would(team: Team) -> None:
    run = team.joins("a")
    spacing = Spacing(least=0.5, at_once=9, adaptive=True, first=1.0, longest=4.0)

    def learnt(target: float, *, good: bool = True) -> float:
        team.change("UPDATE hosts SET next_at = 0")
        mine = turn(run, spacing)
        assert mine is not None
        run.archive.give_back(mine, spacing, Answered(target, good))
        return float(team.rows("SELECT delay FROM hosts")[0][0])

    run.archive.enter_host("park.example", spacing)
    assert team.rows("SELECT delay FROM hosts") == [(1.0,)]
    steps = [learnt(2.0), learnt(1.0), learnt(0.1, good=False), learnt(0.1), learnt(0.1), learnt(0.1), learnt(9.0)]
    assert steps == [2.0, 1.5, 1.5, 0.8, 0.5, 0.5, 4.0]
    run.archive.enter_host("park.example", spacing)
    assert team.rows("SELECT delay FROM hosts") == [(4.0,)], "the next worker does not begin anew"


# -- locks -------------------------------------------------------------------------------------------


def test_a_crawl_that_works_alone_keeps_other_machines_away(team: Team) -> None:
    alone = Keeping.hold(team.environ("alone"))
    try:
        for lapse in (None, LAPSE):
            with pytest.raises(LockedError, match="at work in the database"):
                Keeping.hold(team.environ("elsewhere"), lapse=lapse)
    finally:
        alone.release()
    assert LockedError.exit_code == 3
    team.keeping("a")
    team.keeping("b")
    with pytest.raises(LockedError, match="another crawl, or workers"):
        Keeping.hold(team.environ("elsewhere"))


def test_workers_share_a_folder_that_a_crawl_has_for_itself(team: Team) -> None:
    team.keepings["a"] = Keeping.hold(team.environ("one"), lapse=LAPSE)
    with pytest.raises(LockedError, match="another process is at work"):
        Keeping.hold({**team.environ("one"), "ZSPARK_DATABASE": f"sqlite:///{team.folder / 'x.sqlite'}"})


def test_a_lock_that_is_lost_with_its_connection_is_taken_anew(team: Team) -> None:
    archive = team.keeping("a").archive
    cut_off(archive)
    archive.check_lock()
    with pytest.raises(LockedError):
        Keeping.hold(team.environ("elsewhere"))
    cut_off(archive)
    alone = Keeping.hold(team.environ("elsewhere"))
    with pytest.raises(LockedError, match="a crawl that works alone"):
        archive.check_lock()
    alone.release()


def cut_off(archive: Archive) -> None:
    """As if the connections that hold locks broke."""
    with archive._alone() as connection:
        holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM ({holders}) AS holders")  # noqa: S608


def test_a_crawl_alone_gives_up_what_workers_left(team: Team) -> None:
    run = team.joins("a")
    show(run, range(1, 3))
    assert len(run.lease(9)) == 2
    team.keepings.pop("a").release()
    team.keepings["a"] = keeping = Keeping.hold(team.environ("alone"))
    assert len(keeping.start_run(**FACTS).lease(9)) == 2
    assert team.rows("SELECT state FROM runs ORDER BY id") == [("died",), ("running",)]
    assert team.rows("SELECT state FROM workers") == [("lost",)]


def test_a_worker_says_what_is_wrong_with_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.setenv("ZSPARK_DATABASE", "postgresql+psycopg://zspark:hunter2:5432/zspark")
    result = CliRunner().invoke(main, ["crawl", "--worker"])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "no database can be opened by this URL: its port is no number" in result.stderr
    assert "hunter2" not in result.stderr


def test_sqlite_has_no_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZSPARK_DATABASE", raising=False)
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(main, ["crawl", "--worker"])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "zsparkcrawl: --worker needs an archive on PostgreSQL (ZSPARK_DATABASE=postgresql+psycopg://…): "
        "SQLite takes one writer at a time"
    ]
    assert not (tmp_path / "data").exists()
    assert CliRunner().invoke(main, ["crawl", "--every", "24"]).exit_code == 2


# -- the end of a run --------------------------------------------------------------------------------


def test_what_all_counted_makes_the_end_of_the_run() -> None:
    others = [
        Told("a", "left", "finished", {"zspark/read": 2, "zspark/asked": 2, "spider_exceptions/KeyError": 1}),
        Told("b", "lost", "no sign of life", {"zspark/asked": 9, "zspark/failed": 1, "zspark/last_failure": "x: 500"}),
        Told("c", "left", "cannot_keep", {"zspark/fatal": "disk full", "pages": 3}),
    ]
    whole = merged({"zspark/read": 1, "zspark/asked": 1, "pages": 1}, others)
    assert whole == {
        "zspark/read": 3, "zspark/asked": 4, "spider_exceptions/KeyError": 1, "zspark/failed": 1,
        "zspark/last_failure": "x: 500", "pages": 4,
    }  # fmt: skip
    assert list(early_ends(others)) == ["the worker c ended early: disk full"]
    assert ended_for_all(others) is None
    failing = Told("d", "left", "failing", {"zspark/fatal": "20 failures in a row"})
    assert ended_for_all([*others, failing]) is failing
    assert merged({}, [failing])["zspark/fatal"] == "20 failures in a row"
