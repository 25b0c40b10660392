"""From an article to the values that the tables take: pure functions, no SQL."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from zsparkcrawl.archive.articles.changes import CONTENT, State
from zsparkcrawl.edits import Damage, Edit, revert
from zsparkcrawl.items import Article, Attachment, Diagnosis

__all__ = [
    "COLUMNS",
    "INJECTION",
    "content",
    "edit_rows",
    "injection_rows",
    "is_storable",
    "package",
    "stamp",
    "state",
    "storable",
    "version_facts",
]

INJECTION = ("kind", "phrase", "carrier", "domain")
"""The columns by which one injection is told from another."""

_SPAM_RULE = "spam-"
_HARMLESS_RULES = frozenset(["entities", "invisible"])
"""What they mend stands on healthy pages as well."""
_PHRASE_LONGEST, _CARRIER_LONGEST = 500, 60
"""Characters that are kept, so that PostgreSQL can keep them in an index (2,704 bytes a row)."""

COLUMNS = ("url", "date_raw", "date_precision", "date_missing", "date_basis", *CONTENT)
"""The columns that an article and its versions have in common."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without NUL and lone surrogates. SQLite would keep them and then break length() and search;
    PostgreSQL refuses them. The capture still has the bytes.

    >>> storable("a\\x00b\\ud800c")
    'abc'
    """
    return _UNSTORABLE.sub("", text)


def is_storable(text: str) -> bool:
    """Whether a text can stand in the archive. What cannot is found nowhere in it, and a server refuses the question.

    >>> is_storable("园区"), is_storable("a\\x00"), is_storable("\\udcff")
    (True, False, False)
    """
    return _UNSTORABLE.search(text) is None


def stamp(moment: dt.datetime) -> str:
    """A moment as the tables have it: UTC, to the second. Raises ValueError for one without a time zone.

    >>> stamp(dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    '2026-11-22T08:30:00Z'
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def package() -> str:
    """The version of this program, which is also the version of its rules."""
    try:
        return version("zsparkcrawl")
    except PackageNotFoundError:
        return "unpacked"


def content(article: Article) -> dict[str, Any]:
    """The columns that an article and its versions have in common."""
    row: dict[str, Any] = {name: _clean(getattr(article, name)) for name in COLUMNS}
    row["attachments"] = [
        {"name": storable(a.name), "url": storable(a.url), "type": a.type} for a in article.attachments
    ]
    row["images"] = [{"url": storable(i.url), "caption": _clean(i.caption)} for i in article.images]
    return row


def state(row: Mapping[str, Any], facts: Mapping[str, Any], edits: Iterable[Mapping[str, Any]]) -> State:
    """A state of an article from the rows of the tables: its content, its version and its edits."""
    made: dict[str, list[Edit]] = {}
    for one in edits:
        made.setdefault(one["field"], []).append(
            Edit(one["rule"], one["start"], one["before"], one["after"], one["certainty"])
        )
    marks = {name: [Damage(**mark) for mark in found] for name, found in facts["damaged"].items()}
    rules = {edit.rule for each in made.values() for edit in each}
    spam = {rule for rule in rules if rule.startswith(_SPAM_RULE)}
    damaged = bool(rules - spam - _HARMLESS_RULES) or bool(marks) or _is_damaged(facts["diagnosis"])
    return State(row, made, marks, damaged, bool(spam) or facts["injection_count"] > 0)


def _is_damaged(diagnosis: Mapping[str, Any] | None) -> bool:
    found = diagnosis or {}
    signs = ("annotated", "shifted", "cut")
    return found.get("script") == "turned" or any(found.get(sign) for sign in signs)


def version_facts(article: Article) -> dict[str, Any]:
    """What a version records of the way its text came about."""
    certainties = [edit.certainty for edits in article.edits.values() for edit in edits]
    return {
        "charset": article.charset,
        "charset_reason": article.charset_reason,
        "diagnosis": _diagnosis(article.diagnosis),
        "damaged": {
            name: [
                {"start": d.start, "end": d.end, "reason": storable(d.reason)}
                for d in _moved_damage(_text(article, name), damage)
            ]
            for name, damage in article.damaged.items()
            if damage
        },
        "edit_count": len(certainties),
        "inferred_count": certainties.count("inferred"),
        "damage_count": sum(map(len, article.damaged.values())),
        "injection_count": len(article.injections),
    }


def edit_rows(article: Article) -> Iterator[dict[str, Any]]:
    """The article's edits, field by field in their order."""
    for name, edits in article.edits.items():
        for position, edit in enumerate(_storable_edits(_text(article, name), edits)):
            yield {
                "field": name,
                "position": position,
                "rule": edit.rule,
                "start": edit.start,
                "before": edit.before,
                "after": edit.after,
                "certainty": edit.certainty,
            }


def injection_rows(article: Article) -> list[dict[str, str]]:
    """What was kept out of the article, each once: what sat in the markup, in the order of the page, then what was
    cut out of the texts."""
    rows = [(found.kind, found.phrase, found.carrier, found.domain or "") for found in article.injections]
    for name, edits in article.edits.items():
        for made in edits:
            if made.rule.startswith(_SPAM_RULE):
                rows.append((made.rule.removeprefix(_SPAM_RULE), made.before.strip(), name.partition(".")[0], ""))
    longest = (_PHRASE_LONGEST, _PHRASE_LONGEST, _CARRIER_LONGEST, _PHRASE_LONGEST)
    shortened = (tuple(storable(text)[:most] for text, most in zip(row, longest, strict=True)) for row in rows)
    return [dict(zip(INJECTION, row, strict=True)) for row in dict.fromkeys(shortened)]


def _clean(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    # ISO text for days and times; datetime.time must not carry a zone here, it is the site's own.
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _text(article: Article, name: str) -> str:
    """The text of a field, or of an item of one such as "attachments.0"; "" when there is none."""
    kind, _, number = name.partition(".")
    value = getattr(article, kind, None)
    if kind in ("attachments", "images") and number.isdigit():
        item = value[int(number)] if value and int(number) < len(value) else None
        value = item.name if isinstance(item, Attachment) else getattr(item, "caption", None)
    return value if isinstance(value, str) else ""


def _storable_edits(text: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits with storable texts, as they would have been made on the storable text, so that they still can be
    undone on it."""
    # All at once: a page has a hundred edits.
    if not _UNSTORABLE.search("".join((text, *(e.before for e in edits), *(e.after for e in edits)))):
        return edits
    moved = _moved_edits(text, edits)
    return tuple(replace(edit, before=storable(edit.before), after=storable(edit.after)) for edit in moved)


def _moved_edits(text: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    moved = []
    for edit in reversed(edits):
        try:
            text = revert(text, (edit,))
        except ValueError:  # not made on this text: nothing to count by
            return edits
        moved.append(replace(edit, start=len(storable(text[: edit.start]))))
    return tuple(reversed(moved))


def _moved_damage(text: str, damaged: tuple[Damage, ...]) -> Iterator[Damage]:
    if not _UNSTORABLE.search(text):
        yield from damaged
        return
    for damage in damaged:
        start, end = len(storable(text[: damage.start])), len(storable(text[: damage.end]))
        yield Damage(start, end, damage.reason)


def _diagnosis(found: Diagnosis | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "script": found.script,
        "annotated": {
            storable(sign): sorted(map(storable, readings)) for sign, readings in sorted(found.annotated.items())
        },
        "shifted": found.shifted,
        "cut": found.cut,
        "published": found.published.isoformat() if found.published else None,
        "evidence": [storable(line) for line in found.evidence],
    }
