"""A page as the lines a reader sees: each block of text with where it stands, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

__all__ = ["MOST_INSIDE", "Block", "Link", "blocks", "collapse", "short_text", "with_gaps"]

_BLOCK_TAGS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " "
    "header hr html legend li main nav ol p pre section table tbody td tfoot th thead title tr ul option select".split()
)
_SILENT = frozenset("script style noscript template iframe object embed head textarea select button svg".split())
_WIDE = "\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65"
_SOURCE_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{_WIDE}])")
_BLANK = re.compile(r"[\t\r\n\f]|  ")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WAITING = ("data-src", "data-original", "data-lazy-src", "original", "file", "_src", "data-url")
_BLANK_PICTURE = re.compile(r"blank|loading|placeholder|lazy|grey|spacer|pixel|transparent", re.IGNORECASE)
_LAYS_OUT = frozenset(["table", "img", "br", "div"])
_SET_APART = frozenset(["span", "em", "i", "b", "small", "label", "strong", "font"])
MOST_INSIDE = 300
"""Elements inside the one around a line that are looked at for what they say of it: that may be the whole page, and
its lines are thousands. Chosen."""
_LABELLED = re.compile(r"\s*(?:[\u4e00-\u9fff]{1,6}|[A-Z][A-Za-z]{1,9}(?: [A-Za-z]{2,9})?)\s*[:：]")
"""What an element begins with that holds a label and its value."""
_FILLED = re.compile(r"\s*(?:[\u4e00-\u9fff]{1,6}|[A-Z][A-Za-z]{1,9}(?: [A-Za-z]{2,9})?)\s*[:：]\s*[^\s:：]")
_GAPPED_LONGEST = 160
_EDGES = " \t\r\n\f\xa0\u3000\u200b\ufeff"


class Link(NamedTuple):
    """A link in a block: its text and its address as written."""

    text: str
    href: str


class Block(NamedTuple):
    """One line of the page; a tuple, for pages have a hundred thousand of them.

    ``element`` is the innermost block element around it; ``image`` is set for a picture,
    which is a block of its own without text."""

    text: str
    element: HtmlElement
    links: tuple[Link, ...] = ()
    image: str | None = None
    linked: int = 0
    """Characters that are link text."""

    @property
    def tag(self) -> str:
        """Name of the element around it."""
        return str(self.element.tag)


def collapse(text: str) -> str:
    """Blanks as a browser shows them; a line break of the source between two Chinese characters is no blank at all;
    indentation (U+3000, nbsp) is taken off the ends.

    >>> collapse("　　健康基地\\n  招商  会 ")
    '健康基地招商 会'
    """
    text = text.strip(_EDGES)
    if text.isprintable() and "  " not in text:
        return text  # most text has no blanks but single ones: line ends and tabs are not printable
    if "\n" in text:
        text = _SOURCE_BREAK.sub("", text)
    return _BLANKS.sub(" ", text) if _BLANK.search(text) else text


def short_text(element: HtmlElement, most: int) -> str:
    """The text of an element that holds at most so many characters, "" of a longer one, which is not read to its end.

    >>> from lxml.html import fromstring
    >>> short_text(fromstring("<b>来源 <i>市报</i></b>"), 8), short_text(fromstring("<b>来源市报</b>"), 3)
    ('来源 市报', '')
    """
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(piece)
        length += len(piece)
        if length > most:
            return ""
    return collapse("".join(pieces))


def with_gaps(block: Block) -> str:
    """The text of a line with a gap between elements that touch one another and have names of their own, as a style
    sheet sets them apart; the text as it is where the line has none.

    >>> from lxml.html import fromstring
    >>> with_gaps(blocks(fromstring('<p><i id="a">来源：市报</i><i id="b">张三</i></p>'))[0])
    '来源：市报  张三'
    """
    element = block.element
    if len(block.text) > _GAPPED_LONGEST or next(islice(element, 1, None), None) is None:
        return block.text
    wanted = "".join(block.text.split())
    pieces = [element.text or ""]
    room = len(wanted) - len("".join(pieces[0].split()))
    for number, child in enumerate(element):
        for piece in _pieces(child):
            pieces.append(piece)
            room -= len("".join(piece.split()))
            # The element holds more than this line: it may be the whole page, and is not read to its end.
            if room < 0 or number > _GAPPED_LONGEST:
                return block.text
    text = "".join(pieces)
    return text.strip(_EDGES) if "".join(text.split()) == wanted else block.text


def _pieces(child: HtmlElement) -> Iterator[str]:
    """The text of an element, the gap behind it and what follows it."""
    yield from child.itertext()
    yield _gap(child)
    yield child.tail or ""
    # <small>作者:</small>张三<small>点击:</small>: behind the value the next label begins.
    yield "  " if _between_labels(child) else ""


def _gap(child: HtmlElement) -> str:
    following = child.getnext()
    if following is None or (child.tail or "").strip():
        return ""
    if child.tag in _SET_APART and following.tag in _SET_APART and _FILLED.match(child.text or ""):
        return "  "
    return (
        "  "
        if all(
            each.tag in _SET_APART and (each.get("class") or each.get("id") or _LABELLED.match(each.text or ""))
            for each in (child, following)
        )
        else ""
    )


def _between_labels(child: HtmlElement) -> bool:
    following = child.getnext()
    return following is not None and _is_label(child) and _is_label(following)


def _is_label(element: HtmlElement) -> bool:
    """Whether an element is a label: a short text with a colon behind it."""
    text = (element.text or "").strip()
    return len(element) == 0 and element.tag in _SET_APART and 2 <= len(text) <= 8 and text.endswith((":", "："))


def blocks(root: HtmlElement) -> list[Block]:
    """All blocks below ``root`` that hold text or a picture. A table row of plain cells is one block, its cells
    separated by tabs."""
    return _Reader(root).read()


_made = tuple.__new__
"""Makes a link or a block of all its parts in half the time that its class takes (measured)."""
_SKIPPED, _BREAK, _IMAGE, _ANCHOR, _INLINE, _BLOCK, _ROW = range(7)
_READ_IN_PARTS = frozenset([_INLINE, _BLOCK])
_KINDS: dict[str, int] = (
    dict.fromkeys(_SILENT, _SKIPPED)
    | {"br": _BREAK, "hr": _BREAK, "img": _IMAGE, "a": _ANCHOR}
    | dict.fromkeys(_BLOCK_TAGS - _SILENT - {"hr"}, _BLOCK)
    | {"tr": _ROW}
)


class _Reader:
    """Gathers the line at hand while the tree is walked."""

    def __init__(self, root: HtmlElement) -> None:
        self.found: list[Block] = []
        self.pieces: list[str] = []
        self.links: list[Link] = []
        self.elements: list[HtmlElement] = [root]
        self.preformatted = root.tag == "pre"

    def read(self) -> list[Block]:
        """Walk the tree. lxml does it without recursion, for pages nest tens of thousands deep."""
        root, elements, pieces, links = self.elements[0], self.elements, self.pieces, self.links
        walk = etree.iterwalk(root, events=("start", "end"))
        kinds = _KINDS
        for event, element in walk:
            # A comment's tag is a function, and in no table: what it holds is no text, and the parser drops them all.
            kind = kinds.get(element.tag, _INLINE)
            if kind >= _BLOCK and element is not root:
                if pieces or links:
                    self.flush()
                if event == "start":
                    elements.append(element)
                else:
                    elements.pop()
                self.preformatted = elements[-1].tag == "pre"
            if event == "start":
                if kind == _ANCHOR:
                    if href := element.get("href"):
                        links.append(_link(element, href))
                elif kind not in _READ_IN_PARTS and self._whole(element, kind):
                    walk.skip_subtree()
                    continue
                text = element.text
            else:
                text = element.tail if element is not root else None
            # Indentation begins no line.
            if text and self.preformatted:
                self.lines(text)
            elif text and (pieces or text.strip(_EDGES)):
                pieces.append(text)
        self.flush()
        return self.found

    def _whole(self, element: HtmlElement, kind: int) -> bool:
        """Read an element of a kind that is read at once; whether what is inside it is done with."""
        if kind == _SKIPPED:
            return True
        if kind == _BREAK:
            self.flush()
        elif kind == _IMAGE:
            links = () if "".join(self.pieces).strip() else tuple(self.links)
            self.flush()
            self.found.append(Block("", self.elements[-1], links, image=_picture(element)))
        elif kind == _ROW and (row := _plain_row(element)) is not None:
            if row.strip():
                self.found.append(_block(row, element, _links(element)))
            return True
        return False

    def lines(self, text: str) -> None:
        """Text of a <pre> goes to the line at hand, and its line ends are line ends."""
        first, *others = text.split("\n")
        self.pieces.append(first)
        for line in others:
            self.flush()
            self.pieces.append(line)

    def flush(self) -> None:
        """The line at hand is whole."""
        if pieces := self.pieces:
            if text := collapse("".join(pieces) if len(pieces) > 1 else pieces[0]):
                self.found.append(_block(text, self.elements[-1], self.links))
            pieces.clear()
        self.links.clear()


def _block(text: str, element: HtmlElement, links: list[Link]) -> Block:
    if not links:
        return _made(Block, (text, element, (), None, 0))
    if len(links) == 1:
        return _made(Block, (text, element, (links[0],), None, len(links[0].text)))
    return _made(Block, (text, element, tuple(links), None, sum([len(link.text) for link in links])))


def _picture(image: HtmlElement) -> str:
    """The address of a picture; one that is loaded when the reader comes to it has it in another attribute."""
    shown = image.get("src") or ""
    waiting = next((value for name in _WAITING if (value := image.get(name))), "")
    stands_in = not shown or shown.startswith("data:") or _BLANK_PICTURE.search(shown) or _is_sign(shown, waiting)
    return waiting if waiting and stands_in else shown


def _is_sign(shown: str, waiting: str) -> bool:
    """Whether a small drawing is shown until the picture comes, which is none."""
    return shown.lower().endswith(".gif") and not waiting.lower().endswith(".gif")


def _links(element: HtmlElement) -> list[Link]:
    return [_link(anchor, href) for anchor in element.iter("a") if (href := anchor.get("href"))]


def _link(anchor: HtmlElement, href: str) -> Link:
    text = collapse("".join(anchor.itertext()) if len(anchor) else anchor.text or "")
    return _made(Link, (text, href.strip()))


def _plain_row(row: HtmlElement) -> str | None:
    """The cells of a data table's row joined by tabs, None when the row lays out a page."""
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    if len(cells) < 2 or any(inner.tag in _LAYS_OUT for cell in cells if len(cell) for inner in cell.iter()):
        return None
    texts = [collapse("".join(cell.itertext()) if len(cell) else cell.text or "") for cell in cells]
    return "\t".join(texts) if max(map(len, texts)) <= 120 else None
