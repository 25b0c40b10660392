"""Whole collections mended: files of JSON lines, Parquet and WARC, on one core, on all, or on a Dask cluster.

:func:`clean` and :func:`repair` mend one text, :func:`clean_array` and :func:`repair_array` an array of Arrow, for
pipelines of others; :func:`original` gives back what stood there. `zsparkcrawl bulk` works on files.

>>> from zsparkcrawl import bulk
>>> made = bulk.clean("產(chǎn)業(yè)園區(qū)發(fā)展")
>>> made["text"], bulk.original(made["text"], made["edits"])
('产业园区发展', '產(chǎn)業(yè)園區(qū)發(fā)展')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zsparkcrawl.bulk.arrays import clean_array, repair_array
from zsparkcrawl.bulk.mending import Mending, mend
from zsparkcrawl.edits import Edit, revert
from zsparkcrawl.items import plain

__all__ = ["clean", "clean_array", "original", "repair", "repair_array"]


def clean(text: str) -> dict[str, Any]:
    """A text repaired and freed of spam, in plain values: "text", "edits" and "damaged", as a line of `bulk clean`.

    >>> clean("健康") == {"text": "健康", "edits": [], "damaged": []}
    True
    """
    return _plain(text, "clean")


def repair(text: str) -> dict[str, Any]:
    """The same, only repaired.

    >>> [edit["rule"] for edit in repair("園區(qū)")["edits"]]
    ['annotations', 'simplified']
    """
    return _plain(text, "repair")


def _plain(text: str, mending: Mending) -> dict[str, Any]:
    edited = mend({"text": text}, mending)[0]["text"]
    return {"text": edited.text, "edits": plain(edited.edits), "damaged": plain(edited.damaged)}


def original(text: str, edits: Iterable[Mapping[str, Any]]) -> str:
    """What stood there before the edits, in plain values as lines and tables have them. Raises ValueError when they do
    not fit the text.

    >>> original("发展", [{"rule": "simplified", "start": 0, "before": "發", "after": "发", "certainty": "certain"}])
    '發展'
    """
    return revert(text, [Edit(**each) for each in edits])
