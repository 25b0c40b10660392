"""What search spam says: the phrases of `phrases.txt`, and lines that are nothing but a list of them."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

__all__ = ["is_spam", "is_spam_line", "spam_phrases"]

_HEADING = re.compile(r"\[(?P<family>[^,\]]+), (?P<where>anywhere|in lists)\]")
_SEPARATORS = re.compile(r"[\s,，、|｜_\-—·;；/]+")
_OWN_SHARE = 0.5
"""Share of its characters that listed terms make up in a spam line; innocent lines reach 0.31 (国产药与欧美市场)."""


@cache
def _pattern(where: str) -> re.Pattern[str]:
    return re.compile(_alternatives(where), re.IGNORECASE)


@cache
def _phrase() -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives('anywhere')})(?:{_alternatives('in lists')})*", re.IGNORECASE)


def _alternatives(where: str) -> str:
    phrases: list[str] = []
    heading = ""
    for line in resources.files(__package__).joinpath("phrases.txt").read_text("utf-8").splitlines():
        if match := _HEADING.fullmatch(line.strip()):
            heading = match["where"]
        elif line.strip() and not line.startswith("#") and heading == where:
            phrases.append(line.strip())
    return "|".join(sorted(phrases, key=len, reverse=True))


def spam_phrases(text: str) -> list[tuple[int, int]]:
    """Where phrases stand that no honest text holds: start and end of each.

    >>> spam_phrases("园区发展，澳门威尼斯人网上娱乐，前景良好")
    [(5, 15)]
    >>> spam_phrases("园区与成人教育学院合办一区二区的讲座")
    []
    """
    return [match.span() for match in _phrase().finditer(text)]


def is_spam_line(line: str) -> bool:
    """Whether a line is nothing but a list of spam terms, whatever separates them.

    >>> is_spam_line("亚洲国产日本一区二区,国产精品自在线天天看,国产精品动漫在线一区")
    True
    >>> is_spam_line("会议介绍了国产药、欧美市场、日韩企业的情况，成人教育和精品课程")
    False
    """
    terms = [term for term in _SEPARATORS.split(line) if term]
    letters = sum(map(len, terms))
    if letters < 8:
        return False
    own = [sum(end - start for start, end in _covered(term)) for term in terms]
    full = sum(1 for term, share in zip(terms, own, strict=True) if share >= 0.6 * len(term))
    strong = len(spam_phrases(line))
    # A list has several terms, each of them mostly made of listed words; one strong phrase makes a pair enough.
    return (
        sum(own) >= _OWN_SHARE * letters and full >= (1 if strong else 3) and (strong > 0 or full >= 0.7 * len(terms))
    )


def is_spam(text: str) -> bool:
    """Whether a short text (a title, a keyword list, a link) is spam or holds some."""
    return bool(spam_phrases(text)) or is_spam_line(text)


def _covered(term: str) -> list[tuple[int, int]]:
    spans = sorted(m.span() for where in ("anywhere", "in lists") for m in _pattern(where).finditer(term))
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
