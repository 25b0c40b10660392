"""One copy of an article as a witness of what the article says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zsparkcrawl.clean import NAME_FIELDS, TEXT_FIELDS
from zsparkcrawl.edits import Edited
from zsparkcrawl.items import Diagnosis

__all__ = ["TEXTS", "VALUES", "WHOLE", "Witness"]

TEXTS = TEXT_FIELDS
"""The fields that hold text, in order."""
WHOLE = NAME_FIELDS
"""Those of them that are taken as they stand in one copy or another, and never put together from several."""
VALUES = ("date", "time")
"""The fields that hold a value which is the same or is not."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What one copy of an article says, cleaned, with the record of how each text came about.

    ``host`` and ``url`` say where the copy stood, ``time`` when it was taken (None when that is not known), ``own``
    whether that is the site itself and no mirror. ``texts`` has each field's text with its edits and damaged
    stretches, None where the copy shows none; ``values`` the date and the time.
    """

    host: str
    url: str = ""
    time: dt.datetime | None = None
    own: bool = False
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    texts: Mapping[str, Edited | None] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        """What witnesses are put in order by, so that it does not matter in which order they come."""
        shown = tuple((name, each.text, repr(each.edits)) for name, each in sorted(self.texts.items()) if each)
        when = self.time.isoformat() if self.time else ""
        return not self.own, self.host, self.url, when, shown, repr(sorted(self.values.items()))
