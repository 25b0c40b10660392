"""The report as one HTML page that needs nothing else: no script, no asset, both languages, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any, Literal, get_args

from zsparkcrawl.extras import extra
from zsparkcrawl.report.drawing import Styles
from zsparkcrawl.report.numbers import Numbers
from zsparkcrawl.report.plots import PLOTS
from zsparkcrawl.report.tables import TABLES, Cell, Named, Table
from zsparkcrawl.report.words import RULES, WORDS
from zsparkcrawl.rules import why_of

__all__ = ["LANGUAGES", "Language", "page"]

Language = Literal["zh", "en", "both"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_PARTS = {
    "coverage": ("articles", "calendar", "numbering", "accounts"),
    "quality": ("fill", "rules", "repairs", "states", "hosts", "spam"),
    "crawling": ("runs", "outcomes"),
}
"""The parts of the page, and the plots of each."""
_MARKED = frozenset({"fill", "states", "hosts", "runs"})
"""Plots of lines or points, whose series have marks."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """One plot of the page: its SVG as HTML, the names of its series, and its numbers; ``missing`` is the word that
    stands in the place of a plot that would show nothing."""

    name: str
    svg: Any
    series: tuple[str, ...]
    table: Table
    missing: str | None


def page(numbers: Numbers, language: Language = "both") -> str:
    """The report as HTML, the same characters for the same figures. With "both" a reader may choose a language on the
    page. Raises ExtraMissingError where matplotlib or Jinja are not installed."""
    environment = extra("jinja2", "report").Environment(
        autoescape=True, undefined=extra("jinja2", "report").StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    markup = extra("markupsafe", "report").Markup
    say = _Saying(language, markup)
    styles = Styles()
    parts = [(part, [_plot(name, numbers, styles, say) for name in names]) for part, names in _PARTS.items()]
    environment.globals.update(say=say, cell=say.cell, share=_share, marked=_MARKED)
    template = environment.from_string(_text("report.html.jinja"))
    css = markup(_text("report.css") + styles.sheet())
    shown: str = template.render(numbers=numbers, parts=parts, language=language, css=css)
    return shown


def _plot(name: str, numbers: Numbers, styles: Styles, say: _Saying) -> _Plot:
    table = TABLES[name](numbers)
    svg, series = PLOTS[name](numbers, styles)
    title = f'<title id="{name}-title">{escape(say.plain(f"head_{name}"))}</title>'
    begin, sign, rest = svg.partition(">")
    missing = None if table.rows else "none"
    if name == "accounts" and table.rows and not series:
        missing = "all_stored"
    return _Plot(name, say.markup(begin + sign + title + rest), series, table, missing)


def _share(part: int, whole: int) -> str:
    """A share as a percentage that is never rounded to all or nothing.

    >>> _share(1, 3), _share(999_999, 1_000_000), _share(0, 5)
    ('33.3%', '99.9%', '0%')
    """
    if part in (0, whole):
        return "100%" if part else "0%"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f}%"


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


class _Saying:
    """Words in the languages of a page, as HTML."""

    def __init__(self, language: Language, markup: Any) -> None:
        self.markup = markup
        self._shown: Sequence[tuple[str, int]] = [
            (code, place) for place, code in enumerate(("zh", "en")) if language in (code, "both")
        ]

    def __call__(self, word: str) -> Any:
        """A word in each language, each in an element that says so where there are two."""
        said = _said(word)
        if len(self._shown) == 1 or said[0] == said[1]:
            return self.markup(escape(said[self._shown[0][1]]))
        each = (f'<span lang="{code}">{escape(said[place])}</span>' for code, place in self._shown)
        return self.markup(" ".join(each))

    def plain(self, word: str) -> str:
        """A word in each language, without HTML."""
        said = _said(word)
        return " · ".join(dict.fromkeys(said[place] for _, place in self._shown))

    def cell(self, value: Cell) -> Any:
        """A cell of a table, or the name of a series."""
        if isinstance(value, Named):
            return self(value.word)
        if value is None:
            return ""
        return f"{value:,}" if isinstance(value, int | float) else value


def _said(word: str) -> tuple[str, str]:
    """A word in Chinese and in English; a rule's name tells what the rule does, and what is no word stands for itself.

    >>> _said("rule units")[0], _said("www.nhtp.org")
    ('补回日期中丢失的“月”字，并注明是推断。', ('www.nhtp.org', 'www.nhtp.org'))
    """
    kind, _, rule = word.partition(" ")
    if kind == "rule" and rule:
        return RULES.get(rule, why_of(rule)), why_of(rule)
    if word == "…":
        return WORDS["rest"]
    return WORDS.get(word, (word, word))
