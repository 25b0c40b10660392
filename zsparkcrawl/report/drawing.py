"""Figures of matplotlib as SVG that stands inside a page: its text in the browser's fonts, its colours the page's own,
the same bytes for the same figures.

What a figure is drawn with are signs for colours, :data:`INK` and the like; in the page each is a variable of its style
sheet, which knows light and dark. Styles become classes, so that a page may forbid styles that stand inside of it.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from zsparkcrawl.extras import extra

__all__ = ["GRID", "INK", "SERIES", "Styles", "bars", "drawn", "new_figure"]

INK, GRID = "#0a0b01", "#0a0b02"
"""The signs for the colour of text and axes, and of lines behind the figures."""
SERIES = tuple(f"#0a0b1{number}" for number in range(8))
"""The signs for the colours of series, in their order."""
_VARIABLES = {INK: "--ink", GRID: "--grid", **{sign: f"--series-{n}" for n, sign in enumerate(SERIES)}}
_FONT_PIXELS = 11.5
_SETTINGS = {
    "svg.fonttype": "none",
    "font.size": _FONT_PIXELS,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
    "figure.facecolor": "none",
    "path.simplify": False,
}
_STYLE = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"font-family:[^;\"]*; ?")
_NAME = re.compile(r'(?<=<g) id="[^"]*"')
_UNTURNED = re.compile(r' transform="rotate\(-0 [^)]*\)"')
_NOTHING = re.compile("<g/>")
_TAG = re.compile("<[^>]*>")
_WHITE = re.compile(r"\s*\n\s*")


class Styles:
    """The styles that a page's figures use, each as a class that is named by its number."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, style: str) -> str:
        """The class for a style.

        >>> styles = Styles()
        >>> styles.name("fill: #0a0b01"), styles.name("fill: none"), styles.name("fill: #0a0b01")
        ('p0', 'p1', 'p0')
        >>> print(styles.sheet())
        .p0{fill:var(--ink)}
        .p1{fill:none}
        """
        return self._names.setdefault(style, f"p{len(self._names)}")

    def sheet(self) -> str:
        """The rules of a style sheet for all classes."""
        return "\n".join(f".{name}{{{_with_variables(style)}}}" for style, name in self._names.items())


def _with_variables(style: str) -> str:
    plain = style.replace(": ", ":").replace("; ", ";")
    for sign, variable in _VARIABLES.items():
        plain = plain.replace(sign, f"var({variable})")
    return plain


@contextmanager
def new_figure(width: float, height: float) -> Iterator[Any]:
    """A figure of so many pixels, to be drawn on and then shown by :func:`drawn` within the block. Raises
    ExtraMissingError where matplotlib is not installed."""
    matplotlib = extra("matplotlib", "report")
    with matplotlib.rc_context(), warnings.catch_warnings():
        # The browser has fonts for what matplotlib's own has no shapes for.
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield extra("matplotlib.figure", "report").Figure(figsize=(width / 72, height / 72))


def drawn(figure: Any, name: str, styles: Styles) -> str:
    """A figure as an <svg> element; ``name`` tells its parts from those of other figures on the page."""
    extra("matplotlib", "report").rcParams["svg.hashsalt"] = name
    canvas = extra("matplotlib.backends.backend_svg", "report").FigureCanvasSVG(figure)
    out = io.StringIO()
    canvas.print_svg(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    width, height = (re.search(rf'{side}="([\d.]+)pt"', svg) for side in ("width", "height"))
    assert width
    assert height
    body = svg[svg.index("</defs>") + len("</defs>") :]  # the first definitions are a style for the whole document
    body = _TAG.sub(lambda match: _for_page(match[0], styles), body)  # tags alone: text may be anything
    body = _NOTHING.sub("", _WHITE.sub(" ", body).replace("> <", "><"))
    return f'<svg viewBox="0 0 {width[1]} {height[1]}" role="img" aria-labelledby="{name}-title">{body.strip()}'


def _for_page(tag: str, styles: Styles) -> str:
    """A tag without a name that other figures have as well, and with a class for its style."""
    plain = _FONT.sub("", _NAME.sub("", tag)).replace("xlink:href", "href")
    plain = _UNTURNED.sub("", plain)
    return _STYLE.sub(lambda match: f' class="{styles.name(match[1])}"', plain)


def bars(axes: Any, places: Sequence[tuple[float, float, float, float]], color: str, **style: Any) -> None:
    """Draw rectangles (left, bottom, width, height) as one shape: a tenth of the bytes that a shape each would take.
    Those without a height or a width are left out."""
    module = extra("matplotlib.path", "report")
    codes, corners = [], []
    for left, bottom, width, height in places:
        if width and height:
            corners += [
                (left, bottom),
                (left + width, bottom),
                (left + width, bottom + height),
                (left, bottom + height),
            ]
            corners += [(left, bottom)]
            codes += [module.Path.MOVETO, *[module.Path.LINETO] * 3, module.Path.CLOSEPOLY]
    if corners:
        patch = extra("matplotlib.patches", "report").PathPatch
        shape = {"facecolor": color, "edgecolor": "none", "linewidth": 0, "clip_on": False, **style}
        axes.add_patch(patch(module.Path(corners, codes), **shape))
