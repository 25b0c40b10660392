"""Back to Simplified, where a character table had turned the text into Traditional."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsparkcrawl.chinese.script import simplify
from zsparkcrawl.edits import Change, Edited, edit
from zsparkcrawl.items import Diagnosis

__all__ = ["restore_simplified"]

# 著 stands for 着 but in the words that are written with 著 in Simplified too: fame, writing, and what is striking.
_ZHU = re.compile(
    "著(?=[名作称述书录者于有文立论说])|(?<=[显卓昭彰名原编专论译巨遗合所拙土新旧大撰等学著])著|(?<=《)著"
)
# The words in which 着 follows one of those characters, or stands before one: 向着名 …, 有着作, 沿着名.
_ZHE = re.compile(
    "(?<=[有随沿向朝带拿接靠对为跟看说等本])著(?=[名作称述书者于有文立论说])(?!名[单册]|作[者品为])|(?<=等)著|著(?=有效)"
)


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
    return edit(edited, "simplified", _changes(edited.text))


def _changes(text: str) -> Iterator[Change]:
    simplified = _with_zhe(simplify(text))
    if len(simplified) != len(text):
        # OpenCC's phrases keep the length but in a few words; those are converted character by character.
        simplified = _with_zhe("".join(map(simplify, text)))
    start = None
    for position, (old, new) in enumerate(zip(text, simplified, strict=True)):
        if old != new and start is None:
            start = position
        elif old == new and start is not None:
            yield Change(start, position, simplified[start:position])
            start = None
    if start is not None:
        yield Change(start, len(text), simplified[start:])


def _with_zhe(text: str) -> str:
    if "著" not in text:
        return text
    kept = {match.start() for match in _ZHU.finditer(text)} - {match.start() for match in _ZHE.finditer(text)}
    return "".join("着" if c == "著" and i not in kept else c for i, c in enumerate(text))
