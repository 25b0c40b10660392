"""The search for the byte stream that could show as a shifted text.

A path carries the byte that waits for its other half. Every character read one byte off gives one true character and
the next byte to carry, until an ASCII byte or a cut takes it up. Two paths that stand at the same place, carry the
same byte and end in the same two characters go on alike, so only the likelier is kept: the cost of the search grows
with the length of the run, not with the number of readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from heapq import nsmallest
from math import log2
from typing import NamedTuple, TypeVar

from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.readings import readings_of, with_reading
from zsparkcrawl.chinese.script import ANNOTATION, simplified, simplified_of, traditional_of
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

__all__ = ["STRADDLE", "Path", "Streams"]

_PINYIN = r"\s?([a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3})\s?\)"
STRADDLE = re.compile(rf"(?:\?|\ufffd\(){_PINYIN}")
"""Pinyin behind half a character: the other half was lost with the bracket, or shows as U+FFFD before it."""

_WIDTH = 24
"""Paths kept alive at once."""
_LONGEST = 600
"""Characters after which a run is given up; the longest in 7,000 damaged paragraphs had 131."""
_SLACK = 30.0
"""Bits by which a path may cost more than the text as it stands before it is given up: healthy text behind a mark
costs 7 bits a character more when it is read one byte off, so that a false alarm dies after five characters."""
_FLUENT = 6.0
"""Bits of one character above which bytes are thought of that vanished before it."""
_STRANGER = 8.0
"""Bits against a character that no tool was seen to annotate."""
_WRONG_SCRIPT = 9.0
"""Bits against a Simplified character on a page that was turned Traditional."""
_LOST = 0.5
"""Bits against a byte that shows as lost. What was there decides whether it was lost, so the bits of the characters
are nearly all there is to say; the rest is that not every decoder loses bytes in this way."""
_VANISHED = 1.5
"""Bits against bytes that were lost without a trace."""
_DROPPED = 5.0
"""Bits against a byte that was dropped where neither a cut nor a "?" accounts for it."""
_RARE = 19.0
"""Bits above which a character is too rare to be put in for a lost byte."""
_DOUBTED = 6
"""Of how many paths at once it is asked whether a pair vanished: those that lead."""
_LOOKAHEAD = 4
"""Characters behind the run that its end is judged by."""
_ODDITY = 3.0
"""Times that a rare character's rareness counts."""
_COMMON = 14.5
"""Bits below which a character is common: some 2,700 characters, 99 % of news."""
_QUOTES = "“”"
_WRONG_QUOTE = 6.0
"""Bits against a quotation mark that closes none or opens a second."""
_PAUSES = frozenset("，。、；：！？,;:!?（“《")
_NEVER_BEHIND_A_PAUSE = frozenset("，。、；：！？）》…—·")
_OWN_CHARACTERS = 0.3
_OWN_WORDS = ((1, 0.4, 0.8), (2, 0.5, 0.5))
"""How far the page's own characters and runs count beside the model: characters before, weight, and what is taken off
the times that a run was seen (what was seen once need not come again)."""
_IMPOSSIBLE = 10.0
"""Bits against two pauses in a row: the model, built from the web as well, has seen 。。 too often."""
_PUNCTUATION = frozenset("，。、；：！？“”‘’《》（）【】—…·％")
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
        self.text = text
        self.turned = diagnosis.script == "turned"
        self.annotated = diagnosis.annotated
        self.runs = diagnosis.runs
        self.length = 1 + sum(times for run, times in self.runs.items() if len(run) == 1)
        self._is_open, self._seen = False, 0

    def straddled(self, start: int, end: int, reading: str) -> list[Path]:
        """Paths that begin at pinyin inside a character, in step so far: the lead byte of the annotated character is
        the last byte before it, its trail byte the lost lead byte of what follows."""
        before = start
        while (closed := self._annotation_ending(before)) is not None:
            before = closed
        lead = split(self.text[before - 1])[-1:] if before else b""
        if not lead or lead[0] not in LEADS:
            return []
        context = self.context(start)
        matched = self._matched(lead[0], reading)
        return [Path(end, t, "", context, cost, cost > 0) for t, cost in matched if t in LEADS]

    def cut(self, start: int, position: int) -> list[Path]:
        """Paths that begin at a mark (at ``position``) that is none: its first byte belongs to the character before,
        whose own lead byte was dropped, or shows at ``start``."""
        carry = MARKS[self.text[position]]
        first = Path(position + 1, carry, "", self.context(start), _LOST, inferred=True)
        paths = [self._emit(first, char, carry) for char in self._likely(pairs_with_trail(0xA3))]
        return sorted(paths, key=lambda path: path.cost)

    def best(self, start: int, paths: list[Path]) -> tuple[Path, float] | None:
        """The likeliest way from these beginnings back into step, and how many bits it saves against the text as it
        stands. None when no way leads back."""
        self._is_open, self._seen = _open_quote(self.text[self._seen : start], self._is_open), start
        standing = _Standing(self, start)
        ended: dict[tuple[int, str], Path] = {}
        while paths:
            going: dict[tuple[int, int, str], Path] = {}
            for rank, path in enumerate(paths):
                for step in self._steps(path, doubt=rank < _DOUBTED):
                    if step.cost > standing.upto(step.position) + _SLACK:
                        continue
                    if step.carry is None:
                        closed = self._closed(step)
                        _keep(ended, (closed.position, closed.context), closed)
                    elif step.position - start < _LONGEST:
                        _keep(going, (step.position, step.carry, step.context), step)
            paths = nsmallest(_WIDTH, going.values(), key=lambda path: path.cost - standing.upto(path.position))
        if not ended:
            return None
        contenders = self._contenders(ended)
        horizon = self._visible_end(max(path.position for path in contenders))
        rest = {path: path.cost + self.plain_cost(path.position, horizon, path.context) for path in contenders}
        best = min(rest, key=rest.__getitem__)
        return best, self.plain_cost(start, horizon, self.context(start)) - rest[best]

    def _closed(self, path: Path) -> Path:
        """A path that is back in step, with the pinyin that the last character itself carries taken in."""
        match = ANNOTATION.match(self.text, path.position)
        own = match and path.text and path.text[-1] in simplified_of() and match[1] in readings_of(path.text[-1])
        return path._replace(position=match.end()) if match and own else path

    def _contenders(self, ended: dict[tuple[int, str], Path]) -> list[Path]:
        """The likeliest endings at each place: the others at that place have the same rest before them."""
        by_place: dict[int, list[Path]] = {}
        for path in ended.values():
            by_place.setdefault(path.position, []).append(path)
        return [path for paths in by_place.values() for path in nsmallest(12, paths, key=lambda path: path.cost)]

    def _visible_end(self, position: int) -> int:
        """The place some characters further on, pinyin not counted: where endings are compared."""
        for _ in range(_LOOKAHEAD):
            while match := ANNOTATION.match(self.text, position):
                position = match.end()
            position += 1
        return min(position, len(self.text))

    # How a run goes on.

    def _steps(self, path: Path, *, doubt: bool) -> list[Path]:
        """All ways in which a path goes on by one character shown. With ``doubt``, also those in which a pair vanished
        before it, unless what is shown goes on well enough; two pairs where one does not help."""
        steps = list(self._plain_steps(path))
        straddled = STRADDLE.match(self.text, path.position) is not None
        known = straddled or self.text[path.position : path.position + 1] not in "?\ufffd"
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
        text, position, carry = self.text, path.position, path.carry
        assert carry is not None
        if position >= len(text):
            yield from self._lost_trail(path, _DROPPED)
        elif (match := ANNOTATION.match(text, position)) and match[1] in readings_of(text[position - 1]):
            yield path._replace(position=match.end())
        elif match := STRADDLE.match(text, position):
            for trail, cost in self._matched(carry, match[1]):
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
        following = self.text[end : end + 1]
        swallowed = self.text[path.position] == "?" and following not in {"", "\n", *MARKS}
        for char in self._likely(pairs_with_lead(path.carry)):
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
            if (match := ANNOTATION.match(self.text, end)) and match[1] in readings_of(char):
                yield self._emit(path, char, None, match.end())
            else:
                yield self._emit(path, char, None, end, _LOST)._replace(inferred=True)

    def _replaced_pair(self, path: Path) -> Iterator[Path]:
        """A "?" or U+FFFD that stands for two bytes to which GBK gives no character. What is shown behind it tells
        which two, so both are read together."""
        end = path.position + 1
        known = self._first_byte(end) is not None or STRADDLE.match(self.text, end)
        again = self.text[end : end + 1] in "?\ufffd" and self.text[end + 1 : end + 2] in MARKS
        for step in self._unassigned(path, end) if known else ():
            yield from self._plain_steps(step)
        for step in self._unassigned(path, end, most=2) if again and not known else ():
            yield from self._lost_lead(step)

    def _unassigned(self, path: Path, end: int, most: int = 4) -> Iterator[Path]:
        """Two bytes to which GBK gives no character: both are unknown, and what is shown at ``end`` must go on from
        the second."""
        assert path.carry is not None
        following = self._first_byte(end)
        cost = _LOST if end > path.position else _VANISHED
        steps = (self._emit(path, char, None, end, cost) for char in self._before_unassigned(path))
        for step in nsmallest(most, steps, key=lambda step: step.cost):
            for trail in unassigned_trails(split(step.text[-1])[1]):
                if following is None or self._likely((pair(trail, following),)):
                    yield step._replace(carry=trail, inferred=True)

    def _before_unassigned(self, path: Path) -> list[str]:
        """Characters that the carried byte begins and whose second byte begins pairs that GBK does not assign."""
        assert path.carry is not None
        return [char for char in self._likely(pairs_with_lead(path.carry)) if unassigned_trails(split(char)[1])]

    def _first_byte(self, position: int) -> int | None:
        """The first byte of the character shown at a place, None when it is not known."""
        shown = self.text[position : position + 1]
        if shown in MARKS or shown == "\ufffd":
            return None
        shown_bytes = split(shown)
        return shown_bytes[0] if shown_bytes and shown_bytes[0] >= 0x40 else None

    def _lost_trail(self, path: Path, cost: float) -> Iterator[Path]:
        """The odd byte before a cut, a line end or ASCII was dropped without a trace."""
        assert path.carry is not None
        for char in self._likely(pairs_with_lead(path.carry)):
            bits = cost + self._quote_cost(path, char)
            yield self._emit(path, char, None, path.position, bits)._replace(inferred=True)

    def _quote_cost(self, path: Path, quote: str) -> float:
        """Bits for or against a quotation mark by whether one is open in this paragraph."""
        if quote not in _QUOTES:
            return 0.0
        is_open = _open_quote(path.text, self._is_open)
        return 0.0 if is_open == (quote == "”") else _WRONG_QUOTE

    def accept(self, path: Path) -> None:
        """Take a path as what was there: later places may rely on the quotation marks in it."""
        self._is_open = _open_quote(path.text, self._is_open)
        self._seen = path.position

    def _matched(self, lead: int, reading: str) -> list[tuple[int, float]]:
        """Trail bytes of the characters with this lead byte and reading that a tool may have annotated, each with
        the bits that speak against it; 0 for the only one that tools are known to annotate."""
        characters = [c for c in with_reading(reading) if split(c)[0] == lead and (c in simplified_of() or c == "著")]
        known = {c for c in characters if reading in self.annotated.get(c, ()) or c in ANNOTATED_BY_TOOLS}
        alone = 0.0 if len(known) == 1 else 1.0
        return [(split(c)[1], alone if c in known else _STRANGER if known else 1.0) for c in sorted(characters)]

    # What a reading costs.

    def _emit(self, path: Path, added: str, carry: int | None, position: int | None = None, cost: float = 0.0) -> Path:
        context, cost = path.context, path.cost + cost
        table, only_simplified = simplified_of(), traditional_of()
        for char in added:
            plain = table.get(char, char)
            cost += self._bits(plain, context) + _oddity(char)
            if char in _NEVER_BEHIND_A_PAUSE and context[-1:] in _PAUSES:
                cost += _IMPOSSIBLE
            if self.turned and char in only_simplified:
                cost += _WRONG_SCRIPT
            context = (context + plain)[-2:]
        at = path.position if position is None else position
        return Path(at, carry, path.text + added, context, cost, path.inferred, path.holes)

    def _bits(self, char: str, context: str) -> float:
        """Bits of a character behind others: by the model, or by what this page says elsewhere."""
        bits = model().cost(char, context)
        if not (alone := self.runs.get(char, 0)):
            return bits
        share = _OWN_CHARACTERS * alone / self.length
        for length, weight, doubt in _OWN_WORDS:
            before = context[-length:]
            if len(before) == length and (times := self.runs.get(before + char, 0)):
                share += weight * (times - doubt) / (self.runs[before] + 1)
        return -log2(2**-bits + share)

    def _likely(self, chars: tuple[str, ...]) -> tuple[str, ...]:
        return _common_among(chars, self.turned)

    def plain_cost(self, start: int, end: int, context: str) -> float:
        """Bits of the text as it stands, pinyin that fits its character left out."""
        return model().text_cost(simplified(self._unannotated(start, end)), context)

    def context(self, position: int) -> str:
        """The last two characters before a place, in Simplified, pinyin left out."""
        return simplified(self._unannotated(max(position - 20, 0), position))[-2:]

    def _unannotated(self, start: int, end: int) -> str:
        pieces, read = [], start
        for match in ANNOTATION.finditer(self.text, start, end):
            if match[1] in readings_of(self.text[match.start() - 1 : match.start()] or " "):
                pieces.append(self.text[read : match.start()])
                read = match.end()
        return "".join((*pieces, self.text[read:end]))

    def _annotation_ending(self, position: int) -> int | None:
        """Where the pinyin in brackets that ends here begins, None when none does."""
        for match in ANNOTATION.finditer(self.text, max(position - 12, 0), position):
            if match.end() == position and match[1] in readings_of(self.text[match.start() - 1 : match.start()] or " "):
                return match.start()
        return None


class _Standing:
    """What the text costs as it stands, from one place on: bits up to each further place."""

    def __init__(self, streams: Streams, start: int) -> None:
        self.streams, self.start = streams, start
        self.bits = [0.0]

    def upto(self, position: int) -> float:
        """Bits of the shown text from the start up to ``position``."""
        while len(self.bits) <= position - self.start:
            at = self.start + len(self.bits) - 1
            shown = simplified(self.streams.text[max(at - 2, 0) : at + 1])
            self.bits.append(
                self.bits[-1] + (model().cost(shown[-1], shown[:-1]) if at < len(self.streams.text) else 0)
            )
        return self.bits[position - self.start]


def _open_quote(text: str, is_open: bool) -> bool:
    """Whether a quotation mark is open behind a text. A paragraph that ends closes it."""
    last = max(text.rfind(mark) for mark in (*_QUOTES, "\n"))
    return is_open if last < 0 else text[last] == "“"


@cache
def _oddity(char: str) -> float:
    """Bits against rare characters and signs, beyond the model's: it has seen too little of them to tell how rare they
    are behind a given character, and a wrong byte gives a rare character more often than not."""
    if char < "\x7f" or char in _PUNCTUATION:
        return 0.0
    if not "\u4e00" <= char <= "\u9fff":
        return 8.0
    return _ODDITY * max(0.0, model().commonness(simplified_of().get(char, char)) - _COMMON)


def _keep(paths: dict[_Key, Path], key: _Key, path: Path) -> None:
    known = paths.get(key)
    if known is None or path.cost < known.cost:
        paths[key] = path


@cache
def _common_among(chars: tuple[str, ...], turned: bool) -> tuple[str, ...]:
    table, only_simplified, commonness = simplified_of(), traditional_of(), model().commonness
    return tuple(
        char
        for char in chars
        if char and commonness(table.get(char, char)) < _RARE and not (turned and char in only_simplified)
    )
