"""How exactly the sample site came home: each article of a database beside its truth.

A body is exact when it equals the truth character by character. Pages whose archive kept full-width marks as
ASCII (`narrowed`) cannot come home so, since they do not tell which comma was wide: there, and there alone,
both sides are compared with full-width ASCII folded (！ to !, ， to ,). The count without that is given too.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.sample_truth import Truth, recipes, truths

FIELDS = ("title", "date", "author", "source", "body")
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
    difference: str = ""
    """The first place where the bodies differ: the truth and what came home."""

    @property
    def exact(self) -> bool:
        """Whether all fields came home."""
        return all(getattr(self, name) for name in FIELDS)


@dataclass(frozen=True, slots=True)
class Home:
    """All articles that came home, and the paths of those that did not."""

    compared: tuple[Comparison, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=())
    """Articles which the truth does not know."""

    @property
    def expected(self) -> int:
        """How many articles there are."""
        return len(self.compared) + len(self.missing)

    def counts(self) -> dict[str, int]:
        """Exact articles by field. Missing ones count as not exact."""
        names = (*FIELDS, "strict")
        return {name: sum(getattr(each, name) for each in self.compared) for name in names}

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the totals, and the articles that are not exact."""
        return {
            "expected": self.expected,
            "came_home": len(self.compared),
            "exact": self.counts(),
            "differing": [asdict(each) for each in self.compared if not each.exact],
            "missing": list(self.missing),
            "unknown": list(self.unknown),
        }

    def as_text(self) -> str:
        """For people."""
        lines = [f"{len(self.compared)} of {self.expected} articles came home"]
        for name, count in self.counts().items():
            label = "body, full-width marks not folded" if name == "strict" else name
            lines.append(f"{label}: {count} exact ({count / max(self.expected, 1):.1%})")
        for each in self.compared:
            wrong = [name for name in FIELDS if not getattr(each, name)]
            if wrong:
                lines.append(f"{each.path}: {', '.join(wrong)} {each.difference}".rstrip())
        lines += [f"{path}: missing" for path in self.missing]
        return "\n".join([*lines, *(f"{url}: not an article of the sample" for url in self.unknown)])


def compare(truth: Truth, row: Mapping[str, Any], *, narrowed: bool = False) -> Comparison:
    """One article beside its truth. `row` has the columns of the table articles."""
    body = row["body"] or ""
    date = row["date"].isoformat() if isinstance(row["date"], dt.date) else row["date"]
    here, there = (truth.body, body) if not narrowed else (truth.body.translate(_FOLD), body.translate(_FOLD))
    title = (truth.title, row["title"] or "")
    if narrowed:
        title = (title[0].translate(_FOLD), title[1].translate(_FOLD))
    return Comparison(
        path=truth.path,
        title=title[0] == title[1],
        date=date == truth.date.isoformat(),
        author=row["author"] == truth.author,
        source=row["source"] == truth.source,
        body=here == there,
        strict=body == truth.body,
        difference=_difference(here, there),
    )


def _difference(truth: str, found: str) -> str:
    """Where two texts part, with a few characters around.

    >>> _difference("园区召开会议", "园区召開会议")
    "at 4: '园区召开会议' came home as '园区召開会议'"
    """
    if truth == found:
        return ""
    pairs = enumerate(zip(truth, found, strict=False))
    at = next((number for number, (a, b) in pairs if a != b), min(len(truth), len(found)))
    begin, end = max(at - 6, 0), at + 18
    return f"at {at}: {truth[begin:end]!r} came home as {found[begin:end]!r}"


def compare_all(rows: Iterable[Mapping[str, Any]]) -> Home:
    """All articles beside their truths, by section and number."""
    found = {(row["section"], row["native_id"]): row for row in rows}
    known, pages = truths(), recipes().pages
    compared, missing = [], []
    for truth in known:
        row = found.pop((truth.section, str(truth.id)), None)
        if row is None:
            missing.append(truth.path)
        else:
            compared.append(compare(truth, row, narrowed=pages[truth.path].narrowed))
    return Home(tuple(compared), tuple(missing), tuple(str(row["url"]) for row in found.values()))


def home_from(database: str) -> Home:
    """All articles of a database beside their truths."""
    from zsparkcrawl.archive import Archive

    with Archive.open(database, readonly=True) as archive:
        return compare_all(archive.articles())
