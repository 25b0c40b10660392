"""Several workers on one frontier: does anything get lost when they are killed, are hosts asked no faster than by one,
and what does a second worker bring?

    python -m bench.workers [--articles 2000] [--kills 20] [--only killed|faster] [--apart]

It needs the programs of a PostgreSQL server, and runs one of its own, which does not wait for the disk. All hosts are
addresses of loopback.

**killed**: four workers crawl one host with a delay between two requests, in a hurry. At random moments one of them,
drawn by lot, is killed by SIGKILL and started again at once, until it was done often enough; then they come to the
end. What is in the archive is held against what one crawl that works alone brings home, and the server tells when it
was asked. With ``--apart`` each worker has process numbers of its own, as in a container, so that the others cannot see
that it is gone and have to wait for its signs of life to stop; that takes root and util-linux.

**faster**: four hosts, each with a delay that all have to keep, so that the hosts and not the machine bound the speed:
one worker, then two, then four. On one host with a delay a second worker can bring nothing, and must not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from bench import postgres_server as postgres
from bench.faults_trial import ROOT, Report, _environ
from bench.results import record
from zsparkcrawl.archive import Archive

_WORKERS = 4
_LAPSE = 6.0
_NAMESPACES = ("unshare", "--fork", "--pid", "--kill-child=KILL", "--mount-proc")
_FASTER = 1.6
_OF_ARTICLE = ("url", "native_id", "title", "date", "source", "author", "body", "version")


@dataclass
class Sites:
    """The hosts' process, and where their listings begin."""

    process: subprocess.Popen[str]
    urls: list[str]

    def log(self) -> list[tuple[str, str, float]]:
        """Host, path and moment of what was asked for since the last time."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return [tuple(each) for each in json.loads(self.process.stdout.readline())]


@contextmanager
def served(hosts: int, articles: int) -> Iterator[Sites]:
    """The hosts, until the block ends."""
    command = [sys.executable, "-m", "bench.workers_server", str(hosts), str(articles)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=_environ(), text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Sites(process, json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


@dataclass
class Crew:
    """Workers on a database, each with a folder of its own."""

    database: str
    folder: Path
    urls: Sequence[str]
    delay: float
    apart: bool = False
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *, worker: bool = True) -> subprocess.Popen[bytes]:
        """Start a worker, or a crawl that works alone."""
        data = self.folder / str(len(self.started))
        words = ["-m", "zsparkcrawl", "crawl", "--section", "news", "-s", f"DOWNLOAD_DELAY={self.delay}"]
        words += [
            "-s",
            "AUTOTHROTTLE_ENABLED=0",
            "-s",
            "CONCURRENT_REQUESTS_PER_DOMAIN=8",
            "-s",
            f"ZSPARK_LAPSE={_LAPSE}",
        ]
        words += [word for url in self.urls for word in ("--start-url", url)]
        environ = _environ({"ZSPARK_DATA": str(data), "ZSPARK_DATABASE": self.database})
        before = _NAMESPACES if self.apart else ()
        alone = ["--worker", "--name", str(len(self.started))] if worker else []
        command = [*before, sys.executable, *words, *alone]
        with (self.folder / f"{len(self.started)}.err").open("wb") as told:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=told, stderr=told)
        self.started.append(process)
        return process

    def told(self) -> str:
        """What they wrote to standard error, without what is the same."""
        lines = (line for path in self.folder.glob("*.err") for line in path.read_text("utf-8", "replace").splitlines())
        return "; ".join(list(dict.fromkeys(lines))[-3:])


def fresh(server: postgres.Server) -> str:
    """The URL of a new archive."""
    url = server.create()
    Archive.open(url).close()
    return url


def rows(database: str, query: str) -> list[tuple[Any, ...]]:
    """What the archive has."""
    with Archive.open(database, readonly=True) as archive, archive._reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def articles(database: str) -> list[tuple[Any, ...]]:
    """The articles, without moments and numbers of the archive."""
    return rows(database, f"SELECT {', '.join(_OF_ARTICLE)} FROM articles ORDER BY url")  # noqa: S608 - names of ours


def killed(server: postgres.Server, folder: Path, asked: argparse.Namespace) -> Report:
    """Four workers, of which one after the other is killed."""
    report, pick = Report(), Random(asked.seed)
    with served(1, asked.articles) as site:
        alone = Crew(fresh(server), folder / "alone", site.urls, asked.delay)
        alone.folder.mkdir()
        began = time.monotonic()
        code = alone.start(worker=False).wait()
        wanted = articles(alone.database)
        report.say(
            f"a crawl that works alone: {len(wanted)} articles, exit {code}, {time.monotonic() - began:.0f} s",
            ok=(len(wanted), code) == (asked.articles, 0),
        )
        site.log()
        crew = Crew(fresh(server), folder / "crew", site.urls, asked.delay, apart=asked.apart)
        crew.folder.mkdir()
        began = time.monotonic()
        codes, kills = _kill(crew, pick, asked.kills, asked.articles)
        took = time.monotonic() - began
        _tell_killed(report, crew, wanted, f"{_WORKERS} workers: {kills} killed at their work, {took:.0f} s")
        report.say(f"as many as asked for were killed: {kills} of {asked.kills}", ok=kills >= asked.kills)
        report.say(f"the others ended with {dict(Counter(codes))}: {crew.told() or 'not a word'}", ok=set(codes) == {0})
        _tell_log(report, site.log(), asked.delay, asked.articles)
    return report


def _kill(crew: Crew, pick: Random, kills: int, number: int) -> tuple[list[int], int]:
    """Start four, and kill one after the other while there is work to do; the exit codes of those that came to their
    end, and how many were killed."""
    for _ in range(_WORKERS):
        crew.start()
    counted = 0
    while counted < kills and len(articles(crew.database)) < number:
        time.sleep(pick.uniform(0.5, 5.0))
        names = [int(name) for (name,) in rows(crew.database, "SELECT name FROM workers WHERE state = 'working'")]
        if at_work := [crew.started[name] for name in sorted(names) if crew.started[name].poll() is None]:
            victim = pick.choice(at_work)  # and none that has not begun yet
            victim.kill()
            victim.wait()
            counted += 1
            crew.start()
    codes = [process.wait() for process in crew.started]
    return [code for code in codes if code >= 0], counted


def _tell_killed(report: Report, crew: Crew, wanted: list[tuple[Any, ...]], line: str) -> None:
    found = articles(crew.database)
    report.say(line)
    report.say(f"articles: {len(found)}, the same as alone: {found == wanted}", ok=found == wanted)
    versions = rows(crew.database, "SELECT count(*) FROM versions")[0][0]
    report.say(f"versions stored: {versions}, one of each article", ok=versions == len(wanted))
    (left,) = rows(
        crew.database, "SELECT count(*), count(leased_by) FROM frontier WHERE state = 'waiting' OR leased_by > 0"
    )
    report.say(f"pages left waiting: {left[0]}, left leased: {left[1]}", ok=left == (0, 0))
    states = Counter(row[0] for row in rows(crew.database, "SELECT state FROM runs"))
    report.say(f"runs: {dict(states)}", ok=set(states) <= {"good", "died"})
    lost = rows(crew.database, "SELECT count(*) FROM workers WHERE state = 'lost'")[0][0]
    report.say(f"workers given up for lost: {lost}")


def _tell_log(report: Report, log: list[tuple[str, str, float]], delay: float, number: int) -> None:
    """What the server saw: pages asked for twice, and the gaps between requests to a host."""
    paths = Counter(path for _, path, _ in log if path.startswith("/news/") and path[6:7].isdigit())
    again = sum(paths.values()) - len(paths)
    report.say(f"articles asked for again: {again} of {number}", ok=again <= number // 5)
    _tell_gaps(report, log, delay)


def _tell_gaps(report: Report, log: list[tuple[str, str, float]], delay: float) -> None:
    gaps, held = [], True
    for host in {name for name, _, _ in log}:
        moments = sorted(moment for name, _, moment in log if name == host)
        gaps += [later - earlier for earlier, later in pairwise(moments)]
        held = held and moments[-1] - moments[0] >= (len(moments) - 1) * delay * 0.99
    gaps.sort()
    early = sum(gap < delay * 0.9 for gap in gaps)
    report.say(
        f"gaps at the server, {delay * 1000:.0f} ms asked for: least {gaps[0] * 1000:.0f}, one in a hundred under "
        f"{gaps[len(gaps) // 100] * 1000:.0f}, median {gaps[len(gaps) // 2] * 1000:.0f} ms; {early} of {len(gaps)} "
        "more than a tenth too short; "
        f"all requests in no less time than their number takes: {'yes' if held else 'no'}",
        ok=held,
    )


def faster(server: postgres.Server, folder: Path, asked: argparse.Namespace) -> Report:
    """Four hosts with a delay each, by one worker, two and four."""
    report, seconds = Report(), {}
    with served(4, asked.of_host) as sites:
        for number in (1, 2, 4):
            crew = Crew(fresh(server), folder / f"faster{number}", sites.urls, asked.slow)
            crew.folder.mkdir()
            sites.log()
            codes = [process.wait() for process in [crew.start() for _ in range(number)]]
            log = sites.log()
            moments = [moment for _, _, moment in log]
            seconds[number] = max(moments) - min(moments)
            rate = len(log) / seconds[number]
            found = len(articles(crew.database))
            report.say(
                f"{number} worker{'s' if number > 1 else ''}: {found} articles in {seconds[number]:.1f} s, "
                f"{rate:.2f} requests a second, {seconds[1] / seconds[number]:.2f} times one, exit {set(codes)}",
                ok=found == 4 * asked.of_host and (number != 2 or seconds[1] / seconds[2] >= _FASTER),
            )
            _tell_gaps(report, log, asked.slow)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, and record it."""
    parser = argparse.ArgumentParser(description="Several workers on one frontier.")
    parser.add_argument("--articles", type=int, default=2000, help="articles of the host at which workers are killed")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--delay", type=float, default=0.03, help="seconds between two requests there")
    parser.add_argument("--apart", action="store_true", help="each worker as in a container of its own")
    parser.add_argument("--of-host", type=int, default=40, help="articles of each of the four hosts")
    parser.add_argument("--slow", type=float, default=0.25, help="seconds between two requests to each of these")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=["killed", "faster"])
    asked = parser.parse_args(arguments)
    where = postgres.programs()
    if where is None:
        sys.exit("there is no PostgreSQL server on this machine")
    texts, bad = [], 0
    with postgres.running(where) as server, tempfile.TemporaryDirectory() as folder:
        for part in (killed, faster):
            if asked.only in (None, part.__name__):
                report = part(server, Path(folder), asked)
                texts.append(f"{part.__name__}\n{report.text}")
                bad += report.bad
    whole = "\n\n".join(texts)
    if asked.only is None and not asked.apart:
        record("bench.workers", whole)
    else:
        print(whole)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
