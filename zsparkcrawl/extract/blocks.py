"""A page as the lines a reader sees: each block of text with where it stands, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

__all__ = ["Block", "Link", "blocks", "collapse"]

_BLOCK_TAGS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " "
    "header hr html legend li main nav ol p pre section table tbody td tfoot th thead title tr ul option select".split()
)
_SILENT = frozenset("script style noscript template iframe object embed head textarea select button svg".split())
_WIDE = "\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65"
_SOURCE_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{_WIDE}])")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_EDGES = " \t\r\n\f\xa0\u3000\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a block: its text and its address as written."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the page. ``element`` is the innermost block element around it; ``image`` is set for a picture,
    which is a block of its own without text."""

    text: str
    element: HtmlElement
    links: tuple[Link, ...] = ()
    image: str | None = None

    @property
    def tag(self) -> str:
        """Name of the element around it."""
        return str(self.element.tag)

    @property
    def linked(self) -> int:
        """Characters that are link text."""
        return sum(len(link.text) for link in self.links)


def collapse(text: str) -> str:
    """Blanks as a browser shows them; a line break of the source between two Chinese characters is no blank at all;
    indentation (U+3000, nbsp) is taken off the ends.

    >>> collapse("　　健康基地\\n  招商  会 ")
    '健康基地招商 会'
    """
    return _BLANKS.sub(" ", _SOURCE_BREAK.sub("", text)).strip(_EDGES)


def blocks(root: HtmlElement) -> list[Block]:
    """All blocks below ``root`` that hold text or a picture. A table row of plain cells is one block, its cells
    separated by tabs."""
    return list(_Reader().read(root))


@dataclass(slots=True)
class _Reader:
    """Walks the tree without recursion (pages nest tens of thousands deep) and gathers the line at hand."""

    pieces: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    elements: list[HtmlElement] = field(default_factory=list)

    def read(self, root: HtmlElement) -> Iterator[Block]:
        self.elements.append(root)
        stack: list[tuple[HtmlElement, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                yield from self._leave(element, root)
                continue
            if not isinstance(element.tag, str) or element.tag in _SILENT:
                yield from self._tail(element, root)
                continue
            if element.tag in _BLOCK_TAGS and element is not root:
                yield from self._flush()
                self.elements.append(element)
            row = _plain_row(element) if element.tag == "tr" else None
            if row is not None:
                if row.strip():
                    yield Block(row, element, tuple(_links(element)))
                yield from self._leave(element, root)
                continue
            if element.tag in {"br", "hr"}:
                yield from self._flush()
            elif element.tag == "img":
                links = () if "".join(self.pieces).strip() else tuple(self.links)
                yield from self._flush()
                yield Block("", self.elements[-1], links, image=element.get("src") or "")
            yield from self._text(element.text)
            if element.tag == "a":
                self.links += _links(element)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        yield from self._flush()

    def _leave(self, element: HtmlElement, root: HtmlElement) -> Iterator[Block]:
        if element.tag in _BLOCK_TAGS and element is not root:
            yield from self._flush()
            self.elements.pop()
        yield from self._tail(element, root)

    def _tail(self, element: HtmlElement, root: HtmlElement) -> Iterator[Block]:
        if element is not root:
            yield from self._text(element.tail)

    def _text(self, text: str | None) -> Iterator[Block]:
        """Text goes to the line at hand; in a <pre> its line ends are line ends."""
        first, *others = (text or "").split("\n") if self.elements[-1].tag == "pre" else [text or ""]
        self.pieces.append(first)
        for line in others:
            yield from self._flush()
            self.pieces.append(line)

    def _flush(self) -> Iterator[Block]:
        text = collapse("".join(self.pieces))
        if text:
            yield Block(text, self.elements[-1], tuple(self.links))
        self.pieces.clear()
        self.links.clear()


def _links(element: HtmlElement) -> list[Link]:
    anchors = [element] if element.tag == "a" else list(element.iter("a"))
    return [Link(collapse(a.text_content()), a.get("href", "").strip()) for a in anchors if a.get("href")]


def _plain_row(row: HtmlElement) -> str | None:
    """The cells of a data table's row joined by tabs, None when the row lays out a page."""
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    if len(cells) < 2 or any(inner.tag in {"table", "img", "br", "div"} for cell in cells for inner in cell.iter()):
        return None
    texts = [collapse(cell.text_content()) for cell in cells]
    return "\t".join(texts) if max(map(len, texts)) <= 120 else None
