"""What was fetched: the archived page, made harmless, and files, handed out so that no browser runs them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from zsparkcrawl import charset
from zsparkcrawl.archive.files.store import path_of
from zsparkcrawl.archive.warc.captures import read_capture
from zsparkcrawl.archive.warc.keepers import keeper_of
from zsparkcrawl.serve.articles import asked_for
from zsparkcrawl.serve.disarming import POLICY, disarmed
from zsparkcrawl.serve.rendering import archive_of, data_of, page

__all__ = ["bytes_as_they_came", "file_as_it_came", "harmless_page", "original_page"]

_SEALED = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
_ONE_LINE = re.compile(r"[\x00-\x1f\x7f/\\]+")


def original_page(request: Request) -> Response:
    """The page that an article was read from, inside a sandbox: `version`."""
    asked = asked_for(request)
    number = asked.version["capture_id"]
    capture = None if number is None else archive_of(request).capture(number)
    return page(request, "original.html", row=asked.row, latest=asked.article["version"], capture=capture)


def harmless_page(request: Request) -> Response:
    """An archived page by the number of its capture: what runs or loads is taken out, and the answer forbids it too."""
    capture, body = _kept(request)
    if not re.match(r"\s*(text/|application/xhtml)|\s*$", capture["content_type"], re.IGNORECASE):
        raise HTTPException(404, "this capture is no web page; its bytes can be downloaded")
    text = charset.decode(body, capture["content_type"]).text
    headers = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(disarmed(text), headers=headers)


def bytes_as_they_came(request: Request) -> Response:
    """The body of a capture, byte for byte, as a download."""
    capture, body = _kept(request)
    headers = {**_SEALED, "Content-Disposition": f'attachment; filename="capture-{capture["id"]}.bin"'}
    return Response(body, media_type="application/octet-stream", headers=headers)


def file_as_it_came(request: Request) -> Response:
    """An attachment or a picture by the SHA-256 of its bytes, as a download."""
    sha256 = str(request.path_params["sha256"])
    known = archive_of(request).file(sha256) if re.fullmatch("[0-9a-f]{64}", sha256) else None
    path = data_of(request) / path_of(sha256) if known else None
    if known is None or path is None or not path.is_file():
        raise HTTPException(404, "there is no such file")
    headers = {**_SEALED, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(_name(known, sha256), safe='')}"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def _kept(request: Request) -> tuple[Mapping[str, Any], bytes]:
    number = str(request.path_params["id"])
    capture = archive_of(request).capture(int(number)) if len(number) < 10 else None
    if capture is None:
        raise HTTPException(404, f"there is no capture {number[:20]}")
    if capture["lost"]:
        raise HTTPException(404, f"capture {number} was lost: {capture['lost']}")
    place = (capture["body_file"], capture["body_offset"])
    folder = data_of(request) / "captures"
    keeper = keeper_of(capture, folder)
    _, _, body = read_capture(folder, capture["file"], capture["offset"], body_at=place, keeper=keeper)
    return capture, body


def _name(known: Mapping[str, Any], sha256: str) -> str:
    """What a file is called on the visitor's disk.

    >>> _name({"name": "关于申报的通知", "type": "docx"}, ""), _name({"name": "../a.pdf", "type": "pdf"}, "")
    ('关于申报的通知.docx', '.._a.pdf')
    """
    name = _ONE_LINE.sub("_", known["name"] or sha256[:16]).strip()[:150] or sha256[:16]
    ending = f".{known['type']}" if known["type"] else ""
    return name if name.lower().endswith(ending) else name + ending
