"""The figures of a report: what they are, as frozen values. :mod:`zsparkcrawl.report.counting` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Account",
    "Fill",
    "Gap",
    "Headline",
    "Hosted",
    "Monthly",
    "Numbering",
    "Numbers",
    "Repairs",
    "RuleCount",
    "Run",
    "Spam",
    "State",
]


@dataclass(frozen=True, slots=True)
class Headline:
    """The archive in a few figures, over the latest state of each article.

    All up to ``injected`` count articles: with a day of publication, an author, a source; without any edit; with a spot
    that stays damaged; with something foreign on their page. ``characters`` are those of titles and bodies; ``edits``
    and ``inferred``, how many of them likelihood decided; ``spots`` places left damaged or doubtful; ``versions`` all
    states of all articles. ``first_day`` and ``last_day`` are days of publication.
    """

    articles: int
    dated: int
    with_author: int
    with_source: int
    untouched: int
    damaged: int
    injected: int
    characters: int
    edits: int
    inferred: int
    spots: int
    versions: int
    first_day: str | None
    last_day: str | None


@dataclass(frozen=True, slots=True)
class Monthly:
    """How many articles a section published in a month."""

    month: str
    section: str
    articles: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Months in a row in which a section published nothing, between its first article and its last."""

    section: str
    first: str
    last: str
    months: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """The site's own numbers of a section: the lowest and highest stored, how many are stored and missing between, the
    longest ``ranges`` that are missing (first and last number), of ``ranges_in_all``, and ``coverage``: of equal parts
    from the lowest to the highest, which share is stored (0 to 1)."""

    section: str
    lowest: int
    highest: int
    stored: int
    missing: int
    ranges: tuple[tuple[int, int], ...]
    ranges_in_all: int
    coverage: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """How many rows of a section's listings became what: "stored", or how they stand."""

    section: str
    state: str
    rows: int


@dataclass(frozen=True, slots=True)
class Fill:
    """Of the articles of a period how many have a date, an author and a source."""

    period: str
    articles: int
    date: int
    author: int
    source: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many edits a rule made, and what it does, in a sentence."""

    rule: str
    certain: int
    inferred: int
    why: str


@dataclass(frozen=True, slots=True)
class Repairs:
    """How many edits a rule made in the articles of a period."""

    period: str
    rule: str
    edits: int


@dataclass(frozen=True, slots=True)
class State:
    """Of the articles of a period how many were repaired, and how many have spots that stay damaged; how many spots."""

    period: str
    articles: int
    repaired: int
    damaged: int
    spots: int


@dataclass(frozen=True, slots=True)
class Hosted:
    """The same of the articles of one host in a period, with the number of edits."""

    host: str
    period: str
    articles: int
    repaired: int
    edits: int
    damaged: int
    spots: int


@dataclass(frozen=True, slots=True)
class Spam:
    """Foreign things of a family that pages first showed in a month: how many, and on how many articles' pages."""

    family: str
    month: str
    injections: int
    pages: int


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: ``seconds`` is None for one that did not end, ``read`` and ``failed`` count articles."""

    id: int
    section: str
    started: str
    seconds: int | None
    state: str
    reason: str
    read: int
    failed: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """All figures of a report.

    ``as_of`` is the latest moment on record; ``step`` what a period is: months while there are few, else years.
    ``undated`` counts articles of no known month. Periods and months stand in order, sections and hosts with the most
    articles first, rules and families with the most edits and pages first, runs the oldest first: the latest of
    ``runs_in_all``.
    """

    as_of: str
    sites: tuple[str, ...]
    step: Literal["month", "year"]
    headline: Headline
    sections: tuple[str, ...]
    months: tuple[Monthly, ...]
    undated: int
    gaps: tuple[Gap, ...]
    numbering: tuple[Numbering, ...]
    accounts: tuple[Account, ...]
    fill: tuple[Fill, ...]
    rules: tuple[RuleCount, ...]
    repairs: tuple[Repairs, ...]
    states: tuple[State, ...]
    hosts: tuple[Hosted, ...]
    spam: tuple[Spam, ...]
    runs: tuple[Run, ...]
    runs_in_all: int
