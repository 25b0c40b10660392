"""From the rows of the table articles back to articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from zsparkcrawl.items import Attachment, Image, KeptArticle

__all__ = ["restored"]

_AS_THEY_ARE = (
    "site", "section", "native_id", "url", "title", "date_raw", "date_precision", "date_missing", "author", "source",
    "editor", "body", "date_basis", "photographer", "reviewers", "contributor",
)  # fmt: skip


def restored(row: Mapping[str, Any]) -> KeptArticle:
    """The article of a row: its content, without the edits, diagnosis and injections of its version."""
    return KeptArticle(
        **{name: row[name] for name in _AS_THEY_ARE},
        date=None if row["date"] is None else dt.date.fromisoformat(row["date"]),
        time=None if row["time"] is None else dt.time.fromisoformat(row["time"]),
        attachments=tuple(Attachment(each["name"], each["url"]) for each in row["attachments"]),
        images=tuple(Image(each["url"], each["caption"]) for each in row["images"]),
    )
