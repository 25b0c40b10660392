"""How markup is hidden from readers: by style, by a class or id that a style sheet in the page hides, by attribute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

__all__ = ["Hiding", "hiding_of"]

_NUMBER = r"\s*:\s*-?\s*(?:0*\.0[0-5]\d*|0+(?:\.0+)?)(?![.\d])"
_HIDING = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])(?:font-size|opacity){_NUMBER}|"
    r"font-size\s*:\s*[01](?:\.\d+)?\s*(?:px|pt)|transform\s*:[^;]*scale[xy]?\(\s*0?\.?0*\s*[,)]|"
    r"(?<![\w-])(?:left|top|right|bottom|text-indent|margin(?:-left|-top)?|letter-spacing)\s*:\s*-\s*(?:\d{3,}|\d{2,}\s*(?:em|vw|vh|%))|"
    r"(?<![\w-])(?:max-)?(?:width|height)\s*:\s*[01](?:\.\d+)?\s*(?:px|pt|em)?\s*(?:;|$|!)|"
    r"clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)|"
    r"transform\s*:[^;]*translate[xy]?\(\s*-\s*\d{3,}|color\s*:\s*transparent|"
    r"content-visibility\s*:\s*hidden",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"z-index\s*:\s*-\s*\d+", re.IGNORECASE)
_PLACED = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*(#[0-9a-f]{3,8}|rgba?\([^)]*\)|[a-z]+)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_NAME = re.compile(r"\s*[a-z0-9]*([.#][\w-]+)\s*", re.IGNORECASE)
_NAMED = {"white": "ffffff", "black": "000000", "red": "ff0000", "yellow": "ffff00", "gray": "808080", "grey": "808080"}
_SHEET_LONGEST = 65536
"""Characters of a style sheet that are read. Chosen: hand-made sheets in a page are shorter."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What hides elements on one page: ``names`` are classes and ids (".x", "#x") that its style sheets hide."""

    names: frozenset[str]

    def hides(self, element: HtmlElement) -> bool:
        """Whether an element is hidden by itself, whatever stands around it."""
        attributes: Mapping[str, str] = element.attrib
        if "hidden" in attributes or (element.tag in {"marquee", "iframe"} and _is_dot(attributes)):
            return True
        style = attributes.get("style", "")
        if style and (_HIDING.search(style) or (_BEHIND.search(style) and _PLACED.search(style))):
            return True
        if _same_colour(element, style):
            return True
        if not self.names:
            return False
        names = [f".{name}" for name in attributes.get("class", "").split()] + [f"#{attributes.get('id', '')}"]
        return not self.names.isdisjoint(names)


def hiding_of(tree: HtmlElement) -> Hiding:
    """What the style sheets in a page hide.

    >>> from lxml.html import fromstring
    >>> sorted(hiding_of(fromstring("<div><style>p.x, #y {display:none} .z{color:red}</style></div>")).names)
    ['#y', '.x']
    """
    names: set[str] = set()
    for element in tree.iter("style"):
        for rule in _RULE.finditer((element.text or "")[:_SHEET_LONGEST]):
            if _HIDING.search(rule[2]):
                # Only names that stand alone: `.menu ul .sub` hides what opens under a pointer.
                names |= {match[1] for each in rule[1].split(",") if (match := _NAME.fullmatch(each))}
    return Hiding(frozenset(names))


def _is_dot(attributes: Mapping[str, str]) -> bool:
    return any(attributes.get(name, "").strip().rstrip("px") in {"0", "1"} for name in ("height", "width"))


def _same_colour(element: HtmlElement, style: str) -> bool:
    """Whether its letters have the colour of the ground, its own or that of the element right around it."""
    colour = _colour(_COLOUR.search(style)) or _hex(element.get("color", ""))
    if not colour:
        return False
    ground = _colour(_GROUND.search(style))
    parent = element.getparent()
    if not ground and parent is not None:
        ground = _colour(_GROUND.search(parent.get("style", ""))) or _hex(parent.get("bgcolor", ""))
    return bool(ground) and colour == ground


def _colour(match: re.Match[str] | None) -> str:
    return _hex(match[1]) if match else ""


def _hex(colour: str) -> str:
    """A colour as six digits; "" when it is none that is known.

    >>> _hex("#FFF"), _hex("white"), _hex("rgb(255, 255,255)")
    ('ffffff', 'ffffff', 'ffffff')
    """
    colour = colour.strip().lower()
    if numbers := re.fullmatch(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+).*\)", colour):
        return "".join(f"{min(int(number), 255):02x}" for number in numbers.groups())
    digits = _NAMED.get(colour) or colour.removeprefix("#")
    if re.fullmatch("[0-9a-f]{3}", digits):
        return "".join(2 * digit for digit in digits)
    return digits if re.fullmatch("[0-9a-f]{6}", digits) else ""
