"""Page text to an element tree, with the markup damage mended that would swallow text."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree, html
from lxml.html import HtmlElement

__all__ = ["MOST_TAGS", "bounded", "parse", "unveil"]

MOST_TAGS = 300_000
"""Tags that open, above which a page is no article's: each takes some 550 bytes of memory while it is read, so that
300,000 take 165 MB (measured on 4.5 MB of `<p>`); the largest real article has some ten thousand."""

_MOST_ATTRIBUTES = 200
"""Attributes above which a tag keeps none: the parser compares each with all others of its tag, so that 30,000 take
7.6 s (measured). Real tags have some thirty."""
_FEW = 20_000
"""Characters of a page that has too little room for a tag to be slow: 5,000 attributes, 0.1 s."""
_MOST_LOST = 100_000
"""Question marks above which a page is not looked through for tags that lost their bracket; chosen."""
_VEIL = re.compile(r"visibility\s*:\s*hidden\s*;?|opacity\s*:\s*0(?![.\d])\s*;?", re.IGNORECASE)
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_OPENING = re.compile("<[a-zA-Z]")
# A quotation mark opens a value only behind "=", as the parser has it.
_TAG = re.compile(r"""(<[a-zA-Z][^\s<>/]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)""")
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++)""")
_NAME = re.compile(r"[^\s/]+")
_REPEATED = re.compile(r"(<([a-z]{1,10})>\s*+)(?:<\2>\s*+){3,}+", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NAMES = "p|br|div|span|strong|b|em|i|u|font|a|img|td|tr|th|table|tbody|ul|ol|li|h[1-6]|section|center|blockquote"
# A lead byte that lost its trail byte swallowed the "<" behind it: `园区?/p>`. Text between two tags only, so that no
# attribute is touched. The "?" stays: it holds the place of the lost byte.
_SWALLOWED = re.compile(rf"(>[^<>]*\?)(?=/?(?:{_NAMES})(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_MAY_SWALLOW = re.compile(rf"\?/?(?:{_NAMES})[\s/>]", re.IGNORECASE)
"""What a text has where that happened: the cheap question before the dear one."""

# What nests by the thousand is left over from an editor: markup of this kind may go, the text in it may not.
_NESTS = re.compile(
    r"</?(?:div|table|tbody|tr|td|ul|ol|li|dl|dd|blockquote|center|form|section)(?:\s[^<>]*)?>", re.IGNORECASE
)
_NESTS_INLINE = re.compile(
    r"</?(?:span|font|b|i|u|s|em|strong|big|small|sub|sup|tt|code|label|a|ins|del|[a-z]+:[a-z]+)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)


def bounded(text: str) -> tuple[str, int]:
    """A document cut off where it has opened :data:`MOST_TAGS` tags, and how many it opens. Runs of one empty tag
    (`<p><p><p>`) count as one.

    >>> bounded("<p>园区</p>")
    ('<p>园区</p>', 1)
    """
    marks = text.count("<")
    if marks <= MOST_TAGS:
        return text, marks - text.count("</")
    text = _REPEATED.sub(r"\1", text)
    count = sum(1 for _ in _OPENING.finditer(text))
    if count > MOST_TAGS:
        text = text[: next(islice(_OPENING.finditer(text), MOST_TAGS, None)).start()]
    return text, count


def parse(text: str) -> HtmlElement:
    """An HTML document as a tree; never fails on text. An empty document gives an empty body, one with too many tags
    the part that :func:`bounded` leaves.

    >>> [p.text for p in parse("<p>园区?/p><p>新闻</p>").iter("p")]
    ['园区?', '新闻']
    """
    text = bounded(text)[0] if len(text) > MOST_TAGS else text
    text = _uncrowded(text) if len(text) > _FEW else text
    text = _without_controls(_DECLARATION.sub("", text))
    for _ in range(4 if _MAY_SWALLOW.search(text) and text.count("?") <= _MOST_LOST else 0):
        # One pass mends the first fault of each stretch; stretches with more than four are not text.
        text, count = _SWALLOWED.subn(r"\1<", text)
        if not count:
            break
    tree, whole = _parsed(text)
    if not whole:
        tree, _ = _parsed(_NESTS.sub("<br>", _NESTS_INLINE.sub("", text)))
    return tree


def _without_controls(text: str) -> str:
    """A text without control characters; few have one, and bytes tell it in half the time that `re` takes."""
    data = text.encode("utf-8", "replace")
    return text if len(data.translate(None, _CONTROL_BYTES)) == len(data) else _CONTROLS.sub("", text)


def _uncrowded(text: str) -> str:
    """A document whose tags with more than :data:`_MOST_ATTRIBUTES` attributes have none."""
    kept, begin = [], 0
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > 2 * _MOST_ATTRIBUTES:
            named = _NAME.finditer(_VALUE.sub(" ", tag[2]))
            if next(islice(named, _MOST_ATTRIBUTES, None), None):
                kept.append(text[begin : tag.end(1)])
                begin = tag.end()
    return "".join(kept) + text[begin:]


def unveil(tree: HtmlElement) -> None:
    """Show what a page hides until its script has run, when most of its sentences stand there (the text of a
    messenger's article is `visibility: hidden`): an advertisement that is hidden is links, and no sentences."""
    elements = tree.iter(etree.Element)
    veiled = [element for element in elements if (style := element.get("style")) and _VEIL.search(style)]
    if not veiled:
        return
    whole = "".join(tree.itertext()).count("。")
    for element in veiled:
        if whole and 2 * "".join(element.itertext()).count("。") > whole:
            element.set("style", _VEIL.sub("", element.get("style", "")))


def _parsed(text: str) -> tuple[HtmlElement, bool]:
    """The tree, and whether it holds the whole document: the parser gives up at a depth of some thousand."""
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    # lxml.html asks a function in Python for the class of every element; here all have one.
    parser.set_element_class_lookup(_CLASSES)
    # Bytes rather than a string, so that a <meta charset> in the page cannot overrule what was decoded.
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except html.etree.ParserError:
        return html.document_fromstring("<html><body></body></html>"), True
    return tree, not any("depth" in entry.message for entry in parser.error_log)
