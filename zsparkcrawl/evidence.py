"""What stands behind a clean text: segments, each with the page's own characters and the rules between the two.

Edits come one after the other, and a later one may change what an earlier one put there. Two records of changes are
joined as :func:`_joined` does; joined in pairs, and these in pairs again, all edits of a text become one record whose
places do not overlap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal

from zsparkcrawl.clean import TEXT_FIELDS
from zsparkcrawl.edits import Certainty, Damage, Edit, ascending
from zsparkcrawl.repair.paths import DOUBTFUL
from zsparkcrawl.rules import why_of

__all__ = ["Kind", "Segment", "rival_of", "segments_by_field", "segments_of"]

Kind = Literal["untouched", "certain", "inferred", "doubtful", "damaged", "cut"]
"""How a segment stands to the page: its own characters; repaired, as the damage itself decides or as is likeliest; a
reading that another nearly beats; damaged, and left so; taken out."""

_BY_CHARACTER = frozenset({"simplified"})
"""Rules that replace character by character, even where one edit tells of several that stand together."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clean text and what the page has in its place. All lengths count characters.

    ``text`` joined over the segments is the clean text, ``original`` the page's own; a cut has an empty ``text``.
    ``rules`` names those that were at work, in order, each once; ``certainty`` is "inferred" where one of their edits
    is, None where there was none. ``why`` says in a sentence each what the rules do and why a place is damaged or
    doubtful. ``damaged`` are the marks on the segment, counted from its own beginning.
    """

    text: str
    original: str
    kind: Kind = "untouched"
    rules: tuple[str, ...] = ()
    certainty: Certainty | None = None
    why: str = ""
    damaged: tuple[Damage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """What a record changes: ``old`` and ``new`` are where ``before`` and ``after`` begin in the texts before and
    behind the record; ``edits`` are those that did it, by their numbers."""

    old: int
    new: int
    before: str
    after: str
    edits: tuple[int, ...]

    @property
    def old_end(self) -> int:
        return self.old + len(self.before)

    @property
    def new_end(self) -> int:
        return self.new + len(self.after)


def segments_of(text: str, edits: Sequence[Edit] = (), damaged: Sequence[Damage] = ()) -> tuple[Segment, ...]:
    """The segments of a clean text, from its edits in their order and the marks of what stays damaged.

    Raises ValueError when the edits do not fit the text. The time grows with text and edits, not with their product.

    >>> made = [Edit("annotations", 1, "(fā)", ""), Edit("simplified", 0, "發", "发")]
    >>> for each in segments_of("发展?", made, [Damage(2, 3, "an ASCII character was lost here")]):
    ...     print(each.kind, repr(each.original), repr(each.text), each.rules)
    certain '發' '发' ('simplified',)
    cut '(fā)' '' ('annotations',)
    untouched '展' '展' ()
    damaged '?' '?' ()
    """
    marks = _Marks(damaged)
    found: list[Segment] = []
    read = 0
    for place in _record(edits):
        if place.new < read or not text.startswith(place.after, place.new):
            raise ValueError(f"the edits do not fit this text at {place.new}")
        if place.before == place.after:  # what one rule did another undid
            continue
        found += _untouched(text, read, place.new, marks)
        found.append(_changed(place, [edits[number] for number in place.edits], marks))
        read = place.new_end
    found += _untouched(text, read, len(text), marks)
    return tuple(found)


def segments_by_field(state: Mapping[str, Any], edits: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Segment, ...]]:
    """The segments of every text of a version, by field in the order of reading, from its row and the rows of its edits
    as an archive hands them out; a file's name and a picture's caption count as attachments.0 and images.0. A text that
    cleaning left nothing of is there, one that the page does not have is not. Raises ValueError when edits do not fit.

    >>> row = {"title": None, "body": "园区", "attachments": [], "images": [], "damaged": {}}
    >>> {name: len(found) for name, found in segments_by_field(row, []).items()}
    {'body': 1}
    """
    made: dict[str, list[Edit]] = {}
    for one in edits:
        made.setdefault(one["field"], []).append(Edit(**{each.name: one[each.name] for each in fields(Edit)}))
    texts = {name: state.get(name) for name in TEXT_FIELDS}
    texts |= {f"attachments.{number}": file["name"] for number, file in enumerate(state["attachments"])}
    texts |= {f"images.{number}": picture["caption"] for number, picture in enumerate(state["images"])}
    marks = {name: [Damage(**mark) for mark in found] for name, found in state["damaged"].items()}
    return {
        name: segments_of(text or "", made.get(name, ()), marks.get(name, ()))
        for name, text in texts.items()
        if text is not None or name in made
    }


def rival_of(damage: Damage) -> str | None:
    """The other reading of a doubtful place, "nothing" where it reads nothing there; None where there is no rival.

    >>> rival_of(Damage(0, 1, "doubtful, perhaps: 干")), rival_of(Damage(0, 1, "misread more than once"))
    ('干', None)
    """
    return damage.reason.removeprefix(DOUBTFUL) if damage.reason.startswith(DOUBTFUL) else None


class _Marks:
    """Damage marks in the order of the text, asked for stretch by stretch from its beginning."""

    def __init__(self, damaged: Sequence[Damage]) -> None:
        self._waiting = sorted(damaged, key=lambda mark: (mark.start, mark.end))
        self._next = 0
        self._open: list[Damage] = []

    def within(self, start: int, end: int) -> list[Damage]:
        """The marks that share characters with a stretch; the next stretch must not begin before this one."""
        while self._next < len(self._waiting) and self._waiting[self._next].start < end:
            self._open.append(self._waiting[self._next])
            self._next += 1
        self._open = [mark for mark in self._open if mark.end > start]
        return [mark for mark in self._open if mark.start < end]


def _untouched(text: str, start: int, end: int, marks: _Marks) -> Iterator[Segment]:
    """The segments of a stretch that no edit changed, cut where marks begin and end."""
    bounds = {start, end}
    over = marks.within(start, end)
    for mark in over:
        bounds |= {max(mark.start, start), min(mark.end, end)}
    ahead = _Marks(over)
    for a, b in pairwise(sorted(bounds)):
        yield _segment(text[a:b], text[a:b], "untouched", (), None, _clipped(ahead.within(a, b), a, b))


def _changed(place: _Place, made: Sequence[Edit], marks: _Marks) -> Segment:
    """The segment of a place that edits changed."""
    certainty: Certainty = "inferred" if any(edit.certainty == "inferred" for edit in made) else "certain"
    rules = tuple(dict.fromkeys(edit.rule for edit in made))
    over = _clipped(marks.within(place.new, place.new_end), place.new, place.new_end) if place.after else ()
    return _segment(place.after, place.before, certainty if place.after else "cut", rules, certainty, over)


def _segment(  # noqa: PLR0913, PLR0917 - a segment's parts, in its order
    text: str, original: str, kind: Kind, rules: tuple[str, ...], certainty: Certainty | None, over: tuple[Damage, ...]
) -> Segment:
    if over:
        kind = "damaged" if any(rival_of(mark) is None for mark in over) else "doubtful"
    sentences = (*map(why_of, rules), *(f"{mark.reason[0].upper()}{mark.reason[1:]}." for mark in over if mark.reason))
    return Segment(text, original, kind, rules, certainty, " ".join(dict.fromkeys(sentences)), over)


def _clipped(over: Sequence[Damage], start: int, end: int) -> tuple[Damage, ...]:
    return tuple(Damage(max(mark.start, start) - start, min(mark.end, end) - start, mark.reason) for mark in over)


def _record(edits: Sequence[Edit]) -> list[_Place]:
    """All edits as one record of places, in order."""
    records: list[list[_Place]] = []
    number = 0
    for run in ascending(edits):
        records.append(_record_of_run(run, number))
        number += len(run)
    while len(records) > 1:
        pairs = zip(records[::2], records[1::2], strict=False)
        records = [_joined(first, then) for first, then in pairs] + records[len(records) & ~1 :]
    return records[0] if records else []


def _record_of_run(run: Sequence[Edit], number: int) -> list[_Place]:
    grown = 0
    places: list[_Place] = []
    for offset, edit in enumerate(run):
        place = _Place(edit.start - grown, edit.start, edit.before, edit.after, (number + offset,))
        places += _by_character(place) if edit.rule in _BY_CHARACTER else (place,)
        grown += len(edit.after) - len(edit.before)
    return places


def _by_character(place: _Place) -> Iterator[_Place]:
    if len(place.before) != len(place.after):
        yield place
        return
    for offset, (before, after) in enumerate(zip(place.before, place.after, strict=True)):
        if before != after:
            yield _Place(place.old + offset, place.new + offset, before, after, place.edits)


def _joined(first: Sequence[_Place], then: Sequence[_Place]) -> list[_Place]:
    """One record for two: ``then`` begins with the text that ``first`` ends with. Places that meet become one."""
    joined: list[_Place] = []
    grown = [0, 0]
    at, on = 0, 0
    while at < len(first) or on < len(then):
        start, upto, onto = _meeting(first, then, at, on)
        earlier, later = first[at:upto], then[on:onto]
        before = _pieced(start, [(p.new, p.after, p.before) for p in earlier], [(p.old, p.before) for p in later])
        after = _pieced(start, [(p.old, p.before, p.after) for p in later], [(p.new, p.after) for p in earlier])
        numbers = sorted({number for place in (*earlier, *later) for number in place.edits})
        joined.append(_Place(start - grown[0], start + grown[1], before, after, tuple(numbers)))
        grown[0] += sum(len(place.after) - len(place.before) for place in earlier)
        grown[1] += sum(len(place.after) - len(place.before) for place in later)
        at, on = upto, onto
    return joined


def _meeting(first: Sequence[_Place], then: Sequence[_Place], at: int, on: int) -> tuple[int, int, int]:
    """The next places that meet, in the text between two records: where they begin, and behind which of ``first`` and
    of ``then`` they end. Places that only touch do not meet."""
    start = end = -1
    upto, onto = at, on
    while True:
        a = (first[upto].new, first[upto].new_end) if upto < len(first) else None
        b = (then[onto].old, then[onto].old_end) if onto < len(then) else None
        if start < 0:  # the one that stands first; of two that begin together the empty one
            leads = a is not None and (b is None or (a[0], a[1]) <= (b[0], b[1]))
            start, end = a if leads and a else b or (0, 0)
            upto, onto = upto + leads, onto + (not leads)
        elif a is not None and a[0] < end:
            end, upto = max(end, a[1]), upto + 1
        elif b is not None and b[0] < end:
            end, onto = max(end, b[1]), onto + 1
        else:
            return start, upto, onto


def _pieced(start: int, put: Sequence[tuple[int, str, str]], shown: Sequence[tuple[int, str]]) -> str:
    """The text of places that meet, on one side: ``put`` says where what stands between the records and what takes its
    place; between those, ``shown`` has the characters. Raises ValueError when the two do not agree."""
    pieces: list[str] = []
    read = start
    starts = [place for place, _ in shown]
    for place, stood, came in (*put, (max((p + len(t) for p, t in shown), default=start), "", "")):
        while read < place:
            which = bisect_left(starts, read + 1) - 1
            begin, text = shown[which]
            taken = text[read - begin : place - begin]
            if not taken:
                raise ValueError(f"the edits do not follow from each other at {read}")
            pieces.append(taken)
            read += len(taken)
        _check(place, stood, shown, starts)
        pieces.append(came)
        read = max(read, place + len(stood))
    return "".join(pieces)


def _check(place: int, stood: str, shown: Sequence[tuple[int, str]], starts: Sequence[int]) -> None:
    """What one record left and the other found must be the same where both tell."""
    for which in range(max(bisect_left(starts, place) - 1, 0), len(shown)):
        begin, text = shown[which]
        if begin >= place + len(stood):
            return
        low, high = max(begin, place), min(begin + len(text), place + len(stood))
        if low < high and text[low - begin : high - begin] != stood[low - place : high - place]:
            raise ValueError(f"the edits do not follow from each other at {low}")
