"""Where the figures go: `bench/results.md`, one section a program, with the day and the machine."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from pathlib import Path

__all__ = ["record"]

RESULTS = Path(__file__).with_name("results.md")


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def record(program: str, text: str) -> None:
    """Print a program's figures and put them into the results, in place of its last ones."""
    print(text)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    section = f"## {program}\n\n{day}, {machine()}. `python -m {program}`\n\n```text\n{text.strip()}\n```\n"
    known = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Results\n\nWritten by the programs in bench/.\n"
    pattern = re.compile(rf"## {re.escape(program)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    known, replaced = pattern.subn(lambda _: section + "\n", known)
    if not replaced:
        known = f"{known.rstrip()}\n\n{section}"
    RESULTS.write_text(known.rstrip() + "\n", "utf-8")
