"""Which files are meant, of what form each is, and what its output is called."""

from __future__ import annotations

import glob
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePath
from typing import Literal

from zsparkcrawl.bulk.faults import BulkError, ChoiceError
from zsparkcrawl.bulk.mending import Mending

__all__ = ["Form", "Job", "Source", "shown", "sources_of"]

Form = Literal["lines", "packed lines", "parquet", "warc"]

_FORMS: dict[str, Form] = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".jsonl.gz": "packed lines",
    ".ndjson.gz": "packed lines",
    ".json": "lines",
    ".json.gz": "packed lines",
    ".parquet": "parquet",
    ".warc": "warc",
    ".warc.gz": "warc",
}
_MAYBE = (".json", ".json.gz")
"""Endings that lines may have, as Spark writes them, and much else: in a folder such files are left out."""

_Told = Callable[[OSError], None]
"""Takes what is wrong with a folder."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for: what is done, to which fields, in what form it is written ("" as it came), and where the
    address of a page stands in records that hold pages."""

    work: Mending | Literal["read"]
    fields: tuple[str, ...]
    to: Literal["", "jsonl", "parquet"] = ""
    url_field: str = "url"
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be worked on, its form, and the name of what becomes of it, as seen from the output folder."""

    path: str
    form: Form
    output: str

    @property
    def written_as(self) -> Literal["lines", "packed lines", "parquet"]:
        """The form of the output, as its name tells."""
        found = _form_of(self.output)
        assert found is not None
        assert found[1] != "warc"
        return found[1]


def sources_of(inputs: Sequence[str], out: Path, job: Job, faults: list[str]) -> list[Source]:
    """The files that inputs mean, in the order of their names: files, folders (with the folders in them) and patterns.

    The output of a file has its name, with the path below the folder or the fixed part of the pattern; other endings
    where the form changes. ``faults`` takes a line on each folder that cannot be read. Raises ChoiceError for inputs
    that make no sense, and BulkError for one that cannot be looked at.
    """
    sources: dict[str, Source] = {}
    whole = _real(out)
    for given in inputs:
        try:
            found = sorted(_files(given, whole, lambda error: faults.append(_unreadable(error))))
        except OSError as error:
            raise BulkError(_unreadable(error)) from error
        for path, name in found:
            source = _source(path, name, job)
            known = sources.setdefault(source.output, source)
            if _real(Path(known.path)) != _real(path):
                told = f"{shown(known.path)} and {shown(path)} would both become {shown(source.output)}"
                apart = _real(Path(known.path).parent) != _real(path.parent)
                advice = "give the folder above them" if apart else "work on one of them into another folder"
                raise ChoiceError(f"{told}: {advice}")
            _check_place(path, whole, source.output)
    if not sources and faults:
        raise BulkError(faults[0])
    if not sources:
        raise ChoiceError(f"nothing to read in {' '.join(map(shown, inputs))}: no {', '.join(_FORMS)}")
    for output in sources:
        for parent in PurePath(output).parents:
            if str(parent) in sources:
                raise ChoiceError(f"{shown(output)} would stand below the file {shown(parent)}")
    return sorted(sources.values(), key=lambda source: source.output)


def _unreadable(error: OSError) -> str:
    return f"{shown(error.filename):.200} cannot be read: {error.strerror}"


def _files(given: str, out: Path, told: _Told) -> Iterator[tuple[Path, PurePath]]:
    """The files that one input means, each with its name below what was given. Raises OSError."""
    path = Path(given)
    if not given or "\0" in given:
        raise ChoiceError(f"{given!r} is the name of no file")
    if path.is_dir():
        folder = _real(path)
        if out == folder or folder in out.parents:
            raise ChoiceError(f"the output {shown(out)} is inside of the input {shown(given)}")
        yield from ((file, file.relative_to(path)) for file in _walk(path, told))
    elif path.is_file():
        if _form_of(path.name) is None:
            raise ChoiceError(f"{shown(given)} is of no known form: {', '.join(_FORMS)}")
        yield path, PurePath(path.name)
    elif path.exists():
        raise ChoiceError(f"{shown(given)} is no plain file")
    elif glob.has_magic(given):
        files = list(_matching(path, told))
        if not files:
            raise ChoiceError(f"no file is called {shown(given)}")
        yield from files
    else:
        raise ChoiceError(f"there is no {shown(given)}")


def _matching(pattern: Path, told: _Told) -> Iterator[tuple[Path, PurePath]]:
    """The files of known form that a pattern means, but what is hidden, each with its name below the pattern's fixed
    part. With `**` links to folders are not followed."""
    fixed = Path(*takewhile(lambda part: not glob.has_magic(part), pattern.parts))
    if "**" in pattern.parts:  # `glob` says nothing of a folder that it cannot read
        deque(_walk(fixed, told), maxlen=0)
    for file in fixed.glob(str(pattern.relative_to(fixed))):
        name = file.relative_to(fixed)
        if _form_of(name.name) and not any(part.startswith(".") for part in name.parts) and _is_meant(file):
            yield file, name


def _walk(folder: Path, told: _Told) -> Iterator[Path]:
    """The files of known form in a folder and below; what is hidden is left out, and links to folders are not
    followed, for they may lead back."""
    for place, folders, names in os.walk(folder, onerror=told):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(place, name)
            if not name.startswith(".") and not name.lower().endswith(_MAYBE) and _form_of(name) and _is_meant(file):
                yield file


def _is_meant(file: Path) -> bool:
    """Whether it is a file, or a link to one that is gone: that is told when it cannot be read."""
    return file.is_file() or not file.exists()


def _real(path: Path) -> Path:
    """Where a path leads; unlike `Path.resolve` a link that leads to itself is no fault here."""
    return Path(os.path.realpath(path))


def _form_of(name: str) -> tuple[str, Form] | None:
    """The ending of a name that tells a form, and the form."""
    lower = name.lower()
    ends = (ending for ending in sorted(_FORMS, key=len, reverse=True) if lower.endswith(ending))
    ending = next(ends, None)
    return None if ending is None else (ending, _FORMS[ending])


def _source(path: Path, name: PurePath, job: Job) -> Source:
    found = _form_of(path.name)
    assert found is not None
    ending, form = found
    if form == "warc" and job.work != "read":
        told = "is a WARC file, whose pages are HTML: bulk read gives clean articles of it"
        raise ChoiceError(f"{shown(path)} {told}")
    stays = form != "warc" and (not job.to or (job.to == "parquet") == (form == "parquet"))
    begin = str(name)[: -len(ending)]
    if not PurePath(begin).name or begin.endswith(os.sep):
        raise ChoiceError(f"{shown(path)} has no name before its ending")
    return Source(str(path.absolute()), form, str(name) if stays else f"{begin}.{job.to or 'jsonl'}")


def _check_place(path: Path, out: Path, output: str) -> None:
    """Refuse to read what is written, and to write through a link out of the output folder."""
    if out in _real(path).parents:
        raise ChoiceError(f"the input {shown(path)} is inside of the output {shown(out)}")
    target = _real((out / output).parent)
    if target != out and out not in target.parents:
        raise ChoiceError(f"{shown(out / output)} would be written outside of {shown(out)}")


def shown(path: object) -> str:
    r"""A path as it is told: on one line, whatever its name holds.

    >>> shown("a\nb.jsonl"), shown("园区.jsonl")
    ('a\\nb.jsonl', '园区.jsonl')
    """
    text = os.fsencode(str(path)).decode("utf-8", "backslashreplace")
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)
