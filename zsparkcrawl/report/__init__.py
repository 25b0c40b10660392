"""The report: what an archive holds, how whole it is, what was repaired, and how crawling went, in figures and plots.

:func:`figures` counts, :func:`page` shows what was counted as one HTML file that needs nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from zsparkcrawl.archive import Archive
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.report import counting
from zsparkcrawl.report.numbers import Numbers
from zsparkcrawl.report.page import Language, page

__all__ = ["EmptyArchiveError", "Language", "Numbers", "figures", "page"]

_RUNS = 1000
"""Runs that are shown, the latest: more than a year of two sections a night. Chosen."""
_FEW_MONTHS = 36
"""Up to so many months figures are told by month, else by year. Chosen for what a phone can show."""


class EmptyArchiveError(ZsparkError):
    """There is nothing to report on."""


def figures(archive: Archive) -> Numbers:
    """Count all figures of a report. Raises EmptyArchiveError when there is no article, ArchiveError when the database
    refuses."""
    rows = archive.tally_articles()
    if not rows:
        raise EmptyArchiveError(f"{archive.name} holds no article: crawl first")
    sites = tuple(sorted({row["site"] for row in rows}))
    several = len(sites) > 1
    names = {number: counting.section_name(row, several=several) for number, row in enumerate(rows)}
    months = counting.months_of(rows, names)
    span = counting.months_between(months[0].month, months[-1].month) if months else []
    width = 4 if len(span) > _FEW_MONTHS else 7
    with closing(archive.tally_edits()) as found:
        edits = list(found)
    runs = archive.latest_runs(_RUNS)
    moments = [row["last_seen"] for row in rows] + [run["ended"] or run["started"] for run in runs]
    with closing(archive.native_ids()) as ids, closing(archive.tally_injections()) as injections:
        numbering, spam = counting.numbering_of(ids, several=several), counting.spam_of(injections)
    return Numbers(
        as_of=max(moments),
        sites=sites,
        step="year" if width == 4 else "month",
        headline=counting.headline_of(rows),
        sections=_largest(rows, names),
        months=months,
        undated=sum(row["articles"] for row in rows if not row["month"]),
        gaps=counting.gaps_of(months),
        numbering=numbering,
        accounts=counting.accounts_of(archive.tally_accounts(), several=several),
        fill=counting.fill_of(rows, width),
        rules=counting.rules_of(edits),
        repairs=counting.repairs_of(edits, width),
        states=counting.states_of(rows, width),
        hosts=counting.hosts_of(rows, width),
        spam=spam,
        runs=counting.runs_of(runs, several=several),
        runs_in_all=max((run["id"] for run in runs), default=0),
    )


def _largest(rows: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> tuple[str, ...]:
    """The sections, the one with the most articles first."""
    counts: Counter[str] = Counter()
    for number, row in enumerate(rows):
        counts[names[number]] += row["articles"]
    return tuple(sorted(counts, key=lambda section: (-counts[section], section)))
