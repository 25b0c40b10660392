"""A collated text as a version of the best copy: every change on record, and what stays open marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zsparkcrawl.edits import Certainty, Change, Damage, Edited, edit, mark
from zsparkcrawl.repair.paths import DOUBTFUL
from zsparkcrawl.witnesses.aligning import blocks_of, gaps
from zsparkcrawl.witnesses.apparatus import Entry

__all__ = ["RULE", "as_version"]

RULE = "witnesses"
"""The rule that the edits carry."""
_GAP = "no copy has what stood here"


def as_version(best: Edited, text: str, entries: Sequence[Entry]) -> Edited:
    """The best copy's text changed into the collated one; ``original`` is the best copy's text.

    An edit is certain where the apparatus is. Marks of the best copy go where other copies tell; those of what stays
    open are added: a gap, or a dispute with the other reading.
    """
    start = Edited(best.text, (), best.damaged)
    if text == best.text and all(len(each.reading.witnesses) == 1 for each in entries):
        return start
    changes = [
        Change(gap.start, gap.end, text[gap.other : gap.other_end], _certainty(entries, gap.other, gap.other_end))
        for gap in gaps(blocks_of(best.text, text), len(best.text), len(text))
    ]
    edited = edit(start, RULE, changes)
    kept = tuple(one for one in edited.damaged if _is_open(one, entries))
    return mark(Edited(edited.text, edited.edits, kept, edited.original), _marks(entries, kept, text))


def _certainty(entries: Sequence[Entry], start: int, end: int) -> Certainty:
    inferred = any(
        each.certainty == "inferred"
        for each in entries
        if (each.start < end and start < each.end) or (start == end and each.start <= start <= each.end)
    )
    return "inferred" if inferred else "certain"


def _is_open(one: Damage, entries: Sequence[Entry]) -> bool:
    """Whether a mark stands where something is still inferred."""
    return any(each.start < one.end and one.start < each.end and each.certainty == "inferred" for each in entries)


def _marks(entries: Sequence[Entry], kept: Sequence[Damage], text: str) -> Iterator[Damage]:
    for each in entries:
        if each.verdict not in ("gap", "disputed") or not text:
            continue
        start, end = each.start, each.end
        if start == end:  # a mark has at least one character
            start, end = max(start - 1, 0), max(end, 1)
        if any(one.start < end and start < one.end for one in kept):
            continue
        rival = next((reading.text for reading in each.rivals), "")
        yield Damage(start, end, _GAP if each.verdict == "gap" else DOUBTFUL + (rival or "nothing"))
