"""The server: the address it listens on, and the token that visitors from elsewhere show."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from zsparkcrawl.errors import ZsparkError

__all__ = ["ListenError", "address_of", "bind", "listen"]

_BACKLOG = 128


class ListenError(ZsparkError):
    """The server cannot listen where it should."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on host and port; port 0 takes a free one. Raises ListenError: in use, not this machine's,
    not allowed."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ListenError(f"cannot listen on {host}: {error.strerror or error}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise ListenError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return bound


def address_of(host: str, port: int, token: str | None) -> str:
    """What a visitor opens.

    >>> address_of("::1", 8008, None), address_of("192.0.2.7", 8008, "ab/c")
    ('http://[::1]:8008/', 'http://192.0.2.7:8008/?token=ab%2Fc')
    """
    name = f"[{host}]" if ":" in host else host
    shown = "" if token is None else "?" + urlencode({"token": token})
    return f"http://{name}:{port}/{shown}"


def listen(app: ASGIApp, bound: socket.socket, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until Ctrl-C or SIGTERM. ``ready`` is called before the first request is taken."""
    config = uvicorn.Config(app, log_level="warning", server_header=False, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with closing(bound), suppress(KeyboardInterrupt):  # which the server raises again when it has ended well
        ready()
        server.run(sockets=[bound])
