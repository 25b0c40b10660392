"""Where a sentence reads on better without a stretch: the mark of something that was put in from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.spam.lexicon import Term

__all__ = ["CONTACT", "best_edges", "is_fluent", "seam"]

_READ = 3
"""Characters on either side that are read: as many as the likelihood looks at, and one."""
_NAME_COSTS = (8.0, 2.0, 5.0, 6.0)
"""Bits that the letters of a name that is not listed cost, before a trade: most names have two. Chosen."""
_REST_COSTS = (8.0, 7.0)
"""Bits that letters behind the last listed word cost. Chosen."""
_ENDINGS = "网站址群版吧"
_ENDING_COSTS = 2.0
"""Letters in which the name of an offer ends, and the bits that one costs. Chosen."""
_APART_COSTS = 8.0
"""Bits that they cost more where the stretch stands behind a mark. Chosen."""
_PRIZE = re.compile("[0-9]{2,3}元?")
CONTACT = re.compile("(?:qq|vx?|wx|微信|电话|号|加|[:;,.])*(?=[a-z0-9]*[0-9]{4})[a-z0-9_-]{5,}(?![.]?[0-9])")
_FLUENT = 9.5
"""Bits a character of what is text: ordinary news costs 5 to 9. Measured with the likelihood."""
_LETTER_COSTS = 4.0
"""Bits by which the sentence must read better for each letter more that is cut. Chosen."""


def seam(text: str, start: int, end: int) -> float:
    """Bits by which what stands behind a stretch follows more easily on what stands before it than on its end, and its
    beginning is a surprise.

    On held-back news with a phrase put in at random the median is 7; over what honest texts have of listed words -4.

    >>> text = "基地与企业国产无码签订了协议"
    >>> seam(text, 5, 9) > 5 > seam("园区的成人教育课程", 3, 5)
    True
    """
    costs = model().text_cost
    before, inner, behind = (
        text[max(start - _READ, 0) : start],
        text[max(end - _READ, start) : end],
        text[end : end + _READ],
    )
    first = text[start : start + 2]
    return costs(behind, inner) - costs(behind, before) + costs(first, before) - costs(first)


def is_fluent(text: str) -> bool:
    """Whether some letters beside spam read as text: as likely as news, two letters as its likelier part.

    >>> is_fluent("一、支持范围"), is_fluent("彩神争霸"), is_fluent("红姐")
    (True, False, False)
    """
    letters = sum(character.isalpha() and not character.isascii() for character in text)
    return letters >= 2 and model().text_cost(text) <= (_FLUENT if letters > 2 else _FLUENT - 2) * len(text)


def best_edges(
    text: str, run: Sequence[Term], inner: Sequence[Term], line_start: int, line_end: int
) -> tuple[int, int]:
    """Where a run that stands inside a sentence begins and ends: with its lighter words at the ends or without, and
    before a trade with the letters of a name that is not listed, as the sentence reads best."""
    starts = {term.start: (term.start - run[0].start) * _LETTER_COSTS for term in run if term.start <= inner[0].start}
    ends = {term.end: (run[-1].end - term.end) * _LETTER_COSTS for term in run if term.end >= inner[-1].end}
    if run[0].family == "gambling" and run[0].kind in {"trade", "topic"}:
        closed = 0.0 if run[-1].end < line_end and text[run[-1].end].isalnum() else _APART_COSTS / 2
        for more, costs in enumerate(_NAME_COSTS, 1):
            place = run[0].start - more
            if place < line_start or not text[place].isalnum():
                break
            starts[place] = costs + closed
    if run[-1].family == "gambling" and (prize := _PRIZE.match(text, run[-1].end)):
        ends[prize.end()] = 0.0
    if contact := CONTACT.match(text, run[-1].end):
        ends = {contact.end(): 0.0}
    # Behind a mark the letters that follow are the first of a sentence, and easily missed.
    apart = 0.0 if run[0].start > line_start and text[run[0].start - 1].isalnum() else _APART_COSTS
    for more, costs in enumerate(_REST_COSTS, 1):
        place = run[-1].end + more
        if place > line_end or not text[place - 1].isalnum():
            break
        ends.setdefault(place, _ENDING_COSTS if more == 1 and text[place - 1] in _ENDINGS else costs + apart)
    return min(
        ((start, end) for start in starts for end in ends),
        key=lambda edges: starts[edges[0]] + ends[edges[1]] - seam(text, *edges),
    )
