"""How markup is hidden from readers: by style, by a class or id that a style sheet in the page hides, by attribute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

__all__ = ["Hiding", "hiding_of"]

_SMALL = r"\s*-?\s*(?:0*\.0[0-5]\d*|0+(?:\.0+)?)(?![.\d])"
_AWAY = ("left", "top", "right", "bottom", "text-indent", "margin", "margin-left", "margin-top", "letter-spacing")
_SIZES = ("width", "height", "max-width", "max-height")


def _of(*names: str) -> str:
    """Behind the colon of one of these properties."""
    return "(?:" + "|".join(rf"(?<=(?<![\w-]){name}:)" for name in names) + ")"


# It begins with the colon, which `re` finds faster than one of many properties; then goes what the value begins with
# and the property's last letter, which few have: 0.04 ms for a style sheet of 6 kB, against 0.85 ms with the properties
# first. See _tight for the blanks before it. No part goes beyond a brace, so that one search does for a whole sheet.
_HIDING = re.compile(
    r":(?:(?=\s*[nhc])(?<=y:)(?:(?<=display:)\s*none|(?<=visibility:)\s*(?:hidden|collapse))|"
    rf"(?=\s*[-.0])(?<=[ey]:){_of('font-size', 'opacity')}{_SMALL}|"
    rf"(?=\s*-)(?<=[tpmng]:){_of(*_AWAY)}\s*-\s*(?:\d{{3,}}|\d{{2,}}\s*(?:em|vw|vh|%))|"
    r"(?=\s*[01])(?<=[eht]:)(?:(?<=font-size:)\s*[01](?:\.\d+)?\s*(?:px|pt)|"
    rf"{_of(*_SIZES)}\s*[01](?:\.\d+)?\s*(?:px|pt|em)?\s*(?:[;!}}]|$))|"
    r"(?=\s*[rict])(?<=[phr]:)(?:(?<=clip:)\s*rect\(\s*[01]|"
    rf"(?<=clip-path:)\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)|{_of('color')}\s*transparent)|"
    r"(?<=transform:)[^;{}]*(?:scale[xy]?\(\s*0?\.?0*\s*[,)]|translate[xy]?\(\s*-\s*\d{3,}))",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"z-index\s*:\s*-\s*\d+", re.IGNORECASE)
_PLACED = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*(#[0-9a-f]{3,8}|rgba?\([^)]*\)|[a-z]+)", re.IGNORECASE)
_NAME = re.compile(r"\s*[a-z0-9]*([.#][\w-]+)\s*", re.IGNORECASE)
_CARRIERS = frozenset(["style", "hidden", "color", "width", "height"])
_NAMED = {"white": "ffffff", "black": "000000", "red": "ff0000", "yellow": "ffff00", "gray": "808080", "grey": "808080"}
_SIZED = re.compile(r"font-size\s*:\s*(?!0(?![.\d]))[\d.]*[1-9]", re.IGNORECASE)
_SIZED_RULE = re.compile(r"(?<![^{}])([^{}]+)\{(?=[^{}]*font-size\s*:\s*(?!0(?![.\d]))[\d.]*[1-9])", re.IGNORECASE)
_MOVING = frozenset([".wow", ".animated", ".animate__animated", ".aos-init"])
"""What libraries of animations call the elements that come into sight as the reader comes to them."""
_MOST_INSIDE = 20
"""Elements right inside one that are asked for a size of their own; chosen."""
_SHEET_LONGEST = 65536
"""Characters of a style sheet that are read. Chosen: hand-made sheets in a page are shorter."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What hides elements on one page: ``names`` are classes and ids (".x", "#x") that its style sheets hide, ``small``
    those that have letters of no size there, and ``sized`` those that have letters of some size: what stands inside a
    small one and is sized itself is seen, for so sites take away the gaps between elements in one line."""

    names: frozenset[str]
    small: frozenset[str] = frozenset()
    sized: frozenset[str] = frozenset()

    @property
    def carriers(self) -> frozenset[str]:
        """The attributes of which an element has one at least that is hidden by itself."""
        return _CARRIERS | {"class", "id"} if self.names or self.small else _CARRIERS

    def hides(self, element: HtmlElement) -> bool:
        """Whether an element is hidden by itself, whatever stands around it."""
        if element.get("hidden") is not None or (element.tag in {"marquee", "iframe"} and _is_dot(element)):
            return True
        style = element.get("style", "")
        if style and ((_BEHIND.search(style) and _PLACED.search(style)) or _hides(style)):
            return not _is_small_alone(style) or not self._is_sized_inside(element)
        if _same_colour(element, style):
            return True
        if not self.names and not self.small:
            return False
        names = _names_of(element)
        if not names or not self.names.isdisjoint(names):
            return bool(names)
        return bool(self.small) and not self.small.isdisjoint(names) and not self._is_sized_inside(element)

    def _is_sized_inside(self, element: HtmlElement) -> bool:
        """Whether an element right inside has letters of a size of its own."""
        return any(
            _SIZED.search(inner.get("style", "")) or not self.sized.isdisjoint(_names_of(inner))
            for inner in islice(element, _MOST_INSIDE)
            if isinstance(inner.tag, str)
        )


def hiding_of(tree: HtmlElement) -> Hiding:
    """What the style sheets in a page hide.

    >>> from lxml.html import fromstring
    >>> sorted(hiding_of(fromstring("<div><style>p.x, #y {display:none} .z{color:red}</style></div>")).names)
    ['#y', '.x']
    """
    sheets = [_read_sheet((element.text or "")[:_SHEET_LONGEST]) for element in tree.iter("style")]
    names, small, sized = (frozenset[str]().union(*(sheet[part] for sheet in sheets)) for part in range(3))
    return Hiding(names - _MOVING, small - names, sized)


@lru_cache(maxsize=64)
def _read_sheet(sheet: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names that a style sheet hides, those that it hides by the size of their letters alone, and where there are
    any, those to which it gives a size; remembered, for the pages of a site have their sheets in common."""
    rules = list(_hidden_by(_tight(sheet)))
    names = _alone(selectors for selectors, small in rules if not small)
    small = _alone(selectors for selectors, small in rules if small)
    sized = _alone((match[1] for match in _SIZED_RULE.finditer(sheet)) if small else ())
    return names, small, sized


def _alone(rules: Iterable[str]) -> frozenset[str]:
    """The names that stand alone in these selectors: `.menu ul .sub` hides what opens under a pointer."""
    selectors = (each for rule in rules for each in rule.split(","))
    return frozenset(match[1] for each in selectors if (match := _NAME.fullmatch(each)))


def _names_of(element: HtmlElement) -> list[str]:
    """An element's classes and its id, as style sheets write them."""
    classes, name = element.get("class"), element.get("id")
    names = [f".{each}" for each in classes.split()] if classes else []
    return [*names, f"#{name}"] if name else names


def _tight(css: str) -> str:
    """Without the blanks before colons."""
    return ":".join(map(str.rstrip, css.split(":")))


def _hides(style: str) -> bool:
    """Whether a style hides what has it."""
    return ":" in style and _HIDING.search(_tight(style)) is not None


def _is_small_alone(style: str) -> bool:
    """Whether nothing in a style hides but the size of the letters."""
    tight = _tight(style)
    found = [tight[: match.start()].lower().endswith("font-size") for match in _HIDING.finditer(tight)]
    return bool(found) and all(found) and not _BEHIND.search(style)


def _hidden_by(sheet: str) -> Iterator[tuple[str, bool]]:
    """The selectors of the rules of a style sheet that hide, and whether by the size of their letters alone."""
    for match in _HIDING.finditer(sheet):
        begin = sheet.rfind("{", 0, match.start())
        end = sheet.find("}", match.start())
        if begin >= 0 and begin > sheet.rfind("}", 0, match.start()) and end > -1 and "{" not in sheet[begin + 1 : end]:
            before = max(sheet.rfind("{", 0, begin), sheet.rfind("}", 0, begin))
            yield sheet[before + 1 : begin], _is_small_alone(sheet[begin + 1 : end])


def _is_dot(element: HtmlElement) -> bool:
    return any(element.get(name, "").strip().rstrip("px") in {"0", "1"} for name in ("height", "width"))


def _same_colour(element: HtmlElement, style: str) -> bool:
    """Whether its letters have the colour of the ground, its own or that of the element right around it."""
    colour = (style and _colour(_COLOUR.search(style))) or _hex(element.get("color", ""))
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
    if not colour:
        return ""
    if numbers := re.fullmatch(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+).*\)", colour):
        return "".join(f"{min(int(number), 255):02x}" for number in numbers.groups())
    digits = _NAMED.get(colour) or colour.removeprefix("#")
    if re.fullmatch("[0-9a-f]{3}", digits):
        return "".join(2 * digit for digit in digits)
    return digits if re.fullmatch("[0-9a-f]{6}", digits) else ""
