"""Spam in the markup: hidden blocks, junk tags, links to foreign hosts, scripts that send readers away, hijacked heads.

Works on a tree that its caller has parsed for it and owns; what is taken out comes back as injections.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from zsparkcrawl.items import Injection
from zsparkcrawl.spam import despam, is_spam, spam_among
from zsparkcrawl.spam.hiding import Hiding, hiding_of
from zsparkcrawl.spam.redirects import foreign_host, sends_to

__all__ = ["prune"]

_JUNK_ID = re.compile(r"[a-z0-9]{4,10}")
_PIECES = re.compile(r"\s*[-_|,，]+\s*")
_KEPT = 500
_WORDS = ("alt", "title", "summary", "placeholder")
"""Attributes that have words of their own."""
_LINK = ["href"]
"""The attributes that most elements with any have: links hold nothing that is looked for here."""
_NEVER_HIDDEN = frozenset(["html", "body", "head", "input", "meta", "link"])
_NESTED = 300
"""Hidden elements one inside the other that hold most of a page's text, after which no more are looked at: a bound, for
the text of each is gathered anew. Chosen: what an editor leaves over nests by ten."""
_TITLE_SHORTEST = 5
"""Characters of a title that is left over of a hijacked one: fewer may be a word of the spam. Chosen."""
_FARM = 3
"""Links to foreign hosts in one element, spam most of them, from which on all of them go. Chosen."""


def prune(tree: HtmlElement, url: str) -> tuple[Injection, ...]:
    """Take the spam that sits in the markup out of a tree, in place, and say what it was.

    ``url`` is the page's own address: what points to another host is foreign. A hidden element that holds most of
    the page's text is the page's own (tabs, folded sections) and stays.

    >>> from lxml.html import fromstring
    >>> tree = fromstring('<div>新闻<p style="display:none"><a href="http://spam.example/">彩票</a></p></div>')
    >>> (found,) = prune(tree, "http://park.example/news/1.html")
    >>> found.kind, found.phrase, found.domain, found.carrier, tree.text_content()
    ('hidden', '彩票', 'spam.example', 'p', '新闻')
    """
    found: list[Injection] = []
    found += _scripts(tree, url)
    found += _refreshes(tree, url)
    hiding = hiding_of(tree)
    carriers = _carriers(tree, hiding)
    found += _hidden(tree, url, hiding, carriers.hideable)
    if any(element.getparent() is None and element is not tree for element in carriers.hideable):
        carriers = _carriers(tree, hiding)
    found += _junk(carriers.plain)
    found += _head(tree)
    found += _attributes(carriers.worded)
    found += _foreign_links(tree, url, {each.domain for each in found if each.domain})
    return tuple(found)


def _scripts(tree: HtmlElement, url: str) -> Iterator[Injection]:
    """Scripts that send readers away. Scripts hold no article text: all go."""
    for element in list(tree.iter("script")):
        code = element.text or ""
        if (domain := sends_to(code, url)) is not None:
            yield Injection("script", code.strip()[:_KEPT], domain or None, "script")
        _drop(element)


def _refreshes(tree: HtmlElement, url: str) -> Iterator[Injection]:
    for element in list(tree.iter("meta")):
        content = element.get("content", "")
        if element.get("http-equiv", "").lower() == "refresh" and (domain := foreign_host(content, url)):
            yield Injection("redirect", content[:_KEPT], domain, "meta")
            _drop(element)


class _Carriers(NamedTuple):
    """The elements that a step may have to do with, in the page's order: what may be hidden, what has an id and no
    other attribute, and what has an attribute with words of its own."""

    hideable: list[HtmlElement]
    plain: list[HtmlElement]
    worded: list[HtmlElement]


def _carriers(tree: HtmlElement, hiding: Hiding) -> _Carriers:
    """One walk for all steps: it takes longer than most of them."""
    found = _Carriers([], [], [])
    carriers, words = hiding.carriers, frozenset(_WORDS)
    for element in tree.iter(etree.Element):
        names = element.keys()
        if names and names != _LINK:
            if not carriers.isdisjoint(names):
                found.hideable.append(element)
            if not words.isdisjoint(names):
                found.worded.append(element)
            elif names == ["id"]:
                found.plain.append(element)
    return found


def _hidden(tree: HtmlElement, url: str, hiding: Hiding, hideable: Iterable[HtmlElement]) -> Iterator[Injection]:
    whole: int | None = None
    gone: set[HtmlElement] = set()
    kept = 0
    for element in hideable:
        if element in gone or element.tag in _NEVER_HIDDEN or not hiding.hides(element):
            continue
        whole = len(tree.text_content()) if whole is None else whole
        text = " ".join(element.text_content().split())
        if 2 * len(text) > whole:
            kept += 1
            if kept > _NESTED:
                return
            continue
        gone.update(element.iter())
        addresses = [inner.get("href") or inner.get("src") or "" for inner in element.iter("a", "iframe")]
        domain = next((domain for address in addresses if (domain := foreign_host(address, url))), None)
        if text or domain:
            yield Injection("hidden", text[:_KEPT], domain, str(element.tag))
        _drop(element)


def _junk(plain: Sequence[HtmlElement]) -> Iterator[Injection]:
    """Empty tags that all carry one random id: the tags go, the text around and inside them stays."""
    ids = (element.get("id", "") for element in plain)
    times = Counter(junk for junk in ids if _JUNK_ID.fullmatch(junk))
    # An honest page gives an id to one element; a template that repeats one gives it classes as well.
    if not times or max(times.values()) < 2:
        return
    called: dict[str, str] = {}
    going = [element for element in plain if times[element.get("id", "")] >= 2]
    for element in going:
        junk, tag = element.get("id", ""), str(element.tag)
        if tag not in (tags := called.get(junk, "")).split():
            called[junk] = f"{tags} {tag}" if tags else tag
    _drop_tags(going)
    for junk, tags in sorted(called.items()):
        yield Injection("junk", junk, None, " ".join(sorted(tags.split()))[:_KEPT])


def _drop_tags(elements: Iterable[HtmlElement]) -> None:
    """Take out the tags of elements, which are in the page's order; what is inside them stays. The text of those that
    stand side by side is put together once: a page may have a hundred thousand of them."""
    pieces: list[str] = []
    parent: HtmlElement | None = None
    before: HtmlElement | None = None
    for element in elements:
        place = element.getparent(), element.getprevious()
        if pieces and (len(element) or place[0] is not parent or place[1] is not before):
            _put_text(parent, before, "".join(pieces))
            pieces.clear()
        parent, before = place
        if parent is None:
            continue
        if len(element):
            element.drop_tag()
            continue
        if not pieces:
            pieces.append((parent.text if before is None else before.tail) or "")
        pieces += (element.text or "", element.tail or "")
        parent.remove(element)
    if pieces:
        _put_text(parent, before, "".join(pieces))


def _put_text(parent: HtmlElement | None, before: HtmlElement | None, text: str) -> None:
    """Put text behind an element, or at the begin of its parent."""
    if before is not None:
        before.tail = text
    elif parent is not None:
        parent.text = text


def _head(tree: HtmlElement) -> Iterator[Injection]:
    for element in list(tree.iter("title")):
        if element.text and is_spam(element.text):
            yield Injection("title", element.text.strip()[:_KEPT], None, "title")
            kept = (piece for piece in _PIECES.split(element.text.strip()) if not is_spam(piece))
            rest = despam("-".join(kept)).text
            element.text = "" if is_spam(rest) or len(rest) < _TITLE_SHORTEST else rest
    metas = list(tree.iter("meta"))
    spam = spam_among(element.get("content", "") for element in metas)
    for element in metas:
        if element.get("content", "") in spam:
            name = element.get("name") or element.get("property") or ""
            yield Injection("meta", element.get("content", "")[:_KEPT], None, f"meta {name}".strip()[:_KEPT])
            _drop(element)


def _attributes(worded: Sequence[HtmlElement]) -> Iterator[Injection]:
    """Hijacked alt and title attributes; what many elements say is told once."""
    told: set[tuple[str, str]] = set()
    spam = spam_among(value for element in worded for name in _WORDS if (value := element.get(name)))
    for element in worded if spam else ():
        for name in _WORDS:
            if (value := element.get(name)) in spam:
                if (name, value) not in told:
                    yield Injection("attribute", value[:_KEPT], None, f"{element.tag} {name}")
                told.add((name, value))
                del element.attrib[name]


def _foreign_links(tree: HtmlElement, url: str, known: set[str]) -> Iterator[Injection]:
    """Links to other hosts whose text is spam, all that lead to hosts which such links name, and whole blocks of them.
    A link to another host as such is a writer's right."""
    anchors = [
        (a, domain, " ".join((a.text_content() if len(a) else a.text or "").split()))
        for a in tree.iter("a")
        if "//" in (address := a.get("href", "")) and (domain := foreign_host(address, url))
    ]
    if not anchors:
        return
    spam = spam_among(text for _, _, text in anchors)
    known = known | {domain for _, domain, text in anchors if text in spam}
    if not any(domain in known for _, domain, _ in anchors):
        return
    farms: Counter[HtmlElement] = Counter(_block(a) for a, _, _ in anchors)
    sold: Counter[HtmlElement] = Counter(_block(a) for a, domain, _ in anchors if domain in known)
    for anchor, domain, text in anchors:
        block = _block(anchor)
        farmed = farms[block] >= _FARM and 2 * sold[block] > farms[block]
        if text and (domain in known or farmed) and len(text) <= _KEPT:
            yield Injection("foreign-link", text, domain, "a")
            _drop(anchor)


def _block(anchor: HtmlElement) -> HtmlElement:
    """The element in which a link stands beside others: what is around it and holds more."""
    parent = anchor.getparent()
    while parent is not None and parent.tag in {"li", "span", "p", "font", "b", "strong", "em", "dd", "td"}:
        if parent.getparent() is None:
            break
        parent = parent.getparent()
    return anchor if parent is None else parent


def _drop(element: HtmlElement) -> None:
    """Take an element out; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()
