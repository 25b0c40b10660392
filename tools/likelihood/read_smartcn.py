"""Read the word model of Lucene's SmartChineseAnalyzer and write it as plain text.

    python -m tools.likelihood.read_smartcn lucene-analyzers-smartcn.jar FOLDER

writes FOLDER/smartcn.ngrams, a line `word [word]<TAB>count among 100 million words`. The model (Debian:
liblucene8-java) is licensed Apache-2.0; see `zsparkcrawl/chinese/likelihood.LICENCES.md`. Needs numpy; takes
some minutes.

Both files are Java arrays as `ObjectOutputStream` writes them. `coredict.mem` has the words by their first
characters: a hash table of first characters (a place in the lists, the character), the rests of the words, their
counts. `bigramdict.mem` has no words, but the 64-bit FNV hash of `left@right` and the pair's count; so all pairs
of words are tried, and every one of its 328,856 entries is found. Names of classes stand for what is no word:
`始##始` before a sentence counts as a full stop here, `未##数` and `未##时` (a number, a time) as a figure where
they begin; the others (names of people, places …; the end of a sentence) are left out.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from struct import unpack_from
from typing import Any
from zipfile import ZipFile

import numpy as np  # type: ignore[import-not-found,unused-ignore]

WORDS = 1e8  # the counts are out of so many words
INSIDE = "org/apache/lucene/analysis/cn/smart/hhmm/"
BEGIN, NUMBER, TIME, FIGURE, STOP = "始##始", "未##数", "未##时", "0", "。"
PRIME, BASIS = 1099511628211, 0xCBF29CE484222325
TYPES = {"J": "q", "I": "i", "S": "h", "C": "H"}
NULL, REFERENCE, CLASS, ARRAY = 0x70, 0x71, 0x72, 0x75
HANDLES = 0x7E0000


class Java:
    """A reader of serialized arrays of numbers, and of arrays of them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 4
        self.handles: list[Any] = []

    def take(self, form: str, size: int) -> int:
        """The next number."""
        self.place += size
        return int(unpack_from(form, self.data, self.place - size)[0])

    def class_name(self) -> str:
        """The name of an array's class: `[J` is long[], `[[C` is char[][]."""
        kind = self.take("B", 1)
        if kind == REFERENCE:
            return str(self.handles[self.take(">I", 4) - HANDLES])
        if kind != CLASS:
            raise ValueError("not a serialized array")
        size = self.take(">H", 2)
        name = self.data[self.place : self.place + size].decode()
        self.place += size + 8 + 1 + 2 + 1 + 1  # version, flags, no fields, no notes, no superclass
        self.handles.append(name)
        return name

    def read(self) -> Any:
        """The next array; None for a null."""
        kind = self.take("B", 1)
        if kind == NULL:
            return None
        if kind == REFERENCE:
            return self.handles[self.take(">I", 4) - HANDLES]
        if kind != ARRAY:
            raise ValueError("not a serialized array")
        name = self.class_name()
        slot = len(self.handles)
        self.handles.append(None)
        size = self.take(">I", 4)
        found: Any
        if name[1] == "[":
            found = [self.read() for _ in range(size)]
        else:
            found = array(TYPES[name[1]])
            end = self.place + size * found.itemsize
            found.frombytes(self.data[self.place : end])
            self.place = end
            if sys.byteorder == "little":
                found.byteswap()
        self.handles[slot] = found
        return found


def read_words(data: bytes) -> dict[str, int]:
    """The words of `coredict.mem` with their counts."""
    java = Java(data)
    places, firsts, rests, counts = (java.read() for _ in range(4))
    first = {place: chr(code) for place, code in zip(places, firsts, strict=True) if place >= 0 and code}
    words: defaultdict[str, int] = defaultdict(int)
    for place, (some, numbers) in enumerate(zip(rests, counts, strict=True)):
        for rest, count in zip(some or (), numbers or (), strict=True):
            words[first[place] + "".join(map(chr, rest or ()))] += count
    return dict(words)


def read_pairs(data: bytes, words: list[str]) -> Iterator[tuple[str, str, int]]:
    """The pairs of `bigramdict.mem`: all pairs of the words whose hash is there."""
    java = Java(data)
    hashes, counts = np.array(java.read(), dtype=np.int64).view(np.uint64), java.read()
    numbers = {int(key): count for key, count in zip(hashes.tolist(), counts, strict=True) if key}
    there = np.zeros(1 << 24, dtype=bool)
    there[(hashes >> np.uint64(40)).astype(np.int64)] = True
    lengths = sorted({len(word) for word in words})
    groups = [[word for word in words if len(word) == length] for length in lengths]
    tables = [np.array([[ord(c) for c in word] for word in group], dtype=np.uint64).T.copy() for group in groups]
    for left in words:
        start = fnv(left + "@")
        for group, table in zip(groups, tables, strict=True):
            state = np.full(len(group), start, dtype=np.uint64)
            for codes in table:
                state = (state ^ (codes & np.uint64(255))) * np.uint64(PRIME)
                state = (state ^ (codes >> np.uint64(8))) * np.uint64(PRIME)
            for place in np.flatnonzero(there[(state >> np.uint64(40)).astype(np.int64)]).tolist():
                count = numbers.get(int(state[place]))
                if count is not None:
                    yield left, group[place], count


def fnv(text: str) -> int:
    """The 64-bit FNV hash of a string, low byte of each character first."""
    state = BASIS
    for character in text:
        for byte in (ord(character) & 255, ord(character) >> 8):
            state = (state ^ byte) * PRIME % (1 << 64)
    return state


def main(jar: str, folder: str) -> None:
    """Write the n-grams of the model in `jar` into `folder`."""
    with ZipFile(jar) as files:
        words = read_words(files.read(INSIDE + "coredict.mem"))
        pairs = files.read(INSIDE + "bigramdict.mem")
    scale = WORDS / sum(words.values())
    ones = {word: count * scale for word, count in words.items() if count and "##" not in word}
    ones[FIGURE] = words[NUMBER] * scale
    lefts = {word: word for word in ones} | {NUMBER: FIGURE, BEGIN: STOP}
    rights = {word: word for word in ones} | {NUMBER: FIGURE, TIME: FIGURE}
    twos: defaultdict[tuple[str, str], float] = defaultdict(float)
    for left, right, count in read_pairs(pairs, sorted(words)):
        if left in lefts and right in rights:
            share = words[STOP] / words[BEGIN] if left == BEGIN else 1.0
            twos[lefts[left], rights[right]] += count * scale * share
    with (Path(folder) / "smartcn.ngrams").open("w", encoding="utf-8") as out:
        for word in sorted(ones):
            out.write(f"{word}\t{ones[word]:.4g}\n")
        for left, right in sorted(twos):
            out.write(f"{left} {right}\t{twos[left, right]:.4g}\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
