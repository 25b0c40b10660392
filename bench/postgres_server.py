"""A PostgreSQL server of one's own, for tests and benchmarks: on loopback, in a folder that goes when they end."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
GUARDED = "guarded"
"""The one user that needs a password, once there is one."""
_START_SECONDS = 30


def programs() -> Path | None:
    """Where initdb and postgres lie: on the path, or the newest of Debian's; None where neither is."""
    if named := shutil.which("initdb"):
        return Path(named).parent
    found = [folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: int(re.sub(r"\D.*", "", folder.parent.name) or 0), default=None)


@dataclass(frozen=True)
class Server:
    """A running server. Everybody on this machine may log in but one, and the disk is not waited for: it holds nothing
    of worth."""

    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str, user: str = "postgres") -> str:
        """The SQLAlchemy URL of a database on it."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def create(self, *, like: str = "template1") -> str:
        """Make a database, empty or a copy of another one, and return its URL."""
        name = f"park{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Take a database away, whoever is connected."""
        self.run(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        import psycopg

        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running(where: Path, *, waits_for_disk: bool = False) -> Iterator[Server]:
    """Set up and run a server with the programs of a folder, until the end of the block."""
    # The server refuses to run as root; its folder must then belong to the user that it runs as.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="zspark-postgres-"))
    if user:
        shutil.chown(folder, user)
    try:
        data = folder / "data"
        _set_up(where, data, user)
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 60,
            **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on" if waits_for_disk else "off"),
        }  # fmt: skip
        told = [f"-c{name}={value}" for name, value in settings.items()]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [where / "postgres", "-D", data, *told], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            _wait(process, port, folder / "log")
            yield Server(port)
        finally:
            process.terminate()  # SIGTERM waits for clients; whoever is still connected is cut off next
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.send_signal(2)
                process.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(where: Path, data: Path, user: str | None) -> None:
    """Make the folder of a server in which everybody is let in, but for one who needs a password."""
    words = "-U postgres -A trust -E UTF8 --locale=C.UTF-8 -N".split()
    subprocess.run([where / "initdb", "-D", data, *words], user=user, cwd=data.parent, check=True, capture_output=True)
    with (data / "pg_hba.conf").open("r+") as access:
        trusting = access.read()
        access.seek(0)
        access.write(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n{trusting}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg

    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace')}") from None
            time.sleep(0.05)
        else:
            return
