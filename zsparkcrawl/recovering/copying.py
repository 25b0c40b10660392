"""Keeping copies that somebody else made, as captures of our own with their own address and moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from zsparkcrawl.archive import Archive, KeptBody
from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.warc.captures import CaptureWriter
from zsparkcrawl.archive.warc.records import payload_digest
from zsparkcrawl.charset import declared_charset
from zsparkcrawl.recovering.answers import Answer

__all__ = ["Copied", "Copier"]


@dataclass(frozen=True, slots=True)
class Copied:
    """The capture that a copy became, and whether it is new: the same one was not entered before."""

    capture_id: int
    new: bool


@dataclass
class Copier:
    """Keeps copies in the archive's own WARC files, so that the archive stays whole without the file or the web
    archive that they came from."""

    archive: Archive
    captures: CaptureWriter
    now: Callable[[], dt.datetime]

    def keep(self, url: str, time: dt.datetime, answer: Answer, *, run_id: int) -> Copied:
        """Keep a copy of ``url`` as it was at ``time`` (aware). One of the same address, second and body is not kept
        again. Raises CaptureError, ArchiveError."""
        digest = payload_digest(answer.body)
        known = self.archive.capture_like(url, stamp(time), digest)
        if known is not None:
            return Copied(known, False)
        with self.archive.together():
            captured = self.captures.write(
                url=url,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
                request_headers=None,
                time=time,
                partial=answer.partial,
                kept=self._kept(url, digest) if answer.body else None,
                now=self.now(),
            )
            declared = declared_charset(answer.body, answer.header("content-type"))
            number = self.archive.add_capture(
                captured, run_id=run_id, declared_charset=declared, partial=answer.partial
            )
        return Copied(number, True)

    def _kept(self, url: str, digest: str) -> KeptBody | None:
        return self.archive.kept_body(url, digest)
