"""How good the texts of a package are, in figures: pure functions over the archive's sums and what was observed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zsparkcrawl.package.observing import Copies, Marked, Observed
from zsparkcrawl.report.counting import headline_of, rules_of, spam_of
from zsparkcrawl.report.numbers import Headline, RuleCount

__all__ = ["EditCount", "Family", "Program", "Quality", "Share", "Unstored", "quality_of"]

Row = Mapping[str, Any]

_OF_EDITS = ("edits", "before", "after")
_OF_MARKS = ("spots", "characters")


@dataclass(frozen=True, slots=True)
class EditCount:
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
    certain: EditCount
    inferred: EditCount
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
    copies: Copies


def quality_of(tally: Sequence[Row], edits: Sequence[Row], injections: Iterable[Row], observed: Observed) -> Quality:
    """From rows of :meth:`Archive.tally_articles`, of :meth:`Archive.tally_edits` and of
    :meth:`Archive.tally_injections`, and from what was observed while the tables were written."""
    parts = _parts(edits, observed)
    return Quality(
        headline=headline_of(tally),
        total=_share("all", parts.values()),
        fields=_shares(0, parts),
        hosts=_shares(1, parts),
        rules=rules_of(edits),
        programs=tuple(Program(version, number) for version, number in sorted(observed.programs.items())),
        spam=_families(injections),
        undated=dict(sorted(observed.undated.items())),
        unstored=tuple(Unstored(*place, number) for place, number in sorted(observed.unstored.items())),
        rows=dict(observed.rows),
        copies=replace(observed.copies, apart=dict(sorted(observed.copies.apart.items()))),
    )


def _parts(edits: Iterable[Row], observed: Observed) -> dict[tuple[str, str], Counter[str]]:
    """The sums by field and host, as "certain edits" or "damaged characters"."""
    parts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for place, texts in observed.texts.items():
        parts[place].update({"texts": texts.texts, "characters": texts.characters})
    for row in edits:  # an item, as attachments.0, counts as its field
        part = parts[row["field"].partition(".")[0], row["host"]]
        part.update({f"{row['certainty']} {name}": row[name] for name in _OF_EDITS})
    for (field, host, doubtful), marked in observed.marks.items():
        kind = "doubtful" if doubtful else "damaged"
        parts[field, host].update({f"{kind} spots": marked.spots, f"{kind} characters": marked.characters})
    return parts


def _shares(at: int, parts: Mapping[tuple[str, str], Counter[str]]) -> tuple[Share, ...]:
    """By field with ``at`` 0, by host with 1."""
    own: defaultdict[str, list[Counter[str]]] = defaultdict(list)
    for place, part in parts.items():
        own[place[at]].append(part)
    found = [_share(name, some) for name, some in own.items()]
    return tuple(sorted(found, key=lambda share: (-share.characters, share.name)))


def _share(name: str, parts: Iterable[Counter[str]]) -> Share:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    certain, inferred = (
        EditCount(*(total[f"{each} {what}"] for what in _OF_EDITS)) for each in ("certain", "inferred")
    )
    doubtful, damaged = (Marked(*(total[f"{each} {what}"] for what in _OF_MARKS)) for each in ("doubtful", "damaged"))
    return Share(name, total["texts"], total["characters"], certain, inferred, doubtful, damaged)


def _families(injections: Iterable[Row]) -> tuple[Family, ...]:
    counts: dict[str, list[int]] = {}
    for each in spam_of(injections):
        count = counts.setdefault(each.family, [0, 0])
        count[0] += each.injections
        count[1] += each.pages
    return tuple(Family(family, *count) for family, count in counts.items())
