"""How much injected spam goes, and does anything of the article go with it?

    python -m bench.spam [--texts FILE.jsonl] [--phrases FILE.txt] [--healthy FILE.jsonl ...] [--number N] [--show N]

Good texts (lines {"text": …}; without a file the truth of the sample site) are put together to articles of four
paragraphs, and each gets spam of one kind (`bench.injections`). A string is gone when no four characters of it that the
article itself does not have are left; a text is exact when it is the article again, to the character; a character is
lost when it was the article's. Pages are those of the sample site, in all of its layouts and in two others. With
phrases of another file only texts are measured.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.injections import PAGE_KINDS, TEXT_KINDS, inject_page, inject_text, phrases, take_phrases
from bench.results import record
from bench.sample_site import page_sources
from bench.sample_template import finished
from bench.sample_truth import truths
from zsparkcrawl import Article, Page, despam, read
from zsparkcrawl.extract import UnreadableError
from zsparkcrawl.spam.lexicon import listed_words

PARAGRAPHS = 4
GOAL = 0.98
NEGATIVES = Path(__file__).parent.parent / "tests" / "spam"
OTHER_LAYOUTS = (
    "<html><head><title>{title}</title></head><body><div class=top><a href=/>首页</a></div><h1>{title}</h1>"
    "<div class=meta>{line}</div><article>{body}</article><footer>版权所有</footer></body></html>",
    "<html><head><title>{title}_园区</title></head><body><table><tr><td><ul><li><a href=/a>导航</a></ul></td>"
    "<td><h2>{title}</h2><p>{line}</p><div>{body}</div></td></tr></table></body></html>",
)
FIELDS = ("title", "date", "author", "source", "editor", "body", "attachments", "images")


@dataclass
class Tally:
    """What came of the texts or pages of one kind."""

    number: int = 0
    gone: int = 0
    exact: int = 0
    lost: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, *, gone: bool, exact: bool, lost: int, failure: str) -> None:
        """Count one."""
        self.number += 1
        self.gone += gone
        self.exact += exact
        self.lost += lost
        if not (gone and exact):
            self.failures.append(failure)


def left(spam: str, text: str, kept: str) -> bool:
    """Whether four characters in a row are left of a string of spam."""
    parts = (spam[n : n + 4] for n in range(max(len(spam) - 3, 1)))
    return any(part in text and part not in kept for part in parts)


def lost(kept: str, text: str) -> int:
    """Characters of the article that are missing."""
    matcher = difflib.SequenceMatcher(None, kept, text, autojunk=False)
    return sum(b - a for kind, a, b, _, _ in matcher.get_opcodes() if kind in {"delete", "replace"})


def of_texts(articles: list[list[str]], number: int) -> dict[str, Tally]:
    """Inject spam of each kind into texts, and despam them."""
    tallies = {}
    for kind in TEXT_KINDS:
        chance = random.Random(kind)
        tally = tallies[kind] = Tally()
        for _ in range(number):
            made = inject_text(kind, chance.choice(articles), chance)
            text = despam(made.text).text
            gone = not any(left(each, text, made.kept) for each in made.strings)
            exact = text == made.kept
            missing = 0 if exact else lost(made.kept, text)
            tally.add(gone=gone, exact=exact, lost=missing, failure=f"{made.strings} -> {near(made.kept, text)}")
    return tallies


def near(kept: str, text: str) -> str:
    """Where two texts part."""
    pairs = enumerate(zip(kept, text, strict=False))
    at = next((number for number, (a, b) in pairs if a != b), min(len(kept), len(text)))
    return f"{kept[max(at - 12, 0) : at + 12]!r} came home as {text[max(at - 12, 0) : at + 24]!r}"


def pages() -> Iterator[tuple[str, str]]:
    """Address and source of clean article pages: the sample site's, and the same articles in two other layouts."""
    sources = page_sources()
    for truth in truths():
        yield f"http://www.nhtp.org{truth.path}", finished(sources[truth.path])
    for truth in truths()[::3]:
        body = "".join(f"<p>{paragraph}</p>\n" for paragraph in truth.body.split("\n"))
        line = f"来源：{truth.source or ''} 作者：{truth.author or ''} 时间：{truth.date}"
        for layout in OTHER_LAYOUTS:
            yield f"http://www.nhtp.org{truth.path}", layout.format(title=truth.title, line=line, body=body)


def of_pages(number: int) -> dict[str, Tally]:
    """Read pages clean and with spam of each kind, and compare all fields."""
    clean = [(url, html, read(Page(url, html.encode(), "text/html; charset=utf-8"))) for url, html in pages()]
    tallies = {}
    for kind in PAGE_KINDS:
        chance = random.Random(kind)
        tally = tallies[kind] = Tally()
        for url, html, wanted in chance.sample(clean, min(number, len(clean))):
            infected = inject_page(kind, html, chance)
            if infected == html:
                continue
            found = _read(url, infected)
            wrong = [name for name in FIELDS if found is None or getattr(found, name) != getattr(wanted, name)]
            said = "; ".join(f"{name}: {_part(wanted, found, name)}" for name in wrong)
            tally.add(gone=not wrong, exact=not wrong, lost=0, failure=f"{url} {said}")
    return tallies


def _read(url: str, html: str) -> Article | None:
    try:
        return read(Page(url, html.encode(), "text/html; charset=utf-8"))
    except UnreadableError:
        return None


def _part(wanted: Article, found: Article | None, name: str) -> str:
    return "not read" if found is None else near(str(getattr(wanted, name)), str(getattr(found, name)))


def table(name: str, tallies: dict[str, Tally], *, of_text: bool) -> str:
    """The figures of all kinds."""
    head = f"{name:70}{'number':>8}" + (f"{'gone':>9}{'exact':>9}{'lost':>7}" if of_text else f"{'as clean':>10}")
    lines = [head]
    every = Tally()
    for kind, tally in [*tallies.items(), ("all", every)]:
        if tally is not every:
            every.number, every.gone = every.number + tally.number, every.gone + tally.gone
            every.exact, every.lost = every.exact + tally.exact, every.lost + tally.lost
        figures = f"{share(tally.gone, tally.number):>9}{share(tally.exact, tally.number):>9}{tally.lost:>7}"
        lines.append(
            f"{kind:70}{tally.number:>8}" + (figures if of_text else f"{share(tally.exact, tally.number):>10}")
        )
    verdict = "reached" if every.gone >= GOAL * every.number else "missed"
    return "\n".join([*lines, f"Goal, {GOAL:.0%} of all: {verdict}"])


def share(part: int, whole: int) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def innocent(files: list[Path]) -> str:
    """How many healthy texts are altered."""
    texts = {
        path.name: [each["text"] for each in json.loads(path.read_text("utf-8"))]
        for path in sorted(NEGATIVES.glob("n*.json"))
    }
    texts |= {path.stem: lines(path) for path in files}
    texts["the sample site's truth"] = [truth.body for truth in truths()]
    return "\n".join(
        f"{name:32}{len(each):>8} healthy texts, {sum(bool(despam(text).edits) for text in each)} altered"
        for name, each in texts.items()
    )


def lines(path: Path) -> list[str]:
    """The texts of a file of JSON lines."""
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines() if line.strip()]


def speed(texts: list[str]) -> str:
    """Megabytes a second on healthy text, and seconds for what is made to cost."""
    healthy = "\n".join(texts)
    healthy *= max(1, 1_000_000 // len(healthy.encode()))
    start = time.perf_counter()
    despam(healthy)
    rate = len(healthy.encode()) / 1e6 / (time.perf_counter() - start)
    made = {
        "healthy": healthy[:100_000],
        "separators": "-_|,",
        "one phrase": phrases()[0],
        "一区二区": "一区二区",
        "a list": "国产精品,园区,一区二区|",
        "brackets": "（皇冠体育）",
        "brackets open": "（" * 50 + "皇冠体育",
        "lines": "国产av无码专区,亚洲精品一区\n",
        "in sentences": "园区时时彩平台代理召开会议，",
        "blanks": "国 产 ",
    }
    rows = [
        f"despam of healthy text: {rate:.1f} MB/s",
        "",
        f"{'growth':16}{'100,000':>10}{'1,000,000':>12} characters, seconds",
    ]
    for name, unit in made.items():
        seconds = []
        for size in (100_000, 1_000_000):
            text = (unit * (size // len(unit) + 1))[:size]
            start = time.perf_counter()
            despam(text)
            seconds.append(time.perf_counter() - start)
        rows.append(f"{name:16}{seconds[0]:>10.2f}{seconds[1]:>12.2f}")
    return "\n".join(rows)


def main() -> None:
    """Read the command line, measure, record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=Path, help="good texts, JSON lines; without it the sample site's truth")
    parser.add_argument("--phrases", type=Path, help="phrases to inject, one a line; without it injections.txt")
    parser.add_argument("--healthy", type=Path, nargs="*", default=[], help="texts that must not change, JSON lines")
    parser.add_argument("--number", type=int, default=200, help="texts of each kind")
    parser.add_argument("--pages", type=int, default=20, help="pages of each kind")
    parser.add_argument("--show", type=int, default=0, help="failures to print for each kind")
    given = parser.parse_args()
    if given.phrases:
        take_phrases(given.phrases)
    texts = lines(given.texts) if given.texts else [p for t in truths() for p in t.body.split("\n")]
    articles = [texts[n : n + PARAGRAPHS] for n in range(0, len(texts) - PARAGRAPHS, PARAGRAPHS)]
    of_text = of_texts(articles, given.number)
    of_page = {} if given.phrases else of_pages(given.pages)
    for kind, tally in [*of_text.items(), *of_page.items()]:
        for failure in tally.failures[: given.show]:
            print(f"{kind}\n    {failure}")
    fresh = sum(phrase not in listed_words() for phrase in phrases())
    parts = [
        f"texts: {given.texts.name if given.texts else 'the truth of the sample site'}",
        f"{len(phrases())} phrases, of which {fresh} are not listed in phrases.txt",
        table("spam in texts", of_text, of_text=True),
    ]
    if given.phrases:
        record(f"bench.spam --phrases {given.phrases}", "\n\n".join(parts))
        return
    parts += [table("spam in pages", of_page, of_text=False), innocent(given.healthy), speed(texts)]
    record("bench.spam", "\n\n".join(parts))


if __name__ == "__main__":
    main()
