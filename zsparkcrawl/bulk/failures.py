"""What could not be worked on, kept beside the output: the file, the place, the reason and the record as it came."""

from __future__ import annotations

import base64
from typing import Any

from zsparkcrawl.bulk.lines import json_line
from zsparkcrawl.bulk.sources import Form, Source, shown

__all__ = ["ENDING", "failure_line"]

ENDING = ".failures"
"""Of the file beside an output: JSON Lines under another name, so that nobody takes it for a collection."""

_PLACES: dict[Form, str] = {"lines": "byte", "packed lines": "byte", "parquet": "row", "warc": "byte"}
"""What the place of a record counts: the byte at which it begins (in the unpacked file; of a WARC file in the file as
it is), or the rows before it."""


def failure_line(source: Source, place: int, reason: str, raw: bytes | None) -> bytes:
    """A failure as a line of JSON. ``raw`` is the record as it came: "raw" where it is UTF-8, else "raw_base64"; None
    where its bytes cannot be told.

    >>> failure_line(Source("a.jsonl", "lines", "a.jsonl"), 7, "it is no JSON", b"{x").decode()
    '{"file": "a.jsonl", "byte": 7, "reason": "it is no JSON", "raw": "{x"}\\n'
    """
    told: dict[str, Any] = {"file": shown(source.path), _PLACES[source.form]: place, "reason": reason}
    if raw is not None:
        try:
            told["raw"] = raw.decode("utf-8")
        except UnicodeDecodeError:
            told["raw_base64"] = base64.b64encode(raw).decode("ascii")
    return json_line(told)
