"""The plots of a report. Each function draws one from the figures; words stand beside a plot, not in it, so that one
plot serves all languages."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from statistics import quantiles

from zsparkcrawl.report.charts import (
    MARKS,
    MOST,
    WIDTH,
    axes_of,
    lines_over,
    lying,
    make_bare,
    room_for,
    shortened,
    stacked,
)
from zsparkcrawl.report.counting import months_between
from zsparkcrawl.report.drawing import GRID, INK, SERIES, Styles, bars, drawn, new_figure
from zsparkcrawl.report.numbers import Numbers
from zsparkcrawl.report.words import ACCOUNTS, STATES, WORDS

__all__ = ["PLOTS"]

_SHADES = (0.3, 0.5, 0.75, 1.0)
"""How full a colour is, from little to much."""


def articles(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """Articles per month, a colour for each section."""
    counts = {(each.month, each.section): each.articles for each in numbers.months}
    return stacked("articles", _months(numbers), counts, styles)


def calendar(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """A row for each year, a cell for each month: the more articles the fuller the colour, and a frame where there are
    none between the first and the last."""
    counts: Counter[str] = Counter()
    for each in numbers.months:
        counts[each.month] += each.articles
    months = _months(numbers)
    years = sorted({month[:4] for month in months}, reverse=True)
    cuts = quantiles(counts.values(), n=4) if len(counts) > 1 else []
    shades: dict[int, list[tuple[float, float, float, float]]] = defaultdict(list)
    for month in months:
        place = (int(month[5:]) - 0.95, years.index(month[:4]) - 0.42, 0.9, 0.84)
        shades[1 + sum(counts[month] > cut for cut in cuts) if counts[month] else 0].append(place)
    with new_figure(WIDTH, 34 + 17 * max(len(years), 3)) as figure:
        axes = axes_of(figure, left=40, bottom=6, top=20)
        for shade, places in shades.items():
            if shade:
                bars(axes, places, SERIES[0], alpha=_SHADES[shade - 1])
            else:
                bars(axes, places, "none", edgecolor=SERIES[1], linewidth=1.2)
        axes.set_xlim(0, 12)
        axes.set_ylim(max(len(years), 3) - 0.5, -0.5)
        axes.set_xticks([number + 0.5 for number in range(12)], labels=[str(number) for number in range(1, 13)])
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(years)), labels=years)
        make_bare(axes)
        return drawn(figure, "calendar", styles), ()


def numbering(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """Of each section a strip from the lowest to the highest number: how much of each part is stored."""
    rows = numbers.numbering
    labels = [shortened(each.section) for each in rows]
    with new_figure(WIDTH, 24 + 46 * max(len(rows), 1)) as figure:
        axes = axes_of(figure, left=room_for(labels), bottom=8, top=6)
        for place, each in enumerate(rows):
            part = 1 / len(each.coverage)
            for shade, alpha in enumerate(_SHADES):
                filled = (n for n, share in enumerate(each.coverage) if share and -(-4 * share // 1) - 1 == shade)
                bars(axes, [(n * part, place - 0.3, part, 0.5) for n in filled], SERIES[0], alpha=alpha)
            bars(axes, [(0, place - 0.3, 1, 0.5)], "none", edgecolor=INK, linewidth=0.8)
            axes.text(0, place - 0.36, str(each.lowest), va="top")
            axes.text(1, place - 0.36, str(each.highest), va="top", ha="right")
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.7, max(len(rows), 1) - 0.5)
        axes.set_xticks([])
        axes.set_yticks(range(len(rows)), labels=labels)
        make_bare(axes)
        return drawn(figure, "numbering", styles), ()


def accounts(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """What became of the rows of listings that are not stored, a colour for each section."""
    labels = {state: "{} {}".format(*WORDS[state]) if state in WORDS else state for state in ACCOUNTS}
    left = (each for each in numbers.accounts if each.state != "stored")
    counts = {(labels.get(each.state, each.state), each.section): each.rows for each in left}
    return lying("accounts", counts, styles)


def fill(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """How much of the articles of a period has a date, an author, a source."""
    names = ("date", "author", "source")
    lines = {name: {each.period: 100 * getattr(each, name) / each.articles for each in numbers.fill} for name in names}
    return lines_over("fill", _periods(numbers), lines, styles), names


def rules(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """Edits by rule, the certain and the inferred."""
    counts = {(each.rule, name): getattr(each, name) for each in numbers.rules for name in ("certain", "inferred")}
    return lying("rules", counts, styles, ("certain", "inferred"))


def repairs(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """Edits by period, a colour for each rule."""
    counts = {(each.period, each.rule): each.edits for each in numbers.repairs}
    return stacked("repairs", _periods(numbers), counts, styles)


def states(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """How many of the articles of a period were repaired, and how many hold spots that stay damaged."""
    names = ("repaired", "damaged")
    lines = {
        name: {each.period: 100 * getattr(each, name) / each.articles for each in numbers.states} for name in names
    }
    return lines_over("states", _periods(numbers), lines, styles), names


def hosts(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """How many of the articles of each host were repaired, by period."""
    order = tuple(dict.fromkeys(each.host for each in numbers.hosts))[:MOST]
    lines: dict[str, dict[str, float]] = {host: {} for host in order}
    for each in numbers.hosts:
        if each.host in lines:
            lines[each.host][each.period] = 100 * each.repaired / each.articles
    return lines_over("hosts", _periods(numbers), lines, styles), order


def spam(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """Finds of injected spam by month, a colour for each family."""
    months = sorted({each.month for each in numbers.spam})
    between = months_between(months[0], months[-1]) if months else []
    return stacked("spam", between, {(each.month, each.family): each.pages for each in numbers.spam}, styles)


def runs(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """How long runs took, with a mark for how each ended; those that did not end lie on the ground."""
    days = [dt.datetime.fromisoformat(run.started).timestamp() / 86_400 for run in numbers.runs]
    longest = max((run.seconds or 0 for run in numbers.runs), default=0)
    unit, seconds = ("min", 60) if longest >= 120 else ("s", 1)
    ended = tuple(state for state in STATES if any(run.state == state for run in numbers.runs))
    with new_figure(WIDTH, 220) as figure:
        axes = axes_of(figure, left=56, bottom=24, top=10)
        for state, mark, color in zip(ended, MARKS, SERIES, strict=False):
            own = [
                (day, (run.seconds or 0) / seconds)
                for day, run in zip(days, numbers.runs, strict=True)
                if run.state == state
            ]
            size = 3 if state == "good" and len(days) > 100 else 5
            look = {"marker": mark, "color": color, "linestyle": "none", "markeredgewidth": 0, "clip_on": False}
            axes.plot([day for day, _ in own], [height for _, height in own], markersize=size, **look)
        axes.set_ylim(0, 1.05 * longest / seconds or 1)
        axes.yaxis.set_major_formatter(lambda height, _: f"{height:g} {unit}")
        axes.grid(axis="y")
        firsts = {run.started[:10]: day for day, run in zip(reversed(days), reversed(numbers.runs), strict=True)}
        chosen = sorted(firsts)[:: -(-len(firsts) // 4) or 1]
        axes.set_xticks([firsts[each] for each in chosen], labels=chosen)
        axes.margins(x=0.1)
        axes.tick_params(length=3, color=GRID)
        axes.spines["left"].set_visible(False)
        return drawn(figure, "runs", styles), ended


def outcomes(numbers: Numbers, styles: Styles) -> tuple[str, tuple[str, ...]]:
    """Runs per month, a colour for how they ended."""
    months = sorted({run.started[:7] for run in numbers.runs})
    counts = Counter((run.started[:7], run.state) for run in numbers.runs)
    between = months_between(months[0], months[-1]) if months else []
    ended = tuple(state for state in STATES if any(run.state == state for run in numbers.runs))
    return stacked("outcomes", between, counts, styles, ended)


PLOTS: Mapping[str, Callable[[Numbers, Styles], tuple[str, tuple[str, ...]]]] = {
    each.__name__: each
    for each in (articles, calendar, numbering, accounts, fill, rules, repairs, states, hosts, spam, runs, outcomes)
}
"""The plots by name, in the order of the page; each gives its SVG and the names of its series, by their colours."""


def _months(numbers: Numbers) -> list[str]:
    return months_between(numbers.months[0].month, numbers.months[-1].month) if numbers.months else []


def _periods(numbers: Numbers) -> list[str]:
    months = _months(numbers)
    return months if numbers.step == "month" else sorted({month[:4] for month in months})
