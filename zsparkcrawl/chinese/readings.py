"""How characters are read: pinyin with tone marks, from pypinyin's table (MIT)."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

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
    # Loaded here, for a healthy text never asks for it, and without its package, which takes 44 MB more for phrases.
    package = find_spec("pypinyin")
    assert package is not None
    assert package.origin is not None
    spec = spec_from_file_location("pypinyin_table", Path(package.origin).with_name("pinyin_dict.py"))
    assert spec is not None
    assert spec.loader is not None
    table = module_from_spec(spec)
    spec.loader.exec_module(table)
    return dict(table.pinyin_dict)


@cache
def _inverse() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, readings in _table().items():
        character = chr(code)
        if len(character.encode("gbk", "ignore")) == 2:
            for reading in readings.split(","):
                found.setdefault(reading, set()).add(character)
    return {reading: frozenset(characters) for reading, characters in found.items()}
