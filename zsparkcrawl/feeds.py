"""Feeds: which fields `-O out.csv` and `-O out.json` have, and how a list stands in a cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.exporters import CsvItemExporter
from scrapy.utils.serialize import ScrapyJSONEncoder
from w3lib.url import file_uri_to_path

from zsparkcrawl.errors import ZsparkError

__all__ = ["FIELDS", "ArticleCsvExporter", "FeedError", "check_feeds"]

FIELDS = [
    "section",
    "native_id",
    "date",
    "title",
    "author",
    "source",
    "editor",
    "body",
    "attachments",
    "images",
    "url",
    "site",
    "time",
    "date_raw",
    "date_precision",
    "date_missing",
    "charset",
    "date_basis",
    "photographer",
    "reviewers",
    "contributor",
]
"""The columns of a feed, in their order."""


class ArticleCsvExporter(CsvItemExporter):
    """CSV whose lists are JSON in their cell, empty when the list is, so that nothing is lost on the way."""

    def serialize_field(self, field: Mapping[str, Any], name: str, value: Any) -> Any:
        """One cell."""
        if isinstance(value, list | tuple | dict):
            return json.dumps(value, cls=ScrapyJSONEncoder, ensure_ascii=False) if value else ""
        return super().serialize_field(field, name, value)


class FeedError(ZsparkError):
    """A file that -o or -O names cannot be written."""


def check_feeds(feeds: Mapping[Any, Any]) -> None:
    """Raise FeedError when a feed is a local file that cannot be written: Scrapy finds out at the first
    article, logs a traceback for each, and ends well."""
    for uri in map(str, feeds):
        if urlsplit(uri).scheme not in {"", "file"} or "%(" in uri:
            continue
        path = Path(file_uri_to_path(uri) if uri.startswith("file:") else uri)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.open("ab").close()
        except OSError as error:
            raise FeedError(f"feed {path} cannot be written: {error.strerror}") from error
