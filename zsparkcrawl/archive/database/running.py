"""Which process a run belongs to, and whether it still lives."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["has_ended", "is_alive", "is_ours", "process_facts", "worker_facts"]


def process_facts() -> dict[str, Any]:
    """Host, number and mark of this process, as the table runs has them."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "process_mark": _mark(os.getpid())}


def is_ours(run: Mapping[str, Any]) -> bool:
    """Whether a run is one of this process."""
    return all(run[name] == value for name, value in process_facts().items())


def is_alive(run: Mapping[str, Any]) -> bool:
    """Whether the process of a run may still be at work. Yes when it is another host's: that cannot be
    seen."""
    if run["host"] != socket.gethostname():
        return True
    try:
        os.kill(run["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process: the number is in use
        pass
    mark = _mark(run["pid"])
    return mark is None or run["process_mark"] is None or mark == run["process_mark"]


def worker_facts() -> dict[str, Any]:
    """What tells this process from all others on all machines, as the table workers has it."""
    return {**process_facts(), "place": _place()}


def has_ended(worker: Mapping[str, Any]) -> bool:
    """Whether the process of a worker is certain to be gone. Of one elsewhere, on another machine or in another
    container, nothing is certain: names of machines come twice, and numbers of processes always."""
    here = worker["place"] is not None and worker["place"] == _place()
    return here and not is_alive({**worker, "host": socket.gethostname()})


def _place() -> str | None:
    """This machine since it was booted, and the container in which numbers of processes mean what they do here."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}:{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None


def _mark(pid: int) -> str | None:
    """When the process was started, as boot and clock ticks: numbers come again, in a container at each
    start. None where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        # The name in field 2 may hold blanks and brackets; what follows the last bracket is regular.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] == "Z":  # dead, and only waiting for its parent to take note
        return "ended"
    return f"{boot}:{fields[19]}"
