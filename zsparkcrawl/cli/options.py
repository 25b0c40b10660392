"""Options that commands share: which articles are meant, and days."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from zsparkcrawl.errors import ZsparkError

if TYPE_CHECKING:
    from zsparkcrawl.archive import Archive, Filters

__all__ = ["DayType", "FilterError", "checked_filters", "filter_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_PERIOD = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


class FilterError(ZsparkError):
    """What was asked for cannot be in any archive."""

    exit_code = 2


class DayType(click.ParamType[dt.date]):
    """A day, a month or a year; of the last two the first or the last day is meant.

    >>> DayType("last").convert("2024-02", None, None), DayType("first").convert("2019", None, None)
    (datetime.date(2024, 2, 29), datetime.date(2019, 1, 1))
    """

    name = "YYYY[-MM[-DD]]"

    def __init__(self, end: Literal["first", "last"]) -> None:
        self._end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The day meant; a usage error when there is none."""
        if isinstance(value, dt.date):
            return value
        found = _PERIOD.fullmatch(value.strip())
        try:
            meant = found and self._day(*(None if part is None else int(part) for part in found.groups()))
        except ValueError:  # as 2019-13 or 2019-02-30
            meant = None
        if meant is None:
            self.fail(f"{value!r} is no day, month or year such as 2026-11-22, 2026-11 or 2026", param, ctx)
        return meant

    def _day(self, year: int | None, month: int | None, day: int | None) -> dt.date:
        start = dt.date(year or 0, month or (1 if self._end == "first" else 12), 1)  # a year 0 is none
        if day is None:
            day = 1 if self._end == "first" else calendar.monthrange(start.year, start.month)[1]
        return start.replace(day=day)


_OPTIONS = {
    "section": click.option("--section", help="Only this section: news or notices."),
    "site": click.option("--site", help="Only this site, by the name of its profile."),
    "since": click.option("--since", type=DayType("first"), help="Only articles of this day, month or year, or later."),
    "until": click.option(
        "--until", type=DayType("last"), help="Only articles of this day, month or year, or earlier."
    ),
    "text": click.option("--text", help="Only articles with this in title or body."),
    "source": click.option("--source", help="Only articles with this in their source."),
    "author": click.option("--author", help="Only articles with this in their author."),
    "clean": click.option("--clean", is_flag=True, help="Only articles with no spot left damaged, no edit inferred."),
    "repaired": click.option("--repaired", is_flag=True, help="Only articles with at least one edit."),
    "gone": click.option("--gone/--standing", default=None, help="Only articles the site has removed, or has not."),
    "disputed": click.option("--disputed", is_flag=True, help="Only articles on a place of which copies do not agree."),
    "gaps": click.option(
        "--gaps", is_flag=True, help="Only articles of a place of which no copy has what stood there."
    ),
    "witnesses": click.option(
        "--witnesses", type=click.IntRange(1), metavar="N", help="Only articles told from at least N copies."
    ),
    "as_of": click.option(
        "--as-of", type=DayType("last"), help="As the archive held them at the end of this day, UTC."
    ),
}


def filter_options(*names: str) -> Callable[[_Command], _Command]:
    """The options that say which articles are meant: those named, in this order, or all. The command is given them by
    name, for :func:`checked_filters`."""

    def decorate(command: _Command) -> _Command:
        for name in reversed(names or tuple(_OPTIONS)):
            command = _OPTIONS[name](command)
        return command

    return decorate


def checked_filters(archive: Archive, wanted: dict[str, Any]) -> Filters:
    """The articles that the options mean. Raises FilterError when they make no sense: what is mistyped gives no
    table."""
    from zsparkcrawl.archive import Filters
    from zsparkcrawl.sites import site_named, site_names

    filters = Filters(**wanted)
    if filters.since and filters.until and filters.since > filters.until:
        raise FilterError(f"since {filters.since} is later than until {filters.until}")
    profiles = {name: site_named(name) for name in site_names()}
    sections = {section for profile in profiles.values() for section in profile.sections}
    for kind, value, known in (("site", filters.site, set(profiles)), ("section", filters.section, sections)):
        if value is None or value in known:
            continue
        kept = {getattr(found, kind) for found in archive.status(last_runs=0).sections}
        if value not in kept:
            raise FilterError(f"no {kind} {value!r}: there are {', '.join(sorted((known | kept) - {None}))}")
    return filters
