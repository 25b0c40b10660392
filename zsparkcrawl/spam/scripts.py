"""Stretches of another script than their page: in a page that was turned Traditional, what stands in Simplified was put
in afterwards."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from zsparkcrawl.chinese.script import simplified_in, simplified_of
from zsparkcrawl.spam.lexicon import Folded, fold

__all__ = ["foreign_places"]

_SHORTEST = 3
"""Characters of a stretch: shorter ones are met again in the article. Chosen."""
_MOST = 100
"""Stretches that are looked for, for each is looked for in the whole text. Chosen."""


def foreign_places(original: str, folded: Folded) -> frozenset[int]:
    """Places in the folded text of what stood in Simplified in the original of a text that was turned Traditional.

    >>> sorted(foreign_places("產業園區国产彩票網開會", fold("產業園區国产彩票網開會")))
    [4, 5, 6, 7]
    """
    stretches = (match[0] for match in _stretch().finditer(original))
    foreign = (fold(stretch) for stretch in stretches if len(stretch) >= _SHORTEST and simplified_in(stretch))
    places: set[int] = set()
    for stretch in islice(dict.fromkeys(map(str, foreign)), _MOST):
        start = folded.find(stretch)
        while start >= 0:
            places.update(range(start, start + len(stretch)))
            start = folded.find(stretch, start + len(stretch))
    return frozenset(places)


@cache
def _stretch() -> re.Pattern[str]:
    return re.compile(f"[^{''.join(simplified_of())}\\n，。、；：]+")
