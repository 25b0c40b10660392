"""Page text to an element tree, with the markup damage mended that would swallow text."""

from __future__ import annotations

import re

from lxml import html
from lxml.html import HtmlElement

__all__ = ["parse"]

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NAMES = "p|br|div|span|strong|b|em|i|u|font|a|img|td|tr|th|table|tbody|ul|ol|li|h[1-6]|section|center|blockquote"
# A lead byte that lost its trail byte swallowed the "<" behind it: `园区?/p>`. Text between two tags only, so that no
# attribute is touched. The "?" stays: it holds the place of the lost byte.
_SWALLOWED = re.compile(rf"(>[^<>]*\?)(?=/?(?:{_NAMES})(?:\s[^<>]*)?/?>)", re.IGNORECASE)

# What nests by the thousand is left over from an editor: markup of this kind may go, the text in it may not.
_NESTS = re.compile(
    r"</?(?:div|table|tbody|tr|td|ul|ol|li|dl|dd|blockquote|center|form|section)(?:\s[^<>]*)?>", re.IGNORECASE
)
_NESTS_INLINE = re.compile(
    r"</?(?:span|font|b|i|u|s|em|strong|big|small|sub|sup|tt|code|label|a|ins|del|[a-z]+:[a-z]+)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)


def parse(text: str) -> HtmlElement:
    """An HTML document as a tree; never fails on text. An empty document gives an empty body.

    >>> [p.text for p in parse("<p>园区?/p><p>新闻</p>").iter("p")]
    ['园区?', '新闻']
    """
    text = _CONTROLS.sub("", _DECLARATION.sub("", text))
    for _ in range(4):
        # One pass mends the first fault of each stretch; stretches with more than four are not text.
        text, count = _SWALLOWED.subn(r"\1<", text)
        if not count:
            break
    tree, whole = _parsed(text)
    if not whole:
        tree, _ = _parsed(_NESTS.sub("<br>", _NESTS_INLINE.sub("", text)))
    return tree


def _parsed(text: str) -> tuple[HtmlElement, bool]:
    """The tree, and whether it holds the whole document: the parser gives up at a depth of some thousand."""
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    # Bytes rather than a string, so that a <meta charset> in the page cannot overrule what was decoded.
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except html.etree.ParserError:
        return html.document_fromstring("<html><body></body></html>"), True
    return tree, not any("depth" in entry.message for entry in parser.error_log)
