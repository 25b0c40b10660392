"""What larger than one park costs: an archive of many articles, many workers, collections of text.

    python -m bench.scale [archive …] [--sizes 10000 100000 1000000] [--databases sqlite postgresql]

Everything runs on this machine: PostgreSQL is a server of the program's own in a temporary folder, without waiting for
the disk, the site one on loopback. Each part has a heading of its own in bench/results.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.faults_trial import Report, served
from bench.results import record
from bench.scale_archive import archive
from tests import postgres

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
            urls["PostgreSQL"] = stack.enter_context(postgres.running(where)).create
        return archive(stack.enter_context(served()), folder, urls, sizes=given.sizes)


PARTS: dict[str, Callable[[Path, argparse.Namespace], Report]] = {"archive": _archive}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts. Returns 1 when a figure is not as it should be."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="ARTICLES")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--no-record", action="store_true", help="leave bench/results.md alone")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.parts if name not in PARTS]:
        parser.error(f"no part {unknown[0]!r}")
    bad = 0
    for name in given.parts or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="zspark-scale-"))
        try:
            report = PARTS[name](folder, given)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        bad += report.bad
        if not given.no_record:
            record(f"bench.scale {name}", report.text)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
