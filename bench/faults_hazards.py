"""Every fault that touches crawling or keeping, one row each: how the command ends, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.faults_trial import End, Report, Server, crawl, fresh

__all__ = ["FAST_ENDS", "Check", "Fault", "Trial", "hazards"]

FAST_ENDS = ("-s", "ZSPARK_PATIENCE=1", "-s", "DOWNLOAD_TIMEOUT=3")
"""A row should not wait long for what fails."""


@dataclass
class Trial:
    """One fault being tried: the server, a data folder, and the address of the crawl."""

    server: Server
    data: Path
    words: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def crawl(self, *words: str, **options: Any) -> End:
        """Crawl as the row says."""
        return crawl(self.data, self.server, *FAST_ENDS, *self.words, *words, **{**self.options, **options})


Arrange = Callable[[Trial], End]
Check = Callable[[Trial, End], str]


def _crawl(trial: Trial) -> End:
    return trial.crawl()


def _nothing(trial: Trial, end: End) -> str:
    return ""


@dataclass(frozen=True)
class Fault:
    """A row: what happens, the exit codes that docs/running-it.md names for it, and how it is arranged. ``check`` says
    what else is not as it must be. ``lines`` are the lines that belong on standard error beside the log, None where the
    log itself has long records."""

    name: str
    codes: tuple[int, ...]
    switches: Mapping[str, Any] = field(default_factory=dict)
    words: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    arrange: Arrange = _crawl
    check: Check = _nothing
    lines: int | None = 1
    slow: float = 30.0
    """Seconds that it may take."""
    ours: bool = False
    """An error of the program itself, whose traceback is wanted."""


def hazards(server: Server, folder: Path, *, only: str = "") -> Report:
    """All rows with ``only`` in their name, as a table."""
    from bench import faults_files, faults_rows

    report = Report()
    report.say(f"{'fault':44} exit  documented  lines  traceback  seconds  also")
    for fault in (*faults_rows.ROWS, *faults_files.ROWS):
        if only in fault.name:
            server.set(**{"articles": 20, **fault.switches})
            data = fresh(folder)
            words = tuple(word.replace("{data}", str(data)) for word in fault.words)
            _row(report, fault, Trial(server, data, words, fault.options))
    return report


def _row(report: Report, fault: Fault, trial: Trial) -> None:
    end = fault.arrange(trial)
    also = fault.check(trial, end)
    inside = sum(each.listener != "site" for each in trial.server.log())
    if inside:
        also = f"{also} {inside} requests to the internal host".strip()
    if end.seconds > fault.slow:
        also = f"{also} slow".strip()
    quiet = fault.ours or (fault.lines in (None, len(end.said)) and not end.traceback)
    good = end.code in fault.codes and quiet and not also
    codes = " or ".join(map(str, fault.codes))
    report.say(
        f"{fault.name:44} {end.code:4}  {codes:10}  {len(end.said):5}  {'yes' if end.traceback else 'no':9}  "
        f"{end.seconds:7.1f}  {also or '-'}",
        ok=good,
    )
    if not good:
        for line in end.said[-3:]:
            report.say(f"      {line[:160]!r}")
