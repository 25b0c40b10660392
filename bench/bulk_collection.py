"""A collection for `bench.bulk`: records of which some are healthy, some damaged and some have spam in them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.damage import damage, random_host
from bench.sample_truth import recipes, truths

__all__ = ["KINDS", "make", "records", "texts_of"]

KINDS = {"healthy": 60, "damaged": 27, "misread": 3, "spam": 10}
"""How many of a hundred records are of each kind."""

_POOL = 20_000
"""Records that are made one by one; then they come again, each with another number in its text."""
_SENTENCE = re.compile("(?<=[。！？\n])")


def texts_of(files: Sequence[Path]) -> list[str]:
    """Good Simplified texts: those of lines {"text": …}, else the bodies of the sample site's truth."""
    if not files:
        return [truth.body for truth in truths() if truth.body]
    lines = (json.loads(line)["text"] for file in files for line in file.open(encoding="utf-8"))
    return [text for text in lines if text.strip()]


def make(path: Path, size: int, texts: Sequence[str]) -> int:
    """Write so many bytes of records; returns how many records that are."""
    pool = list(records(texts))
    number = written = 0
    with path.open("wb") as out:
        while written < size:
            kind, text = pool[number % len(pool)]
            said = {"id": number, "kind": kind, "text": f"{text}\n编号{number}。"}
            written += out.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
            number += 1
    return number


def records(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The kind and the text of each record of the pool. No two begin at the same sentence of the same text, while there
    are sentences enough."""
    rng = random.Random(0)
    spam = [hijacker.line for hijacker in recipes().hijackers.values() if hijacker.line]
    for number in range(_POOL):
        text = _turned(texts[number % len(texts)], number // len(texts))
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "damaged":
            text = damage(text, random_host(rng))
        elif kind == "misread":
            text = text.encode().decode("gbk", "replace")
        elif kind == "spam":
            text = f"{text}\n{rng.choice(spam)}"
        yield kind, text


def _turned(text: str, by: int) -> str:
    sentences = [each for each in _SENTENCE.split(text) if each]
    place = by % len(sentences)
    return "".join([*sentences[place:], *sentences[:place]])
