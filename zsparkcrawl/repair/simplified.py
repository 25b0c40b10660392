"""Back to Simplified, where a character table had turned the text into Traditional."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplify
from zsparkcrawl.edits import Change, Edited, edit, mark
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.paths import DOUBTFUL

__all__ = ["restore_simplified"]

_AROUND = 3
"""Characters on either side by which 著 is told from 着."""
_CLEARLY = 10.0
"""Bits by which 着 must be likelier to be certain."""
_WRITTEN = frozenset(
    "著名 著作 著称 著述 著者 著书 著录 显著 卓著 昭著 论著 专著 编著 名著 原著 巨著 译著 遗著 合著 拙著 土著".split()
)
"""Words that are written with 著 in Simplified too."""
_DONE = frozenset("着急 着力 着手 着重 着眼 着想 着陆 着火 着装 着色 着迷 着落 着实 着凉".split())
"""Words that begin with 着."""
_WORD = 12.0
"""Bits that such a word counts for."""
_HURRY = re.compile("急(?![剧劇速增升转轉降])")
"""Behind 显: 略显着急 is as good as always 着急; 显著急剧下降 is not."""


def restore_simplified(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Turn Traditional characters back, by phrase: 乾隆 stays, 乾燥 becomes 干燥; 走著 becomes 走着, 著作 stays.

    Leaves alone: any text that the diagnosis does not call turned, above all genuine Traditional.

    >>> from zsparkcrawl.chinese.diagnosis import diagnose
    >>> text = "隨著產業發展，關于著名企業的報道"
    >>> restore_simplified(Edited(text), diagnose(text)).text
    '随着产业发展，关于著名企业的报道'
    """
    # A text too short to tell by itself was turned when the tools' byte damage has just been mended in it.
    rejoined = diagnosis.script == "unknown" and any(made.rule == "gbk" for made in edited.edits)
    if diagnosis.script != "turned" and not rejoined:
        return edited
    # Each character takes one character's place, so what was in doubt stays where it was, and in doubt.
    return mark(edit(edited, "simplified", _changes(edited)), edited.damaged)


def _changes(edited: Edited) -> Iterator[Change]:
    text = edited.text
    plain = simplify(text)
    if len(plain) != len(text):
        # OpenCC's phrases keep the length but in a few words; those are converted character by character.
        plain = "".join(map(cache(simplify), text))
    unreadable = bytearray(len(text))
    for damage in edited.damaged:
        if not damage.reason.startswith(DOUBTFUL):
            unreadable[damage.start : damage.end] = b"\1" * (damage.end - damage.start)
    # What is unreadable is left as it is: its characters are not the ones that stood there.
    differing = [place for place, (old, new) in enumerate(zip(text, plain, strict=True)) if old != new]
    for start, end in _stretches(place for place in differing if not unreadable[place]):
        yield Change(start, end, plain[start:end])
    place = text.find("著")
    while place >= 0:
        if not unreadable[place]:
            yield from _zhe(plain, place)
        place = text.find("著", place + 1)


def _stretches(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring places, which come in order, as stretches.

    >>> list(_stretches([1, 2, 3, 7]))
    [(1, 4), (7, 8)]
    """
    start = end = -1
    for place in places:
        if place != end:
            if end > 0:
                yield start, end
            start = place
        end = place + 1
    if end > 0:
        yield start, end


def _zhe(text: str, place: int) -> Iterator[Change]:
    """著 becomes 着 where that is likelier, and is marked inferred where the two are near: 走着 and 着力, but 著名."""
    before, after = text[max(place - _AROUND, 0) : place], text[place + 1 : place + 1 + _AROUND]
    saved = model().text_cost("著" + after, before) - model().text_cost("着" + after, before)
    if not _HURRY.match(after):
        saved -= _WORD * (before[-1:] + "著" in _WRITTEN or "著" + after[:1] in _WRITTEN)
    saved += _WORD * ("着" + after[:1] in _DONE)
    if saved > 0:
        yield Change(place, place + 1, "着", "certain" if saved >= _CLEARLY else "inferred")
