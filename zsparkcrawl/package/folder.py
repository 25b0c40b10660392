"""The folder of a package: it appears under its name only when it is whole, and its checksums tell what belongs to
it."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zsparkcrawl.package.faults import PackageError
from zsparkcrawl.whole_file import put_on_disk

__all__ = ["SUMS", "Digest", "checksums", "digests", "whole_folder", "write_zip"]

SUMS = "SHA256SUMS"
"""Name of the file with the checksums: a folder that has it, and nothing that it does not name, is a package."""

_DESCRIPTOR = "datapackage.json"
_MODE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file holds: its SHA-256 in hexadecimal, and how many bytes."""

    sha256: str
    size: int


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Another folder beside a folder's own name. What is written there becomes the folder when the block ends well, in
    the place of an older package; otherwise it is gone, and what was there before is still there.

    Raises PackageError before anything is written when what is there is no package of this program, and OSError.
    """
    path = path.resolve()
    _refuse_others(path)
    mark = secrets.token_hex(8)
    unfinished, before = path.with_name(f".{mark}.part"), path.with_name(f".{mark}.old")
    unfinished.mkdir()
    try:
        yield unfinished
        _sync(unfinished)
        _refuse_others(path)
        _put(unfinished, path, before)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    put_on_disk(path.parent)


def digests(folder: Path) -> dict[str, Digest]:
    """Of each file of a folder but the checksums what it holds: by its path in the folder, in order."""
    return {name: _digest(folder / name) for name in sorted(_names(folder)) if name != SUMS}


def checksums(found: Mapping[str, Digest]) -> bytes:
    """The checksums as ``sha256sum -c`` takes them.

    >>> checksums({"a.csv": Digest("ab" * 32, 1)})[-10:]
    b'ab  a.csv\\n'
    """
    return "".join(f"{digest.sha256}  {name}\n" for name, digest in sorted(found.items())).encode()


def write_zip(folder: Path, path: Path, name: str, created: str) -> None:
    """Write the files of a folder into a ZIP file, under a folder of that name: in order, each with the moment
    ``created`` (UTC), so that one package gives the same bytes with one version of zlib."""
    at = dt.datetime.fromisoformat(created)
    moment = max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second  # the format knows no earlier year
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as packed:
        for each in sorted(_names(folder)):
            entry = zipfile.ZipInfo(f"{name}/{each}", moment)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, _UNIX
            with (folder / each).open("rb") as source, packed.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)


def _put(unfinished: Path, path: Path, before: Path) -> None:
    """Give a folder its name. No folder can take the place of one that has files, so that is put aside for the time of
    two renamings."""
    if path.exists():
        path.rename(before)
    try:
        unfinished.rename(path)
    finally:
        if before.exists() and not path.exists():
            before.rename(path)
    shutil.rmtree(before, ignore_errors=True)


def _refuse_others(path: Path) -> None:
    """Raise PackageError unless there is nothing, an empty folder or a package of ours, to which nobody added."""
    if not path.exists():
        return
    if not path.is_dir():
        raise PackageError(f"{path} is no folder")
    names = set(_names(path))
    if not names and not any(path.iterdir()):
        return
    if not {SUMS, _DESCRIPTOR} <= names:
        raise PackageError(f"{path} is not empty, and no package of zsparkcrawl: name another folder")
    lines = (path / SUMS).read_text("utf-8", errors="replace").splitlines()
    if foreign := sorted(names - {line.partition("  ")[2] for line in lines} - {SUMS}):
        raise PackageError(f"{path} holds {foreign[0]}, which is not of the package there: move it away first")


def _names(folder: Path) -> Iterator[str]:
    return (each.relative_to(folder).as_posix() for each in folder.rglob("*") if not each.is_dir() or each.is_symlink())


def _digest(path: Path) -> Digest:
    with path.open("rb") as stream:
        return Digest(hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size)


def _sync(folder: Path) -> None:
    for each in sorted(folder.rglob("*")):
        put_on_disk(each)
    put_on_disk(folder)
