"""Asking a web archive with patience: what fails is asked again after a while, and no sooner than it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zsparkcrawl.recovering.fetching import Fetched, Fetcher, LostAnswerError, retry_after

__all__ = ["NotNowError", "Patient"]

_BUSY = frozenset([429, 503])
"""The archive asks to be left alone for a while."""
_BROKEN = frozenset([408, 500, 502, 504])
_BACK_OFF = (5.0, 20.0, 60.0)
"""After how many delays what failed is asked again, the first, second and third time. Chosen."""
_LEAST = 0.05


class NotNowError(Exception):
    """The web archive does not answer now. ``busy`` when it says itself that it wants to be left alone, ``wait`` for
    how many seconds."""

    def __init__(self, reason: str, wait: float, *, busy: bool) -> None:
        super().__init__(reason)
        self.wait = wait
        self.busy = busy


@dataclass
class Patient:
    """Asks again what failed, while that takes no longer than ``patience`` seconds for one question."""

    fetcher: Fetcher
    now: Callable[[], dt.datetime]
    patience: float

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """The answer to a question. Raises NotNowError, ForeignHostError."""
        waited, asked_to = 0.0, 0.0
        for back_off in (*_BACK_OFF, None):
            busy, asked_to = False, 0.0
            try:
                fetched = self.fetcher.get(url, headers)
            except LostAnswerError as error:
                reason = str(error)
            else:
                if fetched.status not in _BUSY | _BROKEN:
                    return fetched
                reason, busy = f"HTTP status {fetched.status}", fetched.status in _BUSY
                asked_to = retry_after(fetched.header("retry-after"), self.now()) or 0.0
            wait = max(asked_to, (back_off or _BACK_OFF[-1]) * max(self.fetcher.delay, _LEAST))
            if back_off is None or waited + wait > self.patience:
                break
            self.fetcher.sleep(wait)
            waited += wait
        raise NotNowError(reason, wait, busy=busy)
