"""Spam in the markup: hidden blocks, junk tags, links to foreign hosts, scripts that send readers away, hijacked heads.

Works on a tree that its caller has parsed for it and owns; what is taken out comes back as injections.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from zsparkcrawl.items import Injection
from zsparkcrawl.spam.phrases import is_spam

__all__ = ["prune"]

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])|"
    r"(?:left|top|text-indent|margin-left|margin-top|right|bottom)\s*:\s*-\s*\d{3,}|"
    r"(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$|!)|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*(#[0-9a-f]{3,6}|[a-z]+|rgb\([^)]*\))", re.IGNORECASE)
_RULE = re.compile(r"([.#][\w-]+)\s*\{([^{}]*)\}")
_SENDS_AWAY = re.compile(r"document\.referrer|location\s*(?:\.href)?\s*=|location\.replace|window\.open", re.IGNORECASE)
_SEARCHERS = re.compile(r"baidu|sogou|\bso\.com|360|google|bing|spider|referrer", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://([\w.-]+)", re.IGNORECASE)
_JUNK_ID = re.compile(r"[a-z0-9]{4,10}")
_KEPT = 500


def prune(tree: HtmlElement, url: str) -> tuple[Injection, ...]:
    """Take the spam that sits in the markup out of a tree, in place, and say what it was.

    ``url`` is the page's own address: what points to another host is foreign. A hidden element that holds most of
    the page's text is the page's own (tabs, folded sections) and stays.

    >>> from lxml.html import fromstring
    >>> tree = fromstring('<div>新闻<p style="display:none"><a href="http://spam.example/">彩票</a></p></div>')
    >>> prune(tree, "http://park.example/news/1.html"), tree.text_content()
    ((Injection(kind='hidden', text='彩票', domain='spam.example'),), '新闻')
    """
    found: list[Injection] = []
    steps: tuple[Callable[[HtmlElement, str], Iterator[Injection]], ...] = (
        _scripts, _redirects, _hidden, _junk, _head, _attributes, _foreign_links,
    )  # fmt: skip
    for step in steps:
        found += step(tree, url)
    return tuple(found)


def _scripts(tree: HtmlElement, url: str) -> Iterator[Injection]:
    """Scripts that send away those who come from a search engine. Scripts hold no article text: all go."""
    for element in list(tree.iter("script")):
        code = element.text or ""
        if _SENDS_AWAY.search(code) and _SEARCHERS.search(code):
            domain = next((m[1].lower() for m in _ADDRESS.finditer(code) if _foreign(m[0], url)), None)
            yield Injection("script", code.strip()[:_KEPT], domain)
        _drop(element)


def _redirects(tree: HtmlElement, url: str) -> Iterator[Injection]:
    for element in list(tree.iter("meta")):
        if element.get("http-equiv", "").lower() == "refresh" and (domain := _foreign(element.get("content", ""), url)):
            yield Injection("redirect", element.get("content", "")[:_KEPT], domain)
            _drop(element)


def _hidden(tree: HtmlElement, url: str) -> Iterator[Injection]:
    styles = _hiding_styles(tree)
    whole = len(tree.text_content())
    for element in list(tree.iter(etree.Element)):
        if element.tag in {"html", "body", "head", "input", "meta", "link"} or not _is_hidden(element, styles):
            continue
        text = " ".join(element.text_content().split())
        if 2 * len(text) > whole or not _attached(element, tree):
            continue
        hrefs = [anchor.get("href", "") for anchor in element.iter("a")]
        domain = next((domain for href in hrefs if (domain := _foreign(href, url))), None)
        if text or domain:
            yield Injection("hidden", text[:_KEPT], domain)
        _drop(element)


def _hiding_styles(tree: HtmlElement) -> frozenset[str]:
    """Classes and ids (".x", "#x") that a style sheet in the page hides."""
    sheets = (element.text or "" for element in tree.iter("style"))
    return frozenset(m[1] for sheet in sheets for m in _RULE.finditer(sheet[:65536]) if _HIDING.search(m[2]))


def _is_hidden(element: HtmlElement, styles: frozenset[str]) -> bool:
    attributes: Mapping[str, str] = element.attrib
    if "hidden" in attributes or (element.tag == "marquee" and attributes.get("height") in {"0", "1"}):
        return True
    style = attributes.get("style", "")
    if style and (_HIDING.search(style) or _same_colour(style)):
        return True
    names = [f".{name}" for name in attributes.get("class", "").split()] + [f"#{attributes.get('id', '')}"]
    return bool(styles) and not styles.isdisjoint(names)


def _same_colour(style: str) -> bool:
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    return bool(colour and ground and colour[1].strip().lower() == ground[1].strip().lower())


def _junk(tree: HtmlElement, url: str) -> Iterator[Injection]:
    """Empty tags that all carry one random id: the tags go, the text around and inside them stays."""
    elements = [e for e in tree.iter(etree.Element) if _JUNK_ID.fullmatch(e.get("id", "")) and len(e.attrib) == 1]
    times = Counter(element.get("id") for element in elements)
    for junk, count in sorted(times.items()):
        # An honest page gives an id to one element; a template that repeats one gives it classes as well.
        if count >= 2:
            for element in elements:
                if element.get("id") == junk and element.getparent() is not None:
                    element.drop_tag()
            yield Injection("junk", f"{count} tags with the id {junk}")


def _head(tree: HtmlElement, url: str) -> Iterator[Injection]:
    for element in list(tree.iter("title")):
        if element.text and is_spam(element.text):
            yield Injection("title", element.text.strip()[:_KEPT])
            element.text = ""
    for element in list(tree.iter("meta")):
        if is_spam(element.get("content", "")):
            yield Injection("meta", element.get("content", "")[:_KEPT])
            _drop(element)


def _attributes(tree: HtmlElement, url: str) -> Iterator[Injection]:
    for element in tree.iter(etree.Element):
        for name in ("alt", "title"):
            if (value := element.get(name)) and is_spam(value):
                yield Injection("attribute", value[:_KEPT])
                del element.attrib[name]


def _foreign_links(tree: HtmlElement, url: str) -> Iterator[Injection]:
    """Links to other hosts whose text is spam. A link to another host as such is a writer's right."""
    for anchor in list(tree.iter("a")):
        text = " ".join(anchor.text_content().split())
        if (domain := _foreign(anchor.get("href", ""), url)) and text and is_spam(text):
            yield Injection("foreign-link", text[:_KEPT], domain)
            _drop(anchor)


def _foreign(address: str, url: str) -> str | None:
    """The host that an address names when it is another than the page's own."""
    match = _ADDRESS.search(address)
    try:
        host = match[1].lower() if match else (urlsplit(urljoin(url, address)).hostname or "")
        own = (urlsplit(url).hostname or "").lower()
    except ValueError:  # an address such as http://[broken
        return None
    bare = own.removeprefix("www.")
    return host if host and host not in {own, bare} and not host.endswith(f".{bare}") else None


def _attached(element: HtmlElement, tree: HtmlElement) -> bool:
    return any(ancestor is tree for ancestor in element.iterancestors())


def _drop(element: HtmlElement) -> None:
    """Take an element out; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()
