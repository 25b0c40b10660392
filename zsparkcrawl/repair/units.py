"""Units that were lost from a date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from zsparkcrawl.edits import Change, Edited, edit
from zsparkcrawl.items import Diagnosis

__all__ = ["restore_months"]

# Three or four digits cannot be a day. Begins with a digit, so that `re` skips what is none.
_RUN_TOGETHER = re.compile(r"\d(?<![^\s年]\d)\d{1,3}日(?=[,，、。上下中午晚早凌傍至—\-(（]|$)", re.M)
_AGE = 45
"""Days before publication within which a report's own date must lie. Chosen so that no two ways to cut can both fit."""


def restore_months(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Put the 月 back that was lost from a date: 218日 becomes 2月18日, and is marked inferred.

    The date of publication is the evidence: of the ways to cut the digits exactly one must give a day not after it
    and not more than 45 days before. Leaves alone: everything when the article's date is unknown, digits that can be
    cut in two ways, and true days (21日).

    >>> import datetime
    >>> page = Diagnosis(published=datetime.date(2019, 2, 19))
    >>> restore_months(Edited("218日，园区召开会议"), page).text
    '2月18日，园区召开会议'
    """
    if diagnosis.published is None:
        return edited
    return edit(edited, "units", _changes(edited.text, diagnosis.published))


def _changes(text: str, published: dt.date) -> Iterator[Change]:
    for match in _RUN_TOGETHER.finditer(text):
        digits = match[0][:-1]
        if (len(digits) == 2 and int(digits) <= 31) or not _begins(text, match.start()):
            continue
        ways = {cut: day for cut in range(1, len(digits)) if (day := _day(digits[:cut], digits[cut:], published))}
        if len(ways) == 1:
            position = match.start() + next(iter(ways))
            yield Change(position, position, "月", "inferred")


def _begins(text: str, place: int) -> bool:
    """Whether a date may begin here: behind the year, or at the head of a paragraph."""
    if text[place - 1 : place] == "年":
        return True
    while place and text[place - 1].isspace():
        place -= 1
        if text[place] == "\n":
            return True
    return not place


def _day(month: str, day: str, published: dt.date) -> dt.date | None:
    """The day that these digits name before publication, None when there is none near enough."""
    if month.startswith("0") or day.startswith("0") or len(day) > 2 or len(month) > 2:
        return None
    for year in (published.year, published.year - 1):
        try:
            found = dt.date(year, int(month), int(day))
        except ValueError:
            continue
        if 0 <= (published - found).days <= _AGE:
            return found
    return None
