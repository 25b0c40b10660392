"""Whether an article is what a query looks for, found out by reading it: pure, slow, and what the index must agree
with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zsparkcrawl.archive.search.queries import FIELDS, All, AnyOf, Query, Without, Word
from zsparkcrawl.chinese.alike import alike

__all__ = [
    "K1",
    "LEAST",
    "RANK_DIGITS",
    "WEIGHTS",
    "B",
    "Hit",
    "Texts",
    "matches",
    "places",
    "ranked",
    "texts_of",
    "weight_of",
]

Texts = Mapping[str, str]
"""Field to text, as :func:`alike` has it; a field that is NULL is not there."""

WEIGHTS = {"body": 1.0, "title": 10.0, "author": 5.0, "source": 5.0}
"""How much a hit counts, by field; chosen."""

K1, B = 1.2, 0.75
"""The constants of FTS5's bm25, so that both ways of searching give one order."""
LEAST = 1e-6
"""What FTS5 counts a word for that most articles have."""
RANK_DIGITS = 12
"""Decimal places of a rank. Each database adds in an order of its own, so that the last bit differs between them, and
also between two articles that are found alike: these would not stand in the order of their days."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that is found: its number, its ISO day, how often each word stands in it (by the weight of the
    fields), and its length in characters."""

    id: int
    date: str | None
    counts: Sequence[float]
    length: int


def texts_of(row: Mapping[str, str | None]) -> Texts:
    """What is searched of an article."""
    return {name: alike(text) for name in FIELDS if (text := row[name]) is not None}


def matches(query: Query, texts: Texts) -> bool:
    """Whether the article is meant.

    >>> matches(All((Word("园区"), Word("张", "author"))), {"title": "产业园区", "author": "张三"})
    True
    """
    match query:
        case Word(text, field):
            return any(text in texts[name] for name in _fields(field, texts))
        case All(parts):
            return all(matches(part, texts) for part in parts)
        case AnyOf(parts):
            return any(matches(part, texts) for part in parts)
        case Without(wanted, unwanted):
            return matches(wanted, texts) and not matches(unwanted, texts)


def places(text: str, word: str) -> Iterator[int]:
    """Where a word begins in a text, also where it begins inside of itself.

    >>> list(places("哈哈哈", "哈哈"))
    [0, 1]
    """
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def counted(word: Word, texts: Texts) -> float:
    """How often a word stands in an article, each field by its weight."""
    fields = _fields(word.field, texts)
    return sum(WEIGHTS[name] * sum(1 for _ in places(texts[name], word.text)) for name in fields)


def ranked(hits: Iterable[Hit], having: Sequence[int], articles: int, characters: int) -> list[tuple[float, int]]:
    """The rank (bm25, the best is the least) and number of each hit, the best first; of equal ones the latest first,
    and then by number. ``having`` says how many articles have each word, of ``articles`` with ``characters`` in all."""
    weights = [weight_of(n, articles) for n in having]
    mean = characters / articles if articles else 1
    ranks = []
    for hit in hits:
        length = K1 * (1 - B + B * hit.length / mean)
        found = zip(weights, hit.counts, strict=True)
        rank = -sum(weight * (n * (K1 + 1)) / (n + length) for weight, n in found)
        ranks.append((round(rank, RANK_DIGITS), hit))
    # Sorting keeps the order of equals, so the last criterion comes first.
    ranks.sort(key=lambda each: each[1].id)
    ranks.sort(key=lambda each: each[1].date or "", reverse=True)
    ranks.sort(key=lambda each: each[0])
    return [(rank, hit.id) for rank, hit in ranks]


def weight_of(having: int, articles: int) -> float:
    """How much a word counts that so many of all articles have: the more the rarer it is."""
    return max(math.log((articles - having + 0.5) / (having + 0.5)), 0) or LEAST


def _fields(field: str | None, texts: Texts) -> Iterable[str]:
    return texts if field is None else (name for name in (field,) if name in texts)
