"""The command package: a data set that can be cited."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from zsparkcrawl.cli.archive import database_option, open_archive
from zsparkcrawl.cli.options import checked_filters, filter_options
from zsparkcrawl.cli.progress import progress

__all__ = ["package"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", help="What the data set is called.")
@click.option("--creator", "creators", multiple=True, metavar="NAME", help="Who is to be cited; may be given again.")
@click.option("--licence", help="What the package adds is given under: an SPDX identifier as CC-BY-4.0, or any words.")
@click.option("--files", is_flag=True, help="Also the bytes of attachments and images.")
@click.option("--zip", "zipped", type=click.Path(path_type=Path), metavar="FILE", help="The same as a ZIP file too.")
@filter_options()
@database_option
def package(  # noqa: PLR0913, PLR0917 - each is an option
    folder: Path,
    title: str | None,
    creators: tuple[str, ...],
    licence: str | None,
    files: bool,
    zipped: Path | None,
    database: str | None,
    **wanted: Any,
) -> None:
    """Make a data set in the folder DIR that a paper can cite.

    Tables as CSV and Parquet, datapackage.json, a dictionary in Chinese and English, what is covered and what is
    missing, how good the texts are, README, CITATION.cff and checksums. The same archive gives the same bytes. DIR
    appears when it is whole, in the place of an older package.
    """
    from zsparkcrawl.archive import data_folder
    from zsparkcrawl.package import BY_ARTICLE, Said, make_package

    data = data_folder(os.environ) if files else None
    with open_archive(database) as archive:
        filters = checked_filters(archive, wanted)
        with progress("package", lambda: BY_ARTICLE * archive.count(filters)) as step:
            said = Said(title, creators, licence)
            done = make_package(archive, folder, filters=filters, said=said, data=data, zipped=zipped, step=step)
    click.echo(f"{done.articles} articles in {folder}, version {done.version}", err=True)
