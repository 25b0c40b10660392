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
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from heapq import merge
from importlib import resources
from itertools import accumulate
from operator import itemgetter

from zsparkcrawl.chinese.classes import FLOORS, OTHER, RARE, START, fold
from zsparkcrawl.chinese.grams import Grams

__all__ = ["Behind", "Likelihood", "model"]

MAGIC = b"ZLM1"
STEP = 8  # costs are kept in eighths of a bit, one byte each
_ROWS = 2_000
"""Of how many characters it is kept at hand what stands behind them, 160 characters on average. Chosen."""
BACKOFF_ZERO = 64  # a back-off cost can be below zero: the byte that means 0


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


class Behind:
    """What the model knows about the characters behind one or two others; made by `Likelihood.behind`."""

    __slots__ = ("_backoff", "_less", "_model", "_pairs", "_triples")

    def __init__(
        self, model: Likelihood, triples: dict[int, float], pairs: dict[int, float], less: float, backoff: float
    ) -> None:
        self._model, self._triples, self._pairs, self._less = model, triples, pairs, less
        self._backoff = less + backoff

    def cost(self, character: str) -> float:
        """Bits of a character here."""
        number = self._model._numbers[character]
        known = self._triples.get(number)
        if known is not None:
            return known
        known = self._pairs.get(number)
        return self._backoff + self._model._following[number] if known is None else self._less + known

    def likeliest(self) -> Iterator[tuple[str, float]]:
        """The characters seen here, each with its bits, the likeliest first."""
        triples, characters = self._triples, self._model._characters
        others = ((number, self._less + bits) for number, bits in self._pairs.items() if number not in triples)
        for number, bits in merge(sorted(triples.items(), key=itemgetter(1)), others, key=itemgetter(1)):
            yield characters[number], bits


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
        self._first = array("I", accumulate(counts, initial=0))
        self._alone = [c / STEP for c in alone]
        self._following = [c / STEP for c in following]
        self._backoff = [(c - BACKOFF_ZERO) / STEP for c in backoff]
        self._second, place = _take(data, "H", place, pairs)
        self._pair_cost, place = _take(data, "B", place, pairs)
        self._pair_backoff, place = _take(data, "B", place, pairs)
        counts, place = _take(data, "H", place, pairs)
        self._begin = array("I", accumulate(counts, initial=0))
        self._third, place = _take(data, "H", place, triples)
        self._triple_cost, place = _take(data, "B", place, triples)
        self.grams = Grams(
            (following, backoff, self._first),
            (self._second, self._pair_cost, self._pair_backoff, self._begin),
            (self._third, self._triple_cost),
        )
        """The tables themselves, for whoever asks often."""
        self._bits = [c / STEP for c in range(256)]
        self._less = [(c - BACKOFF_ZERO) / STEP for c in range(256)]
        self._rows: dict[int, dict[int, float]] = {}

    def cost(self, character: str, context: str = "") -> float:
        """Bits of `character` after the last one or two characters of `context`; "" is the start of a line.

        >>> model().cost("园", "业") < model().cost("圆", "业")
        True
        >>> model().cost("园", "产业") < model().cost("园", "")
        True
        """
        numbers = self._numbers
        third = numbers[character]
        second = numbers[context[-1] if context else START]
        less = 0.0
        if len(context) > 1 and (pair := self._pair(numbers[context[-2]], second)) is not None:
            place, end = self._begin[pair], self._begin[pair + 1]
            if place < end:
                place = bisect_left(self._third, third, place, end)
                if place < end and self._third[place] == third:
                    return self._bits[self._triple_cost[place]]
                less = self._less[self._pair_backoff[pair]]
        if (pair := self._pair(second, third)) is not None:
            return less + self._bits[self._pair_cost[pair]]
        return less + self._backoff[second] + self._following[third]

    def number(self, character: str) -> int:
        """The number of a character in the tables."""
        return self._numbers[character]

    def character(self, number: int) -> str:
        """The character with a number; for many rare ones what stands for their class.

        >>> model().character(model().number("园"))
        '园'
        """
        return self._characters[number]

    def _pair(self, first: int, second: int) -> int | None:
        """The place of a pair in the tables, None when the model has not seen it."""
        end = self._first[first + 1]
        pair = bisect_left(self._second, second, self._first[first], end)
        return pair if pair < end and self._second[pair] == second else None

    def behind(self, context: str) -> Behind:
        """What may stand behind the last one or two characters of `context`: for asking about many characters there.

        >>> behind = model().behind("产业园")
        >>> behind.cost("区") == model().cost("区", "业园"), next(behind.likeliest())[0]
        (True, '区')
        """
        second = self._numbers[context[-1] if context else START]
        less, own = 0.0, range(0)
        if len(context) > 1 and (pair := self._pair(self._numbers[context[-2]], second)) is not None:
            own = range(self._begin[pair], self._begin[pair + 1])
            less = self._less[self._pair_backoff[pair]] if own else 0.0
        triples = {self._third[place]: self._bits[self._triple_cost[place]] for place in own}
        return Behind(self, triples, self._pairs(second), less, self._backoff[second])

    def preceding(self, character: str, most: float) -> list[str]:
        """The characters behind which this one costs no more than `most` bits.

        >>> "邀" in model().preceding("请", 5.0), "园" in model().preceding("请", 5.0)
        (True, False)
        """
        second = self._numbers[character]
        rows = ((first, self._pair(first, second)) for first in range(len(self._characters)))
        return [
            self._characters[first]
            for first, pair in rows
            if pair is not None and self._bits[self._pair_cost[pair]] <= most
        ]

    def _pairs(self, number: int) -> dict[int, float]:
        """The characters seen behind one, by number, with their bits, the likeliest first."""
        known = self._rows.get(number)
        if known is None:
            row = range(self._first[number], self._first[number + 1])
            seen = ((self._second[place], self._bits[self._pair_cost[place]]) for place in row)
            if len(self._rows) >= _ROWS:
                self._rows.clear()
            known = self._rows[number] = dict(sorted(seen, key=itemgetter(1)))
        return known

    def text_cost(self, text: str, context: str = "") -> float:
        """Bits of all of `text` after `context` ("" is the start of a line): the sum of `cost`.

        >>> model().text_cost("记者了解到", "本报") < model().text_cost("记者了解到", "椅子")
        True
        """
        cost = self.cost
        kept = context[-2:]
        whole = kept + text
        start = len(kept)
        return sum(cost(whole[i], whole[max(0, i - 2) : i]) for i in range(start, len(whole)))

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
