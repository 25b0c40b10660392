"""Where a stretch that was put into a sentence begins and ends: as the sentence without it and the stretch as an offer
are likeliest together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.spam.evidence import WARES
from zsparkcrawl.spam.lexicon import Term, listing_of
from zsparkcrawl.spam.seams import CONTACT, bits

__all__ = ["Edges", "edges_of"]

_AROUND = 4
"""Letters beyond the listed words on either side: names of houses have two to four. Chosen."""
_REACH = 30
"""Letters of a run within which either edge is looked for. Chosen: what is between those of a longer one is its own."""
_LONGEST = 8
"""Letters of a listed word that is looked for beside another. Chosen."""
_TERM_COSTS = {
    "topic": 8.0, "brand": 9.0, "tail": 7.0, "quality": 7.0, "trade": 7.0, "zone": 5.0, "region": 6.0, "place": 7.0,
}  # fmt: skip
"""Bits of a listed word in an offer: about as many of each kind are listed."""
_ANCHOR_COSTS = 10.0
"""Bits of the heaviest word, which all edges have between them. Chosen."""
_SOLD, _SOLD_COSTS = 3.0, 5.0
"""What words weigh that stand nowhere else, and their bits. Chosen."""
_FIRST = 6.0
"""Bits more of what seldom begins an offer, 发票 and 平台, or ends one, 北京. Chosen."""
_WARE_COSTS, _UNKNOWN_COSTS, _LETTER_COSTS = 11.0, 4.0, 12.0
"""Bits of a word of any offer; and of letters that are not known at all, the first and each. Chosen: on news with 460
offers put in, twice each, these lose least of the news at what they leave of the offers."""
_SURE = 6.0
"""Bits by which wider edges must be likelier than narrower ones. Chosen likewise."""
_AT_MARK = 4.0
"""Bits fewer for an end at a pause, a stop or the end of a line: a stretch is often put in there. Chosen."""
_READ = 2
_PRIZE = re.compile("[0-9]{2,3}元?")


_WARES = frozenset(WARES.pattern.split("|"))


class Edges(NamedTuple):
    """Where a stretch begins and ends for sure and where it likeliest does, and the bits by which the sentence without
    it and it as an offer are likelier than the whole as text."""

    start: int
    end: int
    likeliest: tuple[int, int]
    bits: float


def edges_of(text: str, run: Sequence[Term], first: int, last: int) -> Edges:
    """The edges of the spam around the heaviest word of a run, between two places of the text.

    >>> from zsparkcrawl.spam.lexicon import terms
    >>> text = "园区与高校签订时时彩平台代理合作协议"
    >>> edges_of(text, list(terms(text)), 0, len(text))[:2]
    (7, 14)
    """
    anchor = _heaviest(term for term in run if term.start < run[0].start + _REACH)
    behind = max(anchor, _heaviest(term for term in run if term.end > run[-1].end - _REACH))
    starts = _starts(text, anchor.start, max(run[0].start - _AROUND, first), anchor.family)
    ends = _ends(text, run, behind, last)
    ends = {place: offered - _AT_MARK * _is_mark(text[place : place + 1]) for place, offered in ends.items()}
    low, high = min(starts), max(ends)
    costs = [bits(text[place], text[max(place - 2, 0) : place]) for place in range(low, min(high + _READ, len(text)))]
    before = [*accumulate(costs, initial=0.0)]
    whole = before[-1]
    # Of what stands behind two characters are read: those whose bits depend on what stands before.
    heads = []
    for end, offered in ends.items():
        rest = offered + whole - before[min(end + _READ - low, len(costs))]
        heads.append((end, text[end : end + 1], text[end + 1 : end + _READ], rest))
    found = []
    for start, offered in starts.items():
        context, kept = text[max(start - 2, 0) : start], before[start - low] + offered
        for end, first_behind, second_behind, rest in heads:
            joined = bits(first_behind, context) if first_behind else 0.0
            if second_behind:
                joined += bits(second_behind, context[-1:] + first_behind)
            found.append((kept + joined + rest, start, end))
    best, *likeliest = min(found)
    _, start, end = min(
        (each for each in found if each[0] <= best + _SURE and likeliest[0] <= each[1] and each[2] <= likeliest[1]),
        key=lambda each: each[2] - each[1],
    )
    gained = whole - best - _ANCHOR_COSTS - _AT_MARK * _is_mark(text[likeliest[1] : likeliest[1] + 1])
    return Edges(start, end, (likeliest[0], likeliest[1]), gained)


def _is_mark(character: str) -> bool:
    return not character.isalnum()


def _term_costs(family: str, kind: str, weight: float, step: int, of: str) -> float:
    """Bits of a listed word on one side of a word of the family ``of``."""
    sold = kind in {"topic", "brand"}
    if sold and weight >= _SOLD:
        return _SOLD_COSTS
    out_of_place = (kind == "tail" and step < 0) or (kind in {"place", "region"} and step > 0)
    return _TERM_COSTS[kind] + _FIRST * (out_of_place or (family != of and (sold or kind == "zone")))


def _heaviest(terms: Iterable[Term]) -> Term:
    return max(terms, key=lambda term: (term.kind in {"topic", "brand"}, term.weight, term.end - term.start))


def _starts(text: str, place: int, first: int, family: str) -> dict[int, float]:
    """The places where it may begin, each with the bits of what the offer has before its heaviest word then."""
    return _reached(place, first, family, lambda a, b: text[b:a])


def _ends(text: str, run: Sequence[Term], anchor: Term, last: int) -> dict[int, float]:
    """The places where it may end, likewise."""
    if contact := CONTACT.match(text, run[-1].end):
        return {contact.end(): 0.0}
    if run[-1].family == "gambling" and (prize := _PRIZE.match(text, run[-1].end)):
        return {prize.end(): 0.0}
    return _reached(anchor.end, min(run[-1].end + _AROUND, last), anchor.family, lambda a, b: text[a:b])


def _reached(start: int, limit: int, family: str, between: Callable[[int, int], str]) -> dict[int, float]:
    """The places from one towards a limit, as far as letters go, each with the fewest bits of the words on the way."""
    step = 1 if limit >= start else -1
    costs, unknown = {start: 0.0}, {start: False}
    for place in range(start + step, limit + step, step):
        if not between(place - step, place).isalnum():
            break
        letter = max(_LETTER_COSTS, model().commonness(between(place - step, place)))
        ways = [(costs[place - step] + letter + _UNKNOWN_COSTS * (not unknown[place - step]), True)]
        for back in range(1, min(abs(place - start), _LONGEST) + 1):
            word = between(place - step * back, place)
            if back > 1 and (listing := listing_of(word)):
                ways.append((costs[place - step * back] + _term_costs(*listing, step, family), False))
            elif word in _WARES:
                ways.append((costs[place - step * back] + _WARE_COSTS + _FIRST * (step < 0), False))
        costs[place], unknown[place] = min(ways)
    return costs
