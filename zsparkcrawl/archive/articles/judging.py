"""What the archive is asked before a state of an article counts as new: works in the transaction that it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, literal, or_, select

from zsparkcrawl.archive.articles.changes import Kind, State, changes, edge_lines
from zsparkcrawl.archive.articles.storable import content, edit_rows, state, version_facts
from zsparkcrawl.archive.tables.schema import articles, captures, edits, versions
from zsparkcrawl.items import LACKS_PAGE, Article

__all__ = ["count_kinds", "has_same_bytes", "judge_changes", "stored_state"]


def judge_changes(
    connection: Connection, old: Mapping[str, Any], article: Article, facts: Mapping[str, Any]
) -> dict[str, Kind | None]:
    """Which fields of an article changed since its row ``old`` was stored, and how; nothing when it is unchanged.

    ``facts`` are capture_id and made_by of the version that would be made.
    """
    row = content(article)
    if all(old[name] == value for name, value in row.items()):
        return {}
    before = stored_state(connection, old)
    now = state(row, version_facts(article), edit_rows(article))
    if not _missing(now) <= _missing(before):  # what is kept has more pages of the article
        return {}
    lines = edge_lines(old["body"], row["body"])
    return changes(
        before,
        now,
        same_bytes=has_same_bytes(connection, old["capture_id"], facts["capture_id"])
        and not _goes_on(connection, row["url"]),
        reading=facts["made_by"] == "reading",
        common=[line for line in lines if _is_shown_elsewhere(connection, old, line)],
    )


def _missing(state: State) -> set[str]:
    """The pages of an article that a state lacks."""
    return {mark.reason for mark in state.marks.get("body", ()) if mark.reason.startswith(LACKS_PAGE)}


def count_kinds(connection: Connection, run_id: int) -> dict[str, int]:
    """How many versions of a run hold a change of each kind, as changed_edited, changed_hijacked …

    >>> _names(["edited", None, "hijack undone", "edited"])
    ['changed_edited', 'changed_hijack_undone']
    """
    made = connection.execute(select(versions.c.changed).where(versions.c.run_id == run_id)).scalars()
    return dict(Counter(name for changed in made for name in _names(changed.values())))


def _names(kinds: Iterable[str | None]) -> list[str]:
    return [f"changed_{kind.replace(' ', '_')}" for kind in dict.fromkeys(kinds) if kind]


def stored_state(connection: Connection, old: Mapping[str, Any]) -> State:
    """The latest state of an article as it is kept."""
    c = versions.c
    facts = select(c.damaged, c.diagnosis, c.injection_count).where(
        c.article_id == old["id"], c.version == old["version"]
    )
    made = select(edits).where(edits.c.article_id == old["id"], edits.c.version == old["version"])
    rows = connection.execute(made.order_by(edits.c.field, edits.c.position))
    return state(old, connection.execute(facts).one()._asdict(), (each._asdict() for each in rows))


def has_same_bytes(connection: Connection, one: int | None, other: int | None) -> bool:
    """Whether two captures hold the same bytes."""
    if one is None or other is None:
        return False
    digests = connection.execute(select(captures.c.digest).where(captures.c.id.in_([one, other]))).scalars().all()
    return one == other or (len(digests) == 2 and digests[0] == digests[1])


def _goes_on(connection: Connection, url: str) -> bool:
    """Whether pages were captured that may be further ones of the article at an address (1207_2.html, ?page=2): then
    the bytes of its first page do not tell all."""
    stem = url.rpartition("/")[0] + "/" + url.rpartition("/")[2].partition(".")[0]
    c = captures.c.url
    beginnings = (f"{stem}_", f"{stem}-", f"{url}?", f"{url}&")
    further = or_(*(c.startswith(beginning, autoescape=True) for beginning in beginnings))
    return connection.execute(select(c).where(further).limit(1)).first() is not None


def _is_shown_elsewhere(connection: Connection, old: Mapping[str, Any], line: str) -> bool:
    """Whether another article of the site has a line in its body."""
    c = articles.c
    framed = literal("\n").op("||")(c.body).op("||")(literal("\n"))
    others = select(c.id).where(c.site == old["site"], c.id != old["id"])
    return (
        connection.execute(others.where(framed.contains(f"\n{line}\n", autoescape=True)).limit(1)).first() is not None
    )
