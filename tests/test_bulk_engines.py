"""`zsparkcrawl bulk` with one process, two, and a Dask cluster; killed and resumed; what is done and what is not."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import distributed
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.collections_made import (
    BROKEN,
    HEALTHY,
    PAGE,
    TEXTS,
    bulk,
    complaint,
    files_of,
    summary,
    write_lines,
    write_warc,
)
from zsparkcrawl.bulk import lines

COMMAND = [sys.executable, "-c", "from zsparkcrawl.cli import main; main(prog_name='zsparkcrawl')", "bulk"]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of several ranges, and small ones behind it."""
    folder = tmp_path_factory.mktemp("collection")
    long = {"text": HEALTHY * 200}
    big = [{"text": text} for text in TEXTS] + [long] * (5 * lines.RANGE // 2 // len(str(long).encode()))
    write_lines(folder / "a.jsonl", big)
    for number in range(8):
        name = f"small-{number}.jsonl"
        write_lines(folder / name, [{"text": f"{number}{BROKEN}{HEALTHY}" * 20}] * 25 + [{}])
    pq.write_table(pa.table({"text": TEXTS, "id": range(len(TEXTS))}), folder / "table.parquet", row_group_size=3)
    return folder


@pytest.fixture(scope="module")
def undisturbed(collection: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What becomes of the collection when nothing happens, by one process."""
    out = tmp_path_factory.mktemp("undisturbed")
    assert summary("repair", collection, "-o", out, code=1)["files"] == 10
    found = files_of(out)
    assert len(found) == 18
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A Dask cluster of two processes, and the address of its scheduler."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        yield str(local.scheduler_address)


def test_two_processes_give_the_same(collection: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    told = summary("repair", collection, "-o", tmp_path / "out", "--jobs", 2, code=1)
    assert (told["files"], told["failures"], len(told["failures_in"])) == (10, 8, 8)
    assert files_of(tmp_path / "out") == undisturbed


def test_a_cluster_gives_the_same(
    collection: Path, undisturbed: dict[str, bytes], tmp_path: Path, cluster: str
) -> None:
    told = summary("repair", collection, "-o", tmp_path / "out", "--dask", cluster, code=1)
    assert (told["files"], told["failures"]) == (10, 8)
    assert files_of(tmp_path / "out") == undisturbed


def test_pages_on_a_cluster(tmp_path: Path, cluster: str) -> None:
    page = ("http://www.nhtp.org/news/7.html", "text/html; charset=utf-8", PAGE.format(title="園區(qū)新聞").encode())
    source = write_warc(tmp_path / "a.warc.gz", [page] * 3, packed=True)
    for name, engine in (("one", ("--jobs", 1)), ("cluster", ("--dask", cluster))):
        assert summary("read", source, "-o", tmp_path / name, *engine)["records"] == 3
    assert files_of(tmp_path / "one") == files_of(tmp_path / "cluster")


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zsparkcrawl.bulk.engines._PATIENCE", 0.5)
    source = write_lines(tmp_path / "a.jsonl", [{"text": "x"}])
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        result = bulk("repair", source, "-o", tmp_path / "out", "--dask", address)
        assert complaint(result).startswith(f"zsparkcrawl: the Dask cluster at {address} cannot be reached")
        assert result.exit_code == 1
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = bulk("repair", source, "-o", tmp_path / "out", "--dask", "tcp://127.0.0.1:9")
    assert complaint(result) == 'zsparkcrawl: distributed is not installed: pip install "zsparkcrawl[cluster]"'


def begun(collection: Path, out: Path, *words: str) -> subprocess.Popen[str]:
    """The command in a process of its own, with the first of its parts done."""
    process = subprocess.Popen(
        [*COMMAND, "repair", str(collection), "-o", str(out), "--jobs", "2", *words], text=True, stderr=subprocess.PIPE
    )
    wait_for(lambda: any(out.glob(".bulk/*/*.part")))
    return process


def wait_for(happened: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def workers_of(process: int) -> list[int]:
    """The processes that a process has started to work."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_run_goes_on(collection: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = begun(collection, out)
    workers = workers_of(process.pid)
    second = bulk("repair", collection, "-o", out)
    process.kill()
    process.communicate()
    assert (complaint(second), second.exit_code) == (f"zsparkcrawl: another process writes into {out}", 3)
    assert len(workers) == 2
    wait_for(lambda: not any(map(is_alive, workers)), 10)  # nobody works on for a process that is gone
    assert len(files_of(out)) < len(undisturbed)
    again = summary("repair", collection, "-o", out, code=1)
    assert (again["files"] + again["files_done_before"], again["failures"]) == (10, 8)
    assert files_of(out) == undisturbed
    assert {path.name for path in out.glob(".bulk/*/*")} == {"plan.json", "done.json"}


def test_a_killed_worker_is_told_and_loses_nothing(
    collection: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = begun(collection, out)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said.splitlines() == [
        "zsparkcrawl: a worker process was killed; what is done stays done, and the same command goes on from there"
    ]
    assert summary("repair", collection, "-o", out, code=1)["failures"] == 8
    assert files_of(out) == undisturbed


def test_ctrl_c_ends_it_at_once(collection: Path, tmp_path: Path) -> None:
    process = begun(collection, tmp_path / "out")
    workers = workers_of(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, "Traceback" in said) == (1, False)
    assert not any(map(is_alive, workers))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_long_piece_of_work_is_not_waited_for(number: signal.Signals, jobs: str, tmp_path: Path) -> None:
    """Packed lines are one piece, of hours where they are many."""
    slow = json.dumps({"text": (HEALTHY * 20).encode().decode("gbk", "replace")}).encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n".join([slow] * 5000)))
    out = tmp_path / "out"
    process = subprocess.Popen(
        [*COMMAND, "repair", str(tmp_path / "a.jsonl.gz"), "-o", str(out), "--jobs", jobs],
        text=True,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: any(out.glob(".bulk/*/.*.part")))
    workers = workers_of(process.pid)
    process.send_signal(number)
    _, said = process.communicate(timeout=5)
    assert (process.returncode, said.split()) == (1, ["Aborted!"])
    assert not any(map(is_alive, workers))
    assert files_of(out) == {}


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    source, out = tmp_path / "in" / "a.jsonl", tmp_path / "out"
    write_lines(source, [{"text": BROKEN}, {}])
    words = ("repair", source, "-o", out)
    first = summary(*words, code=1)
    made = (out / "a.jsonl").stat().st_mtime_ns
    os.utime(source)  # the same bytes, at another time
    again = summary(*words, code=1)
    assert (again["files"], again["files_done_before"]) == (0, 1)
    assert {**again, "files": 1, "files_done_before": 0} == first  # also what failed is told again
    assert (out / "a.jsonl").stat().st_mtime_ns == made


def test_what_has_changed_is_done_again(tmp_path: Path) -> None:
    source, out = tmp_path / "in" / "a.jsonl", tmp_path / "out"
    write_lines(source, [{"text": BROKEN, "body": HEALTHY}, {}])
    words = ("repair", source, "-o", out)
    summary(*words, code=1)
    stat = source.stat()
    write_lines(source, [{"text": BROKEN, "body": HEALTHY}])
    source.write_bytes(source.read_bytes().ljust(stat.st_size))
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # neither size nor time tell of it
    assert (summary(*words)["files"], files_of(out).keys()) == (1, {"a.jsonl"})
    assert summary(*words)["files"] == 0
    assert summary(*words, "--field", "body")["files"] == 1
    assert summary("clean", *words[1:], "--field", "body")["files"] == 1
    (out / "a.jsonl").write_bytes(b"touched by somebody else")
    assert summary("clean", *words[1:], "--field", "body")["files"] == 1
    (out / "a.jsonl").unlink()
    assert summary("clean", *words[1:], "--field", "body")["files"] == 1
    assert b"edits" in (out / "a.jsonl").read_bytes()


def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    """A bound on the size of files stands for the disk: the system says the same of both."""
    source = write_lines(tmp_path / "a.jsonl", [{"text": HEALTHY}] * 20_000)

    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    ended = subprocess.run(
        [*COMMAND, "repair", str(source), "-o", str(tmp_path / "out"), "--jobs", "1"],
        capture_output=True,
        text=True,
        preexec_fn=bound,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["zsparkcrawl: a.jsonl cannot be written: File too large"]
    assert files_of(tmp_path / "out") == {}
    assert not list((tmp_path / "out").glob(".bulk/*/*.part"))


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"text": BROKEN}])
    from zsparkcrawl.bulk import parts, working

    class Changing(working.Worker):
        def records(self) -> Iterator[Any]:
            yield from super().records()
            source.write_bytes(b"")

    monkeypatch.setattr(parts, "Worker", Changing)
    told = summary("repair", source, "-o", tmp_path / "out", code=1)
    assert told["faults"] == [f"{source} was changed while it was read"]
    assert files_of(tmp_path / "out") == {}
