"""Processes that start with everything imported.

Most of what a short crawl costs is importing. Here one process imports, and forks for each command: what comes of it is
a process of its own, with an environment, an exit code and two streams of its own, which can be killed as any other.
What sets the interpreter up (PYTHONWARNINGS and its like) is too late for it, and what a program does while it imports
is not seen: for both there is `subprocess`.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import IO

__all__ = ["ROOT", "Process"]

ROOT = Path(__file__).parents[1]
LATER = ("twisted.internet.reactor", "zsparkcrawl.settings")
"""What must not be imported beforehand: Scrapy chooses the reactor, and the settings read the environment."""
PARTS = (
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "zsparkcrawl.cli",
    "zsparkcrawl.commands.crawl",
    "zsparkcrawl.extensions",
    "zsparkcrawl.middlewares",
    "zsparkcrawl.pipelines",
    "zsparkcrawl.spiders.news",
    "zsparkcrawl.unpacking",
)
"""Scrapy loads its parts by their names, when a crawl begins."""
ARTICLE = (
    "<h1>园区新闻</h1><p>来源：中山日报  发布时间：2019-02-19</p><div><p>健康基地召开会议，部署新一年的工作。</p></div>"
)


class Process:
    """A program that runs ``code`` in the folder of the checkout, with what tests use of `subprocess.Popen`."""

    def __init__(self, code: str, words: Sequence[str | Path] = (), environ: Mapping[str, str] = os.environ) -> None:
        self.args = [str(word) for word in words]
        self.returncode: int | None = None
        self._streams = _stream(), _stream()
        self._state, told = os.pipe()
        asked = json.dumps({"code": code, "words": self.args, "environ": dict(environ)}).encode()
        try:
            _server().ask(asked, [told, *(stream.fileno() for stream in self._streams)])
        finally:
            os.close(told)
        self.pid = self._told()

    def poll(self) -> int | None:
        """The exit code, or the signal that ended it as a negative number; None while it runs."""
        if self.returncode is None and select.select([self._state], [], [], 0)[0]:
            self.returncode = self._told()
            os.close(self._state)
        return self.returncode

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """Wait for its end; what it wrote to stdout and to stderr.

        :raises subprocess.TimeoutExpired: it was at work for ``timeout`` seconds, and is killed.
        """
        if self.returncode is None and not select.select([self._state], [], [], timeout)[0]:
            self.send_signal(signal.SIGKILL)
            raise subprocess.TimeoutExpired(self.args, timeout)
        self.poll()
        written = []
        for stream in self._streams:
            stream.seek(0)
            written.append(stream.read())
            stream.close()
        return written[0], written[1]

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _told(self) -> int:
        told = os.read(self._state, 4)
        assert told, "the process that forks is gone"
        return int(struct.unpack("i", told)[0])


def _stream() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")


class _Server:
    """The process that forks."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.socket, theirs = socket.socketpair()
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ZSPARK")}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                cwd=ROOT,
                env={**clean, "PYTHONUTF8": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        atexit.register(self.close)

    def ask(self, asked: bytes, streams: Sequence[int]) -> None:
        with self.lock:
            socket.send_fds(self.socket, [struct.pack("i", len(asked))], streams)
            self.socket.sendall(asked)

    def close(self) -> None:
        self.socket.close()
        self.process.wait(60)


_starting = threading.Lock()


def _server() -> _Server:
    with _starting:
        return _started()


@functools.cache
def _started() -> _Server:
    return _Server()


# -- in the process that forks -------------------------------------------------------------------------


def _import_all() -> None:
    """All that a crawl is made of, and the tables it reads with: one article is read."""
    from scrapy.settings import default_settings
    from scrapy.utils.misc import walk_modules_iter

    from zsparkcrawl import clean, extract
    from zsparkcrawl.archive import Archive
    from zsparkcrawl.chinese.alike import alike_version
    from zsparkcrawl.items import Page

    kinds = ("EXTENSIONS_BASE", "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE")
    parts = [name.rpartition(".")[0] for kind in kinds for name in getattr(default_settings, kind)]
    for name in (*PARTS, *parts):
        importlib.import_module(name)
    for _ in walk_modules_iter("scrapy.commands"):
        pass
    clean(extract(Page("http://www.nhtp.org/news/1.html", ARTICLE.encode()), None))
    alike_version()
    with tempfile.TemporaryDirectory() as folder:  # the steps by which tables are made are loaded once a process
        Archive.open(f"sqlite:///{folder}/zspark.sqlite").close()
    assert not set(LATER) & set(sys.modules), "these belong to each process"
    gc.collect()
    gc.freeze()


def _serve(connection: socket.socket) -> str:
    """Fork for each request, until the other side is gone; returns in the forked process alone, with what it runs."""
    while True:
        head, streams, *_ = socket.recv_fds(connection, 4, 3)
        if not head:
            _wait_for_all()
            sys.exit()
        asked = json.loads(connection.recv(struct.unpack("i", head)[0], socket.MSG_WAITALL))
        if os.fork() == 0:
            connection.close()
            _watch(*streams)
            os.environ.clear()
            os.environ.update(asked["environ"])
            time.tzset()
            sys.argv[:] = ["-c", *asked["words"]]
            return str(asked["code"])
        for stream in streams:
            os.close(stream)
        _wait_for_all(os.WNOHANG)


def _watch(state: int, out: int, err: int) -> None:
    """Fork once more, and return in the child; the parent tells its number and its end, and is gone."""
    process = os.fork()
    if process == 0:
        os.dup2(out, 1)
        os.dup2(err, 2)
        for stream in (state, out, err):
            os.close(stream)
        return
    os.write(state, struct.pack("i", process))
    _, status = os.waitpid(process, 0)
    os.write(state, struct.pack("i", os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _wait_for_all(options: int = 0) -> None:
    """Without options: until no child is left. With WNOHANG: those that have ended."""
    try:
        while os.waitpid(-1, options)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    _import_all()
    program = compile(_serve(socket.socket(fileno=int(sys.argv[1]))), "<string>", "exec")
    sys.modules["__main__"] = ModuleType("__main__")
    exec(program, vars(sys.modules["__main__"]))  # noqa: S102 - programs of the tests
