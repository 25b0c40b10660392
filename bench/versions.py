"""Does another damage of the same text pass for a change, and does one word that the site edits go unseen?

    python -m bench.versions [--texts FILE.jsonl] [--articles N]

Texts are lines {"text": …} of good Simplified Chinese that nothing was built from; five make an article, and the
beginning of a sixth its title. Without them the articles of the sample site are taken. Each article comes as the site
has it, and damaged by two random hosts (`bench.damage`); each copy then follows on each other one, as it is and with
one word of two characters edited on the site (replaced, put in, or taken out at random). What the archive makes of it
is decided as for a crawl (`zsparkcrawl.archive.articles.changes`). An edit counts as inside a damaged place when the
edited word touches what the record of either copy marks as inferred or damaged.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.damage import Host, damage, random_host
from bench.repair import read, share
from bench.results import record
from bench.sample_truth import truths
from zsparkcrawl.archive.articles.changes import State, changes
from zsparkcrawl.archive.articles.comparing import differences
from zsparkcrawl.archive.articles.copies import doubtful_spans
from zsparkcrawl.archive.articles.storable import content, edit_rows, state, version_facts
from zsparkcrawl.clean import clean
from zsparkcrawl.items import Article

PARAGRAPHS = 6
DAY = dt.date(2019, 2, 19)
Text = tuple[str, str]
"""Title and body."""
PAIRS = (
    ("clean", "one", "clean, then damaged"),
    ("one", "clean", "damaged, then clean"),
    ("one", "other", "damaged by two hosts"),
    ("one", "one", "damaged by one host"),
    ("clean", "clean", "clean both times"),
)
"""Which copy follows on which."""


@dataclass
class Tally:
    """What became of the pairs of one kind."""

    pairs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    edits: int = 0
    seen: int = 0
    inside: int = 0
    inside_seen: int = 0


def articles(texts: list[str]) -> list[Text]:
    """Texts put together to articles."""
    groups = (texts[at : at + PARAGRAPHS] for at in range(0, len(texts) - PARAGRAPHS + 1, PARAGRAPHS))
    return [(group[0][:18], "\n".join(group[1:])) for group in groups]


def edited(body: str, rng: random.Random) -> str:
    """The body with one word replaced, put in or taken out."""
    at = rng.choice([match.start() for match in re.finditer("(?=[\u4e00-\u9fff]{2})", body)])
    word = rng.choice([word for word in re.findall("[\u4e00-\u9fff]{2}", body) if word != body[at : at + 2]])
    kind = rng.random()
    return body[:at] + (word if kind < 0.8 else "") + body[at + (0 if 0.6 < kind < 0.8 else 2) :]


def stored(text: Text, host: Host | None) -> State:
    """An article as it is kept when it comes from a host."""

    def shown(part: str) -> str:
        return "\n".join(damage(line, host) for line in part.split("\n")) if host else part

    title, body = text
    article = clean(Article("nhtp", "news", "1", "http://x.example/1.html", shown(title), DAY, body=shown(body)))
    return state(content(article), version_facts(article), edit_rows(article))


def is_inside(whole: str, new_whole: str, old: State, new: State) -> bool:
    """Whether an edit of the site touches a place that the copy before or after it marks as inferred or damaged."""
    (place,) = differences(whole, new_whole)[:1]
    for text, copy, start, end in (
        (whole, old, place.start, place.end),
        (new_whole, new, place.new_start, place.new_end),
    ):
        shown = str(copy.content["body"])
        doubts = doubtful_spans(copy.edits.get("body", ()), copy.marks.get("body", ()))
        there = _moved(text, shown, start), _moved(text, shown, end)
        if any(a - 1 <= there[1] and there[0] <= b + 1 for a, b in doubts):
            return True
    return False


def _moved(text: str, shown: str, place: int) -> int:
    """Where a place of one text is in another."""
    grown = (
        (each.new_end - each.new_start) - (each.end - each.start)
        for each in differences(text, shown)
        if each.end <= place
    )
    return place + sum(grown)


def measure(given: list[Text]) -> tuple[dict[str, Tally], float]:
    """All pairs of all articles, and the seconds that one decision takes."""
    tallies = {name: Tally() for _, _, name in PAIRS}
    seconds, decisions = 0.0, 0
    for number, (title, body) in enumerate(given):
        rng = random.Random(number)
        hosts = {"clean": None, "one": random_host(rng), "other": random_host(rng)}
        new_body = edited(body, rng)
        before = {name: stored((title, body), host) for name, host in hosts.items()}
        after = {name: stored((title, new_body), host) for name, host in hosts.items()}
        for old, new, name in PAIRS:
            tally = tallies[name]
            start = time.perf_counter()
            same, other = changes(before[old], before[new]), changes(before[old], after[new])
            seconds += time.perf_counter() - start
            decisions += 2
            tally.pairs += 1
            tally.outcomes[_outcome(same)] += 1
            inside = is_inside(body, new_body, before[old], after[new])
            found = other.get("body") == "edited"
            tally.inside += inside
            tally.inside_seen += inside and found
            tally.edits += not inside
            tally.seen += found and not inside
    return tallies, seconds / decisions


def _outcome(kinds: dict[str, str | None]) -> str:
    """What an unedited copy was taken for: the worst that any field was."""
    return next(
        (kind for kind in ("edited", "hijacked", "template", "hijack undone") if kind in kinds.values()), "same"
    )


def table(tallies: dict[str, Tally]) -> str:
    """The figures as text."""
    lines = [
        f"{'the same text':24}{'pairs':>7}{'unchanged':>11}{'undone':>8}{'edited':>8}{'other':>7}"
        f"   {'one word edited':>16}{'seen':>9}{'in damage':>11}{'seen':>9}"
    ]
    for name, tally in tallies.items():
        got = tally.outcomes
        other = tally.pairs - got["same"] - got["hijack undone"] - got["edited"]
        lines.append(
            f"{name:24}{tally.pairs:>7}{got['same']:>11}{got['hijack undone']:>8}{got['edited']:>8}{other:>7}"
            f"   {tally.edits:>16}{share(tally.seen, tally.edits):>9}{tally.inside:>11}"
            f"{share(tally.inside_seen, tally.inside):>9}"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=Path, help="good texts, JSON lines; without it the sample site's articles")
    parser.add_argument("--articles", type=int, default=250, help="how many at most")
    given = parser.parse_args()
    if given.texts:
        texts = read(given.texts)
        random.Random(5).shuffle(texts)
        chosen = articles(texts)[: given.articles]
    else:
        chosen = [(truth.title, truth.body) for truth in truths()][: given.articles]
    tallies, seconds = measure(chosen)
    source = f"{len(chosen)} articles of {given.texts.name if given.texts else 'the sample site'}"
    speed = f"a decision takes {1000 * seconds:.1f} ms"
    record("bench.versions", "\n\n".join((source, table(tallies), speed)))


if __name__ == "__main__":
    main()
