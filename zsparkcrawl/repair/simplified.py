"""Back to Simplified, where a character table had turned the text into Traditional."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplify
from zsparkcrawl.chinese.variants import origins_of
from zsparkcrawl.edits import Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.paths import DOUBTFUL

__all__ = ["restore_simplified"]

_CONTEXT = 2
_AROUND = 3
"""Characters on either side by which 著 is told from 着."""
_CLEARLY = 10.0
"""Bits by which 着 must be likelier to be certain."""
_WRITTEN = frozenset(
    "著名 著作 著称 著述 著者 著书 著录 显著 卓著 昭著 论著 专著 编著 名著 原著 巨著 译著 遗著 合著 拙著 土著".split()
)
"""Words that are written with 著 in Simplified too."""
_DONE = frozenset(
    "着急 着力 着手 着重 着眼 着想 着陆 着火 着装 着色 着迷 着落 着实 着凉 执着 沉着 衣着 附着 胶着 随着 沿着".split()
)
"""Words that are written with 着."""
_EITHER = frozenset({"执着"})
"""Of them those that older texts write with 著, seven times of seven in news of 1998: 执著. Always in doubt."""
_WORD = 12.0
"""Bits that such a word counts for."""
_PARTED = re.compile("名[义字片单]|作[为业品]|书[架包本桌]")
"""Behind 著 or 着: words whose first character makes none with it, 守着作为 and 倚着书架."""
_NEAR = 6.0
"""Bits by which 着 must be likelier to be beyond doubt; 著 must be by as many as 着 is when it is certain. Of 178
places in 20,400 texts of news where neither was so far ahead 21 were wrong, of 3,800 where 着 was three, each a
misprint."""
_FAR = 13.0
"""Bits that the character which a table must have started from may cost more than the one that OpenCC's words ask for;
chosen: 钜惠 for 巨惠 costs 2, 渖阳 for 沈阳 16, which tells of another table."""
_HURRY = re.compile("急(?![剧劇速增升转轉降])")
"""Behind 显: 略显着急 is as good as always 着急; 显著急剧下降 is not."""


def restore_simplified(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Turn Traditional characters back, by phrase: 乾隆 stays, 乾燥 becomes 干燥; 走著 becomes 走着, 著作 stays.

    What no table can have started from is not put in: 鉅 was 钜 and never 巨, and in 首批覆盖 stands no 批复.

    Where 著 and 着 are near each other the other one is named in a mark of doubt.

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
    plain, unreadable = _plain(edited.text), _unreadable(edited)
    changes = list(_changes(edited.text, plain, unreadable))
    read = [_zhe(plain, place) for place in _places("著", edited.text) if not unreadable[place]]
    changes += [change for change, _ in read if change]
    # Each character takes one character's place, so what was in doubt stays where it was, and in doubt.
    return mark(edit(edited, "simplified", changes), (*edited.damaged, *(doubt for _, doubt in read if doubt)))


def _plain(text: str) -> str:
    plain = simplify(text)
    # OpenCC's phrases keep the length but in a few words; those are converted character by character.
    return plain if len(plain) == len(text) else "".join(map(cache(simplify), text))


def _unreadable(edited: Edited) -> bytearray:
    """Which characters stay as they are, for they are not the ones that stood there."""
    unreadable = bytearray(len(edited.text))
    for damage in edited.damaged:
        if not damage.reason.startswith(DOUBTFUL):
            unreadable[damage.start : damage.end] = b"\1" * (damage.end - damage.start)
    return unreadable


def _changes(text: str, plain: str, unreadable: bytearray) -> Iterator[Change]:
    differing = [place for place, (old, new) in enumerate(zip(text, plain, strict=True)) if old != new]
    by_table = {place: char for place in differing if (char := _origin(text[place], plain, place)) != plain[place]}
    for start, end in _stretches(place for place in differing if not unreadable[place] and place not in by_table):
        yield Change(start, end, plain[start:end])
    for place, char in by_table.items():
        if not unreadable[place] and char != text[place]:
            yield Change(place, place + 1, char, "inferred")


def _origin(shown: str, plain: str, place: int) -> str:
    """What a table can have made a character of: that which OpenCC's words ask for, if a table turns it into this
    character or none is known; else the likeliest of those that a table does, unless it is far from likely."""
    origins = origins_of(shown)
    if not origins or plain[place] in origins:
        return plain[place]
    before, behind = plain[max(place - _CONTEXT, 0) : place], plain[place + 1 : place + 1 + _CONTEXT]
    bits = {char: model().text_cost(char + behind, before) for char in (*origins, plain[place])}
    best = min(origins, key=lambda char: bits[char])
    return best if bits[best] - bits[plain[place]] < _FAR else plain[place]


def _places(char: str, text: str) -> Iterator[int]:
    place = text.find(char)
    while place >= 0:
        yield place
        place = text.find(char, place + 1)


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


def _zhe(text: str, place: int) -> tuple[Change | None, Damage | None]:
    """著 becomes 着 where that is likelier, and is marked inferred where the two are near: 走着 and 着力, but 著名. The
    nearer they are, the more doubtful."""
    before, after = text[max(place - _AROUND, 0) : place], text[place + 1 : place + 1 + _AROUND]
    saved = model().text_cost("著" + after, before) - model().text_cost("着" + after, before)
    if not _HURRY.match(after):
        begins = "著" + after[:1] in _WRITTEN and not _PARTED.match(after)
        saved -= _WORD * (before[-1:] + "著" in _WRITTEN or begins)
    saved += _WORD * ("着" + after[:1] in _DONE or before[-1:] + "着" in _DONE)
    if saved <= 0:
        return None, Damage(place, place + 1, DOUBTFUL + "着") if saved > -_CLEARLY else None
    near = saved < _NEAR or before[-1:] + "着" in _EITHER
    change = Change(place, place + 1, "着", "certain" if saved >= _CLEARLY and not near else "inferred")
    return change, Damage(place, place + 1, DOUBTFUL + "著") if near else None
