"""What larger than one park costs: an archive of many articles, many workers, collections of text.

    python -m bench.scale [archive workers bulk] [--sizes 10000 100000 1000000] [--databases sqlite postgresql]
        [--wait-for-disk]

Everything runs on this machine: PostgreSQL is a server of the program's own in a temporary folder, without waiting for
the disk unless told to, as an installed one does; the site is one on loopback. Each part has a heading of its own in
bench/results.md, and so has an archive of other sizes; `bench.workers` and `bench.bulk` can be run by themselves, with
options.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import bulk, workers
from bench import postgres_server as postgres
from bench.faults_trial import Report, served
from bench.results import record
from bench.scale_archive import archive

__all__ = ["main"]


def _archive(folder: Path, given: argparse.Namespace) -> Report:
    with ExitStack() as stack:
        urls: dict[str, Callable[[], str]] = {}
        if "sqlite" in given.databases:
            urls["SQLite"] = lambda: f"sqlite:///{Path(tempfile.mkdtemp(dir=folder)) / 'zspark.sqlite'}"
        if "postgresql" in given.databases:
            where = postgres.programs()
            if where is None:
                sys.exit("no PostgreSQL server on this machine: --databases sqlite")
            urls["PostgreSQL"] = stack.enter_context(postgres.running(where, waits_for_disk=given.wait_for_disk)).create
        return archive(stack.enter_context(served()), folder, urls, sizes=given.sizes)


SIZES = [10_000, 100_000, 1_000_000]
PARTS = ("archive", "workers", "bulk")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts. Returns 1 when a figure is not as it should be."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ARTICLES")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--wait-for-disk", action="store_true", help="PostgreSQL waits for the disk at each commit")
    parser.add_argument("--no-record", action="store_true", help="leave bench/results.md alone")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.parts if name not in PARTS]:
        parser.error(f"no part {unknown[0]!r}")
    bad = 0
    for name in given.parts or PARTS:
        if name == "archive":
            bad += _archive_alone(given)
        else:
            bad += workers.main([]) if name == "workers" else bulk.main([])
    return int(bad > 0)


def _archive_alone(given: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="zspark-scale-"))
    try:
        report = _archive(folder, given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not given.no_record:
        sizes = "" if given.sizes == SIZES else f" --sizes {' '.join(map(str, given.sizes))}"
        record(f"bench.scale archive{sizes}{' --wait-for-disk' if given.wait_for_disk else ''}", report.text)
    return report.bad


if __name__ == "__main__":
    sys.exit(main())
