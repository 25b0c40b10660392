"""The rules by the names that they have in edits, and what each does, from its own docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from zsparkcrawl.clean import recovered_title
from zsparkcrawl.repair.annotations import remove_annotations
from zsparkcrawl.repair.characters import decode_entities, remove_invisible
from zsparkcrawl.repair.gbk import rejoin_bytes
from zsparkcrawl.repair.misread import reread_misread
from zsparkcrawl.repair.simplified import restore_simplified
from zsparkcrawl.repair.units import restore_months
from zsparkcrawl.spam import cut_counties, cut_lines, cut_lists, cut_phrases

__all__ = ["RULES", "why_of"]

RULES: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "misread": reread_misread,
        "entities": decode_entities,
        "invisible": remove_invisible,
        "gbk": rejoin_bytes,
        "annotations": remove_annotations,
        "simplified": restore_simplified,
        "units": restore_months,
        "spam-line": cut_lines,
        "spam-counties": cut_counties,
        "spam-list": cut_lists,
        "spam-phrase": cut_phrases,
        "spam-title": recovered_title,
    }
)
"""Name of a rule in its edits -> the function that makes them."""

_BESIDE = MappingProxyType({"witnesses": "Take what other copies of the article have there, as the apparatus tells."})
"""What is no rule for one text, and makes edits none the less."""

_SENTENCE = re.compile(r"(?:[^.]|\.(?!\s|$))+\.?", re.DOTALL)


@cache
def why_of(rule: str) -> str:
    """What a rule does, in one sentence: the first of its docstring. A rule that this version of the program does not
    have is named as such.

    >>> why_of("simplified")
    'Turn Traditional characters back, by phrase: 乾隆 stays, 乾燥 becomes 干燥; 走著 becomes 走着, 著作 stays.'
    >>> why_of("no-such-rule")
    'The rule no-such-rule is one of another version of this program.'
    """
    if rule in _BESIDE:
        return _BESIDE[rule]
    if rule not in RULES:
        return f"The rule {rule} is one of another version of this program."
    told = " ".join((inspect.getdoc(RULES[rule]) or "").split("\n\n")[0].split())
    sentence = _SENTENCE.match(told)
    return sentence[0] if sentence else told
