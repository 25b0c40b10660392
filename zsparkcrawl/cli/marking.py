"""Segments of a text as a terminal shows them: marks that can be read without colour, and colours beside."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import click

from zsparkcrawl.cli.archive import one_line
from zsparkcrawl.evidence import Segment, rival_of

__all__ = ["LEGEND", "Stretch", "marked", "stretches", "visible"]

Tone = Literal["untouched", "certain", "inferred", "doubtful", "damaged", "spam"]
_STYLES: Mapping[Tone, Mapping[str, Any]] = {
    "certain": {"fg": "green"},
    "inferred": {"fg": "yellow"},
    "doubtful": {"fg": "magenta", "bold": True},
    "damaged": {"fg": "red", "bold": True},
    "spam": {"fg": "cyan"},
}
_SHOWN = 24
"""Characters of an unchanged stretch that are shown on either side of a change; chosen."""
_SHAPELESS = ("Cc", "Cf", "Zl", "Zp")
LEGEND = "{page→mended} certain  {page⇢mended} inferred  [doubtful|perhaps]  [damaged!]  {-spam-} cut"
"""What the marks mean."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring segments that are shown as one: ``start`` counts characters of the clean text."""

    tone: Tone
    start: int
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The clean text."""
        return "".join(each.text for each in self.segments)

    @property
    def original(self) -> str:
        """The page's own characters."""
        return "".join(each.original for each in self.segments)


def stretches(segments: Iterable[Segment]) -> Iterator[Stretch]:
    """Segments put together as they are shown: neighbours of one tone are one stretch.

    >>> found = [Segment("产", "產", "certain", ("simplified",), "certain"),
    ...     Segment("", "(chǎn)", "cut", ("annotations",), "certain"), Segment("品", "品")]
    >>> [(each.tone, each.original, each.text) for each in stretches(found)]
    [('certain', '產(chǎn)', '产'), ('untouched', '品', '品')]
    """
    start = 0
    for (tone, _), group in groupby(segments, lambda each: (_tone(each), [mark.reason for mark in each.damaged])):
        stretch = Stretch(tone, start, tuple(group))
        start += len(stretch.text)
        yield stretch


def _tone(segment: Segment) -> Tone:
    if segment.kind != "cut":
        return segment.kind
    if any(rule.startswith("spam-") for rule in segment.rules):
        return "spam"
    return segment.certainty or "certain"


def marked(found: Sequence[Stretch], *, whole: bool) -> str:
    """A text with its changes marked, ready to be shown. Unless ``whole``, long unchanged stretches are shortened.

    >>> found = list(stretches([Segment("发", "發", "certain", ("simplified",), "certain"), Segment("展", "展")]))
    >>> click.unstyle(marked(found, whole=True))
    '{發→发}展'
    """
    last = len(found) - 1
    return "".join(
        _unchanged(each.text, whole=whole, begins=not number, ends=number == last)
        if each.tone == "untouched"
        else click.style(_mark(each), **_STYLES[each.tone])
        for number, each in enumerate(found)
    )


def _mark(stretch: Stretch) -> str:
    before, after = visible(stretch.original), "".join(_with_marks(each) for each in stretch.segments)
    if stretch.tone == "spam":
        return f"{{-{before}-}}"
    sign = "⇢" if any(each.certainty == "inferred" for each in stretch.segments) else "→"
    return after if stretch.original == stretch.text else f"{{{before}{sign}{after}}}"


def _with_marks(segment: Segment) -> str:
    """The text of a segment with its damaged and doubtful places in brackets; marks that overlap are one place."""
    pieces: list[str] = []
    read = 0
    marks = sorted(segment.damaged, key=lambda mark: mark.start)
    while marks:
        start, end, reasons = marks[0].start, marks[0].end, [marks.pop(0)]
        while marks and marks[0].start < end:
            end = max(end, marks[0].end)
            reasons.append(marks.pop(0))
        rivals = "".join(f"|{visible(rival)}" for rival in map(rival_of, reasons) if rival)
        damaged = "!" if any(rival_of(mark) is None for mark in reasons) else ""
        pieces += [visible(segment.text[read:start]), f"[{visible(segment.text[start:end])}{rivals}{damaged}]"]
        read = end
    return "".join([*pieces, visible(segment.text[read:])])


def _unchanged(text: str, *, whole: bool, begins: bool, ends: bool) -> str:
    head, tail = (0 if begins else _SHOWN), (0 if ends else _SHOWN)
    left_out = len(text) - head - tail
    if whole or left_out < 2 * _SHOWN or (begins and ends):
        return "\n".join(map(one_line, text.split("\n")))
    shown = [one_line(text[:head]), click.style(f"…{left_out}…", dim=True), one_line(text[len(text) - tail :])]
    return "".join(shown)


def visible(text: str) -> str:
    """A text on one line in which nothing is hidden: the end of a line is ¶, what has no shape is told by its number.

    >>> visible("园\\u200b区\\n")
    '园<U+200B>区¶'
    """
    return "".join(
        "¶" if sign == "\n" else f"<U+{ord(sign):04X}>" if unicodedata.category(sign) in _SHAPELESS else sign
        for sign in text
    )
