"""Commands on what is kept: show, reread."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zsparkcrawl.errors import ZsparkError

if TYPE_CHECKING:
    from zsparkcrawl.archive import Archive

__all__ = [
    "NotFoundError",
    "database_option",
    "echo_json",
    "no_color_option",
    "one_line",
    "open_archive",
    "reread",
    "show",
    "table",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class NotFoundError(ZsparkError):
    """What was asked for is not in the archive."""


class DamagedError(ZsparkError):
    """Some captures are damaged or missing; all others were read."""


def database_option(command: _Command) -> _Command:
    """The option that names the database."""
    described = "SQLAlchemy URL; otherwise ZSPARK_DATABASE, or zspark.sqlite in the folder ZSPARK_DATA (data/)."
    return click.option("--database", metavar="URL", help=described)(command)


def no_color_option(command: _Command) -> _Command:
    """The option that switches colours off; the variable NO_COLOR does so for all commands."""

    def switch_off(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            context.color = False

    described = "No colours, even on a terminal."
    return click.option("--no-color", is_flag=True, expose_value=False, callback=switch_off, help=described)(command)


def open_archive(database: str | None, *, readonly: bool = True, alone: bool = False) -> Archive:
    """Open the archive that the option, or else the environment, names; with ``alone`` no crawl may be at work there,
    on another machine either. Raises ArchiveError, LockedError."""
    from zsparkcrawl.archive import Archive, database_url

    archive = Archive.open(database or database_url(os.environ), readonly=readonly)
    if alone:
        try:
            archive.hold_alone()
        except ZsparkError:
            archive.close()
            raise
    return archive


@click.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="All fields, edits and injections as JSON.")
@database_option
def show(key: str, as_json: bool, database: str | None) -> None:
    """Show one article: by its number here, its URL, or section/number as in news/1207."""
    with open_archive(database) as archive:
        article = archive.article(key)
        if article is None:
            raise NotFoundError(f"no article {key!r} in {archive.name}")
        edits = archive.edits_of(article["id"], article["version"])
        injections = archive.injections_of(article["id"], article["version"])
        files = archive.files_of(article["id"])
    if as_json:
        echo_json({**article, "edits": edits, "injections": injections, "files": files})
        return
    shown = {name: value for name, value in article.items() if name != "body" and value not in (None, [])}
    width = max(map(len, shown))
    for name, value in shown.items():
        click.echo(f"{click.style(name.ljust(width), dim=True)}  {one_line(value)}")
    click.echo("\n" + "\n".join(map(one_line, article["body"].split("\n"))) + "\n")
    for file in files:
        click.echo(_file_line(file))
    for line in _edits_summary(edits):
        click.echo(line)
    for found in injections:
        click.echo(f"kept out: {found['kind']} {found['domain'] or ''} {found['phrase'][:60]!r}")


@click.command()
@click.option(
    "--site", metavar="NAME", help="Whose pages those are that came from a host of no profile, in no known run."
)
@database_option
def reread(site: str | None, database: str | None) -> None:
    """Read all kept captures anew, without the network, and store what comes out differently.

    Of each article the newest capture is read, and besides it those of other copies that may be witnesses. Files and
    pictures that captures have and the archive does not know are entered too, each state of their bytes.
    """
    from zsparkcrawl.archive import captures_folder, data_folder
    from zsparkcrawl.archive.database.locking import locked
    from zsparkcrawl.archive.files.store import FileStore
    from zsparkcrawl.cli.rereading import reread_captures
    from zsparkcrawl.recovering.filing import reread_files
    from zsparkcrawl.sites import site_named

    of_site, data, folder = site and site_named(site), data_folder(os.environ), captures_folder(os.environ)
    with locked(data), open_archive(database, readonly=False, alone=True) as archive:
        counts = reread_captures(archive, folder, on_failure=_tell, of_site=of_site or None)
        came = reread_files(archive, folder, FileStore(data), on_failure=_tell)
    counts["damaged"] += came.damaged
    counts["files"] = came.files
    click.echo(", ".join(f"{number} {name}" for name, number in counts.items()))
    if counts["damaged"]:
        raise DamagedError(f"{counts['damaged']} captures are damaged or missing")


def _tell(line: str) -> None:
    click.echo(f"zsparkcrawl: {line}", err=True)


def _file_line(file: Mapping[str, Any]) -> str:
    """One file of an article: what it is called, and what is kept of it or why nothing is."""
    name = file["name"] or file["server_name"] or file["url"]
    if file["sha256"] is None:
        stands = " ".join(filter(None, (file["state"], file["reason"])))
        return f"{file['kind']}: {one_line(name)}: not here: {one_line(stands or 'never fetched')}"
    state = f", version {file['version']}" if file["version"] > 1 else ""
    what = f"{file['type'] or 'unknown type'}, {file['size']} bytes{state}"
    return f"{file['kind']}: {one_line(name)}: {what}, sha256 {file['sha256']}"


def _edits_summary(edits: Iterable[Mapping[str, Any]]) -> list[str]:
    counts = Counter((edit["field"], edit["rule"], edit["certainty"]) for edit in edits)
    return [f"{n} edits of {field}: {rule}, {certainty}" for (field, rule, certainty), n in counts.items()]


def echo_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A drawn table on a terminal; otherwise lines with tabs, which other programs can cut."""
    cells = [[one_line(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in (columns, *cells):
            click.echo("\t".join(line))
        click.echo()
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for line in cells:
        table.add_row(*map(Text, line))  # Text: a reason with [brackets] is no markup
    Console().print(table)


def one_line(value: object) -> str:
    """A value on one line, without control characters: what a page says must not steer a terminal."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={number}" for name, number in value.items())
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") else sign for sign in text)
