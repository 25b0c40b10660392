"""Dates that say only a part: the day counted from now (3天前), the day without its year (3月5日)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from zsparkcrawl.extract.dates import (
    AGO,
    DAY_WORDS,
    Moment,
    find_date,
    find_minguo,
    find_month,
    find_short,
    narrow,
    parts_of_address,
    time_of,
)

__all__ = ["Clock", "may_tell"]

_DAY_WORD = re.compile(
    rf"(?P<word>{'|'.join(DAY_WORDS)})(?:\s*(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
)
_WEEKDAY = re.compile(r"\s*[(（](?:星期|周|礼拜|週|禮拜)[一二三四五六日天][)）]$")
_MAY_TELL = re.compile(r"[\d〇○零一二三四五六七八九十两半今昨前刚]")
"""What a text has at least that tells a day: the cheap question before the dear ones."""
_UNITS = {"秒": 1, "秒钟": 1, "分钟": 60, "小时": 3600, "天": 86400, "日": 86400, "周": 604800, "星期": 604800}
_NUMBERS = {sign: number for number, sign in enumerate("〇一二三四五六七八九十")} | {"两": 2, "半": 0.5}


def may_tell(text: str) -> bool:
    """Whether a text may tell a day at all.

    >>> may_tell("3天前"), may_tell("园区新闻")
    (True, False)
    """
    return _MAY_TELL.search(text) is not None


@dataclass(frozen=True, slots=True)
class Clock:
    """What a page's dates are read against.

    ``now`` is when the page was fetched, on the site's clock; None when nobody knows. ``url`` and ``stated`` are where
    a year may be found: the page's address, and the days that its metadata name; ``timed`` the same, from the
    attributes of its times (<time datetime>), which may be any article's.
    """

    now: dt.datetime | None = None
    url: str = ""
    stated: tuple[dt.date, ...] = ()
    timed: tuple[dt.date, ...] = ()

    @property
    def latest(self) -> dt.date | None:
        """The last day that can be meant."""
        return self.now.date() if self.now else None

    def read(self, text: str) -> Moment | None:
        """The date that a text names: whole, of a month, counted from now, or without a year that the page gives.

        >>> Clock(url="http://a.example/2021/03/05/7.html").read("3月5日 08:30").basis
        'completed'
        >>> Clock(dt.datetime(2021, 3, 8, 9)).read("3天前").date
        datetime.date(2021, 3, 5)
        """
        if not may_tell(text):
            return None
        whole = find_date(text, self.latest) or find_month(text, self.latest) or find_minguo(text, self.latest)
        return whole or self._counted(text) or self._completed(text)

    def knows(self, text: str | None) -> bool:
        """Whether the page's address or its metadata name the day that a text names, too."""
        moment = find_date(text or "", self.latest)
        if moment is None:
            return False
        day = moment.date
        return day in self.stated or (day.year, day.month, day.day) in set(parts_of_address(self.url))

    def addressed(self, text: str) -> bool:
        """Whether the page's address names the day that a text names."""
        moment = find_date(text, self.latest)
        return moment is not None and (moment.date.year, moment.date.month, moment.date.day) in set(
            parts_of_address(self.url)
        )

    def likely(self, days: Collection[dt.date]) -> set[dt.date]:
        """Those of several days that the page's metadata name; where they name none, those that its address does."""
        parts = [part for part in parts_of_address(self.url) if part[2]]
        return set(days) & set(self.stated) or {day for day in days if (day.year, day.month, day.day) in parts}

    def _counted(self, text: str) -> Moment | None:
        """A day told by its distance from the day of fetching."""
        if self.now is None:
            return None
        plain = narrow(text)
        if match := AGO.search(plain):
            sign = match["number"]
            number = float(sign) if sign.isdigit() else _NUMBERS[sign]
            then = self.now - dt.timedelta(seconds=number * _UNITS[match["unit"]])
            return Moment(then.date(), None, "day", match[0], match.start(), "relative")
        if match := _DAY_WORD.search(plain):
            day = self.now.date() - dt.timedelta(days=DAY_WORDS[match["word"]])
            time, precision = time_of(match.groupdict() | {"half": ""})
            return Moment(day, time, precision, match[0], match.start(), "relative")
        return None

    def _completed(self, text: str) -> Moment | None:
        """A day whose year stands elsewhere on the page: in its metadata, or in its address."""
        match = find_short(text)
        if match is None:
            return None
        month, day = int(match["month"]), int(match["day"] or match["number"])
        named = {known.year for known in (*self.stated, *self.timed) if (known.month, known.day) == (month, day)}
        parts = [part for part in parts_of_address(self.url) if part[1] in {None, month} and part[2] in {None, day}]
        exact = {year for year, _, of_day in parts if of_day} or {year for year, of_month, _ in parts if of_month}
        years = named or exact or {year for year, _, _ in parts}
        if len(years) != 1:
            return None
        try:
            date = dt.date(years.pop(), month, day)
        except ValueError:
            return None
        if self.latest is not None and date > self.latest:
            return None
        return Moment(date, *time_of(match.groupdict()), match[0].strip(), match.start(), "completed")

    def signature(self, text: str) -> Moment | None:
        """The date of a line that is nothing but a date, as stands below a notice."""
        plain = _WEEKDAY.sub("", text.strip(" \t\xa0\u3000")).strip(" \t\xa0\u3000()（）")
        moment = find_date(plain, self.latest)
        return replace(moment, basis="signature") if moment and moment.raw == plain else None
