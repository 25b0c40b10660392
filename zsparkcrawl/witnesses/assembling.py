"""A collated text put together: what all copies agree on, what was chosen between, what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zsparkcrawl.spam import is_spam
from zsparkcrawl.witnesses.apparatus import Apart, ApartKind, Entry, Reading
from zsparkcrawl.witnesses.choosing import Choice, Spot
from zsparkcrawl.witnesses.frame import Contested, Copy, Frame
from zsparkcrawl.witnesses.places import Held, Place
from zsparkcrawl.witnesses.standing import NARROW, Standing

__all__ = ["Assembled", "assemble"]

_SIGN = re.compile(r"\w")
_FIGURE = re.compile(r"\d")
_STORY_LEAST = 2


@dataclass(slots=True)
class Assembled:
    """A text, its entries, and who tells another story."""

    pieces: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """The characters."""
        return "".join(self.pieces)

    def add(self, text: str) -> tuple[int, int]:
        """Put characters behind the others; where they stand."""
        self.pieces.append(text)
        self.length += len(text)
        return self.length - len(text), self.length


def assemble(name: str, frame: Frame, held: Sequence[Held], chosen: Sequence[tuple[Place, Choice]]) -> Assembled:
    """The text of a field with its entries."""
    made = Assembled()
    text = frame.text
    copies = {each.copy.number: each.copy for each in held}
    copies |= {told.copy.number: told.copy for place, _ in chosen for told in place.told}
    waiting = list(frame.contested)
    at = 0
    for place, choice in chosen:
        _agreed(made, name, (at, place.start), text, held, waiting, copies)
        _chosen(made, name, place, choice, copies)
        at = place.end
    _agreed(made, name, (at, len(text)), text, held, waiting, copies, last=True)
    return made


def _agreed(  # noqa: PLR0913, PLR0917 - what is put together, and of what
    made: Assembled,
    name: str,
    span: tuple[int, int],
    text: str,
    held: Sequence[Held],
    contested: list[Contested],
    copies: dict[int, Copy],
    last: bool = False,
) -> None:
    """Add a stretch of the frame, cut where what copies lack or have besides begins and ends."""
    start, end = span
    while contested and (contested[0].start < end or last):
        each = contested[0]
        if each.start > start:
            _same(made, (start, min(each.start, end)), text, held)
        start = max(each.start, start)
        if each.kept and each.end > end and not last:
            _kept(made, (start, end), text, each)
            start = end
            break
        contested.pop(0)
        if each.kept:
            _kept(made, (start, max(each.end, start)), text, each)
            start = max(each.end, start)
        else:
            _left_out(made, name, each, copies)
    if start < end:
        _same(made, (start, end), text, held)


def _same(made: Assembled, span: tuple[int, int], text: str, held: Sequence[Held]) -> None:
    """A stretch that all copies which have it read alike."""
    if span[0] >= span[1]:
        return
    numbers = tuple(sorted(each.copy.number for each in held if not each.is_absent(*span)))
    shown = text[slice(*span)]
    made.entries.append(Entry(*made.add(shown), "agreed", Reading(shown, numbers)))


def _kept(made: Assembled, span: tuple[int, int], text: str, each: Contested) -> None:
    """A stretch that some copies lack."""
    if span[0] >= span[1]:
        return
    shown = text[slice(*span)]
    verdict, certainty = ("disputed", "inferred") if each.is_tie else ("decided", "certain")
    basis = "likelihood" if each.is_tie else "votes"
    rivals = (Reading("", each.lack),)
    made.entries.append(
        Entry(*made.add(shown), verdict, Reading(shown, each.have), rivals, certainty, basis)  # type: ignore[arg-type]
    )


def _left_out(made: Assembled, name: str, each: Contested, copies: dict[int, Copy]) -> None:
    """The place of a stretch that some copies have and that is none of the article's."""
    here = made.length
    own = any(copies[number].own for number in each.lack)
    basis = "own" if own and not any(copies[number].own for number in each.have) else "votes"
    reading, rivals = Reading("", each.lack), (Reading(each.text, each.have),)
    made.entries.append(Entry(here, here, "decided", reading, rivals, "certain", basis))  # type: ignore[arg-type]
    for number in each.have:
        kind: ApartKind = "spam" if is_spam(each.text.strip()) else "edit" if copies[number].own else "tampering"
        made.apart.append(Apart(number, name, kind, here, here, each.text))


def _chosen(made: Assembled, name: str, place: Place, choice: Choice, copies: dict[int, Copy]) -> None:
    """A place where a reading was chosen, and who tells another story there."""
    here, _ = made.add(choice.text)
    for spot in choice.spots:
        start, end = here + spot.start, here + spot.end
        made.entries.append(Entry(start, end, spot.verdict, spot.reading, spot.rivals, spot.certainty, spot.basis))
        if spot.verdict == "decided":
            told = _stories(place, spot, len(choice.text), copies)
            made.apart += [Apart(number, name, kind, start, end, text) for number, kind, text in told]


def _stories(place: Place, spot: Spot, length: int, copies: dict[int, Copy]) -> Iterator[tuple[int, ApartKind, str]]:
    """The witnesses which read, for certain, what no damage of the chosen text can be."""
    heard = {*spot.reading.witnesses, *spot.reading.explained}
    own = any(copies[number].own for number in spot.reading.witnesses)
    tail = length - spot.end
    for rival in spot.rivals:
        mirrors = {copies[number].family for number in rival.witnesses if not copies[number].own}
        for told in place.told:
            number = told.copy.number
            if number not in rival.witnesses or number in heard or not is_story(spot.reading.text, rival.text):
                continue
            start = told.start + spot.start
            if told.copy.transcript.standing(start, max(told.end - tail, start)) >= Standing.CERTAIN:
                edit = told.copy.own or (own and len(mirrors) > 1)
                yield number, "spam" if is_spam(rival.text) else "edit" if edit else "tampering", rival.text


def is_story(text: str, other: str) -> bool:
    """Whether two readings differ in more than a single character that is no figure, and in more than marks.

    >>> is_story("3", "8"), is_story("王小明", "李大山"), is_story("的", "地"), is_story("，", "。”")
    (True, True, False, False)
    """
    signs = ["".join(_SIGN.findall(each.translate(NARROW))) for each in (text, other)]
    if signs[0] == signs[1]:
        return False
    return max(map(len, signs)) >= _STORY_LEAST or any(_FIGURE.search(each) for each in signs)
