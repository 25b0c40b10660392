"""The date of a row in a listing: beside the link, in it, or among its neighbours. One of several is none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping

from lxml.html import HtmlElement

from zsparkcrawl.extract.dates import DAY, day_of

__all__ = ["date_beside", "date_between", "date_inside", "is_date", "line", "text_of", "without_date"]

_DATE = re.compile(rf"(?<![\d.-]){DAY}(?![\d])")
_ALONE = (
    re.compile(rf"[\[(（【<]*(?:日期|时间|发布时间|发布日期|date)?[:：]?\s*{DAY}"
               r"(?:\s*\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）】>]*", re.IGNORECASE),
    # A calendar leaf: the day large, the month of the year below it, or the other way round.
    re.compile(r"(?P<day>\d{1,2})日?\s+(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})月?"),
    re.compile(r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})月?\s+(?P<day>\d{1,2})日?"),
)  # fmt: skip
_TAIL = re.compile(rf"\s*[\[(（【]?\s*{DAY}\s*[\])）】]?\s*$")
_HEAD = re.compile(rf"^\s*[\[(（【]?\s*{DAY}\s*[\])）】]?\s+")


def date_beside(element: HtmlElement, skip: Collection[HtmlElement]) -> dt.date | None:
    """The date of a row outside its links: one that stands alone in its element before one inside a
    sentence, and none rather than one of several."""
    alone = [found for text in _element_texts(element, skip) if (found := _whole_date(text))]
    if alone:
        return alone[0] if len(set(alone)) == 1 else None
    inside = {found for text in _own_texts(element, skip) for found in _dates(text)}
    return inside.pop() if len(inside) == 1 else None


def date_inside(link: HtmlElement) -> dt.date | None:
    """The date inside the link's own text: in an element of its own, or at one end of the text."""
    own = {found for child in link.iterdescendants() if (found := _whole_date(text_of(child)))}
    if len(own) == 1:
        return own.pop()
    text = text_of(link)
    edge = _TAIL.search(text) or _HEAD.search(text)
    return day_of(edge) if edge else None


def is_date(text: str) -> bool:
    """Whether the text is a date and nothing else."""
    return _whole_date(text) is not None


def without_date(text: str) -> str:
    """A headline without the date at one of its ends; what is nothing but a date stays."""
    return _HEAD.sub("", _TAIL.sub("", text)) or text


def date_between(row: HtmlElement, key: str, articles: Mapping[HtmlElement, str]) -> dt.date | None:
    """The date among the neighbours of a row in one container: links and dates take turns, and whether
    dates lead or follow is told by what the container begins with."""
    container = row.getparent()
    if container is None:
        return None
    pieces: list[tuple[str, list[str]]] = [("", [])]
    for article, text in _stream(container, articles):
        if article and article != pieces[-1][0]:
            pieces.append((article, []))
        pieces[-1][1].append(text)
    at = next(index for index, (article, _) in enumerate(pieces) if article == key)
    leading = any(_DATE.search(text) for text in pieces[0][1])
    found = {day for text in pieces[at - leading][1] for day in _dates(text)}
    return found.pop() if len(found) == 1 else None


def _stream(element: HtmlElement, articles: Mapping[HtmlElement, str]) -> Iterator[tuple[str, str]]:
    """Articles and the text between them, in the order of the page; what the links say is left out."""
    if element in articles:
        yield articles[element], ""
        return
    yield "", element.text or ""
    for child in element:
        yield from _stream(child, articles)
        yield "", child.tail or ""


def _element_texts(element: HtmlElement, skip: Collection[HtmlElement]) -> Iterator[str]:
    """The whole text of each element, and each piece of text between elements, outside ``skip``."""
    if element in skip:
        return
    yield text_of(element)
    yield line(element.text or "")
    for child in element:
        yield from _element_texts(child, skip)
        yield line(child.tail or "")


def _own_texts(element: HtmlElement, skip: Collection[HtmlElement]) -> Iterator[str]:
    if element in skip:
        return
    yield element.text or ""
    for child in element:
        yield from _own_texts(child, skip)
        yield child.tail or ""


def _whole_date(text: str) -> dt.date | None:
    return next((day_of(match) for pattern in _ALONE if (match := pattern.fullmatch(text))), None)


def _dates(text: str) -> Iterator[dt.date]:
    return (day for match in _DATE.finditer(text) if (day := day_of(match)))


def text_of(element: HtmlElement) -> str:
    """All text of an element as one line."""
    return line(" ".join(element.itertext()))


def line(text: str) -> str:
    """Text as one line."""
    return " ".join(text.split())
