"""What goes wrong around a crawl, tried on loopback against the real commands, with the figures of each part.

    python -m bench.faults [kills chain second hazards bombs cost many] [--rounds N] [--articles N] …

All traffic stays within 127.0.0.0/8 and is bounded. Each part has a heading of its own in bench/results.md, so that one
can be run anew.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.faults_bombs import bombs
from bench.faults_cost import cost, many
from bench.faults_hazards import hazards
from bench.faults_kills import Killing, kills
from bench.faults_second import second
from bench.faults_trial import Report, Server, served
from bench.results import record

__all__ = ["main"]

Part = Callable[[Server, Path, argparse.Namespace], Report]

PARTS: dict[str, Part] = {
    "kills": lambda server, folder, given: kills(server, folder, _killing(given, in_a_row=1)),
    "chain": lambda server, folder, given: kills(server, folder, _killing(given, in_a_row=3)),
    "second": lambda server, folder, given: second(server, folder, articles=given.articles),
    "hazards": lambda server, folder, given: hazards(server, folder, only=given.only),
    "cost": lambda server, folder, given: cost(server, folder, articles=given.articles),
    "many": lambda server, folder, given: many(server, folder, articles=given.many),
    "bombs": lambda server, folder, given: bombs(server, folder, only=given.only),
}


def _killing(given: argparse.Namespace, in_a_row: int) -> Killing:
    return Killing(given.rounds, given.articles, given.seed, in_a_row)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts. Returns 1 when a figure is not as it should be."""
    parser = argparse.ArgumentParser(prog="bench.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--rounds", type=int, default=20, help="kills")
    parser.add_argument("--articles", type=int, default=400, help="articles of the site that is crawled")
    parser.add_argument("--many", type=int, default=20_000, help="articles of the large site")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="bombs, hazards: only those with this in their name; not recorded")
    parser.add_argument("--no-record", action="store_true", help="leave bench/results.md alone")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.parts if name not in PARTS]:
        parser.error(f"no part {unknown[0]!r}")
    # So that what was started is ended and what was written is removed, also when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    bad = 0
    for name in given.parts or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="zspark-faults-"))
        try:
            with served() as server:
                report = PARTS[name](server, folder, given)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        bad += report.bad
        # A few rows are for a look: recorded, they would take the place of all.
        if not (given.no_record or given.only):
            record(f"bench.faults {name}", report.text)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
