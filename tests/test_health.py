"""What `zsparkcrawl status` says at a glance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zsparkcrawl.health import check_code, healths

NOW = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)


def run(days: float, state: str = "good", section: str = "news", **more: Any) -> dict[str, Any]:
    began = (NOW - dt.timedelta(days=days)).isoformat()
    reason = {"good": "all read", "died": None}.get(state, "no article is linked on 1 listing page")
    usual = {"site": "nhtp", "section": section, "start_url": None, "arguments": {"site": "nhtp"}}
    return {**usual, "state": state, "reason": reason, "started": began, "ended": began, **more}


NIGHTS = [run(n + 0.125) for n in range(5)]


@pytest.mark.parametrize(
    ("runs", "line", "code"),
    [
        (NIGHTS, "news: good, 3 hours ago", 0),
        ([], "nothing has run yet", 1),
        (NIGHTS[4:], "news: good, 4 days ago", 0),
        (
            [run(0.125, "suspicious"), *NIGHTS[1:]],
            "news: suspicious, 3 hours ago: no article is linked on 1 listing page",
            2,
        ),
        (
            [run(0.125, "suspicious"), run(1.125, "failed"), *NIGHTS[2:]],
            "news: suspicious, 3 hours ago, not good for 2 runs since 2026-11-21: no article is linked on 1 listing page",
            2,
        ),
        ([run(0.125, "died"), *NIGHTS[1:]], "news: died, 3 hours ago: its process ended without a word", 1),
        ([run(0.01, "running", ended=None), *NIGHTS], "news: running for 14 minutes", 0),
        ([run(-1.25), *NIGHTS], "news: good, 1 day ahead of the clock", 0),
        ([run(-0.125, "running", ended=None), *NIGHTS], "news: running for a moment", 0),
        (
            [run(4 + n) for n in range(5)],
            "news: good, 4 days ago; nothing has run for 4 days, every 1 day used to be usual",
            1,
        ),
        ([run(0.01, "failed", arguments={"limit": "5"}), *NIGHTS], "news: good, 3 hours ago", 0),
        ([run(0.01, "failed", start_url="http://127.0.0.1:1/news/"), *NIGHTS], "news: good, 3 hours ago", 0),
        ([run(0.125, start_url="http://127.0.0.1:1/news/")], "news: good, 3 hours ago", 0),
    ],
)
def test_a_section_in_one_line(runs: list[dict[str, Any]], line: str, code: int) -> None:
    (health,) = found = healths(runs, NOW)
    assert (health.line, check_code(found)) == (line, code)


def test_each_section_has_its_line_and_the_worst_counts() -> None:
    found = healths([run(0.1, "suspicious", "notices"), run(0.1), run(0.1, "failed", site="riverside")], NOW)
    assert [health.line.partition(",")[0] for health in found] == [
        "nhtp news: good", "nhtp notices: suspicious", "riverside news: failed",
    ]  # fmt: skip
    assert check_code(found) == 1
    assert check_code(found[:2]) == 2
