"""Which Traditional forms of a Simplified character the common tables write."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import opencc

__all__ = ["forms_of", "left_alone", "origins_of"]

_TABLES = ("s2t", "s2tw", "s2hk")
_SEEN = frozenset("凈閑逕鐘")
"""Written by the tools that turned the pages, though by none of these tables."""


@cache
def forms_of(character: str) -> frozenset[str]:
    """The Traditional forms of a Simplified character in the tables of OpenCC (Apache-2.0): its own, Taiwan's, Hong
    Kong's; beside them the few that were seen on pages. Any other variant does not come from a table.

    >>> {"為", "爲"} <= forms_of("为"), "箇" in forms_of("个")
    (True, False)
    """
    return _SEEN.union(str(converter.convert(character)) for converter in _converters())


def origins_of(character: str) -> tuple[str, ...]:
    """The characters of GB 2312, the Simplified character set, that a table can have made a character of, the
    character itself included where the tables leave it as it is; none where no table writes it.

    >>> origins_of("鉅"), origins_of("餘"), origins_of("覆"), origins_of("髮")
    (('钜',), ('余', '馀'), ('覆',), ())
    """
    return _origins().get(character, ())


@cache
def left_alone() -> frozenset[str]:
    """Simplified characters that OpenCC's table would turn and that the tools leave as they are, for their Traditional
    form depends on the word, or is a rare variant. Seen on pages: 于 后 干 余 里 采 占 云 范 斗 群 并, and 台 on some
    hosts; the others are like them.

    >>> "后" in left_alone(), "机" in left_alone()
    (True, False)
    """
    return frozenset(
        "丑丰于云仆伙余佣几凶占吁吃后咨咸唇夸尸岩岳帘干征愿挂斗朴杠杰涌游皂筑腌范荐虫辟郁采里雇台群并床峰秘灶粽痴霉肴"
    )


@cache
def _converters() -> tuple[opencc.OpenCC, ...]:
    return tuple(opencc.OpenCC(name) for name in _TABLES)


@cache
def _origins() -> Mapping[str, tuple[str, ...]]:
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    plain = [char for pair in pairs if (char := pair.decode("gb2312", "ignore"))]
    found: dict[str, dict[str, None]] = {}
    for converter in _converters():
        # A line end between the characters keeps OpenCC from seeing phrases.
        for char, form in zip(plain, str(converter.convert("\n".join(plain))).split("\n"), strict=True):
            found.setdefault(form, {})[char] = None
    return MappingProxyType({form: tuple(chars) for form, chars in found.items()})
