"""Which paragraphs a text has: copies lack some, and have some that are none of the article's.

The frame is one text that all copies are held against: that of the best copy, with what it lacks and others have, and
without what it has and others do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from zsparkcrawl.spam import is_spam
from zsparkcrawl.witnesses.aligning import Block, Gap, align, gaps
from zsparkcrawl.witnesses.standing import Standing, Transcript

__all__ = [
    "Contested",
    "Copy",
    "Frame",
    "Piece",
    "aligned_with",
    "best_of",
    "frame_of",
    "is_addition",
    "is_moved",
    "is_omission",
    "strangers",
]

_LONG = 12
"""Characters from which on a stretch that one copy has and another lacks is no damage of letters: a run of shifted
text loses three at most, as held-back news shows. Longer than most words that spam puts into a sentence."""
_PART = 3
_GRAM = 4
_STRANGE = 0.5
"""A copy of whose own characters less than this share stands in another one is another text; chosen."""
_TAIL = 120
_ENDED = re.compile(r"[。！？…”’）】.!?)]\s*$")
"""A text that ends otherwise was cut off. One that lacks so many characters at the end, or several lines, was cut off
at the end of a sentence: a line of spam is shorter. Chosen."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One witness's text: its number among the witnesses, whether that is the site itself, its family and the owner of
    its host, and when it was taken, in a form that can be put in order."""

    number: int
    own: bool
    family: int
    owner: int
    transcript: Transcript
    time: str = ""
    blurred: bool = False
    """Whether its marks are narrowed, or it is in Traditional, and other copies are not: it is no witness of either."""

    @property
    def text(self) -> str:
        """The clean text."""
        return self.transcript.text


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one copy's text."""

    copy: Copy
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters."""
        return self.copy.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Contested:
    """A stretch of the frame that some copies have and some lack (``kept``), or, with an empty place, the text that
    some have and that was left out."""

    start: int
    end: int
    kept: bool
    is_tie: bool
    text: str
    have: tuple[int, ...]
    lack: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame's text, what it is made of, and what of it is contested."""

    pieces: tuple[Piece, ...]
    contested: tuple[Contested, ...] = ()

    @property
    def text(self) -> str:
        """The characters."""
        return "".join(piece.text for piece in self.pieces)


def best_of(copies: Sequence[Copy]) -> Copy:
    """The copy with the most certainty: what it has for certain and others have as well counts most.

    One that is not blurred is better, and among equals the first.
    """
    if len(copies) == 1:
        return copies[0]
    families: dict[str, set[int]] = {}
    grams = [Counter(_grams(each.transcript.folded)) for each in copies]
    for each, known in zip(copies, grams, strict=True):
        for gram in known:
            families.setdefault(gram, set()).add(each.family)
    scores = []
    for place, (each, known) in enumerate(zip(copies, grams, strict=True)):
        shared = sum(min(len(families[gram]), 2) for gram in known)
        unsure = sum(end - start for start, end, _ in each.transcript.uncertain)
        scores.append((shared - 3 * unsure - each.blurred * len(each.text) // 20, -place))
    return copies[scores.index(max(scores))]


def _grams(text: str) -> Iterable[str]:
    return (text[n : n + _GRAM] for n in range(max(len(text) - _GRAM + 1, 1)))


def strangers(best: Copy, copies: Sequence[Copy], aligned: Sequence[Sequence[Block]]) -> set[int]:
    """The places in ``copies`` of those that are another text than the best one."""
    return {
        place
        for place, (each, blocks) in enumerate(zip(copies, aligned, strict=True))
        if each is not best and sum(block.length for block in blocks) < _STRANGE * min(len(each.text), len(best.text))
    }


def is_moved(blocks: Sequence[Block]) -> bool:
    """Whether a text has its parts in another order."""
    return any(block.other > following.other for block, following in pairwise(blocks))


def is_omission(gap: Gap) -> bool:
    """Whether the other text lacks a stretch of the one, or has it where it cannot be compared."""
    length, other = gap.end - gap.start, gap.other_end - gap.other
    return (length >= _LONG and other * _PART < length) or (not gap.known and length > 0)


def is_addition(gap: Gap) -> bool:
    """Whether the other text has a stretch that the one lacks."""
    length, other = gap.end - gap.start, gap.other_end - gap.other
    return gap.known and other >= _LONG and length * _PART < other


def frame_of(best: Copy, copies: Sequence[Copy], aligned: Sequence[Sequence[Block]]) -> Frame:
    """The frame for the copies, each aligned with the best one."""
    lacking: list[tuple[Copy, Gap, bool]] = []
    adding: list[tuple[Copy, Gap]] = []
    for each, blocks in zip(copies, aligned, strict=True):
        for gap in gaps(blocks, len(best.text), len(each.text)):
            if is_omission(gap):
                lacking.append((each, gap, _is_silent(each, gap, best)))
            if is_addition(gap):
                adding.append((each, gap))
    if not lacking and not adding:
        return Frame((Piece(best, 0, len(best.text)),))
    cuts = _left_out(best, copies, lacking)
    put_in = _put_in(best, copies, adding, lacking)
    return _made(best, cuts, put_in)


def _is_silent(copy: Copy, gap: Gap, best: Copy) -> bool:
    """Whether that a copy lacks a stretch says nothing: it was cut off there, or is damaged, or in another order."""
    if not gap.known:
        return True
    if gap.other_end == len(copy.text):
        missing = best.text[gap.start : gap.end].strip("\n")
        return not _ENDED.search(copy.text[: gap.other]) or "\n" in missing or len(missing) >= _TAIL
    return _is_hurt(copy, gap)


def _is_hurt(copy: Copy, gap: Gap) -> bool:
    """Whether a copy is damaged where it lacks a stretch."""
    around = max(gap.other - 1, 0), min(gap.other_end + 1, len(copy.text))
    return gap.known and copy.transcript.standing(*around) <= Standing.DOUBTFUL


def _left_out(best: Copy, copies: Sequence[Copy], lacking: Sequence[tuple[Copy, Gap, bool]]) -> list[Contested]:
    """What of the best copy's text others lack."""
    bounds = sorted({place for _, gap, _ in lacking for place in (gap.start, gap.end)})
    found = []
    for start, end in pairwise(bounds):
        over = [(copy, silent) for copy, gap, silent in lacking if gap.start < end and start < gap.end]
        against = [copy for copy, silent in over if not silent]
        absent = {copy.number for copy, _ in over}
        have = [copy for copy in copies if copy.number not in absent]
        if against:
            found.append(_contested((start, end), best.text[start:end], have, against))
        elif hurt := [copy for copy, gap, _ in lacking if gap.start < end and start < gap.end and _is_hurt(copy, gap)]:
            numbers = tuple(tuple(sorted(copy.number for copy in side)) for side in (have, hurt))
            found.append(Contested(start, end, True, True, best.text[start:end], *numbers))
    return found


def _contested(place: tuple[int, int], text: str, have: Sequence[Copy], against: Sequence[Copy]) -> Contested:
    """Whether a stretch belongs to the article: the site itself tells, else the more independent copies; spam does
    not. With as many on either side it stays, and is disputed."""
    own = sum(copy.own for copy in have) - sum(copy.own for copy in against)
    votes = _votes(have, against) - _votes(against, have)
    spam = is_spam(text.strip())
    kept = not spam and (own > 0 or (own == 0 and votes >= 0))
    numbers = tuple(tuple(sorted(copy.number for copy in side)) for side in (have, against))
    return Contested(*place, kept, not spam and own == votes == 0, text, numbers[0], numbers[1])


def _votes(side: Sequence[Copy], others: Sequence[Copy]) -> int:
    """How many independent copies are on one side. Those of one family that stand on both sides are no copies of one
    another in this; then each owner of hosts has a vote."""
    split = {copy.family for copy in side} & {copy.family for copy in others}
    owners = {copy.owner for copy in side if copy.family in split} - {copy.owner for copy in others}
    return len({copy.family for copy in side} - split) + len(owners)


def _put_in(
    best: Copy, copies: Sequence[Copy], adding: Sequence[tuple[Copy, Gap]], lacking: Sequence[tuple[Copy, Gap, bool]]
) -> list[tuple[Contested, Piece]]:
    """What others have and the best copy lacks, each stretch once."""
    groups: list[list[tuple[Copy, Gap]]] = []
    for copy, gap in sorted(adding, key=lambda one: (one[1].start, one[0].number)):
        for group in groups:
            if abs(group[0][1].start - gap.start) < _LONG and _alike(group[0], (copy, gap)):
                group.append((copy, gap))
                break
        else:
            groups.append([(copy, gap)])
    found = []
    for group in groups:
        place = group[0][1].start
        numbers = {copy.number for copy, _ in group}
        absent = {copy.number for copy, gap, _ in lacking if gap.start <= place <= gap.end}
        against = [copy for copy in copies if copy.number not in numbers | absent and copy is not best]
        source, gap = max(group, key=lambda one: (_surety(*one), -one[0].number))
        if not _is_silent(best, Gap(gap.other, gap.other_end, gap.start, gap.end, True), source):
            against.append(best)
        text = source.text[gap.other : gap.other_end]
        contested = _contested((place, place), text, [copy for copy, _ in group], against)
        found.append((contested, Piece(source, gap.other, gap.other_end)))
    return found


def _surety(copy: Copy, gap: Gap) -> int:
    """How many characters of a stretch a copy has for certain, less those that it has not."""
    unsure = sum(min(end, gap.other_end) - max(start, gap.other) for start, end, _ in copy.transcript.uncertain
                 if start < gap.other_end and gap.other < end)  # fmt: skip
    return gap.other_end - gap.other - 3 * unsure - copy.transcript.narrowed


def _alike(one: tuple[Copy, Gap], other: tuple[Copy, Gap]) -> bool:
    """Whether two stretches are the same text."""
    sides = [set(_grams(copy.transcript.folded[gap.other : gap.other_end])) for copy, gap in (one, other)]
    return len(sides[0] & sides[1]) * 2 >= min(map(len, sides))


def _made(best: Copy, cuts: Sequence[Contested], put_in: Sequence[tuple[Contested, Piece]]) -> Frame:
    """The best copy's text with the changes made, and where the contested stretches stand in it."""
    pieces: list[Piece] = []
    contested: list[Contested] = []
    place = read = 0
    changes: list[tuple[Contested, Piece | None]] = [*((cut, None) for cut in cuts), *put_in]
    for each, piece in sorted(changes, key=lambda one: (one[0].start, one[0].end)):
        start = max(each.start, read)
        pieces.append(Piece(best, read, start))
        place += start - read
        read = start
        length = 0
        if piece is None:
            kept = Piece(best, read, max(each.end, read))
            read = kept.end
        else:
            kept = piece
        if each.kept:
            pieces.append(kept)
            length = kept.end - kept.start
        contested.append(Contested(place, place + length, each.kept, each.is_tie, each.text, each.have, each.lack))
        place += length
    pieces.append(Piece(best, read, len(best.text)))
    return Frame(tuple(piece for piece in pieces if piece.start < piece.end), tuple(contested))


def aligned_with(text: str, copies: Sequence[Copy]) -> list[tuple[Block, ...]]:
    """Each copy aligned with a text, width apart."""
    known: dict[str, tuple[Block, ...]] = {}
    for each in copies:
        if each.transcript.folded not in known:
            known[each.transcript.folded] = align(text, each.transcript.folded)
    return [known[each.transcript.folded] for each in copies]
