"""What sites put in a place of its own between byline and text, and is no text: summaries, notices of rights, the
shelves of a weblog, the title that a piece had elsewhere."""

from __future__ import annotations

import re

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.blocks import Block

__all__ = ["is_above", "is_original_title"]

_SITES_OWN = re.compile("(?:版权|免责|特别)声明:|(?:文章|所属|分类)(?:标签|专栏|栏目):")
_SUMMARY = re.compile(r"[【\[]?(?:内容)?(?:摘要|提要|核心提示|导读|导语|简介)[】\]]?:")
_SUMMARY_CLASS = re.compile(
    r"(?:^|[\s_-])(?:summary|abstract|abstxt|zhaiyao|zy|daodu|intro(?:duce|duction)?)(?:$|[\s_-])", re.IGNORECASE
)
_ORIGINAL = re.compile(r"\(?原标题:")
_BEGIN = 24
"""Characters among which a label stands, with the blanks that set it wide; chosen."""


def is_above(block: Block) -> bool:
    """Whether a line is by its label, or by what the page calls its place, one that stands above the text.

    >>> from lxml.html import fromstring
    >>> [is_above(Block(text, fromstring("<p/>"))) for text in ("摘 要：园区召开会议。", "园区召开会议。")]
    [True, False]
    """
    named = block.element.get("class")
    if named is not None and _SUMMARY_CLASS.search(named):
        return True
    begin = fold(block.text[:_BEGIN])
    return bool(_SITES_OWN.match(begin) or _SUMMARY.match(begin))


def is_original_title(text: str) -> bool:
    """Whether a line says what the piece was called where it was taken from (原标题：…)."""
    return bool(_ORIGINAL.match(fold(text[:_BEGIN])))
