"""The title of an article: the heading over the byline, never a hijacked `<title>`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.blocks import Block

__all__ = ["find_title", "is_breadcrumb"]

_HEADINGS = {"h1": 6, "h2": 5, "h3": 4, "h4": 2}
_BREADCRUMB = re.compile("当前位置|您的位置|所在位置|您现在的位置|你的位置|^首页[>»›/]|请输入|点击查看更多")
_NAMED = re.compile(r"(?:^|[\W_])(?:title|tit|biaoti|bt|headline|subject)(?:$|[\W_])|title", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[-_|–—>»]+\s*")
_REACH = 8
"""Blocks above the byline in which the title is looked for."""


def is_breadcrumb(text: str) -> bool:
    """Whether a line only says where in the site the reader is.

    >>> is_breadcrumb("當(dāng)前位置:首頁 > 新聞中心")
    True
    """
    return bool(_BREADCRUMB.search(fold(text)))


def find_title(blocks: Sequence[Block], before: int | None, head_title: str) -> tuple[str, int] | None:
    """The title and the number of its block; None when the page shows none.

    ``before`` is where the byline (or, without one, the body) begins. ``head_title`` is the page's `<title>`: it is
    believed only as far as it says what stands on the page.
    """
    end = len(blocks) if before is None else before
    start = max(end - _REACH, 0) if before is not None else 0
    pieces = {fold(piece) for piece in (head_title, *_SEPARATOR.split(head_title)) if len(piece) >= 4}
    scored = [
        (_score(blocks[number], pieces) - (end - number) * 0.5, number)
        for number in range(start, end)
        if _may_be_title(blocks[number])
    ]
    if not scored:
        return None
    score, number = max(scored)
    # Without a byline only a heading, or a line that the <title> repeats, is a title.
    if before is None and score + (end - number) * 0.5 < 2:
        return None
    return blocks[number].text, number


def _may_be_title(block: Block) -> bool:
    text = block.text
    # A title is seldom a link (the boxes of other articles are), ends in no full stop and names no label.
    return (
        2 <= len(text) <= 160 and block.linked * 2 < len(text) and not text.endswith("。") and not is_breadcrumb(text)
    )


def _score(block: Block, pieces: set[str]) -> float:
    score = 0.0
    element = block.element
    for _ in range(3):
        score = max(score, _HEADINGS.get(str(element.tag), 0))
        if _NAMED.search(f"{element.get('class', '')} {element.get('id', '')}"):
            score = max(score, 3)
        parent = element.getparent()
        # A parent that holds more than this line says nothing of it.
        if parent is None or len(parent) > 1:
            break
        element = parent
    if fold(block.text) in pieces:
        score += 4
    if 6 <= len(block.text) <= 80:
        score += 0.5
    return score
