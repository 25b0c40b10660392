"""`zsparkcrawl serve`: the viewer."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from zsparkcrawl.cli.archive import database_option, open_archive
from zsparkcrawl.errors import ZsparkError

__all__ = ["serve"]

_LIBRARIES = ("starlette", "jinja2", "uvicorn")
_TOKEN_BYTES = 24


class TokenError(ZsparkError):
    """A token that anybody could guess."""

    exit_code = 2


class MetadataError(ZsparkError):
    """The metadata file could not be written."""


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; any but this machine's own needs a token.",
)
@click.option(
    "--port", default=8008, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--token", metavar="TOKEN", help="What visitors must show; otherwise ZSPARK_TOKEN, or one made for this time."
)
@click.option(
    "--datasette-metadata",
    "metadata",
    metavar="[FILE]",
    is_flag=False,
    flag_value="-",
    type=click.Path(path_type=Path),
    help="Serve nothing: write a metadata file for datasette, to FILE or standard output.",
)
@database_option
def serve(host: str, port: int, token: str | None, metadata: Path | None, database: str | None) -> None:
    """Show the archive in a browser: search, read, compare, download. Nothing can be changed there.

    It listens on this machine alone unless told otherwise; then visitors need the token in the address that is
    printed. Ends with Ctrl-C.
    """
    with open_archive(database) as archive:
        if metadata is not None:
            _write_metadata(metadata, Path(archive.name).stem)
            return
        from zsparkcrawl.extras import extra

        for library in _LIBRARIES:
            extra(library, "viewer")
        from zsparkcrawl.archive import data_folder
        from zsparkcrawl.serve import make_app
        from zsparkcrawl.serve.guarding import is_loopback
        from zsparkcrawl.serve.listening import address_of, bind, listen

        asked = token or os.environ.get("ZSPARK_TOKEN") or None
        shown = asked if asked or is_loopback(host) else secrets.token_urlsafe(_TOKEN_BYTES)
        _check_token(shown)
        bound = bind(host, port)
        address = address_of(host, bound.getsockname()[1], shown)
        app = make_app(archive, data_folder(os.environ), bound=host, token=shown)
        listen(app, bound, lambda: click.echo(f"{archive.name} is shown at {address}  (Ctrl-C ends it)"))


def _check_token(token: str | None) -> None:
    if token is not None and (len(token) < 8 or not token.isascii() or not token.isprintable()):
        raise TokenError("a token has at least 8 characters, all of them printable ASCII")


def _write_metadata(path: Path, database: str) -> None:
    import json

    from zsparkcrawl.serve.datasets import datasette_metadata
    from zsparkcrawl.whole_file import whole_file

    text = json.dumps(datasette_metadata(database), ensure_ascii=False, indent=2) + "\n"
    if str(path) == "-":
        click.echo(text, nl=False)
        return
    try:
        with whole_file(path) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise MetadataError(f"cannot write {path}: {error.strerror or error}") from error
