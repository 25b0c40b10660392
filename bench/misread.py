"""How much text that was decoded with the wrong charset comes back, beside ftfy, and how sure is what was inferred?

    python -m bench.misread [--texts FILE.jsonl] [--paragraphs N] [--healthy FILE.jsonl ...] [--show N]

Texts are lines {"text": …} of good Simplified Chinese; without them the truth of the sample site is taken. Each is
misread in every way that is known, once as a whole and once in a few stretches of two to twelve characters, and mended.
Where the wrong charset lost bytes, the text cannot always come back: there it counts how many of the places that stay
wrong are marked, and how many of the inferred edits are right.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ftfy
import opencc

from bench.repair import Tally, altered, judge, read, share
from bench.results import record
from bench.sample_truth import truths
from zsparkcrawl import repair

TO_TRADITIONAL = opencc.OpenCC("s2tw")
UNDEFINED = re.compile("[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to misread a text. ``misread`` gives None for what it cannot hold."""

    name: str
    misread: Callable[[str], str | None]
    lossy: bool = False
    traditional: bool = False


def pairs(data: bytes, was: str, lost: str, *, swallows: bool = False, private: bool = False) -> str:
    """Bytes read as a charset of pairs, as decoders do it that give one mark for a whole pair.

    A lead byte before ASCII becomes ``lost``, with or without that character; a pair without a character becomes
    ``lost`` or, with ``private``, vanishes as characters for private use do.

    >>> pairs("都走，扫描".encode(), "gbk", "?", swallows=True, private=True)
    '閮借蛋锛屾壂鎻?'
    """
    shown, place = [], 0
    while place < len(data):
        lead, two = data[place], data[place : place + 2]
        char = strictly(two, was) or ""
        if lead < 0x80:
            shown.append(chr(lead))
            place += 1
        elif lead == 0x80 and was == "gbk":
            shown.append("€")
            place += 1
        elif len(char) == 1:
            shown.append(char)
            place += 2
        elif len(two) == 2 and two[1] >= 0x80:
            shown.append("" if private else lost)
            place += 2
        else:
            shown.append(lost)
            place += 2 if swallows and len(two) == 2 and two[1] != 0x0A else 1
    return "".join(shown)


def strictly(data: bytes, was: str) -> str | None:
    """Bytes read where nothing is lost, else None."""
    try:
        return data.decode(was)
    except UnicodeDecodeError:
        return None


def latin(data: bytes) -> str:
    """Bytes read as cp1252, the five that it does not define as control characters."""
    return "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in data)


def partly(data: bytes) -> str:
    """GBK read as UTF-8 where it happens to be valid, the rest as Latin-1."""
    return re.sub("[\udc80-\udcff]", lambda m: chr(ord(m[0]) - 0xDC00), data.decode("utf-8", "surrogateescape"))


def punctuation(text: str) -> str:
    """Only marks and wide blanks read as Latin-1, as where a page was put together from two sources."""
    return re.sub("[　-】！-；？]", lambda m: m[0].encode("gbk").decode("latin-1"), text)


def encoded(text: str, charset: str) -> bytes:
    """Bytes of a text; b"" when the charset cannot hold it."""
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        return b""


def kinds() -> Iterator[Kind]:
    """All ways to misread that are measured."""
    yield Kind("UTF-8 as GB18030, nothing lost", lambda t: strictly(t.encode(), "gb18030"))
    yield Kind("UTF-8 as GBK, Python, U+FFFD", lambda t: t.encode().decode("gbk", "replace"), lossy=True)
    yield Kind("UTF-8 as GBK, Python, ?", lambda t: t.encode().decode("gbk", "replace").replace("\ufffd", "?"), True)
    yield Kind("UTF-8 as GBK, U+FFFD for a pair", lambda t: pairs(t.encode(), "gbk", "\ufffd"), lossy=True)
    yield Kind("UTF-8 as GB18030, browser, U+FFFD", lambda t: pairs(t.encode(), "gb18030", "\ufffd"), lossy=True)
    yield Kind("UTF-8 as GB18030, browser, ?", lambda t: pairs(t.encode(), "gb18030", "?"), lossy=True)
    yield Kind("UTF-8 as GBK, ?, pairs vanish", lambda t: pairs(t.encode(), "gbk", "?", private=True), lossy=True)
    yield Kind(
        "UTF-8 as GBK, ? swallows, pairs vanish",
        lambda t: pairs(t.encode(), "gbk", "?", swallows=True, private=True),
        lossy=True,
    )
    yield Kind("UTF-8 as GBK, bytes vanish", lambda t: t.encode().decode("gbk", "ignore"), lossy=True)
    yield Kind("UTF-8 as Latin-1", lambda t: t.encode().decode("latin-1"))
    yield Kind("UTF-8 as cp1252", lambda t: latin(t.encode()))
    yield Kind("UTF-8 as cp1252, blank for A0", lambda t: latin(t.encode()).replace("\xa0", " "))
    yield Kind("UTF-8 as cp1252, U+FFFD", lambda t: UNDEFINED.sub("\ufffd", latin(t.encode())), lossy=True)
    yield Kind("UTF-8 as cp1252, ?", lambda t: UNDEFINED.sub("?", latin(t.encode())), lossy=True)
    yield Kind("UTF-8 as cp1252, bytes vanish", lambda t: UNDEFINED.sub("", latin(t.encode())), lossy=True)
    yield Kind("GBK as Latin-1", lambda t: encoded(t, "gb18030").decode("latin-1"))
    yield Kind("GBK as cp1252", lambda t: latin(encoded(t, "gb18030")))
    yield Kind("GBK partly as UTF-8", lambda t: partly(encoded(t, "gb18030")))
    yield Kind("GBK as Latin-1, marks only", punctuation)
    yield Kind("Big5 as GB18030", lambda t: strictly(encoded(t, "cp950"), "gb18030"), traditional=True)
    yield Kind("GBK as Big5", lambda t: strictly(encoded(t, "gbk"), "big5hkscs"))
    yield Kind("Big5 as Latin-1", lambda t: encoded(t, "cp950").decode("latin-1"), traditional=True)
    yield Kind("Big5 as cp1252", lambda t: latin(encoded(t, "cp950")), traditional=True)


@cache
def traditional(text: str) -> str:
    """A text as a Taiwanese page would have it."""
    return str(TO_TRADITIONAL.convert(text))


def whole(text: str, kind: Kind, rng: random.Random) -> str | None:
    """All of a text misread."""
    return kind.misread(text)


def stretches(text: str, kind: Kind, rng: random.Random) -> str | None:
    """A few stretches of a text misread, each by itself."""
    words = list(re.finditer(r"[\u4e00-\u9fff][\u4e00-\u9fff\d、，]{0,10}[\u4e00-\u9fff]", text))
    pieces, end = [], 0
    for word in sorted(rng.sample(words, min(3, len(words))), key=lambda m: m.start()):
        shown = kind.misread(word[0])
        if not shown or shown == word[0]:
            continue
        pieces += (text[end : word.start()], shown)
        end = word.end()
    return "".join((*pieces, text[end:])) if pieces else None


Manner = Callable[[str, Kind, random.Random], str | None]


def measure(texts: list[str], kind: Kind, manner: Manner) -> dict[str, Tally]:
    """Misread texts in one way, mend them, compare."""
    tallies = {"zsparkcrawl": Tally(), "ftfy": Tally()}
    rng = random.Random(5)
    for text in texts:
        truth = traditional(text) if kind.traditional else text
        damaged = manner(truth, kind, rng)
        if not damaged or damaged == truth:
            continue
        start = time.perf_counter()
        edited = repair(damaged)
        tallies["zsparkcrawl"].seconds += time.perf_counter() - start
        tallies["zsparkcrawl"].add(truth, edited.text)
        judge(tallies["zsparkcrawl"], truth, edited, str)
        start = time.perf_counter()
        fixed = ftfy.fix_text(damaged)
        tallies["ftfy"].seconds += time.perf_counter() - start
        tallies["ftfy"].add(truth, fixed)
    return tallies


def table(results: dict[str, dict[str, Tally]]) -> str:
    """The figures as text."""
    heads = ("texts", "exact", "errors", "marked", "inferred", "right", "ftfy", "errors")
    lines = [f"{'':42}" + "".join(f"{head:>10}" for head in heads)]
    for name, tallies in results.items():
        ours, theirs = tallies["zsparkcrawl"], tallies["ftfy"]
        cells = (
            str(ours.paragraphs),
            share(ours.exact, ours.paragraphs),
            share(ours.wrong, ours.characters, 3),
            share(ours.marked_places, ours.wrong_places),
            str(ours.inferred),
            share(ours.inferred_right, ours.inferred),
            share(theirs.exact, theirs.paragraphs),
            share(theirs.wrong, theirs.characters, 2),
        )
        lines.append(f"{name:42}" + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)


def speed(texts: list[str]) -> str:
    """Megabytes a second on healthy text and on text that is misread from end to end; runs made to last in seconds."""
    healthy = "\n".join(texts)
    cases = {
        "healthy": healthy,
        "UTF-8 as GBK": pairs(healthy.encode(), "gbk", "\ufffd"),
        "UTF-8 as cp1252": latin(healthy.encode()),
        "GBK as Latin-1": encoded(healthy, "gb18030").decode("latin-1"),
    }
    lines = [f"{'speed':24}{'zsparkcrawl':>16}{'ftfy':>16}"]
    for name, text in cases.items():
        rates = []
        for mend in (repair, ftfy.fix_text):
            start = time.perf_counter()
            mend(text)
            rates.append(len(text.encode()) / 1e6 / (time.perf_counter() - start))
        lines.append(f"{name:24}{rates[0]:>11.2f} MB/s{rates[1]:>11.2f} MB/s")
    for char in ("鏂", "?", "\ufffd", "Ã", "¡¡"):
        start = time.perf_counter()
        repair(char * (1_000_000 // len(char.encode())))
        lines.append(f"1 MB of {char:16}{time.perf_counter() - start:>14.2f} s")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=Path, help="good texts, JSON lines; without it the sample site's truth")
    parser.add_argument("--healthy", type=Path, nargs="*", default=[], help="texts that must not change, JSON lines")
    parser.add_argument("--paragraphs", type=int, default=300, help="how many texts are misread in each way")
    parser.add_argument("--only", default="", help="only kinds whose name holds this; records nothing")
    parser.add_argument("--show", type=int, default=0, help="failures to print for each kind")
    given = parser.parse_args()
    texts = read(given.texts) if given.texts else [p for t in truths() for p in t.body.split("\n")]
    random.Random(8).shuffle(texts)
    texts = texts[: given.paragraphs]
    manners: dict[str, Manner] = {"whole": whole, "stretches": stretches}
    results = {
        f"{kind.name}, {manner}": measure(texts, kind, how)
        for kind in kinds()
        for manner, how in manners.items()
        if given.only in f"{kind.name}, {manner}"
    }
    for name, tallies in results.items():
        for truth, text in tallies["zsparkcrawl"].failures[: given.show]:
            print(f"{name}\n    {truth!r}\n    {text!r}")
    if given.only:
        print(table(results))
        return
    source = f"texts: {given.texts.name if given.texts else 'the truth of the sample site'}"
    parts = [source, table(results), speed(texts), altered(given.healthy)]
    record("bench.misread", "\n\n".join(filter(None, parts)))


if __name__ == "__main__":
    main()
