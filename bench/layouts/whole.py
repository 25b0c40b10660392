"""Whole pages: each shows one article as a certain make of site would, with its truth beside it.

A whole page is an HTML file with facts in TOML above a line of three dashes, as a layout is, and with a table ``truth``
in them. ``{{title}}`` stands for the title, ``{{body}}`` for the paragraphs of the article that ``text`` numbers in
texts.txt, ``{{7}}``, ``{{7.2}}`` and ``{{7.2+}}`` for those of another, for one of them, and from one on; ``{{menu}}``,
``{{links}}`` and ``{{related}}`` for what surrounds articles. ⟦ and ⟧ enclose a line of the body, ⟪ and ⟫ one that may
be counted to it or not, such as a line of credits. A fact that several values state as well is a list of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

__all__ = ["Whole", "whole_page"]

_PLACE = re.compile(r"\{\{([\w.+]+)\}\}")
_NUMBERED = re.compile(r"(\d+)(?:\.(\d+)(\+?))?")
_LINE = re.compile("⟦(.*?)⟧", re.DOTALL)
_MAY_BE = re.compile("⟪(.*?)⟫", re.DOTALL)
_TAG = re.compile("<[^>]+>")
_LATER = dt.timedelta(days=400, hours=10)
"""How long after its day a page is fetched that does not say when."""
_ZONE = dt.timezone(dt.timedelta(hours=8))
_UNDATED = dt.datetime(2024, 6, 20, 10, tzinfo=_ZONE)

Whole = tuple[str, str, dict[str, tuple[str | None, ...]], frozenset[str], dt.datetime]
"""The page, the lines of its body, the values of each field that are right, lines that may be counted to the body or
not, and the moment of fetching."""


@cache
def _texts() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Title and paragraphs of each article, by its number."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for article in re.split(r"\n(?=\d)", (Path(__file__).parent / "texts.txt").read_text("utf-8").strip()):
        head, *paragraphs = article.split("\n")
        number, title = head.split(" ", 1)
        found[number] = title, tuple(line.strip() for line in paragraphs)
    return found


def whole_page(facts: Mapping[str, Any], html: str, around: Mapping[str, str]) -> Whole:
    """A page from its facts and its HTML. ``around`` has what its places menu, links and related stand for."""
    stated = facts["truth"]
    text = str(facts.get("text", ""))
    title = stated.get("title") or _texts()[text][0]
    form = facts.get("paragraph", "<p>{}</p>")
    values = {**around, "title": escape(title, quote=False), "body": _paragraphs(text, form) if text else ""}
    html = _PLACE.sub(_filled(values, form), html)
    may_be = frozenset(_plain(each) for each in _MAY_BE.findall(html))
    body = "\n".join(line for each in _LINE.findall(html) for line in _plain(each).split("\n"))
    right = {name: _each(value) for name, value in stated.items() if not name.startswith(("image", "attach"))}
    right["title"] = (title,)
    day = next(filter(None, right.get("date", ())), None)
    moment = dt.datetime.fromisoformat(day) + _LATER if day else _UNDATED
    fetched = dt.datetime.fromisoformat(facts["fetched"]) if "fetched" in facts else moment
    return re.sub("[⟦⟧⟪⟫]", "", html), body, right, may_be, fetched.replace(tzinfo=_ZONE)


def _filled(values: Mapping[str, str], form: str) -> Callable[[re.Match[str]], str]:
    def fill(place: re.Match[str]) -> str:
        numbered = _NUMBERED.fullmatch(place[1])
        if numbered is None:
            return values[place[1]]
        article, first, onwards = numbered.groups()
        if first is None or onwards:
            return _paragraphs(article, form, int(first or 1))
        return f"⟦{escape(_texts()[article][1][int(first) - 1], quote=False)}⟧"

    return fill


def _paragraphs(article: str, form: str, first: int = 1) -> str:
    return "\n".join(form.format(f"⟦{escape(each, quote=False)}⟧") for each in _texts()[article][1][first - 1 :])


def _plain(html: str) -> str:
    """What a reader sees of a line."""
    lines = unescape(_TAG.sub("", re.sub(r"<br ?/?>", "\n", html))).replace("\xa0", " ").split("\n")
    return "\n".join(line.strip(" \t\u3000") for line in lines)


def _each(value: str | list[str]) -> tuple[str | None, ...]:
    """The values that are right; "" is none at all."""
    return tuple(each or None for each in ([value] if isinstance(value, str) else value))
