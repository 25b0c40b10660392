"""Whether a run is like the runs before it: pure judgement of what was counted, without clock or SQL.

A night is held against the archive's own past and nothing else. Where the past is short, nothing is said: an alarm
that is false twice is not read the third time. All thresholds are chosen. They spoke on 13 of 48,000 simulated nights
(4 of 400 ordinary sites), made as in tests/test_habit.py.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

__all__ = ["Night", "is_comparable", "unusual"]

_PARTIAL = frozenset(["limit", "ids", "since", "until"])
"""Arguments with which a crawl sees a part only."""

_ENOUGH_READ = 20
"""Articles that the past must have read before a share of them means anything."""
_LIKE = 8
"""A night is held against nights that read up to so many times more or fewer articles: a full run reads old pages,
which are of another make than those of the week."""
_UNLIKELY = 1e-5
"""Chance under which a share is no coincidence any more."""
_WORSE = 0.2
"""How much worse a share must be: a drift of some percent is no reason to wake anybody."""
_AT_LEAST = 3
"""So many articles must be affected."""
_BEST, _TIMES = 0.02, 3.0
"""No past is believed to be better than 98 %; and a mean must be three times the highest that there was."""
_SHRUNK = 0.5
"""Of the articles that a listing page used to show, what may be missing."""
_ENOUGH_RUNS = 5
_SILENCE, _LONGEST = dt.timedelta(days=14), dt.timedelta(days=90)
_TIMES_SILENT, _TIMES_LONGEST, _ENOUGH_GAPS = 8, 1.25, 10
"""Silence is told after 14 days at the earliest, after eight times the usual gap, and when it is longer than all
before: where articles come at random, one gap in 250 (e^-5.5) is eight times the median. A gap of more than 90 days
was one of the crawler."""
_MONTH, _FEWER, _ENOUGH_NEW = dt.timedelta(days=28), 8, 10
_USED_TO_IT = dt.timedelta(days=14)
"""What a run was suspicious for is habit after so long, unless it ended: it has been told often enough."""


@dataclass(frozen=True, slots=True)
class Night:
    """One run as the ledger has it: when it began (aware), its arguments, how it ended, what it counted."""

    started: dt.datetime
    state: str
    counts: Mapping[str, int]
    arguments: Mapping[str, str]

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """The night of a row of the table runs."""
        return cls(dt.datetime.fromisoformat(row["started"]), row["state"], row["counts"], row["arguments"])

    def share(self, name: str) -> tuple[int, int]:
        """How many of the articles that it read were counted so, and how many it read."""
        return self.counts.get(name, 0), self.counts.get("kept", 0)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A share of the articles read: its count, what those are called that it counts, and whether they are the good
    ones."""

    count: str
    words: str
    good: bool


_MEASURES = (
    _Measure("with_title", "have a title", True),
    _Measure("with_date", "have a date", True),
    _Measure("with_body", "have a text", True),
    _Measure("injected", "hold spam", False),
    _Measure("damaged", "hold damage that no rule mends", False),
)
_MEANS = (("injections", "pieces of spam"), ("damages", "damaged spots"))


def is_comparable(arguments: Mapping[str, str]) -> bool:
    """Whether a run with these arguments looks at all there is, and so tells anything about other nights.

    >>> is_comparable({"site": "nhtp", "full": "1"}), is_comparable({"limit": "5"})
    (True, False)
    """
    return not _PARTIAL & arguments.keys()


def unusual(past: Sequence[Night], now: Night) -> list[str]:
    """What is wrong with a run, each in a few words, judged by the runs of the same listings before it; nothing when
    all is as ever, and when the past is too short to tell.

    >>> day, month = dt.timedelta(days=1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> past = [Night(month + n * day, "good", {"kept": 8, "with_date": 8, "new": 1}, {}) for n in range(20)]
    >>> unusual(past, Night(month + 20 * day, "good", {"kept": 9, "with_date": 9, "new": 1}, {}))
    []
    >>> unusual(past, Night(month + 20 * day, "good", {"kept": 9, "with_date": 1, "new": 1}, {}))
    ['only 1 of 9 articles have a date, 160 of 160 used to']
    """
    if not is_comparable(now.arguments):
        return []
    comparable = sorted((night for night in past if is_comparable(night.arguments)), key=lambda night: night.started)
    trusted = [night for night in comparable if _is_habit(night, now.started)]
    found = [*_shares(trusted, now), *_means(trusted, now), *_listings(trusted, now)]
    ended = [night for night in comparable if night.state in ("good", "suspicious")]
    return [*found, *_silence(ended, now)]


def _is_habit(night: Night, now: dt.datetime) -> bool:
    return night.state == "good" or (night.state == "suspicious" and now - night.started > _USED_TO_IT)


def _like(past: Sequence[Night], now: Night) -> list[Night]:
    """The nights that read about as many articles."""
    read = now.counts.get("kept", 0)
    return [
        night for night in past if 0 < night.counts.get("kept", 0) <= read * _LIKE <= night.counts["kept"] * _LIKE**2
    ]


def _shares(past: Sequence[Night], now: Night) -> Iterator[str]:
    like = _like(past, now)
    for measure in _MEASURES:
        shares = [night.share(measure.count) for night in like]
        counted, read = sum(share[0] for share in shares), sum(share[1] for share in shares)
        of_now = now.share(measure.count)
        if read < _ENOUGH_READ:
            continue
        bad, all_bad = ((n - k if measure.good else k) for k, n in (of_now, (counted, read)))
        if _is_worse(bad, of_now[1], all_bad, read):
            only = "only " if measure.good else ""
            yield f"{only}{of_now[0]} of {of_now[1]} articles {measure.words}, {counted} of {read} used to"


def _is_worse(bad: int, number: int, past_bad: int, past_number: int) -> bool:
    """Whether so many bad ones of a number are far more than the past lets expect."""
    expected = max(_BEST, (past_bad + 0.5) / (past_number + 1))
    return bad >= _AT_LEAST and bad / number >= expected + _WORSE and _chance_of(bad, number, expected) < _UNLIKELY


def _chance_of(least: int, number: int, share: float) -> float:
    """The chance of at least so many of a number, each of which is one with the chance ``share``.

    >>> round(_chance_of(2, 2, 0.5), 3), round(_chance_of(1, 3, 0.1), 3)
    (0.25, 0.271)
    """
    if share >= 1:
        return 1.0
    return sum(
        math.exp(
            math.lgamma(number + 1) - math.lgamma(k + 1) - math.lgamma(number - k + 1)
            + k * math.log(share) + (number - k) * math.log1p(-share)
        )
        for k in range(least, number + 1)
    )  # fmt: skip


def _means(past: Sequence[Night], now: Night) -> Iterator[str]:
    """Pages that always held some spam or damage, and now hold far more."""
    like = [night for night in _like(past, now) if night.counts["kept"] >= _AT_LEAST]
    kept = now.counts.get("kept", 0)
    if len(like) < _ENOUGH_RUNS or kept < _AT_LEAST:
        return
    for name, words in _MEANS:
        affected = now.counts.get("injected" if name == "injections" else "damaged", 0)
        highest = max(night.counts.get(name, 0) / night.counts["kept"] for night in like)
        mean = now.counts.get(name, 0) / kept
        if highest and affected >= max(_ENOUGH_RUNS, kept / 2) and mean > max(_TIMES * highest, highest + 2):
            yield f"{mean:.1f} {words} in an article, at most {highest:.1f} used to be"


def _listings(past: Sequence[Night], now: Night) -> Iterator[str]:
    """Listing pages that show far fewer articles each."""
    rows = [night.counts["rows"] / night.counts["listings"] for night in past if _has_rows(night)]
    if len(rows) < _ENOUGH_RUNS or not _has_rows(now):
        return
    least, found = min(rows), now.counts["rows"] / now.counts["listings"]
    if least - found >= _AT_LEAST and found < _SHRUNK * least:
        yield f"{found:.0f} articles on a listing page, at least {least:.0f} used to be"


def _has_rows(night: Night) -> bool:
    return bool(night.counts.get("rows") and night.counts.get("listings"))


def _silence(past: Sequence[Night], now: Night) -> Iterator[str]:
    """A site that used to publish, and does no more."""
    if now.counts.get("new"):
        yield from _fewer([*past, now], now)
        return
    with_new = [night.started for night in past if night.counts.get("new")]
    gaps = [later - earlier for earlier, later in pairwise(with_new)]
    if len(gaps) < _ENOUGH_GAPS:
        yield from _fewer([*past, now], now)
        return
    usual, silent = sorted(gaps)[len(gaps) // 2], now.started - with_new[-1]
    nights = sum(night.started > with_new[-1] for night in past)
    longest = min(max(gaps), _LONGEST)
    if silent > max(_SILENCE, _TIMES_SILENT * usual, _TIMES_LONGEST * longest) and nights >= _AT_LEAST:
        yield f"nothing new for {_days(silent)}, every {_days(usual)} used to be usual"
    else:
        yield from _fewer([*past, now], now)


def _fewer(nights: Sequence[Night], now: Night) -> Iterator[str]:
    """Far fewer new articles in four weeks than in any four weeks before. The first run, which finds all that there
    ever was, is in none of them."""
    months: list[int] = []
    end = now.started
    while nights and end - _MONTH > nights[0].started:
        within = [night for night in nights if end - _MONTH < night.started <= end]
        if len(within) >= _ENOUGH_RUNS:  # of a month without runs nothing is known
            months.append(sum(night.counts.get("new", 0) for night in within))
        elif end == now.started:
            return
        end -= _MONTH
    least = min(months[1:], default=0)
    if len(months) > _AT_LEAST and least >= _ENOUGH_NEW and months[0] * _FEWER < least:
        yield f"{months[0]} new articles in four weeks, at least {least} used to be"


def _days(span: dt.timedelta) -> str:
    days = max(1, round(span / dt.timedelta(days=1)))
    return "day" if days == 1 else f"{days} days"
