"""What a package covers, month by month, and what it lacks: pure functions over the archive's sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from zsparkcrawl.report.counting import gaps_of, months_between, months_of, numbering_of

__all__ = ["SUMS", "Place", "coverage_rows", "missing_rows"]

Row = Mapping[str, Any]

SUMS = (
    "articles",
    "dated",
    "with_author",
    "with_source",
    "characters",
    "repaired",
    "edits",
    "inferred",
    "damaged",
    "spots",
    "injected",
    "versions",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A section of a site; None for pages of no known section."""

    site: str
    section: str | None

    @classmethod
    def of(cls, row: Row) -> Place:
        """That of a row."""
        return cls(row["site"], row["section"])


def coverage_rows(tally: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """A row for each month of each section from its first article to its last, and one for those of no known month;
    from rows of :meth:`Archive.tally_articles`. Months without an article have zeros.

    >>> row = {"site": "s", "section": "news", **dict.fromkeys(SUMS, 1)}
    >>> [(each["month"], each["articles"]) for each in coverage_rows([row | {"month": "2025-12"},
    ...     row | {"month": "2026-02"}, row | {"month": None}])]
    [('2025-12', 1), ('2026-01', 0), ('2026-02', 1), (None, 1)]
    """
    for place, own in _by_place(tally):
        sums: dict[str | None, dict[str, int]] = {}
        for row in own:
            month = sums.setdefault(row["month"], dict.fromkeys(SUMS, 0))
            for name in SUMS:
                month[name] += row[name]
        known = sorted(month for month in sums if month is not None)
        months: list[str | None] = [*months_between(known[0], known[-1])] if known else []
        for each in [*months, *([None] if None in sums else [])]:
            counts = sums.get(each, dict.fromkeys(SUMS, 0))
            yield {"site": place.site, "section": place.section, "month": each, **counts}


def missing_rows(tally: Iterable[Row], numbers: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """The months without an article between a section's first and last, and the site's own numbers between its lowest
    and highest that are not stored: in stretches; from rows of :meth:`Archive.tally_articles` and
    :meth:`Archive.native_ids`.

    >>> ids = [{"site": "s", "section": "news", "native_id": each} for each in ("7", "9", "12")]
    >>> [(each["first"], each["last"], each["number"]) for each in missing_rows([], ids)]
    [('8', '8', 1), ('10', '11', 2)]
    """
    for place, own in _by_place(tally):
        months = months_of(own, dict.fromkeys(range(len(own)), place.section or "-"))
        for gap in gaps_of(months):
            yield _missing("months", place, gap.first, gap.last, gap.months)
    for place, some in groupby(numbers, Place.of):
        for found in numbering_of(some, several=False, most=None):
            for first, last in found.ranges:
                yield _missing("numbers", place, str(first), str(last), last - first + 1)


def _missing(kind: str, place: Place, first: str, last: str, number: int) -> dict[str, Any]:
    found = {"kind": kind, "site": place.site, "section": place.section}
    return {**found, "first": first, "last": last, "number": number}


def _by_place(tally: Iterable[Row]) -> Iterator[tuple[Place, Sequence[Row]]]:
    """The rows of each section; they come section by section."""
    return ((place, list(own)) for place, own in groupby(tally, Place.of))
