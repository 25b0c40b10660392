"""What was found misread, and when it is believed that it was."""

from __future__ import annotations

import re
from typing import NamedTuple

from zsparkcrawl.repair.misread.charsets import Misreading
from zsparkcrawl.repair.misread.nodes import Node

__all__ = ["BESIDE", "Found", "is_chinese", "is_likely", "is_other_script", "is_utf8", "is_utf8_in_latin"]

BESIDE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff60\0]")
"""A Chinese character or mark; or what was one and is brought back already."""
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]")
_KANA = re.compile("[\u3041-\u30fa]")
_GAIN_AGAIN = 8.0
"""Bits that a stretch must save where other text was misread in the same way."""


class Found(NamedTuple):
    """A stretch read anew. ``gain``: bits that it saves against the text as it stands; ``fluent``: bits by which its
    characters are likelier than characters at random; ``known``, ``lost``: how many are certain, how many guessed."""

    start: int
    end: int
    nodes: tuple[Node, ...]
    how: Misreading
    gain: float
    fluent: float
    known: int
    lost: int

    @property
    def text(self) -> str:
        """What was brought back."""
        return "".join(node.text for node in self.nodes)

    @property
    def garbled(self) -> bool:
        """Whether it is no text yet: it was misread more than once."""
        return self.fluent < -3.0 * (self.known + self.lost)


def _beside(found: Found, text: str) -> bool:
    """Whether Chinese stands before or behind, marks aside."""
    before, behind = text[max(found.start - 3, 0) : found.start], text[found.end : found.end + 3]
    return bool(BESIDE.search(before) or BESIDE.search(behind))


def is_utf8(found: Found, text: str) -> bool:
    """UTF-8 tells by itself that it is what it is: few stretches of other text can be read so."""
    strange = sum(char > "\x7f" and not BESIDE.match(char) for char in found.text)
    if found.lost > found.known:  # what was guessed must be fluent by itself
        return found.gain >= 60.0 and found.lost <= 3 * found.known and found.fluent >= 3.0 * found.lost and not strange
    return found.gain >= (8.0 if found.garbled else 20.0) and found.known >= max(1, 3 * strange)


def is_utf8_in_latin(found: Found, text: str) -> bool:
    """UTF-8 that was read as Latin-1 or cp1252 is believed by the Chinese that comes of it, beside other Chinese sooner
    than alone: é” in café” is none."""
    wide = len(_WIDE.findall(found.text))
    least = 2.0 if _beside(found, text) else 8.0
    if found.lost > found.known + 1 or not (found.known or text.startswith(("ã€", "ï¼"), found.start)):
        return False
    return wide >= (1 if _beside(found, text) else 2) and found.fluent >= least - 5.0 * max(wide - 2, 0)


def is_chinese(found: Found, text: str) -> bool:
    """Pairs of bytes make a character whatever they are: it must be likely as Chinese."""
    wide, beside = _WIDE.findall(found.text), _beside(found, text)
    if len(wide) < 2 or len(set(wide)) == 1:
        return False
    return found.fluent >= (2.0 if beside else 8.0)


def is_other_script(found: Found, text: str) -> bool:
    """Any pair of bytes makes a character in either charset: it must be likely by far, and no Japanese."""
    shown = text[found.start : found.end]
    if 2 * len(_KANA.findall(shown)) >= len(shown):
        return False
    least = 25.0 if found.known < 3 else 18.0  # 腔隙 in healthy news saves 17, read as the other charset
    return found.gain >= least and found.known >= max(2, found.lost) and found.fluent >= max(8.0, 2.0 * found.known)


def is_likely(found: Found, text: str) -> bool:
    """What is to be believed of a short stretch where another one in the text is sure."""
    return found.gain >= _GAIN_AGAIN and found.known >= 2 and found.fluent >= 2.0 * found.known
