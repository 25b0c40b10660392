"""Which articles are meant: each filter alone, all together, and as of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click
import pytest

from tests.raw import change
from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.cli.options import DayType
from zsparkcrawl.edits import Damage, Edit
from zsparkcrawl.items import Article

FIRST = dt.datetime(2024, 3, 1, 8, tzinfo=dt.UTC)
SECOND = dt.datetime(2024, 5, 1, 23, 59, 59, tzinfo=dt.UTC)
THIRD = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)

HEALTHY = Article(
    "nhtp",
    "news",
    "1",
    "u1",
    title="园区开放",
    date=dt.date(2024, 2, 3),
    source="园区办公室",
    author="林青",
    body="正文",
)
MENDED = replace(
    HEALTHY, native_id="2", url="u2", title="产业发展", edits={"title": (Edit("annotations", 1, "(yè)", ""),)}
)
GUESSED = replace(
    HEALTHY, native_id="3", url="u3", author=None, edits={"body": (Edit("gbk", 0, "?", "正", "inferred"),)}
)
BROKEN = replace(HEALTHY, section="notices", native_id="4", url="u4", damaged={"body": (Damage(0, 1, "lost"),)})
OTHER = replace(HEALTHY, site="river", native_id="5", url="u5", source="市科技局", date=None)


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        for article in (HEALTHY, MENDED, GUESSED, BROKEN, OTHER):
            opened.store(article, run_id=None, capture_id=None, now=FIRST)
        yield opened


def found(archive: Archive, **filters: Any) -> list[str]:
    meant = Filters(**filters)
    rows = [row["native_id"] for row in archive.articles(meant)]
    assert archive.count(meant) == len(rows)
    assert [row["native_id"] for row in archive.articles(meant, columns=["native_id"])] == rows
    return rows


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, ["1", "2", "3", "5", "4"]),
        ({"clean": True}, ["1", "2", "5"]),
        ({"repaired": True}, ["2", "3"]),
        ({"clean": True, "repaired": True}, ["2"]),
        ({"source": "科技"}, ["5"]),
        ({"author": "林青"}, ["1", "2", "5", "4"]),
        ({"author": "林%"}, []),
        ({"site": "river"}, ["5"]),
        ({"text": "產業"}, ["2"]),
        ({"since": dt.date(2024, 2, 3), "until": dt.date(2024, 2, 3)}, ["1", "2", "3", "4"]),
        ({"gone": True}, []),
        ({"gone": False, "section": "notices"}, ["4"]),
        (
            {"site": "nhtp", "section": "news", "text": "正文", "source": "办公室", "clean": True, "repaired": True},
            ["2"],
        ),
    ],
)
def test_each_filter(archive: Archive, filters: dict[str, Any], numbers: list[str]) -> None:
    assert found(archive, **filters) == numbers


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"disputed": True}, ["2", "3"]),
        ({"gaps": True}, ["3"]),
        ({"witnesses": 2}, ["2", "3", "4"]),
        ({"witnesses": 3, "disputed": True}, ["3"]),
        ({"witnesses": 1}, ["1", "2", "3", "5", "4"]),
        ({"disputed": True, "as_of": dt.date(2024, 2, 1)}, []),
    ],
)
def test_what_the_copies_tell_may_be_asked_for(archive: Archive, filters: dict[str, Any], numbers: list[str]) -> None:
    told = {
        "2": "witness_count = 2, disputed = 1",
        "3": "witness_count = 3, disputed = 4, gaps = 1",
        "4": "witness_count = 2",
    }
    for number, values in told.items():
        change(archive, f"UPDATE articles SET {values} WHERE native_id = '{number}'")  # noqa: S608 - as above
    assert found(archive, **filters) == numbers


def test_as_of_a_day_is_what_was_held_then(archive: Archive) -> None:
    changed = replace(HEALTHY, title="园区关闭", body="另一篇完全不同的文字，讲的是别的事情。")
    assert archive.store(changed, run_id=None, capture_id=None, now=SECOND) == "version"
    later = replace(HEALTHY, native_id="6", url="u6")
    archive.store(later, run_id=None, capture_id=None, now=SECOND)
    archive.mark_gone(1, THIRD, "404")

    def title(**filters: Any) -> list[str]:
        return [row["title"] for row in archive.articles(Filters(**filters)) if row["native_id"] == "1"]

    assert found(archive, as_of=dt.date(2024, 2, 29)) == []
    assert "6" not in found(archive, as_of=dt.date(2024, 4, 30))
    assert "6" in found(archive, as_of=dt.date(2024, 5, 1))
    assert title(as_of=dt.date(2024, 4, 30)) == ["园区开放"]
    assert title(as_of=dt.date(2024, 5, 1)) == title() == ["园区关闭"]
    # the other filters mean the state of that day, too
    assert title(as_of=dt.date(2024, 4, 30), text="关闭") == []
    assert title(as_of=dt.date(2024, 6, 30), gone=True) == []
    assert title(as_of=dt.date(2024, 7, 1), gone=True) == ["园区关闭"]
    (row,) = (row for row in archive.articles(Filters(as_of=dt.date(2024, 4, 30))) if row["native_id"] == "1")
    assert (row["version"], row["last_seen"], row["gone_at"], row["gone_reason"]) == (1, None, None, None)


def test_edits_beside_are_those_of_the_state_shown(archive: Archive) -> None:
    archive.store(replace(MENDED, title="产业兴旺", edits={}), run_id=None, capture_id=None, now=SECOND)

    def rules(day: dt.date | None) -> list[str]:
        rows = archive.articles(Filters(as_of=day, site="nhtp"), beside=["edits", "injections"])
        (row,) = (row for row in rows if row["native_id"] == "2")
        assert row["injections"] == []
        return [each["rule"] for each in row["edits"]]

    assert rules(dt.date(2024, 4, 1)) == ["annotations"]
    assert rules(None) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        (" 2024-05-06 ", "2024-05-06", "2024-05-06"),
    ],
)
def test_a_year_and_a_month_are_periods(text: str, first: str, last: str) -> None:
    assert str(DayType("first").convert(text, None, None)) == first
    assert str(DayType("last").convert(text, None, None)) == last


@pytest.mark.parametrize(
    "text", ["", "0000", "2019-13", "2019-02-30", "19", "2019-", "２０１９", "2019-05-06T08", "yesterday"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    for end in ("first", "last"):
        with pytest.raises(click.BadParameter, match="is no day, month or year"):
            DayType(end).convert(text, None, None)  # type: ignore[arg-type]
