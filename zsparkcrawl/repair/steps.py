"""How a path goes on: the ways in which a character read one byte off, or a byte lost, can be what was there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import islice

from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION
from zsparkcrawl.repair.bytepairs import (
    LEADS,
    MARKS,
    pair,
    pairs_with_lead,
    pairs_with_trail,
    split,
    unassigned_trails,
)
from zsparkcrawl.repair.costs import ENDINGS, QUOTES, Costs, open_quote
from zsparkcrawl.repair.paths import Path
from zsparkcrawl.repair.shown import STRADDLE, ShownText

__all__ = ["LOST", "Steps"]

_FLUENT = 6.0
"""Bits of one character above which bytes are thought of that vanished before it."""
LOST = 0.5
"""Bits against a byte that shows as lost. What was there decides whether it was lost, so the bits of the characters
are nearly all there is to say; the rest is that not every decoder loses bytes in this way."""
_VANISHED = 1.5
"""Bits against bytes that were lost without a trace."""
_MOST_UNASSIGNED = 12
"""How many characters are tried for the first and for the second of two that lost a byte each."""
_MOST_TWICE = 24
"""… and of how many readings with one lost pair a second one is thought of."""
_MOST_UNKNOWN = 3
"""… where what follows does not tell the second."""
_DROPPED = 5.0
"""Bits against a byte that was dropped where neither a cut nor a "?" accounts for it."""
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
        straddled = STRADDLE.match(self.shown.text, path.position) is not None
        known = straddled or self.shown.text[path.position : path.position + 1] not in "?\ufffd"
        if doubt and known and not any(step.cost < path.cost + _FLUENT for step in steps):
            vanished = list(self._unassigned(path, path.position))
            steps += [step for one in vanished for step in self._plain_steps(one)]
            if not steps and straddled:
                twice = (self._emit(one, char, None) for one in vanished for char in self._before_unassigned(one))
                likely = nsmallest(_MOST_TWICE, twice, key=lambda step: step.cost)
                steps = [
                    step
                    for one in likely
                    for trail in unassigned_trails(split(one.text[-1])[1])
                    for step in self._plain_steps(one._replace(carry=trail, cost=one.cost + _VANISHED))
                ]
        return steps

    def _plain_steps(self, path: Path) -> Iterator[Path]:
        text, position, carry = self.shown.text, path.position, path.carry
        assert carry is not None
        if position >= len(text):
            yield from self._lost_trail(path, _DROPPED)
            yield from self._lost_ending(path, position, _DROPPED)
        elif self.shown.is_hopeless(position):
            return
        elif match := self.shown.pinyin_at(position):
            yield path._replace(position=match.end())
        elif match := STRADDLE.match(text, position):
            for trail, cost in self.costs.matched(carry, match[1]):
                step = self._emit(path, pair(carry, trail), None, match.end(), cost)
                yield step._replace(inferred=path.inferred or cost > 0)
        else:
            shown = text[position]
            if shown in "?\ufffd":
                yield from self._lost_lead(path)
                yield from self._lone_byte(path)
                yield from self._replaced_pair(path)
            if shown in _RESUMES:
                yield from self._lost_trail(path, LOST if shown in MARKS else _DROPPED)
            yield from self._shown(path, shown)

    def _shown(self, path: Path, shown: str) -> Iterator[Path]:
        """What is shown is a character read one byte off: the byte carried takes its first byte."""
        assert path.carry is not None
        shown_bytes = bytes((0xA3, MARKS[shown])) if shown in MARKS else split(shown)
        if len(shown_bytes) == 2:
            yield from self._shown_pair(path, shown_bytes)
        elif shown_bytes and (char := pair(path.carry, shown_bytes[0])):
            yield self._emit(path, char, None, path.position + 1)
        elif shown_bytes and shown_bytes[0] < 0x40:
            yield from self._lost_trail(path, _DROPPED)
        if len(shown_bytes) == 1 and "!" <= shown <= "~":
            # An archive that narrows marks narrows full-width letters as well.
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
        following = self.shown.text[end : end + 1]
        if following in "\n":
            yield from self._lost_ending(path, end, LOST)
        swallowed = self.shown.text[path.position] == "?" and following not in {"", "\n", *MARKS}
        steps = self.guessed(path, pairs_with_lead(path.carry), None, end, LOST)
        yield from map(_with_hole, steps) if swallowed else steps

    def _lone_byte(self, path: Path) -> Iterator[Path]:
        """A trail byte 80 left alone: no lead byte, so it swallows nothing. Its character's own pinyin may follow."""
        assert path.carry is not None
        end = path.position + 1
        if char := pair(path.carry, 0x80):
            if (match := ANNOTATION.match(self.shown.text, end)) and match[1] in readings_of(char):
                yield self._emit(path, char, None, match.end())
            else:
                yield self._emit(path, char, None, end, LOST)._replace(inferred=True)

    def _replaced_pair(self, path: Path) -> Iterator[Path]:
        """A "?" or U+FFFD that stands for two bytes to which GBK gives no character. What is shown behind it tells
        which two, so both are read together."""
        end = path.position + 1
        known = self.shown.first_byte(end) is not None or STRADDLE.match(self.shown.text, end)
        again = self.shown.text[end : end + 1] in "?\ufffd" and self.shown.text[end + 1 : end + 2] in MARKS
        for step in self._unassigned(path, end) if known else ():
            yield from self._plain_steps(step)
        for step in self._unassigned(path, end, most=2) if again and not known else ():
            yield from self._lost_lead(step)

    def _unassigned(self, path: Path, end: int, most: int = _MOST_UNASSIGNED) -> Iterator[Path]:
        """Two bytes to which GBK gives no character: both are unknown, and what is shown at ``end`` must go on from
        the second."""
        assert path.carry is not None
        following = self.shown.first_byte(end)
        straddle = STRADDLE.match(self.shown.text, end)
        cost = LOST if end > path.position else _VANISHED
        begun = (guess for guess in self.costs.guesses(pairs_with_lead(path.carry), path.context) if guess.may_vanish)
        for guess in islice(begun, most if following is not None or straddle else _MOST_UNKNOWN):
            trails: Iterable[int] = unassigned_trails(split(guess.char)[1])
            if following is not None:
                leads = (split(one.char)[0] for one in self.costs.guesses(pairs_with_trail(following), guess.context))
                trails = list(islice((lead for lead in leads if lead in trails), _MOST_UNASSIGNED))
            elif straddle:
                trails = [trail for trail in trails if self.costs.matched(trail, straddle[1])]
            for trail in trails:
                bits = path.cost + cost + guess.bits
                yield Path(end, trail, path.text + guess.char, guess.context, bits, True, path.holes, path.doubts)

    def _before_unassigned(self, path: Path) -> list[str]:
        """Characters that the carried byte begins and whose second byte begins pairs that GBK does not assign."""
        assert path.carry is not None
        return [char for char in self.costs.likely(pairs_with_lead(path.carry)) if unassigned_trails(split(char)[1])]

    def _lost_trail(self, path: Path, cost: float) -> Iterator[Path]:
        """The odd byte before a cut, a line end or ASCII was dropped without a trace."""
        assert path.carry is not None
        yield from self.guessed(path, pairs_with_lead(path.carry), None, path.position, cost)

    def _lost_ending(self, path: Path, position: int, cost: float) -> Iterator[Path]:
        """A pair to which GBK gives no character, and the odd byte behind it, lost at the end of a text: half a
        character and the mark that ended it."""
        assert path.carry is not None
        for half in self.guessed(path, pairs_with_lead(path.carry), None, position, cost + _VANISHED):
            trail = split(half.text[-1])[1]
            for ending in ENDINGS if trail in LEADS else ():
                if not pair(trail, split(ending)[0]):
                    yield self._emit(half, ending, None, cost=self._quote_bits(path, ending))

    def guessed(
        self, path: Path, chars: tuple[str, ...], carry: int | None, position: int, cost: float = 0.0
    ) -> Iterator[Path]:
        """A path with each of the characters that may be put in for a lost byte, the likeliest first."""
        for char, bits, context in self.costs.guesses(chars, path.context):
            total = path.cost + cost + bits + (self._quote_bits(path, char) if char in QUOTES else 0.0)
            yield Path(position, carry, path.text + char, context, total, True, path.holes, path.doubts)

    def _quote_bits(self, path: Path, char: str) -> float:
        return self.costs.of_quote(char, open_quote(path.text, self.quote_open))

    def _emit(self, path: Path, added: str, carry: int | None, position: int | None = None, cost: float = 0.0) -> Path:
        """A path with characters added to what was there."""
        bits, context = self.costs.of(added, path.context)
        at = path.position if position is None else position
        return Path(
            at, carry, path.text + added, context, path.cost + cost + bits, path.inferred, path.holes, path.doubts
        )


def _with_hole(step: Path) -> Path:
    """A path behind whose text an ASCII character is unknown; the context takes it for a figure, as most are."""
    holes = (*step.holes, len(step.text))
    return step._replace(text=step.text + "?", context=step.context[-1:] + "0", holes=holes)
