"""Whether a page that was read as an article may be believed to be the one of its address: pure functions.

A site in trouble answers many addresses, or all, with one and the same page: its home page, one that asks for a
password, one of whoever bought the domain. Read as articles these would take the place of healthy ones. Two things
tell them:

- ``shared``: the same text under the same title stood under another address of the host. That alone proves nothing, for
  a notice may be published twice, under news and under notices, or under an old and a new address: such an article is
  called as its listing calls it.
- ``strange``: text and title have nothing to do with what is known of the article. So the first page of the kind is
  told, before there is a second one. A site may have given the number to another article: the third visit that finds
  the same text, and finds it nowhere else, is believed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from zsparkcrawl.archive.crawling.visits import Ending
from zsparkcrawl.archive.witnesses.likening import likeness
from zsparkcrawl.chinese.counters import uncounted
from zsparkcrawl.chinese.script import ANNOTATION, simplified
from zsparkcrawl.items import Article

__all__ = ["Doubt", "Known", "doubt", "is_called", "shown_title", "text_digest"]

Kind = Literal["shared", "strange"]

_LEAST_SHARE = 8
"""Of a hundred runs of five characters how many a text must have in common with the kept one to be a state of it. No
two different texts of the sample have more than 6."""
_TITLE_SHARE = 0.6
"""Of the pairs of characters of a known title, how many the shown one must have. Chosen: a site's name begins many
titles, and of a title in which one character of eight is lost three quarters of the pairs stay."""
_TITLE_SHORTEST = 5
"""Characters of a listing's title from which on another one speaks against a page: shorter ones (查看详情) may name no
article. Chosen."""
_VISITS = 3
"""Visits, each of another run, after which the same strange text is believed. Chosen."""
_BESIDE = re.compile(
    r"^\s*[【\[（(〔].{1,8}?[】\]）)〕]|\d{2,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|[】\]）)\s]+$"
)
"""What listings put beside a title: its kind in brackets, the day."""
_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a page is not believed."""

    kind: Kind
    reason: str

    @property
    def ending(self) -> Ending:
        """How the visit ended: what is strange another night settles, what is shared may stay so for long."""
        return "not an article" if self.kind == "shared" else "not now"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article before a page of it is believed.

    ``listed`` is what listings call it; ``title`` and ``body`` are those of the state that is kept, None when there is
    none or when the page is that of another host. ``shared`` tells whether the host showed the same under the address
    of another article, ``frame`` whether a page that is none did, as the home page; ``visits`` in how many runs this
    address did, the present one included. ``firm``: what is kept may be held against the page.
    """

    listed: tuple[str, ...] = ()
    title: str | None = None
    body: str | None = None
    shared: bool = False
    frame: bool = False
    visits: int = 1
    firm: bool = True


def doubt(article: Article, known: Known) -> Doubt | None:
    """Why a clean article is not believed to be the one of its address; None when it is.

    >>> page = Article("nhtp", "news", "7", "http://www.nhtp.org/news/7.html", title="健康基地首页", body="欢迎光临。")
    >>> doubt(page, Known(("健康基地召开年度工作会议",), shared=True)).kind
    'shared'
    >>> doubt(page, Known(("健康基地召开年度工作会议",), "健康基地召开年度工作会议", "各部门负责人参加了会议。")).kind
    'strange'
    >>> doubt(page, Known(("健康基地首页",), frame=True)) is None, doubt(page, Known()) is None
    (True, True)
    """
    title = shown_title(article)
    if any(is_called(title, name) for name in known.listed):
        return None
    listed = [name for name in known.listed if len(_plain(name)) >= _TITLE_SHORTEST]
    as_kept = known.title is not None and is_called(title, known.title)
    continues = known.body is not None and _is_state_of(article, known)
    if known.shared or known.frame:
        is_article = article.date is not None and not listed and not known.frame
        if (as_kept and continues) if known.body is not None else is_article:
            return None
        return Doubt("shared", "the page is one that other addresses show as well")
    if as_kept or continues or known.visits >= _VISITS or not known.firm:
        return None
    unsigned = article.date is None and not (article.author or article.source or article.editor)
    if known.body is not None or (listed and unsigned):
        return Doubt("strange", "the page tells another story under another title")
    return None


def text_digest(article: Article) -> str:
    """Of what a page says and shows, by which it is known again under another address: its title, its clean text
    without counts, the names of its files and pictures.

    >>> page = Article("nhtp", "news", "7", "http://www.nhtp.org/news/7.html", "首页", body="欢迎光临。\\n点击：45")
    >>> text_digest(page) == text_digest(Article("nhtp", "news", "8", "", "首页", body="欢迎光临。\\n点击：46"))
    True
    """
    shown = [*(item.url for item in article.attachments), *(item.url for item in article.images)]
    said = [shown_title(article), "".join(uncounted(article.body).split()), [_file_name(url) for url in shown]]
    return hashlib.blake2b(json.dumps(said, ensure_ascii=False).encode(errors="replace"), digest_size=16).hexdigest()


def shown_title(article: Article) -> str:
    """The title that the page itself shows; "" when it was spam, in whose place that of the listing was put."""
    replaced = any(edit.rule == "spam-title" for edit in article.edits.get("title", ()))
    return "" if replaced else article.title or ""


def is_called(title: str, name: str) -> bool:
    """Whether a page's title is what the article is known by, which may be cut short, damaged, or have a word
    beside it.

    >>> is_called("健康基地召开2019年工作会议", "【要闻】健康基地召开2019年工作…2019-02-19")
    True
    >>> is_called("健康基地", "健康基地召开2019年工作会议")
    False
    """
    shown, known = _pairs(_plain(title)), _pairs(_plain(name))
    return bool(shown and known) and len(shown & known) >= _TITLE_SHARE * len(known)


def _is_state_of(article: Article, known: Known) -> bool:
    page, kept = ({"title": None, "date": None, "body": body or ""} for body in (article.body, known.body))
    return page["body"] == kept["body"] or likeness(page, kept).share >= _LEAST_SHARE


def _plain(text: str) -> str:
    return _NO_WORD.sub("", simplified(_BESIDE.sub("", ANNOTATION.sub("", text)))).casefold()


def _pairs(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(max(len(text) - 1, 1))} - {""}


def _file_name(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2]
    except ValueError:  # an address such as http://[broken
        return url
