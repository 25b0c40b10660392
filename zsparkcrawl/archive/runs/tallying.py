"""What the archive counts for a report: each function makes a statement whose rows are sums, or few."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Select, and_, case, func, select

from zsparkcrawl.archive.articles.selecting import Filters, end_of, meant_by, select_meant
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.runs.overview import select_accounts
from zsparkcrawl.archive.tables.schema import articles, edits, frontier, injection_pages, injections

__all__ = ["Tallying", "select_injected"]

_MONTH = len("2026-11")
_ALL = Filters()


class Tallying(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that counts. What is counted is the articles meant, without
    filters all, in the state meant; a month, as 2026-11, is that of publication, else of the day that the listing
    shows, None where neither tells."""

    def tally_articles(self, filters: Filters | None = None) -> list[Mapping[str, Any]]:
        """By site, section, host and month: articles, dated, with_author, with_source, characters of title and body,
        repaired and damaged articles, edits, inferred (of them), spots left damaged, articles with something foreign on
        their page (injected), versions, and last_seen, the latest moment."""
        with self._reading() as connection:
            place = _place(connection)
            return [dict(row) for row in connection.execute(_select_articles(filters or _ALL, place)).mappings()]

    def tally_edits(self, filters: Filters | None = None) -> Generator[Mapping[str, Any]]:
        """By month, host, field, rule and certainty: edits, and the characters before and after them. A field may be
        an item of one, as attachments.0."""
        with self._reading() as connection:
            place = _place(connection)
        return self._rows(_select_edits(filters or _ALL, place))

    def tally_injections(self, filters: Filters | None = None) -> Generator[Mapping[str, Any]]:
        """By kind, phrase and month in which a page first showed it: pages, summed over carriers and hosts, and
        injections, how many these were."""
        found = select_injected(filters or _ALL).subquery()
        i = found.c
        month = func.substr(i.first_seen, 1, _MONTH).label("month")
        sums = func.count().label("injections"), func.sum(i.pages).label("pages")
        return self._rows(select(i.kind, i.phrase, month, *sums).group_by(i.kind, i.phrase, month))

    def tally_accounts(self) -> Generator[Mapping[str, Any]]:
        """By site, section and what became of them: rows that listings ever showed. See :meth:`accounts`."""
        rows = select_accounts().order_by(None).subquery()
        keys = rows.c.site, rows.c.section, rows.c.account
        return self._rows(select(*keys, func.count().label("rows")).group_by(*keys).order_by(*keys))

    def native_ids(self, filters: Filters | None = None) -> Generator[Mapping[str, Any]]:
        """The site's own numbers of the articles, with site and section: shorter ones first, then as text."""
        a, meant = articles.c, meant_by(filters or _ALL)
        order = a.site, a.section, func.length(a.native_id), a.native_id
        found = select(a.site, a.section, a.native_id).select_from(meant.joined)
        return self._rows(found.where(a.native_id.is_not(None), *meant.wanted).order_by(*order))


def select_injected(filters: Filters) -> Select[Any]:
    """The foreign things on the pages of the articles meant, each once: kind, phrase, carrier, domain; when they first
    and last showed it, and on how many pages it is. Of an earlier day, last_seen is NULL when it came later."""
    i, p = injections.c, injection_pages.c
    if filters == _ALL:
        return select(i.kind, i.phrase, i.carrier, i.domain, i.first_seen, i.last_seen, i.pages)
    seen_last: ColumnElement[Any] = func.max(p.last_seen)
    on_meant: ColumnElement[bool] = p.article_id.in_(select_meant(filters))
    if filters.as_of is not None:
        end = end_of(filters.as_of)
        on_meant = and_(on_meant, p.first_seen <= end)
        seen_last = case((seen_last <= end, seen_last), else_=None)
    times = func.min(p.first_seen).label("first_seen"), seen_last.label("last_seen")
    found = select(i.kind, i.phrase, i.carrier, i.domain, *times, func.count().label("pages"))
    return found.select_from(injections.join(injection_pages)).where(on_meant).group_by(i.id)


def _place(connection: Connection) -> Any:
    return func.strpos if connection.dialect.name == "postgresql" else func.instr


def _host(url: ColumnElement[Any], place: Any) -> Label[str]:
    behind = func.substr(url, place(url, "//") + 2)
    return func.substr(behind, 1, place(behind.concat("/"), "/") - 1).label("host")


def _select_articles(filters: Filters, place: Any) -> Select[Any]:
    meant = meant_by(filters, counts=True)
    a = v = SimpleNamespace(**meant.shown)
    month, host = _month(a.date), _host(a.url, place)
    keys = a.site, a.section, host, month
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
        .select_from(meant.joined.outerjoin(_LISTED, _undated(a.date)))
        .where(*meant.wanted)
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


def _month(date: ColumnElement[Any]) -> Label[str]:
    return func.substr(func.coalesce(date, _LISTED.c.listed), 1, _MONTH).label("month")


def _undated(date: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(date.is_(None), _LISTED.c.article_id == articles.c.id)


def _select_edits(filters: Filters, place: Any) -> Select[Any]:
    """Counted by article first: sorting the sums takes less time than sorting millions of edits by month."""
    e = edits.c
    keys = e.article_id, e.version, e.field, e.rule, e.certainty
    lengths = func.sum(func.length(e.before)).label("before"), func.sum(func.length(e.after)).label("after")
    by_article = select(*keys, func.count().label("edits"), *lengths).group_by(*keys).subquery()
    c, meant = by_article.c, meant_by(filters)
    date = meant.shown["date"]
    shown = and_(articles.c.id == c.article_id, meant.shown["version"] == c.version)
    keys_shown = _month(date), _host(meant.shown["url"], place), c.field, c.rule, c.certainty
    sums = (func.sum(c[name]).label(name) for name in ("edits", "before", "after"))
    joined = meant.joined.join(by_article, shown).outerjoin(_LISTED, _undated(date))
    found = select(*keys_shown, *sums).select_from(joined).where(*meant.wanted).group_by(*keys_shown)
    month, *others = keys_shown
    return found.order_by(month.is_(None), month, *others)
