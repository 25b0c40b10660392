"""What a visitor asks for: query strings, looked through before anything is done with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from zsparkcrawl.archive import Selection, storable
from zsparkcrawl.archive.views.browsing import ORDERS, Order
from zsparkcrawl.archive.views.facets import COPIES, FACETS, NOTHING, STATES

__all__ = ["PAGE_SIZE", "Wish", "number_of", "one_of", "wish_of"]

PAGE_SIZE = 20
"""Articles on a page of the list; chosen: two screens at a desk."""
_MOST_SIZE = 200
_LONGEST = 300
"""Characters of a value that are looked at; chosen, longer than any source."""
_MOST_PAGES = 10_000_000
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which articles are to be shown, in which order, and which page of them."""

    selection: Selection = field(default_factory=Selection)
    order: Order = "newest"
    """With words the best match first, unless another order is asked for."""
    page: int = 1
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """How many articles stand before this page."""
        return (self.page - 1) * self.size

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders that make sense here, the usual one first."""
        return ("newest", "oldest") if self.selection.text is None else ("best", "newest", "oldest")

    @property
    def chosen(self) -> Mapping[str, str]:
        """The facets that are chosen, and the value of each."""
        values = asdict(self.selection)
        return {name: values[name] for name in FACETS if values[name] is not None}

    def query(self, **changes: str | int | None) -> str:
        """This wish as a query string, with changes; None takes a value out, and any change but that of the page leads
        to the first page.

        >>> wish_of(QueryParams({"q": "园区", "year": "2019", "page": "3"})).query(year=None, section="news")
        '?q=%E5%9B%AD%E5%8C%BA&section=news'
        >>> wish_of(QueryParams("q=a")).query(page=2), Wish().query()
        ('?q=a&page=2', '?')
        """
        values: dict[str, str | int | None] = {"q": self.selection.text, **self.chosen}
        values["order"] = None if self.order == self.orders[0] else self.order
        values["size"] = None if self.size == PAGE_SIZE else self.size
        values |= changes
        if values.get("page") == 1:
            values["page"] = None
        return "?" + urlencode({name: value for name, value in values.items() if value is not None})


def wish_of(params: QueryParams) -> Wish:
    """What a query string asks for. An empty value is as none; raises HTTPException (400) for one that cannot be.

    >>> wish_of(QueryParams("q=&year=2019&page=2")).query(page=2)
    '?year=2019&page=2'
    """
    values = {name: _text(params, name) for name in ("q", *FACETS)}
    if values["year"] not in (None, NOTHING) and not _YEAR.fullmatch(str(values["year"])):
        raise HTTPException(400, "year is four digits, or - for articles without a date")
    for name, known in (("state", STATES), ("copies", COPIES)):
        if values[name] not in (None, *known):
            raise HTTPException(400, f"{name} is one of {', '.join(known)}")
    if params.get("order") not in (None, "", *ORDERS):
        raise HTTPException(400, f"order is one of {', '.join(ORDERS)}")
    selection = Selection(values.pop("q"), **values)
    page, size = number_of(params, "page", 1, _MOST_PAGES), number_of(params, "size", PAGE_SIZE, _MOST_SIZE)
    usual = Wish(selection, page=page, size=size)
    asked = params.get("order") or usual.orders[0]
    return replace(usual, order=next((each for each in usual.orders if each == asked), usual.orders[0]))


def number_of(params: QueryParams, name: str, otherwise: int, most: int) -> int:
    """A number from 1 to ``most`` that is asked for under a name. Raises HTTPException (400).

    >>> number_of(QueryParams("page=7"), "page", 1, 10), number_of(QueryParams(""), "page", 1, 10)
    (7, 1)
    """
    value = params.get(name) or str(otherwise)
    if not _NUMBER.fullmatch(value) or not 1 <= int(value) <= most:
        raise HTTPException(400, f"{name} is a number from 1 to {most}")
    return int(value)


def one_of(params: QueryParams, name: str, choices: tuple[str, ...]) -> str:
    """Which of some choices is asked for; the first where none is. Raises HTTPException (400).

    >>> one_of(QueryParams("view=raw"), "view", ("repaired", "raw"))
    'raw'
    """
    value = params.get(name) or choices[0]
    if value not in choices:
        raise HTTPException(400, f"{name} is one of {', '.join(choices)}")
    return value


def _text(params: QueryParams, name: str) -> str | None:
    value = storable(params.get(name, "")).strip()
    if len(value) > _LONGEST:
        raise HTTPException(400, f"{name} is longer than {_LONGEST} characters")
    return value or None
