"""Dates as Chinese pages write them: all patterns stand here, none elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from zsparkcrawl.items import DateBasis, Precision

__all__ = [
    "AGO",
    "DATE",
    "DAY",
    "DAY_WORDS",
    "ENDS_DATED",
    "POSTED",
    "Moment",
    "begins_with_date",
    "day_of",
    "find_date",
    "find_minguo",
    "find_month",
    "find_short",
    "narrow",
    "parts_of_address",
    "time_of",
]

DAY = r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
"""A day in digits as listings write it; what it says is still to be tried by :func:`day_of`."""
_WEEKDAY = r"(?:\s*[(,]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*\)?)?"
_TIME = (
    rf"(?:{_WEEKDAY}(?:\s-\s|[\sTt]*)(?:HKT\s*)?(?P<half>凌晨|早上|上午|中午|下午|晚上)?\s*(?P<hour>[01]?\d|2[0-3])\s*[:时点]"
    r"\s*(?P<minute>[0-5]\d)(?:\s*[:分]\s*(?P<second>[0-5]\d))?)?"
)
_YEAR = r"(?<!\d)(?P<year>19[89]\d|20\d\d)"
DATE = re.compile(
    rf"{_YEAR}(?:\s*[-/.年]\s*)(?P<month>1[0-2]|0?[1-9])(?:\s*[-/.月]\s*)"
    rf"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)(?:\s*[日号])?{_TIME}"
)
"""A date in digits, in text that :func:`narrow` has been over."""
_COMPACT = re.compile(rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d){_TIME}")
# Year and day set in places of their own, as 2021 03/05 08:30.
_APART = re.compile(rf"{_YEAR}\s*(?P<month>0[1-9]|1[0-2])\s*[-/.]\s*(?P<day>0[1-9]|[12]\d|3[01])(?!\d){_TIME}")
_NUMERALS = re.compile(
    r"(?P<year>[一二][〇○零0一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_ENGLISH = re.compile(
    rf"(?<![a-z\d])(?:{_NAMED}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d|19[89]\d))(?!\d){_TIME}", re.I
)
_BRITISH = re.compile(rf"(?<![a-z\d])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_NAMED},?\s+(?P<year>20\d\d|19[89]\d)(?!\d){_TIME}", re.I)  # fmt: skip  # noqa: E501
_MONTH = re.compile(rf"{_YEAR}\s*(?:年\s*(?P<month>1[0-2]|0?[1-9])\s*月|[-/.](?P<number>1[0-2]|0[1-9]))")
_SHORT = re.compile(
    r"(?<![\d年/.-])(?P<month>1[0-2]|0?[1-9])\s*(?:月\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*日"
    rf"|[-/](?P<number>3[01]|[12]\d|0[1-9])(?![\d/.-])){_TIME}"
)
_WRITTEN = r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
ENDS_DATED = re.compile(rf"(?:{_WRITTEN}|\d{{1,3}}\s*(?:秒钟?|分钟|小时|天)前)$")
"""A line that ends with a date, or with a time told by its distance from now."""
POSTED = re.compile(rf"(?:发表|發表|发布)于\s*{_WRITTEN}(?:[\s|].{{0,30}})?")
"""What a board writes above each post: 发表于 2019-02-19 08:30|只看该作者."""
AGO = re.compile(
    r"(?P<number>\d{1,3}|半|[一二两三四五六七八九十])\s*个?\s*(?P<unit>秒钟?|分钟|小时|天|日|周|星期)(?:之|以)?前"
)
"""A day told by its distance from now."""
DAY_WORDS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "刚刚": 0}
"""How many days before today."""
_WIDE = "０１２３４５６７８９－／．：∶—–−"
_NARROWED = str.maketrans(_WIDE, "0123456789-/.::---")
_MAY_NARROW = re.compile(f"[{_WIDE}]")
_TIME_BEFORE = re.compile(r"(?<![\d:.-])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?\s{1,3}$")
"""The time of day right before a day, as papers of Hong Kong have it: 12:33 2023-03-21."""
_MINGUO = re.compile(
    r"(?:中?华?民国|民國|中華民國)?\s*(?P<year>1[0-3]\d)\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<day>3[01]|[12]\d|0?[1-9])日?"
)
"""A day as offices of Taiwan count the years: 111-09-20 is in 2022."""
_MAY_HOLD = re.compile(r"19[89]\d|20\d\d|年")
"""What each pattern of a whole date has: the cheap question before the dear ones."""
_VALUES = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0, "0": 0}
_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>19[89]\d|20[0-4]\d)(?:[-/_]?(?P<month>1[0-2]|0[1-9]|[1-9](?=/))"
    r"(?:[-/_]?(?P<day>3[01]|[12]\d|0[1-9]|[1-9](?=/)))?)?(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as it was read: the day (the first of the month where only that is shown), the time of day when one is
    shown, the characters it was read from, and by what right the whole of it is believed."""

    date: dt.date
    time: dt.time | None
    precision: Precision
    raw: str
    start: int
    basis: DateBasis = "shown"


def narrow(text: str) -> str:
    """The full-width forms of digits and of what stands between them as ASCII, each character in its place.

    >>> narrow("２０１９－０２－１９　０８：３０")
    '2019-02-19　08:30'
    """
    return text.translate(_NARROWED) if _MAY_NARROW.search(text) else text


@lru_cache(maxsize=64)
def find_date(text: str, latest: dt.date | None = None) -> Moment | None:
    """The first possible date in a text, None when there is none. ``latest``: dates after it are not believed.

    >>> find_date("发布时间：2021年3月5日 08:30").date, find_date("二〇二一年三月五日").date, find_date("2021年2月30日")
    (datetime.date(2021, 3, 5), datetime.date(2021, 3, 5), None)
    >>> find_date("2021 03/05 下午3:20").time, find_date("March 5, 2021").date
    (datetime.time(15, 20), datetime.date(2021, 3, 5))
    >>> find_date("12:33 2021-03-05 HKT").time, find_date("2021-03-05 HKT 12:33").time
    (datetime.time(12, 33), datetime.time(12, 33))
    """
    plain = narrow(text)
    if not _MAY_HOLD.search(plain):
        return None
    for pattern in (DATE, _COMPACT, _APART, _NUMERALS, _ENGLISH, _BRITISH):
        for match in pattern.finditer(plain):
            date = day_of(match)
            if date is None or (latest is not None and date > latest):
                continue
            start, parts = match.start(), match.groupdict()
            if not parts.get("hour") and (before := _TIME_BEFORE.search(plain[max(start - 12, 0) : start])):
                start, parts = start - len(before[0]), before.groupdict() | {"half": ""}
            return Moment(date, *time_of(parts), text[start : match.end()].strip(), start)
    return None


def find_minguo(text: str, latest: dt.date | None = None) -> Moment | None:
    """The day that a text is and nothing else, its year counted from 1911 as offices of Taiwan do.

    >>> find_minguo("111-09-20").date, find_minguo("共111-09-20號")
    (datetime.date(2022, 9, 20), None)
    """
    match = _MINGUO.fullmatch(narrow(text).strip())
    if match is None:
        return None
    try:
        date = dt.date(int(match["year"]) + 1911, int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    return None if latest is not None and date > latest else Moment(date, None, "day", text.strip(), 0)


def find_month(text: str, latest: dt.date | None = None) -> Moment | None:
    """The month that a text names and no day of it: its first day stands for it, and the precision says so.

    >>> find_month("2021年3月").date, find_month("2021年3月").precision, find_month("2021年3月5日")
    (datetime.date(2021, 3, 1), 'month', None)
    """
    plain = narrow(text).strip(" \t\xa0\u3000[]()（）【】")
    match = _MONTH.fullmatch(plain)
    if match is None:
        return None
    date = dt.date(int(match["year"]), int(match["month"] or match["number"]), 1)
    return None if latest is not None and date > latest else Moment(date, None, "month", match[0], text.index(plain[0]))


def find_short(text: str) -> re.Match[str] | None:
    """A day without a year, as 3月5日 or 03-05 08:30: the groups are month, day or number, and those of a time."""
    return next((match for match in _SHORT.finditer(narrow(text))), None)


def begins_with_date(plain: str) -> bool:
    """Whether a text that :func:`narrow` has been over begins with a date of any kind, whole or not.

    >>> begins_with_date("3天前"), begins_with_date("03-05 08:30"), begins_with_date("会议")
    (True, True, False)
    """
    moment = find_date(plain)
    return bool(
        (moment and moment.start == 0)
        or _SHORT.match(plain)
        or AGO.match(plain)
        or _MONTH.match(plain)
        or plain[:2] in DAY_WORDS
    )


def time_of(parts: dict[str, str]) -> tuple[dt.time | None, Precision]:
    """The time of day among the groups of a match, and how exactly it is told."""
    if not parts.get("hour"):
        return None, "day"
    hour = int(parts["hour"])
    if parts["half"] in {"下午", "晚上", "中午"} and hour < (11 if parts["half"] == "中午" else 12):
        hour += 12
    if parts["second"]:
        return dt.time(hour, int(parts["minute"]), int(parts["second"])), "second"
    return dt.time(hour, int(parts["minute"])), "minute"


def day_of(match: re.Match[str]) -> dt.date | None:
    """The day that a match names, None when there is no such day."""
    year, month, day = match["year"], match["month"], match["day"]
    try:
        if month[0].isalpha() and month.isascii():
            return dt.date(int(year), _MONTHS.index(month[:3].casefold()) + 1, int(day))
        if year.isascii() and year.isdigit():
            return dt.date(int(year), int(month), int(day))
        return dt.date(int("".join(str(_VALUES[sign]) for sign in year)), _numeral(month), _numeral(day))
    except ValueError:
        return None


def parts_of_address(url: str) -> Iterator[tuple[int, int | None, int | None]]:
    """Year, month and day that an address names, as far as it names them.

    >>> list(parts_of_address("http://a.example/n1/2021/0305/c1-32.html"))
    [(2021, 3, 5)]
    >>> list(parts_of_address("http://a.example/xw/202103/t20210305_12.htm"))
    [(2021, 3, None), (2021, 3, 5)]
    """
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    for match in _ADDRESS.finditer(path):
        month, day = (int(match[part]) if match[part] else None for part in ("month", "day"))
        yield int(match["year"]), month, day


def _numeral(text: str) -> int:
    """Chinese numerals up to 99.

    >>> _numeral("二十三"), _numeral("十"), _numeral("三")
    (23, 10, 3)
    """
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _VALUES[text] if len(text) == 1 else 0
    return (_VALUES[tens] if tens else 1) * 10 + (_VALUES[ones] if ones else 0)
