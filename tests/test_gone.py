"""What the site has removed, what only has another address, and what stands again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ON_SERVER
from tests.raw import change
from tests.serving import ORDINARY, Route, Site, article, crawl, listing, page, redirect
from zsparkcrawl.archive import Lease, Listed, Shown, Standing, Visited, Wanted
from zsparkcrawl.fetched import Reading
from zsparkcrawl.items import Article
from zsparkcrawl.keeping import Keeping
from zsparkcrawl.run import Run

DAY = dt.timedelta(days=1)
HTTP, HTTPS = "http://www.nhtp.org/news/7.html", "https://www.nhtp.org/news/7.html"


class Nights:
    """One archive, night after night: each is a run that sees all."""

    pages = 0

    def __init__(self, environ: dict[str, str]) -> None:
        self.now = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
        self.keeping = Keeping.hold(environ, lambda: self.now)

    def night(self, days: int = 0) -> dict[str, Lease]:
        """The articles that a run takes so many days later, by their addresses."""
        self.now += days * DAY
        self.run = self.run_of(None)
        return {lease.url: lease for lease in self.run.lease(9)}

    def mirror(self) -> dict[str, Lease]:
        """The same of a crawl of a mirror."""
        self.run = self.run_of("http://mirror.example/news/")
        return {lease.url: lease for lease in self.run.lease(9)}

    def run_of(self, start_url: str | None, *, full: bool = True) -> Run:
        """A run, of the site or of a mirror."""
        facts = {"site": "nhtp", "section": "news", "start_url": start_url, "arguments": {}}
        return self.keeping.start_run(**facts, wanted=Wanted(full=full))  # type: ignore[arg-type]

    def show(self, *urls: str) -> dict[str, Lease]:
        """A listing names these addresses; returns what is to be fetched."""
        taken = self.show_page(*urls)
        return {**taken, **{lease.url: lease for lease in self.run.lease(9)}}

    def show_page(self, *urls: str) -> dict[str, Lease]:
        """A page of a listing names these addresses; returns what else was to be fetched."""
        self.pages += 1
        page = f"http://www.nhtp.org/news/list_{self.pages}.html"
        self.run.begin([page], lambda url, _: {"first": url, "trusting": False})
        taken = {lease.url: lease for lease in self.run.lease(9)}
        visited = Visited(taken.pop(page), Standing("read", visits=1))
        shown = self.run.frontier.listed(visited, page, [Listed(url) for url in urls], _nowhere, self.now)
        assert shown.rows == len(urls)
        return taken

    def read(self, lease: Lease) -> str:
        """The site serves it."""
        self.run.reads(lease.url, Reading(lease, None, '"7"'))
        return self.run.store(Article("nhtp", "news", "7", lease.url, "园区开放日"))

    def end(self) -> None:
        """The night is over."""
        self.keeping.archive.end_run(self.run.number, state="good", reason="", counts={}, ended=self.now)

    @property
    def gone(self) -> bool:
        """Whether the article is marked as gone."""
        (row,) = self.keeping.archive.articles()
        return row["gone_at"] is not None


def _nowhere(_: Shown) -> tuple[()]:
    return ()


@pytest.fixture
def nights(environ: dict[str, str]) -> Iterator[Nights]:
    made = Nights(environ)
    yield made
    made.keeping.release()


def removed(nights: Nights, *urls: str, days: int = 8) -> None:
    """Four nights on which the site has nothing under these addresses, and serves the others."""
    for _ in range(4):
        taken = nights.night(days)
        for url in sorted(taken, reverse=True):  # what stands comes first: the mark must not be its last word
            if url in urls:
                nights.run.not_read(taken[url], "gone", reason="HTTP status 404")
            else:
                nights.read(taken[url])
        nights.end()


def test_an_article_that_stands_under_another_address_is_not_gone(nights: Nights) -> None:
    """As when a site turns to https, and its old addresses lead nowhere one day."""
    nights.night()
    assert [nights.read(lease) for lease in nights.show(HTTP, HTTPS).values()] == ["new", "unchanged"]
    nights.end()
    removed(nights, HTTP)
    assert not nights.gone
    removed(nights, HTTP, HTTPS)
    assert nights.gone


def test_what_a_mirror_lacks_is_not_gone_and_a_mirror_keeps_nothing_standing(nights: Nights) -> None:
    mirrored = HTTP.replace("www.nhtp.org", "mirror.example")
    nights.night()
    nights.read(nights.show(HTTP)[HTTP])
    nights.end()
    nights.mirror()
    nights.read(nights.show(mirrored)[mirrored])
    nights.end()
    for _ in range(4):
        nights.now += 8 * DAY
        lease = nights.mirror()[mirrored]
        nights.run.not_read(lease, "gone", reason="HTTP status 404")
        nights.end()
    assert not nights.gone
    nights.read(nights.mirror()[mirrored])
    nights.end()
    removed(nights, HTTP)
    assert nights.gone


def test_an_answer_that_nothing_changed_says_that_an_article_stands_again(nights: Nights) -> None:
    nights.night()
    nights.read(nights.show(HTTP)[HTTP])
    nights.end()
    removed(nights, HTTP)
    assert nights.gone
    lease = nights.night(30)[HTTP]
    assert lease.etag == '"7"', "the site is asked whether it changed"
    nights.run.unchanged(Reading(lease, None, lease.etag))
    assert not nights.gone


def test_what_is_gone_is_asked_for_when_a_listing_shows_it_again(nights: Nights) -> None:
    nights.night()
    nights.read(nights.show(HTTP)[HTTP])
    nights.end()
    removed(nights, HTTP)
    again = []
    for _ in range(3):  # a dead link that stays costs one request, not one a night
        nights.now += DAY
        nights.run = nights.run_of(None, full=False)
        taken = nights.show(HTTP)
        again.append(list(taken))
        for lease in taken.values():
            nights.run.not_read(lease, "gone", reason="HTTP status 404")
            nights.show_page(HTTP)  # and a later page of the listing shows it too
        nights.end()
    assert again == [[HTTP], [], []]


@ON_SERVER
def test_an_article_that_got_another_number_is_read_there(data: Path) -> None:
    routes = {
        "/robots.txt": (404, {}, b""),
        "/news/": listing([1, 2, 3]),
        "/news/1.html": redirect("/news/1001.html"),
        "/news/1001.html": article(1001),
        "/news/2.html": redirect("/zcgg/9.html"),
        "/zcgg/9.html": article(9),
        "/zcgg/": page('<ul><li><a href="/zcgg/8.html">园区通知八</a> 2019-02-19</li></ul>'),
        "/zcgg/8.html": article(8),
        "/news/3.html": article(3),
    }
    with Site(routes) as site:
        first = crawl(data, site)
        again = crawl(data, site)
        kept = first.rows("SELECT section, native_id FROM articles ORDER BY 1, 2")
        states = "SELECT section, replace(url, rtrim(url, replace(url, '/', '')), ''), state FROM frontier"
        found = first.rows(f"{states} WHERE kind = 'article' ORDER BY 1, 2")
    assert (first.code, again.code) == (0, 0), first.err
    assert kept == [("news", "1001"), ("news", "3")]
    assert found == [
        ("news", "1.html", "duplicate"),
        ("news", "1001.html", "read"),
        ("news", "2.html", "duplicate"),
        ("news", "3.html", "read"),
        ("notices", "9.html", "waiting"),
    ], "a notice waits for the crawl of the notices"


@pytest.mark.parametrize(
    ("there", "state", "misses", "data"),
    [
        (page("<h1>系统维护中</h1><p>网站正在维护，请您稍后再来。</p>"), "read", 0, "sqlite"),
        (page("<title>Just a moment...</title><p>Enable JavaScript and cookies to continue</p>"), "read", 0, "sqlite"),
        (page("<h1>园区</h1><p>欢迎来到园区。</p>"), "read", 1, "any"),
        (page("<h1>404</h1><p>您访问的页面不存在</p>"), "read", 1, "sqlite"),
    ],
    indirect=["data"],
)
def test_a_way_to_a_page_that_says_not_now_tells_of_no_removal(
    data: Path, there: Route, state: str, misses: int
) -> None:
    """As when a whole site leads to one page while it is worked on."""
    with Site({**ORDINARY, "/wait.html": there}) as site:
        assert crawl(data, site).code == 0
        for number in (1, 2, 3):
            site.routes[f"/news/{number}.html"] = redirect("/wait.html")
        end = crawl(data, site, "-a", "full=1")
    assert end.rows("SELECT DISTINCT state, misses FROM frontier WHERE kind = 'article'") == [(state, misses)]


def test_where_each_address_leads_to_a_new_one_the_way_ends(tmp_path: Path) -> None:
    """A trap: whatever is asked for leads to a number that nobody knows yet, and that one is there but once."""
    asked: set[str] = set()

    def anywhere(path: str) -> Route:
        number = int(path.rpartition("/")[2].removesuffix(".html"))
        if number % 2:  # the page to which another one leads
            return (
                article(number) if path not in asked and not asked.add(path) else redirect(f"/news/{number + 2}.html")
            )
        return redirect(f"/news/{number + 1}.html")

    routes = {"/robots.txt": (404, {}, b""), "/news/": listing([10]), "*": anywhere}
    with Site(routes) as site:
        end = crawl(tmp_path, site)
        assert len(site.asked) < 10
    assert end.rows("SELECT count(*) FROM frontier WHERE kind = 'article'") == [(2,)]
    assert "Traceback" not in end.err


@ON_SERVER
def test_a_retry_after_of_nonsense_costs_no_run(data: Path) -> None:
    nonsense = ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "1" * 5000, "Wed, 31 Dec 9999 x")
    routes = {
        "/robots.txt": (404, {}, b""),
        "/news/": listing(range(1, 13)),
        **{f"/news/{number}.html": article(number) for number in range(1, 13)},
        **{f"/news/{4 * n}.html": (503, {"Retry-After": said}, b"busy") for n, said in enumerate(nonsense, 1)},
    }
    with Site(routes) as site:
        end = crawl(data, site)
        assert end.code == 0, end.err
        assert "Traceback" not in end.err
        assert change(data, "UPDATE frontier SET due_at = '2020-01-01T00:00:00Z' WHERE reason LIKE '%503'") == 3
