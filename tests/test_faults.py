"""The server on which faults are tried: it must show what it says it shows."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from bench.faults_answers import ANSWERS
from bench.faults_bombs import HOSTILE
from bench.faults_files import ROWS as FILE_ROWS
from bench.faults_rows import ROWS
from bench.faults_trial import Server, served
from zsparkcrawl import Page, read
from zsparkcrawl.sites import site_named


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as server:
        yield server


def got(url: str, **headers: str) -> tuple[int, bytes, str]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=told)  # noqa: S310 - our own server's
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers.get("ETag", "")
    except urllib.error.HTTPError as error:
        return error.code, error.read(), ""


def test_every_kind_of_answer_that_is_named_is_there() -> None:
    named = {kind for row in (*ROWS, *FILE_ROWS) for kind in row.switches.get("answers", {}).values()}
    assert named | set(HOSTILE) <= set(ANSWERS)


def test_one_word_and_nothing_else_is_another(server: Server) -> None:
    url = f"{server.site}/news/7.html"

    def article() -> tuple[str | None, str]:
        found = read(Page(url, got(url)[1], "text/html"), site_named("nhtp"))
        return found.title, found.body

    server.set(articles=40)
    first = article()
    server.set(articles=40, epoch=3)
    assert article() == first
    server.set(articles=40, epoch=3, word=7)
    title, body = article()
    assert title == first[0]
    assert body == first[1].replace("参加", "报名", 1)


def test_it_answers_conditional_requests_and_tells_what_was_asked(server: Server) -> None:
    server.set(articles=40, answers={"/news/2.html": "410"})
    status, body, tag = got(server.news)
    assert (status, body.count(b"<li>")) == (200, 20)
    assert got(server.news, If_None_Match=tag)[0] == 304
    assert (got(f"{server.site}/news/2.html")[0], got(f"{server.site}/news/41.html")[0]) == (410, 404)
    asked = server.log()
    assert [(each.listener, each.path) for each in asked] == [
        ("site", "/news/"),
        ("site", "/news/"),
        ("site", "/news/2.html"),
        ("site", "/news/41.html"),
    ]
    assert got(f"{server.inside}/news/1.html")[0] == 200
    assert [each.listener for each in server.log()] == ["inside"]
