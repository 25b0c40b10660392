"""Lists of counties from all over the country, with which link farms fill the foot of a page."""

from __future__ import annotations

import re

__all__ = ["is_county_list"]

_SEPARATOR = re.compile(r"[|｜丨┊]")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,9}[县縣市区區旗镇鎮州乡鄉盟]")
_COUNTY = re.compile(r".*[县縣旗]$")
_LABEL = re.compile(r"^(?:主站)?蜘蛛池(?:模板)?[：:]?|^(?:友情|城市|地区)?(?:链接|分站|站点)[：:]?")
_ITEMS = 8
"""Chosen: few prefectures have so many counties, and text gives them with 、 between."""
_COUNTIES = 0.4
"""Share of the places that must be counties, for towns of one city are not. Chosen."""


def is_county_list(line: str) -> bool:
    """Whether a line is nothing but counties and towns with bars between them.

    >>> is_county_list("丹巴县| 德钦县| 安远县| 上栗县| 岳池县| 商洛市| 华池县| 泰顺县")
    True
    >>> is_county_list("调研组走访了丹巴县、德钦县、安远县、上栗县、岳池县、商洛市、华池县、泰顺县")
    False
    """
    if line.count("|") + line.count("｜") + line.count("丨") + line.count("┊") < _ITEMS - 1:
        return False
    items = [item for item in map(str.strip, _SEPARATOR.split(_LABEL.sub("", line.strip()))) if item]
    places = [item for item in items if _PLACE.fullmatch(item)]
    counties = [item for item in places if _COUNTY.match(item)]
    return len(places) >= _ITEMS and len(places) >= 0.9 * len(items) and len(counties) >= _COUNTIES * len(places)
