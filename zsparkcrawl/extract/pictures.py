"""The pictures of an article and the lines that are their captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from zsparkcrawl.extract.addresses import absolute
from zsparkcrawl.extract.blocks import Block, short_text
from zsparkcrawl.items import Image

__all__ = ["captions", "picture_of", "pictures_above"]

_DECORATION = re.compile(
    r"(?:^data:|/icons?/|/(?:icon|logo|btn|button|bg|arrow|share|qr(?:code)?)[^/]*\.\w+$|\.gif$)", re.IGNORECASE
)
_CAPTION_CLASS = re.compile(
    r"caption|tuzhu|pic[-_]?(?:text|title|desc|info)|img[-_]?(?:text|title|desc)", re.IGNORECASE
)
_FRAME_CLASS = re.compile(r"(?:^|[\s_-])(?:photo|pic|picture|img|image|figure|tupian)(?:$|[\s_-])", re.IGNORECASE)
"""What pages call a picture with the line below it."""
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_SENTENCE_END = tuple("。！？；!?;：:")
_CAPTION_LONGEST = 60
_POINTERS = ("▲", "△", "▼", "▽")
"""What captions begin with that point to their picture."""
_FEW = 3
"""Elements in a place that is a picture's alone; chosen."""


def picture_of(block: Block, base: str, caption: str | None) -> Image | None:
    """The picture of a block, None when it is a decoration or leads nowhere. ``base`` makes its address absolute."""
    if not block.image or _DECORATION.search(block.image):
        return None
    url = absolute(base, block.image)
    return Image(url, caption) if url else None


def pictures_above(blocks: Sequence[Block], base: str) -> Iterator[Image]:
    """The pictures that stand above the text's own place, each with a caption: others are the site's."""
    for number, caption in captions(blocks):
        if found := picture_of(blocks[number], base, blocks[caption].text):
            yield found


def captions(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Numbers of picture and caption: text in a figcaption or a place named so, else one short line that shares the
    picture's paragraph or follows it, and is centred as it is or ends no sentence."""
    for number, block in enumerate(blocks[:-1]):
        following = blocks[number + 1]
        if block.image is None or following.image is not None:
            continue
        if following.tag == "figcaption" or _CAPTION_CLASS.search(following.element.get("class", "")):
            yield number, number + 1
            continue
        if len(following.text) > _CAPTION_LONGEST:
            continue
        if (
            following.text.startswith(_POINTERS)
            or _frames_picture(block.element, following.element)
            or _in_one_table(block.element, following)
        ):
            yield number, number + 1
            continue
        short = not following.text.endswith(_SENTENCE_END) or _centred_alone(blocks, number)
        together = following.element is block.element and following.tag in {"p", "figure", "center"}
        if short and (together or _centred(following.element)):
            yield number, number + 1


def _frames_picture(picture: HtmlElement, text: HtmlElement) -> bool:
    """Whether the line right behind a picture stands with it in a place that the page names so and that holds
    nothing else."""
    frame = text if picture is text else text.getparent()
    if (
        frame is None
        or next(islice(frame, _FEW, None), None) is not None
        or frame not in (picture, *picture.iterancestors())
    ):
        return False
    return bool(_FRAME_CLASS.search(frame.get("class", "")))


def _in_one_table(picture: HtmlElement, line: Block) -> bool:
    """Whether a table holds a picture, the line behind it and nothing else."""
    table = next(line.element.iterancestors("table"), None)
    if table is None or table is not next(picture.iterancestors("table"), None):
        return False
    return short_text(table, 2 * _CAPTION_LONGEST) == line.text


def _centred_alone(blocks: Sequence[Block], number: int) -> bool:
    """Whether picture and line are both centred, and the line behind them is not: the text is not centred all over."""
    behind = blocks[number + 2 : number + 3]
    return _centred(blocks[number].element) and not any(_centred(each.element) and each.text for each in behind)


def _centred(element: HtmlElement) -> bool:
    return (
        element.get("align", "").lower() == "center"
        or element.tag == "center"
        or bool(_CENTRED.search(element.get("style", "")))
    )
