"""Entering copies of an article as witnesses: works in the transaction that it is given.

While an article has but one copy it has no row here, and costs nothing: its versions tell all. The rows come with the
second distinct copy, and those of the versions with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from zsparkcrawl.archive.tables.schema import captures, edits, readings, versions, witnesses
from zsparkcrawl.archive.witnesses.telling import Told, told
from zsparkcrawl.archive.witnesses.testimony import FACTS, Kept, kept_version

__all__ = ["attest", "distinct_copies", "kept_copies", "stand_as_version"]

_EDIT = ("field", "rule", "start", "before", "after", "certainty")
_MADE = (*_EDIT, "position")
_MOST_OF_A_HOST = 8
"""Copies that are kept of one host: the first ones and the newest. A host that damages a page otherwise with each visit
would add one every night; what the eighth tells and seven do not is little. Chosen."""


def attest(connection: Connection, article: Mapping[str, Any], copy: Kept) -> Told | None:
    """Enter a copy of an article, given by its row; returns what the copies tell together now, and None when this one
    brought nothing new."""
    known, digest = _rows(connection, article["id"]), copy.digest
    same = [row for row in known if (row["host"], row["digest"]) == (copy.host, digest)]
    if same:
        if not _seen_again(connection, article, same[0], copy, known):
            return None
    else:
        new = _distinct([*_last_readings(_versions(connection, article)), copy])
        there = {(row["host"], row["digest"]) for row in known}
        if len(there.union(new)) == 1:
            return None
        _forget(connection, article["id"], [row["id"] for row in known if _is_other_reading(row, copy)])
        entered = [
            _entry(article["id"], digest, each) for (_, digest), each in new.items() if (each.host, digest) not in there
        ]
        connection.execute(insert(witnesses), entered)
        _bound(connection, article["id"])
    return told(kept_copies(connection, article))


def kept_copies(connection: Connection, article: Mapping[str, Any]) -> list[Kept]:
    """The witnesses of an article with what they say, by their numbers."""
    rows = _rows(connection, article["id"])
    return _with_content(connection, article, rows)


def _with_content(connection: Connection, article: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Kept]:
    """The copies of some rows, each with its content, from the row or from the version that has it."""
    numbers = [row["version"] for row in rows if row["version"] is not None]
    by_version = {each.version: each for each in (_versions(connection, article, numbers) if numbers else ())}
    found = []
    for row in rows:
        told = _from_row(row) if row["version"] is None else by_version[row["version"]]
        times = {name: row[name] for name in ("first_seen", "last_seen", "capture_id")}
        found.append(replace(told, number=row["id"], version=row["version"], **times))
    return found


def distinct_copies(connection: Connection, article: Mapping[str, Any]) -> list[Kept]:
    """The copies of an article: its witnesses, or when it has none those that its versions tell of."""
    kept = kept_copies(connection, article)
    return kept or list(_distinct(_last_readings(_versions(connection, article))).values())


def stand_as_version(connection: Connection, copy: Kept, version: int) -> None:
    """Enter that a version has the content of a witness, so that it is not kept twice."""
    nothing = dict.fromkeys(("content", "edits", "damaged", "diagnosis", "charset", "charset_reason"))
    same = witnesses.c.id == copy.number
    connection.execute(update(witnesses).where(same).values({**nothing, "version": version}))


def _rows(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    wanted = select(witnesses).where(witnesses.c.article_id == article_id).order_by(witnesses.c.id)
    return [row._asdict() for row in connection.execute(wanted)]


def _versions(connection: Connection, article: Mapping[str, Any], numbers: Sequence[int] | None = None) -> list[Kept]:
    """The states in which an article was fetched, each as a copy, the first first; all, or some of them."""
    c = versions.c
    taken_at = func.coalesce(captures.c.time, c.made_at).label("taken_at")
    wanted = select(versions, taken_at).select_from(versions.outerjoin(captures, c.capture_id == captures.c.id))
    fetched = wanted.where(c.article_id == article["id"], c.made_by != "witnesses").order_by(c.version)
    made: dict[int, list[dict[str, Any]]] = {}
    of_article = select(edits.c.version, *(edits.c[name] for name in _MADE)).where(edits.c.article_id == article["id"])
    if numbers is not None:
        fetched = fetched.where(c.version.in_(numbers))
        of_article = of_article.where(edits.c.version.in_(numbers))
    for number, *values in connection.execute(of_article.order_by(edits.c.version, edits.c.field, edits.c.position)):
        made.setdefault(number, []).append(dict(zip(_MADE, values, strict=True)))
    found = []
    for row in connection.execute(fetched):
        copy = kept_version(article["site"], row._asdict(), made.get(row.version, ()), row.taken_at)
        if row.version == article["version"]:
            copy = replace(copy, last_seen=max(copy.last_seen, article["last_seen"]))
        found.append(copy)
    return found


def _last_readings(copies: Iterable[Kept]) -> Iterable[Kept]:
    """Of the states that were read from one capture only the last, for an older one came of older rules."""
    return {copy.capture_id or f"version {copy.version}": copy for copy in copies}.values()


def _distinct(copies: Iterable[Kept]) -> dict[tuple[str, str], Kept]:
    """Copies by host and digest, each with the whole time in which it was seen, in the order in which they came."""
    found: dict[tuple[str, str], Kept] = {}
    for each in copies:
        key = each.host, each.digest
        known = found.get(key, each)
        first, last = min(known.first_seen, each.first_seen), max(known.last_seen, each.last_seen)
        newer = each if each.version is not None else known
        found[key] = replace(newer, first_seen=first, last_seen=last)
    return found


def _seen_again(
    connection: Connection,
    article: Mapping[str, Any],
    row: Mapping[str, Any],
    copy: Kept,
    known: Sequence[Mapping[str, Any]],
) -> bool:
    """Widen the time in which a witness was seen; returns whether that changes what is told: the rules read it
    otherwise now, or it is the newest again."""
    first, last = min(row["first_seen"], copy.first_seen), max(row["last_seen"], copy.last_seen)
    values: dict[str, Any] = {"first_seen": first, "last_seen": last}
    renewed = _with_content(connection, article, [row])[0].said != copy.said
    if renewed:
        values |= {**_content(copy), "capture_id": copy.capture_id, "url": copy.url}
    if any(row[name] != value for name, value in values.items()):
        connection.execute(update(witnesses).where(witnesses.c.id == row["id"]).values(values))
    speaking = [each for each in known if each["own"]] or (known if len({each["host"] for each in known}) == 1 else [])
    newest = max((each["last_seen"] for each in speaking if each["id"] != row["id"]), default=last)
    return renewed or (row in speaking and row["last_seen"] <= newest < last)


def _made(copy: Kept) -> list[list[Any]]:
    return [[one[name] for name in _EDIT] for one in copy.edits]


def _is_other_reading(row: Mapping[str, Any], copy: Kept) -> bool:
    """Whether a witness was read from the same capture, by other rules."""
    return copy.capture_id is not None and row["capture_id"] == copy.capture_id


def _forget(connection: Connection, article_id: int, numbers: Sequence[int]) -> None:
    c = witnesses.c
    if numbers:
        connection.execute(delete(witnesses).where(and_(c.article_id == article_id, c.id.in_(numbers))))
        _name_no_longer(connection, article_id, set(numbers))


def _name_no_longer(connection: Connection, article_id: int, numbers: set[int]) -> None:
    """Take witnesses out of the readings of older versions: SQLite gives a free number to the next one."""
    c = readings.c
    for row in connection.execute(select(readings).where(c.article_id == article_id)).all():
        named = {name: getattr(row, name) for name in ("witnesses", "explained")}
        left = {name: [number for number in found if number not in numbers] for name, found in named.items()}
        if left != named:
            same = [column == getattr(row, column.name) for column in readings.primary_key]
            connection.execute(update(readings).where(*same).values(left))


def _bound(connection: Connection, article_id: int) -> None:
    """Leave of each host no more copies than are wanted: the first ones, and the newest."""
    by_host: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(connection, article_id):
        by_host.setdefault(row["host"], []).append(row)
    for rows in by_host.values():
        if len(rows) > _MOST_OF_A_HOST:
            newest = max(rows, key=lambda row: (row["last_seen"], row["digest"]))
            others = sorted(
                (row for row in rows if row is not newest), key=lambda row: (row["first_seen"], row["digest"])
            )
            _forget(connection, article_id, [row["id"] for row in others[_MOST_OF_A_HOST - 1 :]])


def _entry(article_id: int, digest: str, copy: Kept) -> dict[str, Any]:
    """The row of a witness. Its content is left to the version that has it."""
    return {
        "article_id": article_id,
        "host": copy.host,
        "url": copy.url,
        "own": copy.own,
        "digest": digest,
        "capture_id": copy.capture_id,
        "first_seen": copy.first_seen,
        "last_seen": copy.last_seen,
        "standing": "supports",
        "kind": None,
        "apart": [],
        **_content(copy),
    }


def _content(copy: Kept) -> dict[str, Any]:
    count = {"injection_count": copy.facts["injection_count"]}
    if copy.version is not None:
        return {**count, "version": copy.version, **dict.fromkeys(("content", "edits", *FACTS[:-1]))}
    return {**copy.facts, "version": None, "content": dict(copy.content), "edits": _made(copy)}


def _from_row(row: Mapping[str, Any]) -> Kept:
    counts: dict[str, int] = {}
    made = []
    for values in row["edits"]:
        one = dict(zip(_EDIT, values, strict=True))
        counts[one["field"]] = position = counts.get(one["field"], -1) + 1
        made.append({**one, "position": position})
    facts = {name: row[name] for name in FACTS}
    return Kept(
        row["host"], row["own"], row["capture_id"], row["first_seen"], row["last_seen"], row["content"], made, facts
    )
