"""The body of an article: where it begins and ends on the page, its pictures, captions and attachments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from lxml.html import HtmlElement

from zsparkcrawl.chinese.counters import is_count_line
from zsparkcrawl.extract.above import is_above, is_original_title
from zsparkcrawl.extract.aside import without_sides
from zsparkcrawl.extract.attachments import attachments_of, only_files
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.buttons import is_button_line
from zsparkcrawl.extract.endings import good, is_call_or_tags, region_of
from zsparkcrawl.extract.pictures import captions, picture_of, pictures_above
from zsparkcrawl.items import Attachment, Image

__all__ = ["Content", "find_content", "without_summary"]

_CREDIT_CLASS = re.compile(
    r"(?:^|\s)(?!trs)(?:\w{1,8}[_-])?(?:edit|editor|zebian|zrbj|bianji|author|source|laiyuan|copyright)(?:[_-]\w{1,8})?(?:$|\s)",
    re.IGNORECASE,
)
"""What pages call a place for credits; TRS_Editor is what a CMS calls the place of the text."""
_CREDIT_LONGEST = 80
_FEW = 3
"""Elements in a place that is for credits alone; chosen."""
_RULED = re.compile(r"[-—=_*~·\s]{6,}|[-—=_*~·\s]{2,}(?:分隔线|分割线)[-—=_*~·\s]*")
"""A line drawn with signs."""
_FILES_LABEL = re.compile(r"附\s*件(?:下载|列表)?\s*[:：]?")
_TEXT = 25
"""Characters that are no link from which on a line with a full stop is text of an article."""
_PARAGRAPHS = frozenset(["p", "span", "li", "font", "td", "tr", "tbody", "h1", "h2", "h3", "strong", "b", "section"])
_SIGNS = 3
"""Blocks behind 附件： among which a file is looked for: a picture may stand before its name; chosen."""
_BELOW = 8
"""Lines below the text among which credits are looked for."""
_HOLDS = 0.8
"""Share of the good text that a narrower element must hold for the body to be looked for inside it."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was found: the paragraphs, the files offered, the pictures with their captions, and the lines below the
    text, the nearest first, among which may be credits. ``named`` are the numbers of paragraphs in places that the page
    names for credits: text of the page, and none of the article's."""

    paragraphs: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    images: tuple[Image, ...]
    below: tuple[Block, ...] = ()
    named: frozenset[int] = frozenset()


def find_content(
    blocks: Sequence[Block],
    start: int,
    base: str,
    places: Sequence[HtmlElement] = (),
) -> Content:
    """Find the body among the blocks from number ``start`` on (the first after title and byline).

    The body lies in the narrowest element that holds four fifths of the good text: text that is no link, and stands
    before the first line that ends articles (上一篇, 版权所有 …). ``places`` are elements that the site's profile
    names; ``base`` makes addresses absolute.
    """
    region, beyond = region_of(without_sides(blocks, start), 0)
    inside = list(places) or [_narrowest(region)] if region else []
    numbers = _numbers_inside(region, inside)
    chosen = [region[number] for number in numbers]
    apart = _Apart(_homes(chosen))
    captioned = dict(captions(chosen))
    lines_below = set(captioned.values())
    counts = _counts(chosen)
    paragraphs: list[str] = []
    images = list(pictures_above(region[: numbers[0]], base)) if numbers else []
    named: set[int] = set()
    for number, block in enumerate(chosen):
        if block.image is not None:
            caption = chosen[captioned[number]].text if number in captioned else None
            if image := picture_of(block, base, caption):
                images.append(image)
        elif number not in lines_below and number not in counts and not _is_no_text(block):
            if _is_left_out(chosen, number, apart, first=not paragraphs):
                continue
            if len(block.text) <= _CREDIT_LONGEST and (apart.is_outside(block.element) or _for_credits(block.element)):
                named.add(len(paragraphs))
            paragraphs.append(block.text)
    after = numbers[-1] + 1 if numbers else 0
    below = tuple([*region[after:], *beyond][:_BELOW])
    return Content(tuple(paragraphs), attachments_of([*region, *beyond], base), tuple(images), below, frozenset(named))


def without_summary(paragraphs: Sequence[str]) -> Sequence[str]:
    """The paragraphs without a first one that is cut out of those behind it.

    >>> without_summary(["昨日，园区召开会议，部署招商...", "昨日，园区召开会议，部署招商工作。"])
    ['昨日，园区召开会议，部署招商工作。']
    """
    if len(paragraphs) < 2 or not paragraphs[0].endswith(("...", "…")):
        return paragraphs
    begin = "".join(paragraphs[0].rstrip(".…").split())
    rest = "".join("".join(paragraphs[1:8]).split())
    return paragraphs[1:] if len(begin) >= 10 and rest.startswith(begin) else paragraphs


def _is_left_out(chosen: Sequence[Block], number: int, apart: _Apart, *, first: bool) -> bool:
    """Whether a line is none of the text because of where it stands: what sites put above it, before the ``first``
    paragraph, and 附件： on a line of its own, the files below it."""
    block = chosen[number]
    if apart.is_outside(block.element) and (is_original_title(block.text) or (first and is_above(block))):
        return True
    if not _FILES_LABEL.fullmatch(block.text):
        return False
    # Beside the name of a file stands its sign.
    following = (each for each in chosen[number + 1 : number + 1 + _SIGNS] if each.text)
    return any(map(only_files, islice(following, 1)))


def _is_no_text(block: Block) -> bool:
    """Whether a line is links alone, drawn with signs, a list of the article's tags, or asks to follow and to like."""
    if block.links and (_is_link_line(block) or only_files(block)):
        return True
    return is_call_or_tags(block) or bool(_RULED.fullmatch(block.text))


def _numbers_inside(region: Sequence[Block], places: Sequence[HtmlElement]) -> Sequence[int]:
    """Numbers of the blocks that stand in these places."""
    if len(places) == 1 and places[0].tag in {"body", "html"}:
        return range(len(region))
    within = {element for place in places for element in place.iter()}
    return [number for number, block in enumerate(region) if block.element in within]


def _counts(chosen: Sequence[Block]) -> set[int]:
    """Numbers of the lines above and below the text that only say how often the page was read or answered, or are
    buttons. Between paragraphs, or in a table, such a line may be the article's own."""
    lines = [number for number, block in enumerate(chosen) if block.image is None and not _is_no_text(block)]
    return {
        number
        for way in (lines, lines[::-1])
        for number in takewhile(lambda n: "\t" not in chosen[n].text and is_count_line(chosen[n].text), way)
    } | {
        number
        for way in (lines, lines[::-1])
        for number in takewhile(lambda n: not _is_sentence(chosen[n]), way)
        if is_button_line(chosen[number].text)
    }


def _is_sentence(block: Block) -> bool:
    return "。" in block.text and len(block.text) >= _TEXT


def _homes(chosen: Sequence[Block]) -> set[HtmlElement]:
    """The elements that the article's sentences stand in, and those right around these."""
    told = [
        block.element for block in chosen if "。" in block.text and len(block.text) >= _TEXT and not is_above(block)
    ]
    return {each for element in told for each in (element, element.getparent()) if each is not None}


class _Apart:
    """Which elements stand in a place of their own, apart from all sentences; each is asked for once, for elements nest
    by the thousand."""

    def __init__(self, homes: set[HtmlElement]) -> None:
        self._known = dict.fromkeys(homes, False)

    def is_outside(self, element: HtmlElement) -> bool:
        known = self._known
        if element in known or not known:
            return known.get(element, False)
        path: list[HtmlElement] = []
        each: HtmlElement | None = element
        while each is not None and each not in known:
            path.append(each)
            each = each.getparent()
        outside = True if each is None else known[each]
        known.update(dict.fromkeys(path, outside))
        return outside


def _is_crowded(element: HtmlElement) -> bool:
    """Whether a place holds more than few elements. lxml counts them one by one, so they are not all counted."""
    return next(islice(element, _FEW, None), None) is not None


def _for_credits(element: HtmlElement) -> bool:
    """Whether the page calls an element, one right inside it, or the one around it, a place for credits."""
    places = [element, *islice(element, 3)]
    parent = element.getparent()
    if parent is not None and parent.keys() and not _is_crowded(parent):
        places.append(parent)
    names = [name for each in places for name in (each.get("class"), each.get("id")) if name]
    return bool(names) and bool(_CREDIT_CLASS.search(" ".join(names)))


def _narrowest(region: Sequence[Block]) -> HtmlElement:
    """The narrowest element that holds most of the good text of a region.

    What each element holds is gathered from the leaves up, one step an element, however deep they nest; what holds no
    good text is not looked at.
    """
    own: dict[HtmlElement, int] = {}
    for block in region:
        if weight := good(block):
            # A sentence weighs more than a list of names of the same length.
            own[block.element] = own.get(block.element, 0) + weight * (
                3 if "。" in block.text or "，" in block.text else 1
            )
    if not own:
        return region[0].element.getroottree().getroot()
    held = dict(own)
    around = _around(own)
    for element, parent in reversed(around.items()):
        if parent is not None:
            held[parent] = held.get(parent, 0) + held[element]
    total = sum(own.values())
    # All that hold so much lie on one line of descent; the last of them is the narrowest.
    narrow = next(element for element in reversed(around) if held[element] >= _HOLDS * total)
    # A single paragraph is not the place of the body: its neighbours belong to it, however short they are.
    while narrow.tag in _PARAGRAPHS and (parent := narrow.getparent()) is not None:
        if narrow.tag == "td" and held[narrow] == total:
            break
        narrow = parent
    return narrow


def _around(elements: Iterable[HtmlElement]) -> dict[HtmlElement, HtmlElement | None]:
    """These elements and all around them, each with its parent, and behind it."""
    around: dict[HtmlElement, HtmlElement | None] = {}
    for element in elements:
        path: list[tuple[HtmlElement, HtmlElement | None]] = []
        each: HtmlElement | None = element
        while each is not None and each not in around:
            parent = each.getparent()
            path.append((each, parent))
            each = parent
        around.update(reversed(path))
    return around


def _is_link_line(block: Block) -> bool:
    if not block.links or block.linked < 0.9 * len(block.text.replace(" ", "")):
        return False
    return len(block.text) < 60 or not ("，" in block.text or "。" in block.text)
