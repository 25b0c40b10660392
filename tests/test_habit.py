"""What the past of an archive says about a night: silence on ordinary ones, a word on each fault."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsparkcrawl.habit import Night, unusual

FIRST = dt.datetime(2025, 1, 1, 3, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def nights(seed: int, number: int = 120) -> list[Night]:
    """The past of a made-up site: how often it publishes, how well its pages tell title and date, and how much spam
    they hold is drawn once; each night then draws around that."""
    draw = random.Random(seed)
    often = draw.choice([0.05, 0.3, 1.0, 4.0])
    rates = {
        "with_title": draw.uniform(0.9, 1),
        "with_date": draw.choice([1.0, 0.98, 0.8, 0.4]),
        "with_body": draw.uniform(0.9, 1),
        "injected": draw.choice([0.0, 0.02, 0.3, 1.0]),
        "damaged": draw.choice([0.0, 0.05, 0.5]),
    }
    old = draw.randrange(20, 600)
    every = draw.randrange(5, 25)
    made = []
    for day in range(number):
        new = old if day == 0 else poisson(draw, often)
        kept = old + new if day == 1 or day % 30 == 29 else new + poisson(draw, 3 * often)
        counts = {name: sum(draw.random() < rate for _ in range(kept)) for name, rate in rates.items()}
        counts["injections"] = sum(draw.randrange(1, 6) for _ in range(counts["injected"]))
        counts["damages"] = sum(draw.randrange(1, 6) for _ in range(counts["damaged"]))
        pages = draw.choice([2, 2, 2, 9])
        counts |= {"kept": kept, "new": new, "listings": pages, "rows": pages * every - draw.randrange(every)}
        made.append(Night(FIRST + day * DAY, "good", {k: n for k, n in counts.items() if n}, {}))
    return made


def poisson(draw: random.Random, mean: float) -> int:
    number, left = 0, draw.expovariate(1)
    while left < mean:
        number, left = number + 1, left + draw.expovariate(1)
    return number


def test_ordinary_nights_give_no_alarm() -> None:
    """60 sites of 120 nights: 7,200 nights."""
    said = []
    for seed in range(60):
        made = nights(seed)
        for index, night in enumerate(made):
            said += [(seed, index, reason) for reason in unusual(made[:index], night)]
    assert len(said) <= 3, said


@given(st.integers(min_value=1000), st.integers(min_value=2, max_value=60))
def test_a_night_like_one_before_is_none_to_tell_of(seed: int, number: int) -> None:
    made = nights(seed, number)
    again = replace(made[-1], started=made[-1].started + DAY)
    new = {"new": again.counts.get("new", 1) or 1}
    assert unusual(made * 2, replace(again, counts={**again.counts, **new})) == []


def steady(number: int = 40, **counts: int) -> list[Night]:
    usual = {
        "kept": 12, "with_title": 12, "with_date": 12, "with_body": 12, "injected": 1, "injections": 2, "new": 3,
        "listings": 2, "rows": 40, "listed": 1,
    }  # fmt: skip
    return [Night(FIRST + day * DAY, "good", {**usual, **counts}, {}) for day in range(number)]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"with_date": 2}, "only 2 of 12 articles have a date"),
        ({"with_title": 1}, "only 1 of 12 articles have a title"),
        ({"with_body": 0}, "only 0 of 12 articles have a text"),
        ({"injected": 11, "injections": 12}, "11 of 12 articles hold spam"),
        ({"damaged": 9, "damages": 9}, "9 of 12 articles hold damage"),
        ({"rows": 6}, "3 articles on a listing page, at least 20 used to be"),
    ],
)
def test_each_fault_has_its_reason(fault: dict[str, int], said: str) -> None:
    past = steady()
    now = replace(past[-1], started=past[-1].started + DAY, counts={**past[-1].counts, **fault})
    (reason,) = unusual(past, now)
    assert reason.startswith(said)
    assert unusual(past[:1], now) == [], "one night is no past"
    assert unusual(past, replace(now, arguments={"limit": "12"})) == [], "a look is no night"


def test_pages_that_always_held_spam_and_now_hold_far_more() -> None:
    past = steady(injected=12, injections=24)
    now = replace(past[-1], counts={**past[-1].counts, "injections": 120})
    assert unusual(past, now) == ["10.0 pieces of spam in an article, at most 2.0 used to be"]
    assert unusual(past, replace(now, counts={**now.counts, "injections": 50})) == []


def test_a_full_run_is_held_against_full_runs() -> None:
    """The old pages have no dates; the new ones all do."""
    old = {"kept": 400, "with_title": 400, "with_date": 150, "with_body": 400}
    past = [Night(FIRST, "good", {**old, "new": 400}, {}), *(replace(n, started=n.started + DAY) for n in steady())]
    after = past[-1].started + DAY
    assert unusual(past, Night(after, "good", old, {"full": "1"})) == []
    assert unusual(past, Night(after, "good", {**past[-1].counts, "with_date": 3}, {})) != []


def test_silence_is_measured_by_the_habit_of_the_site() -> None:
    quiet = {"kept": 1, "listings": 2, "rows": 40}
    past = steady(40)
    last = past[-1].started
    silent = [Night(last + day * DAY, "good", quiet, {}) for day in range(1, 20)]
    said = [unusual([*past, *silent[:number]], night) for number, night in enumerate(silent)]
    assert [bool(reasons) for reasons in said] == [False] * 14 + [True] * 5
    assert said[14] == ["nothing new for 15 days, every day used to be usual"]
    weekly = [replace(n, counts={**n.counts, "new": 0 if i % 7 else 1}) for i, n in enumerate(steady(60))]
    later = Night(weekly[-1].started + 20 * DAY, "good", quiet, {})
    assert unusual([*weekly, *(replace(later, started=later.started - n * DAY) for n in (3, 2, 1))], later) == []


def test_far_fewer_new_articles_than_in_any_month() -> None:
    past = steady(28 * 5 + 1)
    few = [replace(n, counts={**n.counts, "new": i % 9 == 0}) for i, n in enumerate(steady(28))]
    few = [replace(night, started=past[-1].started + (i + 1) * DAY) for i, night in enumerate(few)]
    assert unusual([*past, *few[:-1]], few[-1]) == ["4 new articles in four weeks, at least 84 used to be"]
    assert unusual([*past, *few[:14]], few[14]) == []


def test_what_lasts_becomes_the_habit() -> None:
    past = steady(30)
    bad = {**past[-1].counts, "with_date": 2}
    reasons, made = [], list(past)
    for day in range(1, 30):
        night = Night(past[-1].started + day * DAY, "good", bad, {})
        found = unusual(made, night)
        reasons.append(bool(found))
        made.append(replace(night, state="suspicious" if found else "good"))
    assert all(reasons[:14])
    assert not reasons[-1], "it has been told for weeks"
    one = [*past, Night(past[-1].started + DAY, "suspicious", bad, {})]
    assert unusual(one, replace(past[-1], started=past[-1].started + 2 * DAY)) == []
