"""The witnesses of articles and the apparatus as a data package has them: works in the transaction that it is given.

Who reads what is a table of its own there, for a package names rows by keys and not by lists of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from zsparkcrawl.archive.exports.keys import hashed_key
from zsparkcrawl.archive.tables.schema import articles, readings, versions, witnesses
from zsparkcrawl.archive.views.loading import Row
from zsparkcrawl.archive.witnesses.testimony import FACTS

__all__ = ["OWN_TEXTS", "packed_readers", "packed_readings", "packed_witnesses"]

Keys = Mapping[int, str]
"""The keys of articles by their numbers."""

OWN_TEXTS = ("title", "date", "time", "author", "source", "body")
"""What a copy says that no version has."""
_WITNESS = ("article", "host", "digest")
"""What a witness is: what a host showed of an article."""
_OF_VERSION = (*OWN_TEXTS, *FACTS[:-1])


def packed_witnesses(connection: Connection, numbers: Sequence[int], end: str | None, keys: Keys) -> Iterator[Row]:
    """The copies of some articles, as far as they had come by a moment: the site's own first, then by host and time.

    Of a moment at which the article's latest version was not there yet it is not known how a copy stands to it; and a
    version that came later does not have the copy's text, the row has it then.
    """
    found = connection.execute(_select_witnesses(numbers, end)).mappings()
    rows = [_witness({**row, "article": keys[row["article_id"]]}, end) for row in found]
    yield from sorted(rows, key=lambda row: (not row["own"], row["host"], row["first_seen"], row["digest"]))


def packed_readings(connection: Connection, numbers: Sequence[int], end: str | None, keys: Keys) -> Iterator[Row]:
    """What is read at each place where the copies of some articles differ, the chosen reading first."""
    for row in connection.execute(_select_readings(numbers, end)).mappings():
        yield {**row, "article": keys[row["article_id"]]}


def packed_readers(connection: Connection, numbers: Sequence[int], end: str | None, keys: Keys) -> Iterator[Row]:
    """Which witness has which reading. A witness that is no longer kept is left out."""
    names = _names_of(connection, numbers, end, keys)
    for row in packed_readings(connection, numbers, end, keys):
        for says, column in (("reads", "witnesses"), ("explained", "explained")):
            for name in sorted(names[number] for number in row[column] if number in names):
                yield {**row, "witness": name, "says": says}


def _select_witnesses(numbers: Sequence[int], end: str | None) -> Select[Any]:
    c, text, latest = witnesses.c, versions.alias("text"), versions.alias("latest")
    same = and_(text.c.article_id == c.article_id, text.c.version == c.version)
    shown = and_(latest.c.article_id == c.article_id, latest.c.version == articles.c.version)
    joined = witnesses.join(articles, articles.c.id == c.article_id).join(latest, shown).outerjoin(text, same)
    of_version = (text.c[name].label(f"version_{name}") for name in ("made_at", *_OF_VERSION))
    found = select(witnesses, latest.c.made_at.label("told_at"), *of_version).select_from(joined)
    return found.where(c.article_id.in_(numbers), *([] if end is None else [c.first_seen <= end]))


def _select_readings(numbers: Sequence[int], end: str | None) -> Select[Any]:
    c = readings.c
    found = select(readings).where(c.article_id.in_(numbers))
    if end is not None:
        same = and_(versions.c.article_id == c.article_id, versions.c.version == c.version)
        found = found.join(versions, same).where(versions.c.made_at <= end)
    return found.order_by(c.article_id, c.version, c.field, c.position, c.rank)


def _witness(row: Row, end: str | None) -> Row:
    found = {**row, "witness": hashed_key(row, _WITNESS)}
    if row["version"] is None:
        found |= {name: row["content"][name] for name in OWN_TEXTS}
    else:
        found |= {name: row[f"version_{name}"] for name in _OF_VERSION}
        if end is None or row["version_made_at"] <= end:
            found |= dict.fromkeys(OWN_TEXTS)
        else:
            found["version"] = None
    if end is not None and row["told_at"] > end:
        found |= dict.fromkeys(("standing", "kind", "apart"))
    return found


def _names_of(connection: Connection, numbers: Sequence[int], end: str | None, keys: Keys) -> dict[int, str]:
    """The keys of the witnesses of some articles, by their numbers."""
    c = witnesses.c
    shown = select(c.id, c.article_id, c.host, c.digest).where(c.article_id.in_(numbers))
    if end is not None:
        shown = shown.where(c.first_seen <= end)
    found = connection.execute(shown).mappings()
    return {row["id"]: hashed_key({**row, "article": keys[row["article_id"]]}, _WITNESS) for row in found}
