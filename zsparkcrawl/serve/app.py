"""The app: routes, faults told as pages or as JSON, the guard before it all."""

from __future__ import annotations

import json
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from zsparkcrawl.archive import Archive, QueryError
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.serve.guarding import Guard
from zsparkcrawl.serve.rendering import page, words_of
from zsparkcrawl.serve.reports import has_report
from zsparkcrawl.serve.routes import HANDLERS, addresses

__all__ = ["make_app"]

_TOLD = {400: "fault.heading-400", 404: "fault.heading-404", 503: "fault.heading-503"}


def make_app(archive: Archive, data: Path, *, bound: str = "127.0.0.1", token: str | None = None) -> ASGIApp:
    """The viewer of an open archive and its data folder, as an ASGI app. ``bound`` is the address that it is served at,
    ``token`` what visitors must show."""
    app = Starlette(
        routes=[Route(path, handler) for path, handler in HANDLERS.items()],
        exception_handlers={HTTPException: _refused, ZsparkError: _unable},
    )
    app.router.redirect_slashes = False
    app.state.archive, app.state.data = archive, data
    app.state.addresses, app.state.has_report = addresses(), has_report()
    # Around everything, so that even an answer to a fault of the program itself is guarded.
    return Guard(app, bound=bound, token=token)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _fault(request, error.status_code, error.detail)


def _unable(request: Request, error: Exception) -> Response:
    return _fault(request, 400 if isinstance(error, QueryError) else 503, str(error))


def _fault(request: Request, status: int, told: str) -> Response:
    if request.url.path.startswith("/api/"):
        return Response(json.dumps({"error": told}, ensure_ascii=False), status, media_type="application/json")
    heading = words_of(request)(_TOLD.get(status, "fault.heading-500"))
    return page(request, "fault.html", status=status, heading=heading, told=told)
