"""The hits of an article, each in its context: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zsparkcrawl.archive.articles.copies import joined_spans
from zsparkcrawl.archive.search.matching import places
from zsparkcrawl.archive.search.queries import FIELDS, Query, Word, words_of
from zsparkcrawl.chinese.alike import alike

__all__ = ["Found", "Snippet", "snippets"]

_WIDTH = 80
"""Characters of context, the hit included; chosen."""
_BEFORE = 20
"""Characters of them that stand before the first hit; chosen."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a field in which hits stand.

    ``start`` is where it begins in the field, ``spans`` are the hits as places in ``text``, in order, those that
    meet as one. ``more`` tells that the field goes on behind it. All count characters.
    """

    field: str
    text: str
    start: int
    spans: tuple[tuple[int, int], ...]
    more: bool

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is a hit.

        >>> list(Snippet("title", "产业园区", 0, ((2, 4),), False).pieces())
        [('产业', False), ('园区', True)]
        """
        place = 0
        for start, end in self.spans:
            if place < start:
                yield self.text[place:start], False
            yield self.text[start:end], True
            place = end
        if place < len(self.text):
            yield self.text[place:], False


@dataclass(frozen=True, slots=True)
class Found:
    """An article that a search found: its row, its rank (bm25; the best is the least) and a snippet of each field that
    has hits, the title first."""

    article: Mapping[str, Any]
    rank: float
    snippets: tuple[Snippet, ...]


def snippets(query: Query, row: Mapping[str, Any]) -> tuple[Snippet, ...]:
    """A snippet of each field that has hits: the title first, then the body.

    >>> [made] = snippets(Word("园区"), {"title": None, "body": "产业園區", "author": None, "source": "健康报"})
    >>> made.text, made.spans
    ('产业園區', ((2, 4),))
    """
    words = words_of(query)
    return tuple(made for name in _ORDER if row[name] and (made := _snippet(name, row[name], words)))


_ORDER = ("title", *(name for name in FIELDS if name != "title"))


def _snippet(field: str, text: str, words: Sequence[Word]) -> Snippet | None:
    plain = alike(text)
    found = [
        (place, place + len(word.text), number)
        for number, word in enumerate(words)
        if word.field in (None, field)
        for place in places(plain, word.text)
    ]
    if not found:
        return None
    start, end = _window(sorted(found), len(text))
    shown = ((max(a, start) - start, min(b, end) - start) for a, b, _ in found if a < end and b > start)
    return Snippet(field, text[start:end], start, joined_spans(shown), end < len(text))


def _window(found: Sequence[tuple[int, int, int]], length: int) -> tuple[int, int]:
    """The stretch with the most words in it, of these the one with the most hits, of these the first. ``found`` are
    hits in order: start, end, number of the word."""
    if length <= _WIDTH:
        return 0, length
    best, chosen, last = (0, 0), found[0][0], 0
    inside: dict[int, int] = {}
    for first, (start, _, number) in enumerate(found):
        while last < len(found) and (last <= first or found[last][1] <= start + _WIDTH - _BEFORE):
            inside[found[last][2]] = inside.get(found[last][2], 0) + 1
            last += 1
        if (score := (len(inside), last - first)) > best:
            best, chosen = score, start
        inside[number] -= 1
        if not inside[number]:
            del inside[number]
    begin = max(0, min(chosen - _BEFORE, length - _WIDTH))
    longest = max(end for start, end, _ in found if start == chosen)
    return begin, min(length, max(begin + _WIDTH, longest))
