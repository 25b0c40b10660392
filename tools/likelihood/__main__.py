"""Build the character model `zsparkcrawl/chinese/likelihood.bin` from a folder of sources.

    python -m tools.likelihood FOLDER [-o FILE] [--pairs N] [--triples N]

The same folder gives the same bytes. Its `sources.tsv` (the one beside this file is what the packaged model was built
by) lists what to read: file, weight, licence, origin, one line each, a tab between (lines with # are comments):

    *.words    word lists, `word count` a line, more columns are ignored;
               weight: the list's share in the mixed word frequencies
    *.ngrams   a word model as counts, `word [word [word]]<TAB>count` (`read_opengram.py` and `read_smartcn.py`
               write one); its word pairs are moved to the mixed word frequencies;
               weight: as for a word list, and among the word models that know what follows a word
    *.txt      running text; weight: the share of the model made from it; files of one folder make one model

All words together make one model, whose share is what the texts leave over. The shares were fitted by expectation
maximization to 775 paragraphs of news of 2019 that nothing else was built from and that nothing is measured on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.likelihood.counts import Counter, count_words, divide, join_words
from tools.likelihood.models import KneserNey, Mixture, Model, WordModel
from tools.likelihood.packing import Tables
from tools.likelihood.sources import Source, read_sources, read_texts

PAIRS, TRIPLES = 950_000, 1_100_000


def build(folder: Path, pairs: int = PAIRS, triples: int = TRIPLES) -> bytes:
    """The packed model made from a folder of sources."""
    sources = read_sources(folder)
    texts: dict[tuple[Path, float], Counter] = {}
    for path, share in sources:
        if path.suffix == ".txt":
            counter = texts.setdefault((path.parent, share), Counter())
            for line in read_texts(path):
                counter.add_line(line)
    models: list[tuple[Model, float]] = [(words(sources), 1 - sum(share for _, share in texts))]
    models += [(KneserNey(counter), share) for (_, share), counter in texts.items()]
    return Tables(Mixture(models), pairs, triples).pack()


def words(sources: list[Source]) -> WordModel:
    """The model made from all word lists and word models."""
    lists = [source for source in sources if source[0].suffix == ".words"]
    grams = [source for source in sources if source[0].suffix == ".ngrams"]
    frequencies = count_words(lists, grams)
    counter = Counter()
    for word in sorted(frequencies):
        counter.add_word(word, frequencies[word])
    for (path, _), shares in zip(grams, divide(grams), strict=True):
        join_words(counter, path, frequencies, shares)
    counter.add_line_starts()
    return WordModel(counter)


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
