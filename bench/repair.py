"""How much damaged text comes back exactly, beside what a user would use instead, and at what speed?

    python -m bench.repair [--texts FILE.jsonl] [--pages N] [--healthy FILE.jsonl ...]

Texts are lines {"text": …} of good Simplified Chinese that nothing was built from; without them the truth of the
sample site is taken. They are put together to pages of eight paragraphs, and each page is damaged by one host of each
kind (`bench.damage`). The others are ftfy, OpenCC alone, and what people write for themselves: brackets stripped by a
pattern, then OpenCC. On pages whose host or archive narrowed the marks, full-width and ASCII marks are compared as one,
for everybody.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import ftfy
import opencc

from bench.damage import Host, damage, family_1, family_2, random_host
from bench.results import record
from bench.sample_truth import truths
from zsparkcrawl import Edited, diagnose, repair

PARAGRAPHS = 8
TO_SIMPLIFIED = opencc.OpenCC("t2s")
BRACKETS = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}\s?\)")
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def kinds() -> Iterator[Host]:
    """One host of each kind that is measured."""
    for base in (family_1(20), family_1(60), family_1(127), family_2()):
        yield replace(base, name=f"{base.name}, no cuts", cuts=False)
        yield replace(base, name=f"{base.name}, cuts, orphan ?", cuts=True, orphan="?")
        yield replace(base, name=f"{base.name}, cuts, orphan gone", cuts=True, orphan="")
        browser = {"decoder": "replacement", "orphan": "\ufffd", "unassigned": "\ufffd"}
        yield replace(base, name=f"{base.name}, cuts, U+FFFD", cuts=True, **browser)  # type: ignore[arg-type]
        yield replace(base, name=f"{base.name}, cuts, narrowed", cuts=True, orphan="?", narrowed=True)


Span = tuple[int, int]
"""Where something begins and ends."""


@dataclass
class Tally:
    """What one tool did to the paragraphs of one kind of host."""

    paragraphs: int = 0
    exact: int = 0
    characters: int = 0
    wrong: int = 0
    inferred: int = 0
    inferred_right: int = 0
    doubted: int = 0
    doubted_right: int = 0
    wrong_places: int = 0
    marked_places: int = 0
    seconds: float = 0.0
    failures: list[tuple[str, str]] = field(default_factory=list)

    def add(self, truth: str, text: str) -> None:
        """Count a paragraph that came out as ``text``."""
        self.paragraphs += 1
        self.characters += len(truth)
        self.exact += text == truth
        if text != truth:
            self.wrong += distance(truth, text)


def distance(truth: str, text: str) -> int:
    """Characters that must be changed, put in or taken out."""
    blocks = difflib.SequenceMatcher(None, truth, text, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in blocks if kind != "equal")


def strip_and_convert(text: str) -> str:
    """What people write for themselves."""
    return str(TO_SIMPLIFIED.convert(BRACKETS.sub("", text)))


OTHERS: dict[str, Callable[[str], str]] = {
    "ftfy": ftfy.fix_text,
    "OpenCC": lambda text: str(TO_SIMPLIFIED.convert(text)),
    "strip + OpenCC": strip_and_convert,
}


def measure(pages: list[list[str]], given: Host | None) -> dict[str, Tally]:
    """Damage the pages, mend them with every tool, compare. Without a host each page has another, taken at random."""
    tallies = {name: Tally() for name in ("zsparkcrawl", *OTHERS)}
    for number, page in enumerate(pages):
        host = given or random_host(random.Random(number))
        seen: Callable[[str], str] = (lambda text: text.translate(NARROW)) if host.narrowed else str
        damaged = [damage(paragraph, host) for paragraph in page]
        start = time.perf_counter()
        diagnosis = diagnose(*damaged)
        mended = [repair(text, diagnosis) for text in damaged]
        tallies["zsparkcrawl"].seconds += time.perf_counter() - start
        for truth, edited in zip(page, mended, strict=True):
            tallies["zsparkcrawl"].add(seen(truth), seen(edited.text))
            judge(tallies["zsparkcrawl"], seen(truth), edited, seen)
        for name, mend in OTHERS.items():
            start = time.perf_counter()
            texts = [mend(text) for text in damaged]
            tallies[name].seconds += time.perf_counter() - start
            for truth, text in zip(page, texts, strict=True):
                tallies[name].add(seen(truth), seen(text))
    return tallies


def judge(tally: Tally, truth: str, edited: Edited, seen: Callable[[str], str]) -> None:
    """Count how many inferred edits are right, and how much of what is wrong is marked."""
    text = seen(edited.text)
    doubtful = [(d.start, d.end) for d in edited.damaged]
    inferred, doubted = divide(spans(edited), doubtful)
    blocks = difflib.SequenceMatcher(None, truth, text, autojunk=False).get_opcodes()
    wrong = [(c, max(d, c + 1)) for kind, _, _, c, d in blocks if kind != "equal"]
    marked = [*inferred, *doubted, *doubtful]
    tally.inferred += len(inferred)
    tally.inferred_right += sum(not any(a < end and start < b for a, b in wrong) for start, end in inferred)
    tally.doubted += len(doubted)
    tally.doubted_right += sum(not any(a < end and start < b for a, b in wrong) for start, end in doubted)
    tally.wrong_places += len(wrong)
    tally.marked_places += sum(any(a <= end and start <= b for start, end in marked) for a, b in wrong)
    if wrong and len(tally.failures) < 40:
        a, b = wrong[0]
        tally.failures.append((truth[max(a - 8, 0) : b + 8], text[max(a - 8, 0) : b + 8]))


def divide(made: list[Span], marked: list[Span]) -> tuple[list[Span], list[Span]]:
    """What was inferred, apart: what carries no mark of damage, and what is marked doubtful or has a gap."""
    doubted = [(start, end) for start, end in made if any(a < end and start < b for a, b in marked)]
    return [span for span in made if span not in doubted], doubted


def spans(edited: Edited) -> list[tuple[int, int]]:
    """Where what was inferred by likelihood stands in the mended text."""
    found: list[tuple[int, int]] = []
    for made in edited.edits:
        grown = len(made.after) - len(made.before)
        end = made.start + len(made.before)
        found = [(a + grown, b + grown) if a >= end else (a, b) for a, b in found]
        if made.certainty == "inferred":
            found.append((made.start, made.start + len(made.after)))
    return found


def table(results: dict[str, dict[str, Tally]]) -> str:
    """The figures as text."""
    lines = [f"{'host':44}{'exact':>8}{'errors':>9}{'ftfy':>8}{'OpenCC':>8}{'strip+':>8}{'errors':>9}"]
    for name, tallies in results.items():
        ours, strip = tallies["zsparkcrawl"], tallies["strip + OpenCC"]
        lines.append(
            f"{name:44}{share(ours.exact, ours.paragraphs):>8}{share(ours.wrong, ours.characters, 3):>9}"
            f"{share(tallies['ftfy'].exact, ours.paragraphs):>8}{share(tallies['OpenCC'].exact, ours.paragraphs):>8}"
            f"{share(strip.exact, ours.paragraphs):>8}{share(strip.wrong, ours.characters, 3):>9}"
        )
    every = [tallies["zsparkcrawl"] for tallies in results.values()]

    def total(name: str) -> int:
        return sum(getattr(tally, name) for tally in every)

    lines += [
        f"{'all':44}{share(total('exact'), total('paragraphs')):>8}{share(total('wrong'), total('characters'), 3):>9}",
        "",
        f"{total('paragraphs')} paragraphs, {total('characters')} characters",
        f"inferred edits: {total('inferred')}, right {share(total('inferred_right'), total('inferred'))}; "
        f"beside them {total('doubted')} marked doubtful, right {share(total('doubted_right'), total('doubted'))}",
        f"wrong places: {total('wrong_places')}, marked damaged or inferred "
        f"{share(total('marked_places'), total('wrong_places'))}",
    ]
    return "\n".join(lines)


def share(part: int, whole: int, digits: int = 1) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.{digits}f} %" if whole else "-"


def speed(every: list[str], texts: list[str], host: Host) -> str:
    """Megabytes a second on healthy text (all there is) and on damaged text, each tool on the same text in this run;
    the best of three, so that no tool pays for its tables."""
    healthy = "\n".join(every)
    lines = [f"{'speed':20}{'healthy':>14}{'damaged':>14}   of {len(healthy)} and {sum(map(len, texts))} characters"]
    damaged = "\n".join(damage(text, host) for text in texts)
    tools: dict[str, Callable[[str], object]] = {"zsparkcrawl": repair, **OTHERS}
    for name, mend in tools.items():
        rates = []
        for text in (healthy, damaged):
            seconds = []
            for _ in range(3):
                start = time.perf_counter()
                mend(text)
                seconds.append(time.perf_counter() - start)
            rates.append(len(text.encode()) / 1e6 / min(seconds))
        lines.append(f"{name:20}{rates[0]:>9.2f} MB/s{rates[1]:>9.2f} MB/s")
    return "\n".join(lines)


def growth(texts: list[str], host: Host) -> str:
    """Seconds for a text and for one ten times as long, on a line of its own each: ten times as many if linear."""
    healthy = "".join(texts)
    damaged = "".join(damage(text, host) for text in texts)
    kinds = {
        "healthy": (healthy, 1_000_000),
        "damaged": (damaged, 30_000),
        "(": ("(", 100_000),
        "?": ("?", 100_000),
        "發(fā)": ("發(fā)", 100_000),
        "當(dāng)?shù)": ("當(dāng)?shù)", 30_000),
        "！": ("！", 100_000),
        "U+FFFD": ("\ufffd", 100_000),
        "鏂": ("鏂", 100_000),
        "&amp;": ("&amp;", 100_000),
    }
    lines = [f"{'growth':16}{'characters':>14}{'seconds':>10}{'ten times':>12}"]
    for name, (unit, length) in kinds.items():
        seconds = []
        for size in (length, 10 * length):
            text = (unit * (size // len(unit) + 1))[:size]
            start = time.perf_counter()
            repair(text)
            seconds.append(time.perf_counter() - start)
        lines.append(f"{name:16}{length:>14,}{seconds[0]:>10.2f}{seconds[1]:>12.2f}")
    return "\n".join(lines)


def altered(files: list[Path]) -> str:
    """How many healthy texts are altered or marked, by file."""
    lines = []
    for path in files:
        texts = read(path)
        bad = [text for text in texts if repair(text) != Edited(text)]
        lines.append(f"{path.stem:24}{len(texts):>8} healthy texts, {len(bad)} altered")
    return "\n".join(lines)


def read(path: Path) -> list[str]:
    """The texts of a file of JSON lines."""
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines() if line.strip()]


def main() -> None:
    """Read the command line, measure, record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=Path, help="good texts, JSON lines; without it the sample site's truth")
    parser.add_argument("--healthy", type=Path, nargs="*", default=[], help="texts that must not change, JSON lines")
    parser.add_argument("--pages", type=int, default=25, help="pages of eight paragraphs for each kind of host")
    parser.add_argument("--show", type=int, default=0, help="failures to print for each kind of host")
    given = parser.parse_args()
    texts = read(given.texts) if given.texts else [p for t in truths() for p in t.body.split("\n")]
    random.Random(8).shuffle(texts)
    every, texts = texts, texts[: given.pages * PARAGRAPHS]
    pages = [texts[n : n + PARAGRAPHS] for n in range(0, len(texts), PARAGRAPHS)]
    results = {host.name: measure(pages, host) for host in kinds()}
    results["hosts at random, one a page"] = measure(pages, None)
    for name, tallies in results.items():
        for truth, text in tallies["zsparkcrawl"].failures[: given.show]:
            print(f"{name}\n    {truth!r}\n    {text!r}")
    source = f"texts: {given.texts.name if given.texts else 'the truth of the sample site'}"
    host = family_1(127)
    parts = [source, table(results), speed(every, texts, host), growth(texts, host), altered(given.healthy)]
    record("bench.repair", "\n\n".join(filter(None, parts)))


if __name__ == "__main__":
    main()
