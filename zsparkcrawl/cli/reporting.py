"""`zsparkcrawl report`: the archive in figures and plots."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from zsparkcrawl.cli.archive import database_option, open_archive
from zsparkcrawl.errors import ZsparkError

__all__ = ["report"]


class ReportError(ZsparkError):
    """The report could not be written."""


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write, not standard output.")
@click.option("--json", "as_json", is_flag=True, help="The same figures as JSON.")
@click.option(
    "--lang", "language", type=click.Choice(["zh", "en", "both"]), default="both", help="Language of the page."
)
@database_option
def report(output: Path | None, as_json: bool, language: Any, database: str | None) -> None:
    """Write a page with what the archive holds, how whole it is, what was repaired, and how crawling went.

    One HTML file that needs nothing else: no script, no network. The same archive gives the same bytes. A file appears
    when it is whole.
    """
    from zsparkcrawl.report import figures, page
    from zsparkcrawl.whole_file import whole_file

    with open_archive(database) as archive:
        numbers = figures(archive)
    text = json.dumps(asdict(numbers), ensure_ascii=False, indent=2) + "\n" if as_json else page(numbers, language)
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        with whole_file(output) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise ReportError(f"cannot write {output}: {error.strerror}") from error
    click.echo(f"{numbers.headline.articles} articles in {output}", err=True)
