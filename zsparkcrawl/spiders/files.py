"""Fetching the attachments and pictures of articles, within bounds."""

from __future__ import annotations

import datetime as dt
import logging
from urllib.parse import urldefrag, urlsplit

from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Request, Response
from twisted.python.failure import Failure
from w3lib.url import safe_url_string

from zsparkcrawl.archive import Lease
from zsparkcrawl.archive.crawling.offers import Placed
from zsparkcrawl.archive.crawling.visits import Ending
from zsparkcrawl.archive.files.store import FileError
from zsparkcrawl.filing import FileAnswer, Files
from zsparkcrawl.middlewares import UrlGuard
from zsparkcrawl.run import Run
from zsparkcrawl.spiders.failures import Fault, fault_of, request_of
from zsparkcrawl.spiders.plan import Plan
from zsparkcrawl.spiders.planned import PlannedSpider, reading_of

__all__ = ["FileSpider", "place_of"]

logger = logging.getLogger(__name__)

_OK, _NOT_MODIFIED = 200, 304
_TIMES_AS_LONG = 10
"""A file may take so many times DOWNLOAD_TIMEOUT: it is larger than a page by more than that."""


class FileSpider(PlannedSpider):
    """Asks for files and keeps them. What goes wrong with one is entered and counted, and costs no article."""

    _files_lost_in_a_row = 0

    def parse_file(self, response: Response) -> None:
        """Keep a file, unless the answer is something else in its place."""
        lease: Lease = response.meta["lease"]
        run, files = self._filing()
        if response.status == _NOT_MODIFIED:
            with self.keeping():
                run.file_unchanged(reading_of(response, lease, response.meta.get("kept")))
            self._file_came()
            return
        if files.fetched(len(response.body)):
            logger.info("no more files in this run: %s", files.closed)
        self._count("file_bytes", len(response.body))
        answer = FileAnswer(
            asked=lease.url,
            url=response.url,
            body=response.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            disposition=response.headers.get("Content-Disposition") or b"",
            name=lease.title or "",
        )
        if response.status != _OK:
            self._file_lost(lease, Fault("not now", f"HTTP status {response.status}"))
        elif objection := answer.objection:
            ending: Ending = "not an article" if response.body else "not now"
            self._file_lost(lease, Fault(ending, objection))
        else:
            self._keep(lease, response, answer)

    def file_failed(self, failure: Failure) -> None:
        """Enter why a file could not be fetched."""
        request, fault = request_of(failure), fault_of(failure, dt.datetime.now(dt.UTC))
        if isinstance(failure.value, DownloadCancelledError):
            # To ask again would bring as many bytes again, for nothing.
            fault = Fault("forbidden", f"more than {self._most_bytes} bytes (ZSPARK_FILE_BYTES)")
        self._file_lost(request.meta["lease"], fault)

    def begin_files(self) -> None:
        """Let the run have the files of the articles that it reads, unless `-a files=0` leaves them out."""
        if self.run is None or self.run.store_of_files is None or not self.plan.files:
            return
        guard = UrlGuard.of_plan(self.plan)
        longest = self.settings.getint("URLLENGTH_LIMIT")
        most = self.settings.getint("ZSPARK_FILES_BYTES")
        self.run.files = Files(
            self.run.store_of_files, lambda url: place_of(url, self.plan, guard, longest), bytes_left=most
        )

    def file_request(self, lease: Lease) -> Request:
        """The request for a file."""
        known = {"If-None-Match": lease.etag, "If-Modified-Since": lease.last_modified}
        headers = {"Accept": "*/*", **{name: value for name, value in known.items() if value}}
        meta = {
            "lease": lease,
            "handle_httpstatus_list": [_NOT_MODIFIED] if len(headers) > 1 else [],
            "download_maxsize": self._most_bytes,
            "download_warnsize": 0,
            "download_timeout": self.settings.getfloat("DOWNLOAD_TIMEOUT") * _TIMES_AS_LONG,
        }
        return Request(lease.url, self.parse_file, errback=self.file_failed, headers=headers, meta=meta)

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _most_bytes(self) -> int:
        return self.settings.getint("ZSPARK_FILE_BYTES")

    def _filing(self) -> tuple[Run, Files]:
        assert self.run is not None, "files are fetched by lease"
        assert self.run.files is not None, "and by runs that want them"
        return self.run, self.run.files

    def _keep(self, lease: Lease, response: Response, answer: FileAnswer) -> None:
        run, files = self._filing()
        with self.keeping():
            try:
                run.store_file(reading_of(response, lease, response.meta.get("kept")), answer)
            except FileError as error:
                # A full disk: the articles may still find room.
                files.closed = str(error)
                self._file_lost(lease, Fault("not now", "it could not be kept"))
            else:
                self._file_came()

    def _file_came(self) -> None:
        self._files_lost_in_a_row = 0
        self._count("files")

    def _file_lost(self, lease: Lease, fault: Fault) -> None:
        _, files = self._filing()
        if self._end(lease, fault.ending, fault.reason, fault.retry_after):
            logger.info("will ask again for %s: %s", lease.url, fault.reason)
        else:
            self._count("files_failed")
            logger.info("no file from %s: %s", lease.url, fault.reason)
        self._files_lost_in_a_row = self._files_lost_in_a_row + 1 if fault.ending == "not now" else 0
        if self._files_lost_in_a_row == self.settings.getint("ZSPARK_FAILURES"):
            files.closed = f"{self._files_lost_in_a_row} failures in a row, the last: {lease.url}: {fault.reason}"
            logger.warning("no more files in this run: %s", files.closed)


def place_of(url: str, plan: Plan, guard: UrlGuard, longest: int) -> Placed | None:
    """Where a file is fetched from that a page names by ``url``: on a mirror from the mirror. None for what is no file
    of its own: a picture written into the page, or another article."""
    try:
        parts = urlsplit(urldefrag(url).url)
        if parts.scheme not in ("http", "https"):
            return None
        if parts.hostname in plan.aliases and parts.port is None and plan.start_url is not None:
            here = urlsplit(plan.start_url)
            parts = parts._replace(scheme=here.scheme, netloc=here.netloc)
        address = parts.geturl()
        if plan.site.place(address) is not None:
            return None
        objection = guard.objection(address)
        if objection is None and len(safe_url_string(address)) > longest:
            objection = f"an address of more than {longest} characters (URLLENGTH_LIMIT)"
    except ValueError:
        return None
    return Placed(address, objection)
