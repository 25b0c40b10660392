"""The runs under which copies are taken over: one for each section of a site that has any."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from zsparkcrawl.archive import Archive

__all__ = ["CopyRuns"]


@dataclass
class CopyRuns:
    """Begins a run with the first copy of a section. ``counts`` says by site and section what was done."""

    archive: Archive
    kind: Literal["import", "recover"]
    arguments: Mapping[str, str]
    now: Callable[[], dt.datetime]
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, site: str, section: str) -> int:
        """The number of the run of a section."""
        key = (site, section)
        if key not in self._numbers:
            self._numbers[key] = self.archive.start_run(
                site=site,
                section=section,
                start_url=None,
                arguments=self.arguments,
                started=self.now(),
                kind=self.kind,
            )
            self.counts[key] = Counter()
        return self._numbers[key]

    def count(self, site: str, section: str, name: str, number: int = 1) -> None:
        """Count something that was done for a section."""
        self.number(site, section)
        self.counts[site, section][name] += number

    def end(self, state: str, reason: str, read: Mapping[tuple[str, str], Counter[str]]) -> None:
        """Enter how the runs ended, with what came of reading."""
        for key, number in self._numbers.items():
            counts = self.counts[key] + read.get(key, Counter())
            self.archive.end_run(number, state=state, reason=reason, counts=counts, ended=self.now())
        self._numbers.clear()
        self.archive.flush()
