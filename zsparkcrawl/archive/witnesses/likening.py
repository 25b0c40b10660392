"""Pages without a number that may be copies of an article: found by what they say, and never joined by that alone.

Works in the transaction that it is given. Each such page is compared with the articles of its day and with those in
which the search finds pieces of it: so the time grows with the number of pages, and not with its square.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from zsparkcrawl.archive.articles.injecting import insert_for
from zsparkcrawl.archive.articles.selecting import Filters
from zsparkcrawl.archive.search.asking import ask_index, read_all
from zsparkcrawl.archive.search.indexing import is_ready
from zsparkcrawl.archive.search.queries import AnyOf, Word
from zsparkcrawl.archive.tables.schema import articles, candidates
from zsparkcrawl.archive.witnesses.attesting import attest, distinct_copies
from zsparkcrawl.archive.witnesses.telling import Told
from zsparkcrawl.chinese.alike import alike
from zsparkcrawl.chinese.script import simplified

__all__ = ["Likeness", "find_candidates", "join", "likeness"]

_RUN = 5
_LEAST, _LEAST_OF_SAME = 15, 8
"""Of a hundred runs of five characters how many two texts must have in common, and how many when title or day are the
same. Of the 276 pairs of different texts of the sample none has more than 6; of copies of one text in which 12 of a
hundred characters were lost, each at places of its own, none less than 21, and with 20 lost none less than 9."""
_FEWEST = 20
"""Runs below which a text tells nothing; chosen."""
_PIECES, _PIECE = 16, 6
"""How many pieces of a page are looked for, and how many characters each has. Where 12 of a hundred characters were
lost on both sides a piece is whole in one case of five."""
_FOUND_MOST = 20
_CHINESE = re.compile(rf"[\u4e00-\u9fff]{{{_PIECE}}}")
_NO_WORD = re.compile(r"\W+")
_COLUMNS = ("id", "site", "section", "native_id", "url", "title", "date", "body")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two articles are: how many of a hundred runs of five characters the shorter text shares with the other,
    and whether title and day are the same (None where a day is unknown)."""

    share: int
    same_title: bool
    same_date: bool | None

    @property
    def is_enough(self) -> bool:
        """Whether a person should look at the two."""
        return self.share >= (_LEAST_OF_SAME if self.same_title or self.same_date else _LEAST)


def likeness(one: Mapping[str, Any], other: Mapping[str, Any]) -> Likeness:
    """How like two articles are, by title, date and body.

    >>> text = "园区召开工作会议，部署新一年的招商、建设与服务工作，各部门负责人参加会议。"
    >>> page = {"title": "工作会议", "date": "2019-02-19", "body": text}
    >>> likeness(page, {"title": "會議", "date": None, "body": "網友：" + text})
    Likeness(share=100, same_title=False, same_date=None)
    """
    runs = [_runs(each["body"]) for each in (one, other)]
    fewest = min(map(len, runs))
    share = 100 * len(runs[0] & runs[1]) // fewest if fewest >= _FEWEST else 0
    titles = [_plain(each["title"] or "") for each in (one, other)]
    dates = [each["date"] for each in (one, other)]
    return Likeness(share, titles[0] == titles[1] != "", None if None in dates else dates[0] == dates[1])


def find_candidates(connection: Connection, moment: str) -> int:
    """Enter the pairs that are like each other and that nobody has decided on; returns how many are new."""
    ask = ask_index if is_ready(connection) else read_all
    columns = [articles.c[name] for name in _COLUMNS]
    entry = insert_for(connection.dialect.name, candidates).on_conflict_do_nothing().returning(candidates.c.id)
    found = 0
    for page in connection.execute(select(*columns).where(_unnumbered(), articles.c.same_as.is_(None))).all():
        words = tuple(Word(piece, "body") for piece in _pieces(page.body))
        numbers = (
            {number for _, number in ask(connection, AnyOf(words), Filters(site=page.site), _FOUND_MOST, 0)}
            if words
            else set()
        )
        if page.date is not None:
            same = select(articles.c.id).where(articles.c.date == page.date, articles.c.site == page.site)
            numbers |= set(connection.execute(same).scalars())
        others = select(*columns).where(articles.c.id.in_(numbers - {page.id}), articles.c.same_as.is_(None))
        for other in connection.execute(others).all():
            if (like := likeness(page._asdict(), other._asdict())).is_enough:
                row = _pair(page._asdict(), other._asdict())
                facts = {"share": like.share, "same_title": like.same_title, "same_date": like.same_date}
                new = connection.execute(entry, {**row, **facts, "state": "open", "found_at": moment})
                found += new.first() is not None
    return found


def join(connection: Connection, candidate: Mapping[str, Any]) -> tuple[dict[str, Any], Told | None]:
    """Let the copies of a candidate be witnesses of its article, and show it in the place of the copy; returns the
    article's row, and what the copies tell together if that brought anything new."""
    rows = {
        row.id: row._asdict()
        for row in connection.execute(
            select(articles).where(articles.c.id.in_([candidate["article_id"], candidate["copy_id"]])).with_for_update()
        )
    }
    article, copy = rows[candidate["article_id"]], rows[candidate["copy_id"]]
    connection.execute(update(articles).where(articles.c.id == copy["id"]).values(same_as=article["id"]))
    connection.execute(update(articles).where(articles.c.same_as == copy["id"]).values(same_as=article["id"]))
    told = None
    for each in distinct_copies(connection, copy):
        told = attest(connection, article, replace(each, number=0, version=None)) or told
    return article, told


def _pair(page: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, int]:
    """Which of two is the article: the one that has a number, else the one that came first."""
    first, second = sorted((page, other), key=lambda row: (not _is_numbered(row), row["id"]))
    return {"article_id": first["id"], "copy_id": second["id"]}


def _is_numbered(row: Mapping[str, Any]) -> bool:
    return row["section"] is not None and row["native_id"] is not None


def _unnumbered() -> ColumnElement[bool]:
    return or_(articles.c.section.is_(None), articles.c.native_id.is_(None))


def _runs(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[start : start + _RUN] for start in range(len(plain) - _RUN + 1)}


def _plain(text: str) -> str:
    return _NO_WORD.sub("", simplified(text)).casefold()


def _pieces(text: str) -> Iterator[str]:
    """Pieces of a text from all parts of it, as the search has them."""
    found = _CHINESE.findall(alike(text))
    step = max(len(found) // _PIECES, 1)
    yield from dict.fromkeys(found[::step][:_PIECES])
