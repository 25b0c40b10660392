"""How exactly does the sample site come home, through the real spiders, and how long does that take?

python -m bench.sample
"""

from __future__ import annotations

import subprocess
import sys
import time

from bench.results import record
from bench.sample_compare import home_from

DATABASE = "sqlite:///data/demo/zspark.sqlite"

GOAL = 0.95
REASON = (
    "Each body that differs has one stretch in which bytes are gone and several texts would show alike;\n"
    "the likelihood model prefers another one. Such stretches are marked inferred."
)


def main() -> int:
    """Run the demo and record its figures. Returns its exit code."""
    start = time.perf_counter()
    demo = subprocess.run([sys.executable, "-m", "zsparkcrawl", "demo"], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if demo.returncode:
        sys.stderr.write(demo.stderr)
        return demo.returncode
    home = home_from(DATABASE)
    reached = home.counts()["body"] >= GOAL * home.expected
    verdict = "reached" if reached else f"missed. {REASON}"
    record(
        "bench.sample",
        f"{home.as_text()}\n\nGoal, {GOAL:.0%} of bodies exact: {verdict}\nThe demo took {seconds:.1f} s.",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
