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


def main() -> int:
    """Run the demo and record its figures. Returns its exit code."""
    start = time.perf_counter()
    demo = subprocess.run([sys.executable, "-m", "zsparkcrawl", "demo"], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if demo.returncode:
        sys.stderr.write(demo.stderr)
        return demo.returncode
    record("bench.sample", f"{home_from(DATABASE).as_text()}\n\nThe whole demo took {seconds:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
