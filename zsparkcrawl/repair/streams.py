"""The search for the byte stream that could show as a shifted text.

A path carries the byte that waits for its other half. Every character read one byte off gives one true character and
the next byte to carry, until an ASCII byte or a cut takes it up. Two paths that stand at the same place, carry the
same byte and end in the same two characters go on alike, so only the likelier is kept: the cost of the search grows
with the length of the run, not with the number of readings.
"""

from __future__ import annotations

from heapq import nsmallest

from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION, simplified_of
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import LEADS, pairs_with_trail, split
from zsparkcrawl.repair.costs import LEFT_OPEN, Costs, open_quote
from zsparkcrawl.repair.paths import Path, doubted, keep
from zsparkcrawl.repair.shown import WIDE, ShownText, Standing
from zsparkcrawl.repair.steps import LOST, Steps

__all__ = ["Streams"]

_WIDTH = 24
"""Paths kept alive at once."""
_DOUBTED = 6
"""Of how many paths at once it is asked whether a pair vanished: those that lead."""
_DOUBTED_WITHIN = 12.0
"""… by so many bits."""
_DOUBTED_MORE = 2.0
"""… and of which path: one that costs hardly more than the text as it stands."""
_MOST_STEPS = 40_000
"""Steps after which one search takes what it has. Chosen, far above what news takes."""
_STEPS_PER_TEXT, _STEPS_PER_CHARACTER = 300_000, 60
"""Steps for all searches of a text, a bound for text made to last. Chosen likewise."""
_LONGEST = 600
"""Characters after which a run is given up: a bound, far above what is met (the longest of 95 runs had 23)."""
_SLACK = 20.0
"""Bits by which a path may cost more than the text as it stands before it is given up: text read one byte off costs
some 12 bits a character more (19.5 against 7.2 in the median), so that a false alarm dies after a few characters."""


class Streams:
    """The possible byte streams behind one shown text."""

    def __init__(self, text: str, diagnosis: Diagnosis) -> None:
        self.shown = ShownText(text, [mark for mark in WIDE if diagnosis.runs.get(mark, 0) or mark in text])
        self.costs = Costs(diagnosis)
        self._steps = Steps(self.shown, self.costs)
        self._read = 0
        self._steps_left = _STEPS_PER_TEXT + _STEPS_PER_CHARACTER * len(text)

    def straddled(self, start: int, end: int, reading: str) -> list[Path]:
        """Paths that begin at pinyin inside a character, in step so far: the lead byte of the annotated character is
        the last byte before it, its trail byte the lost lead byte of what follows."""
        before = self.shown.before_pinyin(start)
        lead = split(self.shown.text[before - 1])[-1:] if before else b""
        if not lead or lead[0] not in LEADS:
            return []
        context = self.shown.context(start)
        matched = self.costs.matched(lead[0], reading)
        return [Path(end, trail, "", context, cost, cost > 0) for trail, cost in matched if trail in LEADS]

    def cut(self, start: int, position: int) -> list[Path]:
        """Paths that begin at a mark (at ``position``) that is none: its first byte belongs to the character before,
        whose own lead byte was dropped, or shows at ``start``."""
        carry = self.shown.marks[self.shown.text[position]]
        cost = LOST if start < position else LOST + self.costs.orphan_gone
        first = Path(position + 1, carry, "", self.shown.context(start), cost, inferred=True)
        return list(self._steps.guessed(first, pairs_with_trail(0xA3), carry, position + 1))

    def best(self, start: int, paths: list[Path]) -> tuple[Path, float] | None:
        """The likeliest way from these beginnings back into step, and how many bits it saves against the text as it
        stands. None when no way leads back."""
        shown = self.shown
        self._steps.quote_open = open_quote(shown.text[self._read : start], self._steps.quote_open)
        self._read = start
        ended = self._ended(start, paths)
        if not ended:
            return None
        horizon = shown.horizon(max(path.position for path in ended))
        rest = {path: path.cost + self._rest(path.position, horizon, path.context, path.text) for path in ended}
        best = min(rest, key=rest.__getitem__)
        chosen, whole = best, best.text + shown.text[best.position : horizon]
        for path, bits in rest.items():
            if path is not best:
                chosen = doubted(chosen, bits - rest[best], whole, path.text + shown.text[path.position : horizon])
        return chosen, self._rest(start, horizon, shown.context(start)) - rest[best]

    def saves(self, start: int, paths: list[Path]) -> float:
        """How many bits the best way from these beginnings saves, 0 when there is none; for asking ahead."""
        read, is_open = self._read, self._steps.quote_open
        best = self.best(start, paths)
        self._read, self._steps.quote_open = read, is_open
        return best[1] if best else 0.0

    def _rest(self, start: int, end: int, context: str, before: str = "") -> float:
        """Bits of a stretch as it stands; a quotation that it leaves open, or ends without a beginning, counts."""
        cost = self.shown.cost(start, end, context)
        is_open = open_quote(before + self.shown.text[start:end], self._steps.quote_open)
        return cost + LEFT_OPEN * (is_open != self.shown.closes(end))

    def accept(self, path: Path) -> None:
        """Take a path as what was there: later places may rely on the quotation marks in it."""
        self._steps.quote_open = open_quote(path.text, self._steps.quote_open)
        self._read = path.position

    def _ended(self, start: int, paths: list[Path]) -> list[Path]:
        """The likeliest paths that fall into step again, a few for each place where that happens."""
        standing = Standing(self.shown.text, start)
        ended: dict[tuple[int, str], Path] = {}
        most = self._steps_left - min(_MOST_STEPS, self._steps_left)
        while paths and self._steps_left > most:
            going: dict[tuple[int, int, str], Path] = {}
            ahead = min(path.cost - standing.upto(path.position) for path in paths)
            for rank, path in enumerate(paths):
                more = path.cost - standing.upto(path.position)
                doubt = rank < _DOUBTED and more < min(ahead + _DOUBTED_WITHIN, _DOUBTED_MORE)
                for step in self._steps.of(path, doubt=doubt):
                    self._steps_left -= 1
                    if step.cost > standing.upto(step.position) + _SLACK:
                        continue
                    if step.carry is None:
                        closed = self._closed(step)
                        keep(ended, (closed.position, closed.context), closed)
                    elif step.position - start < _LONGEST:
                        keep(going, (step.position, step.carry, step.context), step)
            paths = nsmallest(_WIDTH, going.values(), key=lambda path: path.cost - standing.upto(path.position))
        by_place: dict[int, list[Path]] = {}
        for path in ended.values():
            by_place.setdefault(path.position, []).append(path)
        return [path for those in by_place.values() for path in nsmallest(12, those, key=lambda path: path.cost)]

    def _closed(self, path: Path) -> Path:
        """A path that is back in step, with the pinyin that the last character itself carries taken in."""
        match = ANNOTATION.match(self.shown.text, path.position)
        own = match and path.text and path.text[-1] in simplified_of() and match[1] in readings_of(path.text[-1])
        return path._replace(position=match.end()) if match and own else path
