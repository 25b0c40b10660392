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
"""Attributes of one tag that are read. Chosen: the parser looks through all before it takes another, so that 40,000 in
one tag take 4 s (measured)."""
_CROWDED = 2 * _MOST_ATTRIBUTES
"""Characters that more attributes take up at least."""
_LOOKED_AT = 60_000
"""Characters of a page from which on its tags are looked at: as many attributes as a shorter one has room for take
0.2 s (measured)."""
_MOST_LOST = 100_000
"""Question marks above which a page is not looked through for tags that lost their bracket; chosen."""
_VEIL = re.compile(r"visibility\s*:\s*hidden\s*;?|opacity\s*:\s*0(?![.\d])\s*;?", re.IGNORECASE)
_MOVES = re.compile(r"animation-name\s*:|(?:^|\s)(?:wow|animate__animated|aos-init)(?:$|\s)", re.IGNORECASE)
"""What elements have that come into sight as the reader comes to them."""
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_OPENING = re.compile("<[a-zA-Z]")
_REPEATED = re.compile(r"(<([a-z]{1,10})>\s*+)(?:<\2>\s*+){3,}+", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9])"
    "|[xX]0*(?:[1-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF])(?![0-9a-fA-F]));?"
)
"""What is no character of a document, also by its number: lxml reads some of them and does not take them back."""
_CONTROL_SIGNS = (b"&#", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NAMES = "p|br|div|span|strong|b|em|i|u|font|a|img|td|tr|th|table|tbody|ul|ol|li|h[1-6]|section|center|blockquote"
# A lead byte that lost its trail byte swallowed the "<" behind it: `园区?/p>`. Text between two tags only, so that no
# attribute is touched. The "?" stays: it holds the place of the lost byte.
_SWALLOWED = re.compile(rf"(>[^<>]*\?)(?=/?(?:{_NAMES})(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_MAY_SWALLOW = re.compile(rf"\?/?(?:{_NAMES})[\s/>]", re.IGNORECASE)
"""What a text has where that happened: the cheap question before the dear one."""

_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)"""
_ATTRIBUTE = rf"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+{_VALUE}?+)?+"
_TAG = re.compile(
    rf"<!--(?:[^-]++|-(?!->))*+|<(script|style)\b(?:[^<]++|<(?!/\1))*+|<[a-z][^\s/>]*+(?:{_ATTRIBUTE})*+",
    re.IGNORECASE,
)
"""A tag that opens, up to its bracket; comments and scripts are passed over: what looks like a tag there is none."""
_FEW_ATTRIBUTES = re.compile(rf"<[a-z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{_MOST_ATTRIBUTES}}}+", re.IGNORECASE)

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
    count = sum(1 for _ in _OPENING.finditer(text))  # a list of them would take 100 MB
    if count > MOST_TAGS:
        text = text[: next(islice(_OPENING.finditer(text), MOST_TAGS, None)).start()]
    return text, count


def parse(text: str) -> HtmlElement:
    """An HTML document as a tree; never fails on text. An empty document gives an empty body, one with too many tags
    the part that :func:`bounded` leaves.

    >>> [p.text for p in parse("<p>园区?/p><p>新闻</p>").iter("p")]
    ['园区?', '新闻']
    """
    text = _uncrowded(bounded(text)[0] if len(text) > MOST_TAGS else text)
    text = _DECLARATION.sub("", text)
    data = text.encode("utf-8", "replace")
    # Few texts have control characters, and bytes tell it in half the time that `re` takes.
    if len(data.translate(None, _CONTROL_BYTES)) < len(data) or any(sign in data for sign in _CONTROL_SIGNS):
        text = _CONTROLS.sub("", text)
        data = text.encode("utf-8", "replace")
    if _MAY_SWALLOW.search(text) and text.count("?") <= _MOST_LOST:
        data = _with_brackets(text).encode("utf-8", "replace")
    tree, whole = _parsed(data)
    if not whole:
        flat = _NESTS.sub("<br>", _NESTS_INLINE.sub("", data.decode("utf-8")))
        tree, _ = _parsed(flat.encode("utf-8"))
    return tree


def _uncrowded(text: str) -> str:
    """A document whose tags have no more than :data:`_MOST_ATTRIBUTES` attributes each."""
    if len(text) < _LOOKED_AT:
        return text
    if not any(_is_crowded(match) for match in _TAG.finditer(text) if match.end() - match.start() > _CROWDED):
        return text
    return _TAG.sub(_with_few_attributes, text)


def _is_crowded(match: re.Match[str]) -> bool:
    """Whether what was matched is a tag that is long enough for so many attributes."""
    return match.end() - match.start() > _CROWDED and match[1] is None and match[0][1] != "!"


def _with_few_attributes(match: re.Match[str]) -> str:
    few = _FEW_ATTRIBUTES.match(match[0]) if _is_crowded(match) else None
    return few[0] if few else match[0]


def _with_brackets(text: str) -> str:
    """A document with the brackets of tags that were swallowed with half a character."""
    for _ in range(4):
        # One pass mends the first fault of each stretch; stretches with more than four are not text.
        text, count = _SWALLOWED.subn(r"\1<", text)
        if not count:
            break
    return text


def unveil(tree: HtmlElement) -> None:
    """Show what a page hides until its script has run: what waits for its animation, and what holds most of the page's
    sentences (the text of a messenger's article is `visibility: hidden`): an advertisement that is hidden is links, and
    no sentences."""
    elements = tree.iter(etree.Element)
    veiled = [element for element in elements if (style := element.get("style")) and _VEIL.search(style)]
    if not veiled:
        return
    whole = "".join(tree.itertext()).count("。")
    for element in veiled:
        style = element.get("style", "")
        moves = _MOVES.search(f"{style} {element.get('class', '')}")
        if moves or (whole and 2 * "".join(element.itertext()).count("。") > whole):
            element.set("style", _VEIL.sub("", style))


def _parsed(data: bytes) -> tuple[HtmlElement, bool]:
    """The tree of a document in UTF-8, and whether it holds the whole of it: the parser gives up at a depth of some
    thousand. Bytes rather than a string, so that a <meta charset> in the page cannot overrule what was decoded."""
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    # lxml.html asks a function in Python for the class of every element; here all have one.
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except html.etree.ParserError:
        return html.document_fromstring("<html><body></body></html>"), True
    return tree, not any("depth" in entry.message for entry in parser.error_log)
