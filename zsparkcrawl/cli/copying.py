"""The command that moves an archive into another database: copy."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from zsparkcrawl.cli.archive import table
from zsparkcrawl.cli.progress import progress

__all__ = ["copy"]


@click.command()
@click.argument("source")
@click.argument("target")
def copy(source: str, target: str) -> None:
    """Copy an archive into another database, which must be empty: from SQLite to PostgreSQL, back, or to another file.

    SOURCE and TARGET are SQLAlchemy URLs or files of SQLite. What the source holds at this moment is copied in one
    transaction, then read back and compared row by row, then kept: a copy that is broken off leaves the target empty.
    Told is each table with its rows and a digest of them. The index of the search is made anew.

    The captures and the files of articles lie in the data folder and stay there: let ZSPARK_DATA name the same one, or
    take them along with `zsparkcrawl backup --captures`.
    """
    from zsparkcrawl.archive.database.moving import copy_archive

    with ExitStack() as bar:
        copied = copy_archive(_url(source), _url(target), lambda n: bar.enter_context(progress("copy", lambda: n)))
    table(("table", "rows", "digest"), [(each.table, each.rows, each.digest) for each in copied])
    click.echo(f"{sum(each.rows for each in copied)} rows copied and compared: all the same", err=True)


def _url(named: str) -> str:
    from zsparkcrawl.archive.database.naming import file_url

    return named if "://" in named else file_url(Path(named))
