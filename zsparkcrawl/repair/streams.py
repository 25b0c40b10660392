"""The search for the byte stream that could show as a shifted text.

A path carries the byte that waits for its other half. Every character read one byte off gives one true character and
the next byte to carry, until an ASCII byte or a cut takes it up. Two paths that stand at the same place, carry the
same byte and end in the same two characters go on alike, so only the likelier is kept: the cost of the search grows
with the length of the run, not with the number of readings.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import NamedTuple, TypeVar

from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION, simplified_of
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import (
    LEADS,
    MARKS,
    pair,
    pairs_with_lead,
    pairs_with_trail,
    split,
    unassigned_trails,
)
from zsparkcrawl.repair.costs import Costs, open_quote
from zsparkcrawl.repair.shown import STRADDLE, ShownText, Standing

__all__ = ["Path", "Streams"]

_WIDTH = 24
"""Paths kept alive at once."""
_DOUBTED = 6
"""Of how many paths at once it is asked whether a pair vanished: those that lead."""
_MOST_STEPS = 40_000
"""Steps after which one search takes what it has; 96 % of 504 searches in damaged sample paragraphs took fewer."""
_STEPS_PER_TEXT, _STEPS_PER_CHARACTER = 300_000, 60
"""Steps for all searches of a text, a bound for text made to last; damaged sample paragraphs took 48 a character."""
_LONGEST = 600
"""Characters after which a run is given up: a bound, far above what is met (the longest of 95 runs had 23)."""
_SLACK = 30.0
"""Bits by which a path may cost more than the text as it stands before it is given up: text read one byte off costs
some 12 bits a character more (19.5 against 7.2 in the median), so that a false alarm dies after a few characters."""
_FLUENT = 6.0
"""Bits of one character above which bytes are thought of that vanished before it."""
_LOST = 0.5
"""Bits against a byte that shows as lost. What was there decides whether it was lost, so the bits of the characters
are nearly all there is to say; the rest is that not every decoder loses bytes in this way."""
_VANISHED = 1.5
"""Bits against bytes that were lost without a trace."""
_DROPPED = 5.0
"""Bits against a byte that was dropped where neither a cut nor a "?" accounts for it."""
_RESUMES = frozenset("。、：）》”！，；？!,;:\n")
"""Where a text falls into step by itself when the odd byte before it was dropped."""

_Key = TypeVar("_Key")


class Path(NamedTuple):
    """One reading of the stream so far. ``position`` is the place in the shown text, ``carry`` the byte that waits
    (None: in step), ``text`` what was there, ``context`` its last two characters in Simplified, ``cost`` in bits,
    ``holes`` where in ``text`` an ASCII character is unknown."""

    position: int
    carry: int | None
    text: str
    context: str
    cost: float
    inferred: bool = False
    holes: tuple[int, ...] = ()


class Streams:
    """The possible byte streams behind one shown text."""

    def __init__(self, text: str, diagnosis: Diagnosis) -> None:
        self.shown = ShownText(text)
        self.costs = Costs(diagnosis)
        self._quote_open, self._read = False, 0
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
        carry = MARKS[self.shown.text[position]]
        first = Path(position + 1, carry, "", self.shown.context(start), _LOST, inferred=True)
        paths = [self._emit(first, char, carry) for char in self.costs.likely(pairs_with_trail(0xA3))]
        return sorted(paths, key=lambda path: path.cost)

    def best(self, start: int, paths: list[Path]) -> tuple[Path, float] | None:
        """The likeliest way from these beginnings back into step, and how many bits it saves against the text as it
        stands. None when no way leads back."""
        shown = self.shown
        self._quote_open, self._read = open_quote(shown.text[self._read : start], self._quote_open), start
        ended = self._ended(start, paths)
        if not ended:
            return None
        horizon = shown.horizon(max(path.position for path in ended))
        rest = {path: path.cost + shown.cost(path.position, horizon, path.context) for path in ended}
        best = min(rest, key=rest.__getitem__)
        return best, shown.cost(start, horizon, shown.context(start)) - rest[best]

    def accept(self, path: Path) -> None:
        """Take a path as what was there: later places may rely on the quotation marks in it."""
        self._quote_open, self._read = open_quote(path.text, self._quote_open), path.position

    def _ended(self, start: int, paths: list[Path]) -> list[Path]:
        """The likeliest paths that fall into step again, a few for each place where that happens."""
        standing = Standing(self.shown.text, start)
        ended: dict[tuple[int, str], Path] = {}
        most = self._steps_left - min(_MOST_STEPS, self._steps_left)
        while paths and self._steps_left > most:
            going: dict[tuple[int, int, str], Path] = {}
            for rank, path in enumerate(paths):
                for step in self._steps(path, doubt=rank < _DOUBTED):
                    self._steps_left -= 1
                    if step.cost > standing.upto(step.position) + _SLACK:
                        continue
                    if step.carry is None:
                        closed = self._closed(step)
                        _keep(ended, (closed.position, closed.context), closed)
                    elif step.position - start < _LONGEST:
                        _keep(going, (step.position, step.carry, step.context), step)
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

    # How a run goes on.

    def _steps(self, path: Path, *, doubt: bool) -> list[Path]:
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
                likely = nsmallest(_WIDTH, twice, key=lambda step: step.cost)
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
                yield from self._lost_trail(path, _LOST if shown in MARKS else _DROPPED)
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
        swallowed = self.shown.text[path.position] == "?" and following not in {"", "\n", *MARKS}
        for char in self.costs.likely(pairs_with_lead(path.carry)):
            step = self._emit(path, char, None, end, _LOST + self._quote_cost(path, char))._replace(inferred=True)
            if swallowed:
                holes = (*step.holes, len(step.text))
                step = step._replace(text=step.text + "?", context=step.context[-1:] + "0", holes=holes)
            yield step

    def _lone_byte(self, path: Path) -> Iterator[Path]:
        """A trail byte 80 left alone: no lead byte, so it swallows nothing. Its character's own pinyin may follow."""
        assert path.carry is not None
        end = path.position + 1
        if char := pair(path.carry, 0x80):
            if (match := ANNOTATION.match(self.shown.text, end)) and match[1] in readings_of(char):
                yield self._emit(path, char, None, match.end())
            else:
                yield self._emit(path, char, None, end, _LOST)._replace(inferred=True)

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

    def _unassigned(self, path: Path, end: int, most: int = 4) -> Iterator[Path]:
        """Two bytes to which GBK gives no character: both are unknown, and what is shown at ``end`` must go on from
        the second."""
        assert path.carry is not None
        following = self.shown.first_byte(end)
        cost = _LOST if end > path.position else _VANISHED
        steps = (self._emit(path, char, None, end, cost) for char in self._before_unassigned(path))
        for step in nsmallest(most, steps, key=lambda step: step.cost):
            for trail in unassigned_trails(split(step.text[-1])[1]):
                if following is None or self.costs.likely((pair(trail, following),)):
                    yield step._replace(carry=trail, inferred=True)

    def _before_unassigned(self, path: Path) -> list[str]:
        """Characters that the carried byte begins and whose second byte begins pairs that GBK does not assign."""
        assert path.carry is not None
        return [char for char in self.costs.likely(pairs_with_lead(path.carry)) if unassigned_trails(split(char)[1])]

    def _lost_trail(self, path: Path, cost: float) -> Iterator[Path]:
        """The odd byte before a cut, a line end or ASCII was dropped without a trace."""
        assert path.carry is not None
        for char in self.costs.likely(pairs_with_lead(path.carry)):
            bits = cost + self._quote_cost(path, char)
            yield self._emit(path, char, None, path.position, bits)._replace(inferred=True)

    def _quote_cost(self, path: Path, char: str) -> float:
        return self.costs.of_quote(char, open_quote(path.text, self._quote_open))

    def _emit(self, path: Path, added: str, carry: int | None, position: int | None = None, cost: float = 0.0) -> Path:
        """A path with characters added to what was there."""
        bits, context = self.costs.of(added, path.context)
        at = path.position if position is None else position
        return Path(at, carry, path.text + added, context, path.cost + cost + bits, path.inferred, path.holes)


def _keep(paths: dict[_Key, Path], key: _Key, path: Path) -> None:
    known = paths.get(key)
    if known is None or path.cost < known.cost:
        paths[key] = path
