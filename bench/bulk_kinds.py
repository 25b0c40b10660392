"""At what speed does one core mend each kind of record that a collection of `bench.bulk` has?

    python -m bench.bulk_kinds [--seconds N] [--no-record]

The records are those of `bench.bulk`, in its order, taken kind by kind, and mended by `zsparkcrawl.bulk.repair` within
this process until that has worked N seconds on the kind. Seconds are the processor's, MB are of UTF-8, 1 MB = 1,000,000
bytes; what reading and writing the files costs is not in it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from bench.bulk_collection import KINDS, records, texts_of
from bench.results import record
from zsparkcrawl.bulk import repair


def speed(texts: Sequence[str], seconds: float) -> tuple[int, float]:
    """How many of the texts were mended in that time, and how many MB of them a second."""
    repair(texts[0])  # the tables are read with the first
    number = size = 0
    start = time.process_time()
    for text in texts:
        number, size = number + 1, size + len(text.encode())
        repair(text)
        if (worked := time.process_time() - start) >= seconds:
            break
    return number, size / worked / 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each kind, and all as they come."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk_kinds")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--no-record", action="store_true", help="leave bench/results.md alone")
    given = parser.parse_args(arguments)
    pool = list(records(texts_of([])))
    lines = [f"{'records':<12}{'of a hundred':>13}{'mended':>9}{'speed':>15}"]
    for kind, share in (*KINDS.items(), ("all", 100)):
        number, found = speed([text for each, text in pool if kind in (each, "all")], given.seconds)
        lines.append(f"{kind:<12}{share:>13}{number:>9}{found:>10.2f} MB/s")
    if given.no_record:
        print("\n".join(lines))
    else:
        record("bench.bulk_kinds", "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
