"""How certain each character of a copy is, and what the page itself shows in its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from zsparkcrawl.chinese.script import simplified, simplified_in, traditional_in
from zsparkcrawl.edits import Edited, places_of
from zsparkcrawl.evidence import rival_of
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.witnesses.origin import Origin

__all__ = ["ENDED", "NARROW", "REPEATED", "Standing", "Transcript", "folded", "narrowed"]

NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width marks, figures and letters as ASCII, as some archives keep them."""
_NARROWED = 2
_FEW = 2
_WIDE = re.compile("[\uff01-\uff5e](?=[\u4e00-\u9fff])")
_NARROW_MARK = re.compile("(?<=[\u4e00-\u9fff)])[,;:!?](?=[\u4e00-\u9fff])")
"""Marks before and between Chinese characters: a text that an archive narrowed has at least two in ASCII, and two for
one in full width, which repairs put in. Chosen."""


ENDED = re.compile("[！!](?=\n|$)")
"""A mark at the end of a paragraph. On a page that is cut it is what 。” shows as, whose bytes are A1A3 A1B1."""
REPEATED = re.compile("[！!]{2,}")
"""Marks in a row. On a page that is cut they are what one stop more shows as, 。。。 whose bytes are A1A3 A1A3 A1A3, if
the bytes left over went without a trace."""
_OPEN = re.compile("“[^“”\n]*([！!])(?=\n|$)")
"""The same where a quotation is left open, which tells of a cut also on a page that shows no other."""


class Standing(IntEnum):
    """How certain a character is, the better the higher."""

    DAMAGED = 0
    """Left as it was, for no rule could mend it."""
    DOUBTFUL = 1
    """Inferred, and another reading is nearly as likely."""
    INFERRED = 2
    CERTAIN = 3
    """Repaired as the damage itself decides, or untouched on a damaged page."""
    ORIGINAL = 4
    """Untouched, on a page without damage."""


class Transcript:
    """One text of a copy, asked stretch by stretch how certain it is and what the page shows in its place.

    >>> from zsparkcrawl.edits import Edit
    >>> made = (Edit("gbk", 6, "?疾炱陂g", "。考察期間", "inferred"), Edit("simplified", 10, "間", "间"))
    >>> text = Transcript(Edited("招商局到园区。考察期间的工作", made), Diagnosis("turned"))
    >>> text.standing(6, 8).name, text.standing(0, 6).name, text.bounds(6, 8), text.shown(6, 11)
    ('INFERRED', 'CERTAIN', (6, 11), '?疾炱陂g')
    """

    def __init__(self, edited: Edited, diagnosis: Diagnosis) -> None:
        self.edited, self.text = edited, edited.text
        self.folded = folded(edited.text)
        self.annotated = diagnosis.annotated
        self.damaged_page = diagnosis.damaged or bool(edited.edits or edited.damaged)
        self.narrowed = narrowed(edited.text)
        self.traditional = len(traditional_in(edited.text)) > len(simplified_in(edited.text))
        self._best = Standing.CERTAIN if self.damaged_page else Standing.ORIGINAL
        self.uncertain = _uncertain(edited, diagnosis)
        """Where something is less than certain: start, end, standing; in order, and apart from each other."""
        self._ends = [end for _, end, _ in self.uncertain]
        self.rivals = tuple((one, rival) for one in edited.damaged if (rival := rival_of(one)) is not None)
        """The doubtful places with the other reading of each."""

    @cached_property
    def _origin(self) -> Origin:
        return Origin(self.edited)

    def standing(self, start: int, end: int) -> Standing:
        """The worst standing in a stretch; of an empty one that of what stands around it."""
        worst = self._best
        for at in range(bisect_right(self._ends, start if start < end else start - 1), len(self.uncertain)):
            a, b, standing = self.uncertain[at]
            if a >= end and not (start == end and a < start < b):
                break
            worst = min(worst, standing)
        return worst

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """The stretch, made longer until it begins and ends where the page's text can be cut as well."""
        return self._origin.bounds(start, end)

    def shown(self, start: int, end: int) -> str | None:
        """What the page shows in the place of a stretch that begins and ends at such bounds, spam left out; None
        where it was damaged in another way than byte by byte, and nothing can be told from it."""
        return self._origin.shown(start, end)


def _uncertain(edited: Edited, diagnosis: Diagnosis) -> tuple[tuple[int, int, Standing], ...]:
    inferred = places_of(edited.edits, lambda one: one.certainty == "inferred")
    found = [(start, end, Standing.INFERRED) for start, end in inferred if start < end]
    for one in edited.damaged:
        found.append((one.start, one.end, Standing.DAMAGED if rival_of(one) is None else Standing.DOUBTFUL))
    if diagnosis.cut:
        found += [(*match.span(), Standing.INFERRED) for match in ENDED.finditer(edited.text)]
        found += [(*match.span(), Standing.INFERRED) for match in REPEATED.finditer(edited.text)]
    elif diagnosis.script == "turned" and not diagnosis.uncut:
        found += [(*match.span(1), Standing.INFERRED) for match in _OPEN.finditer(edited.text)]
    cuts = sorted({place for start, end, _ in found for place in (start, end)})
    worst = [Standing.ORIGINAL] * len(cuts)
    number = {place: at for at, place in enumerate(cuts)}
    for start, end, standing in found:
        for at in range(number[start], number[end]):
            worst[at] = min(worst[at], standing)
    return tuple((a, b, each) for (a, b), each in zip(pairwise(cuts), worst, strict=False) if each < Standing.CERTAIN)


def folded(text: str) -> str:
    """A text of the same length in narrow marks and Simplified, as texts are compared.

    >>> folded("產業（園區）")
    '产业(园区)'
    """
    return simplified(text).translate(NARROW)


def narrowed(text: str) -> bool:
    """Whether an archive keeps full-width marks of a text as ASCII: few are there, which a repair put in, and several
    ASCII ones between Chinese characters.

    >>> narrowed("昨日,园区召开会议,部署招商"), narrowed("昨日，园区召开会议,部署招商")
    (True, False)
    """
    narrow = sum(1 for _ in _NARROW_MARK.finditer(text))
    return narrow >= _NARROWED and sum(1 for _ in _WIDE.finditer(text)) * _FEW <= narrow
