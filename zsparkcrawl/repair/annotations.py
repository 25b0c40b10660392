"""Pinyin in brackets that a rewriting tool put behind characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION
from zsparkcrawl.edits import Change, Edited, edit
from zsparkcrawl.items import Diagnosis

__all__ = ["remove_annotations"]

_CUT_OFF = re.compile(r"\(\s?([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6})$(?!\s?[)）])", re.MULTILINE)


def remove_annotations(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Take out the pinyin that the tool wrote behind whole characters, one that an excerpt cut off included.

    Leaves alone: pinyin behind a character that the diagnosis does not name, such as 亳(bó)州, a lesson's, and
    other readings than the tool's.

    >>> from zsparkcrawl.chinese.diagnosis import diagnose
    >>> text = "產(chǎn)業(yè)園區(qū)到亳(bó)州招商，推進(j"
    >>> remove_annotations(Edited(text), diagnose(text)).text
    '產業園區到亳(bó)州招商，推進'
    """
    if not diagnosis.annotated:
        return edited
    return edit(edited, "annotations", _changes(edited.text, diagnosis))


def _changes(text: str, diagnosis: Diagnosis) -> Iterator[Change]:
    for match in ANNOTATION.finditer(text):
        if match.start() and match[1] in diagnosis.annotated.get(text[match.start() - 1], ()):
            yield Change(match.start(), match.end(), "")
    for match in _CUT_OFF.finditer(text):
        readings = diagnosis.annotated.get(text[match.start() - 1], ()) if match.start() else ()
        known = any(reading.startswith(match[1]) for reading in readings)
        # Only here on the page and cut off: a character that turns up only so was not seen whole, and its own
        # reading is not in the diagnosis. The text ends in it, so nothing else can be meant by an open bracket.
        if known or (diagnosis.script == "turned" and match.end() == len(text) and _reads(text, match)):
            yield Change(match.start(), match.end(), "")


def _reads(text: str, match: re.Match[str]) -> bool:
    return match.start() > 0 and any(r.startswith(match[1]) for r in readings_of(text[match.start() - 1]))
