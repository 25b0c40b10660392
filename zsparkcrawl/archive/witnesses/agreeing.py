"""Keeping what the copies of an article tell together: works in the transaction that it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, delete, insert, select, update

from zsparkcrawl.archive.articles.changes import Kind, changes, changes_by_others
from zsparkcrawl.archive.articles.judging import has_same_bytes, stored_state
from zsparkcrawl.archive.articles.storable import package, state
from zsparkcrawl.archive.search.indexing import change_entry
from zsparkcrawl.archive.tables.schema import articles, captures, edits, readings, versions, witnesses
from zsparkcrawl.archive.witnesses.attesting import stand_as_version
from zsparkcrawl.archive.witnesses.telling import Told
from zsparkcrawl.archive.witnesses.testimony import host_of, is_doubtful, is_own
from zsparkcrawl.items import Article

__all__ = ["has_to_tell", "insert_version", "is_earlier", "is_mended", "speaks_for", "store_told"]

_INSERT_VERSION = insert(versions)
_KINDS = ("another text", "tampering", "edit", "spam")
"""Why a witness stands apart, the gravest first."""


def insert_version(connection: Connection, row: Mapping[str, Any], made: Iterable[Mapping[str, Any]]) -> None:
    """Enter a version with its edits."""
    place = {"article_id": row["article_id"], "version": row["version"]}
    connection.execute(_INSERT_VERSION, {**row, "package": package()})
    if rows := [{**one, **place} for one in made]:
        statement, order = _insert_edit(connection.dialect)
        connection.exec_driver_sql(statement, [itemgetter(*order)(row) for row in rows] if order else rows)


@lru_cache(maxsize=4)
def _insert_edit(dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
    """The statement that enters an edit, as the driver takes it, and the order of its values; None where they go by
    name. All of them are texts and numbers that need no conversion, and a damaged page has a hundred: through
    SQLAlchemy, which takes them up one by one, 127 take 0.55 ms instead of 0.27 (measured)."""
    compiled = insert(edits).compile(dialect=dialect)
    return str(compiled), tuple(compiled.positiontup) if compiled.positiontup else None


def speaks_for(kept: Mapping[str, Any], url: str) -> bool:
    """Whether an address is one of those that the kept state of an article comes from: the site's own, or the same
    mirror's."""
    if kept["url"] == url or host_of(kept["url"]) == host_of(url):
        return True
    return is_own(kept["site"], kept["url"]) and is_own(kept["site"], url)


def is_earlier(connection: Connection, kept: Mapping[str, Any], moment: str) -> bool:
    """Whether a moment lies before the capture that the kept state of an article was read from."""
    if kept["capture_id"] is None:
        return False
    taken = connection.execute(select(captures.c.time).where(captures.c.id == kept["capture_id"])).scalar_one()
    return bool(moment < taken)


def has_to_tell(
    connection: Connection, kept: Mapping[str, Any], article: Article, facts: Mapping[str, Any], *, wanted: bool
) -> bool:
    """Whether a copy of the one host that ever showed an article is a witness: it is doubtful, or ``wanted`` for
    another reason. What is certain needs none."""
    if not is_doubtful(article) and not wanted:
        return False
    same = has_same_bytes(connection, kept["capture_id"], facts["capture_id"])
    return not (same and _is_unheard(connection, kept))


def store_told(connection: Connection, kept: Mapping[str, Any], told: Told, facts: Mapping[str, Any]) -> bool:
    """Keep what the copies of an article tell together, and return whether that made a version. ``facts`` are those of
    the version: run_id, capture_id, made_at, made_by, seen_at."""
    changed = _changes(connection, kept, told, facts)
    number = kept["version"] + bool(changed)
    if changed:
        row = {**told.content, "capture_id": told.capture_id, "version": number}
        made_by = facts["made_by"] if _is_read_now(told, facts) else "witnesses"
        beside = {"article_id": kept["id"], "changed": changed, "made_by": made_by}
        about = {name: facts[name] for name in ("run_id", "made_at")}
        insert_version(connection, {**row, **told.facts, **_counts(told), **about, **beside}, told.edits)
        if told.source is not None and told.source.version is None:
            stand_as_version(connection, told.source, number)
        change_entry(connection, kept["id"], kept, told.content)
        connection.execute(update(articles).where(articles.c.id == kept["id"]).values(row))
    connection.execute(update(articles).where(articles.c.id == kept["id"]).values(told.counts))
    _set_standings(connection, told)
    _put_readings(connection, told, {"article_id": kept["id"], "version": number})
    return bool(changed)


def _changes(
    connection: Connection, kept: Mapping[str, Any], told: Told, facts: Mapping[str, Any]
) -> dict[str, Kind | None]:
    """Which fields the copies tell otherwise than they are kept. Where it is the copy read now that tells so, and it
    alone, the kinds are those of any two states."""
    before, now = stored_state(connection, kept), state(told.content, told.facts, told.edits)
    changed = changes_by_others(before, now)
    if is_own(kept["site"], told.content["url"]) and not is_own(kept["site"], kept["url"]):
        changed.setdefault("url", "collated")
    if not changed or not _is_read_now(told, facts):
        return changed
    kinds = changes(before, now, reading=facts["made_by"] == "reading")
    return {name: kinds.get(name) or kind for name, kind in changed.items()}


def _is_read_now(told: Told, facts: Mapping[str, Any]) -> bool:
    """Whether what is told is the very state of the copy that was read now."""
    source = told.source
    return source is not None and source.capture_id == facts["capture_id"] and source.last_seen == facts["seen_at"]


def _counts(told: Told) -> dict[str, int]:
    certainties = [one["certainty"] for one in told.edits]
    return {
        "edit_count": len(certainties),
        "inferred_count": certainties.count("inferred"),
        "damage_count": sum(map(len, told.facts["damaged"].values())),
    }


def is_mended(connection: Connection, kept: Mapping[str, Any]) -> bool:
    """Whether anything of the kept state was mended or stays damaged."""
    c = versions.c
    counts = select(c.edit_count + c.damage_count).where(c.article_id == kept["id"], c.version == kept["version"])
    return bool(connection.execute(counts).scalar_one())


def _is_unheard(connection: Connection, kept: Mapping[str, Any]) -> bool:
    """Whether an article has but one version and no witnesses: then the same bytes tell nothing new."""
    entered = select(witnesses.c.id).where(witnesses.c.article_id == kept["id"]).limit(1)
    return kept["version"] == 1 and connection.execute(entered).first() is None


def _set_standings(connection: Connection, told: Told) -> None:
    """Enter which copies tell another story, and where."""
    stories: dict[int, list[dict[str, Any]]] = {each.number: [] for each in (*told.copies, *told.past)}
    for copy, place in told.apart:
        stories[copy.number].append(
            {"field": place.field, "start": place.start, "end": place.end, "kind": place.kind, "reading": place.reading}
        )
    past = {each.number for each in told.past}
    for number, places in stories.items():
        kinds = {place["kind"] for place in places} | ({"edit"} if number in past else set())
        kind = next((each for each in _KINDS if each in kinds), None)
        standing = "supports" if kind in (None, "spam") else "apart"
        values = {"standing": standing, "kind": kind, "apart": places}
        connection.execute(update(witnesses).where(witnesses.c.id == number).values(values))


def _put_readings(connection: Connection, told: Told, place: Mapping[str, int]) -> None:
    """Put the apparatus of a version in the place of the one that it has."""
    c = readings.c
    here = (c.article_id == place["article_id"], c.version == place["version"])
    connection.execute(delete(readings).where(*here))
    if rows := [{**place, **row} for row in (*_of_texts(told), *_of_values(told))]:
        connection.execute(insert(readings), rows)


def _of_texts(told: Told) -> Iterator[dict[str, Any]]:
    for field, entries in told.entries:
        for position, entry in enumerate(entries):
            place = {name: getattr(entry, name) for name in ("start", "end", "verdict", "basis", "certainty")}
            for rank, reading in enumerate((entry.reading, *entry.rivals)):
                who = {"witnesses": reading.witnesses, "explained": reading.explained}
                numbers = {name: [told.copies[each].number for each in found] for name, found in who.items()}
                yield {"field": field, "position": position, "rank": rank, **place, "reading": reading.text, **numbers}


def _of_values(told: Told) -> Iterator[dict[str, Any]]:
    for field, value in told.values:
        said = [] if value.value is None else [(value.value, value.witnesses)]
        certainty = "certain" if said else "inferred"
        for rank, (text, numbers) in enumerate([*said, *value.rivals], start=0 if said else 1):  # 0 is the chosen one
            yield {
                "field": field,
                "position": 0,
                "rank": rank,
                "start": 0,
                "end": 0,
                "verdict": value.verdict,
                "basis": "votes",
                "certainty": certainty,
                "reading": text,
                "witnesses": [told.copies[number].number for number in numbers],
                "explained": [],
            }
