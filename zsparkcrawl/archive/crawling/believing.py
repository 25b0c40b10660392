"""What the archive knows of a page before it is believed: works in the transaction that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from zsparkcrawl.archive.articles.storable import storable
from zsparkcrawl.archive.crawling.doubting import Doubt, Known, doubt, text_digest
from zsparkcrawl.archive.tables.schema import articles, captures, seen
from zsparkcrawl.archive.witnesses.agreeing import speaks_for
from zsparkcrawl.archive.witnesses.testimony import host_of, is_own
from zsparkcrawl.extract.parts import is_part
from zsparkcrawl.items import Article
from zsparkcrawl.sites import UnknownSiteError, site_named

__all__ = ["doubt_of"]

_MOST_ADDRESSES = 24
"""Addresses with the same text that are looked at: one article has several, by http and https, hosts and sessions.
Chosen."""
_OK = 200
_Place = tuple[str, str]


def doubt_of(
    connection: Connection, article: Article, *, capture_id: int | None, title: str | None = None, copied: bool = False
) -> Doubt | None:
    """Why a clean article is not believed to be the one of its address; None when it is, and for one without a number.

    ``title`` is what a listing calls it, besides those that the archive knows. Of a copy that somebody else kept, as
    ``copied`` says, only a shared page is doubted: what is strange about it no later visit can settle.
    """
    if article.section is None or article.native_id is None:
        return None
    c = captures.c
    came = None if capture_id is None else connection.execute(select(c.digest).where(c.id == capture_id)).scalar()
    same = _with_text(came, text_digest(article))
    others, kept = _others(connection, article, same), _kept(connection, article)
    if kept is not None and not others and (kept["title"], kept["body"]) == (article.title, article.body):
        return None
    speaks = kept is not None and speaks_for(kept, article.url)
    known = Known(
        tuple(_listed(connection, article.url, title)),
        kept["title"] if kept and speaks else None,
        kept["body"] if kept and speaks else None,
        shared=any(isinstance(place, tuple) for place in others),
        frame=any(isinstance(place, str) for place in others),
        firm=not copied and (kept is None or speaks),
    )
    found = doubt(article, known)
    if found is None or found.kind == "shared":
        return found
    visits = select(func.count(c.run_id.distinct())).where(same, c.url == storable(article.url))
    known = replace(known, visits=int(connection.execute(visits).scalar_one()))
    return None if kept is not None and _was_shared(connection, article, kept) else doubt(article, known)


def _with_text(digest: str | None, text: str | None) -> ColumnElement[bool]:
    """Whether a good answer has this body, or showed this text."""
    c = captures.c
    has = [column == value for column, value in ((c.digest, digest), (c.text_digest, text)) if value is not None]
    return and_(c.status == _OK, or_(*has))


def _others(connection: Connection, article: Article, same: ColumnElement[bool]) -> set[_Place | str]:
    """Under which other articles' addresses the article's host showed a text, as section and number, and on which pages
    that are none, as addresses. The hosts of the site count as one; a mirror's copy is a witness, and proves nothing
    here."""
    found = select(captures.c.url).where(same, captures.c.url != storable(article.url)).distinct()
    own = is_own(article.site, article.url)
    here = (article.section, article.native_id)
    places: set[_Place | str] = set()
    for url in connection.execute(found.limit(_MOST_ADDRESSES)).scalars():
        beside = is_own(article.site, url) if own else host_of(url) == host_of(article.url)
        place = _place(article.site, url)
        if beside and place != here and not is_part(url):
            places.add(place or url)
    return places


def _place(site: str, url: str) -> _Place | None:
    try:
        return site_named(site).place(url)
    except UnknownSiteError:  # its profile was taken away
        return None


def _kept(connection: Connection, article: Article) -> Mapping[str, Any] | None:
    c = articles.c
    row = select(c.title, c.body, c.url, c.site, c.capture_id)
    same = row.where(c.site == article.site, c.section == article.section, c.native_id == article.native_id)
    found = connection.execute(same).first()
    return None if found is None else found._asdict()


def _listed(connection: Connection, url: str, title: str | None) -> Sequence[str]:
    called = select(seen.c.title).where(seen.c.url == storable(url), seen.c.title.is_not(None)).distinct()
    return list(filter(None, [title, *connection.execute(called.limit(_MOST_ADDRESSES)).scalars()]))


def _was_shared(connection: Connection, article: Article, kept: Mapping[str, Any]) -> bool:
    """Whether what is kept of an article stands under other addresses too: then it is no measure of other pages."""
    c = captures.c
    was = connection.execute(select(c.digest, c.text_digest).where(c.id == kept["capture_id"])).first()
    return was is not None and _others(connection, article, _with_text(*was)) != set()
