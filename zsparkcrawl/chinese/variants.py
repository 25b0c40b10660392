"""Which Traditional forms of a Simplified character the common tables write."""

from __future__ import annotations

from functools import cache

import opencc

__all__ = ["forms_of"]

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


@cache
def _converters() -> tuple[opencc.OpenCC, ...]:
    return tuple(opencc.OpenCC(name) for name in _TABLES)
