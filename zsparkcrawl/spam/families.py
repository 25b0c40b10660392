"""What injected spam sells."""

from __future__ import annotations

from collections import Counter

from zsparkcrawl.spam.lexicon import fold, terms

__all__ = ["FAMILIES", "family_of"]

FAMILIES = (
    "porn", "gambling", "surrogacy", "invoice", "server", "loan", "papers", "drugs", "escort", "trade in goods", "vpn",
    "other",
)  # fmt: skip
"""What search spam sells, as phrases.txt names it; "other" where no listed word tells."""


def family_of(phrase: str) -> str:
    """What an injected phrase sells: the family whose listed words weigh most in it, "other" where it has none.

    >>> family_of("澳门威尼斯人网上娱乐"), family_of("国产av无码专区,亚洲精品"), family_of("点击这里")
    ('gambling', 'porn', 'other')
    """
    weights: Counter[str] = Counter()
    for term in terms(fold(phrase)):
        if term.family in FAMILIES:
            weights[term.family] += term.weight  # type: ignore[assignment]  # a Counter adds floats as well
    return max(weights, key=lambda family: (weights[family], family), default="other")
