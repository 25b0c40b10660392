"""Expected counts of characters, of pairs and of triples of them: from words, pairs of words, and running text.

Word frequencies are mixed from all lists. The pairs of a word model are moved to the mixed frequencies, for its own may
be those of another register or time: what follows a word keeps the share that it has in the word model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tools.likelihood.sources import Source, read_ngrams, read_words
from zsparkcrawl.chinese.classes import BROKEN, START

__all__ = ["Counter", "count_words", "divide", "join_words"]

WORDS = 1e8
"""The mixed frequencies are counts among so many words."""
RATIO = 30.0
"""A word pair is moved to the mixed frequencies by this factor at most."""
SECOND_WORD = 0.6
"""… and its second word by this power of it."""
ROOM = 0.97
"""The word pairs that are known may take so much of a word's frequency."""
UNKNOWN = 3.0
"""Words that only the lists have are followed like those that end alike: up to this factor."""

Counts = defaultdict[str, float]


class Counter:
    """Expected counts: `grams[n]` of runs of n characters (n = 1, 2, 3), `initial` of characters that begin a word."""

    def __init__(self) -> None:
        self.grams: tuple[Counts, ...] = tuple(defaultdict(float) for _ in range(4))
        self.initial: Counts = defaultdict(float)

    def add_word(self, word: str, count: float) -> None:
        """Count a word by itself, whatever stands beside it."""
        self.initial[word[0]] += count
        self._add(word, count)

    def add_joint(self, left: str, right: str, count: float) -> None:
        """Count what a pair of words has beyond the words themselves."""
        self.grams[2][left[-1] + right[0]] += count
        if len(left) > 1:
            self.grams[3][left[-2:] + right[0]] += count
        if len(right) > 1:
            self.grams[3][left[-1] + right[:2]] += count

    def add_line(self, line: str, weight: float = 1.0) -> None:
        """Count a line of running text, which begins and ends with a line end."""
        if BROKEN not in line:
            self._add(START + line + START, weight)

    def add_line_starts(self) -> None:
        """What begins a sentence may begin a line: half of what follows a full stop counts there too."""
        for pair in [pair for pair in self.grams[2] if pair[0] == "。"]:
            count = self.grams[2][pair] / 2
            self.grams[2][START + pair[1]] += count
            self.grams[1][START] += count

    def _add(self, text: str, count: float) -> None:
        for length in (1, 2, 3):
            counts = self.grams[length]
            for start in range(len(text) - length + 1):
                counts[text[start : start + length]] += count


def count_words(lists: Iterable[Source], grams: Iterable[Source]) -> dict[str, float]:
    """The mixed word frequencies as counts among `WORDS` words; signs keep the last word model's."""
    mixed: defaultdict[str, float] = defaultdict(float)
    total = 0.0
    signs: dict[str, float] = {}
    for path, weight in lists:
        total += weight
        for word, share in read_words(path).items():
            mixed[word] += weight * share
    for path, weight in grams:
        ones = {gram[0]: count for gram, count in read_ngrams(path) if len(gram) == 1}
        words = {word: count for word, count in ones.items() if re.match(r"[\u3400-\u9fff]", word)}
        signs |= {word: count for word, count in ones.items() if word not in words}
        everything = sum(words.values())
        total += weight
        for word, count in words.items():
            mixed[word] += weight * count / everything
    room = WORDS - sum(signs.values())
    return {word: share / total * room for word, share in mixed.items()} | signs


def divide(grams: Iterable[Source]) -> list[dict[str, float]]:
    """For each word model: its share, by weight, in what follows a word, among the models that know of it."""
    known = [(weight, {gram[0] for gram, _ in read_ngrams(path) if len(gram) == 2}) for path, weight in grams]
    total: Counts = defaultdict(float)
    for weight, words in known:
        for word in words:
            total[word] += weight
    return [{word: weight / total[word] for word in words} for weight, words in known]


def join_words(counter: Counter, path: Path, frequencies: dict[str, float], shares: dict[str, float]) -> None:
    """Count a word model's share of the word pairs and triples, moved to the mixed frequencies."""
    ratio: dict[str, float] = {}
    pairs: dict[tuple[str, str], tuple[float, float]] = {}
    alone: dict[str, float] = {}
    seen: Counts = defaultdict(float)
    sums: Counts = defaultdict(float)
    for gram, count in read_ngrams(path):
        if len(gram) == 1:
            alone[gram[0]] = count
            ratio[gram[0]] = min(RATIO, max(1 / RATIO, frequencies.get(gram[0], 0.0) / count))
        elif len(gram) == 2:
            left, right = gram
            moved = count * ratio.get(left, 1.0) * ratio.get(right, 1.0) ** SECOND_WORD
            pairs[left, right] = (count, moved)
            seen[left] += count
            sums[left] += moved
    ends, known_ends = _sum_of_ends(frequencies), _sum_of_ends({w: frequencies.get(w, 0.0) for w in sums})
    scale = {  # what is known to follow keeps the share that it has in the word model
        left: shares[left]
        * min(ROOM, seen[left] / alone[left])
        * frequencies.get(left, 0.0)
        / total
        * min(UNKNOWN, ends[left[-1]] / max(known_ends[left[-1]], 1e-9))
        for left, total in sums.items()
        if total
    }
    for (left, right), (_, moved) in pairs.items():
        counter.add_joint(left, right, moved * scale[left])
    for gram, count in read_ngrams(path):
        if len(gram) == 3 and len(gram[1]) == 1 and (gram[0], gram[1]) in pairs:
            before, moved = pairs[gram[0], gram[1]]
            triple = gram[0][-1] + gram[1] + gram[2][0]
            factor = scale[gram[0]] * min(1.0, ratio.get(gram[2], 1.0) ** SECOND_WORD)
            counter.grams[3][triple] += count * moved / before * factor if before else 0.0


def _sum_of_ends(frequencies: dict[str, float]) -> Counts:
    """For each character, how often a word ends with it."""
    ends: Counts = defaultdict(float)
    for word, count in frequencies.items():
        ends[word[-1]] += count
    return ends
