"""The command that brings a database up to date: upgrade."""

from __future__ import annotations

import os

import click

from zsparkcrawl.cli.archive import database_option, open_archive

__all__ = ["upgrade"]


@click.command()
@database_option
def upgrade(database: str | None) -> None:
    """Bring the tables of an older release up to date, without a crawl.

    A crawl does so by itself; the commands that only read refuse an older database. All articles, versions and edits
    stay.
    """
    from zsparkcrawl.archive import data_folder
    from zsparkcrawl.archive.database.locking import locked
    from zsparkcrawl.archive.database.opening import OlderError

    try:
        open_archive(database).close()
    except OlderError:
        with locked(data_folder(os.environ)), open_archive(database, readonly=False) as archive:
            click.echo(f"{archive.name} was brought up to date")
    else:
        click.echo("it is up to date")
