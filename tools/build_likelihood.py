"""Build the character model `zsparkcrawl/chinese/likelihood.bin` from a folder of sources.

    python tools/build_likelihood.py FOLDER [-o FILE] [--pairs N] [--triples N]

The same folder gives the same bytes. Its `sources.tsv` lists what to read: file, weight, licence, origin, one
line each, a tab between (lines with # are comments):

    *.words    word lists, `word count` a line, more columns are ignored;
               weight: the list's share in the mixed word frequencies
    *.ngrams   a word model as counts, `word [word [word]]<TAB>count` (`tools/read_opengram.py` and
               `tools/read_smartcn.py` write one); its word pairs are moved to the mixed word frequencies;
               weight: as for a word list, and among the word models that know what follows a word
    *.txt      running text; weight: how often each character counts
    *.prose    running text in the register that is wanted most; weight: unused. The model of all the rest
               becomes its prior, so that a context which the prose has seen often goes by the prose

The packaged file's sources and their licences are listed beside it, in `likelihood.LICENCES.md`. Of texts only
the prose written for this project is in the repository (`tools/prose`), of all others only figures. Standard
library only; takes two minutes.

How: word frequencies are mixed (news lists, general lists, the word model). Expected counts of character
pairs and triples come from within the words, from across the word pairs and triples of the word model, and
from running text. Probabilities are by absolute discounting, interpolated with the shorter context; n-grams
that tell least are dropped and the back-off weights computed over what is left; costs are rounded to an
eighth of a bit.
"""

from __future__ import annotations

import argparse
import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import log2, sqrt
from pathlib import Path

from zsparkcrawl.chinese.likelihood import BACKOFF_ZERO, BROKEN, FLOORS, MAGIC, START, STEP, fold

WORDS = 1e8  # the mixed frequencies are counts among so many words
RATIO = 30.0  # a word pair is moved to the mixed frequencies by this factor at most
SECOND_WORD = 0.6  # … and its second word by this power of it
ROOM = 0.97  # the word pairs that are known may take so much of a word's frequency
UNKNOWN = 3.0  # words that only the lists have are followed like those that end alike: up to this factor
DISCOUNT = 2.5  # bits a character on held-back news: 7.00 with 0.1, 6.95 with 0.4, 6.91 with 2.5, 6.98 with 15
INITIAL = 0.9  # share of word-initial characters in the figure used when nothing is known of a pair
LEAST = 2.0  # a character counted less often is known by class only
PAIRS, TRIPLES = 900_000, 1_000_000
PRIOR_TWO, PRIOR_THREE = 1000.0, 30.0  # times that a context must be seen in the prose to outweigh all the rest
PROSE_WORTH = 0.0  # what one occurrence in the prose counts when it is decided which n-grams are kept

Counts = defaultdict[str, float]
Source = tuple[Path, float]


def read_sources(folder: Path) -> list[Source]:
    """The files that `sources.tsv` lists, with their weights, in its order."""
    lines = (folder / "sources.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return [(folder / row[0], float(row[1])) for row in rows]


class _Folds(dict[int, str]):
    """A table for `str.translate` that folds characters and fills itself."""

    def __missing__(self, code: int) -> str:
        self[code] = fold(chr(code))[0]
        return self[code]


FOLDS = _Folds()


def folded(text: str) -> str:
    """The text as the model knows it, its characters folded.

    >>> folded("（2018年）ＡＢ")
    '(0000年)aa'
    """
    return text.translate(FOLDS)


def read_words(path: Path) -> dict[str, float]:
    """A word list as shares of 1; words with anything but Chinese characters are left out."""
    words: defaultdict[str, float] = defaultdict(float)
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split()
        if len(columns) > 1 and re.fullmatch(r"[\u3400-\u9fff]+", columns[0]):
            words[columns[0]] += float(columns[1])
    total = sum(words.values())
    return {word: count / total for word, count in words.items()}


def read_ngrams(path: Path) -> Iterator[tuple[list[str], float]]:
    """The n-grams of a word model with their counts, folded."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            gram, count = line.rstrip("\n").split("\t")
            yield [folded(word) for word in gram.split(" ")], float(count)


class Counter:
    """Expected counts of characters, of pairs and of triples of them, and of characters that begin a word."""

    def __init__(self) -> None:
        self.ones: Counts = defaultdict(float)
        self.twos: Counts = defaultdict(float)
        self.threes: Counts = defaultdict(float)
        self.initial: Counts = defaultdict(float)

    def add_word(self, word: str, count: float) -> None:
        """Count a word by itself, whatever stands beside it."""
        self.initial[word[0]] += count
        for character in word:
            self.ones[character] += count
        for i in range(len(word) - 1):
            self.twos[word[i : i + 2]] += count
        for i in range(len(word) - 2):
            self.threes[word[i : i + 3]] += count

    def add_joint(self, left: str, right: str, count: float) -> None:
        """Count what a pair of words has beyond the words themselves."""
        self.twos[left[-1] + right[0]] += count
        if len(left) > 1:
            self.threes[left[-2:] + right[0]] += count
        if len(right) > 1:
            self.threes[left[-1] + right[:2]] += count

    def add_text(self, text: str, weight: float) -> None:
        """Count running text, line by line; a line begins and ends with a line end."""
        for raw in text.splitlines():
            clean = re.sub(" +", " ", folded(raw)).strip()
            if clean and BROKEN not in clean:
                line = START + clean + START
                for i in range(len(line)):
                    self.ones[line[i]] += weight
                    if i + 1 < len(line):
                        self.twos[line[i : i + 2]] += weight
                    if i + 2 < len(line):
                        self.threes[line[i : i + 3]] += weight


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


def count_ngrams(counter: Counter, path: Path, frequencies: dict[str, float], shares: dict[str, float]) -> None:
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
    ends, known_ends = sum_of_ends(frequencies), sum_of_ends({w: frequencies.get(w, 0.0) for w in sums})
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
            counter.threes[triple] += count * moved / before * factor if before else 0.0


def sum_of_ends(frequencies: dict[str, float]) -> Counts:
    """For each character, how often a word ends with it."""
    ends: Counts = defaultdict(float)
    for word, count in frequencies.items():
        ends[word[-1]] += count
    return ends


def count_line_ends(counter: Counter) -> None:
    """What begins a sentence may begin a line: half of what follows a full stop counts there too."""
    for pair in [pair for pair in counter.twos if pair[0] == "。"]:
        count = counter.twos[pair] / 2
        counter.twos[START + pair[1]] += count
        counter.ones[START] += count


class Estimate:
    """Probabilities from the counts; `pairs` and `triples` keep what is worth its room."""

    def __init__(self, counter: Counter, prose: Counter, pairs: int, triples: int) -> None:
        known = {c for c, n in counter.ones.items() if n >= LEAST} | set(FLOORS)
        self.characters = sorted(known, key=lambda c: (-counter.ones.get(c, 0.0), c))
        total, initial = sum(counter.ones.values()), sum(counter.initial.values())
        self.alone = {c: self.floor(c, counter.ones.get(c, 0.0) / total) for c in self.characters}
        self.following = {
            c: self.floor(
                c,
                (1 - INITIAL) * counter.ones.get(c, 0.0) / total + INITIAL * counter.initial.get(c, 0.0) / initial,
            )
            for c in self.characters
        }
        self.left_two: dict[str, float] = {}
        self.twos = self.interpolate(counter.twos, counter.ones, known, lambda gram: self.following[gram[-1]])
        self.left_three: dict[str, float] = {}
        self.threes = self.interpolate(counter.threes, counter.twos, known, lambda gram: self.two(gram[-2:]))
        self.adapt(prose, known)
        for gram, count in prose.twos.items():
            counter.twos[gram] += PROSE_WORTH * count
        for gram, count in prose.threes.items():
            counter.threes[gram] += PROSE_WORTH * count
        self.keep(counter, pairs, triples)

    @staticmethod
    def floor(character: str, probability: float) -> float:
        """No class is less likely than its floor; what is not text is never likelier."""
        floor: float = 2.0 ** -FLOORS.get(character, 25.0)
        return floor if character == BROKEN or probability < floor else probability

    def two(self, gram: str) -> float:
        """The probability of a pair's second character after its first."""
        found = self.twos.get(gram)
        return self.left_two.get(gram[0], 1.0) * self.following[gram[1]] if found is None else found

    def interpolate(
        self, counts: Counts, contexts: Counts, known: set[str], shorter: Callable[[str], float]
    ) -> dict[str, float]:
        """Absolute discounting; the mass that is left goes by the shorter context."""
        sums: Counts = defaultdict(float)
        kept: Counts = defaultdict(float)
        grams = sorted(gram for gram in counts if known.issuperset(gram))
        for gram in grams:
            sums[gram[:-1]] += counts[gram]
            kept[gram[:-1]] += max(0.0, counts[gram] - DISCOUNT)
        totals = {context: max(total, contexts.get(context, 0.0)) + 0.5 for context, total in sums.items()}
        left = {context: 1 - kept[context] / total for context, total in totals.items()}
        if len(grams[0]) == 2:
            self.left_two = left
        else:
            self.left_three = left
        return {
            gram: max(0.0, counts[gram] - DISCOUNT) / totals[gram[:-1]] + left[gram[:-1]] * shorter(gram)
            for gram in grams
        }

    def three(self, gram: str) -> float:
        """The probability of a triple's last character after the other two."""
        found = self.threes.get(gram)
        return self.left_three.get(gram[:2], 1.0) * self.two(gram[1:]) if found is None else found

    def adapt(self, prose: Counter, known: set[str]) -> None:
        """Move the probabilities towards the prose, each context as far as it was seen there (a Dirichlet prior)."""
        twos = {g for g in self.twos if g[0] in prose.ones} | {g for g in prose.twos if known.issuperset(g)}
        moved = {g: _moved(prose.twos.get(g, 0.0), prose.ones[g[0]], self.two(g), PRIOR_TWO) for g in sorted(twos)}
        threes = {g for g in self.threes if g[:2] in prose.twos} | {g for g in prose.threes if known.issuperset(g)}
        self.twos |= moved
        for context, left in self.left_two.items():
            self.left_two[context] = left * PRIOR_TWO / (PRIOR_TWO + prose.ones.get(context, 0.0))
        self.threes |= {
            g: _moved(prose.threes.get(g, 0.0), prose.twos[g[:2]], self.three(g), PRIOR_THREE) for g in sorted(threes)
        }

    def keep(self, counter: Counter, pairs: int, triples: int) -> None:
        """Drop the n-grams whose loss costs least; back-off weights make each context's sum one."""
        gain = {
            gram: sqrt(counter.threes[gram]) * abs(log2(p / self.two(gram[1:])))
            for gram, p in self.threes.items()
            if counter.threes[gram] > 2 * DISCOUNT and gram[:2] in self.twos
        }
        best = sorted(gain, key=lambda gram: (-gain[gram], gram))[:triples]
        needed = {gram[:2] for gram in best}
        gain = {
            gram: sqrt(counter.twos[gram]) * abs(log2(p / (self.left_two.get(gram[0], 1.0) * self.following[gram[1]])))
            for gram, p in self.twos.items()
            if gram not in needed
        }
        chosen = needed.union(sorted(gain, key=lambda gram: (-gain[gram], gram))[: max(0, pairs - len(needed))])
        self.twos = {gram: self.twos[gram] for gram in chosen}
        everything = sum(self.following.values())  # a little over one, for the floors
        self.left_two = self.backoffs(self.twos, lambda gram: self.following[gram[-1]], everything)
        self.threes = {gram: self.threes[gram] for gram in best}
        self.left_three = self.backoffs(self.threes, lambda gram: self.two(gram[-2:]))

    @staticmethod
    def backoffs(
        grams: Mapping[str, float], shorter: Callable[[str], float], everything: float = 1.0
    ) -> dict[str, float]:
        mass: Counts = defaultdict(float)
        covered: Counts = defaultdict(float)
        for gram in sorted(grams):
            mass[gram[:-1]] += grams[gram]
            covered[gram[:-1]] += shorter(gram)
        return {context: max(1e-4, 1 - m) / max(1e-4, everything - covered[context]) for context, m in mass.items()}

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
            bytes(bits(self.alone[c]) for c in self.characters),
            bytes(bits(self.following[c]) for c in self.characters),
            bytes(bits(self.left_two.get(c, 1.0), BACKOFF_ZERO) for c in self.characters),
            struct.pack(f"<{len(begun)}H", *begun),
            struct.pack(f"<{len(order)}H", *(number[gram[1]] for gram in order)),
            bytes(bits(self.twos[gram]) for gram in order),
            bytes(bits(self.left_three.get(gram, 1.0), BACKOFF_ZERO) for gram in order),
            struct.pack(f"<{len(order)}H", *begun_pairs),
            struct.pack(f"<{len(last)}H", *(number[gram[2]] for gram in last)),
            bytes(bits(self.threes[gram]) for gram in last),
        ]
        return MAGIC + zlib.compress(b"".join(parts), 9)


def _moved(count: float, total: float, prior: float, strength: float) -> float:
    return (count + strength * prior) / (total + strength)


def bits(probability: float, zero: int = 0) -> int:
    """A probability as a byte: its bits in steps of an eighth."""
    return min(255, max(0, zero + round(-log2(probability) * STEP)))


def build(folder: Path, pairs: int = PAIRS, triples: int = TRIPLES) -> bytes:
    """The packed model made from a folder of sources."""
    sources = read_sources(folder)
    lists = [source for source in sources if source[0].suffix == ".words"]
    grams = [source for source in sources if source[0].suffix == ".ngrams"]
    frequencies = count_words(lists, grams)
    counter = Counter()
    for word in sorted(frequencies):
        counter.add_word(word, frequencies[word])
    for (path, _), shares in zip(grams, divide(grams), strict=True):
        count_ngrams(counter, path, frequencies, shares)
    count_line_ends(counter)
    for path, weight in sources:
        if path.suffix == ".txt":
            counter.add_text(path.read_text(encoding="utf-8"), weight)
    prose = Counter()
    for path, _ in sources:
        if path.suffix == ".prose":
            prose.add_text(path.read_text(encoding="utf-8"), 1.0)
    return Estimate(counter, prose, pairs, triples).pack()


def main() -> None:
    """Read the command line, build, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("zsparkcrawl/chinese/likelihood.bin"))
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--triples", type=int, default=TRIPLES)
    options = parser.parse_args()
    packed = build(options.folder, options.pairs, options.triples)
    options.output.write_bytes(packed)
    print(f"{options.output}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
