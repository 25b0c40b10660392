"""Lines of a folded text that have listed words, and the stretches between marks in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zsparkcrawl.spam.evidence import Evidence, evidence
from zsparkcrawl.spam.lexicon import Folded, Term, terms

__all__ = ["AROUND", "MARK", "SENTENCE", "STOP", "Line", "bounds", "clause_of", "lines_of"]

STOP = re.compile("[。！？!?\n]")
SENTENCE = re.compile("[^。！？!?\n”’）】》][^。！？!?\n]*")
MARK = re.compile('[。！？!?\n，,；;：:…（）()【】\\[\\]《》“”"「」『』—|｜_~～=<>]')
AROUND = 200
"""Characters on either side in which the sentence around a phrase is looked for. Chosen: sentences are shorter."""


class Line(NamedTuple):
    """A line of a folded text that has terms; a tuple, for a text may have a hundred thousand of them. ``foreign`` are
    places in the text whose character is of another script than the page."""

    text: str
    start: int
    end: int
    terms: Sequence[Term]
    foreign: frozenset[int] = frozenset()

    def between(self, start: int, end: int) -> Sequence[Term]:
        """Its terms between two places."""
        first = bisect_left(self.terms, start, key=lambda term: term.start)
        return self.terms[first : bisect_left(self.terms, end, key=lambda term: term.start)]

    def evidence(self, start: int, end: int) -> Evidence:
        """What its terms between two places say."""
        return evidence(self.text, start, end, self.between(start, end))

    def bonus(self, start: int, end: int) -> float:
        """What it weighs that the stretch is of another script than the page."""
        return 2.0 if self.foreign and not self.foreign.isdisjoint(range(start, end)) else 0.0


def lines_of(text: Folded) -> Iterator[Line]:
    """Lines that have terms."""
    held: list[Term] = []
    start, end = 0, -1
    for term in terms(text):
        if term.start > end:
            if held:
                yield Line(text, start, end, held)
            held = []
            start = text.rfind("\n", 0, term.start) + 1
            end = text.find("\n", term.start)
            end = len(text) if end < 0 else end
        held.append(term)
    if held:
        yield Line(text, start, end, held)


def bounds(pattern: re.Pattern[str], line: Line, start: int, end: int) -> tuple[int, int]:
    """The stretch between marks that holds what lies between two places."""
    text = line.text
    left = max(start - AROUND, line.start)
    for match in pattern.finditer(text, left, min(end + AROUND, line.end)):
        if match.end() > start:
            left = match.start()
            break
    right = pattern.match(text, max(end - 1, left), min(end + AROUND, line.end))
    return left, right.end() if right else end


def clause_of(line: Line, start: int, end: int) -> tuple[int, int]:
    """The stretch between marks that holds what lies between two places without one, however short.

    >>> clause_of(Line("园区（时时彩网）开会", 0, 10, (), frozenset()), 3, 6)
    (3, 7)
    """
    text, left = line.text, start
    while left > max(start - AROUND, line.start) and not MARK.match(text, left - 1):
        left -= 1
    mark = MARK.search(text, end, min(end + AROUND, line.end))
    return left, mark.start() if mark else min(end + AROUND, line.end)
