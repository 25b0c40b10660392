"""From the segments of a text to what a page shows: paragraphs of plain text and marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, get_args

from zsparkcrawl.archive.articles.comparing import differences
from zsparkcrawl.edits import Damage, Edit
from zsparkcrawl.evidence import Kind, Segment, rival_of, segments_of

__all__ = [
    "KINDS",
    "MARKS",
    "Mark",
    "Marks",
    "Paragraph",
    "Piece",
    "changes_of",
    "field_segments",
    "marked",
    "pieces_of",
]

Marks = Literal["all", "unsure", "none"]
MARKS: tuple[Marks, ...] = get_args(Marks)
"""Which marks are shown: all; those of what is inferred, doubtful or damaged; none."""
KINDS: tuple[Kind, ...] = ("certain", "inferred", "doubtful", "damaged", "cut")

_SPAM_RULE = "spam-"
_OPEN = ("disputed", "gap")
_AROUND = 60
"""Characters of unchanged text that are shown on either side of a change; chosen."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch that stands out: what is read there, what the page has, why. ``rivals`` are the other readings of
    doubtful places, ``spots`` where these begin and end in the text."""

    text: str
    original: str
    kind: Kind
    rules: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    spots: tuple[tuple[int, int], ...] = ()
    verdicts: tuple[str, ...] = ()
    """What the copies of the article say of its damaged and doubtful places: "disputed", "gap", each once."""
    shown: bool = True
    """Whether it stands out; otherwise it is only there to know both texts."""

    @property
    def spam(self) -> bool:
        """Whether it is a foreign thing that was cut out."""
        return self.kind == "cut" and any(rule.startswith(_SPAM_RULE) for rule in self.rules)

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text, cut where doubtful places begin and end; whether each piece is one.

        >>> Mark("三年几乎", "", "doubtful", spots=((1, 2), (1, 2))).pieces
        [('三', False), ('年', True), ('几乎', False)]
        """
        bounds = sorted({0, len(self.text), *(place for spot in self.spots for place in spot)})
        return [
            (self.text[start:end], any(begin <= start and end <= stop for begin, stop in self.spots))
            for start, end in pairwise(bounds)
        ]


Paragraph = tuple[str | Mark, ...]
"""A line of a text: what is untouched as plain text, the rest as marks."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a comparison: "same", "left out" (unchanged and long, ``text`` is empty), "del" or "ins"."""

    kind: Literal["same", "left out", "del", "ins"]
    text: str


def field_segments(
    text: str | None, edits: Iterable[Mapping[str, Any]], damaged: Iterable[Mapping[str, Any]]
) -> tuple[Segment, ...]:
    """The segments of a field from the archive's rows. Edits that do not fit the text, which another program must have
    changed, leave it untouched."""
    made = [Edit(one["rule"], one["start"], one["before"], one["after"], one["certainty"]) for one in edits]
    marks = [Damage(one["start"], one["end"], one["reason"]) for one in damaged]
    try:
        return segments_of(text or "", made, marks)
    except ValueError:
        return (Segment(text or "", text or ""),)


def marked(
    segments: Sequence[Segment], marks: Marks = "all", readings: Iterable[Mapping[str, Any]] = ()
) -> list[Paragraph]:
    """The lines of a text with its marks. What an annotation left behind belongs to the character that it annotated.
    ``readings`` are the rows of the apparatus for this text: they tell which marks are open between its copies.

    >>> made = [Segment("展", "展"), Segment("", "(zhǎn)", "cut", ("annotations",), "certain"), Segment("开", "开")]
    >>> marked(made)  # doctest: +ELLIPSIS
    [(Mark(text='展', original='展(zhǎn)', kind='certain', rules=('annotations',), ...), '开')]
    """
    lines: list[list[str | Mark]] = [[]]
    for part in _joined(_parts(segments, [*_open_places(readings)])):
        if isinstance(part, Mark):
            lines[-1].append(replace(part, shown=_is_shown(part, marks)))
            continue
        first, *others = part.split("\n")
        lines[-1].append(first)
        lines += [[line] for line in others]
    return [tuple(part for part in line if part != "") for line in lines]


def _is_shown(mark: Mark, marks: Marks) -> bool:
    return marks == "all" or (marks == "unsure" and mark.kind in ("inferred", "doubtful", "damaged"))


def _open_places(readings: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int, str]]:
    """Where the copies leave a text open, as it is marked there: an empty place by the character before it."""
    for one in readings:
        if one["rank"] == 0 and one["verdict"] in _OPEN:
            start, end = one["start"], one["end"]
            yield (start, end, one["verdict"]) if start < end else (max(start - 1, 0), max(end, 1), one["verdict"])


def _parts(segments: Sequence[Segment], places: Sequence[tuple[int, int, str]]) -> Iterator[str | Mark]:
    at = 0
    for each in segments:
        begin, at = at, at + len(each.text)
        if each.kind == "untouched":
            yield each.text
            continue
        named = {rival: None for one in each.damaged if (rival := rival_of(one)) is not None}
        spots = tuple((one.start, one.end) for one in each.damaged)
        verdicts = dict.fromkeys(
            verdict
            for start, end, verdict in places
            if any(begin + first < end and start < begin + last for first, last in spots)
        )
        yield Mark(each.text, each.original, each.kind, each.rules, tuple(named), spots, tuple(verdicts))


def _joined(parts: Iterable[str | Mark]) -> list[str | Mark]:
    """Marks that touch and are of one kind as one; a cut joins the character before it."""
    found: list[str | Mark] = []
    for part in parts:
        last = found[-1] if found else ""
        if isinstance(part, str):
            found.append(part)
        elif isinstance(last, Mark) and not last.spam and not part.spam:
            found[-1:] = _together(last, part)
        elif part.kind == "cut" and not part.spam and isinstance(last, str) and last and last[-1] != "\n":
            found[-1:] = [last[:-1], replace(part, text=last[-1], original=last[-1] + part.original, kind="certain")]
        else:
            found.append(part)
    return found


def _together(first: Mark, then: Mark) -> list[str | Mark]:
    same = first.kind == then.kind and not first.spots and not then.spots
    if not same and "cut" not in (first.kind, then.kind):
        return [first, then]
    kind = then.kind if first.kind == "cut" else first.kind
    rules = tuple(dict.fromkeys(first.rules + then.rules))
    spots = first.spots + tuple((start + len(first.text), end + len(first.text)) for start, end in then.spots)
    text, original = first.text + then.text, first.original + then.original
    verdicts = tuple(dict.fromkeys(first.verdicts + then.verdicts))
    return [Mark(text, original, kind, rules, first.rivals + then.rivals, spots, verdicts)]


def changes_of(old: Any, new: Any) -> list[Piece]:
    """What differs between two values of a field: texts inline, of lists what went and what came.

    >>> [(each.kind, each.text) for each in changes_of("园区新闻", "园区要闻")]
    [('same', '园区'), ('del', '新'), ('ins', '要'), ('same', '闻')]
    >>> [(each.kind, each.text) for each in changes_of(None, "健康报")]
    [('ins', '健康报')]
    """
    if isinstance(old, str) and isinstance(new, str):
        return pieces_of(old, new)
    if isinstance(old, list) and isinstance(new, list):
        went = [Piece("del", _told(each)) for each in old if each not in new]
        return went + [Piece("ins", _told(each)) for each in new if each not in old]
    sides = ((old, "del"), (new, "ins"))
    return [Piece("del" if kind == "del" else "ins", _told(value)) for value, kind in sides if value is not None]


def pieces_of(old: str, new: str) -> list[Piece]:
    """Two texts in one: what is the same, what went and what came, long stretches between them left out."""
    pieces: list[Piece] = []
    read = 0
    for each in differences(old, new):
        pieces += _shortened(old[read : each.start], at_start=read == 0, at_end=False)
        pieces += [Piece("del", old[each.start : each.end]), Piece("ins", new[each.new_start : each.new_end])]
        read = each.end
    pieces += _shortened(old[read:], at_start=read == 0, at_end=True)
    return [piece for piece in pieces if piece.text or piece.kind == "left out"]


def _shortened(text: str, *, at_start: bool, at_end: bool) -> list[Piece]:
    head, tail = 0 if at_start else _AROUND, 0 if at_end else _AROUND
    if len(text) <= head + tail + _AROUND:
        return [Piece("same", text)]
    return [Piece("same", text[:head]), Piece("left out", ""), Piece("same", text[len(text) - tail :])]


def _told(value: object) -> str:
    """A value in a line: of an attachment or a picture its name and address."""
    if isinstance(value, dict):
        return " ".join(str(part) for part in (value.get("name") or value.get("caption"), value.get("url")) if part)
    return str(value)
