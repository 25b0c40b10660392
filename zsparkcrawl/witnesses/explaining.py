"""Can what a copy shows be what damage made of a certain text? Asked of the bytes, without regard to likelihood.

A repair looks for the text behind what one copy shows, and where bytes were lost it takes the likeliest. With several
copies the question can be turned round: each copy proposes a text, and all others are asked whether what they show can
have come of it. Copies that lost different halves of a character so decide exactly what none of them tells alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from zsparkcrawl.chinese.script import ANNOTATION, simplified_of
from zsparkcrawl.repair.bytepairs import MARKS, pair, split, widened
from zsparkcrawl.repair.shown import STRADDLE

__all__ = ["LONGEST", "all_shown", "forms_of", "shown_bytes"]

LONGEST = 400
"""Characters above which nothing is explained: runs of shifted text are some ten characters long. Chosen."""
_ANY = -1
_LOST = "?\ufffd"

State = tuple[int, int]
"""How many characters of the text are used up, and the lead byte of the next one where that is used up too: 0 where it
is not, -1 where it was lost."""
States = dict[State, int]
"""The states that a place of what is shown can be reached in, each with the bytes of the text that were shown on the
way: two bits a character, the lower one for its lead byte."""


def shown_bytes(text: str, shown: str) -> int | None:
    """Which bytes of ``text`` stand in ``shown``, if that can be what the tools made of it; None if it cannot.

    Two bits a character: the lower one for the first of its bytes in GBK, the higher one for the second. Known are
    Traditional forms, pinyin in brackets at any byte, cuts at the bytes of a mark, bytes that were lost with it, and
    narrowed marks.

    >>> shown_bytes("。现在", ",F在")     # the first byte of 。 is lost
    62
    >>> shown_bytes("，现在", ",F在") is None
    True
    >>> all_shown("当的干部队伍", shown_bytes("当的干部队伍", "當(dāng)?shù)母刹筷?duì)伍"), 0, 1)
    True
    """
    if max(len(text), len(shown)) > LONGEST:
        return None
    ways = [forms_of(char) for char in text]
    reached: list[States] = [{} for _ in range(len(shown) + 1)]
    reached[0][(0, 0)] = 0
    for place in range(len(shown) + 1):
        states = reached[place]
        if not states:
            continue
        _vanish_unassigned(states, ways)
        if _may_vanish_before(shown, place):
            _vanish(states, ways)
        if place == len(shown):
            break
        for end, found in _steps(shown, place, states, text, ways):
            ahead = reached[end]
            for state, bits in found:
                if state not in ahead or ahead[state].bit_count() < bits.bit_count():
                    ahead[state] = bits
    return reached[-1].get((len(text), 0))


def all_shown(text: str, bits: int | None, start: int, end: int) -> bool:
    """Whether the bytes of ``text[start:end]`` are all among those shown.

    >>> bits = shown_bytes("。现在", ",F在")
    >>> all_shown("。现在", bits, 0, 1), all_shown("。现在", bits, 1, 3)
    (False, True)
    """
    wanted = ((1 << 2 * (end - start)) - 1) << 2 * start
    return bits is not None and bits & wanted == wanted


@cache
def _turned_back() -> dict[str, tuple[str, ...]]:
    """The Traditional forms of each Simplified character that has any."""
    forms: dict[str, list[str]] = {"着": ["著"]}
    for old, new in simplified_of().items():
        forms.setdefault(new, []).append(old)
    return {new: tuple(old) for new, old in forms.items()}


@cache
def forms_of(char: str) -> tuple[bytes, ...]:
    """The bytes that may stand for a character on a page: its own, those of a Traditional form, of its full width."""
    wide = "\u3000" if char == " " else widened(char)
    forms = (char, wide, *_turned_back().get(char, ()))
    return tuple(dict.fromkeys(known for form in forms if (known := split(form))))


def _steps(
    shown: str, place: int, states: States, text: str, ways: list[tuple[bytes, ...]]
) -> Iterator[tuple[int, list[tuple[State, int]]]]:
    """Where reading on from a place can lead, and the states there."""
    char = shown[place]
    own = split(char)
    if note := ANNOTATION.match(shown, place):
        yield note.end(), list(states.items())
    if note := STRADDLE.match(shown, place):
        yield note.end(), [step for step in states.items() for step in _take(*step, ways, None)]
    found: list[tuple[State, int]] = []
    for (at, lead), bits in states.items():
        if not own and not lead and text[at : at + 1] == char:
            found.append(((at + 1, 0), bits | 3 << 2 * at))
        if len(own) == 1:
            found += _take((at, lead), bits, ways, own[0])
        wide = own if len(own) == 2 else split(widened(char)) if char.isascii() else b""
        if char == " ":
            wide = b"\xa1\xa1"
        if len(wide) == 2:
            for state, shown_now in _take((at, lead), bits, ways, wide[0]):
                found += _take(state, shown_now, ways, wide[1])
        if char in _LOST:
            found += _lost((at, lead), bits, ways)
    yield place + 1, found


def _lost(state: State, bits: int, ways: list[tuple[bytes, ...]]) -> Iterator[tuple[State, int]]:
    """What "?" may stand for: one byte, two, or one and an ASCII character behind it."""
    for after, known in _take(state, bits, ways, None):
        yield after, known
        yield from _take(after, known, ways, None)


def _take(state: State, bits: int, ways: list[tuple[bytes, ...]], value: int | None) -> Iterator[tuple[State, int]]:
    """Use up one byte of the text: one that is shown, or (None) any."""
    at, lead = state
    if at >= len(ways):
        return
    if lead:
        ends = {way[1] for way in ways[at] if len(way) == 2 and lead in (way[0], _ANY)}
        if value is None and ends:
            yield (at + 1, 0), bits
        elif value in ends:
            yield (at + 1, 0), bits | 2 << 2 * at
        return
    for way in ways[at]:
        if value == way[0] and len(way) == 1:
            yield (at + 1, 0), bits | 3 << 2 * at
    if value is not None and any(way[0] == value for way in ways[at] if len(way) == 2):
        yield (at, value), bits | 1 << 2 * at
    if value is None:
        if any(len(way) == 2 for way in ways[at]):
            yield (at, _ANY), bits
        if any(len(way) == 1 for way in ways[at]):
            yield (at + 1, 0), bits


def _may_vanish_before(shown: str, place: int) -> bool:
    """Whether a byte may be lost without a trace before a place: a cut is there, or the end."""
    return place == len(shown) or shown[place] in MARKS or shown[place] in "\n。"


def _vanish(states: States, ways: list[tuple[bytes, ...]]) -> None:
    for state, bits in list(states.items()):
        for after, known in _take(state, bits, ways, None):
            states.setdefault(after, known)


def _vanish_unassigned(states: States, ways: list[tuple[bytes, ...]]) -> None:
    """Text read one byte off: two bytes to which GBK assigns nothing vanish."""
    waiting = [(state, bits) for state, bits in states.items() if state[1]]
    while waiting:
        (at, lead), bits = waiting.pop()
        if at + 1 >= len(ways):
            continue
        ends = {way[1] for way in ways[at] if len(way) == 2 and lead in (way[0], _ANY)}
        for way in ways[at + 1]:
            if any(not pair(end, way[0]) for end in ends):
                after = (at + 1, way[0]) if len(way) == 2 else (at + 2, 0)
                if after not in states:
                    states[after] = bits
                    waiting.append((after, bits))
