"""Kinds of charts: bars that stand or lie, and lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from zsparkcrawl.report.drawing import GRID, SERIES, Styles, bars, drawn, new_figure

__all__ = [
    "MOST",
    "WIDTH",
    "axes_of",
    "largest",
    "lines_over",
    "lying",
    "make_bare",
    "room_for",
    "stacked",
    "tick_periods",
]

WIDTH = 410
"""Pixels across a figure: on a phone its letters are still to be read. Chosen."""
MOST = 6
"""Series of one plot that have a colour of their own; the rest are one. Chosen."""
MARKS = "os^DvP"
"""The marks of series that are lines or points, in their order; the style sheet draws the same in the legend."""
_LABELS = 6
_LONGEST = 20
"""Characters of a label in a plot, and labels below one. Chosen for the width of a figure."""
_REST = "…"


def largest(sizes: Mapping[str, int]) -> tuple[str, ...]:
    """The names that have a colour of their own, the largest first; "…" stands for the rest when there are more.

    >>> largest({"news": 3, "notices": 5}), largest(dict.fromkeys("abcdefgh", 1))[-1]
    (('notices', 'news'), '…')
    """
    order = sorted((name for name in sizes if sizes[name]), key=lambda name: (-sizes[name], name))
    return tuple(order) if len(order) <= MOST else (*order[: MOST - 1], _REST)


def stacked(
    name: str,
    periods: Sequence[str],
    counts: Mapping[tuple[str, str], int],
    styles: Styles,
    series: tuple[str, ...] | None = None,
) -> tuple[str, tuple[str, ...]]:
    """Standing bars over periods, the series on top of each other; ``counts`` by period and series."""
    series = series or largest(_sums(counts, 1))
    stacks: dict[str, Counter[str]] = defaultdict(Counter)
    for (period, one), count in counts.items():
        stacks[period][one if one in series else _REST] += count
    with new_figure(WIDTH, 220) as figure:
        axes = axes_of(figure, left=48, bottom=24, top=10)
        ground = dict.fromkeys(periods, 0)
        width = 0.94 if len(periods) > 40 else 0.8
        for one, color in zip(series, SERIES, strict=False):
            places = [
                (n - width / 2, ground[period], width, stacks[period][one])
                for n, period in enumerate(periods)
                if stacks[period][one]
            ]
            bars(axes, places, color)
            for period in periods:
                ground[period] += stacks[period][one]
        axes.set_xlim(-0.6, max(len(periods), 1) - 0.4)
        axes.set_ylim(0, 1.05 * max(ground.values(), default=0) or 1)
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.grid(axis="y")
        tick_periods(axes, periods)
        return drawn(figure, name, styles), series


def lying(
    name: str, counts: Mapping[tuple[str, str], int], styles: Styles, series: tuple[str, ...] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Lying bars, one for each first part of the keys of ``counts``, its number at its end."""
    sums = _sums(counts, 0)
    names = sorted((one for one in sums if sums[one]), key=lambda one: (-sums[one], one))
    series = series or largest(_sums(counts, 1))
    most = max(sums.values(), default=0) or 1
    with new_figure(WIDTH, 16 + 24 * max(len(names), 1)) as figure:
        axes = axes_of(figure, left=room_for([*map(shortened, names)]), bottom=8, top=6, right=room_for([f"{most:,}"]))
        ground: Counter[str] = Counter()
        for one, color in zip(series, SERIES, strict=False):
            own = {name: sum(n for (a, b), n in counts.items() if a == name and _is(b, one, series)) for name in names}
            bars(axes, [(ground[each], n - 0.32, own[each], 0.64) for n, each in enumerate(names)], color)
            ground.update(own)
        for place, each in enumerate(names):
            axes.text(sums[each] + most / 80, place, f"{sums[each]:,}", va="center")
        axes.set_xlim(0, most)
        axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks(range(len(names)), labels=[*map(shortened, names)])
        make_bare(axes)
        return drawn(figure, name, styles), series


def _is(name: str, one: str, series: Sequence[str]) -> bool:
    return name == one or (one == _REST and name not in series)


def lines_over(name: str, periods: Sequence[str], lines: Mapping[str, Mapping[str, float]], styles: Styles) -> str:
    """Percentages over periods, a line with marks of its own for each series; a period without articles breaks it."""
    with new_figure(WIDTH, 220) as figure:
        axes = axes_of(figure, left=48, bottom=24, top=10)
        for values, color, mark in zip(lines.values(), SERIES, MARKS, strict=False):
            heights = [values.get(period, float("nan")) for period in periods]
            axes.plot(
                range(len(periods)), heights, color=color, marker=mark, markersize=4, linewidth=1.6, clip_on=False
            )
        axes.set_xlim(-0.5, max(len(periods), 1) - 0.5)
        axes.set_ylim(0, 102)
        axes.set_yticks(range(0, 101, 25), labels=[f"{share}%" for share in range(0, 101, 25)])
        axes.grid(axis="y")
        tick_periods(axes, periods)
        return drawn(figure, name, styles)


def _sums(counts: Mapping[tuple[str, str], int], part: int) -> Counter[str]:
    sums: Counter[str] = Counter()
    for key, count in counts.items():
        sums[key[part]] += count
    return sums


def shortened(label: str) -> str:
    """A label that leaves room for what it stands beside.

    >>> shortened("news"), shortened("a-host-with-a-very-long-name.example")
    ('news', 'a-host-with-a-very-…')
    """
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def room_for(labels: Sequence[str]) -> float:
    """Pixels that the longest of some labels needs beside the axes: of a Chinese character as many as its height."""
    return 12 + max((sum(11.5 if ord(sign) > 0x2E7F else 6.7 for sign in label) for label in labels), default=0)


def axes_of(figure: Any, *, left: float, bottom: float, top: float, right: float = 8) -> Any:
    """The axes of a figure with so many pixels around them."""
    width, height = (72 * side for side in figure.get_size_inches())
    return figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))


def make_bare(axes: Any) -> None:
    """No lines around, and no ticks beside labels."""
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def tick_periods(axes: Any, periods: Sequence[str]) -> None:
    """A few of the periods below: years where they begin, else all or some."""
    years = [n for n, period in enumerate(periods) if n == 0 or period[:4] != periods[n - 1][:4]]
    by_year = len(years) > 2
    places = years if by_year else list(range(len(periods)))
    chosen = places[:: -(-len(places) // _LABELS) or 1]
    axes.set_xticks(chosen, labels=[periods[n][:4] if by_year else periods[n] for n in chosen])
    axes.tick_params(length=3, color=GRID)
    axes.spines["left"].set_visible(False)
