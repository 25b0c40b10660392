"""The bytes as they came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["Captured"]


@dataclass(frozen=True, slots=True)
class Captured:
    """A response that is kept: what it was, and where its record lies.

    ``file`` is the WARC file's name, ``offset`` the byte at which the record begins, ``length`` how many
    bytes it has there, ``digest`` the WARC-Payload-Digest of its body."""

    url: str
    time: dt.datetime
    status: int
    content_type: str
    file: str
    offset: int
    length: int
    digest: str
