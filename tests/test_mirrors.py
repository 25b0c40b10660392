"""Whole crawls of one site on two hosts, each of which damages it in its own way: real HTTP on loopback."""

from __future__ import annotations

import json
import random
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bench.damage import Host, damage, random_host
from bench.sample_truth import Truth, truths
from tests.conftest import ON_SERVER
from tests.raw import environ_of
from tests.serving import FAST, End, Route, Site, command, crawl, ended, listing, page
from zsparkcrawl.cli import main
from zsparkcrawl.cli.crawl import _jobs
from zsparkcrawl.sites import site_named
from zsparkcrawl.spiders.plan import ArgumentError, plan

BY_NUMBER = {truth.id: truth for truth in truths()}
ARTICLES = [BY_NUMBER[number] for number in (366, 405, 230)]
HOSTS = [random_host(random.Random(seed)) for seed in (27, 28)]
"""Two tools: what is left of each article above is inferred on one host at least, and certain from both."""
TEXTS = "SELECT native_id, title, body, date, witness_count, disputed, gaps FROM articles ORDER BY native_id"
COPIES = "SELECT native_id, host, standing, kind FROM witnesses JOIN articles a ON a.id = article_id ORDER BY 1, 2"
ROWS = "SELECT (SELECT count(*) FROM witnesses), (SELECT count(*) FROM versions), (SELECT count(*) FROM edits), (SELECT count(*) FROM readings)"
OPEN = "SELECT sum(inferred_count + damage_count) FROM versions v JOIN articles a ON a.id = article_id AND a.version = v.version"
DIE = """
import os
from zsparkcrawl.archive.witnesses import agreeing
put, told = agreeing._put_readings, []
def die(*given):
    put(*given)
    told.append(1)
    if len(told) == 2:
        os.kill(os.getpid(), 9)
agreeing._put_readings = die
"""
"""Killed in the middle of the transaction that keeps what the copies of the second article tell."""


def shown(truth: Truth, host: Host, counter: int = 0) -> Route:
    def broken(text: str) -> str:
        return damage(text, host)

    body = "".join(f"<p>{broken(line)}</p>" for line in truth.body.split("\n"))
    return page(
        f"<html><head><title>{broken(truth.title)}</title></head><body><div><h1>{broken(truth.title)}</h1>"
        f"<p>发布时间：{truth.date}</p><div class='content'>{body}</div><p>点击：{counter}</p></div></body></html>"
    )


def routes(host: Host, counter: int = 0) -> dict[str, Route | Any]:
    made: dict[str, Route | Any] = {f"/news/{each.id}.html": shown(each, host, counter) for each in ARTICLES}
    return {"/robots.txt": (404, {}, b""), "/news/": listing([each.id for each in ARTICLES]), **made}


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Site, Site]]:
    with Site(routes(HOSTS[0])) as first, Site(routes(HOSTS[1]), host="127.0.0.2") as second:
        yield first, second


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, hosts: tuple[Site, Site]) -> tuple[End, End]:
    """The first host crawled, and both one after the other."""
    one, both = (tmp_path_factory.mktemp(name) / "data" for name in ("one", "both"))
    first = good(crawl(one, hosts[0]))
    shutil.copytree(one, both)
    return first, good(crawl(both, hosts[1]))


def good(end: End) -> End:
    assert end.code == 0, end.err
    return end


def zspark(data: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    for name, value in environ_of(data).items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


def is_told_for_certain(end: End) -> bool:
    bodies = {number: body for number, _, body, *_ in end.rows(TEXTS)}
    return bodies == {str(each.id): each.body for each in ARTICLES} and end.rows(OPEN) == [(0,)]


@ON_SERVER
def test_two_damaged_hosts_tell_the_articles_for_certain(
    data: Path, hosts: tuple[Site, Site], crawled: tuple[End, End], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, both = crawled
    other = good(crawl(data, hosts[1]))
    for alone in (one, other):
        assert not is_told_for_certain(alone)
        assert alone.rows("SELECT count(*) FROM witnesses") == [(0,)]
    assert is_told_for_certain(both)
    assert len(both.rows(COPIES)) == 6
    assert set(both.rows("SELECT standing, kind FROM witnesses")) == {("supports", None)}
    assert zspark(both.data, monkeypatch, "verify").stdout.endswith("all good\n")
    assert good(crawl(data, hosts[0])).rows(TEXTS) == both.rows(TEXTS), "the other way round"


def test_nights_that_follow_add_nothing(tmp_path: Path, hosts: tuple[Site, Site], crawled: tuple[End, End]) -> None:
    """Every page is fetched and read again, and has another counter."""
    data = tmp_path / "data"
    shutil.copytree(crawled[1].data, data)
    for site, host in zip(hosts, HOSTS, strict=True):
        site.routes.update(routes(host, counter=1))
        site.asked.clear()
        end = good(crawl(data, site, "-a", "full=1"))
        assert {f"/news/{each.id}.html" for each in ARTICLES} <= set(site.asked)
    assert (end.rows(ROWS), end.rows(TEXTS)) == (crawled[1].rows(ROWS), crawled[1].rows(TEXTS))


def test_a_kill_between_loses_nothing(tmp_path: Path, hosts: tuple[Site, Site], crawled: tuple[End, End]) -> None:
    data = tmp_path / "data"
    shutil.copytree(crawled[0].data, data)
    killed = ended(command(data, "crawl", "news", "-a", f"start_url={hosts[1].url}/news/", *FAST, code=DIE), data)
    assert killed.code == -signal.SIGKILL
    assert len(killed.rows(COPIES)) == 2, "of an article all that its copies tell, or nothing"
    again = good(crawl(data, hosts[1]))
    assert again.rows(TEXTS) == crawled[1].rows(TEXTS)
    assert again.rows(COPIES) == crawled[1].rows(COPIES)


@ON_SERVER
def test_captures_alone_give_the_same_articles(
    data: Path, crawled: tuple[End, End], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(crawled[1].data / "captures", data / "captures")
    zspark(data, monkeypatch, "verify", "--enter")
    told = "3 new, 0 version, 0 unchanged, 0 unreadable, 0 damaged, 0 files\n"
    assert zspark(data, monkeypatch, "reread", "--site", "nhtp").stdout == told
    again = End(0, "", "", data)
    assert again.rows(TEXTS) == crawled[1].rows(TEXTS)
    assert again.rows(COPIES) == crawled[1].rows(COPIES)
    before = again.rows(ROWS)
    told = "0 new, 0 version, 3 unchanged, 0 unreadable, 0 damaged, 0 files\n"
    assert zspark(data, monkeypatch, "reread", "--site", "nhtp").stdout == told
    assert again.rows(ROWS) == before


def test_known_mirrors_are_asked_only_when_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    known = replace(site_named("nhtp"), mirrors=("http://127.0.0.1:8000", "http://127.0.0.2:8000"))
    monkeypatch.setattr("zsparkcrawl.sites.site_named", lambda _: known)
    given = {"full": False, "no_files": False, "start_urls": ()}
    alone = [(job.name, job.plan.start_url) for job in _jobs(["nhtp"], ["news"], {**given, "mirrors": False})]
    assert alone == [("news", None)]
    jobs = [(job.name, job.plan.start_url) for job in _jobs(["nhtp"], ["news"], {**given, "mirrors": True})]
    assert jobs == [
        ("news", None),
        ("news 127.0.0.1:8000", "http://127.0.0.1:8000/news/"),
        ("news 127.0.0.2:8000", "http://127.0.0.2:8000/news/"),
    ]
    assert site_named("nhtp").mirrors == ()


KNOWN = """
import dataclasses
import zsparkcrawl.sites as sites
import zsparkcrawl.spiders.plan as plan
named = sites.site_named
plan.site_named = lambda name: dataclasses.replace(named(name), mirrors=("http://mirror.example",))
"""


def test_a_crawl_with_mirrors_takes_the_site_first_and_feeds_that_alone(tmp_path: Path) -> None:
    park, mirror = "http://www.nhtp.org", "http://mirror.example"
    shows = routes(HOSTS[0]), routes(HOSTS[1])
    served: dict[str, Route | Any] = {f"{park}{path}": route for path, route in shows[0].items()}
    served |= {f"{mirror}{path}": route for path, route in shows[1].items()}
    served |= {f"{park}/": page('<a href="/news/">新闻中心</a>')}
    feed = tmp_path / "out.jsonl"
    with Site(served) as site:
        words = ("crawl", "news", "-a", "mirrors=1", "-a", "files=0", *FAST, "-O", str(feed))
        proxy = {"http_proxy": site.url, "HTTP_PROXY": site.url}
        end = good(ended(command(tmp_path / "data", *words, code=KNOWN, **proxy), tmp_path / "data", site))
    lines = [line for line in end.err.splitlines() if line.startswith("zsparkcrawl: ")]
    assert [line.split(": ")[1] for line in lines] == ["news", "news mirror.example"]
    assert site.asked.index(f"{park}/news/405.html") < site.asked.index(f"{mirror}/news/")
    assert end.rows("SELECT start_url, state FROM runs ORDER BY id") == [(None, "good"), (f"{mirror}/news/", "good")]
    assert is_told_for_certain(end)
    fed = [json.loads(line)["url"] for line in feed.read_text("utf-8").splitlines()]
    assert sorted(fed) == sorted(f"{park}/news/{each.id}.html" for each in ARTICLES)


def test_mirrors_go_without_a_start_url() -> None:
    assert plan("news", {"mirrors": "1"}).mirrors
    with pytest.raises(ArgumentError, match="it goes without start_url"):
        plan("news", {"mirrors": "1", "start_url": "http://mirror.example/news/"})
