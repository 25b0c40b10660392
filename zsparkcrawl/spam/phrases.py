"""What search spam says: the phrases of `phrases.txt`, and lines that are nothing but a list of them."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

__all__ = ["is_spam", "is_spam_line", "spam_phrases"]

_HEADING = re.compile(r"\[(?P<family>[^,\]]+), (?P<where>anywhere|in lists|neutral in lists|between pauses)\]")
_SEPARATORS = re.compile(r"[\s,，、|｜_\-—·;；/]+")
_PAUSE_BEFORE = r"(?<![^，,、；;。！？!?：:“”‘’（(\s])"
_PAUSE_BEHIND = r"(?![^，,、；;。！？!?：:“”‘’）)\s])"
_OWN_SHARE = 0.5
"""Share of its characters that listed terms make up in a spam line. Chosen: innocent lists of places reach more, so a
line must also have terms of its own that are no places."""


@cache
def _pattern(where: str) -> re.Pattern[str]:
    return re.compile(_alternatives(where), re.IGNORECASE)


@cache
def _phrase() -> re.Pattern[str]:
    listed = f"{_alternatives('in lists')}|{_alternatives('neutral in lists')}"
    own_clause = f"{_PAUSE_BEFORE}(?:{_alternatives('between pauses')}){_PAUSE_BEHIND}"
    return re.compile(f"(?:{_alternatives('anywhere')})(?:{listed})*|{own_clause}", re.IGNORECASE)


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
    own = [_listed(term) for term in terms]
    neutral = [_listed(term, "neutral in lists") for term in terms]
    covered = sum(own) + sum(neutral)
    full = sum(
        mine > 0 and mine + other >= 0.6 * len(term) for term, mine, other in zip(terms, own, neutral, strict=True)
    )
    strong = bool(spam_phrases(line))
    # A list has several terms, each of them mostly made of listed words; beside one strong phrase one is enough.
    return covered >= _OWN_SHARE * letters and full >= (1 if strong else max(3, 0.6 * len(terms)))


def _listed(term: str, where: str = "in lists") -> int:
    """How many of a term's characters are listed words."""
    return sum(len(match[0]) for match in _pattern(where).finditer(term))


def is_spam(text: str) -> bool:
    """Whether a short text (a title, a keyword list, a link) is spam or holds some."""
    return bool(spam_phrases(text)) or is_spam_line(text)
