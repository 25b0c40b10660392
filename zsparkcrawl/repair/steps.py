"""How a path goes on: the ways in which a character read one byte off, or a byte lost, can be what was there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import chain, islice

from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION
from zsparkcrawl.repair.bytepairs import (
    LEADS,
    pair,
    pairs_with_lead,
    pairs_with_trail,
    split,
    unassigned_trails,
)
from zsparkcrawl.repair.costs import QUOTES, Costs, Guess, open_quote
from zsparkcrawl.repair.paths import Path, keep
from zsparkcrawl.repair.shown import STRADDLE, ShownText

__all__ = ["LOST", "Steps"]

_FLUENT = 6.0
"""Bits of one character above which bytes are thought of that vanished before it."""
_FLUENT_TWICE = 6.0
"""Bits of two characters with such a pair between them above which two pairs are thought of."""
LOST = 0.5
"""Bits against a byte that shows as lost. What was there decides whether it was lost, so the bits of the characters
are nearly all there is to say; the rest is that not every decoder loses bytes in this way."""
_VANISHED = 0.0
"""Bits against a pair of bytes that was lost without a trace: what was there decides that, as above."""
_MOST_UNASSIGNED = 12
"""How many characters are tried for the first and for the second of two that lost a byte each."""
_MOST_UNKNOWN = 16
"""… and where three or more lost a byte each, of which only the last is told by what follows."""
_MOST_TWICE = 24
"""How many readings with two lost pairs are gone on with."""
_DROPPED = 5.0
"""Bits against a byte that was dropped where neither a cut nor a "?" accounts for it."""
_LOSSES = frozenset("?\ufffd")
_RESUMES = frozenset("。、：）》”！，；？!,;:\n")
"""Where a text falls into step by itself when the odd byte before it was dropped."""


class Steps:
    """The steps of paths over one shown text. ``quote_open`` says whether a quotation is open where they begin."""

    def __init__(self, shown: ShownText, costs: Costs) -> None:
        self.shown, self.costs = shown, costs
        self.quote_open = False

    def of(self, path: Path, *, doubt: bool) -> list[Path]:
        """All ways in which a path goes on by one character shown. With ``doubt``, also those in which a pair vanished
        before it, unless what is shown goes on well enough; two pairs where one does not help."""
        steps = list(self._plain_steps(path))
        if doubt and not any(self._with_next(step) < path.cost + _FLUENT for step in steps):
            steps += self._behind_lost(path)
        return steps

    def _with_next(self, step: Path) -> float:
        """Bits of a path; of one back in step beyond a byte that shows as lost, with the character that follows, for
        with 40 characters to choose from one is always fluent: what follows tells whether it was that."""
        text, position = self.shown.text, step.position
        if step.carry is not None or text[position - 1] not in _LOSSES or text[position : position + 1] in _LOSSES:
            return step.cost
        return step.cost + (self.costs.of(text[position], step.context)[0] if position < len(text) else 0.0)

    def _plain_steps(self, path: Path) -> Iterator[Path]:
        text, position, carry = self.shown.text, path.position, path.carry
        assert carry is not None
        if position >= len(text):
            yield from self._lost_trail(path, _DROPPED)
        elif self.shown.is_hopeless(position):
            return
        elif match := self.shown.pinyin_at(position):
            yield path._replace(position=match.end())
        elif straddle := STRADDLE.match(text, position):
            for trail, cost in self.costs.matched(carry, straddle[1]):
                char = pair(carry, trail)
                step = self._emit(path, char, None, straddle.end(), cost - self.costs.bare(char))
                yield from self._straddled_again(step._replace(inferred=path.inferred or cost > 0), trail)
        else:
            shown = text[position]
            if shown in _LOSSES:
                yield from self._lost_lead(path)
                yield from self._lone_byte(path)
                yield from self._replaced_pair(path)
            if shown in _RESUMES:
                yield from self._lost_trail(path, self._dropped(shown))
            yield from self._shown(path, shown)

    def _straddled_again(self, path: Path, trail: int) -> Iterator[Path]:
        """A path back in step; where pinyin inside a character stands there at once, it goes on from that."""
        match = STRADDLE.match(self.shown.text, path.position)
        if match is None:
            yield path
            return
        for carry, cost in self.costs.matched(trail, match[1]):
            inferred = path.inferred or cost > 0
            yield path._replace(position=match.end(), carry=carry, cost=path.cost + cost, inferred=inferred)

    def _shown(self, path: Path, shown: str) -> Iterator[Path]:
        """What is shown is a character read one byte off: the byte carried takes its first byte."""
        assert path.carry is not None
        marks = self.shown.marks
        shown_bytes = bytes((0xA3, marks[shown])) if shown in marks else split(shown)
        if len(shown_bytes) == 2:
            yield from self._shown_pair(path, shown_bytes)
        elif shown_bytes and (char := pair(path.carry, shown_bytes[0])):
            end = path.position + 1
            yield self._emit(path, char, None, end, -self.costs.bare(char) if self._is_annotated(char, end) else 0.0)
        elif shown_bytes and shown_bytes[0] < 0x40:
            yield from self._lost_trail(path, _DROPPED)
        if len(shown_bytes) == 1 and self.shown.is_narrowed(shown):
            yield from self._shown_pair(path, bytes((0xA3, 0x80 | shown_bytes[0])))

    def _shown_pair(self, path: Path, shown_bytes: bytes) -> Iterator[Path]:
        assert path.carry is not None
        if not (char := pair(path.carry, shown_bytes[0])):
            return
        if shown_bytes[1] in LEADS:
            yield self._emit(path, char, shown_bytes[1], path.position + 1)
        elif shown_bytes[1] < 0x7F:
            yield self._emit(path, char + chr(shown_bytes[1]), None, path.position + 1)

    def _lost_lead(self, path: Path) -> Iterator[Path]:
        """A "?" that swallowed an ASCII byte, or stands for an orphan before a mark; a U+FFFD that swallowed none."""
        assert path.carry is not None
        end = path.position + 1
        steps = self.guessed(path, pairs_with_lead(path.carry), None, end, LOST)
        yield from chain.from_iterable(map(self._swallowed, steps)) if self.shown.swallows(path.position) else steps

    def _swallowed(self, path: Path) -> Iterator[Path]:
        """The ASCII character that was taken along: a blank, or unknown; it counts as a figure then, as most are."""
        # As likely as a figure, whatever stands before: blanks were taken out of much that the model was built from.
        bits, _ = self.costs.of("0", path.context)
        cost, context = path.cost + bits, path.context[-1:]
        yield path._replace(text=path.text + " ", context=context + " ", cost=cost)
        holes = (*path.holes, len(path.text))
        yield path._replace(text=path.text + "?", context=context + "0", cost=cost, holes=holes)

    def _lone_byte(self, path: Path) -> Iterator[Path]:
        """A trail byte 80 left alone: no lead byte, so it swallows nothing. Its character's own pinyin may follow."""
        assert path.carry is not None
        end = path.position + 1
        if char := pair(path.carry, 0x80):
            if match := self._is_annotated(char, end):
                yield self._emit(path, char, None, match.end(), -self.costs.bare(char))
            else:
                yield self._emit(path, char, None, end, LOST)._replace(inferred=True)

    def _is_annotated(self, char: str, end: int) -> re.Match[str] | None:
        """The character's own pinyin behind it."""
        match = ANNOTATION.match(self.shown.text, end)
        return match if match and match[1] in readings_of(char) else None

    def _replaced_pair(self, path: Path) -> Iterator[Path]:
        """A "?" or U+FFFD that stands for two bytes to which GBK gives no character, or two of them for four."""
        end = path.position + 1
        halves = list(self._halves(path, end, LOST))
        for half in halves:
            yield from self._taken_up(half)
        if self.shown.text[end : end + 1] in _LOSSES and not STRADDLE.match(self.shown.text, end):
            for half in self._second_halves(halves, end + 1, LOST):
                yield from self._taken_up(half)

    def _behind_lost(self, path: Path) -> list[Path]:
        """What is shown follows two bytes that vanished because GBK gives them no character, or four of them."""
        cost = _VANISHED + self.costs.pair_gone
        halves = list(self._halves(path, path.position, cost))
        steps = [step for half in halves for step in self._taken_up(half)]
        if not any(step.cost < path.cost + _FLUENT_TWICE for step in steps):
            twice = self._second_halves(halves, path.position, cost)
            steps += [step for half in twice for step in self._taken_up(half)]
        return nsmallest(_MOST_TWICE, steps, key=lambda step: step.cost)

    def _halves(self, path: Path, end: int, cost: float) -> Iterator[Path]:
        """A character begun by the byte carried, whose second byte was lost with the first of the next."""
        assert path.carry is not None
        begun = (guess for guess in self.costs.guesses(pairs_with_lead(path.carry), path.context) if guess.may_vanish)
        for guess in islice(begun, _MOST_UNASSIGNED):
            yield self._guessed(path, guess, None, end, cost)

    def _second_halves(self, halves: list[Path], end: int, cost: float) -> list[Path]:
        """A second such character behind the first, of which no byte is known; where pinyin tells the third, that tells
        as well which are likely."""
        straddle = STRADDLE.match(self.shown.text, end)
        third = self.costs.annotated(straddle[1]) if straddle else ()
        kept: dict[str, Path] = {}
        for half in nsmallest(_MOST_UNKNOWN, halves, key=lambda half: half.cost):
            for guess in self._unknown(half, third):
                if guess.may_vanish:
                    keep(kept, guess.context, self._guessed(half, guess, None, end, cost))
        return list(kept.values()) if third else nsmallest(_MOST_TWICE, kept.values(), key=lambda half: half.cost)

    def _unknown(self, half: Path, third: tuple[str, ...] = ()) -> list[Guess]:
        """Characters that may follow one whose second byte was lost with their first."""
        return self.costs.unknown(split(half.text[-1])[1], half.context, third)

    def _taken_up(self, half: Path) -> Iterator[Path]:
        """How a path goes on behind a character whose second byte was lost together with the first of the next: what
        is shown must go on from the second byte of that."""
        end, leads = half.position, unassigned_trails(split(half.text[-1])[1])
        straddle = STRADDLE.match(self.shown.text, end)
        following = self.shown.first_bytes(end)
        trails: Iterable[int] = ()
        if straddle:
            trails = [lead for lead in leads if self.costs.matched(lead, straddle[1])]
        elif following:
            fitting = (
                split(guess.char)[0]
                for byte in following
                for guess in self.costs.guesses(pairs_with_trail(byte), half.context)
            )
            trails = dict.fromkeys(islice((lead for lead in fitting if lead in leads), _MOST_UNASSIGNED))
        for lead in trails:
            yield from self._plain_steps(half._replace(carry=lead))
        if self.shown.text[end : end + 1] in _LOSSES and not straddle:
            for lead in leads:
                yield from self._lone_byte(half._replace(carry=lead))
        if not straddle and (not following or self.shown.text[end : end + 1] in _RESUMES):
            yield from self._taken_up_lost(half)

    def _taken_up_lost(self, half: Path) -> Iterator[Path]:
        """… and its second byte was lost as well: the odd one before a cut or a line end, or one that shows as lost."""
        end = half.position
        shows = self.shown.text[end : end + 1] in _LOSSES
        cost = LOST if shows else self._dropped(self.shown.text[end : end + 1])
        for guess in islice(self._unknown(half), _MOST_UNASSIGNED):
            step = self._guessed(half, guess, None, end + shows, cost)
            yield from self._swallowed(step) if shows and self.shown.swallows(end) else (step,)

    def _lost_trail(self, path: Path, cost: float) -> Iterator[Path]:
        """The odd byte before a cut, a line end or ASCII was dropped without a trace."""
        assert path.carry is not None
        yield from self.guessed(path, pairs_with_lead(path.carry), None, path.position, cost)

    def _dropped(self, shown: str) -> float:
        """Bits against an odd byte that was dropped without a trace before what is shown."""
        return LOST + self.costs.orphan_gone if shown in self.shown.marks else _DROPPED

    def guessed(
        self, path: Path, chars: tuple[str, ...], carry: int | None, position: int, cost: float = 0.0
    ) -> Iterator[Path]:
        """A path with each of the characters that may be put in for a lost byte, the likeliest first."""
        for guess in self.costs.guesses(chars, path.context):
            yield self._guessed(path, guess, carry, position, cost)

    def _guessed(self, path: Path, guess: Guess, carry: int | None, position: int, cost: float) -> Path:
        bits = path.cost + cost + guess.bits + (self._quote_bits(path, guess.char) if guess.char in QUOTES else 0.0)
        return Path(position, carry, path.text + guess.char, guess.context, bits, True, path.holes, path.doubts)

    def _quote_bits(self, path: Path, char: str) -> float:
        return self.costs.of_quote(char, open_quote(path.text, self.quote_open))

    def _emit(self, path: Path, added: str, carry: int | None, position: int | None = None, cost: float = 0.0) -> Path:
        """A path with characters added to what was there."""
        bits, context = self.costs.of(added, path.context)
        at = path.position if position is None else position
        return Path(
            at, carry, path.text + added, context, path.cost + cost + bits, path.inferred, path.holes, path.doubts
        )
