"""Runs: stretches of a line in which one listed word follows the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zsparkcrawl.spam.lexicon import Term
from zsparkcrawl.spam.seams import is_fluent

__all__ = ["Run", "runs"]

Run = tuple[Term, ...]
"""Terms of one line that follow each other."""

_LETTER = re.compile(r"[a-z0-9]+|[^\W_]")
_GAP = re.compile(r"(?:_|[^\w。！？!?：:（）()\[\]【】《》<>…“”]){0,4}")
_LISTED = re.compile(r"[-_|/\\+~=>—–,，、;；.…\"“”']")
_ACCOUNT = re.compile("[a-z]{0,5}[0-9]{0,6}")
"""The name of an account or a site among the words of an offer: hga030, 888."""
_PAUSES = re.compile("[，,；;、]")
_STOPS = re.compile(r"[。！？!?：:（）()【】《》\n]")
_GRAMMAR = re.compile("[的了是和与及将被把对从为而但也都就已并等于向由使让会能可要应该还又每各其此该本]")
_UNKNOWN_LONGEST = 10
"""Letters of an item that holds no listed word, or of the rest of one: longer ones are text. Chosen."""


def runs(text: str, found: Iterable[Term]) -> Iterator[Run]:
    """Put the terms of a folded text together to runs: terms that touch or have only marks of a list between them, and
    such stretches again where what lies between is an item of the list without a listed word.

    An innocent word ends a run.
    """
    parts: list[Run] = []
    for close in _close(text, found):
        if parts and not _one_list(text, parts[-1], close):
            yield tuple(term for part in parts for term in part)
            parts = []
        parts.append(close)
    if parts:
        yield tuple(term for part in parts for term in part)


def _close(text: str, found: Iterable[Term]) -> Iterator[Run]:
    held: list[Term] = []
    for term in found:
        if held and (term.kind == "innocent" or not _GAP.fullmatch(text, held[-1].end, term.start)):
            yield tuple(held)
            held = []
        if term.kind != "innocent":
            held.append(term)
    if held:
        yield tuple(held)


def _one_list(text: str, before: Run, behind: Run) -> bool:
    gap = text[before[-1].end : behind[0].start]
    if len(gap) > 3 * _UNKNOWN_LONGEST or _STOPS.search(gap) or _GRAMMAR.search(gap):
        return False
    hottest = sum(term.weight for term in before if term.kind in {"topic", "brand"})
    hot = sum(term.weight for term in before) >= 2 and sum(term.weight for term in behind) >= 2
    items = _LISTED.split(gap)
    if len(items) == 1:
        # Inside one item: a name between place and trade, or some letters between two topics.
        named = before[-1].kind in {"place", "region"} and behind[0].weight >= 2
        heavy = sum(term.weight for term in (*before, *behind)) >= 4 and before[-1].family == behind[0].family == "porn"
        letters = len(_LETTER.findall(gap))
        # A park counts its zones too.
        zones = {term.kind for term in behind} == {"zone"} and any(term.kind == "brand" for term in before)
        account = hottest >= 2 and _ACCOUNT.fullmatch(gap) is not None
        return account or (letters <= 3 and (hot or named) and not zones) or (letters <= 2 and heavy)
    if _PAUSES.search(gap) and any(map(is_fluent, items)):
        return False  # between pauses stands a clause of the article
    return hot and max(map(len, items)) <= _UNKNOWN_LONGEST
