"""A calendar's leaf beside the title: month and day apart, or the year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zsparkcrawl.extract.dates import narrow
from zsparkcrawl.extract.labels import EDGES

__all__ = ["leaf"]

_LEAF_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})月?")
_LEAF_DAY = re.compile(r"(\d{1,2})日?")
_LEAF_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_LEAF_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")


def leaf(pieces: Sequence[str]) -> str | None:
    """The day of a calendar's leaf, on which month and day stand apart, or the year: 2019-02 and 19, 02-19 and 2019,
    in either order.

    >>> leaf(["19", "/", "2019-02"]), leaf(["2019-02", "19"]), leaf(["02/19", "2019"]), leaf(["2019-02-19"])
    ('2019-02-19', '2019-02-19', '2019-02-19', None)
    """
    pieces = [plain for piece in pieces if (plain := narrow(piece).strip(EDGES))]
    if len(pieces) != 2:
        return None
    for first, second in (pieces, pieces[::-1]):
        if (month := _LEAF_MONTH.fullmatch(first)) and (day := _LEAF_DAY.fullmatch(second)):
            return f"{month[1]}-{month[2]}-{day[1]}"
        if (year := _LEAF_YEAR.fullmatch(first)) and (both := _LEAF_MONTH_DAY.fullmatch(second)):
            return f"{year[1]}-{both[1]}-{both[2]}"
    return None
