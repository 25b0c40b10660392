"""What the model is built from: a folder with a `sources.tsv` that lists its files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from zsparkcrawl.chinese.classes import fold

__all__ = ["Source", "folded", "read_ngrams", "read_sources", "read_texts", "read_words"]

Source = tuple[Path, float]
"""A file and its weight."""


def read_sources(folder: Path) -> list[Source]:
    """The files that `sources.tsv` lists, with their weights, in its order; a name with * stands for several. One that
    is not there is an error, for a model made without it would merely be worse."""
    lines = (folder / "sources.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    found: list[Source] = []
    for name, weight, *_ in rows:
        paths = sorted(folder.glob(name))
        if not paths:
            raise FileNotFoundError(f"{folder / name}: listed in sources.tsv and not there")
        found += ((path, float(weight)) for path in paths)
    return found


class _Folds(dict[int, str]):
    """A table for `str.translate` that folds characters and fills itself."""

    def __missing__(self, code: int) -> str:
        self[code] = fold(chr(code))[0]
        return self[code]


_FOLDS = _Folds()


def folded(text: str) -> str:
    """The text as the model knows it, its characters folded.

    >>> folded("（2018年）ＡＢ")
    '(0000年)aa'
    """
    return text.translate(_FOLDS)


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


def read_texts(path: Path) -> Iterator[str]:
    """The lines of a running text, folded, without those that are empty."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if clean := re.sub(" +", " ", folded(line)).strip():
            yield clean
