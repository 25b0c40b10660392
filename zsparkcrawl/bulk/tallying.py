"""What came of the records, in numbers that can be added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from zsparkcrawl.edits import Edit
from zsparkcrawl.items import Diagnosis

__all__ = ["Tally"]

KINDS = ("turned", "annotated", "shifted", "cut", "misread", "spam")
"""Kinds of damage: turned into another script, pinyin put in, shifted by pinyin, shifted by cuts, decoded wrongly, and
spam put in."""

_SHOWN: tuple[str, ...] = (
    "records",
    "healthy",
    "repaired",
    "inferred",
    "left damaged",
    "edits",
    "edits inferred",
    "marks",
    "spam cuts",
)
_SHOWN += ("failures", "skipped")


class Tally:
    """Counts of one part of a file, of a file or of a whole run."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts: Counter[str] = Counter(counts or {})

    def add(self, edits: Iterable[Edit], diagnosis: Diagnosis, *, damaged: int = 0, injected: int = 0) -> None:
        """Count a record: its edits, how many marks of damage are left, and how many injections were kept out."""
        counts, rules = self.counts, Counter[str]()
        counts["records"] += 1
        inferred = 0
        for edit in edits:
            rules[edit.rule] += 1
            inferred += edit.certainty == "inferred"
        spam = injected + sum(number for rule, number in rules.items() if rule.startswith("spam-"))
        found = {
            "turned": diagnosis.script == "turned",
            "annotated": bool(diagnosis.annotated),
            "shifted": diagnosis.shifted,
            "cut": diagnosis.cut,
            "misread": bool(rules["misread"]),
            "spam": bool(spam),
        }
        counts.update(f"kind {kind}" for kind in KINDS if found[kind])
        counts["healthy"] += not (rules or damaged or injected)
        counts["repaired"] += bool(rules)
        counts["inferred"] += bool(inferred)
        counts["left damaged"] += bool(damaged)
        counts["edits"] += rules.total()
        counts["edits inferred"] += inferred
        counts["marks"] += damaged
        counts["spam cuts"] += spam
        counts.update({f"rule {rule}": number for rule, number in rules.items()})

    def count(self, what: str) -> None:
        """Count one of something else: a failure, a record that is none of those looked for."""
        self.counts[what] += 1

    def plus(self, counts: Mapping[str, int]) -> None:
        """Add the counts of a part."""
        self.counts.update(counts)

    def summary(self) -> dict[str, Any]:
        """All counts by name, those of kinds and of rules apart."""
        shown: dict[str, Any] = {name.replace(" ", "_"): self.counts[name] for name in _SHOWN}
        shown["damaged_by_kind"] = {kind: self.counts[f"kind {kind}"] for kind in KINDS if self.counts[f"kind {kind}"]}
        rules = sorted(name for name, number in self.counts.items() if name.startswith("rule ") and number)
        shown["edits_by_rule"] = {name.removeprefix("rule "): self.counts[name] for name in rules}
        return shown
