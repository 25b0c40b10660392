"""What articles offer, files and pictures: rows of article_files and of the frontier. Each function works in the
transaction that it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, func, insert, select, update

from zsparkcrawl.archive.articles.file_addresses import plain_address
from zsparkcrawl.archive.articles.injecting import insert_for
from zsparkcrawl.archive.articles.storable import storable
from zsparkcrawl.archive.crawling.frontier import Scope, of_scope, scope_values
from zsparkcrawl.archive.tables.schema import article_files, articles, files, frontier
from zsparkcrawl.items import Article

__all__ = [
    "FileBytes",
    "KnownFiles",
    "Offer",
    "Offering",
    "Placed",
    "confirm_bytes",
    "enter_bytes",
    "enter_offers",
    "offers_of",
    "offers_of_row",
    "select_files",
    "with_bytes",
]

MOST_OF_ARTICLE = 100
"""Files and pictures of one article that are entered, over all of its states: more is a trap, or a page whose pictures
have another address at each visit. Chosen."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A file or picture as an article offers it: its address as the page has it, and what the article calls it."""

    kind: Literal["attachment", "image"]
    url: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an offered file is fetched from; ``objection`` is why it must not be fetched, None when it may be."""

    address: str
    objection: str | None = None


Offering = Callable[[str], Placed | None]
"""From the address of a file as a page has it to where it is fetched; None for what is no file at all."""


@dataclass(frozen=True, slots=True)
class FileBytes:
    """A file that came: its SHA-256, where it is kept, what it is, what the server calls it."""

    sha256: str
    path: str
    size: int
    type: str
    server_name: str | None = None
    capture_id: int | None = None


def offers_of(article: Article) -> list[Offer]:
    """What an article offers, each address once, attachments first."""
    found = [Offer("attachment", each.url, each.name or None) for each in article.attachments]
    found += [Offer("image", each.url, each.caption or None) for each in article.images]
    return list({offer.url: offer for offer in reversed(found)}.values())[::-1]


def offers_of_row(row: Mapping[str, Any]) -> list[Offer]:
    """The same of a row of articles."""
    found = [Offer("attachment", each["url"], each["name"] or None) for each in row["attachments"]]
    found += [Offer("image", each["url"], each["caption"]) for each in row["images"]]
    return list({offer.url: offer for offer in reversed(found)}.values())[::-1]


_ARTICLE = select(articles.c.url, articles.c.date).where(articles.c.id == bindparam("article"))
"""Made once, as those below: it is asked for most articles, and to make it takes longer than its work."""


def enter_offers(  # noqa: PLR0913 - one row of the archive needs them all
    connection: Connection,
    scope: Scope,
    article_id: int,
    offers: Sequence[Offer],
    offering: Offering,
    *,
    moment: str,
) -> None:
    """Enter what an article offers, and what of it is to be fetched. A file whose address differs from visit to visit
    only in a token is the same file, under the new address."""
    placed = [(offer, place) for offer in offers if (place := offering(offer.url)) is not None]
    if not placed:
        return
    article = connection.execute(_ARTICLE, {"article": article_id}).one()
    known = KnownFiles(connection, article_id, article.url, [offer.url for offer, _ in placed])
    for offer, place in placed:
        old = known.row(offer.url)
        if old is None and known.number >= MOST_OF_ARTICLE:
            continue
        before = None if old is None else old["frontier_id"]
        name = None if offer.name is None else storable(offer.name)
        facts = {"listed_title": name, "listed_date": article.date}
        number = _enter_page(connection, scope, place, facts, moment=moment, before=before)
        values = {"name": name, "frontier_id": number}
        if old is not None:
            connection.execute(update(article_files).where(article_files.c.id == old["id"]).values(values))
            continue
        # Another article may offer it too, and its bytes be there.
        came = {} if number is None else _came(connection, number)
        row = {"article_id": article_id, "kind": offer.kind, "url": storable(offer.url), "version": 1}
        connection.execute(insert(article_files), {**row, "first_seen": moment, **values, **came})
        known.number += 1


def enter_bytes(connection: Connection, frontier_id: int, came: FileBytes, moment: str) -> bool:
    """Enter the bytes of a file for all articles that offer it; returns whether they are other than before, or the
    first. The row of the bytes before stays."""
    file = {"sha256": came.sha256, "size": came.size, "type": came.type, "path": came.path, "first_seen": moment}
    connection.execute(insert_for(connection.dialect.name, files).values(file).on_conflict_do_nothing())
    f, new = article_files.c, False
    facts = {
        "sha256": came.sha256,
        "server_name": None if came.server_name is None else storable(came.server_name),
        "capture_id": came.capture_id,
        "last_seen": moment,
    }
    for row in connection.execute(_latest(f.frontier_id == frontier_id)).mappings().all():
        if row["sha256"] in (None, came.sha256):
            # The same bytes keep the name and the capture that they first came with.
            values = facts if row["sha256"] is None else {"last_seen": moment}
            connection.execute(update(article_files).where(f.id == row["id"]).values(values))
        else:
            kept = {name: row[name] for name in ("article_id", "kind", "url", "name", "frontier_id")}
            state = {"version": row["version"] + 1, "first_seen": moment, **facts}
            connection.execute(insert(article_files).values({**kept, **state}))
        new = new or row["sha256"] != came.sha256
    return new


def confirm_bytes(connection: Connection, frontier_id: int, moment: str) -> None:
    """Enter that the server says a file is as it was."""
    came = {**_came(connection, frontier_id), "last_seen": moment}
    for row in connection.execute(_latest(article_files.c.frontier_id == frontier_id)).mappings().all():
        values = came if row["sha256"] is None else {"last_seen": moment}
        connection.execute(update(article_files).where(article_files.c.id == row["id"]).values(values))


def select_files(article_ids: Sequence[int]) -> Select[Any]:
    """What some articles offer or once offered, with the facts of its bytes and how the fetching stands; by article, by
    address as it was first offered, and version."""
    f = article_files.c
    own = [column for column in f if column.name != "frontier_id"]
    stands = [frontier.c.state, frontier.c.reason, frontier.c.due_at]
    joined = article_files.outerjoin(files, f.sha256 == files.c.sha256).outerjoin(
        frontier, f.frontier_id == frontier.c.id
    )
    named = select(func.min(f.id).label("first"), f.article_id, f.url).where(f.article_id.in_(article_ids))
    first = named.group_by(f.article_id, f.url).subquery()
    shown = select(*own, files.c.size, files.c.type, files.c.path, *stands)
    same = and_(f.article_id == first.c.article_id, f.url == first.c.url)
    found = shown.select_from(joined.join(first, same)).where(f.article_id.in_(article_ids))
    return found.order_by(f.article_id, first.c.first, f.version)


def with_bytes(article: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A row of articles whose attachments and images also tell ``sha256`` and ``path`` of the bytes that came last,
    where any did. ``rows`` are those of :func:`select_files`."""
    known = {row["url"]: row for row in rows if row["sha256"] is not None}
    offered = {each["url"] for name in ("attachments", "images") for each in article[name]}
    alike: dict[str, list[Mapping[str, Any]]] = {}
    if not offered <= known.keys():
        for url, row in known.items():
            alike.setdefault(plain_address(url, [article["url"]]), []).append(row)

    def told(each: Mapping[str, Any]) -> dict[str, Any]:
        row = known.get(each["url"])
        if row is None:
            found = alike.get(plain_address(each["url"], [article["url"]]), ())
            row = found[0] if len(found) == 1 else None
        return {**each, **({"sha256": row["sha256"], "path": row["path"]} if row else {})}

    return {**article, **{name: [told(each) for each in article[name]] for name in ("attachments", "images")}}


def _latest(*conditions: Any) -> Select[Any]:
    """The latest row of each file of an article."""
    later = article_files.alias("later")
    same = and_(later.c.article_id == article_files.c.article_id, later.c.url == article_files.c.url)
    newest = select(func.max(later.c.version)).where(same).scalar_subquery()
    return select(article_files).where(article_files.c.version == newest, *conditions).order_by(article_files.c.id)


def _came(connection: Connection, frontier_id: int) -> dict[str, Any]:
    """What is known of the bytes that last came from a page of the frontier; nothing when none did."""
    row = connection.execute(_select_came(), {"page": frontier_id}).mappings().first()
    return dict(row) if row else {}


@cache
def _select_came() -> Select[Any]:
    f = article_files.c
    facts = select(f.sha256, f.server_name, f.capture_id, f.last_seen)
    there = facts.where(f.frontier_id == bindparam("page"), f.sha256.is_not(None))
    return there.order_by(f.last_seen.desc(), f.id.desc()).limit(1)


@cache
def _latest_of_article() -> Select[Any]:
    return _latest(article_files.c.article_id == bindparam("article"))


class KnownFiles:
    """What an article was seen to offer, the latest row of each."""

    def __init__(self, connection: Connection, article_id: int, page_url: str, offered: Sequence[str]) -> None:
        rows = connection.execute(_latest_of_article(), {"article": article_id}).mappings().all()
        self.number = len(rows)
        self._page_url = page_url
        self._by_url = {row["url"]: row for row in rows}
        # Two files that are offered at once are two, however alike their addresses are.
        self._alike = Counter(map(self._plain, offered))
        others = [row for row in rows if row["url"] not in offered]
        self._by_file = {self._plain(row["url"]): row for row in others}

    def row(self, url: str) -> RowMapping | None:
        """The row of a file by its address, or by one that differs only in what changes by itself."""
        alone = self._alike[self._plain(url)] == 1
        return self._by_url.get(storable(url)) or (self._by_file.get(self._plain(url)) if alone else None)

    def _plain(self, url: str) -> str:
        return plain_address(url, [self._page_url])


def _enter_page(  # noqa: PLR0913 - one row of the frontier needs them all
    connection: Connection, scope: Scope, place: Placed, facts: Mapping[str, Any], *, moment: str, before: int | None
) -> int | None:
    """The frontier's number of a file, entered if it is not there; None when its address is that of a page. ``before``
    is the row under which it was fetched when its address was another one."""
    url = storable(place.address)
    by_address, by_number = _select_page(scope)
    found = connection.execute(by_address, {"address": url}).first()
    if found is None and before is not None:
        found = connection.execute(by_number, {"number": before}).first()
    if found is None:
        row = {**scope_values(scope), "kind": "file", "url": url, "first_seen": moment, **facts}
        row |= {**_standing(place, moment), "listed_by": scope.run_id}
        return int(connection.execute(_INSERT_PAGE, row).scalar_one())
    if found.kind != "file":
        return None
    values: dict[str, Any] = {"url": url, "listed_by": scope.run_id}
    # What was never asked for stands as the site's hosts are today.
    if found.visited_at is None and (found.state == "off-site") != (place.objection is not None):
        values |= _standing(place, moment)
    connection.execute(update(frontier).where(frontier.c.id == found.id).values(values))
    return int(found.id)


_INSERT_PAGE = insert(frontier).returning(frontier.c.id)


@lru_cache(maxsize=4)
def _select_page(scope: Scope) -> tuple[Select[Any], Select[Any]]:
    """A file's row of the frontier by its address, and by its number when it is not leased."""
    c = frontier.c
    meant = select(c.id, c.kind, c.state, c.visited_at).where(of_scope(scope))
    return meant.where(c.url == bindparam("address")), meant.where(c.id == bindparam("number"), c.leased_by.is_(None))


def _standing(place: Placed, moment: str) -> dict[str, Any]:
    if place.objection is not None:
        return {"state": "off-site", "due_at": None, "reason": storable(place.objection)}
    return {"state": "waiting", "due_at": moment, "reason": None}
