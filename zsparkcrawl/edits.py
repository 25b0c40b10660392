"""The one way in which text changes: edits that are recorded, replayed and undone.

An :class:`Edit` says which rule put which characters where. Rules never build a new string themselves; they name
:class:`Change` objects against the text in front of them, and :func:`edit` carries them out and keeps the record.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import attrgetter
from typing import Literal

__all__ = [
    "Certainty",
    "Change",
    "Damage",
    "Edit",
    "Edited",
    "apply",
    "ascending",
    "edit",
    "mark",
    "places_of",
    "revert",
]

Certainty = Literal["certain", "inferred"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One recorded change of text.

    ``start`` counts characters in the text as it stood when the edit was made, that is, after all edits before it.
    ``certainty`` is "certain" where the damage itself decides what stood there, "inferred" where likelihood does.
    """

    rule: str
    start: int
    before: str
    after: str
    certainty: Certainty = "certain"


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule wants: the characters from ``start`` up to ``end`` become ``after``.

    Positions count in the text that the rule was shown, so a rule need not know of its own other changes.
    """

    start: int
    end: int
    after: str
    certainty: Certainty = "certain"


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch that no rule could mend and that was left as it is: ``text[start:end]``, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A text with the edits that led to it and the stretches that stay damaged.

    >>> healthy = Edited("新闻")
    >>> healthy.text, healthy.edits, healthy.original
    ('新闻', (), '新闻')
    """

    text: str
    edits: tuple[Edit, ...] = ()
    damaged: tuple[Damage, ...] = ()
    _original: str | None = field(default=None, repr=False, compare=False)

    @property
    def original(self) -> str:
        """The text before the first edit; remembered from edit to edit, for undoing hundreds takes its time."""
        return revert(self.text, self.edits) if self._original is None else self._original


def edit(edited: Edited, rule: str, changes: Iterable[Change]) -> Edited:
    """Carry out changes that do not overlap, and record each as an edit of ``rule``.

    Changes that would change nothing are dropped. Damage marks move with the text; a mark that an edit touches is
    dropped, for the edit is the answer to it. Raises ValueError when changes overlap or leave the text.

    >>> edited = edit(Edited("發(fā)展"), "annotations", [Change(1, 5, "")])
    >>> edited.text, edited.edits
    ('發展', (Edit(rule='annotations', start=1, before='(fā)', after='', certainty='certain'),))
    """
    text = edited.text
    wanted = [change for change in changes if text[change.start : change.end] != change.after]
    wanted.sort(key=attrgetter("start", "end"))
    if not wanted:
        return edited
    pieces: list[str] = []
    made: list[Edit] = []
    read = written = 0
    for change in wanted:
        if not read <= change.start <= change.end <= len(text):
            raise ValueError(f"changes of rule {rule} overlap or leave the text at {change.start}")
        kept = text[read : change.start]
        before = text[change.start : change.end]
        pieces += (kept, change.after)
        written += len(kept)
        made.append(Edit(rule, written, before, change.after, change.certainty))
        written += len(change.after)
        read = change.end
    pieces.append(text[read:])
    return Edited("".join(pieces), edited.edits + tuple(made), _moved(edited.damaged, wanted), edited.original)


def mark(edited: Edited, damage: Iterable[Damage]) -> Edited:
    """Add stretches that stay damaged, in the order of the text, each once.

    >>> mark(Edited("园区?"), [Damage(2, 3, "lost"), Damage(0, 1, "doubtful"), Damage(2, 3, "lost")]).damaged
    (Damage(start=0, end=1, reason='doubtful'), Damage(start=2, end=3, reason='lost'))
    """
    # Not a set: marks of one stretch would change places from one process to the next.
    marks = dict.fromkeys((*edited.damaged, *damage))
    in_order = tuple(sorted(marks, key=lambda one: (one.start, one.end)))
    return Edited(edited.text, edited.edits, in_order, edited._original)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Replay edits on the original text. Raises ValueError when the text is not the one they were made on.

    >>> apply("發(fā)展", [Edit("annotations", 1, "(fā)", "")])
    '發展'
    """
    for run in ascending(edits):
        text = _replaced(text, [(e.start - shift, e.before, e.after) for e, shift in _with_shift(run)])
    return text


def revert(text: str, edits: Sequence[Edit]) -> str:
    """Undo edits, the last first, and give the original text back. Raises ValueError when they do not fit.

    >>> revert("發展", [Edit("annotations", 1, "(fā)", "")])
    '發(fā)展'
    """
    for run in reversed(list(ascending(edits))):
        text = _replaced(text, [(e.start, e.after, e.before) for e in run])
    return text


def places_of(edits: Sequence[Edit], wanted: Callable[[Edit], bool]) -> list[tuple[int, int]]:
    """Where those edits that are wanted stand in the text after the last edit: start and end of each, empty for a cut.
    A place inside of what a later edit changed is not known more exactly than to its bounds.

    >>> made = [Edit("gbk", 3, "?F", "。现", "inferred"), Edit("annotations", 0, "(fā)", "")]
    >>> places_of(made, lambda edit: edit.certainty == "inferred")
    [(0, 1)]
    """
    found: list[tuple[int, int]] = []
    for run in ascending(edits):
        grown = [shift for _, shift in _with_shift(run)]
        ends = [e.start - shift + len(e.before) for e, shift in zip(run, grown, strict=True)]
        found = [(_moved_place(a, run, grown, ends), _moved_place(b, run, grown, ends)) for a, b in found]
        found += [(e.start, e.start + len(e.after)) for e in run if wanted(e)]
    return found


def _moved_place(place: int, run: Sequence[Edit], grown: Sequence[int], ends: Sequence[int]) -> int:
    """Where a place stands after a run of edits; ``grown`` is by how much the text grew before each, ``ends`` where
    each ended before the run."""
    behind = bisect_right(ends, place)
    if behind == len(run):
        last = run[-1]
        return place + grown[-1] + len(last.after) - len(last.before)
    around, moved = run[behind], place + grown[behind]
    return min(moved, around.start + len(around.after)) if moved > around.start else moved


def ascending(edits: Sequence[Edit]) -> Iterable[Sequence[Edit]]:
    """Cut edits into runs in which each lies behind the one before: such a run is replayed in one pass, so that
    ten thousand edits of one rule cost as much as the text is long and not its square.

    >>> [len(run) for run in ascending([Edit("a", 0, "", "x"), Edit("a", 1, "y", ""), Edit("b", 0, "x", "z")])]
    [2, 1]
    """
    first = 0
    for index in range(1, len(edits) + 1):
        ended = index == len(edits)
        if ended or edits[index].start < edits[index - 1].start + len(edits[index - 1].after):
            if first < index:
                yield edits[first:index]
            first = index


def _with_shift(run: Sequence[Edit]) -> Iterable[tuple[Edit, int]]:
    grown = accumulate((len(e.after) - len(e.before) for e in run), initial=0)
    return zip(run, grown, strict=False)


def _replaced(text: str, places: Iterable[tuple[int, str, str]]) -> str:
    pieces: list[str] = []
    read = 0
    for start, old, new in places:
        if start < read or not text.startswith(old, start):
            raise ValueError(f"the edit at {start} does not fit this text")
        pieces += (text[read:start], new)
        read = start + len(old)
    pieces.append(text[read:])
    return "".join(pieces)


def _moved(damaged: tuple[Damage, ...], changes: Sequence[Change]) -> tuple[Damage, ...]:
    if not damaged:
        return ()
    starts = [change.start for change in changes]
    grown = list(accumulate((len(c.after) - (c.end - c.start) for c in changes), initial=0))
    moved = []
    for damage in damaged:
        before = bisect_right(starts, damage.start)
        reaches_in = before and changes[before - 1].end > damage.start
        inside = before < len(changes) and starts[before] < damage.end
        if not reaches_in and not inside:
            shift = grown[before]
            moved.append(Damage(damage.start + shift, damage.end + shift, damage.reason))
    return tuple(moved)
