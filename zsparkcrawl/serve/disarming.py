"""An archived page made harmless: what would load, run, send or lead a browser away is taken out of it.

The answer that carries the page forbids all of this as well (:data:`POLICY`). That alone stopped every request of a
page that tried thirty ways, but not the connection that ``preconnect`` opens (Chromium 156): what is not there is not
tried.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from zsparkcrawl.extract.tree import parse

__all__ = ["POLICY", "disarmed"]

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""The Content-Security-Policy of an archived page: no script, no form, no frame, nothing from outside; its own inline
styles and pictures that stand in it are shown."""

_TAKEN_OUT = frozenset(["script", "template"])
"""Tags that go with all that is in them."""
_EMPTIED = frozenset(
    "link base meta object embed applet iframe frame frameset param source track portal fencedframe svg math audio "
    "video bgsound noscript noembed noframes plaintext xmp listing".split()
)
"""Tags that load something, or whose content a browser reads otherwise than this parser does. The parser takes what
stands behind some of them for their content, so the text is kept."""
_FORMS = frozenset("form button input select textarea isindex keygen".split())
_KEPT = frozenset(
    "align alt bgcolor border cellpadding cellspacing class clear color cols colspan datetime dir face height hspace "
    "id lang nowrap reversed rows rowspan size span start style summary title type valign vspace width".split()
)
"""Attributes that only say how something looks or what it is."""
_FETCHES = re.compile(r"url\s*\(|@import|image-set|src\s*\(|expression|\\", re.IGNORECASE)
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp)[;,]", re.IGNORECASE)
_DOCTYPE = "<!DOCTYPE html>\n"


def disarmed(text: str) -> str:
    """A page's HTML without scripts, links, forms, frames, pictures from outside and styles that fetch.

    >>> disarmed('<p onclick="x()">园区<script src="http://a.example/"></script><img src="http://a.example/i.png"></p>')
    '<!DOCTYPE html>\\n<html><head><meta charset="utf-8"></head><body><p>园区<span></span></p></body></html>'
    """
    tree = parse(text)
    for element in list(tree.iter()):
        name = element.tag.lower() if isinstance(element.tag, str) else "script"
        if name in _TAKEN_OUT or (name in _EMPTIED and not len(element) and not element.text):
            _take_out(element)
        elif name in _EMPTIED:
            element.tag = "div"
    for element in tree.iter(etree.Element):
        _disarm(element)
    head = tree.find("head")
    if head is None:
        head = etree.Element("head")
        tree.insert(0, head)
    head.insert(0, etree.Element("meta", {"charset": "utf-8"}))
    return _DOCTYPE + etree.tostring(tree, encoding="unicode", method="html")


def _take_out(element: HtmlElement) -> None:
    """Remove an element with what is in it; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _disarm(element: HtmlElement) -> None:
    name = str(element.tag).lower()
    if name in _FORMS or ":" in name:
        element.tag = "span"
    if name == "style" and _FETCHES.search("".join(element.itertext())):
        element.text = _unfetching(element.text or "")
    picture = element.get("src", "") if name == "img" else ""
    for attribute, value in list(element.attrib.items()):
        if attribute.lower() not in _KEPT or (attribute.lower() == "style" and _FETCHES.search(value)):
            del element.attrib[attribute]
    if _DATA_PICTURE.match(picture):
        element.set("src", picture)
    elif name == "img":  # what it shows where there is no picture
        element.tag, element.text = "span", element.get("alt", "")


def _unfetching(style: str) -> str:
    """A style sheet without the rules that fetch something.

    >>> _unfetching("p{color:red} @import 'http://a.example/'; b{background:url(//a.example/)} i{margin:0}")
    'p{color:red} i{margin:0}'
    """
    kept = (rule for rule in re.findall(r"[^{};]*\{[^{}]*\}|[^{};]*;|[^{}]+", style) if not _FETCHES.search(rule))
    return "".join(kept)
