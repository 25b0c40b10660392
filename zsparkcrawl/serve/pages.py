"""The list of articles with its facets, the runs, the report, the page on the addresses."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from zsparkcrawl.archive import Snippet
from zsparkcrawl.archive.views.facets import NOTHING, Facets
from zsparkcrawl.serve.asking import Wish, wish_of
from zsparkcrawl.serve.rendering import archive_of, page, words_of
from zsparkcrawl.serve.words import Words

__all__ = ["address_page", "list_page", "runs_page"]

_SHOWN_FACETS = ("section", "state", "copies", "year", "source", "host")
_FIRST_VALUES = 8
"""Values of a facet that are shown at once; the others are folded away. Chosen."""
_MOST_VALUES = 200
_LAST_RUNS = 50


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: what it is called, how many articles have it, where choosing it leads."""

    label: str
    number: int
    query: str
    chosen: bool
    known: bool


def list_page(request: Request) -> Response:
    """Articles that fit, the newest or the best match first, with facets: `q` (a query as `zsparkcrawl search` takes
    it), `year`, `section`, `source`, `host`, `state` (clean, repaired, inferred, damaged, gone), `copies` (one,
    several, disputed, gaps), where `-` stands for unknown; `order` (best, newest, oldest), `page`, `size` (at most
    200)."""
    wish, words, archive = wish_of(request.query_params), words_of(request), archive_of(request)
    facets = archive.facets(wish.selection)
    rows = archive.browse(wish.selection, order=wish.order, limit=wish.size, offset=wish.offset)
    groups = {name: _values(name, values, wish, words) for name, values in facets.counts.items()}
    if "copies" not in wish.chosen and {value for value, _ in facets.counts["copies"]} == {"one"}:
        del groups["copies"]  # where nothing has a second copy there is nothing to choose
    return page(
        request,
        "list.html",
        wish=wish,
        total=facets.total,
        pages=max(1, math.ceil(facets.total / wish.size)),
        rows=[_highlighted(row) for row in rows],
        groups=groups,
        first_values=_FIRST_VALUES,
        chips=_chips(wish, words),
        shown_facets=_SHOWN_FACETS,
        nothing_kept=_is_empty(facets, wish),
    )


def runs_page(request: Request) -> Response:
    """The sections of the archive and its latest runs."""
    archive = archive_of(request)
    runs = [{**run, "took": _took(run["started"], run["ended"])} for run in archive.latest_runs(_LAST_RUNS)]
    return page(request, "runs.html", status_of=archive.status(last_runs=0), runs=runs)


def address_page(request: Request) -> Response:
    """This table of addresses."""
    return page(request, "api.html", addresses=request.app.state.addresses)


def _values(name: str, values: Sequence[tuple[str, int]], wish: Wish, words: Words) -> list[Value]:
    chosen = wish.chosen.get(name)
    shown = [
        Value(
            label=_label(name, value, words),
            number=number,
            query=wish.query(**{name: None if value == chosen else value}),
            chosen=value == chosen,
            known=value != NOTHING,
        )
        for value, number in values[:_MOST_VALUES]
    ]
    return sorted(shown, key=lambda each: not each.chosen) if name == "source" else shown


def _label(name: str, value: str, words: Words) -> str:
    if value == NOTHING:
        return words("facet.unknown")
    groups = {"section": "section", "state": "state", "copies": "copies-tell"}
    return words.named(groups[name], value) if name in groups else value


def _chips(wish: Wish, words: Words) -> list[Mapping[str, str]]:
    return [
        {"facet": words(f"facet.{name}"), "label": _label(name, value, words), "query": wish.query(**{name: None})}
        for name, value in wish.chosen.items()
    ]


def _is_empty(facets: Facets, wish: Wish) -> bool:
    return facets.total == 0 and not wish.chosen and wish.selection.text is None


def _highlighted(row: Mapping[str, Any]) -> dict[str, Any]:
    """The title and the beginning of the text as a list shows them: what a query found is highlighted, and the text
    begins where it was found."""
    found = {each.field: each for each in row["snippets"]}
    title, body = (_pieces(found.get(name)) for name in ("title", "body"))
    return {**row, "title_shown": title or row["title"], "lead_shown": body or row["lead"]}


def _pieces(snippet: Snippet | None) -> Markup | None:
    if snippet is None:
        return None
    hit = Markup("<b class=hit>{}</b>")
    shown = (hit.format(piece) if is_hit else escape(piece) for piece, is_hit in snippet.pieces())
    ends = ("…" if snippet.start else "", "…" if snippet.more else "")
    return ends[0] + Markup("").join(shown) + ends[1]


def _took(started: str, ended: str | None) -> str:
    """How long a run took.

    >>> _took("2026-11-22T08:30:00Z", "2026-11-22T09:31:05Z"), _took("2026-11-22T08:30:00Z", None)
    ('1:01:05', '')
    """
    if not ended:
        return ""
    begin, end = (dt.datetime.fromisoformat(moment) for moment in (started, ended))
    return str(end - begin)
