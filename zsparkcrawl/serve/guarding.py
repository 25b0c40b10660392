"""Who is let in, and what every answer carries: the host, the method, the token, the headers of protection."""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "is_loopback", "is_own_name"]

_COOKIE = "zspark_token"
_METHODS = ("GET", "HEAD")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+?)\.?(?::\d{1,5})?", re.ASCII)

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""What every answer carries that does not say otherwise."""


class Guard:
    """Stands before the whole app. ``bound`` is the address that the server listens on, ``token`` what a visitor must
    show, None on a machine of one's own.

    A page of the web can make a browser ask this server under a name of its own (DNS rebinding), so only names count
    that nobody else can give away: addresses in numbers, localhost, this machine's name, the bound one.
    """

    def __init__(self, app: ASGIApp, *, bound: str, token: str | None = None) -> None:
        self._app = app
        self._bound = bound
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the app do it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a websocket: there are none
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._objection(scope) or self._admission(scope)
        await (answer or self._app)(scope, receive, guarded)

    def _objection(self, scope: Scope) -> Response | None:
        host = Headers(scope=scope).get("host", "")
        if not is_own_name(host, self._bound):
            return PlainTextResponse("This server does not go by that name.\n", 421)
        if scope["method"] not in _METHODS:
            return PlainTextResponse("This archive can only be read.\n", 405, {"Allow": ", ".join(_METHODS)})
        return None

    def _admission(self, scope: Scope) -> Response | None:
        """None for whoever may come in."""
        if self._token is None:
            return None
        headers = Headers(scope=scope)
        told = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=None)
        if any(name == "token" and self._is_token(value) for name, value in told):
            rest = urlencode([(name, value) for name, value in told if name != "token"])
            answer = RedirectResponse(f"{_path(scope)}{'?' + rest if rest else ''}", 303)
            answer.set_cookie(_COOKIE, self._token, httponly=True, samesite="strict", path="/")
            return answer
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        shown = bearer if scheme.lower() == "bearer" else cookie_parser(headers.get("cookie", "")).get(_COOKIE, "")
        if self._is_token(shown):
            return None
        return PlainTextResponse("Open the address with the token that the server printed when it started.\n", 401)

    def _is_token(self, shown: str) -> bool:
        # In constant time; as bytes, for compare_digest refuses text that is not ASCII.
        return hmac.compare_digest(shown.encode("utf-8", "replace"), (self._token or "").encode())


def _path(scope: Scope) -> str:
    """The path as it was asked for; with one slash at the beginning, for two would name another host."""
    raw = scope.get("raw_path") or scope["path"].encode()
    return "/" + str(raw.decode("latin-1")).lstrip("/\\")


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a server that is bound to this host.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_own_name(header: str, bound: str) -> bool:
    """Whether a Host header names this server, which is bound to ``bound``.

    >>> is_own_name("localhost:8008", "127.0.0.1"), is_own_name("park.example:8008", "127.0.0.1")
    (True, False)
    >>> is_own_name("192.0.2.7", "127.0.0.1"), is_own_name("192.0.2.7:80", "0.0.0.0"), is_own_name("[::1]:80", "::1")
    (False, True, True)
    """
    found = _HOST.fullmatch(header)
    if not found:
        return False
    name = found[1].strip("[]").lower()
    if is_loopback(name):
        return True
    if is_loopback(bound):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in {bound.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}
    return True
