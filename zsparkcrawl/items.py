"""What travels through the program: a page as it came, and the article that was read from it.

All are frozen: a step makes a new one with :func:`dataclasses.replace` and never changes the one it was given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal

from zsparkcrawl.edits import Damage, Edit

__all__ = [
    "FILE_TYPES",
    "LACKS_PAGE",
    "Article",
    "Attachment",
    "DateBasis",
    "Diagnosis",
    "Image",
    "Injection",
    "KeptArticle",
    "MissingReason",
    "Page",
    "Precision",
    "Script",
    "plain",
]

FILE_TYPES = frozenset("doc docx wps pdf ofd xls xlsx et csv ppt pptx zip rar 7z txt rtf".split())
"""Endings of the files that articles offer."""
LACKS_PAGE = "a page of the article is missing: "
"""Begins the reason of the mark where a page of an article in several pages could not be had; its address follows."""
_SUFFIX = re.compile(r"\.(\w{2,4})$")

Script = Literal["simplified", "turned", "traditional", "unknown"]
Precision = Literal["second", "minute", "day", "month"]
DateBasis = Literal["shown", "relative", "completed", "signature", "metadata"]
"""What a date was read from: written in full where an article's date stands; counted from the day of fetching (3天前);
completed by a year from the page's address or metadata (3月5日); the date below a notice's signature; metadata alone.
"""
MissingReason = Literal["absent", "illegible", "conflict"]


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched: the bytes as they came, and what the server said of them."""

    url: str
    body: bytes
    content_type: str = ""
    """The Content-Type header, "" when there was none. Evidence of the charset, not the truth of it."""
    status: int = 200
    fetched_at: dt.datetime | None = None
    """When it was fetched (aware). The only clock that reading has."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article offers: its name as shown, its absolute URL, and its type as the URL or the name has it
    ("docx", "pdf"; "" when neither tells)."""

    name: str
    url: str
    type: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Read the type off the end of the address, else of the name."""
        found = (_SUFFIX.search(text) for text in (re.split("[?#]", self.url)[0], self.name.strip()))
        # The item is frozen; only this one value, which follows from the others, is set by the item itself.
        object.__setattr__(
            self, "type", next((match[1].lower() for match in found if match and match[1].lower() in FILE_TYPES), "")
        )


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an article: its absolute URL and its caption, None when it has none."""

    url: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Injection:
    """Something foreign that was found in a page and kept out of the article.

    ``kind`` is one of hidden, junk, foreign-link, script, redirect, title, meta, attribute; ``phrase`` what it said
    (shortened to 500 characters); ``domain`` the foreign host it points to, None when it points nowhere; ``carrier``
    the tag or attribute that held it, as "div", "img alt" or "meta keywords".
    """

    kind: str
    phrase: str
    domain: str | None = None
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What kinds of damage a page carries, and the evidence, from all of its fields at once.

    ``script``: "simplified" as written; "turned" into Traditional by a character table; genuine "traditional";
    "unknown" when the text is too short to tell. ``annotated`` maps each character that carries pinyin on this page
    to the readings seen. ``shifted``: pinyin stands behind half a character; ``cut``: text behind a mark is shifted.
    ``published`` is the article's date where it is known: the evidence for lost units.
    """

    script: Script = "unknown"
    annotated: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shifted: bool = False
    cut: bool = False
    published: dt.date | None = None
    evidence: tuple[str, ...] = ()
    runs: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False, metadata={"plain": False})
    """How often each run of one to three characters stands on the page (in Simplified, pinyin left out): what a page
    speaks of it speaks of again."""
    uncut: bool = field(default=False, metadata={"plain": False})
    """Whether text stands whole where a tool that cuts would have cut it."""

    @property
    def damaged(self) -> bool:
        """Whether anything was found at all."""
        return self.script == "turned" or bool(self.annotated) or self.shifted or self.cut


@dataclass(frozen=True, slots=True)
class Article:
    """What was read from a page. Before cleaning its texts are the page's own; after it they are repaired and free
    of spam, with the way there in ``edits``.

    ``author`` and ``source`` are None when the page shows none. ``date`` is None when the page shows none that can
    be trusted; ``date_missing`` then says why, and ``date_raw`` keeps what was read.
    """

    site: str
    section: str | None
    """"news" or "notices"; None for a page of no known section."""
    native_id: str | None
    """The site's own number, as in /news/<native_id>.html."""
    url: str
    title: str | None = None
    date: dt.date | None = None
    time: dt.time | None = None
    date_raw: str | None = None
    date_precision: Precision | None = None
    date_missing: MissingReason | None = None
    author: str | None = None
    """Names in the page's order, kept apart as the page does it (陈小明、林青); names from several places, or with a
    stroke or a bar between them, are joined by a blank. The other fields of names have the same form."""
    source: str | None = None
    editor: str | None = None
    body: str = ""
    """Paragraphs, each on a line of its own."""
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    charset: str | None = None
    charset_reason: str | None = None
    diagnosis: Diagnosis | None = None
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    """By field: the edits that led from the page's text to this one."""
    damaged: Mapping[str, tuple[Damage, ...]] = field(default_factory=dict)
    """By field: what no rule could mend, and in the body where a page of the article is missing."""
    injections: tuple[Injection, ...] = ()
    title_evidence: tuple[str, ...] = field(default=(), repr=False, metadata={"plain": False})
    """What else on the page, or on its listing, may be the title, the best first: for a title that is spam."""
    date_basis: DateBasis | None = None
    """What the date was read from; None without a date."""
    photographer: str | None = None
    reviewers: str | None = None
    """Who looked over it before it went out: 一审 二审 三审, 审核, 校对, 签发."""
    contributor: str | None = None
    """Who sent it in (供稿; 通讯员 where no reporter is named): a person or an office."""


@dataclass(frozen=True, slots=True)
class KeptArticle(Article):
    """An article as the archive has it from an earlier crawl, clean: on its way to a feed, not to be kept again."""


def plain(value: object) -> Any:
    """A value of this program as JSON has it: dataclasses become objects, dates ISO text, sets sorted lists.

    >>> plain(Attachment("附件1.docx", "http://www.nhtp.org/1.docx"))
    {'name': '附件1.docx', 'url': 'http://www.nhtp.org/1.docx', 'type': 'docx'}
    >>> plain({"date": dt.date(2019, 2, 19), "readings": frozenset({"b", "a"})})
    {'date': '2019-02-19', 'readings': ['a', 'b']}
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    kind: Any = type(value)
    if (names := _shown(kind)) is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, list, tuple)):
        inside = [plain(inner) for inner in value]
        return sorted(inside) if isinstance(value, (set, frozenset)) else inside
    return value


@cache
def _shown(kind: Hashable) -> tuple[str, ...] | None:
    """The fields of a dataclass that are shown; None for what is none. Remembered, for a text may have a thousand edits
    to be shown, and asking each anew took a fifth of the time in which texts are mended (measured)."""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return None
    return tuple(entry.name for entry in fields(kind) if entry.metadata.get("plain", True))
