"""The byte streams that could show as a shifted text, place by place.

The search itself, in numbers, is `lattice.beam`.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import LEADS, split
from zsparkcrawl.repair.costs import LEFT_OPEN, WRONG_QUOTE, Costs, facts_for, open_quote
from zsparkcrawl.repair.lattice.beam import Beam
from zsparkcrawl.repair.lattice.halves import LOST
from zsparkcrawl.repair.lattice.places import Places
from zsparkcrawl.repair.lattice.readings import Readings
from zsparkcrawl.repair.lattice.steps import Steps
from zsparkcrawl.repair.paths import Path
from zsparkcrawl.repair.shown import WIDE, ShownText

__all__ = ["Best", "Streams"]


class Best(NamedTuple):
    """The likeliest way back into step: where it ends, how many bits it saves against the text as it stands. Until the
    next search `Streams.path` gives the path itself."""

    position: int
    saved: float
    ending: int
    horizon: int


class Streams:
    """The possible byte streams behind one shown text."""

    def __init__(self, text: str, diagnosis: Diagnosis) -> None:
        self.shown = ShownText(text, [mark for mark in WIDE if mark in text or diagnosis.runs.get(mark, 0)])
        shown, self._diagnosis = self.shown, diagnosis
        facts = facts_for(diagnosis)
        self.places = Places(text, facts, model().grams, shown.marks, shown.narrowed, shown.hopeless)
        self._read = 0
        self._quote_open = False

    @cached_property
    def _costs(self) -> Costs:
        return Costs(self._diagnosis)

    @cached_property
    def _beam(self) -> Beam:
        """The search, made for the first place that needs one: most paragraphs have none."""
        costs, lists = self._costs, self._costs.lists()
        readings = Readings(costs.matched, costs.annotated, lists.third_of)
        steps = Steps(self.places, lists, readings, WRONG_QUOTE, costs.orphan_gone, costs.pair_gone)
        return Beam(self.places, steps, LEFT_OPEN)

    def straddled(self, start: int, end: int, reading: str) -> Best | None:
        """The likeliest way on from pinyin inside a character: the lead byte of the annotated character is the last
        byte before it, its trail byte the lost lead byte of what follows. None when no way leads back into step."""
        self._read_up_to(start)
        self._beam.clear()
        before = self.shown.before_pinyin(start)
        lead = split(self.shown.text[before - 1])[-1:] if before else b""
        context = self.places.context(start)
        for trail, cost in self._costs.matched(reading).get(lead[0], ()) if lead else ():
            if trail in LEADS and lead[0] in LEADS:
                self._beam.begin(end, trail, context, cost, self._quote_open)
        return self._best(start, context)

    def cut(self, start: int, position: int) -> Best | None:
        """The likeliest way on from a mark (at ``position``) that is none: its first byte belongs to the character
        before, whose own lead byte was dropped, or shows at ``start``."""
        was_open = self._quote_open
        self._read_up_to(start)
        self._beam.clear()
        context = self.places.context(start)
        cost = LOST if start < position else LOST + self._costs.orphan_gone
        self._beam.begin_cut(position, context, cost, was_open, self._quote_open)
        return self._best(start, context)

    def ahead(self, start: int, end: int, reading: str) -> float:
        """How many bits the best way on from pinyin inside a character saves, 0 when there is none: to ask ahead."""
        read, is_open = self._read, self._quote_open
        best = self.straddled(start, end, reading)
        self._read, self._quote_open = read, is_open
        return best.saved if best else 0.0

    def path(self, best: Best) -> Path:
        """What the last search found."""
        return self._beam.chosen(best.ending, best.horizon)

    def accept(self, path: Path) -> None:
        """Take a path as what was there: later places may rely on the quotation marks in it."""
        self._quote_open = open_quote(path.text, self._quote_open)
        self._read = path.position

    def _read_up_to(self, start: int) -> None:
        self._quote_open = self.places.is_open(self._read, start, self._quote_open)
        self._read = start

    def _best(self, start: int, context: tuple[int, int]) -> Best | None:
        beam, places = self._beam, self.places
        if not beam.search(start):
            return None
        horizon = beam.horizon()
        closes = self.shown.closes(horizon)
        ending = beam.weigh(horizon, closes)
        standing = places.bits_behind(start, horizon, *context)
        standing += LEFT_OPEN * (places.is_open(start, horizon, self._quote_open) != closes)
        return Best(beam.nodes.place[beam.ended[ending]], standing - beam.weight(ending), ending, horizon)
