"""`zsparkcrawl import`: WARC files that another tool made."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from zsparkcrawl.cli.archive import echo_json, one_line
from zsparkcrawl.cli.progress import progress
from zsparkcrawl.errors import ZsparkError

__all__ = ["import_files"]

_SHOWN = {
    "captures": "captures taken over",
    "known": "known before",
    "read": "articles read",
    "new": "new",
    "version": "changed",
    "unchanged": "unchanged",
    "older": "older than what is kept",
    "listings": "listings",
    "files": "files",
    "unreadable": "without an article",
    "other_status": "of another status",
    "no_body": "without a body",
    "faults": "faults",
}


class FaultyError(ZsparkError):
    """Parts of the files could not be read; all else was taken over."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--site", metavar="NAME", help="Whose pages those are that stand on a host of no profile, as a mirror's.")
@click.option("--dry-run", is_flag=True, help="Only say what the files have of known sites: nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="The counts and faults as JSON.")
def import_files(files: Sequence[Path], site: str | None, dry_run: bool, as_json: bool) -> None:
    """Take over what WARC files have of known sites: articles, listings, and the files that articles offer.

    FILES may be of any make (wget, browsertrix, a web archive), packed or not. Their records are copied into the
    archive with the moment at which they were captured. Exit code: 0 good, 1 when a part could not be read, 3 another
    process is at work.
    """
    from zsparkcrawl.sites import site_named

    of_site = None if site is None else site_named(site)
    faults: list[str] = []

    def tell(line: str) -> None:
        faults.append(one_line(line))
        if not as_json:
            click.echo(f"zsparkcrawl: {faults[-1]}", err=True)

    if dry_run:
        from zsparkcrawl.recovering.importing import survey

        with progress("reading") as step:
            counts = survey(files, of_site, tell, step)
        summary = ", ".join(f"{counts[name]} {label}" for name, label in _FOUND.items())
    else:
        counts = _import(files, site, tell)
        summary = ", ".join(f"{counts[name]} {label}" for name, label in _SHOWN.items() if counts[name])
    if as_json:
        echo_json({"counts": counts, "faults": faults})
    else:
        click.echo(summary or "nothing of a known site")
    if counts["faults"]:
        raise FaultyError(f"{counts['faults']} faults: see above" if not as_json else f"{counts['faults']} faults")


_FOUND = {
    "article": "pages of articles",
    "part": "further pages",
    "listing": "listings",
    "other": "other records",
    "faults": "faults",
}


def _import(files: Sequence[Path], site: str | None, tell: object) -> Counter[str]:
    from zsparkcrawl.archive import captures_folder
    from zsparkcrawl.keeping import Keeping
    from zsparkcrawl.recovering.copying import Copier
    from zsparkcrawl.recovering.importing import Importer
    from zsparkcrawl.recovering.ledger import CopyRuns
    from zsparkcrawl.recovering.reading import CopyReader
    from zsparkcrawl.sites import site_named

    assert callable(tell)
    of_site = None if site is None else site_named(site)
    keeping = Keeping.hold(os.environ)
    try:
        archive, now = keeping.archive, keeping.now
        arguments = {"files": " ".join(file.name for file in files), **({"site": site} if site else {})}
        reader = CopyReader(archive, captures_folder(os.environ), tell, now, of_site)
        runs = CopyRuns(archive, "import", arguments, now)
        importer = Importer(archive, Copier(archive, keeping.captures, now), reader, runs, keeping.files, tell, of_site)
        state, reason = "failed", "stopped before it was done"
        try:
            with progress("import") as step:
                importer.run(files, step)
            faults = importer.counts["faults"]
            state, reason = ("suspicious", f"{faults} faults") if faults else ("good", "all read")
        finally:
            runs.end(state, reason, reader.counts)
        return importer.counts + reader.total()
    finally:
        keeping.release()
