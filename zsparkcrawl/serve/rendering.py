"""Pages from templates: the environment, and what every template knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from zsparkcrawl.archive import Archive
from zsparkcrawl.serve.words import LANGUAGES, Words, language_of, words_in

__all__ = ["archive_of", "data_of", "page", "words_of"]

_COOKIE = "zspark_lang"
_YEAR_SECONDS = 365 * 24 * 3600


@cache
def _environment() -> Environment:
    # Values are escaped, and a name that is not there is a fault and no blank.
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["day"] = _day
    environment.filters["moment"] = _moment
    environment.filters["grouped"] = _grouped
    environment.filters["size"] = _size
    return environment


def archive_of(request: Request) -> Archive:
    """The archive that is shown."""
    archive = request.app.state.archive
    assert isinstance(archive, Archive)
    return archive


def data_of(request: Request) -> Path:
    """The data folder, with captures and files."""
    folder = request.app.state.data
    assert isinstance(folder, Path)
    return folder


def words_of(request: Request) -> Words:
    """The language of an answer: as ``?lang=`` says, or said before, or as the browser wishes."""
    for wish in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        for language in LANGUAGES:
            if wish == language:
                return words_in(language)
    return words_in(language_of(request.headers.get("accept-language", "")))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of a template. A language that was asked for by ``?lang=`` is remembered."""
    words = words_of(request)
    other = next(language for language in LANGUAGES if language != words.language)
    known = {
        "t": words,
        "path": request.url.path,
        "archive_name": _short(archive_of(request).name),
        "other_language": words_in(other),
        "switch": str(request.url.include_query_params(lang=other).query),
        "has_report": request.app.state.has_report,
    }
    html = _environment().get_template(template).render(**known, **values)
    answer = HTMLResponse(html, status, {"Content-Language": words.tag, "Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") == words.language:
        answer.set_cookie(_COOKIE, words.language, max_age=_YEAR_SECONDS, httponly=True, samesite="strict")
    return answer


def _day(moment: str | None) -> str:
    """The day of a moment of the archive.

    >>> _day("2026-11-22T08:30:00Z"), _day(None)
    ('2026-11-22', '')
    """
    return (moment or "")[:10]


def _moment(moment: str | None) -> str:
    """A moment of the archive as people read it.

    >>> _moment("2026-11-22T08:30:00Z")
    '2026-11-22 08:30 UTC'
    """
    return f"{moment[:10]} {moment[11:16]} UTC" if moment else ""


def _grouped(number: int) -> str:
    """A number with its thousands apart.

    >>> _grouped(120417)
    '120,417'
    """
    return f"{number:,}"


def _size(number: int | None) -> str:
    """A number of bytes as people read it.

    >>> _size(512), _size(183000), _size(None)
    ('512 B', '179 KB', '')
    """
    if number is None:
        return ""
    if number < 1024:
        return f"{number} B"
    return f"{number / 1024:.0f} KB" if number < 2**20 else f"{number / 2**20:.1f} MB"


def _short(name: str) -> str:
    """What a database is called by itself: its file, or what a server knows it as.

    >>> _short("data/zspark.sqlite"), _short("postgresql+psycopg://zspark@/zspark?host=/run/postgresql")
    ('zspark.sqlite', 'zspark')
    """
    return Path(name.partition("?")[0] if "://" in name else name).name
