"""The report, as `zsparkcrawl report` makes it."""

from __future__ import annotations

import threading
from importlib.util import find_spec

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from zsparkcrawl.report import EmptyArchiveError, figures, page
from zsparkcrawl.serve import rendering

__all__ = ["has_report", "report_itself", "report_page"]

_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_ALONE = threading.Lock()
"""The plotting library keeps its settings in one place for all threads."""


def has_report() -> bool:
    """Whether plots can be made here: their library comes with an extra of its own."""
    return find_spec("matplotlib") is not None


def report_page(request: Request) -> Response:
    """The report on the whole archive."""
    return rendering.page(request, "report.html")


def report_itself(request: Request) -> Response:
    """The report alone, one page that needs nothing else. It is counted and drawn anew each time."""
    language = rendering.words_of(request).language
    try:
        numbers = figures(rendering.archive_of(request))
    except EmptyArchiveError as error:
        raise HTTPException(404, str(error)) from error
    with _ALONE:
        text = page(numbers, language)
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "X-Frame-Options": "SAMEORIGIN"})
