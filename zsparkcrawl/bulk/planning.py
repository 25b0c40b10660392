"""What is to be done to a file, and what of it is done already: a plan is known by the file's bytes and by the job."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from zsparkcrawl.bulk.failures import ENDING
from zsparkcrawl.bulk.faults import SourceError
from zsparkcrawl.bulk.sources import Job, Source, shown
from zsparkcrawl.whole_file import whole_file

__all__ = ["STATE", "Plan", "check_unchanged", "plan_of", "read_note", "state_of", "write_note"]

STATE = ".bulk"
"""The folder in the output folder that has the parts of what is not done yet, and for each file that is done a note of
what it was made from."""

_LONGEST_NAME = 255
"""Bytes of a name that file systems take."""

_FORM = 2
"""Of parts and outputs: raised when they change, so that older ones are made anew."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A file, what it is known by, and the ranges that it is worked on in. ``done`` are its counts when all is done."""

    source: Source
    key: str
    size: int
    changed: int
    ranges: tuple[tuple[int, int], ...]
    done: Mapping[str, int] | None = field(default=None)


def plan_of(source: Source, job: Job, out: str) -> Plan:
    """Look at a file: what is done of it, and what is to do. Parts of another plan are taken away. Raises SourceError,
    and OSError of the output."""
    path = Path(source.path)
    if len(os.fsencode(f"{Path(source.output).name}{ENDING}")) > _LONGEST_NAME:
        raise SourceError(f"{shown(path)}: its name is too long, with {ENDING} behind it")
    try:
        stat = path.stat()
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error
    key = _key(source, job, digest)
    state = state_of(Path(out), source)
    if (note := read_note(state / "done.json")) and note.get("key") == key and _stands(Path(out), source, note):
        _tidy(state, whole=True)
        return Plan(source, key, stat.st_size, stat.st_mtime_ns, (), note["counts"])
    state.mkdir(parents=True, exist_ok=True)
    known = read_note(state / "plan.json")
    same = known is not None and known.get("key") == key
    _tidy(state, whole=not same)
    if not same:
        write_note(state / "plan.json", {"key": key, "file": shown(source.path), "job": asdict(job)})
    try:
        ranges = tuple(_ranges(source, job, stat.st_size))
    except OSError as error:
        raise _unreadable(path, error) from error
    return Plan(source, key, stat.st_size, stat.st_mtime_ns, ranges)


def _tidy(state: Path, *, whole: bool) -> None:
    """Take away what a killed process left half written and, of another plan or of one that is done, all parts."""
    for path in state.iterdir():
        if path.name.startswith(".") or (whole and path.name not in ("plan.json", "done.json")):
            path.unlink(missing_ok=True)


def _key(source: Source, job: Job, digest: str) -> str:
    facts = {"digest": digest, "job": asdict(job), "output": shown(source.output), "form": _FORM, "program": _program()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _program() -> str:
    try:
        return version("zsparkcrawl")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return ""


def _stands(out: Path, source: Source, note: Mapping[str, Any]) -> bool:
    """Whether the output is still the one that was written."""
    try:
        stat = (out / source.output).stat()
    except OSError:
        return False
    return [stat.st_size, stat.st_mtime_ns] == note.get("output")


def _ranges(source: Source, job: Job, size: int) -> list[tuple[int, int]]:
    """The ranges follow from the file alone, so that the output is the same however many work on it."""
    path = Path(source.path)
    if source.form == "lines":
        from zsparkcrawl.bulk.lines import ranges_of

        return ranges_of(size)
    if source.form == "parquet":
        from zsparkcrawl.bulk.rows import ranges_of as groups_of

        return groups_of(path, job)
    if source.form == "warc":
        from zsparkcrawl.bulk.pages import ranges_of as members_of

        return members_of(path, size)
    return [(0, size)]


def check_unchanged(plan: Plan) -> None:
    """Raises SourceError when a file is not any more what it was when it was planned."""
    try:
        stat = Path(plan.source.path).stat()
    except OSError as error:
        raise _unreadable(Path(plan.source.path), error) from error
    if (stat.st_size, stat.st_mtime_ns) != (plan.size, plan.changed):
        raise SourceError(f"{shown(plan.source.path)} was changed while it was read")


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(f"{shown(path)} cannot be read: {error.strerror or error}")


def state_of(out: Path, source: Source) -> Path:
    """Where the parts and notes of a file stand; names of any length and kind become short plain ones."""
    return out / STATE / hashlib.sha256(source.output.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def read_note(path: Path) -> dict[str, Any] | None:
    """A note, or None when there is none that can be read."""
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return note if isinstance(note, dict) else None


def write_note(path: Path, note: Mapping[str, Any]) -> None:
    """Write a note, whole or not at all. Raises OSError."""
    with whole_file(path) as stream:
        stream.write(json.dumps(note, sort_keys=True).encode())
