"""What is told of a database: its name and its faults, in one line and without any secret."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

__all__ = ["file_url", "one_line", "parsed_url", "told_name"]

_SECRET = ("password", "sslpassword")
"""The words of libpq behind the question mark of a URL that nobody is to read."""


def file_url(path: Path) -> str:
    """The SQLAlchemy URL of a file of SQLite, whatever signs are in its name.

    >>> file_url(Path("data/zspark.sqlite")), file_url(Path("50%20?.sqlite"))
    ('sqlite:///data/zspark.sqlite', 'sqlite:///50%2520%3F.sqlite')
    """
    return URL.create("sqlite", database=path.as_posix()).render_as_string()


def parsed_url(url: str) -> URL:
    """An SQLAlchemy URL in its parts. Raises ArgumentError for what is none. It never tells a part: where a password
    has signs that mean something in a URL, parts of it stand in others' places.

    >>> parsed_url("postgresql+psycopg://zspark:two@words@127.0.0.1/zspark")
    Traceback (most recent call last):
    sqlalchemy.exc.ArgumentError: its host has an @: in a name or password write %40 for it, and %25 for %
    """
    try:
        parsed = make_url(url)
    except ValueError:
        # Without the error itself, for it tells what stands in the port's place.
        raise ArgumentError("its port is no number; in a name or password write %40 for @, and %25 for %") from None
    if "@" in (parsed.host or "") or (parsed.password and "@" in (parsed.database or "")):
        raise ArgumentError("its host has an @: in a name or password write %40 for it, and %25 for %")
    return parsed


def told_name(url: URL) -> str:
    """What a database is called in all that is told of it: its file, or its URL without a secret.

    >>> told_name(parsed_url("sqlite:///data/zspark.sqlite"))
    'data/zspark.sqlite'
    >>> told_name(parsed_url("postgresql+psycopg://zspark:secret@db/zspark?sslmode=require&password=secret"))
    'postgresql+psycopg://zspark:***@db/zspark?password=***&sslmode=require'
    """
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    hidden = {name: "***" for name in _SECRET if name in url.query}
    return url.update_query_dict(hidden).render_as_string(hide_password=True).replace("=%2A%2A%2A", "=***")


def one_line(error: BaseException) -> str:
    """What an error says, in one line. Of what a server says that is the fault and its detail, without the statement
    that it was found in."""
    told = getattr(error, "diag", None)
    if told is not None and told.message_primary:
        parts: tuple[str | None, ...] = (told.message_primary, told.message_detail)
    else:
        parts = (str(error),)
    return " ".join(" ".join(part for part in parts if part).split())
