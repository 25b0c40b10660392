"""What every part of bench/faults.py works with: the server, the commands in processes of their own, what they left."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.faults_pages import truth
from zsparkcrawl.archive.warc.captures import CaptureError, read_capture

__all__ = [
    "FAST",
    "Asked",
    "End",
    "Server",
    "crawl",
    "exported",
    "fresh",
    "right",
    "rows",
    "run",
    "served",
    "unreadable",
]

ROOT = Path(__file__).parent.parent
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d+)? \[[\w.]+\] [A-Z]+: ")
_TICK = 0.02
_LONGEST = 240
"""Seconds after which a command is killed, unless more is allowed: chosen, far above what any should take."""
_LEFT_OUT = {"version", "first_seen", "last_seen"}
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that the server saw."""

    listener: str
    path: str
    status: int
    time: float
    headers: dict[str, str]


@dataclass
class Server:
    """The server's process, and its two addresses."""

    process: subprocess.Popen[str]
    site: str
    inside: str

    def set(self, **switches: Any) -> None:
        """Turn the switches; those not named go back to what they were made with. Forgets what was asked for."""
        self._tell({"set": switches})
        self.log()

    def log(self) -> list[Asked]:
        """What was asked for since the last time."""
        return [Asked(*entry) for entry in self._tell({"log": True})["log"]]

    def count(self) -> int:
        """Requests since it was started."""
        return int(self._tell({})["count"])

    def asked(self) -> int:
        """Requests since the last time that :meth:`log` was called."""
        return int(self._tell({})["asked"])

    @property
    def news(self) -> str:
        """Where the listing begins."""
        return f"{self.site}/news/"

    def _tell(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert isinstance(told, dict)
        return told


@contextmanager
def served() -> Iterator[Server]:
    """A server that runs until the block ends."""
    command = [sys.executable, "-m", "bench.faults_server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=_environ(), text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Server(process, **json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


@dataclass
class End:
    """How a command ended. ``code`` is negative when a signal ended it; ``peak`` is its largest resident memory in MiB,
    ``seconds`` the time from start to end."""

    code: int
    out: str
    err: str
    peak: float
    seconds: float
    data: Path

    @property
    def said(self) -> list[str]:
        """Lines of standard error that are no log lines."""
        return [line for line in self.err.splitlines() if line.strip() and not _LOG_LINE.match(line)]

    @property
    def traceback(self) -> bool:
        """Whether a traceback was shown."""
        return "Traceback (most recent call last)" in self.err

    @property
    def last(self) -> str:
        """The closing line, or what stands in its place."""
        return (self.err.strip().splitlines() or [""])[-1]

    def number(self, word: str) -> int | None:
        """The number before a word in the closing line.

        >>> End(0, "", "news: good: all read; 3 articles (2 new, 0 changed)", 0, 0, Path()).number("new")
        2
        """
        found = re.search(rf"(\d+) {word}\b", self.last)
        return int(found[1]) if found else None


def run(
    words: Sequence[str],
    data: Path,
    *,
    kill_after: float | None = None,
    watch: Callable[[int], None] | None = None,
    longest: float = _LONGEST,
    **environ: str,
) -> End:
    """Run `python …` to its end, or kill it after some seconds; after ``longest`` in any case. ``watch`` is
    called with its process id all the while."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        environ = {"ZSPARK_DATA": str(data), **environ}
        process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=_environ(environ), stdout=out, stderr=err)
        try:
            usage, status = _waited(process, began + longest, kill_after and began + kill_after, watch)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:  # something went wrong here: nothing may go on behind our back
                process.kill()
                process.wait()
        told = []
        for stream in (out, err):
            stream.seek(0)
            told.append(stream.read().decode("utf-8", "replace"))
    seconds = time.monotonic() - began
    return End(process.returncode, *told, usage.ru_maxrss * 1024 / _MEBIBYTE, seconds, data)


def _waited(
    process: subprocess.Popen[bytes],
    end: float,
    kill_at: float | None,
    watch: Callable[[int], None] | None,
) -> tuple[Any, int]:
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            return usage, status
        now = time.monotonic()
        if kill_at is not None and now >= kill_at:
            os.kill(process.pid, signal.SIGKILL)
            kill_at = None
        if now > end:
            os.kill(process.pid, signal.SIGKILL)
        if watch is not None:
            watch(process.pid)
        time.sleep(_TICK if kill_at is None else min(_TICK, max(kill_at - now, 0.001)))


def crawl(data: Path, server: Server, *words: str, start: str = "", begin: str = "", **rest: Any) -> End:
    """`scrapy crawl news` on the server's site, without delays; log lines from level WARNING on. ``begin`` is code that
    runs before Scrapy does."""
    program = f"{begin}\nimport sys; from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])"
    start = start or server.news
    command = ["-c", program, "crawl", "news", "-a", f"start_url={start}", "-s", "LOG_LEVEL=WARNING", *FAST, *words]
    return run(command, data, **rest)


def command(data: Path, *words: str, **rest: Any) -> End:
    """`zsparkcrawl …`."""
    return run(["-m", "zsparkcrawl", *words], data, **rest)


def fresh(folder: Path) -> Path:
    """A new empty folder in a folder."""
    return Path(tempfile.mkdtemp(dir=folder))


def exported(data: Path) -> list[str]:
    """The articles as lines of JSON in the order of their numbers, without times and versions."""
    end = command(data, "export", "jsonl")
    if end.code:
        return [f"export: {end.last}"]
    found = [json.loads(line) for line in end.out.splitlines()]
    found.sort(key=lambda row: (row["section"] or "", len(row["native_id"] or ""), row["native_id"] or ""))
    return [json.dumps({k: v for k, v in row.items() if k not in _LEFT_OUT}, ensure_ascii=False) for row in found]


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of the archive; none when it has no such table."""
    try:
        with closing(sqlite3.connect(f"file:{data / 'zspark.sqlite'}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []


def unreadable(data: Path) -> int:
    """Articles whose capture cannot be read."""
    found = rows(data, "SELECT a.id, c.file, c.offset FROM articles a LEFT JOIN captures c ON c.id = a.capture_id")
    bad = 0
    for _, file, offset in found:
        try:
            bad += file is None or not read_capture(data / "captures", file, offset)[2]
        except CaptureError:
            bad += 1
    return bad


def right(data: Path, numbers: Sequence[int]) -> int:
    """How many of these articles are in the archive with the title, date, source and body that they have."""
    asked = "SELECT native_id, title, date, source, body FROM articles WHERE section = 'news'"
    found = {row[0]: row[1:] for row in rows(data, asked)}
    want = {
        str(each.number): (each.title, each.date.isoformat(), each.source, each.body) for each in map(truth, numbers)
    }
    return sum(found.get(number) == content for number, content in want.items())


@dataclass
class Report:
    """Lines of a table, and whether all of them are as they should be."""

    lines: list[str] = field(default_factory=list)
    bad: int = 0

    def say(self, line: str, ok: bool | None = None) -> None:
        """Enter a line; ``ok`` tells whether it is as it should be, None when nothing is asked."""
        mark = {True: "ok  ", False: "BAD ", None: "    "}[ok]
        self.lines.append(f"{mark}{line}")
        self.bad += ok is False
        print(self.lines[-1], file=sys.stderr, flush=True)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


def _environ(more: dict[str, str] | None = None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ZSPARK") and not name.lower().endswith("_proxy")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(more or {})}
