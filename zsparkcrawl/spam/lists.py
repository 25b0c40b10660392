"""Lists of offers behind a sentence or before one: items of which most are offers, all with one mark between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from zsparkcrawl.spam.evidence import TOLD
from zsparkcrawl.spam.lexicon import Term
from zsparkcrawl.spam.lines import Line
from zsparkcrawl.spam.seams import is_fluent

__all__ = ["lists_in"]

_MARK = re.compile(r"[-_|/\\+~=>—–,、;]")
_STOP = re.compile("[。！？!?][”’」』）)】]*")
_PAUSES = frozenset(",、")
_GRAMMAR = re.compile("[的了是和与及将被把对从为而但也都就已并等于向由让会能可要应该还又每各其此该本]")
_LONGEST = 24
"""Characters of an item that holds no listed word or few. Chosen: offers have up to 20."""
_ANYWHERE = frozenset({"tail", "trade", "place"})
"""Kinds of words that the article has before a list, too."""
_NAME_SHORTEST, _NAME_LONGEST = 3, 12
"""Characters of an item without listed words. Chosen."""
_HOT = 2.0
"""What the words of an item weigh that is an offer by itself."""
_MOST = 0.6
"""The part of the items that are offers by themselves. Chosen."""
_LEAST = 3
"""Items. Two may be a writer's."""


def lists_in(line: Line) -> Iterator[tuple[int, int]]:
    """The lists of offers in a line, from left to right.

    >>> from zsparkcrawl.spam.lexicon import fold
    >>> from zsparkcrawl.spam.lines import lines_of
    >>> text = fold("会议圆满结束。国产av无码-波多野新作-日韩一区二区-久久精品")
    >>> [text[slice(*found)] for line in lines_of(text) for found in lists_in(line)]
    ['国产av无码-波多野新作-日韩一区二区-久久精品']
    """
    read = line.start
    stops = [match.span() for match in _STOP.finditer(line.text, line.start, line.end)]
    for stop, behind in [*stops, (line.end, line.end)]:
        if stop > read and (found := _list_in(line, read, stop)):
            yield found
        read = behind


def _list_in(line: Line, start: int, end: int) -> tuple[int, int] | None:
    """The list between two stops, of which the mark is the one that is there most often."""
    if sum(term.weight for term in line.between(start, end)) < _LEAST * _HOT:
        return None
    marks = Counter(_MARK.findall(line.text, start, end))
    if not marks or (mark := marks.most_common(1)[0])[1] < _LEAST - 1:
        return None
    items = _items(line.text, start, end, mark[0])
    hot = [number for number, item in enumerate(items) if _is_hot(line, *item, paused=mark[0] in _PAUSES)]
    if len(hot) < 2:
        return None
    block = items[hot[0] : hot[-1] + 1]
    whole = line.evidence(block[0][0], block[-1][1])
    enough = len(block) >= _LEAST and len(hot) >= _MOST * len(block)
    if not enough or whole.weight < 5 or not whole.mixed or TOLD.search(line.text, start, end):
        return None
    if any(_is_text(line.text[slice(*item)], paused=mark[0] in _PAUSES) for item in block[1:-1]):
        return None
    return _edges(line, items, hot, start, end)


def _items(text: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    items, read = [], start
    for match in re.compile(f"{re.escape(mark)}+").finditer(text, start, end):
        items.append((read, match.start()))
        read = match.end()
    return [item for item in [*items, (read, end)] if item[1] > item[0]]


def _is_hot(line: Line, start: int, end: int, *, paused: bool) -> bool:
    said = line.evidence(start, end)
    if said.weight < _HOT or said.kinds <= {"place", "region", "innocent"}:
        return False
    if paused and (said.prose or said.number < 2):
        return False
    return said.share >= 0.4 or said.heaviest >= 3


def _is_text(item: str, *, paused: bool) -> bool:
    """Whether an item is a clause of the article."""
    return len(item) > _LONGEST or (paused and _GRAMMAR.search(item) is not None)


def _is_name(item: str) -> bool:
    """Whether an item without listed words at an end of the list is one of it all the same."""
    return _NAME_SHORTEST <= len(item) <= _NAME_LONGEST and not _GRAMMAR.search(item) and not is_fluent(item)


def _edges(line: Line, items: list[tuple[int, int]], hot: list[int], start: int, end: int) -> tuple[int, int]:
    """From the first listed word of the first item, if a heading or a sentence may stand before it; to the end of the
    last item at the end of the sentence."""
    text, low, high = line.text, hot[0], hot[-1]
    while low and _is_name(text[slice(*items[low - 1])]):
        low -= 1
    while high + 1 < len(items) and _is_name(text[slice(*items[high + 1])]):
        high += 1
    first, last = items[low][0], items[high][1]
    if low == hot[0]:
        listed = _first_listed(line.between(*items[low]))
        if first > start or is_fluent(text[first:listed]):
            first = listed
    if high == hot[-1] and last != end:
        last = max(term.end for term in line.between(*items[high]))
    return first, last


def _first_listed(terms: Sequence[Term]) -> int:
    """Where the words of an offer begin: at the first that says what, or at those that touch it from before."""
    place = next((number for number, term in enumerate(terms) if term.kind not in _ANYWHERE), 0)
    while place and terms[place - 1].end == terms[place].start:
        place -= 1
    return terms[place].start
