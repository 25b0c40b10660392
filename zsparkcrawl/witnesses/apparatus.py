"""What comes of a collation: the text with its apparatus, which says who reads what and how the reading was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from zsparkcrawl.edits import Certainty, Edited
from zsparkcrawl.witnesses.witness import Witness

__all__ = ["Apart", "ApartKind", "Basis", "CollatedText", "CollatedValue", "Collation", "Entry", "Reading", "Verdict"]

Verdict = Literal["agreed", "decided", "disputed", "gap"]
"""How a place came to its reading: all that have it read the same; one reading outweighs the others and is certain;
another may stand there as well; no copy has what stood there, and it is shown damaged."""
Basis = Literal["agreement", "own", "bytes", "certainty", "votes", "likelihood"]
"""What decided: all read the same; the site itself; only this reading can have left what all copies show; a copy has it
for certain; more independent copies; it is the likelier text."""
ApartKind = Literal["edit", "tampering", "spam", "another text"]
"""Why a witness tells another story: the site changed its own words, a mirror changed them, something was put in, or it
is another text altogether."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What some witnesses read at a place. ``explained`` are further ones that show damage which can come of it.
    Without any witness: what a repair named as the other reading of a doubtful place."""

    text: str
    witnesses: tuple[int, ...] = ()
    explained: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a collated text, ``text[start:end]``: what is read there, what else could be, and why.

    ``certainty`` is "certain" where a copy or the bytes of several tell it, "inferred" where likelihood does. Where
    text was left out the place is empty and the rivals have what some witnesses read.
    """

    start: int
    end: int
    verdict: Verdict
    reading: Reading
    rivals: tuple[Reading, ...] = ()
    certainty: Certainty = "certain"
    basis: Basis = "agreement"


@dataclass(frozen=True, slots=True)
class Apart:
    """A witness that tells another story at a place of a field, ``text[start:end]`` of the collated text."""

    witness: int
    field: str
    kind: ApartKind
    start: int
    end: int
    reading: str


@dataclass(frozen=True, slots=True)
class CollatedText:
    """The text of a field with its apparatus, whose entries cover it from beginning to end.

    ``best`` is the witness that it is told from: ``edited`` has that copy's text as its original, and what the other
    witnesses changed in it as edits of the rule "witnesses".
    """

    text: str
    best: int
    entries: tuple[Entry, ...]
    edited: Edited

    @property
    def disputed(self) -> int:
        """How many places are disputed."""
        return sum(each.verdict == "disputed" for each in self.entries)

    @property
    def gaps(self) -> int:
        """How many places no copy has."""
        return sum(each.verdict == "gap" for each in self.entries)


@dataclass(frozen=True, slots=True)
class CollatedValue:
    """The value of a field such as the date. None where no witness has one, or where as many say one as another."""

    value: Any
    verdict: Verdict
    witnesses: tuple[int, ...] = ()
    rivals: tuple[tuple[Any, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Collation:
    """One article from several witnesses.

    ``witnesses`` stand in an order of their own, whatever the order in which they came; all numbers of witnesses count
    in it. ``families`` has for each the number of its family: those of one family are one vote.
    """

    witnesses: tuple[Witness, ...]
    families: tuple[int, ...]
    texts: Mapping[str, CollatedText] = field(default_factory=dict)
    values: Mapping[str, CollatedValue] = field(default_factory=dict)
    apart: tuple[Apart, ...] = ()

    @property
    def disputed(self) -> int:
        """How many places and values are disputed."""
        values = sum(each.verdict == "disputed" for each in self.values.values())
        return values + sum(each.disputed for each in self.texts.values())

    @property
    def gaps(self) -> int:
        """How many places no copy has."""
        return sum(each.gaps for each in self.texts.values())
