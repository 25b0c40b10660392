"""Probabilities of a character after the two before it: from expected counts, from running text, and their mixture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from tools.likelihood.counts import Counter, Counts
from zsparkcrawl.chinese.classes import START

__all__ = ["KneserNey", "Mixture", "Model", "WordModel"]

DISCOUNT = 0.5
"""What is taken off an expected count. News that nothing was built from costs 6.83 bits a character with it, 6.86 with
2.5, 6.88 with 10."""
INITIAL = 0.9
"""Share of word-initial characters in the figure used when nothing is known of a pair."""
LEAST = 2.0**-23
"""Of a character that a model never saw."""


class Model(Protocol):
    """What a mixture is made of."""

    grams: Sequence[Mapping[str, float]]

    def probability(self, gram: str) -> float:
        """The probability of the last of one, two or three characters after the others."""


class WordModel:
    """Expected counts from words, by absolute discounting, interpolated with the shorter context."""

    def __init__(self, counter: Counter) -> None:
        self.grams = counter.grams
        total, initial = sum(self.grams[1].values()), sum(counter.initial.values())
        self._alone = {
            char: (1 - INITIAL) * count / total + INITIAL * counter.initial.get(char, 0.0) / initial
            for char, count in self.grams[1].items()
        }
        self._totals: list[Counts] = [defaultdict(float) for _ in self.grams]
        self._kept: list[Counts] = [defaultdict(float) for _ in self.grams]
        for length in (2, 3):
            totals, kept = self._totals[length], self._kept[length]
            for gram, count in self.grams[length].items():
                totals[gram[:-1]] += count
                kept[gram[:-1]] += max(0.0, count - DISCOUNT)
            for context, count in totals.items():
                totals[context] = max(count, self.grams[length - 1].get(context, 0.0)) + 0.5

    def probability(self, gram: str) -> float:
        """The probability of the last of one, two or three characters after the others."""
        found = max(self._alone.get(gram[-1], 0.0), LEAST)
        for length in range(2, len(gram) + 1):
            context = gram[-length:-1]
            if total := self._totals[length].get(context):
                count = max(0.0, self.grams[length].get(gram[-length:], 0.0) - DISCOUNT)
                found = count / total + (1 - self._kept[length][context] / total) * found
        return found


class KneserNey:
    """Counts of running text, by modified Kneser-Ney smoothing: a shorter run counts by how many different characters
    stand before it (Chen and Goodman 1998)."""

    def __init__(self, counter: Counter, characters: int = 8000) -> None:
        self.grams = counter.grams
        self._unseen = 1 / characters
        self._counts: list[Mapping[str, float]] = [{}, {}, {}, counter.grams[3]]
        for length in (2, 1):
            before: Counts = defaultdict(float)
            for gram in counter.grams[length + 1]:
                before[gram[1:]] += 1
            before.update((gram, n) for gram, n in counter.grams[length].items() if gram[0] == START)
            self._counts[length] = before
        self._discounts = [_discounts(counts) for counts in self._counts]
        self._totals: list[Counts] = [defaultdict(float) for _ in self._counts]
        self._left: list[Counts] = [defaultdict(float) for _ in self._counts]
        for length in (1, 2, 3):
            for gram, count in self._counts[length].items():
                self._totals[length][gram[:-1]] += count
                self._left[length][gram[:-1]] += self._discounts[length][min(3, round(count))]

    def probability(self, gram: str) -> float:
        """The probability of the last of one, two or three characters after the others."""
        found = self._unseen
        for length in range(1, len(gram) + 1):
            part = gram[-length:]
            if not (total := self._totals[length].get(part[:-1])):
                break
            count = self._counts[length].get(part, 0.0)
            kept = max(0.0, count - self._discounts[length][min(3, round(count))])
            found = kept / total + self._left[length][part[:-1]] / total * found
        return found


def _discounts(counts: Mapping[str, float]) -> tuple[float, float, float, float]:
    """What is taken off what was seen never, once, twice, more often."""
    times = [0] * 5
    for count in counts.values():
        if count < 4.5:
            times[round(count)] += 1
    once, twice, thrice, fourth = (max(1, n) for n in times[1:])
    share = once / (once + 2 * twice)
    return (
        0.0,
        max(0.1, 1 - 2 * share * twice / once),
        max(0.1, 2 - 3 * share * thrice / twice),
        max(0.1, 3 - 4 * share * fourth / thrice),
    )


class Mixture:
    """Several models, each with its share."""

    def __init__(self, models: Sequence[tuple[Model, float]]) -> None:
        total = sum(share for _, share in models)
        self.models = [(model, share / total) for model, share in models]

    def probability(self, gram: str) -> float:
        """The probability of the last of one, two or three characters after the others."""
        return sum(share * model.probability(gram) for model, share in self.models)

    def shares(self, length: int) -> Counts:
        """How often each run of so many characters is expected, as a share of all characters."""
        shares: Counts = defaultdict(float)
        for model, share in self.models:
            total = sum(model.grams[1].values())
            for gram, count in model.grams[length].items():
                shares[gram] += share * count / total
        return shares
