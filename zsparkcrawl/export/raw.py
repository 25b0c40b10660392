"""The page's own text beside the clean one: every edit undone, the last first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zsparkcrawl.archive.exports.dictionary import RAW_FIELDS
from zsparkcrawl.edits import Edit, revert
from zsparkcrawl.export.faults import ExportError

__all__ = ["raw_columns", "with_raw"]

_TEXT_OF = {"attachments": "name", "images": "caption"}
"""Which text of an item of a list may have been edited."""


def raw_columns(columns: Iterable[str]) -> list[str]:
    """The columns that are raw forms.

    >>> raw_columns(["title", "title_raw", "date_raw"])
    ['title_raw']
    """
    meant = {f"{name}_raw" for name in RAW_FIELDS}
    return [name for name in columns if name in meant]


def with_raw(row: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """A row of articles, which carries its edits, with the raw forms that are wanted. A field that was left empty by
    cleaning, and so is NULL, has its raw text back. Raises ExportError when edits do not fit their text.

    >>> cut = {"rule": "annotations", "start": 1, "before": "(fā)", "after": "", "certainty": "certain"}
    >>> with_raw({"id": 1, "title": "發展", "edits": [{"field": "title", **cut}]}, ["title_raw"])["title_raw"]
    '發(fā)展'
    """
    made: dict[str, list[Edit]] = {}
    for each in row["edits"]:
        one = Edit(each["rule"], each["start"], each["before"], each["after"], each["certainty"])
        made.setdefault(each["field"], []).append(one)
    try:
        return {**row, **{name: _raw(row, name.removesuffix("_raw"), made) for name in wanted}}
    except ValueError as error:
        raise ExportError(f"the edits of article {row['id']} cannot be undone: {error}") from error


def _raw(row: Mapping[str, Any], field: str, made: Mapping[str, list[Edit]]) -> Any:
    if field not in _TEXT_OF:
        return revert(row[field] or "", made[field]) if field in made else row[field]
    text = _TEXT_OF[field]
    return [
        {**item, text: revert(item[text] or "", made[place])} if (place := f"{field}.{number}") in made else item
        for number, item in enumerate(row[field])
    ]
