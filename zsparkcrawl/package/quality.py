"""How good the texts of a package are, in figures: pure functions over the archive's sums and what was observed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from zsparkcrawl.package.observing import Marked, Observed, Texts
from zsparkcrawl.report.counting import headline_of, rules_of, spam_of
from zsparkcrawl.report.numbers import Headline, RuleCount

__all__ = ["Edited", "Family", "Program", "Quality", "Share", "Unstored", "quality_of"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edited:
    """How many edits, and of how many characters before and after them."""

    edits: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Share:
    """The texts of a field or a host: how many, of how many characters, what of them was repaired with certainty and by
    likelihood, what stays doubtful and what is left damaged."""

    name: str
    texts: int
    characters: int
    certain: Edited
    inferred: Edited
    doubtful: Marked
    damaged: Marked


@dataclass(frozen=True, slots=True)
class Family:
    """Foreign things of a family that were kept out: how many different ones, and on how many articles' pages."""

    family: str
    injections: int
    pages: int


@dataclass(frozen=True, slots=True)
class Program:
    """How many versions a version of the program read."""

    version: str
    versions: int


@dataclass(frozen=True, slots=True)
class Unstored:
    """How many rows of a section's listings are not stored, and what became of them."""

    site: str
    section: str
    account: str
    rows: int


@dataclass(frozen=True, slots=True)
class Quality:
    """All figures of a package, over the states of its articles that are shown. ``total`` are all texts; ``undated``
    counts articles without a day by reason: absent, illegible, conflict or unknown. Fields, hosts, rules and families
    with the most come first."""

    headline: Headline
    total: Share
    fields: tuple[Share, ...]
    hosts: tuple[Share, ...]
    rules: tuple[RuleCount, ...]
    programs: tuple[Program, ...]
    spam: tuple[Family, ...]
    undated: dict[str, int]
    unstored: tuple[Unstored, ...]
    rows: dict[str, int]


def quality_of(tally: Sequence[Row], edits: Sequence[Row], injections: Iterable[Row], observed: Observed) -> Quality:
    """From rows of :meth:`Archive.tally_articles`, of :meth:`Archive.tally_edits` and of
    :meth:`Archive.tally_injections`, and from what was observed while the tables were written."""
    return Quality(
        headline=headline_of(tally),
        total=_share("all", edits, observed, lambda field, host: True),
        fields=_shares(0, edits, observed),
        hosts=_shares(1, edits, observed),
        rules=rules_of(edits),
        programs=tuple(Program(version, number) for version, number in sorted(observed.programs.items())),
        spam=_families(injections),
        undated=dict(sorted(observed.undated.items())),
        unstored=tuple(Unstored(*place, number) for place, number in sorted(observed.unstored.items())),
        rows=dict(observed.rows),
    )


def _shares(place: int, edits: Sequence[Row], observed: Observed) -> tuple[Share, ...]:
    """By field with place 0, by host with place 1."""
    names = {key[place] for key in observed.texts} | {(key[0], key[1])[place] for key in observed.marks}
    names |= {_place_of(row)[place] for row in edits}
    found = [_share(name, edits, observed, partial(_is_of, place, name)) for name in names]
    return tuple(sorted(found, key=lambda share: (-share.characters, share.name)))


def _share(name: str, edits: Sequence[Row], observed: Observed, meant: Callable[[str, str], bool]) -> Share:
    texts = [found for key, found in observed.texts.items() if meant(*key)]
    made: dict[str, Counter[str]] = {"certain": Counter(), "inferred": Counter()}
    for row in edits:
        if meant(*_place_of(row)):
            made[row["certainty"]].update({each: row[each] for each in ("edits", "before", "after")})
    marks = {doubtful: _summed(observed, meant, doubtful=doubtful) for doubtful in (True, False)}
    total = Texts(sum(each.texts for each in texts), sum(each.characters for each in texts))
    certain, inferred = (Edited(each["edits"], each["before"], each["after"]) for each in made.values())
    return Share(name, total.texts, total.characters, certain, inferred, marks[True], marks[False])


def _is_of(place: int, name: str, *key: str) -> bool:
    return key[place] == name


def _summed(observed: Observed, meant: Callable[[str, str], bool], *, doubtful: bool) -> Marked:
    own = [found for (field, host, kind), found in observed.marks.items() if kind is doubtful and meant(field, host)]
    return Marked(sum(each.spots for each in own), sum(each.characters for each in own))


def _place_of(row: Row) -> tuple[str, str]:
    """The field and the host of a row of edits; an item counts as its field."""
    return row["field"].partition(".")[0], row["host"]


def _families(injections: Iterable[Row]) -> tuple[Family, ...]:
    counts: dict[str, list[int]] = {}
    for each in spam_of(injections):
        count = counts.setdefault(each.family, [0, 0])
        count[0] += each.injections
        count[1] += each.pages
    return tuple(Family(family, *count) for family, count in counts.items())
