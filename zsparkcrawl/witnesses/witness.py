"""One copy of an article as a witness of what the article says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zsparkcrawl.clean import NAME_FIELDS, TEXT_FIELDS
from zsparkcrawl.edits import Edited
from zsparkcrawl.items import Article, Diagnosis

__all__ = ["TEXTS", "VALUES", "WHOLE", "Witness", "witness_of"]

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


def witness_of(article: Article, host: str, time: dt.datetime | None = None, own: bool = False) -> Witness:
    """A cleaned article as a witness.

    >>> from zsparkcrawl import Page, read
    >>> html = "<h1>產(chǎn)業(yè)園區(qū)發(fā)展</h1><p>發(fā)布時(shí)間：2019-02-19</p>"
    >>> html += "<p>關(guān)于創(chuàng)新的會(huì)議召開。</p>"
    >>> witness = witness_of(read(Page("http://mirror.example/news/7.html", html.encode())), "mirror.example")
    >>> witness.texts["title"].text, witness.values["date"].isoformat(), witness.texts["author"]
    ('产业园区发展', '2019-02-19', None)
    """
    edits, damaged = article.edits, article.damaged
    texts = {name: getattr(article, name) for name in TEXTS}
    return Witness(
        host,
        article.url,
        time,
        own,
        article.diagnosis or Diagnosis(),
        {
            name: None if text is None else Edited(text, tuple(edits.get(name, ())), tuple(damaged.get(name, ())))
            for name, text in texts.items()
        },
        {name: getattr(article, name) for name in VALUES},
    )
