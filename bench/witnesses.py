"""How much of an article do several damaged copies give back together, and what does that cost?

    python -m bench.witnesses [--texts FILE.jsonl] [--articles N] [--show N]

Good texts (lines {"text": …}; without a file the truth of the sample site) are put together to articles of eight
paragraphs. Each copy is damaged by a host of its own, taken at random (`bench.damage`), gets spam of a kind taken at
random (`bench.injections`), and is cleaned by itself. A paragraph is exact when it is there to the character; where an
archive narrowed the marks of all copies, full width counts as ASCII, for nobody has it (of copies that lie, always).
What is wrong counts as shown where the apparatus has a gap or a dispute there; "by script" is what cleaning gets wrong
of a page that was turned to Traditional and not damaged otherwise, so that no copy can tell. Then copies are made to
lie.
"""

from __future__ import annotations

import argparse
import difflib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from bench.damage import Host, damage, random_host, to_traditional
from bench.injections import TEXT_KINDS, inject_text
from bench.repair import NARROW, PARAGRAPHS, distance, read, share
from bench.results import record
from bench.sample_truth import truths
from bench.spam import left
from bench.witnesses_lying import CASES, Story
from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.clean import clean_text
from zsparkcrawl.edits import revert
from zsparkcrawl.witnesses import CollatedText, Witness, collate

NUMBERS = (1, 2, 3, 5)
COST_NUMBERS = (2, 4, 8, 16)
WHY_WRONG = """\
Wrong with three copies: what all three lost the bytes of, and more than one text explains what is left. There
likelihood chooses, the place is disputed or a gap, and a copy whose own guess was the luckier one is better there."""
WHY_LIES = """\
Cut off after 127 bytes: what stands behind the cut is in one copy alone, and as good as that copy. A word changed in 1
of 2: nothing tells the lie from the truth, so it is open."""
DRAWS = 2
"""How often each article gets other hosts."""


@dataclass(frozen=True, slots=True)
class Made:
    """One copy: its host, the spam in it, and what cleaning left."""

    host: Host
    spam: tuple[str, ...]
    witness: Witness


@dataclass
class Tally:
    """What came of the articles with so many copies."""

    articles: int = 0
    paragraphs: int = 0
    exact: int = 0
    alone: int = 0
    lines_more: int = 0
    spam: int = 0
    wrong: int = 0
    shown: int = 0
    script: int = 0
    sure: int = 0
    worse: int = 0
    disputed: int = 0
    gaps: int = 0
    failures: list[str] = field(default_factory=list)


def made(page: Sequence[str], number: int, seed: str, *, spam: bool, own: bool = False) -> Made:
    """One copy of an article: damaged, with spam, cleaned."""
    chance = random.Random(seed)
    host = random_host(chance)
    paragraphs = [damage(paragraph, host) for paragraph in page]
    shown, strings = "\n".join(paragraphs), ()
    if spam:
        injected = inject_text(chance.choice(list(TEXT_KINDS)), paragraphs, chance)
        shown, strings = injected.text, injected.strings
    name = f"www.mirror{number}.example"
    return Made(host, strings, Witness(name, own=own, diagnosis=diagnose(shown), texts={"body": clean_text(shown)}))


def judge(tally: Tally, page: Sequence[str], copies: Sequence[Made]) -> None:
    """Collate the copies of one article and count."""
    body = collate(copy.witness for copy in copies).texts["body"]
    narrowed = all(copy.host.narrowed for copy in copies)
    seen: Callable[[str], str] = (lambda text: text.translate(NARROW)) if narrowed else str
    truth, text = seen("\n".join(page)), seen(body.text)
    lines, wanted = text.split("\n"), truth.split("\n")
    singles = [seen(edited.text) for copy in copies if (edited := copy.witness.texts["body"])]
    tally.articles += 1
    tally.paragraphs += len(wanted)
    tally.exact += sum(line in lines for line in wanted)
    tally.alone += max(sum(line in single.split("\n") for line in wanted) for single in singles)
    tally.lines_more += max(len(lines) - len(wanted), 0)
    tally.spam += any(left(each, text, truth) for copy in copies for each in copy.spam)
    tally.disputed += body.disputed
    tally.gaps += body.gaps
    tally.worse += distance(truth, text) > min(distance(truth, single) for single in singles)
    best = copies_text(copies, body)
    if revert(body.edited.text, body.edited.edits) != best or body.edited.text != body.text:
        raise ValueError("the version does not lead back to the best copy")
    _places(tally, truth, text, body)


def copies_text(copies: Sequence[Made], body: CollatedText) -> str:
    """The text of the best copy."""
    ordered = sorted((copy.witness for copy in copies), key=lambda each: each.key)
    edited = ordered[body.best].texts["body"]
    return edited.text if edited else ""


@cache
def _turned_wrongly(truth: str) -> frozenset[int]:
    """The places of a text that differ after it was turned to Traditional and cleaned."""
    text = clean_text(to_traditional(truth)).text
    return frozenset(n for n, (a, b) in enumerate(zip(truth, text, strict=False)) if a != b and len(truth) == len(text))


def _places(tally: Tally, truth: str, text: str, body: CollatedText) -> None:
    """Count what is wrong, and how much of it the apparatus shows."""
    matcher = difflib.SequenceMatcher(None, truth, text, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        around = [each for each in body.entries if each.start <= d and c <= each.end]
        shown = any(each.verdict in ("gap", "disputed") for each in around)
        tally.wrong += 1
        tally.shown += shown
        tally.script += a < b and _turned_wrongly(truth).issuperset(range(a, b))
        over = [each for each in around if each.start < d and c < each.end] or around
        tally.sure += not shown and all(each.certainty == "certain" for each in over)
        mark = "shown " if shown else "MISSED"
        tally.failures.append(f"{mark} {truth[max(a - 8, 0) : b + 8]!r} came home as {text[max(c - 8, 0) : d + 8]!r}")


def growing(pages: Sequence[Sequence[str]], *, spam: bool) -> dict[int, Tally]:
    """Collate the articles from one copy, two, three, five."""
    tallies = {number: Tally() for number in NUMBERS}
    for draw in range(DRAWS):
        for number, page in enumerate(pages):
            copies = [made(page, n, f"{draw}/{number}/{n}", spam=spam) for n in range(max(NUMBERS))]
            for most, tally in tallies.items():
                judge(tally, page, copies[:most])
    return tallies


def table(tallies: dict[int, Tally]) -> str:
    """The figures of one trial."""
    lines = [
        f"{'copies':>6}{'exact':>9}{'best alone':>12}{'lines more':>12}{'with spam':>11}{'worse':>7}"
        f"{'wrong':>7}{'shown':>9}{'by script':>11}{'silent':>8}{'gaps':>6}{'disputed':>10}"
    ]
    for number, tally in tallies.items():
        lines.append(
            f"{number:>6}{share(tally.exact, tally.paragraphs, 2):>9}{share(tally.alone, tally.paragraphs, 2):>12}"
            f"{tally.lines_more:>12}{tally.spam:>11}{tally.worse:>7}{tally.wrong:>7}"
            f"{share(tally.shown, tally.wrong):>9}{tally.script:>11}{tally.sure:>8}{tally.gaps:>6}{tally.disputed:>10}"
        )
    every = next(iter(tallies.values()))
    lines.append(f"{every.articles} articles, {every.paragraphs} paragraphs")
    return "\n".join(lines)


def lying(pages: Sequence[Sequence[str]]) -> str:
    """What comes of articles when copies lie, by kind of lie."""
    lines = [f"{'copies that lie':52}{'articles':>9}{'as the truth':>14}{'told apart':>12}{'or open':>9}{'worse':>7}"]
    for name, case in CASES.items():
        right = told = opened = worse = count = 0
        for number, page in enumerate(pages):
            story = case(page, random.Random(f"{name}/{number}"))
            if story is None:
                continue
            count += 1
            done = _lied(story, number)
            right += done[0]
            told += done[1]
            opened += done[2]
            worse += done[3]
        lines.append(f"{name:52}{count:>9}{share(right, count):>14}{share(told, count):>12}{opened:>9}{worse:>7}")
    return "\n".join(lines)


def _lied(story: Story, number: int) -> tuple[bool, bool, bool, bool]:
    """Whether the truth came back, the lie was told apart, the place is open, and a single copy was better."""
    copies = []
    for n, (page, like) in enumerate(zip(story.pages, story.hosts, strict=True)):
        copy = made(page, n, f"lie/{number}/{like}", spam=False, own=n in story.own)
        host = f"m{n}.mirror{story.families[n]}.example" if story.families else copy.witness.host
        copies.append(replace(copy, witness=replace(copy.witness, host=host)))
    collation = collate(copy.witness for copy in copies)
    body = collation.texts["body"]
    truth, text = "\n".join(story.truth).translate(NARROW), body.text.translate(NARROW)
    singles = [edited.text.translate(NARROW) for copy in copies if (edited := copy.witness.texts["body"])]
    lost = distance(truth, text)
    is_open = body.disputed + body.gaps > 0
    return lost == 0, bool(collation.apart), is_open, lost > min(distance(truth, single) for single in singles)


def cost(pages: Sequence[Sequence[str]], articles: int) -> str:
    """Seconds for a thousand articles with three copies, and for each number of copies; without cleaning them."""
    groups = [
        [made(page, n, f"cost/{number}/{n}", spam=True).witness for n in range(max(COST_NUMBERS))]
        for number, page in enumerate(pages[:articles])
    ]
    characters = sum(len("".join(page)) for page in pages[:articles]) / len(groups)
    lines = [f"cost: articles of {characters:.0f} characters, {len(groups)} of them"]
    for number in (3, *COST_NUMBERS):
        start = time.perf_counter()
        for group in groups:
            collate(group[:number])
        seconds = (time.perf_counter() - start) / len(groups)
        lines.append(
            f"{number:>3} copies: {1000 * seconds:>7.1f} s for 1,000 articles, {1e3 * seconds / number:.2f} ms a copy"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=Path, help="good texts, JSON lines; without it the sample site's truth")
    parser.add_argument("--articles", type=int, default=100, help="articles of eight paragraphs")
    parser.add_argument("--show", type=int, default=0, help="failures to print for each trial")
    given = parser.parse_args()
    texts = read(given.texts) if given.texts else [p for t in truths() for p in t.body.split("\n")]
    random.Random(8).shuffle(texts)
    texts = texts[: given.articles * PARAGRAPHS]
    pages = [texts[n : n + PARAGRAPHS] for n in range(0, len(texts), PARAGRAPHS)]
    parts = [f"texts: {given.texts.name if given.texts else 'the truth of the sample site'}"]
    for title, spam in (("damage alone", False), ("damage and spam", True)):
        tallies = growing(pages, spam=spam)
        parts.append(f"{title}\n{table(tallies)}")
        for number, tally in tallies.items():
            for failure in tally.failures[: given.show]:
                print(number, failure)
    parts += [WHY_WRONG, f"{lying(pages[:40])}\n{WHY_LIES}", cost(pages, 40)]
    record("bench.witnesses", "\n\n".join(parts))


if __name__ == "__main__":
    main()
