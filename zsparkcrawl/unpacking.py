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
    where Scrapy would lose it: as a page when it was never packed, and otherwise as a part of one. A torn gzip file,
    which Scrapy takes for whole, is a part as well."""

    def process_response(  # type: ignore[override]  # Scrapy's has one more, and warns of whoever uses it
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, unpacked where that is possible."""
        encodings = [name.strip().lower() for name in response.headers.getlist("Content-Encoding")]
        try:
            unpacked = super().process_response(request, response)
        except _BROKEN:
            del response.headers["Content-Encoding"]
            return response if response.body.lstrip()[:1] == b"<" else _part(response)
        if encodings in ([b"gzip"], [b"x-gzip"]) and isinstance(unpacked, Response):
            return unpacked if _is_whole(response.body, len(unpacked.body)) else _part(unpacked)
        return unpacked


def _part(response: Response) -> Response:
    return response.replace(flags=[*response.flags, "partial"])


def _is_whole(packed: bytes, length: int) -> bool:
    """Whether a gzip file, or the first of several behind one another, comes to its end."""
    member = zlib.decompressobj(wbits=31)
    try:
        member.decompress(packed, length + 1)
    except zlib.error:
        return False
    return member.eof
