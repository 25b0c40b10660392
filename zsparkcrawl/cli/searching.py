"""The command that finds articles: search."""

from __future__ import annotations

import calendar
import datetime as dt
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from zsparkcrawl.cli.archive import (
    FilterError,
    check_section,
    database_option,
    echo_json,
    one_line,
    open_archive,
)

if TYPE_CHECKING:
    from zsparkcrawl.archive import Archive, Filters, Found, Snippet
    from zsparkcrawl.archive.indexing import Progress

__all__ = ["search"]

_SHOWN = ("id", "site", "section", "native_id", "url", "title", "date", "author", "source")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)

_Days = tuple[dt.date, dt.date]


class _Period(click.ParamType[_Days]):
    """A year, a month or a day, as its first and last day."""

    name = "YYYY[-MM[-DD]]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> _Days:
        try:
            return _days(value)
        except ValueError:
            self.fail(f"{value!r} is not a year, a month or a day such as 2019, 2019-02 or 2019-02-19", param, ctx)


class _Command(click.Command):
    """Takes -word for a word that is not wanted, and not for options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        upto = args.index("--") if "--" in args else len(args)
        mine = [f"NOT {arg[1:]}" if re.match(r"-(?!-|h$).", arg) else arg for arg in args[:upto]]
        return super().parse_args(ctx, [*mine, *args[upto:]])


@click.command(cls=_Command)
@click.argument("words", nargs=-1)
@click.option("--site", help="Only articles of this site.")
@click.option("--section", help="Only this section: news or notices.")
@click.option("--since", type=_Period(), help="Only articles of this year, month or day, or later.")
@click.option("--until", type=_Period(), help="Only articles of this year, month or day, or earlier.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Articles that are shown.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: the articles, and where the hits stand.")
@click.option("--rebuild", is_flag=True, help="Make the search index anew first.")
@database_option
def search(words: Sequence[str], limit: int, as_json: bool, rebuild: bool, database: str | None, **wanted: Any) -> None:
    """Find articles by what they say in title, body, author or source, the best first.

    All words must be there, in Simplified or Traditional, and are found inside of longer ones too. A OR B, NOT A or
    -A, (brackets), '"a phrase"'; 标题: 正文: 作者: 来源: or title: body: author: source: before a word keep to a field.
    """
    if rebuild:
        _rebuild(database)
        if not words:
            return
    from zsparkcrawl.archive.queries import parse

    query = parse(" ".join(words))
    filters = _filters(**wanted)
    with open_archive(database) as archive:
        check_section(archive, filters.section)
        _check_site(archive, filters.site)
        if not archive.has_search_index():
            _tell("the search index is not there or out of step: every article is read; see search --rebuild")
        found, number = archive.search(query, filters, limit=limit), archive.count_found(query, filters)
    if as_json:
        echo_json({"found": number, "articles": [_as_json(one) for one in found]})
        return
    for one in found:
        for line in _lines(one):
            click.echo(line)
    rest = f", {len(found)} of them shown" if len(found) < number else ""
    click.echo(f"{number} article{'' if number == 1 else 's'} found{rest}", err=True)


def _rebuild(database: str | None) -> None:
    from zsparkcrawl.archive import data_folder
    from zsparkcrawl.archive.locking import locked

    with locked(data_folder(os.environ)), open_archive(database, readonly=False) as archive, _progress() as progress:
        number = archive.rebuild_search(progress)
    _tell(f"{number} articles are in the search index")


@contextmanager
def _progress() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress

    # Where nobody looks on, nothing is drawn.
    shown = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    with shown:
        task = shown.add_task("indexing", total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole)


def _filters(since: _Days | None, until: _Days | None, section: str | None, site: str | None) -> Filters:
    from zsparkcrawl.archive import Filters

    first, last = since and since[0], until and until[1]
    if first and last and first > last:
        raise FilterError(f"since {first} is later than until {last}")
    return Filters(section=section, since=first, until=last, site=site)


def _check_site(archive: Archive, site: str | None) -> None:
    """Raise FilterError when neither a profile nor the archive knows the site."""
    from zsparkcrawl.sites import site_names

    if site is None or site in site_names():
        return
    known = {*site_names(), *(found.site for found in archive.status(last_runs=0).sections)}
    if site not in known:
        raise FilterError(f"no site {site!r}: there are {', '.join(sorted(known))}")


def _days(text: str) -> _Days:
    """The first and last day that a year, a month or a day has. Raises ValueError for what is none.

    >>> [day.isoformat() for day in _days("2020-02")]
    ['2020-02-01', '2020-02-29']
    """
    if (match := _PERIOD.fullmatch(text)) is None:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    first = dt.date(year, month or 1, day or 1)
    last_month = month or 12
    return first, dt.date(year, last_month, day or calendar.monthrange(year, last_month)[1])


def _lines(found: Found) -> Iterator[str]:
    """An article as lines: its day, its key for `zsparkcrawl show` and its title; then each hit in its context."""
    row = found.article
    by_field = {snippet.field: snippet for snippet in found.snippets}
    key = f"{row['section']}/{row['native_id']}" if row["section"] and row["native_id"] else str(row["id"])
    title = _marked(by_field["title"]) if "title" in by_field else one_line(row["title"])
    yield f"{row['date'] or 'no date   '}  {one_line(key)}  {title}"
    for field in ("body", "author", "source"):
        if field in by_field:
            yield f"    {'' if field == 'body' else f'{field}: '}{_marked(by_field[field])}"


def _marked(snippet: Snippet) -> str:
    """A snippet on one line: hits in colour on a terminal, otherwise between « and »."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    pieces = ((one_line(text), is_hit) for text, is_hit in snippet.pieces())
    shown = "".join(
        text if not is_hit else click.style(text, fg="red", bold=True) if coloured else f"«{text}»"
        for text, is_hit in pieces
    )
    return f"{'…' if snippet.start else ''}{shown}{'…' if snippet.more else ''}"


def _as_json(found: Found) -> dict[str, Any]:
    hits = [
        {"field": one.field, "snippet": one.text, "start": one.start, "spans": [list(span) for span in one.spans]}
        for one in found.snippets
    ]
    return {**{name: found.article[name] for name in _SHOWN}, "rank": found.rank, "hits": hits}


def _tell(line: str) -> None:
    click.echo(f"zsparkcrawl: {line}", err=True)
