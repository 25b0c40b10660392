"""Who has a WARC file, where several workers each keep their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zsparkcrawl.archive.warc.leftovers import open_name

__all__ = ["is_here", "keeper_of"]


def is_here(folder: Path, file: str) -> bool:
    """Whether a WARC file lies in a folder, finished or not."""
    path = folder / Path(file).name
    return path.exists() or open_name(path).exists() or path.exists()  # it may get its final name in between


def keeper_of(capture: Mapping[str, Any]) -> str | None:
    """Who has a capture, when it was one of several workers; None for one of a crawl that works alone. ``capture`` is
    one as :meth:`zsparkcrawl.archive.Archive.captures` has it.

    >>> keeper_of({"keeper_name": "north", "keeper_host": "crawl1", "keeper_folder": "/srv/park/captures"})
    'kept by the worker north on crawl1 in /srv/park/captures'
    """
    if capture["keeper_name"] is None:
        return None
    return "kept by the worker {keeper_name} on {keeper_host} in {keeper_folder}".format(**capture)
