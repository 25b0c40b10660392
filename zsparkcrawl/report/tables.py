"""The numbers behind each plot as a table: the words of its heads, and its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from zsparkcrawl.report.numbers import Numbers
from zsparkcrawl.report.words import STATES

__all__ = ["TABLES", "Cell", "Named", "Table"]

_RUNS = 60
"""Runs of the table, the latest: the plot shows more. Chosen."""


@dataclass(frozen=True, slots=True)
class Named:
    """A cell that a reader may be shown in another language: a word of :data:`zsparkcrawl.report.words.WORDS`."""

    word: str


Cell = str | int | float | None | Named


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and rows; a head that is no word is shown as it is. ``note`` is a word that stands below."""

    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str | None = None


def _articles(numbers: Numbers) -> Table:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in numbers.months:
        counts[each.month][each.section] += each.articles
    rows: list[tuple[Cell, ...]] = [
        (month, *(counts[month][section] for section in numbers.sections)) for month in sorted(counts)
    ]
    if numbers.undated:
        rows.append((Named("undated"), numbers.undated, *[None] * (len(numbers.sections) - 1)))
    return Table((Named("month"), *numbers.sections), tuple(rows))


def _calendar(numbers: Numbers) -> Table:
    rows = ((each.section, each.first, each.last, each.months) for each in numbers.gaps)
    return Table(_named("section", "from", "to", "months"), tuple(rows))


def _numbering(numbers: Numbers) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in numbers.numbering:
        told = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in each.ranges)
        more = f" ({len(each.ranges)}/{each.ranges_in_all})" if each.ranges_in_all > len(each.ranges) else ""
        rows.append((each.section, str(each.lowest), str(each.highest), each.stored, each.missing, told + more))
    return Table(_named("section", "lowest", "highest", "stored", "missing", "ranges"), tuple(rows))


def _accounts(numbers: Numbers) -> Table:
    rows = ((each.section, Named(each.state), each.rows) for each in numbers.accounts)
    return Table(_named("section", "state", "rows"), tuple(rows))


def _fill(numbers: Numbers) -> Table:
    rows = ((each.period, each.articles, each.date, each.author, each.source) for each in numbers.fill)
    return Table(_named("period", "articles", "date", "author", "source"), tuple(rows))


def _rules(numbers: Numbers) -> Table:
    rows = ((each.rule, each.certain, each.inferred, Named(f"rule {each.rule}")) for each in numbers.rules)
    return Table(_named("rule", "certain", "inferred", "what"), tuple(rows))


def _repairs(numbers: Numbers) -> Table:
    return _crossed("period", [(each.period, each.rule, each.edits) for each in numbers.repairs])


def _states(numbers: Numbers) -> Table:
    rows = ((each.period, each.articles, each.repaired, each.damaged, each.spots) for each in numbers.states)
    return Table(_named("period", "articles", "repaired", "damaged", "spots"), tuple(rows))


def _hosts(numbers: Numbers) -> Table:
    rows = (
        (each.host, each.period, each.articles, each.repaired, each.edits, each.damaged, each.spots)
        for each in numbers.hosts
    )
    heads = _named("host", "period", "articles", "repaired", "edits", "damaged", "spots")
    return Table(heads, tuple(rows))


def _spam(numbers: Numbers) -> Table:
    rows = ((Named(each.family), each.month, each.injections, each.pages) for each in numbers.spam)
    return Table(_named("family", "month", "injections", "pages"), tuple(rows))


def _runs(numbers: Numbers) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for run in reversed(numbers.runs[-_RUNS:]):
        minutes = None if run.seconds is None else round(run.seconds / 60, 1)
        rows.append(
            (str(run.id), run.section, run.started, minutes, Named(run.state), run.reason, run.read, run.failed)
        )
    heads = _named("run", "section", "started", "minutes", "state", "reason", "read_pages", "failed_pages")
    return Table(heads, tuple(rows), "shown_runs" if numbers.runs_in_all > len(rows) else None)


def _outcomes(numbers: Numbers) -> Table:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for run in numbers.runs:
        counts[run.started[:7]].update(
            {run.state: 1, "pages that failed": run.failed, "pages that were read": run.read}
        )
    states = [state for state in STATES if any(run.state == state for run in numbers.runs)]
    columns = (*states, "pages that were read", "pages that failed")
    rows: list[tuple[Cell, ...]] = [(month, *(own[one] for one in columns)) for month, own in sorted(counts.items())]
    return Table(_named("month", *states, "read_pages", "failed_pages"), tuple(rows))


def _crossed(first: str, counts: Sequence[tuple[str, str, int]]) -> Table:
    """A row for each first key, a column for each second one."""
    columns = tuple(sorted({column for _, column, _ in counts}))
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row, column, count in counts:
        sums[row][column] += count
    return Table(
        (Named(first), *columns), tuple((row, *(sums[row][column] for column in columns)) for row in sorted(sums))
    )


def _named(*words: str) -> tuple[Named, ...]:
    return tuple(map(Named, words))


TABLES: Mapping[str, Callable[[Numbers], Table]] = {
    each.__name__.removeprefix("_"): each
    for each in (
        _articles, _calendar, _numbering, _accounts, _fill, _rules, _repairs, _states, _hosts, _spam, _runs,
        _outcomes,
    )
}  # fmt: skip
"""The tables by the name of their plot."""
