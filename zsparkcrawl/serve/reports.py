"""The report, where the package can make one."""

from __future__ import annotations

from importlib.util import find_spec

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["has_report", "report_page"]


def has_report() -> bool:
    """Whether reports can be made here."""
    return find_spec("matplotlib") is not None and False


def report_page(request: Request) -> Response:
    """The report on the whole archive, as one page."""
    raise HTTPException(404, "there is no report here")
