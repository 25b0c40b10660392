"""One copy of an article as the tables of witnesses have it: pure functions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from zsparkcrawl.archive.articles.changes import CONTENT, State
from zsparkcrawl.archive.articles.file_addresses import plain_address
from zsparkcrawl.archive.articles.storable import COLUMNS, content, edit_rows, state, version_facts
from zsparkcrawl.chinese.counters import uncounted
from zsparkcrawl.clean import TEXT_FIELDS
from zsparkcrawl.edits import Damage, Edit, Edited, revert
from zsparkcrawl.items import Article, Diagnosis
from zsparkcrawl.sites import UnknownSiteError, site_named
from zsparkcrawl.witnesses import Witness

__all__ = ["FACTS", "Kept", "host_of", "is_certain", "is_doubtful", "is_own", "kept_copy", "kept_version"]

FACTS = ("charset", "charset_reason", "diagnosis", "damaged", "injection_count")
"""What a witness records of the way its text came about; the counts of a version follow from the rest."""

EditRow = Mapping[str, Any]
_MOMENTS = ("date", "time")


@dataclass(frozen=True, slots=True)
class Kept:
    """One copy: where and when it stood, and its content with the record of its texts, as rows of the tables.

    ``number`` is that of the witness, 0 while it has none. ``version`` is the version that has this content, None when
    none has.
    """

    host: str
    own: bool
    capture_id: int | None
    first_seen: str
    last_seen: str
    content: Mapping[str, Any]
    edits: Sequence[EditRow]
    facts: Mapping[str, Any]
    number: int = 0
    version: int | None = None

    @property
    def url(self) -> str:
        """The page it was read from."""
        return str(self.content["url"])

    @property
    def state(self) -> State:
        """The copy as a state of the article, to be compared with others."""
        return state(self.content, self.facts, self.edits)

    @property
    def digest(self) -> str:
        """Of what the page says before cleaning. Numbers that a page counts by itself are left out, and so is a day
        that is counted from the visit: both are others every night."""
        made = self._edits()
        said: list[Any] = [_uncounted(_raw(text, made.get(name, ()))) for name, text in _texts(self.content)]
        if self.content["date_basis"] != "relative":
            said += [self.content[name] for name in _MOMENTS]
        for name in ("attachments", "images"):
            said.append([plain_address(each["url"], [self.url]) for each in self.content[name]])
        return hashlib.blake2b(json.dumps(said, ensure_ascii=False).encode(), digest_size=16).hexdigest()

    @property
    def said(self) -> tuple[object, ...]:
        """What cleaning made of it, without what the page counts: the same page read by other rules says other."""
        texts = [_uncounted(text) for _, text in _texts(self.content)]
        made = [(one["field"], one["rule"], one["before"], one["after"], one["certainty"]) for one in self.edits]
        marks = [(name, [mark["reason"] for mark in found]) for name, found in self.facts["damaged"].items()]
        return texts, sorted(made, key=lambda one: one[0]), sorted(marks)

    @property
    def witness(self) -> Witness:
        """The copy as a witness of what the article says."""
        made, marks = self.edits_by_field(), self.facts["damaged"]
        texts = {
            name: None
            if (text := self.content[name]) is None
            else Edited(text, tuple(made.get(name, ())), tuple(Damage(**mark) for mark in marks.get(name, ())))
            for name in TEXT_FIELDS
        }
        time = dt.datetime.fromisoformat(self.last_seen)
        values = {name: self.content[name] for name in _MOMENTS}
        return Witness(self.host, self.url, time, self.own, _diagnosis(self.facts["diagnosis"]), texts, values)

    def edits_by_field(self) -> dict[str, list[Edit]]:
        """The edits of each text, in the order in which they were made; without those that cannot be undone."""
        texts = dict(_texts(self.content))
        return {name: made for name, made in self._edits().items() if _undone(texts.get(name) or "", made) is not None}

    def _edits(self) -> dict[str, list[Edit]]:
        made: dict[str, list[Edit]] = {}
        for one in self.edits:
            edit = Edit(one["rule"], one["start"], one["before"], one["after"], one["certainty"])
            made.setdefault(one["field"], []).append(edit)
        return made


def kept_copy(article: Article, facts: Mapping[str, Any], seen_at: str) -> Kept:
    """A clean article as a copy; ``facts`` has capture_id."""
    told = version_facts(article)
    return Kept(
        host_of(article.url),
        is_own(article.site, article.url),
        facts["capture_id"],
        seen_at,
        seen_at,
        content(article),
        tuple(edit_rows(article)),
        {name: told[name] for name in FACTS},
    )


def kept_version(site: str, row: Mapping[str, Any], edits: Sequence[EditRow], seen_at: str) -> Kept:
    """A version as a copy, from its row and the rows of its edits."""
    return Kept(
        host_of(row["url"]),
        is_own(site, row["url"]),
        row["capture_id"],
        seen_at,
        seen_at,
        {name: row[name] for name in COLUMNS},
        edits,
        {name: row[name] for name in FACTS},
        version=row["version"],
    )


def is_certain(facts: Mapping[str, Any], edits: Iterable[EditRow]) -> bool:
    """Whether nothing of a copy is inferred or left damaged, so that another one has nothing to add.

    >>> is_certain({"damaged": {}}, [{"certainty": "certain"}]), is_certain({"damaged": {"body": [...]}}, [])
    (True, False)
    """
    return not any(facts["damaged"].values()) and all(one["certainty"] == "certain" for one in edits)


def is_doubtful(article: Article) -> bool:
    """Whether anything of a clean article is inferred or left damaged."""
    edits = (one for made in article.edits.values() for one in made)
    return any(article.damaged.values()) or any(one.certainty == "inferred" for one in edits)


def host_of(url: str) -> str:
    """The host of an address, without its port.

    >>> host_of("http://WWW.nhtp.org:80/news/7.html")
    'www.nhtp.org'
    """
    return urlsplit(url).hostname or ""


def is_own(site: str, url: str) -> bool:
    """Whether an address is one of the site's own, and not a mirror's.

    >>> is_own("nhtp", "http://nhtp.org/news/7.html"), is_own("nhtp", "http://mirror.example/news/7.html")
    (True, False)
    """
    return host_of(url) in _own_hosts(site)


@cache
def _own_hosts(site: str) -> frozenset[str]:
    try:
        return frozenset(site_named(site).hosts)
    except UnknownSiteError:  # its profile was taken away
        return frozenset()


def _texts(row: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """All texts of a row, by the names that their edits have."""
    yield from ((name, row[name]) for name in CONTENT if name in TEXT_FIELDS)
    yield from ((f"attachments.{number}", each["name"]) for number, each in enumerate(row["attachments"]))
    yield from ((f"images.{number}", each["caption"]) for number, each in enumerate(row["images"]))


def _undone(text: str, made: Sequence[Edit]) -> str | None:
    """A text before its edits; None when they cannot be undone, of which `zsparkcrawl verify` tells."""
    try:
        return revert(text, made)
    except ValueError:
        return None


def _uncounted(text: str | None) -> str | None:
    return None if text is None else uncounted(text)


def _raw(text: str | None, made: Sequence[Edit]) -> str | None:
    raw = _undone(text or "", made) if made else None
    return text if raw is None else raw


def _diagnosis(found: Mapping[str, Any] | None) -> Diagnosis:
    """A diagnosis as it was before it was stored."""
    if found is None:
        return Diagnosis()
    return Diagnosis(
        found["script"],
        {sign: frozenset(readings) for sign, readings in found["annotated"].items()},
        found["shifted"],
        found["cut"],
        dt.date.fromisoformat(found["published"]) if found["published"] else None,
        tuple(found["evidence"]),
    )
