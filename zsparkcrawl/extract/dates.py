"""Dates in Chinese pages, as they are written there."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from zsparkcrawl.items import Precision

__all__ = ["DATE", "Moment", "find_date", "narrow"]

_TIME = r"(?:[\sT]*(?P<hour>[01]?\d|2[0-3])\s*[:时]\s*(?P<minute>[0-5]\d)(?:\s*[:分]\s*(?P<second>[0-5]\d))?)?"
DATE = re.compile(
    r"(?<!\d)(?P<year>19[89]\d|20\d\d)(?:\s*[-/.年]\s*)(?P<month>1[0-2]|0?[1-9])(?:\s*[-/.月]\s*)"
    rf"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)(?:\s*[日号])?{_TIME}"
)
"""A date in digits, in text that :func:`narrow` has been over."""
_COMPACT = re.compile(
    rf"(?<!\d)(?P<year>19[89]\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d){_TIME}"
)
_NARROWED = str.maketrans("０１２３４５６７８９－／．：∶—–−", "0123456789-/.::---")
_NUMERALS = re.compile(
    r"(?P<year>[一二][〇○零0一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
)
_VALUES = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0, "0": 0}


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as it was read: the day, the time of day when one is shown, and the characters it was read from."""

    date: dt.date
    time: dt.time | None
    precision: Precision
    raw: str
    start: int


def narrow(text: str) -> str:
    """The full-width forms of digits and of what stands between them as ASCII, each character in its place.

    >>> narrow("２０１９－０２－１９　０８：３０")
    '2019-02-19　08:30'
    """
    return text.translate(_NARROWED)


def find_date(text: str, latest: dt.date | None = None) -> Moment | None:
    """The first possible date in a text, None when there is none. ``latest``: dates after it are not believed.

    >>> find_date("发布时间：2021年3月5日 08:30").date, find_date("二〇二一年三月五日").date, find_date("2021年2月30日")
    (datetime.date(2021, 3, 5), datetime.date(2021, 3, 5), None)
    """
    plain = narrow(text)
    for pattern, number in ((DATE, int), (_COMPACT, int), (_NUMERALS, _numeral)):
        for match in pattern.finditer(plain):
            parts = match.groupdict()
            try:
                date = dt.date(_year(parts["year"]), number(parts["month"]), number(parts["day"]))
            except ValueError:
                continue
            if latest is not None and date > latest:
                continue
            return Moment(date, *_time(parts), text[match.start() : match.end()].strip(), match.start())
    return None


def _time(parts: dict[str, str]) -> tuple[dt.time | None, Precision]:
    if not parts.get("hour"):
        return None, "day"
    if parts["second"]:
        return dt.time(int(parts["hour"]), int(parts["minute"]), int(parts["second"])), "second"
    return dt.time(int(parts["hour"]), int(parts["minute"])), "minute"


def _year(text: str) -> int:
    return int(text) if text.isascii() else int("".join(str(_VALUES[character]) for character in text))


def _numeral(text: str) -> int:
    """Chinese numerals up to 99.

    >>> _numeral("二十三"), _numeral("十"), _numeral("三")
    (23, 10, 3)
    """
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _VALUES[text] if len(text) == 1 else 0
    return (_VALUES[tens] if tens else 1) * 10 + (_VALUES[ones] if ones else 0)
