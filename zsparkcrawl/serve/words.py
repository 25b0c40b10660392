"""What the viewer says, in Chinese and English: all of it stands in words.toml beside this module."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "Words", "all_words", "language_of", "words_in"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_ACCEPTED = re.compile(r"\s*([a-zA-Z]{1,8}|\*)(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")
_TAGS: Mapping[Language, str] = {"zh": "zh-Hans", "en": "en"}


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Every text of the viewer: its name, then language -> text."""
    text = files(__package__).joinpath("words.toml").read_text("utf-8")
    return {
        f"{group}.{name}": entry for group, entries in tomllib.loads(text).items() for name, entry in entries.items()
    }


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language; called with a name and what stands in braces.

    >>> Words("en")("list.count", number=3), Words("en").tag
    ('3 articles', 'en')
    """

    language: Language

    @property
    def tag(self) -> str:
        """The language as HTML's ``lang`` has it."""
        return _TAGS[self.language]

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of this name. Raises KeyError when there is none."""
        text = all_words()[name][self.language]
        return text.format(**values) if values else text

    def named(self, group: str, name: str | None) -> str:
        """What a word of the database is called; the word itself where it has no translation, "" for none.

        >>> Words("zh").named("state", "repaired"), Words("zh").named("section", "events")
        ('已修复', 'events')
        """
        if name is None:
            return ""
        entry = all_words().get(f"{group}.{name.replace(' ', '-')}")
        return entry[self.language] if entry else name


@cache
def words_in(language: Language) -> Words:
    """The texts of a language."""
    return Words(language)


def language_of(header: str) -> Language:
    """The language to answer in, by the header Accept-Language; English where it names neither.

    >>> language_of("fr, zh-CN;q=0.8, en;q=0.5"), language_of("en-GB,zh;q=0.9"), language_of("")
    ('zh', 'en', 'en')
    """
    wanted: list[tuple[float, Language]] = []
    for part in header[:500].split(","):
        found = _ACCEPTED.fullmatch(part)
        wished = next((each for each in LANGUAGES if found and found[1].lower() == each), None)
        if found and wished:
            wanted.append((float(found[2] or 1), wished))
    best = max(wanted, key=lambda one: one[0], default=(0.0, LANGUAGES[1]))
    return best[1] if best[0] > 0 else LANGUAGES[1]
