"""Telling somebody how a night ended: a web address that takes JSON, or a mail address.

The address of a webhook is a secret. It comes from the environment alone and stands in no message of ours.
"""

from __future__ import annotations

import ipaddress
import json
import re
import smtplib
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from urllib.parse import urlsplit

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.loglines import visible

__all__ = ["NoticeError", "Send", "sender", "tell"]

_SECONDS = 10.0
"""How long a notice may take in all; chosen: it must not hold up the end of a night."""
_MOST = 4000
"""Characters of one notice; chosen: chat programs cut longer ones, or refuse them."""
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,255}", re.ASCII)
_SERVER = re.compile(r"(?P<host>[\w.-]{1,255}|\[[0-9a-fA-F:]+\])(?::(?P<port>\d{1,5}))?", re.ASCII)

Send = Callable[[str], None]
"""Sends a text. Raises OSError, or NoticeError."""


class NoticeError(ZsparkError):
    """ZSPARK_NOTIFY or ZSPARK_SMTP makes no sense, or the other side did not take a notice."""

    exit_code = 2


def sender(environ: Mapping[str, str]) -> Send | None:
    """What sends to the place that ZSPARK_NOTIFY names; None when it names none. Raises NoticeError.

    >>> sender({}) is None
    True
    >>> sender({"ZSPARK_NOTIFY": "ftp://x.example/"})
    Traceback (most recent call last):
    ...
    zsparkcrawl.notifying.NoticeError: ZSPARK_NOTIFY must be https://… or mailto:name@host
    """
    target = environ.get("ZSPARK_NOTIFY", "").strip()
    if not target:
        return None
    if target.startswith("mailto:") and _ADDRESS.fullmatch(target.removeprefix("mailto:")):
        server = _SERVER.fullmatch(environ.get("ZSPARK_SMTP") or "localhost:25")
        if server is None or not 0 < int(server["port"] or 25) < 65_536:
            raise NoticeError("ZSPARK_SMTP must be a host, or host:port")
        place = server["host"].strip("[]"), int(server["port"] or 25)
        return partial(_mail, target.removeprefix("mailto:"), place)
    if not _is_web_address(target):
        raise NoticeError("ZSPARK_NOTIFY must be https://… or mailto:name@host")
    return partial(_post, target)


def tell(send: Send, text: str, seconds: float = _SECONDS) -> str | None:
    """Send a text; returns None when it was taken, else why not, in a line that names no address."""
    faults: list[str] = []
    told = visible(text)[:_MOST]
    # A thread, for the time limits of sockets hold for each step and not for the whole. It dies with the process.
    thread = threading.Thread(target=_try, args=(send, told, faults), daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return f"the notice was not taken within {seconds:g} s"
    return f"the notice could not be sent: {faults[0]}" if faults else None


def _try(send: Send, text: str, faults: list[str]) -> None:
    try:
        send(text)
    except NoticeError as error:
        faults.append(str(error))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # Not the words of the error: they may repeat the address.
        faults.append(type(error).__name__)


def _is_web_address(target: str) -> bool:
    """Whether notices may go there: https, and plain http on this machine alone."""
    try:
        parts = urlsplit(target)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    whole = bool(host) and not any(sign.isspace() or not sign.isprintable() for sign in target)
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A notice goes where it was sent, or nowhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(address: str, text: str) -> None:
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "zsparkcrawl"}
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 - http and https alone
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=_SECONDS) as answer:
            answer.read(1000)
    except urllib.error.HTTPError as error:
        error.close()
        raise NoticeError(f"HTTP status {error.code}") from None


def _mail(address: str, place: tuple[str, int], text: str) -> None:
    message = EmailMessage()
    message["Subject"] = text.partition("\n")[0][:150]
    message["From"] = f"zsparkcrawl@{socket.gethostname()}"
    message["To"] = address
    message["Date"], message["Message-ID"] = formatdate(localtime=False), make_msgid(domain="zsparkcrawl.invalid")
    message.set_content(text, cte="quoted-printable")
    with smtplib.SMTP(*place, timeout=_SECONDS) as server:
        server.send_message(message)
