"""Downloader middlewares: what may be asked for, and keeping every response before anything reads it."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urljoin, urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Headers, Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extensions import RunLedger, is_kept
from zsparkcrawl.fetched import Exchange
from zsparkcrawl.spiders.plan import Plan

__all__ = [
    "CaptureMiddleware",
    "LeavingError",
    "NotNowError",
    "PartialMiddleware",
    "RedirectGuardMiddleware",
    "RefusedError",
    "RobotsMiddleware",
    "UrlGuard",
    "UrlGuardMiddleware",
]

logger = logging.getLogger(__name__)


class NotNowError(IgnoreRequest):
    """A refusal that another day may lift, unlike one by robots.txt or by the guard."""


class LeavingError(NotNowError):
    """A request was not sent, for this process is about to end: that says nothing about the site."""


class RefusedError(IgnoreRequest):
    """An address that must not be asked for."""


_FAILURES = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
)

_PORTS = {"http": 80, "https": 443}
_LONGEST_TOLD = 80
"""Characters of a refused address that are told: a data: address holds a page. Chosen."""


@dataclass
class UrlGuard:
    """What may be asked for: http and https, the given hosts on the given ports, and no private address
    unless it was named by the operator."""

    places: Collection[tuple[str, int]]
    """Host and port of everything that belongs to the crawl."""
    named: tuple[str, int] | None = None
    """Host and port of the start_url: the operator's own word, private or not."""
    _public: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of_plan(cls, plan: Plan) -> Self:
        """The guard for a crawl."""
        places = {(host, port) for host in plan.hosts for port in _PORTS.values()}
        if plan.start_url is None:
            return cls(places)
        named = _place(plan.start_url)
        # A start_url on a port of its own is a local replica: what else runs on that host is none of our
        # business.
        return cls(places if named[1] in _PORTS.values() else {named}, named)

    @classmethod
    def of_url(cls, url: str, hosts: Collection[str] = ()) -> Self:
        """The guard for an address that the operator named; ``hosts`` are those of its site."""
        named = _place(url)
        if named[1] not in _PORTS.values():
            return cls({named}, named)
        return cls({(host, port) for host in {named[0], *hosts} for port in _PORTS.values()}, named)

    def objection(self, url: str) -> str | None:
        """Why ``url`` must not be asked for; None when nothing in the address itself speaks against it.

        >>> UrlGuard({("nhtp.org", 80)}).objection("file:///etc/hostname")
        'only http and https are fetched'
        >>> UrlGuard({("nhtp.org", 80)}).objection("http://nhtp.org:8080/")
        'nhtp.org:8080 is no part of this crawl'
        """
        try:
            if urlsplit(url).scheme not in _PORTS:
                return "only http and https are fetched"
            place = _place(url)
        except ValueError:
            return "not an address"
        if place not in self.places:
            return f"{place[0]}:{place[1]} is no part of this crawl"
        if place != self.named and _is_private(place[0]):
            return f"{place[0]} is a private address"
        return None

    async def leads_inside(self, url: str) -> bool:
        """Whether the name of the host stands for a private address, which a hijacked domain may well do."""
        place = _place(url)
        if place == self.named:
            return False
        if place[0] not in self._public:
            self._public[place[0]] = not any(map(_is_private, await _addresses(*place)))
        return not self._public[place[0]]


class UrlGuardMiddleware:
    """Holds every request against a :class:`UrlGuard`, redirects and robots.txt included. ``guard`` is None where the
    operator names the addresses himself, in the shell and with fetch and parse: the guard is then that of the last one
    named, and holds where it redirects to, and what its page links to."""

    def __init__(self, guard: UrlGuard | None, hosts: Collection[str] = ()) -> None:
        self.guard = guard or UrlGuard(())
        self._named_by_hand = guard is None
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For any crawler."""
        plan = getattr(crawler.spider, "plan", None)
        if not isinstance(plan, Plan):
            return cls(None)
        return cls(UrlGuard.of_plan(plan) if is_kept(crawler) else None, plan.site.hosts)

    async def process_request(self, request: Request) -> None:
        """Refuse what must not be asked for."""
        led = {"redirect_urls", "depth", "dont_obey_robotstxt"}
        if self._named_by_hand and not any(request.meta.get(name) for name in led):
            self.guard = UrlGuard.of_url(request.url, self._hosts)
        objection = self.guard.objection(request.url)
        if objection is None and await self.guard.leads_inside(request.url):
            objection = f"{urlsplit(request.url).hostname} stands for a private address"
        if objection:
            logger.info("refused %r: %s", request.url, objection)
            raise RefusedError(f"refused {request.url}: {objection}")


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, but a robots.txt that cannot be had (the server fails, it leads to another host) forbids
    all, as RFC 9309 asks for, where Scrapy would go ahead."""

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's host; None when it has none. Raises IgnoreRequest when they are
        unknown."""
        place = urlsplit(request.url)
        host = f"{place.scheme}://{place.netloc}"
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._fetch(f"{host}/robots.txt", request))
        return await asyncio.shield(self._rules[host])

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Future[RobotParser | None]] = {}

    async def _fetch(self, url: str, request: Request) -> RobotParser | None:
        meta = {"dont_obey_robotstxt": True}
        asking = Request(url, priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self.crawler.engine.download_async(asking)
        except _FAILURES as error:
            raise NotNowError(f"{url} could not be had ({type(error).__name__}: {error})") from error
        # A redirect that came through leads to where nothing is fetched from: the rules are unknown.
        if response.status >= 500 or 300 <= response.status < 400:
            raise NotNowError(f"{url} could not be had (HTTP status {response.status})")
        if response.status >= 400:
            return None
        parser = self._parserimpl.from_crawler(self.crawler, response.body)
        await self.crawler.signals.send_catch_log_async(signals.robots_parsed, robotparser=parser, request=request)
        return parser


class CaptureMiddleware:
    """Keeps every response through the run, redirects, errors and robots.txt included. It stands where the
    body has lost its compression and nothing else has happened."""

    def __init__(self, ledger: RunLedger) -> None:
        self.ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For a crawl that is entered as a run."""
        return cls(RunLedger.of(crawler))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep it. When it cannot be kept the run ends, for what is not kept must not be read either."""
        exchange = Exchange(
            url=request.url,
            method=request.method,
            status=response.status,
            headers=_plain(response.headers),
            body=response.body,
            request_headers=_plain(request.headers),
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            partial=is_partial(response),
        )
        try:
            request.meta["kept"] = self.ledger.run.capture(exchange)
        except ZsparkError as error:
            self.ledger.broke(error)
            raise NotNowError(str(error)) from error
        self.ledger.count("captures")
        return response


class PartialMiddleware:
    """Holds back a response of which a part is missing; it is kept, but never read as if it were whole. The frontier
    has it asked for again."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Pass on what is whole."""
        if is_partial(response):
            raise NotNowError("the answer ended before it was whole")
        return response


class RedirectGuardMiddleware:
    """Refuses redirects to what is fetched from no server: file:, data:, javascript: and the like. Scrapy hands some of
    them through as they came, and stumbles over others."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Pass on what leads to http or https, or nowhere."""
        target = response.headers.get("Location") if 300 <= response.status < 400 else None
        if target is not None:
            told = "".join(c if c.isprintable() else "?" for c in target.decode("latin-1").strip())
            try:
                allowed = urlsplit(urljoin(request.url, told)).scheme in _PORTS
            except ValueError:
                allowed = False
            if not allowed:
                raise RefusedError(f"refused {told[:_LONGEST_TOLD]}: only http and https are fetched")
        return response


def is_partial(response: Response) -> bool:
    """Whether the connection ended before the whole body came."""
    return bool({"partial", "dataloss"} & set(response.flags))


def _plain(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return not address.is_global or address.is_multicast


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []  # the download will say so; behind a proxy, names need not resolve here at all
    return [str(address[0]) for *_, address in found]
