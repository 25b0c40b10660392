"""Where a stretch of a clean text comes from: the stretch of the page's text that damage byte by byte made of it.

`zsparkcrawl.evidence` tells that for a whole text, which takes 10 ms for a damaged page of 1,200 characters with nine
hundred edits; a collation asks it for few places, and goes back through the edits for these alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

from zsparkcrawl.edits import Edit, Edited, ascending, places_of, revert

__all__ = ["Origin"]

_TOLD = frozenset({"gbk", "annotations", "simplified"})
"""The rules whose damage can be told byte by byte: see `zsparkcrawl.witnesses.explaining`."""
_SPAM = "spam-"
_TURNS = 20

Span = tuple[int, int]


class _Run:
    """Edits of one rule in the order of the text. Those that put character for character in the place of the same
    number move nothing and are left out, but for those of bytes, whose place cannot be cut."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.is_spam = edits[0].rule.startswith(_SPAM)
        kept = [one for one in edits if len(one.before) != len(one.after) or one.rule == "gbk"]
        self.starts = [one.start for one in kept]
        self.ends = [one.start + len(one.after) for one in kept]
        self.before = [len(one.before) for one in kept]
        self.grown = list(accumulate((len(one.after) - len(one.before) for one in kept), initial=0))

    def whole(self, start: int, end: int) -> Span:
        """A stretch behind the run, longer by what it has of an edit's text without having all of it."""
        first = bisect_right(self.ends, start)
        if first < len(self.starts) and self.starts[first] < start:
            start = self.starts[first]
        last = bisect_left(self.starts, end) - 1
        if last >= 0 and self.ends[last] > end:
            end = self.ends[last]
        return start, end

    def back(self, start: int, end: int) -> Iterator[Span]:
        """The stretch before the run. What was cut right behind it belongs to it; spam that was cut out of it does
        not, and parts it."""
        first = bisect_left(self.starts, start)
        while first < len(self.starts) and self.ends[first] == start:
            first += 1
        begin = start - self.grown[first]
        last = first
        while last < len(self.starts) and self.ends[last] <= end:
            if self.is_spam and self.starts[last] == self.ends[last]:
                cut = self.starts[last] - self.grown[last]
                yield begin, cut
                begin = cut + self.before[last]
            last += 1
        yield begin, end - self.grown[last]

    def forth(self, start: int, end: int) -> Span:
        """Where a stretch before the run stands behind it, longer by what an edit made of some of it."""
        return self._forth(start, self.starts), self._forth(end, self.ends)

    def _forth(self, place: int, inside: Sequence[int]) -> int:
        at = bisect_right(range(len(self.starts)), place, key=lambda n: self.starts[n] - self.grown[n])
        if at and place < self.starts[at - 1] - self.grown[at - 1] + self.before[at - 1]:
            return inside[at - 1]
        return place + self.grown[at]


class Origin:
    """The way back from a clean text.

    >>> made = (Edit("gbk", 3, "?疾炱陂g", "。考察期間"), Edit("simplified", 7, "間", "间"))
    >>> origin = Origin(Edited("招局。考察期间的", (*made, Edit("spam-list", 1, "赌", ""))))
    >>> origin.bounds(2, 4), origin.shown(2, 7), origin.shown(0, 2)
    ((2, 7), '?疾炱陂g', '招局')
    """

    def __init__(self, edited: Edited) -> None:
        edits = list(edited.edits)
        first = next((n for n, one in enumerate(edits) if one.rule in _TOLD), len(edits))
        later = edits[first:]
        self._text = revert(edited.text, later)
        groups = (list(group) for _, group in groupby(later, key=lambda one: one.rule))
        runs = (_Run(run) for group in groups for run in ascending(group))
        self._runs = [run for run in runs if run.starts]
        self._untold = places_of(edits, lambda one: one.certainty == "inferred" and one.rule not in _TOLD)

    def bounds(self, start: int, end: int) -> Span:
        """A stretch made longer until it begins and ends where the page's text can be cut as well."""
        for _ in range(_TURNS):
            whole = self._whole(start, end)
            if whole == (start, end):
                break
            start, end = whole
        return start, end

    def _whole(self, start: int, end: int) -> Span:
        here = start, end
        for number in range(len(self._runs) - 1, -1, -1):
            run = self._runs[number]
            whole = run.whole(*here)
            if whole != here:
                start, end = whole
                for later in self._runs[number + 1 :]:
                    start, end = later.forth(start, end)
                return start, end
            spans = list(run.back(*here))
            here = spans[0][0], spans[-1][1]
        return start, end

    def shown(self, start: int, end: int) -> str | None:
        """What the page shows in the place of a stretch that begins and ends at such bounds, spam left out; None
        where something was inferred of other damage, of which nothing can be told byte by byte."""
        if any(a < end and start < b for a, b in self._untold):
            return None
        spans = [(start, end)]
        for run in reversed(self._runs):
            spans = [before for span in spans for before in run.back(*span)]
        return "".join(self._text[a:b] for a, b in spans)
