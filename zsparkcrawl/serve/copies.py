"""The copies of an article side by side, and the apparatus: each place where they differ, and who reads what there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from zsparkcrawl.serve.articles import asked_for
from zsparkcrawl.serve.asking import one_of
from zsparkcrawl.serve.rendering import archive_of, page

__all__ = ["Place", "copies_page", "places_of"]

_PLACES = ("all", "open")
_OPEN = ("disputed", "gap")
_VALUES = frozenset({"date", "time"})
"""Fields that are told as a whole, without a place in a text."""
_AROUND = 16
"""Characters that are shown on either side of a place; chosen: with the place a line on a phone."""
_LONGEST = 300
"""Characters of a reading that are shown; chosen. The rest is counted, and stands in the JSON."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a field on which the copies differ, with the text around it and its rows of the table readings, the
    chosen one first. A date or time is its own whole text."""

    field: str
    before: str
    text: str
    after: str
    rows: Sequence[Mapping[str, Any]]

    @property
    def first(self) -> Mapping[str, Any]:
        """The first row, which has the verdict, basis and certainty of the place."""
        return self.rows[0]

    @property
    def is_chosen(self) -> bool:
        """Whether the first reading stands in the article. Of a date that as many copies say one way as another none
        does."""
        return self.text == (self.first["reading"] or "")


def copies_page(request: Request) -> Response:
    """The copies of an article side by side, and each place where they differ: who reads what there, which reading was
    chosen and what decided: `places` (all, open: disputed or had by no copy), `version`."""
    asked, archive = asked_for(request), archive_of(request)
    wanted = one_of(request.query_params, "places", _PLACES)
    found = places_of(archive.readings_of(asked.article["id"], asked.version["version"]), asked.row)
    copies = archive.witnesses_of(asked.article["id"])
    return page(
        request,
        "copies.html",
        row=asked.row,
        latest=asked.article["version"],
        copies=copies,
        hosts={each["id"]: each["host"] for each in copies},
        places=[each for each in found if wanted == "all" or each.first["verdict"] in _OPEN],
        verdicts=Counter(each.first["verdict"] for each in found),
        wanted=wanted,
        longest=_LONGEST,
    )


def places_of(readings: Iterable[Mapping[str, Any]], row: Mapping[str, Any]) -> list[Place]:
    """The places of an apparatus, in its order, by the rows of the table readings and the version that they belong to.

    >>> rows = [{"field": "body", "position": 0, "start": 2, "end": 3}, {"field": "body", "position": 0}]
    >>> [(each.before, each.text, each.after, len(each.rows)) for each in places_of(rows, {"body": "园区新闻"})]
    [('园区', '新', '闻', 2)]
    """
    found = []
    for (field, _), grouped in groupby(readings, key=lambda each: (each["field"], each["position"])):
        rows = list(grouped)
        text = str(row.get(field) or "")
        start, end = (0, len(text)) if field in _VALUES else (rows[0]["start"], rows[0]["end"])
        before, after = text[max(start - _AROUND, 0) : start], text[end : end + _AROUND]
        found.append(Place(field, before, text[start:end], after, rows))
    return found
