"""Read the word model of open-gram, as SunPinyin ships it, and write it as plain text.

    python -m tools.likelihood.read_opengram lm_sc.t3g pydict_sc.bin FOLDER

writes FOLDER/open-gram.ngrams, a line `word [word [word]]<TAB>expected count among 100 million words`. The
model (Debian: sunpinyin-data) is licensed CC BY-SA 3.0; see `zsparkcrawl/chinese/likelihood.LICENCES.md`.

Layout of `lm_sc.t3g`, little-endian: order and a flag (two u32); the number of nodes on each level (u32,
order + 1 of them); 65,536 probabilities and 16,384 back-off weights (f32), which the nodes point into; the
nodes level by level, 12 bytes each (word 18 bits, back-off 14, probability 16, …, first child 23), 8 bytes on
the last level (word 18, …, probability 16). `pydict_sc.bin` keeps its words as NUL-terminated UTF-32 from the
offset in its third u32; a word's number is its place there.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

WORDS = 1e8  # the counts are out of so many words
TRIGRAM_FLOOR = 1.0
BIGRAM_FLOOR = 0.02


def read_words(dictionary: bytes) -> list[str]:
    """The words in order of their numbers."""
    start = struct.unpack_from("<I", dictionary, 8)[0]
    end = start + (len(dictionary) - start) // 4 * 4
    return dictionary[start:end].decode("utf-32-le", "replace").split("\0")


def ngrams(model: bytes, words: list[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every n-gram of the model with its expected count, unigrams first."""
    order = struct.unpack_from("<I", model, 0)[0]
    if order != 3:
        raise ValueError(f"a trigram model is needed, this one is of order {order}")
    sizes = struct.unpack_from("<4I", model, 8)
    place = 24
    probability = struct.unpack_from("<65536f", model, place)
    place += 4 * (65536 + 16384)
    levels = []
    for size, width in zip(sizes, (3, 3, 3, 2), strict=True):
        level = array("I")
        level.frombytes(model[place : place + 4 * width * size])
        levels.append(level)
        place += 4 * width * size
    ones, twos, threes = levels[1:]

    def child(level: array[int], node: int) -> int:
        return level[3 * node + 1] >> 16 | level[3 * node + 2] >> 25 << 16

    def word(level: array[int], place: int) -> str:
        return words[level[place] & 0x3FFFF]

    for one in range(sizes[1] - 1):
        first = word(ones, 3 * one)
        mass = probability[ones[3 * one + 1] & 0xFFFF] * WORDS
        if not first:
            continue
        yield (first,), mass
        for two in range(child(ones, one), child(ones, one + 1)):
            second = word(twos, 3 * two)
            both = mass * probability[twos[3 * two + 1] & 0xFFFF]
            if not second or both < BIGRAM_FLOOR:
                continue
            yield (first, second), both
            for three in range(child(twos, two), min(child(twos, two + 1), sizes[3] - 1)):
                third = word(threes, 2 * three)
                all_three = both * probability[threes[2 * three + 1] & 0xFFFF]
                if third and all_three >= TRIGRAM_FLOOR:
                    yield (first, second, third), all_three


def main(model: str, dictionary: str, folder: str) -> None:
    """Write the n-grams of `model` into `folder`."""
    words = read_words(Path(dictionary).read_bytes())
    with (Path(folder) / "open-gram.ngrams").open("w", encoding="utf-8") as out:
        for gram, count in ngrams(Path(model).read_bytes(), words):
            out.write(f"{' '.join(gram)}\t{count:.3g}\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
