"""One cleaned text with the record of how it came about, and the places of it that the record calls doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from zsparkcrawl.edits import Damage, Edit, places_of

__all__ = ["Copy", "Span", "doubtful_spans", "joined_spans"]

Span = tuple[int, int]
"""Where something begins and ends."""

_SPAM = "spam-"
_NARROWED = 2
"""ASCII marks between Chinese characters from which on a text without any wide one counts as narrowed; chosen."""
_WIDE = re.compile("[\uff01-\uff5e]")
_NARROW_MARK = re.compile("(?<=[\u4e00-\u9fff])[,;:!?](?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Copy:
    """One cleaned text with the record of how it came about.

    ``damaged`` says whether its page is known to be damaged: turned, annotated, cut, or mended in any other way.
    """

    text: str
    edits: Sequence[Edit] = ()
    marks: Sequence[Damage] = ()
    damaged: bool = False
    """… or whether full-width marks of the text itself were narrowed."""
    doubts: tuple[Span, ...] = field(init=False, default=())
    """The places of the text that were inferred or stay damaged, in order."""
    cuts: tuple[Span, ...] = field(init=False, default=())
    """The places where spam was cut out."""

    def __post_init__(self) -> None:
        """Find the doubtful places once."""
        object.__setattr__(self, "damaged", self.damaged or _narrowed(self.text))
        object.__setattr__(self, "doubts", doubtful_spans(self.edits, self.marks))
        spam = places_of(self.edits, lambda each: each.rule.startswith(_SPAM))
        object.__setattr__(self, "cuts", joined_spans(spam))


def doubtful_spans(edits: Sequence[Edit], marks: Sequence[Damage] = ()) -> tuple[Span, ...]:
    """The places of the final text that are inferred or damaged, in order, those that meet joined. Where something was
    taken out by inference the place is empty.

    >>> doubtful_spans([Edit("gbk", 3, "?F", "。现", "inferred"), Edit("annotations", 0, "(fā)", "")])
    ((0, 1),)
    >>> doubtful_spans([Edit("units", 1, "", "月", "inferred")], [Damage(5, 6, "lost")])
    ((1, 2), (5, 6))
    """
    inferred = places_of(edits, lambda each: each.certainty == "inferred")
    return joined_spans([*inferred, *((each.start, each.end) for each in marks)])


def joined_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap or meet as one.

    >>> joined_spans([(4, 6), (0, 2), (5, 8)])
    ((0, 2), (4, 8))
    """
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _narrowed(text: str) -> bool:
    """Whether an archive keeps full-width marks of the text as ASCII: none is left, and several ASCII ones stand
    between Chinese characters.

    >>> _narrowed("昨日,园区召开会议,部署招商"), _narrowed("昨日，园区召开会议,部署招商")
    (True, False)
    """
    return not _WIDE.search(text) and sum(1 for _ in islice(_NARROW_MARK.finditer(text), _NARROWED)) == _NARROWED
