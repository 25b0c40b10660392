"""How characters are read: pinyin with tone marks, from pypinyin's table (MIT)."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

__all__ = ["readings_of", "with_reading"]


@lru_cache(maxsize=10_000)
def readings_of(character: str) -> frozenset[str]:
    """All readings of a character, with tone marks; none for what is no Chinese character.

    >>> sorted(readings_of("長"))
    ['cháng', 'zhàng', 'zhǎng']
    """
    return frozenset(filter(None, _table().get(ord(character), "").split(",")))


def with_reading(reading: str) -> frozenset[str]:
    """All characters that GBK has and that can be read so.

    >>> "隊" in with_reading("duì"), "對" in with_reading("duì")
    (True, True)
    """
    return _inverse().get(unicodedata.normalize("NFC", reading), frozenset())


@cache
def _table() -> dict[int, str]:
    # Imported here: the table takes 0.15 s to load, and a healthy text never asks for it.
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)


@cache
def _inverse() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, readings in _table().items():
        character = chr(code)
        if len(character.encode("gbk", "ignore")) == 2:
            for reading in readings.split(","):
                found.setdefault(reading, set()).add(character)
    return {reading: frozenset(characters) for reading, characters in found.items()}
