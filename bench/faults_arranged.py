"""How the faults of :mod:`bench.faults_rows` are arranged, and what is looked at behind them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
from contextlib import closing
from typing import Any

from bench.faults_hazards import Arrange, Check, Fault, Trial
from bench.faults_trial import End, command, right, rows, unreadable

_all__ = ["ROWS"]

NEWS = "/news/"
FORGED = "CRITICAL: forged"
SECRETS = ("hunter2", "s3cr3t", "t0k3n", "pa55w0rd")


def articles(wanted: int) -> Check:
    """So many of the twenty good articles are right."""

    def check(trial: Trial, end: End) -> str:
        found = right(trial.data, range(1, 21))
        return "" if found == wanted else f"{found} articles right, not {wanted}"

    return check


def requests(most: int) -> Check:
    """The server saw at most so many requests."""

    def check(trial: Trial, end: End) -> str:
        count = len(trial.server.log())
        return "" if count <= most else f"{count} requests, more than {most}"

    return check


def untouched(wanted: int) -> Check:
    """So many of the twenty good articles are right, and nothing else was ever kept."""

    def check(trial: Trial, end: End) -> str:
        found, made = right(trial.data, range(1, 21)), rows(trial.data, "SELECT count(*) FROM versions")
        return "" if (found, made) == (wanted, [(wanted,)]) else f"{found} articles right, versions: {made}"

    return check


def says(words: str) -> Check:
    """The closing line has these words."""
    return lambda trial, end: "" if words in end.last else f"it does not say {words!r}"


def of_code(code: str) -> dict[str, Any]:
    """The options of a crawl before which this code runs."""
    return {"begin": code}


RAISING = """
import zsparkcrawl.spiders.park as park
def extract(page, site):
    raise RuntimeError("boom")
for name, module in list(__import__("sys").modules.items()):
    if name.startswith("zsparkcrawl.spiders") and hasattr(module, "extract"):
        module.extract = extract
"""
NO_START = """
import zsparkcrawl.spiders.park as park
async def start(self):
    raise RuntimeError("boom")
    yield
park.ParkSpider.start = start
"""
SMALL_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
"""
LITTLE_ROOM = """
import shutil
shutil.disk_usage = lambda folder: type("Usage", (), {"free": 5 * 2**20, "total": 2**40, "used": 2**40})()
"""
LISTENING = """
import atexit, os, sys
def listening():
    handles = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
    sockets = {os.readlink(handle) for handle in handles if os.path.lexists(handle)}
    lines = [line.split() for line in open("/proc/net/tcp").read().splitlines()[1:]]
    return [line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in sockets]
from zsparkcrawl.pipelines import CleanPipeline
process = CleanPipeline.process_item
def process_item(self, item):
    if found := listening():
        sys.stderr.write(f"listens on {found}\\n")
    return process(self, item)
CleanPipeline.process_item = process_item
"""


def on_log_lines(words: str) -> Check:
    """No line may begin with what a page forged, and no escape code may come through."""

    def check(trial: Trial, end: End) -> str:
        forged = [line for line in end.err.splitlines() if re.match(rf"[-\d: ]*\[zsparkcrawl\] {words}", line)]
        return f"{len(forged)} forged lines" if forged else "an escape code" if "\x1b" in end.err else ""

    return check


def no_secrets(trial: Trial, end: End) -> str:
    """None of the made-up secrets is shown."""
    shown = [secret for secret in SECRETS if secret in end.err + end.out]
    return f"shows {', '.join(shown)}" if shown else ""


def signalled(trial: Trial) -> End:
    """A signal when the first articles have been asked for."""
    done: list[int] = []

    def watch(process: int) -> None:
        if not done and trial.server.asked() > 6:
            done.append(process)
            os.kill(process, signal.SIGTERM)

    return trial.crawl(watch=watch)


def after_torn_tail(trial: Trial) -> End:
    """A crawl after one that was killed in the middle of a WARC record."""
    trial.crawl(kill_after=2.0)
    left = list((trial.data / "captures").glob("*.open"))
    for path in left:
        with path.open("r+b") as file:
            file.truncate(max(path.stat().st_size - 100, 1))
    trial.server.set(articles=20)
    return trial.crawl()


def all_readable(trial: Trial, end: End) -> str:
    """Every capture can be read, and no file was left open."""
    left = [path.name for path in (trial.data / "captures").iterdir() if path.suffix != ".gz"]
    return f"{unreadable(trial.data)} unreadable, left {left}" if unreadable(trial.data) or left else ""


def with_file(name: str, content: bytes, then: Arrange = lambda trial: trial.crawl()) -> Arrange:
    """A crawl into a data folder in which such a file stands."""

    def arrange(trial: Trial) -> End:
        (trial.data / name).write_bytes(content)
        return then(trial)

    return arrange


def newer_schema(trial: Trial) -> End:
    """A crawl into the database of a later program."""
    command(trial.data, "status")
    trial.crawl()
    with closing(sqlite3.connect(trial.data / "zspark.sqlite")) as connection:
        connection.execute("UPDATE zspark_schema SET version_num = 'of the future'")
        connection.commit()
    return trial.crawl()


def twice(**switches: Any) -> Arrange:
    """A good crawl, and then one of a site that has changed."""

    def arrange(trial: Trial) -> End:
        trial.server.set(articles=20)
        trial.crawl()
        trial.server.set(**{"articles": 20, **switches})
        return trial.crawl("-a", "full=1")

    return arrange


def refused(trial: Trial) -> End:
    """A crawl of a place at which nobody answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    return trial.crawl(start=f"http://127.0.0.1:{port}/news/")


def exporting(*words: str) -> Arrange:
    """An export behind a good crawl."""

    def arrange(trial: Trial) -> End:
        trial.crawl()
        return command(trial.data, "export", *words)

    return arrange


def feed(trial: Trial, end: End) -> str:
    """The feed has all articles."""
    out = trial.data / "out.jsonl"
    return (
        ""
        if out.exists() and len([json.loads(line) for line in out.open(encoding="utf-8")]) == 20
        else "the feed lacks articles"
    )


def nothing_outside(trial: Trial, end: End) -> str:
    """No file was written under a name that an attachment chose."""
    strange = [str(path) for path in trial.data.parent.rglob("*passwd*")]
    return f"wrote {strange}" if strange else ""


def once_each(trial: Trial, end: End) -> str:
    """Every article was asked for once, and is there once."""
    count = len(rows(trial.data, "SELECT 1 FROM articles"))
    asked = sum(each.path.startswith("/news/") and each.path[6:7].isdigit() for each in trial.server.log())
    return "" if (count, asked) == (20, 20) else f"{count} articles, {asked} requests for them"


def listing_is(kind: str, codes: tuple[int, ...], **more: Any) -> Fault:
    """A row of a first listing page that is answered so."""
    return Fault(f"listing is {kind!r}", codes, {"answers": {NEWS: kind}}, **more)


def robots_is(kind: str, codes: tuple[int, ...], check: Check) -> Fault:
    """A row of a robots.txt that is answered so."""
    return Fault(f"robots.txt is {kind!r}", codes, {"answers": {"/robots.txt": kind}}, check=check)


def articles_are(kind: str, codes: tuple[int, ...], **more: Any) -> Fault:
    """A row of articles that are all answered so."""
    return Fault(f"every article is {kind!r}", codes, {"answers": {"*": kind}}, **more)
