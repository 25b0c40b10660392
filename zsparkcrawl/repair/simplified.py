"""Back to Simplified, where a character table had turned the text into Traditional."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplify
from zsparkcrawl.edits import Change, Edited, edit
from zsparkcrawl.items import Diagnosis

__all__ = ["restore_simplified"]

_AROUND = 3
"""Characters on either side by which 著 is told from 着."""


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
    """Each 著 as 着 or 著, whichever is likelier where it stands: 走着 and 着力, but 著名 and 编著."""
    for match in re.finditer("著", text):
        before = text[max(match.start() - _AROUND, 0) : match.start()]
        after = text[match.end() : match.end() + _AROUND]
        if model().text_cost("着" + after, before) < model().text_cost("著" + after, before):
            text = f"{text[: match.start()]}着{text[match.end() :]}"
    return text
