"""What else on a page may be its title, for pages whose heading was hijacked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from zsparkcrawl.extract.blocks import Block, collapse
from zsparkcrawl.extract.title import is_breadcrumb
from zsparkcrawl.spam import is_spam

__all__ = ["title_evidence"]

_SEPARATOR = re.compile(r"\s*[-_|–]+\s*")
_STEP = re.compile(r"\s*[>»›/]+\s*")
_SHORTEST = 4
"""Characters of a title: what is shorter is the name of a section. Chosen."""


def title_evidence(tree: HtmlElement, lines: Sequence[Block], head_title: str, hijacked: str) -> tuple[str, ...]:
    """Texts that may be the title, the best first: other headings, og:title, the `<title>` without the site's name,
    the end of the breadcrumb. None of them is spam, nor the ``hijacked`` heading."""
    found = (*_headings(lines), *_metas(tree), *_heads(head_title), *_breadcrumbs(lines))
    good = (text for text in found if len(text) >= _SHORTEST and text != hijacked and not is_spam(text))
    return tuple(dict.fromkeys(good))


def _headings(lines: Sequence[Block]) -> Iterator[str]:
    for block in lines:
        if block.tag in {"h1", "h2"} and 2 * block.linked < len(block.text):
            yield block.text


def _metas(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("meta"):
        if (element.get("property") or element.get("name") or "").lower() in {
            "og:title",
            "articletitle",
            "twitter:title",
        }:
            yield collapse(element.get("content", ""))


def _heads(head_title: str) -> Iterator[str]:
    """The `<title>`: without the site's name behind or before it, which is the shorter part."""
    pieces = [piece for piece in _SEPARATOR.split(head_title) if piece]
    if len(pieces) > 1:
        first, last = _SEPARATOR.search(head_title), list(_SEPARATOR.finditer(head_title))[-1]
        behind = len(pieces[-1]) <= len(pieces[0])
        yield head_title[: last.start()] if behind or first is None else head_title[first.end() :]
    yield head_title


def _breadcrumbs(lines: Sequence[Block]) -> Iterator[str]:
    for block in lines:
        if is_breadcrumb(block.text[:60]):
            steps = [step for step in _STEP.split(block.text) if step]
            if len(steps) > 2 and not any(link.text == steps[-1] for link in block.links):
                yield steps[-1]
