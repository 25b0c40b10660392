"""The command that copies what is kept: backup."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from zsparkcrawl.cli.archive import database_option, open_archive
from zsparkcrawl.errors import ZsparkError

__all__ = ["backup"]


class DifferingError(ZsparkError):
    """A finished WARC file and its earlier copy are not the same: one of them is damaged."""


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--captures", is_flag=True, help="The captures too, into the folder captures of TARGET.")
@database_option
def backup(target: Path, captures: bool, database: str | None) -> None:
    """Copy the database to TARGET, whole and checked, also during a crawl.

    TARGET is a new file, or a folder: in that the copy is named after the moment. A copy never takes the place of
    another. With --captures TARGET is a folder; WARC files that are there already are not copied again.
    """
    from zsparkcrawl.archive import captures_folder
    from zsparkcrawl.archive.warc.copying import copy_captures

    now = dt.datetime.now(dt.UTC)
    with open_archive(database) as archive:
        copy = target / f"zspark-{now:%Y%m%dT%H%M%SZ}.sqlite" if captures or target.is_dir() else target
        archive.backup(copy)
    click.echo(f"database in {copy}")
    if captures:  # after the database: so whatever a row points to is there
        done = copy_captures(captures_folder(os.environ), target / "captures")
        click.echo(f"captures in {target / 'captures'}: {done.copied} files copied, {done.there} were there")
        if done.differing:
            raise DifferingError(f"of another size than their copies, and left alone: {', '.join(done.differing)}")
