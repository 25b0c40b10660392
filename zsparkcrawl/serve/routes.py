"""Which address leads where. docs/viewer.md and the page /api are written from here and the docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from zsparkcrawl.serve import api, articles, copies, handing_out, originals, pages, reports, styles

__all__ = ["HANDLERS", "addresses"]

Handler = Callable[[Request], Response]

HANDLERS: Mapping[str, Handler] = {
    "/": pages.list_page,
    "/articles/{id:int}": articles.article_page,
    "/articles/{id:int}/versions": articles.versions_page,
    "/articles/{id:int}/diff": articles.diff_page,
    "/articles/{id:int}/copies": copies.copies_page,
    "/articles/{id:int}/original": originals.original_page,
    "/captures/{id:int}": originals.harmless_page,
    "/captures/{id:int}/bytes": originals.bytes_as_they_came,
    "/files/{sha256}": originals.file_as_it_came,
    "/download/{form}": handing_out.download,
    "/runs": pages.runs_page,
    "/report": reports.report_page,
    "/report/page": reports.report_itself,
    "/api": pages.address_page,
    "/api/articles": api.articles,
    "/api/articles/{id:int}": api.article,
    "/api/articles/{id:int}/edits": api.edits,
    "/api/articles/{id:int}/segments": api.segments,
    "/api/articles/{id:int}/injections": api.injections,
    "/api/articles/{id:int}/witnesses": api.witnesses,
    "/api/articles/{id:int}/versions": api.versions,
    "/api/articles/{id:int}/diff": api.diff,
    "/api/facets": api.facets,
    "/api/runs": api.runs,
    "/api/status": api.status,
    "/style.css": styles.style_sheet,
}
"""Address -> what answers there."""


def addresses() -> list[tuple[str, str]]:
    """Each address with what it gives, from the docstring of what answers there.

    >>> addresses()[-2]
    ('/api/status', 'How the archive stands, by section.')
    """
    return [
        (path.replace(":int", ""), " ".join((inspect.getdoc(made) or "").split())) for path, made in HANDLERS.items()
    ]
