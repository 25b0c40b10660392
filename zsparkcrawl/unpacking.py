"""Downloader middleware: a body without its compression, also where the server is wrong about it."""

from __future__ import annotations

import zlib

import brotli
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Request, Response

__all__ = ["UnpackMiddleware"]

_BROKEN = (OSError, EOFError, zlib.error, brotli.error)


class UnpackMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with its bound on the unpacked size (DOWNLOAD_MAXSIZE). What does not unpack is passed on as it came,
    where Scrapy would lose it: as a page when it was never packed, and otherwise as a part of one."""

    def process_response(  # type: ignore[override]  # Scrapy's has one more, and warns of whoever uses it
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, unpacked where that is possible."""
        try:
            unpacked: Request | Response = super().process_response(request, response)
        except _BROKEN:
            del response.headers["Content-Encoding"]
            if response.body.lstrip()[:1] == b"<":
                return response
            return response.replace(flags=[*response.flags, "partial"])
        return unpacked
