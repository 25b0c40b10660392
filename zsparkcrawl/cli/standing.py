"""Commands that tell how it goes: status, seen."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from zsparkcrawl.cli.archive import database_option, echo_json, one_line, open_archive, table

if TYPE_CHECKING:
    from zsparkcrawl.archive import FileStatus, Status

__all__ = ["seen", "status"]

_STATES = ("waiting", "read", "failed", "gone", "off-site", "spam", "not an article", "duplicate")
_RUNS_OF_HABIT = 200
"""Runs that are looked through for the latest of each section and for how often they come."""
_COLOURS = {"good": "green", "running": "green", "suspicious": "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--check", is_flag=True, help="Only say how it goes; leave with 2 when suspicious, 1 when worse.")
@database_option
def status(as_json: bool, check: bool, database: str | None) -> None:
    """Show at a glance what ran when and what is wrong, then what waits, what failed, and what there is.

    The exit code is 0, for this is for eyes; with --check it is for monitoring.
    """
    from zsparkcrawl.health import check_code, healths

    with open_archive(database) as archive:
        now = archive.database_time()  # all moments in it are by that clock
        found, states, failures = archive.status(), archive.states(now), archive.failures(5)
        health = healths(archive.latest_runs(_RUNS_OF_HABIT), now)
        workers = archive.workers()
    free = _free_bytes()
    if as_json:
        more = {"health": [asdict(one) for one in health], "frontier": states, "failures": failures}
        echo_json({**asdict(found), **more, "workers": workers, "free_bytes": free})
    else:
        for one in health:
            click.secho(one_line(one.line), fg=_COLOURS.get(one.state, "red"))
        if not check:
            click.echo()
            if workers:
                table(_WORKERS, [_worker(one) for one in workers])
            _show(found, states, failures)
            room = "" if free is None else f"; {free / 2**30:.1f} GiB free"
            click.echo(_files_line(found.files))
            click.echo(f"{found.captures} captures; database {found.database}{room}")
            if found.warning:
                click.secho(f"note: {found.warning}", dim=True)
    if check:
        sys.exit(check_code(health))


def _show(found: Status, states: Sequence[Mapping[str, Any]], failures: Sequence[Mapping[str, Any]]) -> None:
    if states:
        table(["frontier", *_STATES, "due now"], _ledger(states))
    if failures:
        rows = [[one["url"], one["state"], one["reason"], one["visited_at"], one["due_at"]] for one in failures]
        table(["last failures", "state", "reason", "asked for", "again"], rows)
    sections = [asdict(section) for section in found.sections]
    if not sections:
        click.echo("no articles yet")
    elif sys.stdout.isatty():
        # On its side, for a dozen columns of numbers do not fit a terminal.
        names = [f"{one['site']} {one_line(one['section'])}" for one in sections]
        measures = [name for name in sections[0] if name not in ("site", "section")]
        table(["", *names], [[name, *(one[name] for one in sections)] for name in measures])
    else:
        table(list(sections[0]), [list(one.values()) for one in sections])
    columns = ("id", "site", "section", "state", "reason", "started", "counts")
    table(["run", *columns[1:]], [[_shown(run)[name] for name in columns] for run in found.runs])


_WORKERS = (
    "worker",
    "host",
    "process",
    "run",
    "section",
    "state",
    "since",
    "last sign",
    "pages held",
    "pages",
    "articles",
)


def _worker(one: Mapping[str, Any]) -> list[object]:
    """A line for each worker: who it is, when it gave a sign of life, what it has and what it brought home."""
    stats = one["stats"]
    sign = f"{one['silent']} s ago" if one["state"] == "working" else one["alive_at"]
    who = [one["name"], one["host"], one["pid"], one["run_id"], f"{one['site']} {one['section']}", one["state"]]
    return [*who, one["started"], sign, one["leases"], stats.get("pages", 0), stats.get("zspark/kept", 0)]


def _shown(run: Mapping[str, Any]) -> Mapping[str, Any]:
    """A run whose section tells when it took over copies and did not crawl."""
    return run if run["kind"] == "crawl" else {**run, "section": f"{run['section']} ({run['kind']})"}


def _files_line(files: FileStatus) -> str:
    """How it stands with files and pictures, in one line."""
    mebibytes = f"{files.bytes / 2**20:.1f} MiB"
    kept = (
        f"{files.kept} files kept ({mebibytes}; {files.attachments} attachments and {files.images} images of articles)"
    )
    others = (f"{files.states[state]} {state}" for state in _STATES if state != "read" and files.states.get(state))
    return ", ".join((kept, *others))


def _ledger(states: Sequence[Mapping[str, Any]]) -> list[list[object]]:
    """A line for each section: how many articles stand how, and how many are due."""
    rows = []
    for site, section in dict.fromkeys((one["site"], one["section"]) for one in states):
        own = [one for one in states if (one["site"], one["section"]) == (site, section)]
        pages = {one["state"]: one["pages"] for one in own}
        due = sum(one["due"] for one in own)
        rows.append([f"{site} {section}", *(pages.get(state, 0) for state in _STATES), due])
    return rows


def _free_bytes() -> int | None:
    """Room on the disk of the data folder; None when there is no such folder."""
    from zsparkcrawl.archive import data_folder

    try:
        return shutil.disk_usage(data_folder(os.environ)).free
    except OSError:
        return None


@click.command()
@click.option("--state", metavar="STATE", help="Only rows that stand so: stored, failed, gone …")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@database_option
def seen(state: str | None, as_json: bool, database: str | None) -> None:
    """Account for each row that the listings ever showed: stored, waiting, failed, gone, off-site, spam, not an
    article, duplicate.

    The counts go to standard error, the rows to standard output.
    """
    with open_archive(database) as archive:
        rows = list(archive.accounts(state))
    if as_json:
        echo_json([dict(row) for row in rows])
        return
    columns = ("account", "section", "date", "title", "url", "reason", "listing_url")
    table(columns, [[row[name] for name in columns] for row in rows])
    counts = Counter(row["account"] for row in rows)
    told = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    click.echo(f"{len(rows)} rows{': ' if told else ''}{told}", err=True)
