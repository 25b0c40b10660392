"""How quickly are whole collections mended, by one process, by two and by a Dask cluster of two, in how much memory?

    python -m bench.bulk [--megabytes N] [--texts FILE.jsonl ...]

The collection is one file of JSON lines. Its texts are lines {"text": …} of good Simplified Chinese, by default the
truth of the sample site, turned so that they begin at another sentence, each with a number. Of a hundred records 60 are
healthy, 27 are damaged by a host taken at random (`bench.damage`), 3 are UTF-8 that was read as GBK, and 10 have a line
of spam. `zsparkcrawl bulk repair` runs over it as a user runs it: with one process, with two, and on a
cluster of two workers that was started beforehand. Then over a tenth of the file, for the memory; and over the whole
once more with two processes, killed (all of it, by SIGKILL) when a third of the parts are done, and run again. Outputs
are compared byte for byte.

Seconds are those that passed, the start of the processes included; the processor's are those of all processes. MB are
of the input, 1 MB = 1,000,000 bytes. Memory is what a worker has in memory, shared libraries included (VmRSS), looked
at four times a second: the most of any worker in the first half of the run, and in the second.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import distributed

from bench.bulk_collection import make, texts_of
from bench.results import record
from zsparkcrawl.bulk.lines import ranges_of

_WHOLE, _TOLD = 1_000, 100
"""Megabytes of the run that is meant, an hour and a quarter, and of the smallest whose figures are written down."""
_EVERY = 0.25
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watch:
    """Looks at the memory of processes while they work."""

    pids: Callable[[], list[int]]
    seen: list[tuple[float, int]] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            sizes = [size for pid in self.pids() if (size := memory_of(pid))]
            if sizes:
                self.seen.append((time.perf_counter(), max(sizes)))

    def halves(self) -> tuple[int, int]:
        """The most of any worker in the first half of the time and in the second, in bytes."""
        if not self.seen:
            return 0, 0
        middle = (self.seen[0][0] + self.seen[-1][0]) / 2
        first = max(size for moment, size in self.seen if moment <= middle)
        return first, max((size for moment, size in self.seen if moment > middle), default=first)


@dataclass(frozen=True)
class Figure:
    """What a run needed, and what came of it."""

    name: str
    size: int
    seconds: float
    worked: float
    halves: tuple[int, int]
    digest: str

    def line(self) -> str:
        """The figures as a line."""
        first, second = (size / 2**20 for size in self.halves)
        return (
            f"{self.name:<26}{self.size / 1e6:>7.0f} MB {self.seconds:>8.1f} s {self.worked:>8.1f} s "
            f"{self.size / self.seconds / 1e6:>6.2f} MB/s {first:>5.0f} MiB {second:>5.0f} MiB"
        )


def memory_of(pid: int) -> int:
    """Bytes that a process has in memory; 0 when it is gone."""
    return _told(f"/proc/{pid}/status", lambda text: int(text.partition("VmRSS:")[2].split()[0]) * 1024)


def worked_by(pid: int) -> int:
    """Ticks that a process has worked; 0 when it is gone."""
    return _told(f"/proc/{pid}/stat", lambda text: sum(map(int, text.rpartition(")")[2].split()[11:13])))


def _told(path: str, what: Callable[[str], int]) -> int:
    try:
        return what(Path(path).read_text())
    except (OSError, IndexError, ValueError):  # it ended a moment ago
        return 0


def children_of(pid: int) -> list[int]:
    """The processes that a run has started to work; the run itself where it does the work."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        spawned = [int(each) for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]
    except OSError:
        return []
    return spawned or [pid]


def started(source: Path, out: Path, engine: Sequence[str]) -> subprocess.Popen[bytes]:
    """The command, at work."""
    words = ["bulk", "repair", str(source), "-o", str(out), *engine]
    return subprocess.Popen(
        [sys.executable, "-m", "zsparkcrawl", *words], stdout=subprocess.DEVNULL, start_new_session=True
    )


def measured(name: str, source: Path, out: Path, engine: Sequence[str], workers: Sequence[int] = ()) -> Figure:
    """A run from beginning to end. ``workers`` are those who work for it and were there before."""
    before = os.times()
    ticks = sum(map(worked_by, workers))
    start = time.perf_counter()
    process = started(source, out, engine)
    with Watch(lambda: list(workers) or children_of(process.pid)) as watch:
        code = process.wait()
    seconds = time.perf_counter() - start
    if code:
        sys.exit(f"{name} ended with {code}")
    after = os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    worked += (sum(map(worked_by, workers)) - ticks) / _TICKS
    return Figure(name, source.stat().st_size, seconds, worked, watch.halves(), digest_of(out))


def digest_of(out: Path) -> str:
    """What came out, failures with it, in a word."""
    found = hashlib.sha256()
    for path in sorted(path for path in out.iterdir() if path.is_file()):
        with path.open("rb") as stream:
            found.update(path.name.encode() + hashlib.file_digest(stream, "sha256").digest())
    shutil.rmtree(out)
    return found.hexdigest()


def killed(source: Path, out: Path) -> tuple[int, str]:
    """A run killed when a third of its parts are done, and run again: parts that were done, and what came out."""
    process = started(source, out, ["--jobs", "2"])
    wanted = max(len(ranges_of(source.stat().st_size)) // 3, 1)
    while (done := len(list(out.glob(".bulk/*/0*.json")))) < wanted and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if started(source, out, ["--jobs", "2"]).wait():
        sys.exit("the run that went on has failed")
    return done, digest_of(out)


def on_a_cluster(source: Path, out: Path) -> Figure:
    """The same by the two workers of a cluster."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        return measured("a Dask cluster of 2", source, out, ["--dask", cluster.scheduler_address], pids)


def report(number: int, made_of: str, found: Sequence[Figure], tenth: Figure, killing: tuple[int, str]) -> str:
    """All figures, and what they say."""
    one, two, cluster = found
    parts = len(ranges_of(one.size))
    lines = [
        f"{number} records of {made_of}",
        f"{'':<26}{'input':>10}{'passed':>11}{'processor':>11}{'speed':>11}   most memory",
    ]
    lines += [figure.line() for figure in (*found, tenth)]
    lines += ["", f"from 1 process to 2: {one.seconds / two.seconds:.2f}x; to the cluster: "]
    lines[-1] += f"{one.seconds / cluster.seconds:.2f}x"
    same = {figure.digest for figure in found} == {one.digest}
    lines += [f"output the same with each engine: {'yes' if same else 'NO'}"]
    resumed = "the same output" if killing[1] == one.digest else "ANOTHER OUTPUT"
    return "\n".join([*lines, f"killed with {killing[0]} of {parts} parts done, and run again: {resumed}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a collection, run all, and write the figures down, under a heading of its own where it is a smaller one."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk")
    parser.add_argument("--megabytes", type=int, default=_WHOLE)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        texts = texts_of(given.texts)
        source, small, out = (Path(folder) / name for name in ("texts.jsonl", "tenth.jsonl", "out"))
        number = make(source, given.megabytes * 1_000_000, texts)
        make(small, given.megabytes * 100_000, texts)
        found = [measured(f"{jobs} process{'es' * (jobs > 1)}", source, out, ["--jobs", str(jobs)]) for jobs in (1, 2)]
        found.append(on_a_cluster(source, out))
        tenth = measured("2 processes", small, out, ["--jobs", "2"])
        made_of = f"{len(texts)} texts of " + (", ".join(path.name for path in given.texts) or "the sample site")
        text = report(number, made_of, found, tenth, killed(source, out))
    if given.megabytes >= _TOLD:
        record("bench.bulk" if given.megabytes == _WHOLE else f"bench.bulk --megabytes {given.megabytes}", text)
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
