"""From the archive's sums to the figures of a report: pure functions over rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from zsparkcrawl.report.numbers import (
    Account,
    Fill,
    Gap,
    Headline,
    Hosted,
    Monthly,
    Numbering,
    Repairs,
    RuleCount,
    Run,
    Spam,
    State,
)
from zsparkcrawl.rules import why_of
from zsparkcrawl.spam.families import family_of

__all__ = [
    "accounts_of",
    "fill_of",
    "gaps_of",
    "headline_of",
    "hosts_of",
    "months_between",
    "months_of",
    "numbering_of",
    "repairs_of",
    "rules_of",
    "runs_of",
    "section_name",
    "spam_of",
    "states_of",
]

Row = Mapping[str, Any]

_PARTS = 60
"""Parts of a range of numbers whose coverage is told; chosen for what a plot can show."""
_RANGES = 20
"""Ranges of missing numbers that are told, the longest; chosen."""


def section_name(row: Row, *, several: bool) -> str:
    """What a section is called: with its site where there are several, "-" for pages of no section.

    >>> section_name({"site": "nhtp", "section": None}, several=True)
    'nhtp -'
    """
    section = row["section"] or "-"
    return f"{row['site']} {section}" if several else section


def headline_of(rows: Sequence[Row]) -> Headline:
    """The figures over all articles, from rows of :meth:`Archive.tally_articles`."""
    named = ("articles", "dated", "with_author", "with_source", "damaged", "injected", "characters", "edits")
    sums = {name: sum(row[name] for row in rows) for name in (*named, "inferred", "spots", "versions")}
    untouched = sums["articles"] - sum(row["repaired"] for row in rows)
    first = min((row["first_day"] for row in rows if row["first_day"]), default=None)
    last = max((row["last_day"] for row in rows if row["last_day"]), default=None)
    return Headline(**sums, untouched=untouched, first_day=first, last_day=last)


def months_of(rows: Sequence[Row], names: Mapping[int, str]) -> tuple[Monthly, ...]:
    """Articles by month and section; ``names`` has the section's name by the place of a row."""
    counts: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(rows):
        if row["month"]:
            counts[row["month"], names[number]] += row["articles"]
    return tuple(Monthly(month, section, count) for (month, section), count in sorted(counts.items()))


def months_between(first: str, last: str) -> list[str]:
    """All months from one to another, both included; none where the second is earlier.

    >>> months_between("2025-11", "2026-02")
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1)]


def gaps_of(months: Iterable[Monthly]) -> tuple[Gap, ...]:
    """Months in a row without an article, section by section.

    >>> gaps_of([Monthly("2025-11", "news", 3), Monthly("2026-02", "news", 1)])
    (Gap(section='news', first='2025-12', last='2026-01', months=2),)
    """
    by_section: dict[str, list[str]] = defaultdict(list)
    for each in months:
        by_section[each.section].append(each.month)
    return tuple(
        Gap(section, between[0], between[-1], len(between))
        for section, own in sorted(by_section.items())
        for before, after in pairwise(own)
        if (between := months_between(before, after)[1:-1])
    )


def numbering_of(numbers: Iterable[Row], *, several: bool, most: int | None = _RANGES) -> tuple[Numbering, ...]:
    """The numbers of each section, from rows of :meth:`Archive.native_ids`; numbers that are none, as qnsq/12, are left
    out. ``most`` of the missing ranges are told, all with None. Of each section its numbers are held, and nothing
    else."""
    grouped = groupby(numbers, lambda row: section_name(row, several=several))
    found = ((section, sorted({int(row["native_id"]) for row in own if _is_number(row)})) for section, own in grouped)
    return tuple(_numbering(section, stored, most) for section, stored in found if stored)


def _is_number(row: Row) -> bool:
    number: str = row["native_id"]
    return number.isascii() and number.isdigit() and len(number) < 16


def _numbering(section: str, stored: Sequence[int], most: int | None) -> Numbering:
    lowest, highest = stored[0], stored[-1]
    ranges = [(a + 1, b - 1) for a, b in pairwise(stored) if b - a > 1]
    longest = sorted(sorted(ranges, key=lambda each: each[0] - each[1])[:most])
    size = highest - lowest + 1
    parts = min(_PARTS, size)
    counts = Counter((number - lowest) * parts // size for number in stored)
    lengths = [-(-(part + 1) * size // parts) - -(-part * size // parts) for part in range(parts)]
    coverage = tuple(round(counts[part] / length, 4) for part, length in enumerate(lengths))
    missing = size - len(stored)
    return Numbering(section, lowest, highest, len(stored), missing, tuple(longest), len(ranges), coverage)


def accounts_of(rows: Iterable[Row], *, several: bool) -> tuple[Account, ...]:
    """What became of the rows of listings."""
    return tuple(Account(section_name(row, several=several), row["account"], row["rows"]) for row in rows)


def fill_of(rows: Iterable[Row], width: int) -> tuple[Fill, ...]:
    """Fill rates by period; ``width`` is the length of a period's name: 4 for years, 7 for months."""
    summed = _by_period(rows, width, ("articles", "dated", "with_author", "with_source"))
    return tuple(Fill(period, *sums) for period, sums in summed)


def states_of(rows: Iterable[Row], width: int) -> tuple[State, ...]:
    """Repairs and damage by period."""
    summed = _by_period(rows, width, ("articles", "repaired", "damaged", "spots"))
    return tuple(State(period, *sums) for period, sums in summed)


def hosts_of(rows: Sequence[Row], width: int) -> tuple[Hosted, ...]:
    """Repairs and damage by host and period, the host with the most articles first."""
    own: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        own[row["host"]].append(row)
    order = sorted(own, key=lambda host: (-sum(row["articles"] for row in own[host]), host))
    names = ("articles", "repaired", "edits", "damaged", "spots")
    return tuple(Hosted(host, period, *sums) for host in order for period, sums in _by_period(own[host], width, names))


def _by_period(rows: Iterable[Row], width: int, names: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(names))
    for row in rows:
        if row["month"]:
            period = sums[row["month"][:width]]
            for place, name in enumerate(names):
                period[place] += row[name]
    yield from sorted(sums.items())


def rules_of(edits: Iterable[Row]) -> tuple[RuleCount, ...]:
    """Edits by rule, from rows of :meth:`Archive.tally_edits`, the most first."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in edits:
        counts[row["rule"], row["certainty"]] += row["edits"]
    rules = {rule for rule, _ in counts}
    order = sorted(rules, key=lambda rule: (-counts[rule, "certain"] - counts[rule, "inferred"], rule))
    return tuple(RuleCount(rule, counts[rule, "certain"], counts[rule, "inferred"], why_of(rule)) for rule in order)


def repairs_of(edits: Iterable[Row], width: int) -> tuple[Repairs, ...]:
    """Edits by period and rule."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in edits:
        if row["month"]:
            counts[row["month"][:width], row["rule"]] += row["edits"]
    return tuple(Repairs(period, rule, count) for (period, rule), count in sorted(counts.items()))


def spam_of(rows: Iterable[Row]) -> tuple[Spam, ...]:
    """Injections by family and month, from rows of :meth:`Archive.tally_injections`, the family on most pages first."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        count = counts[family_of(row["phrase"]), row["month"]]
        count[0] += row["injections"]
        count[1] += row["pages"]
    pages: Counter[str] = Counter()
    for (family, _), (_, number) in counts.items():
        pages[family] += number
    order = sorted(counts, key=lambda key: (-pages[key[0]], key))
    return tuple(Spam(family, month, *counts[family, month]) for family, month in order)


def runs_of(runs: Iterable[Row], *, several: bool) -> tuple[Run, ...]:
    """The runs, the oldest first, from rows of the ledger."""
    return tuple(sorted((_run(row, several=several) for row in runs), key=lambda run: run.id))


def _run(row: Row, *, several: bool) -> Run:
    seconds = None
    if row["ended"]:
        begun, ended = (dt.datetime.fromisoformat(row[name]) for name in ("started", "ended"))
        seconds = max(round((ended - begun).total_seconds()), 0)
    counts = row["counts"]
    return Run(
        id=row["id"],
        section=section_name(row, several=several),
        started=row["started"],
        seconds=seconds,
        state=row["state"],
        reason=row["reason"] or "",
        read=counts.get("read", 0),
        failed=counts.get("failed", 0) + counts.get("unreadable", 0),
    )
