"""What is noticed about the rows while they are written, so that nothing is read twice: the latest moment, characters,
what stays damaged, and who made the versions. Nothing here grows with the number of rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zsparkcrawl.archive.exports.dictionary import RAW_FIELDS
from zsparkcrawl.package.tables import table_named
from zsparkcrawl.repair.paths import DOUBTFUL

__all__ = ["Copies", "Marked", "Observed", "Texts", "host_of", "watched"]

Row = Mapping[str, Any]

_TEXT_OF = {"attachments": "name", "images": "caption"}


@dataclass(slots=True)
class Texts:
    """How many texts there are, and of how many characters."""

    texts: int = 0
    characters: int = 0


@dataclass(slots=True)
class Marked:
    """How many spots are marked, and of how many characters."""

    spots: int = 0
    characters: int = 0


@dataclass(slots=True)
class Copies:
    """How many articles were told from several copies, from how many copies, how many places of all articles stay
    disputed, and how many have no reading in any copy; and how many copies tell another story, by why."""

    articles: int = 0
    copies: int = 0
    disputed: int = 0
    gaps: int = 0
    apart: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Observed:
    """``moment`` is the latest in any row, "" before the first. ``texts`` are those of the articles' states that are
    shown, by field and host; ``marks`` what stays damaged of them, by field, host and whether it is only doubtful.
    ``undated`` counts articles by the reason why they have no date, ``programs`` versions by the program that read
    them, ``unstored`` rows of listings by site, section and what became of them; ``rows`` the rows of each table;
    ``copies`` what the apparatus has."""

    moment: str = ""
    rows: Counter[str] = field(default_factory=Counter)
    texts: defaultdict[tuple[str, str], Texts] = field(default_factory=lambda: defaultdict(Texts))
    marks: defaultdict[tuple[str, str, bool], Marked] = field(default_factory=lambda: defaultdict(Marked))
    undated: Counter[str] = field(default_factory=Counter)
    programs: Counter[str] = field(default_factory=Counter)
    unstored: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    copies: Copies = field(default_factory=Copies)


def watched(name: str, rows: Iterable[Row], observed: Observed) -> Iterator[Row]:
    """The rows of a table as they come, entered into what is observed."""
    moments = [column.name for column in table_named(name).columns if column.kind == "moment"]
    enter = {"articles": _article, "witnesses": _witness, "unstored": _unstored}.get(name)
    seen = _last_of_article(rows, observed) if name == "versions" else rows
    observed.rows[name] = 0
    for row in seen:
        observed.rows[name] += 1
        observed.moment = max(observed.moment, *(row[each] or "" for each in moments), "")
        if enter is not None:
            enter(row, observed)
        yield row


def host_of(url: str) -> str:
    """The host of an address as the archive's tallies have it: with its port, "" where there is none.

    >>> host_of("http://www.park.example:8080/news/1.html"), host_of("nonsense")
    ('www.park.example:8080', '')
    """
    return url.partition("//")[2].partition("/")[0]


def _article(row: Row, observed: Observed) -> None:
    host = host_of(row["url"])
    for name in RAW_FIELDS:
        value = row[name]
        found = [value] if name not in _TEXT_OF else [item[_TEXT_OF[name]] for item in value]
        texts = observed.texts[name, host]
        texts.texts += sum(bool(each) for each in found)
        texts.characters += sum(len(each) for each in found if each)
    if row["date"] is None:
        observed.undated[row["date_missing"] or "unknown"] += 1
    if (row["witness_count"] or 1) > 1:
        observed.copies.articles += 1
        observed.copies.copies += row["witness_count"]
    observed.copies.disputed += row["disputed"] or 0
    observed.copies.gaps += row["gaps"] or 0


def _witness(row: Row, observed: Observed) -> None:
    if row["standing"] == "apart":
        apart = observed.copies.apart
        apart[row["kind"]] = apart.get(row["kind"], 0) + 1


def _unstored(row: Row, observed: Observed) -> None:
    observed.unstored[row["site"], row["section"], row["account"]] += 1


def _last_of_article(rows: Iterable[Row], observed: Observed) -> Iterator[Row]:
    """Versions come article by article in their order: the last of each is the state that is shown."""
    last: Row | None = None
    for row in rows:
        observed.programs[row["package"]] += 1
        if last is not None and last["article"] != row["article"]:
            _marks(last, observed)
        last = row
        yield row
    if last is not None:
        _marks(last, observed)


def _marks(row: Row, observed: Observed) -> None:
    host = host_of(row["url"])
    for name, found in row["damaged"].items():
        for mark in found:
            marked = observed.marks[name.partition(".")[0], host, mark["reason"].startswith(DOUBTFUL)]
            marked.spots += 1
            marked.characters += mark["end"] - mark["start"]
