"""How exactly the sample site came home: each article of a database beside its truth.

A body is exact when it equals the truth character by character. Pages whose archive kept full-width marks as
ASCII (`narrowed`) cannot come home so, since they do not tell which comma was wide: there, and there alone,
texts are compared with full-width ASCII folded (！ to !, ， to ,). The count without that is `strict`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.sample_truth import Truth, recipes, truths

FIELDS = ("title", "date", "author", "source", "body", "attachments", "captions")
_FOLD = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One article: whether each field came home. `strict` is the body with nothing folded."""

    path: str
    title: bool
    date: bool
    author: bool
    source: bool
    body: bool
    strict: bool
    attachments: bool
    """The files' names as shown."""
    captions: bool
    """The pictures' captions."""
    paragraphs: tuple[int, int]
    """The body's paragraphs: how many came home, of how many."""
    differences: Mapping[str, str]
    """By field that did not come home: the first place where the two differ."""


@dataclass(frozen=True, slots=True)
class Home:
    """All articles that came home, the paths of those that did not, and URLs which the truth does not know."""

    compared: tuple[Comparison, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    folded: int = 0
    """Articles compared with full-width marks folded."""

    @property
    def expected(self) -> int:
        """How many articles there are."""
        return len(self.compared) + len(self.missing)

    def paragraphs(self) -> tuple[int, int]:
        """Paragraphs of bodies that came home, and how many there are in the articles that did."""
        return sum(each.paragraphs[0] for each in self.compared), sum(each.paragraphs[1] for each in self.compared)

    def counts(self) -> dict[str, int]:
        """Exact articles by field. Missing ones count as not exact."""
        names = (*FIELDS, "strict")
        return {name: sum(getattr(each, name) for each in self.compared) for name in names}

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the totals, and the articles that are not exact."""
        differing = [
            {"path": each.path, "differences": dict(each.differences)} for each in self.compared if each.differences
        ]
        return {
            "expected": self.expected,
            "came_home": len(self.compared),
            "exact": self.counts(),
            "paragraphs": self.paragraphs(),
            "folded": self.folded,
            "differing": differing,
            "missing": list(self.missing),
            "unknown": list(self.unknown),
        }

    def as_text(self) -> str:
        """For people."""
        lines = [f"{len(self.compared)} of {self.expected} articles came home, {self.folded} compared folded"]
        for name, count in self.counts().items():
            label = "body, nothing folded" if name == "strict" else name
            lines.append(f"{label}: {count} exact ({count / max(self.expected, 1):.1%})")
        home, all_ = self.paragraphs()
        lines.append(f"paragraphs of bodies: {home} of {all_} exact ({home / max(all_, 1):.1%})")
        for each in self.compared:
            lines += [f"{each.path}: {name} {difference}" for name, difference in each.differences.items()]
        lines += [f"{path}: missing" for path in self.missing]
        return "\n".join([*lines, *(f"{url}: not an article of the sample" for url in self.unknown)])


def compare(truth: Truth, row: Mapping[str, Any], *, narrowed: bool = False) -> Comparison:
    """One article beside its truth. `row` has the columns of the table articles; `narrowed` folds full-width
    marks on both sides."""
    pairs = {
        "title": (truth.title, row["title"]),
        "date": (truth.date.isoformat(), str(row["date"])),
        "author": (truth.author, row["author"]),
        "source": (truth.source, row["source"]),
        "body": (truth.body, row["body"]),
        "attachments": ([each.name for each in truth.attachments], _each(row["attachments"], "name")),
        "captions": ([each.caption for each in truth.images], _each(row["images"], "caption")),
    }
    texts = {name: (_text(here, narrowed), _text(there, narrowed)) for name, (here, there) in pairs.items()}
    differences = {name: _difference(*each) for name, each in texts.items() if each[0] != each[1]}
    return Comparison(
        path=truth.path,
        **{name: name not in differences for name in FIELDS},
        strict=truth.body == row["body"],
        paragraphs=_paragraphs(*texts["body"]),
        differences=differences,
    )


def _paragraphs(truth: str, found: str) -> tuple[int, int]:
    wanted, there = truth.split("\n"), set(found.split("\n"))
    return sum(paragraph in there for paragraph in wanted), len(wanted)


def _each(listed: Any, key: str) -> list[str | None]:
    """One value of each entry of a list, which some readers of a database hand out as JSON text."""
    entries = json.loads(listed) if isinstance(listed, str) else listed or []
    return [entry[key] for entry in entries]


def _text(value: object, narrowed: bool) -> str:
    text = value if isinstance(value, str) else "\n".join(map(str, value)) if isinstance(value, list) else "-"
    return text.translate(_FOLD) if narrowed else text


def _difference(truth: str, found: str) -> str:
    """Where two texts part, with a few characters around.

    >>> _difference("园区召开会议", "园区召開会议")
    "at 3: '园区召开会议' came home as '园区召開会议'"
    """
    pairs = enumerate(zip(truth, found, strict=False))
    at = next((number for number, (a, b) in pairs if a != b), min(len(truth), len(found)))
    begin, end = max(at - 6, 0), at + 18
    return f"at {at}: {truth[begin:end]!r} came home as {found[begin:end]!r}"


def compare_all(rows: Iterable[Mapping[str, Any]]) -> Home:
    """All articles beside their truths, by section and number."""
    found = {(row["section"], row["native_id"]): row for row in rows}
    pages = recipes().pages
    compared: list[Comparison] = []
    missing: list[str] = []
    folded = 0
    for truth in truths():
        row = found.pop((truth.section, str(truth.id)), None)
        if row is None:
            missing.append(truth.path)
            continue
        narrowed = pages[truth.path].narrowed
        folded += narrowed
        compared.append(compare(truth, row, narrowed=narrowed))
    return Home(tuple(compared), tuple(missing), tuple(str(row["url"]) for row in found.values()), folded)


def home_from(database: str) -> Home:
    """All articles of a database beside their truths."""
    from zsparkcrawl.archive import Archive

    with Archive.open(database, readonly=True) as archive:
        return compare_all(archive.articles())
