"""Addresses as a page writes them, made absolute. A broken one is no fault of the reader's."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml.html import HtmlElement

__all__ = ["absolute", "base_of"]


def base_of(tree: HtmlElement, url: str) -> str:
    """What the page's relative addresses are relative to.

    >>> from lxml.html import document_fromstring
    >>> base_of(document_fromstring('<base href="/x/"><p>园区</p>'), "http://a.example/news/7.html")
    'http://a.example/x/'
    """
    named = next((element.get("href", "").strip() for element in tree.iter("base") if element.get("href")), "")
    return absolute(url, named) or url


def absolute(base: str, address: str) -> str:
    """An address as seen from ``base``; "" where it cannot be taken apart (http://[broken).

    >>> absolute("http://a.example/news/7.html", "../b.pdf"), absolute("http://a.example/", "http://[broken")
    ('http://a.example/b.pdf', '')
    """
    try:
        return urljoin(base, address)
    except ValueError:
        return ""
