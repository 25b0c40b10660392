"""The style sheet: the only asset there is."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["style_sheet"]


@cache
def _style() -> bytes:
    return files(__package__).joinpath("style.css").read_bytes()


def style_sheet(_: Request) -> Response:
    """The style sheet of all pages."""
    return Response(_style(), media_type="text/css; charset=utf-8", headers={"Cache-Control": "private, max-age=300"})
