"""The command that looks after what is kept: verify."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zsparkcrawl.cli.archive import database_option, one_line, open_archive

if TYPE_CHECKING:
    from rich.progress import Progress

    from zsparkcrawl.archive import Archive
    from zsparkcrawl.archive.warc.verifying import Step

__all__ = ["verify"]


@dataclass
class _Report:
    """What was looked at and found. On a terminal or in a pipe each fault is told at once; for JSON it is kept."""

    as_json: bool
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    salvaged: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, line: str) -> None:
        """A line for people."""
        if not self.as_json:
            click.echo(one_line(line))

    def fault(self, message: str, file: str | None = None, **where: int | None) -> None:
        """Count a fault and tell it."""
        self.counts["faults"] += 1
        self.tell(f"{file}: {message}" if file else message)
        if self.as_json:
            self.faults.append({"file": file, **where, "message": message})


@dataclass
class _Check:
    """A walk over all files. ``salvage`` and ``enter`` say what may be changed on the way."""

    archive: Archive
    folder: Path
    report: _Report
    salvage: bool
    enter: bool

    def run(self, progress: Progress) -> None:
        """Check all files; those that a crawl is writing are left out."""
        from zsparkcrawl.archive.warc.keepers import keeper_of
        from zsparkcrawl.archive.warc.leftovers import capture_files, is_growing

        present, pointed = capture_files(self.folder), self.archive.files_of_captures()
        sizes, keepers = {name: _size(self.folder / name) for name in present}, self.archive.keepers()
        task = progress.add_task("checking", total=sum(sizes.values()))
        for name in sorted({*present, *pointed}):
            if is_growing(self.folder / name):
                self.report.counts["growing"] += 1
            elif name in sizes:
                self._check(name, lambda size: progress.advance(task, size))
            elif name in keepers and (keeper := keeper_of(keepers[name], self.folder)) is not None:
                self.report.counts["elsewhere"] += 1
                self.report.tell(f"{name}: not here, but {keeper}")
            else:
                self.report.fault(f"is missing; {pointed[name]} captures lie in it", name)

    def _check(self, name: str, advance: Any) -> None:
        from zsparkcrawl.archive.warc.captures import CaptureError
        from zsparkcrawl.archive.warc.verifying import check_file

        self.report.counts["files"] += 1
        damaged, end = False, 0
        try:
            for step in check_file(self.folder, name, self.archive.captures_in(name)):
                advance(step.end - end)
                end = step.end
                for finding in step.findings:
                    self.report.fault(finding.message, name, offset=finding.offset, capture=finding.capture_id)
                    damaged |= finding.salvage
                self._count(name, step)
            if damaged and self.salvage:
                self._salvage(name)
        except CaptureError as error:  # it cannot be opened, say; the others can
            self.report.fault(str(error))

    def _count(self, name: str, step: Step) -> None:
        from zsparkcrawl.archive.salvage.entering import enter_record, is_copy

        if step.record is None:
            return
        self.report.counts["records"] += 1
        if step.rowless and self.enter:
            self.report.counts[enter_record(self.archive, self.folder, name, step.record)] += 1
        elif step.rowless:
            self.report.counts["copy" if is_copy(self.archive, step.record) else "rowless"] += 1

    def _salvage(self, name: str) -> None:
        from zsparkcrawl.archive.salvage.damaged_files import salvage_file

        done = salvage_file(self.archive, self.folder, name)
        self.report.salvaged.append({"file": name, "good": done.file, "damaged": done.damaged, "records": done.records})
        self.report.tell(f"{name}: {done.records} good records are in {done.file or 'no file'} now, see {done.damaged}")
        for row in done.lost:
            self.report.lost.append({name: row[name] for name in ("id", "url", "time", "status")})
            self.report.tell(f"lost: capture {row['id']} of {row['url']!r}, {row['time']}")


@click.command()
@click.option("--salvage", is_flag=True, help="Bring the good records of damaged files to safety.")
@click.option("--enter", is_flag=True, help="Enter the records to which no row points; make missing files anew.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@database_option
def verify(salvage: bool, enter: bool, as_json: bool, database: str | None) -> None:
    """Check every kept record, every digest, and the database. Ends with 1 when something is damaged.

    Each fault is one line. A file that a crawl is writing is left out. With --salvage the good records of a damaged
    file are copied into a new one, to which the database points from then on; the damaged file stays beside it under
    the name FILE.damaged, and what was lost is listed; attachments and pictures are made anew from their captures. With
    --enter that is done for those that are missing, as after a restore. Both options take the lock of the data folder.
    """
    from zsparkcrawl.archive import captures_folder, data_folder
    from zsparkcrawl.archive.database.locking import locked
    from zsparkcrawl.archive.warc.leftovers import finish_leftovers

    folder, report = captures_folder(os.environ), _Report(as_json)
    with ExitStack() as stack:
        if salvage or enter:
            stack.enter_context(locked(data_folder(os.environ)))
            finish_leftovers(folder)
        writes = salvage or enter
        archive = stack.enter_context(open_archive(database, readonly=not writes, alone=writes))
        for line in archive.database_faults():
            report.fault(line)
        with _progress() as progress:
            _Check(archive, folder, report, salvage, enter).run(progress)
        _check_files(archive, report, anew=salvage, missing_anew=enter)
        report.counts["captures"], report.counts["lost"] = archive.capture_count()
    if as_json:
        counts = {name.replace(" ", "_"): report.counts[name] for name in (*_LOOKED_AT, *_TOLD)}
        found = {"counts": counts, "faults": report.faults, "salvaged": report.salvaged, "lost": report.lost}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    for line in _summary(report.counts):
        report.tell(line)
    if report.counts["faults"]:
        sys.exit(1)


def _check_files(archive: Archive, report: _Report, *, anew: bool, missing_anew: bool) -> None:
    """Check the files of articles; with ``anew`` those that are damaged or missing are made from their captures. With
    ``missing_anew`` a missing one of which that can be done is no fault: a backup has the captures alone."""
    from zsparkcrawl.archive import captures_folder, data_folder
    from zsparkcrawl.archive.files.checks import check_files, make_anew
    from zsparkcrawl.archive.files.store import FileStore, path_of

    store = FileStore(data_folder(os.environ))
    captures = captures_folder(os.environ)
    for sha256, fault in check_files(archive, store):
        missing = missing_anew and not (store.data / path_of(sha256)).exists()
        made = (anew or missing) and make_anew(archive, store, captures, sha256)
        report.counts["made anew"] += made
        if not made and _others_keep(archive, sha256, captures):
            report.counts["elsewhere"] += 1
        elif not (missing and made):
            report.fault(fault)


def _others_keep(archive: Archive, sha256: str, folder: Path) -> bool:
    """Whether a file came to other workers alone, in whose folders it lies."""
    from zsparkcrawl.archive.warc.keepers import keeper_of

    came = archive.captures_of_file(sha256)
    return bool(came) and all(keeper_of(capture, folder) is not None for capture in came)


_LOOKED_AT = ("files", "records", "captures", "faults")
_TOLD = {
    "growing": "files that are being written, left out: {}",
    "elsewhere": "files that other workers keep, left out: {}",
    "lost": "captures lost earlier: {}",
    "copy": "records that are copies of captures which lie elsewhere: {}",
    "rowless": "records without a row in the database: {}; `zsparkcrawl verify --enter` enters them",
    "entered": "records entered: {}; `zsparkcrawl reread` reads them",
    "put back": "captures that were lost and are there again: {}",
    "no body": "records that are revisits of a body which is not there: {}",
    "made anew": "files of articles made anew from their captures: {}",
    "odd": "records without an address, a date or an HTTP status, left alone: {}",
}


def _summary(counts: Counter[str]) -> list[str]:
    told = [wording.format(counts[name]) for name, wording in _TOLD.items() if counts[name]]
    looked = ", ".join(f"{name} {counts[name]}" for name in _LOOKED_AT)
    return [*told, looked if counts["faults"] else f"{looked}: all good"]


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    # Where nobody looks on, nothing is drawn.
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)


def _size(path: Path) -> int:
    """Bytes of a file, 0 when it is just getting its final name."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
