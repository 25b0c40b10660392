"""Characters that were lost and that the calendar puts back: the first figure of a year or of a month."""

from __future__ import annotations

import re

__all__ = ["figure_lost"]

_CENTURY = re.compile(r"(?:(?P<this>0\d)|[6-9]\d)\d年")
_MONTH = re.compile(r"[012]月")
_TOLD = re.compile("(?:年|[，。；”,])$")


def figure_lost(before: str, after: str) -> str | None:
    """The figure that an unknown ASCII character between these texts must have been; None when the calendar does not
    say. Before 018年 stood a 2 and before 998年 a 1, for pages tell of years from 1960 to 2099; before 0月 stood a 1,
    and before 2月 where a date begins or a year has just been named.

    >>> figure_lost("截至", "018年底"), figure_lost("他在", "998年"), figure_lost("2018年", "2月8日")
    ('2', '1', '1')
    >>> figure_lost("共有", "00人") is None
    True
    """
    if before[-1:].isdigit():
        return None
    if year := _CENTURY.match(after):
        return "2" if year["this"] else "1"
    if (month := _MONTH.match(after)) and (month[0] == "0月" or _TOLD.search(before)):
        return "1"
    return None
