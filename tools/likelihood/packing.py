"""A mixture as the tables that the package carries: what tells least is left out, the rest rounded and packed."""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from math import log2, sqrt

from tools.likelihood.counts import Counts
from tools.likelihood.models import Mixture
from zsparkcrawl.chinese.classes import BROKEN, FLOORS
from zsparkcrawl.chinese.likelihood import BACKOFF_ZERO, MAGIC, STEP

__all__ = ["Tables"]

LEAST = 2e-8
"""A character that is expected less often, as a share of all, is known by class only."""


class Tables:
    """The chosen characters, pairs and triples with their probabilities, and the back-off weights over them."""

    def __init__(self, mixture: Mixture, pairs: int, triples: int) -> None:
        ones = mixture.shares(1)
        known = {char for char, share in ones.items() if share >= LEAST} | set(FLOORS)
        self.characters = sorted(known, key=lambda char: (-ones.get(char, 0.0), char))
        self.alone = {char: _floored(char, ones.get(char, 0.0)) for char in self.characters}
        self.following = {char: _floored(char, mixture.probability(char)) for char in self.characters}
        twos = {gram: share for gram, share in mixture.shares(2).items() if known.issuperset(gram)}
        threes = {gram: share for gram, share in mixture.shares(3).items() if known.issuperset(gram)}
        self.twos = {gram: mixture.probability(gram) for gram in sorted(twos)}
        self.left_two = _left_over(self.twos, lambda gram: self.following[gram[1]])
        self.threes = self._telling_triples(mixture, threes, triples)
        self.twos = self._telling_pairs(twos, pairs)
        everything = sum(self.following.values())  # a little over one, for the floors
        self.left_two = _left_over(self.twos, lambda gram: self.following[gram[1]], everything)
        self.left_three = _left_over(self.threes, lambda gram: self.two(gram[1:]))

    def two(self, gram: str) -> float:
        """The probability of a pair's second character after its first."""
        found = self.twos.get(gram)
        return self.left_two.get(gram[0], 1.0) * self.following[gram[1]] if found is None else found

    def _telling_triples(self, mixture: Mixture, shares: Mapping[str, float], most: int) -> dict[str, float]:
        """The triples whose loss would cost most: what is common and far from what the shorter context says."""
        found = {gram: mixture.probability(gram) for gram in sorted(shares) if gram[:2] in self.twos}
        gain = {gram: sqrt(shares[gram]) * abs(log2(p / self.two(gram[1:]))) for gram, p in found.items()}
        return {gram: found[gram] for gram in sorted(gain, key=lambda gram: (-gain[gram], gram))[:most]}

    def _telling_pairs(self, shares: Mapping[str, float], most: int) -> dict[str, float]:
        """The pairs that begin a chosen triple, and of the others those whose loss would cost most."""
        needed = {gram[:2] for gram in self.threes}
        gain = {
            gram: sqrt(shares[gram]) * abs(log2(p / (self.left_two.get(gram[0], 1.0) * self.following[gram[1]])))
            for gram, p in self.twos.items()
            if gram not in needed
        }
        best = sorted(gain, key=lambda gram: (-gain[gram], gram))[: max(0, most - len(needed))]
        return {gram: self.twos[gram] for gram in sorted(needed.union(best))}

    def pack(self) -> bytes:
        """The tables as `zsparkcrawl.chinese.likelihood.Likelihood` reads them."""
        number = {c: n for n, c in enumerate(self.characters)}
        order = sorted(self.twos, key=lambda gram: (number[gram[0]], number[gram[1]]))
        rank = {gram: n for n, gram in enumerate(order)}
        last = sorted(self.threes, key=lambda gram: (rank[gram[:2]], number[gram[2]]))
        begun = [0] * len(number)
        for gram in order:
            begun[number[gram[0]]] += 1
        begun_pairs = [0] * len(order)
        for gram in last:
            begun_pairs[rank[gram[:2]]] += 1
        names = "".join(self.characters).encode("utf-32-le")
        parts = [
            struct.pack("<4I", len(names), len(number), len(order), len(last)),
            names,
            bytes(_bits(self.alone[c]) for c in self.characters),
            bytes(_bits(self.following[c]) for c in self.characters),
            bytes(_bits(self.left_two.get(c, 1.0), BACKOFF_ZERO) for c in self.characters),
            struct.pack(f"<{len(begun)}H", *begun),
            struct.pack(f"<{len(order)}H", *(number[gram[1]] for gram in order)),
            bytes(_bits(self.twos[gram]) for gram in order),
            bytes(_bits(self.left_three.get(gram, 1.0), BACKOFF_ZERO) for gram in order),
            struct.pack(f"<{len(order)}H", *begun_pairs),
            struct.pack(f"<{len(last)}H", *(number[gram[2]] for gram in last)),
            bytes(_bits(self.threes[gram]) for gram in last),
        ]
        return MAGIC + zlib.compress(b"".join(parts), 9)


def _floored(character: str, probability: float) -> float:
    """No class is less likely than its floor; what is not text is never likelier."""
    floor: float = 2.0 ** -FLOORS.get(character, 25.0)
    return floor if character == BROKEN or probability < floor else probability


def _left_over(
    grams: Mapping[str, float], shorter: Callable[[str], float], everything: float = 1.0
) -> dict[str, float]:
    """For each context, the weight of the shorter one that makes all probabilities add up to one."""
    mass: Counts = defaultdict(float)
    covered: Counts = defaultdict(float)
    for gram in sorted(grams):
        mass[gram[:-1]] += grams[gram]
        covered[gram[:-1]] += shorter(gram)
    return {context: max(1e-4, 1 - m) / max(1e-4, everything - covered[context]) for context, m in mass.items()}


def _bits(probability: float, zero: int = 0) -> int:
    """A probability as a byte: its bits in steps of an eighth."""
    return min(255, max(0, zero + round(-log2(probability) * STEP)))
