"""Who has a WARC file, where several workers each keep their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from socket import gethostname
from typing import Any

from zsparkcrawl.archive.warc.leftovers import open_name

__all__ = ["is_here", "keeper_of"]


def is_here(folder: Path, file: str) -> bool:
    """Whether a WARC file lies in a folder, finished or not."""
    path = folder / Path(file).name
    return path.exists() or open_name(path).exists() or path.exists()  # it may get its final name in between


def keeper_of(capture: Mapping[str, Any], folder: Path) -> str | None:
    """Who has a capture, when one of several workers has it in another folder than this one; None when it belongs here,
    as all do of a crawl that works alone. ``capture`` is one as :meth:`zsparkcrawl.archive.Archive.captures` has it.

    >>> north = {"keeper_name": "north", "keeper_host": "crawl1", "keeper_folder": "/srv/park/captures"}
    >>> keeper_of(north, Path("data/captures"))
    'kept by the worker north on crawl1 in /srv/park/captures'
    >>> keeper_of({**north, "keeper_host": gethostname()}, Path("/srv/park/captures"))
    """
    here = (capture["keeper_host"], capture["keeper_folder"]) == (gethostname(), str(folder.absolute()))
    if capture["keeper_name"] is None or here:
        return None
    return "kept by the worker {keeper_name} on {keeper_host} in {keeper_folder}".format(**capture)
