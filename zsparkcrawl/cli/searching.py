"""The command that finds articles: search."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from zsparkcrawl.cli.archive import database_option, echo_json, one_line, open_archive
from zsparkcrawl.cli.options import checked_filters, filter_options

if TYPE_CHECKING:
    from zsparkcrawl.archive import Found, Snippet
    from zsparkcrawl.archive.search.indexing import Progress

__all__ = ["search"]

_SHOWN = ("id", "site", "section", "native_id", "url", "title", "date", "author", "source")


class _Command(click.Command):
    """Takes -word for a word that is not wanted, and not for options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        upto = args.index("--") if "--" in args else len(args)
        mine = [f"NOT {arg[1:]}" if re.match(r"-(?!-|h$).", arg) else arg for arg in args[:upto]]
        return super().parse_args(ctx, [*mine, *args[upto:]])


@click.command(cls=_Command)
@click.argument("words", nargs=-1)
@filter_options(
    "section",
    "site",
    "since",
    "until",
    "source",
    "author",
    "clean",
    "repaired",
    "gone",
    "disputed",
    "gaps",
    "witnesses",
)
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
    from zsparkcrawl.archive.search.queries import parse

    query = parse(" ".join(words))
    with open_archive(database) as archive:
        filters = checked_filters(archive, wanted)
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
    from zsparkcrawl.archive.database.locking import locked

    lock = locked(data_folder(os.environ))
    with lock, open_archive(database, readonly=False, alone=True) as archive, _progress() as progress:
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
