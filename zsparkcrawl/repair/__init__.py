"""Repair: damaged text comes back, every change on record; healthy text comes back as it went in."""

from __future__ import annotations

from collections.abc import Callable

from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.edits import Edited
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.annotations import remove_annotations
from zsparkcrawl.repair.characters import decode_entities, remove_invisible
from zsparkcrawl.repair.gbk import rejoin_bytes
from zsparkcrawl.repair.misread import mark_unreadable, reread_misread
from zsparkcrawl.repair.simplified import restore_simplified
from zsparkcrawl.repair.units import restore_months

__all__ = ["RULES", "Rule", "repair"]

Rule = Callable[[Edited, Diagnosis], Edited]

RULES: tuple[Rule, ...] = (
    reread_misread,  # first: what follows reads characters, and misread text has none yet
    decode_entities,
    remove_invisible,
    rejoin_bytes,  # before the brackets go: the byte before a bracket tells what was lost
    remove_annotations,
    mark_unreadable,  # what is still no text is not to be turned into another script
    restore_simplified,  # last of the damage, for the tools put it on first
    restore_months,
)
"""The rules in the order in which they are applied."""


def repair(text: str, diagnosis: Diagnosis | None = None) -> Edited:
    """Mend a text. Without a diagnosis of the whole page it makes its own from this text alone.

    >>> repair("產(chǎn)業(yè)園區(qū)發(fā)展").text
    '产业园区发展'
    >>> repair("產業園區發展于中山，并且着力創新的干部").edits[0].rule
    'simplified'
    >>> repair("健康的文字 stays (as) it is").edits
    ()
    """
    edited = Edited(text)
    if text.isascii():
        # No Chinese character is left to go by, and only what is invisible can be wrong.
        return remove_invisible(edited, diagnosis or Diagnosis())
    if diagnosis is None:
        # Of misread text nothing can be told; what was read again already is not read a third time.
        edited = reread_misread(edited, Diagnosis())
        diagnosis = diagnose(edited.text)
    else:
        edited = reread_misread(edited, diagnosis)
    for rule in RULES[1:]:
        edited = rule(edited, diagnosis)
    return edited
