"""Places beside an article: side columns, lists of other articles, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from lxml.html import HtmlElement

from zsparkcrawl.extract.blocks import Block

__all__ = ["without_sides"]

_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:side(?:bar|_?box)?|aside|comments?|pinglun|hot(?:news|list)?|rank(?:ing|list)?|recommend(?:ed|ation)?s?|related?|relative|"
    r"tuijian|xiangguan|reply|replies|disclaimer|mianze|copyright|nav(?:bar|igation)?|foot(?:er)?|also|more-?news|guess|breadcrumb)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""What pages call the places around an article."""
_FRAME = re.compile(r"(?:^|[\s_-])(?:copyright|nav(?:bar|igation)?|foot(?:er)?|breadcrumb)(?:$|[\s_-])", re.IGNORECASE)


def without_sides(blocks: Sequence[Block], start: int) -> list[Block]:
    """The blocks from number ``start`` on without those that stand in places which the page names as side columns,
    lists of other articles or comments. A place with such a name that holds title and byline, or all of the text, is
    the article's all the same."""
    rest = list(islice(blocks, start, None))
    known: dict[HtmlElement, HtmlElement | None] = {}
    sides = [_place_aside(block.element, known) for block in rest]
    if not any(side is not None for side in sides):
        return rest
    above: set[HtmlElement] = set()
    for block in islice(blocks, start):
        each = block.element if block.text else None
        while each is not None and each not in above:
            above.add(each)
            each = each.getparent()
    own = [block for block, side in zip(rest, sides, strict=True) if side is None or side in above]
    if any(map(_prose, own)):
        return own
    # Where nothing is told anywhere, the article is its pictures, and the foot of the page is none of it.
    told = any(_prose(block) for block, side in zip(rest, sides, strict=True) if side is None or not _is_frame(side))
    return own if any(block.image for block in own) and not told else rest


def _is_frame(place: HtmlElement) -> bool:
    """Whether a place is the page's foot or its menu, where no article stands."""
    return place.tag in {"nav", "footer"} or bool(_FRAME.search(f"{place.get('class', '')} {place.get('id', '')}"))


def _place_aside(element: HtmlElement, known: dict[HtmlElement, HtmlElement | None]) -> HtmlElement | None:
    """The outermost place aside that an element stands in. ``known`` remembers it for each element met."""
    if element in known:
        return known[element]
    path: list[HtmlElement] = []
    place: HtmlElement | None = None
    each: HtmlElement | None = element
    while each is not None and each.tag not in {"body", "html"}:
        if each in known:
            place = known[each]
            break
        path.append(each)
        each = each.getparent()
    for each in reversed(path):
        if place is None and (each.tag in {"aside", "nav", "footer"} or (each.keys() and _is_called_aside(each))):
            place = each
        known[each] = place
    return place


def _is_called_aside(element: HtmlElement) -> bool:
    return _ASIDE.search(f"{element.get('class', '')} {element.get('id', '')}") is not None


def _prose(block: Block) -> int:
    """Characters of a block that are no link, when it has any sentence in it."""
    return max(len(block.text) - block.linked, 0) if "。" in block.text or "，" in block.text else 0
