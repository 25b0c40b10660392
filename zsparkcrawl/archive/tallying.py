"""What the archive counts for a report: each function makes a statement whose rows are sums, or few."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Select, and_, case, func, select

from zsparkcrawl.archive.overview import select_accounts
from zsparkcrawl.archive.schema import articles, edits, frontier, injections, versions

__all__ = ["Tallying"]

_MONTH = len("2026-11")


class Tallying(ABC):
    """The part of :class:`zsparkcrawl.archive.Archive` that counts. What is counted is the latest state of articles; a
    month, as 2026-11, is that of publication, else of the day that the listing shows, None where neither tells."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]: ...

    def tally_articles(self) -> list[Mapping[str, Any]]:
        """By site, section, host and month: articles, dated, with_author, with_source, characters of title and body,
        repaired and damaged articles, edits, inferred (of them), spots left damaged, articles with something foreign on
        their page (injected), versions, and last_seen, the latest moment."""
        with self._reading() as connection:
            place = func.strpos if connection.dialect.name == "postgresql" else func.instr
            return [dict(row) for row in connection.execute(_select_articles(place)).mappings()]

    def tally_edits(self) -> Generator[Mapping[str, Any]]:
        """By month, rule and certainty: edits."""
        return self._rows(_select_edits())

    def tally_injections(self) -> Generator[Mapping[str, Any]]:
        """By kind, phrase and month in which a page first showed it: pages, summed over carriers and hosts, and
        injections, how many these were."""
        i = injections.c
        month = func.substr(i.first_seen, 1, _MONTH).label("month")
        sums = func.count().label("injections"), func.sum(i.pages).label("pages")
        return self._rows(select(i.kind, i.phrase, month, *sums).group_by(i.kind, i.phrase, month))

    def tally_accounts(self) -> Generator[Mapping[str, Any]]:
        """By site, section and what became of them: rows that listings ever showed. See :meth:`accounts`."""
        rows = select_accounts().order_by(None).subquery()
        keys = rows.c.site, rows.c.section, rows.c.account
        return self._rows(select(*keys, func.count().label("rows")).group_by(*keys).order_by(*keys))

    def native_ids(self) -> Generator[Mapping[str, Any]]:
        """The site's own numbers of all articles, with site and section: shorter ones first, then as text."""
        a = articles.c
        order = a.site, a.section, func.length(a.native_id), a.native_id
        return self._rows(select(a.site, a.section, a.native_id).where(a.native_id.is_not(None)).order_by(*order))


def _select_articles(place: Any) -> Select[Any]:
    a, v = articles.c, versions.c
    month = _month()
    behind = func.substr(a.url, place(a.url, "//") + 2)
    host = func.substr(behind, 1, place(behind.concat("/"), "/") - 1).label("host")
    keys = a.site, a.section, host, month
    latest = and_(v.article_id == a.id, v.version == a.version)
    counted = (
        select(
            *keys,
            func.count().label("articles"),
            func.count(a.date).label("dated"),
            func.count(a.author).label("with_author"),
            func.count(a.source).label("with_source"),
            func.sum(func.length(a.body) + func.coalesce(func.length(a.title), 0)).label("characters"),
            _how_many(v.edit_count > 0).label("repaired"),
            _how_many(v.damage_count > 0).label("damaged"),
            _how_many(v.injection_count > 0).label("injected"),
            func.sum(v.edit_count).label("edits"),
            func.sum(v.inferred_count).label("inferred"),
            func.sum(v.damage_count).label("spots"),
            func.sum(a.version).label("versions"),
            func.min(a.date).label("first_day"),
            func.max(a.date).label("last_day"),
            func.max(a.last_seen).label("last_seen"),
        )
        .select_from(articles.join(versions, latest).outerjoin(_LISTED, _undated()))
        .group_by(*keys)
    )
    return counted.order_by(a.site, a.section.is_(None), a.section, host, month.is_(None), month)


def _how_many(wanted: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((wanted, 1), else_=0))


_LISTED = (
    select(frontier.c.article_id, func.min(frontier.c.listed_date).label("listed"))
    .where(frontier.c.article_id.is_not(None), frontier.c.kind == "article")
    .group_by(frontier.c.article_id)
    .subquery("listed")
)
"""The day that a listing shows of each article; asked of those alone that have no date of their own."""


def _month() -> Label[str]:
    return func.substr(func.coalesce(articles.c.date, _LISTED.c.listed), 1, _MONTH).label("month")


def _undated() -> ColumnElement[bool]:
    return and_(articles.c.date.is_(None), _LISTED.c.article_id == articles.c.id)


def _select_edits() -> Select[Any]:
    """Counted by article first: sorting the sums takes less time than sorting millions of edits by month."""
    e = edits.c
    keys = e.article_id, e.version, e.rule, e.certainty
    by_article = select(*keys, func.count().label("edits")).group_by(*keys).subquery()
    c = by_article.c
    latest = and_(articles.c.id == c.article_id, articles.c.version == c.version)
    month = _month()
    joined = by_article.join(articles, latest).outerjoin(_LISTED, _undated())
    found = select(month, c.rule, c.certainty, func.sum(c.edits).label("edits")).select_from(joined)
    return found.group_by(month, c.rule, c.certainty).order_by(month.is_(None), month, c.rule, c.certainty)
