"""How likely is a string as Chinese, in Simplified characters: a character model of up to three characters.

The model looks at a character and the two before it. `tools/likelihood` built it from word
lists, a word model and running text; `likelihood.LICENCES.md` says whose and under which licences.
Costs are **bits**: the lower, the likelier; ordinary news costs 5 to 9 bits a character, 7 in the mean, text
that was decoded one byte off 16 to 20.

It knows Simplified characters only: convert Traditional first. Characters that say nothing about the
language are taken by class (`fold`), so that one number, one Latin word, one kind of blank is never
preferred to another:

>>> model().text_cost("2018年") == model().text_cost("1999年")
True
>>> model().text_cost("产业园区") < model().text_cost("馓狄翟扒")
True
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from functools import cache
from importlib import resources
from itertools import accumulate

from zsparkcrawl.chinese.classes import FLOORS, OTHER, RARE, START, fold
from zsparkcrawl.chinese.grams import BACKOFF_ZERO, Grams

__all__ = ["BACKOFF_ZERO", "MAGIC", "STEP", "Likelihood", "model"]

MAGIC = b"ZLM1"
STEP = 8  # costs are kept in eighths of a bit, one byte each


class _Numbers(dict[str, int]):
    """The number of a character in the tables; one met for the first time is folded and remembered."""

    def __init__(self, characters: str) -> None:
        super().__init__((character, number) for number, character in enumerate(characters))
        self.classes = {kind: self[kind] for kind in FLOORS}
        for stand_in in range(ord(OTHER), ord(RARE) + 1):  # a real one of these is BROKEN
            del self[chr(stand_in)]

    def __missing__(self, character: str) -> int:
        known, kind = fold(character)
        number = self[known] if known in self else self.classes[kind]
        if len(self) < 200_000:
            self[character] = number
        return number


def _take(data: bytes, kind: str, place: int, count: int) -> tuple[array[int], int]:
    numbers: array[int] = array(kind)
    end = place + count * numbers.itemsize
    numbers.frombytes(data[place:end])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers, end


class Likelihood:
    """A character model: bits of a character after the last one or two.

    Made from the bytes that `tools/likelihood` writes.
    """

    def __init__(self, packed: bytes) -> None:
        if packed[:4] != MAGIC:
            raise ValueError("not a likelihood model")
        data = zlib.decompress(packed[4:])
        size, characters, pairs, triples = struct.unpack_from("<4I", data)
        place = 16 + size
        self._characters = data[16:place].decode("utf-32-le")
        self._numbers = _Numbers(self._characters)
        # for each character: its cost alone, its cost as a continuation, its back-off, how many pairs begin;
        # for each pair: its second character, cost, back-off, how many triples it begins;
        # for each triple: its third character, cost
        alone, place = _take(data, "B", place, characters)
        following, place = _take(data, "B", place, characters)
        backoff, place = _take(data, "B", place, characters)
        counts, place = _take(data, "H", place, characters)
        first = array("I", accumulate(counts, initial=0))
        self._alone = [c / STEP for c in alone]
        second, place = _take(data, "H", place, pairs)
        self._pair_cost, place = _take(data, "B", place, pairs)
        pair_backoff, place = _take(data, "B", place, pairs)
        counts, place = _take(data, "H", place, pairs)
        begin = array("I", accumulate(counts, initial=0))
        third, place = _take(data, "H", place, triples)
        triple_cost, place = _take(data, "B", place, triples)
        self.grams = Grams(
            (following, backoff, first), (second, self._pair_cost, pair_backoff, begin), (third, triple_cost)
        )
        """The tables themselves, for whoever asks often."""

    def cost(self, character: str, context: str = "") -> float:
        """Bits of `character` after the last one or two characters of `context`; "" is the start of a line.

        >>> model().cost("园", "业") < model().cost("圆", "业")
        True
        >>> model().cost("园", "产业") < model().cost("园", "")
        True
        """
        numbers = self._numbers
        first = numbers[context[-2]] if len(context) > 1 else -1
        second = numbers[context[-1] if context else START]
        return self.grams.eighths(first, second, numbers[character]) / STEP

    def number(self, character: str) -> int:
        """The number of a character in the tables."""
        return self._numbers[character]

    def character(self, number: int) -> str:
        """The character with a number; for many rare ones what stands for their class.

        >>> model().character(model().number("园"))
        '园'
        """
        return self._characters[number]

    def preceding(self, character: str, most: float) -> list[str]:
        """The characters behind which this one costs no more than `most` bits.

        >>> "邀" in model().preceding("请", 5.0), "园" in model().preceding("请", 5.0)
        (True, False)
        """
        second = self._numbers[character]
        pairs = ((first, self.grams.pair(first, second)) for first in range(self.grams.size))
        return [self._characters[first] for first, pair in pairs if pair >= 0 and self._pair_cost[pair] <= STEP * most]

    def text_cost(self, text: str, context: str = "") -> float:
        """Bits of all of `text` after `context` ("" is the start of a line): the sum of `cost`.

        >>> model().text_cost("记者了解到", "本报") < model().text_cost("记者了解到", "椅子")
        True
        """
        kept = context[-2:]
        numbers = self._numbers
        codes = [numbers[character] for character in kept + text]
        return self.grams.total(codes, len(kept), numbers[START]) / STEP

    def per_character(self, text: str, context: str = "") -> float:
        """`text_cost` divided by the number of characters; 0.0 for no text.

        >>> model().per_character("中山火炬高技术产业开发区") < 9 < model().per_character("猩交鹁娓呒际醪祷⑶")
        True
        """
        return self.text_cost(text, context) / len(text) if text else 0.0

    def commonness(self, character: str) -> float:
        """Bits of the character alone, wherever it stands: the commoner, the lower.

        >>> model().commonness("的") < model().commonness("园") < model().commonness("毖")
        True
        """
        return self._alone[self._numbers[character]]


@cache
def model() -> Likelihood:
    """The model that comes with the package, loaded on first use, which takes about a tenth of a second.

    >>> model() is model()
    True
    """
    return Likelihood((resources.files(__package__) / "likelihood.bin").read_bytes())
