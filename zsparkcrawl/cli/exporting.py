"""The command export: articles as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from zsparkcrawl.cli.archive import database_option, open_archive
from zsparkcrawl.cli.options import checked_filters, filter_options
from zsparkcrawl.cli.progress import progress
from zsparkcrawl.errors import ZsparkError

__all__ = ["export"]


class NothingKeptError(ZsparkError):
    """There is not one article in the archive."""


@click.command()
@click.argument("form", metavar="csv|excel|json|jsonl|parquet|sqlite")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write, not standard output.")
@click.option("--columns", metavar="A,B,C", help="Only these columns, in this order.")
@click.option("--raw", is_flag=True, help="Beside each text also the page's own, before the first edit.")
@click.option("--headers", type=click.Choice(["en", "zh", "both"]), default="en", help="Names of the columns.")
@filter_options()
@database_option
def export(  # noqa: PLR0913, PLR0917 - each is an option
    form: Any, output: Path | None, columns: str | None, raw: bool, headers: Any, database: str | None, **wanted: Any
) -> None:
    """Write the articles as a table.

    CSV is UTF-8 and loses nothing: an unknown value is an empty field, an empty text is "". For Excel there is a .csv
    of its own, and a .xlsx. A file appears when it is whole. All filters can be combined.
    """
    from zsparkcrawl.export import chosen_columns, export_articles
    from zsparkcrawl.export.forms import form_of

    out = sys.stdout.buffer if output is None or str(output) == "-" else output
    form_of(form, out)  # what is mistyped is told before the database is looked for
    chosen = chosen_columns(columns, raw=raw)
    with open_archive(database) as archive:
        filters = checked_filters(archive, wanted)
        if not archive.count():
            raise NothingKeptError(f"no article is kept in {archive.name} yet: crawl first")
        wanted_bar = isinstance(out, Path) or not out.isatty()
        with progress("articles", lambda: archive.count(filters), wanted=wanted_bar) as step:
            number = export_articles(archive, out, form, filters=filters, columns=chosen, headers=headers, on_row=step)
    if isinstance(out, Path):
        click.echo(f"{number} articles in {out}", err=True)
    elif not number:
        click.echo("no article is of this kind", err=True)
