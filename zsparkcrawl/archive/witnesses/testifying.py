"""What the archive says of witnesses, and what a person says of candidates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import select, update

from zsparkcrawl.archive.articles.selecting import LARGEST
from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.tables.schema import articles, candidates, readings, witnesses
from zsparkcrawl.archive.witnesses.agreeing import store_told
from zsparkcrawl.archive.witnesses.attesting import distinct_copies
from zsparkcrawl.archive.witnesses.likening import find_candidates, join
from zsparkcrawl.archive.witnesses.telling import told
from zsparkcrawl.archive.witnesses.testimony import Kept

__all__ = ["Testifying"]


class Testifying(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that knows the copies of an article."""

    def witnesses_of(self, article_id: int) -> list[Mapping[str, Any]]:
        """The copies of an article: the site's own first, then by host and time.

        Each has id, host, url, own, capture_id, first_seen, last_seen, standing, kind, apart, version, content (its
        clean fields), edits, damaged, diagnosis, charset, charset_reason, injection_count, and the counts edit_count,
        inferred_count, damage_count. An article with one copy has that one, with the id None. Raises KeyError when
        there is no such article.
        """
        with self._reading() as connection:
            article = connection.execute(select(articles).where(articles.c.id == article_id)).one_or_none()
            if article is None:
                raise KeyError(article_id)
            entered = select(witnesses).where(witnesses.c.article_id == article_id)
            rows = {row.id: row._asdict() for row in connection.execute(entered)}
            copies = distinct_copies(connection, article._asdict())
        if rows:
            found = [_shown(each, rows[each.number]) for each in copies]
        else:
            heard = told(copies)
            found = [_shown(each, {"standing": "supports", "kind": None}) for each in heard.copies]
            found += [_shown(each, {"standing": "apart", "kind": "edit"}) for each in heard.past]
        return sorted(found, key=lambda each: (not each["own"], each["host"], each["first_seen"]))

    def readings_of(self, article_id: int, version: int) -> list[Mapping[str, Any]]:
        """The apparatus of a version: the columns of the table readings, by field and place, the chosen reading of each
        place first. None where no copies differ, and of versions that were told from one copy."""
        c = readings.c
        here = select(readings).where(c.article_id == article_id, c.version == version)
        return list(self._rows(here.order_by(c.field, c.position, c.rank)))

    def find_candidates(self, now: dt.datetime) -> int:
        """Look for pages without a number that may be copies of an article, and return how many pairs are new."""
        with self._writing() as connection:
            return find_candidates(connection, stamp(now))

    def candidates(self, state: str = "open") -> list[Mapping[str, Any]]:
        """The pairs of a state (open, confirmed, rejected), the likest first: the columns of the table, and of both
        articles url, title and date, as article_url and copy_url …"""
        first, second = articles.alias("first"), articles.alias("second")
        named = [
            table.c[name].label(f"{kind}_{name}")
            for kind, table in (("article", first), ("copy", second))
            for name in ("url", "title", "date")
        ]
        joined = candidates.join(first, candidates.c.article_id == first.c.id).join(
            second, candidates.c.copy_id == second.c.id
        )
        wanted = select(candidates, *named).select_from(joined).where(candidates.c.state == state)
        return list(self._rows(wanted.order_by(candidates.c.share.desc(), candidates.c.id)))

    def decide(self, candidate_id: int, state: Literal["confirmed", "rejected"], *, now: dt.datetime) -> bool:
        """Enter what a person says of an open candidate. A confirmed copy becomes a witness of its article, which is
        shown in its place; returns whether that made a version. Raises KeyError when there is no such candidate."""
        moment, c = stamp(now), candidates.c
        with self._writing() as connection:
            same = c.id == candidate_id
            fits = 0 < candidate_id <= LARGEST
            found = connection.execute(select(candidates).where(same, c.state == "open")).first() if fits else None
            if found is None:
                raise KeyError(candidate_id)
            connection.execute(update(candidates).where(same).values(state=state, decided_at=moment))
            if state == "rejected":
                return False
            other = (c.state == "open") & ((c.copy_id == found.copy_id) | (c.article_id == found.copy_id))
            connection.execute(update(candidates).where(other).values(state="rejected", decided_at=moment))
            article, heard = join(connection, found._asdict())
            facts = {"run_id": None, "capture_id": None, "made_at": moment, "made_by": "witnesses", "seen_at": moment}
            return heard is not None and store_told(connection, article, heard, facts)


def _shown(copy: Kept, row: Mapping[str, Any]) -> dict[str, Any]:
    certainties = [one["certainty"] for one in copy.edits]
    return {
        "id": copy.number or None,
        "host": copy.host,
        "url": copy.url,
        "own": copy.own,
        "capture_id": copy.capture_id,
        "first_seen": copy.first_seen,
        "last_seen": copy.last_seen,
        "standing": row["standing"],
        "kind": row["kind"],
        "apart": row.get("apart", []),
        "version": copy.version,
        "content": dict(copy.content),
        "edits": [
            {name: value for name, value in one.items() if name not in ("article_id", "version")} for one in copy.edits
        ],
        **copy.facts,
        "edit_count": len(certainties),
        "inferred_count": certainties.count("inferred"),
        "damage_count": sum(map(len, copy.facts["damaged"].values())),
    }
