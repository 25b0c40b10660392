"""The words that search spam is made of, and the fold under which they are found whatever their disguise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from operator import itemgetter
from typing import Any, NamedTuple

from zsparkcrawl.chinese.script import ANNOTATION, simplified_of

__all__ = ["Folded", "Term", "fold", "listed_words", "listing_of", "terms"]

_HEADING = re.compile(r"\[(?P<family>[^|]+) \| (?P<kind>[^|]+) \| (?P<weight>[\d.]+)\]")
_UNSEEN = "".join(map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)))
_BLANKS = " \t\r\f\v\xa0\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_STARS = "·•・*★☆◆◇♥❤●○■□※"
_BETWEEN = re.compile(f"[{_UNSEEN}{_BLANKS}{_STARS}]+")
_PUNCTUATION = {"，": ",", "：": ":", "；": ";", "！": "!", "？": "?", "（": "(", "）": ")"}
_FEW = 16
"""Kinds of characters that are replaced one after the other. Chosen: each takes some 0.5 ns a character."""
_TWINS = {"асеорхуνѵαᴀᴠ": "aceopxyvvaav", "АСЕОРХУΝѴΑ": "aceopxynva", "囯愽娯徦亍毎": "国博娱假下每"}
"""Letters and characters that look like others, and those: chosen by their looks."""


_PARTS = 4
"""Into so many parts a set of first letters is split, and each part again until no more than so many are left: 66 ns a
character of news text, against 190 ns for sixteen sets in one row (measured)."""


_OVERLAP = 40
"""Characters over which words that overlap are compared. Chosen: such chains are short."""


_LONGER = 0.01
"""Of words that weigh the same those count that leave fewer letters."""


class Term(NamedTuple):
    """A listed word where it stands in the folded text: ``kind`` and ``weight`` as phrases.txt explains them; a tuple,
    for a text may have a hundred thousand of them."""

    start: int
    end: int
    family: str
    kind: str
    weight: float


class Folded(str):
    """A text for matching; ``origin(i)`` is the place of its character i in the text that was folded."""

    __slots__ = ("_places", "_source")
    _source: str
    _places: list[int]

    def origin(self, place: int) -> int:
        """Where a character stood; the length of this text gives the length of the other."""
        if len(self) == len(self._source):
            return place
        if not hasattr(self, "_places"):  # few texts are asked, and the places of all characters take time
            plain = _translated(self._source)
            kept = bytearray(b"\1" * len(plain))
            for match in _dropped().finditer(plain):
                kept[match.start() : match.end()] = bytes(len(match[0]))
            self._places = [*(number for number, stays in enumerate(kept) if stays), len(plain)]
        return self._places[place]


def fold(text: str) -> Folded:
    """Simplified, half-width, small letters, look-alikes as what they look like, and nothing invisible, no blank, no
    star and no pinyin in brackets between two characters. Line ends stay.

    >>> str(fold("國產ＡＶ 無\u200b碼")), fold("國 產").origin(1)
    ('国产av无码', 2)
    """
    plain = _translated(text)
    # Few texts have pinyin, and a set alone is looked for in half the time.
    dropped = _dropped() if ANNOTATION.search(plain) else _BETWEEN
    folded = Folded(dropped.sub("", plain))
    folded._source = text
    return folded


def _translated(text: str) -> str:
    """Each character as the table has it. Where few kinds of them change they are replaced one kind after the other:
    8 ns a character of news text, against 58 ns that `str.translate` takes (measured)."""
    table = _table()
    for mark, plain in _PUNCTUATION.items():
        text = text.replace(mark, plain)
    changed = {mark: table[ord(mark)] for mark in set(_changed().findall(text)) if ord(mark) in table}
    if len(changed) > _FEW or not changed.keys().isdisjoint(changed.values()):
        return text.translate(table)
    for mark, plain in changed.items():
        text = text.replace(mark, plain)
    return text


def terms(folded: str) -> Iterator[Term]:
    """The listed words of a folded text, from left to right, the longest at each place; where words overlap, those that
    weigh most together.

    >>> [(found.family, found.kind) for found in terms("国产无码，无码头")]
    [('porn', 'region'), ('porn', 'topic'), ('honest', 'innocent')]
    >>> [(found.start, found.weight) for found in terms("盈众彩票平台")]
    [(2, 4.0)]
    """
    search, words, inner = _pattern().search, _words(), _inner_starts()
    found = search(folded)
    while found:
        start, end = found.span()
        word = found[0]
        chosen = _chosen(folded, start, end) if word in inner else None
        if chosen:
            yield from chosen
            end = chosen[-1].end
        else:
            yield Term(start, end, *words[word])
        found = search(folded, end)


def _chosen(folded: str, start: int, end: int) -> list[Term]:
    """Those that weigh most together of a word and the words that overlap with it, none where none does."""
    words, match, spans = _words(), _pattern().match, [(0, end - start)]
    inner = _inner_starts()
    places = [start + place for place in inner[folded[start:end]]]
    for place in places:  # which grows
        if place >= start + _OVERLAP:
            break
        if (other := match(folded, place)) and other.end() > end and words[other[0]][1] != "innocent":
            end = other.end()
            spans.append((place - start, end - start))
            places += (place + more for more in inner.get(other[0], ()))
    if len(spans) == 1:
        return []
    chosen = _heaviest(folded[start:end], tuple(spans))
    return [Term(term.start + start, term.end + start, *term[2:]) for term in chosen]


@cache
def _inner_starts() -> dict[str, tuple[int, ...]]:
    """For each word that another may overlap with the places where that may begin."""
    words = [word for word, (_, kind, _) in _words().items() if kind != "innocent"]
    heads = {word[:end] for word in words for end in range(1, len(word))}
    places = {word: tuple(place for place in range(1, len(word)) if word[place:] in heads) for word in words}
    return {word: each for word, each in places.items() if each}


@lru_cache(maxsize=4096)
def _heaviest(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[Term, ...]:
    """Of words that overlap, whole or cut off where another begins or ends, those that weigh most together."""
    words = _words()
    cuts = {place for span in spans for place in span}
    parts = {(start, place) for start, end in spans for place in cuts if start < place <= end}
    parts |= {(place, end) for start, end in spans for place in cuts if start <= place < end}
    best: list[tuple[float, tuple[Term, ...]]] = []
    for start, end in sorted(parts, key=lambda part: (part[1], -part[0])):
        word = words.get(text[start:end])
        if word and word[1] != "innocent":
            before = max((each for each in best if each[1][-1].end <= start), key=itemgetter(0), default=(0.0, ()))
            best.append((before[0] + word[2] + _LONGER * (end - start), (*before[1], Term(start, end, *word))))
    return max(best, key=lambda each: (each[0], -each[1][0].start))[1]


def listing_of(word: str) -> tuple[str, str, float] | None:
    """Family, kind and weight of a listed word that is no innocent one, None for others.

    >>> listing_of("时时彩"), listing_of("成人高考"), listing_of("园区")
    (('gambling', 'topic', 3.0), None, None)
    """
    listing = _words().get(word)
    return listing if listing and listing[1] != "innocent" else None


def listed_words() -> frozenset[str]:
    """All words of phrases.txt.

    >>> "时时彩" in listed_words()
    True
    """
    return frozenset(_words())


@cache
def _words() -> dict[str, tuple[str, str, float]]:
    words: dict[str, tuple[str, str, float]] = {}
    facts = ("", "", 0.0)
    for line in resources.files(__package__).joinpath("phrases.txt").read_text("utf-8").splitlines():
        if match := _HEADING.fullmatch(line):
            facts = (match["family"], match["kind"], float(match["weight"]))
        elif not line.startswith("#"):
            words.update(dict.fromkeys(line.split(), facts))
    return words


@cache
def _pattern() -> re.Pattern[str]:
    """A tree of letters behind a look at two: `re` would try a thousand words one after the other at each place."""
    tree: dict[str, dict[str, Any]] = {}
    for word in _words():
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    firsts = sorted(tree)
    seconds = sorted({letter for node in tree.values() for letter in node})
    return re.compile(f"[{''.join(firsts)}](?=[{_escaped(seconds)}])(?:{_choice(tree, firsts)})")


def _choice(tree: dict[str, dict[str, Any]], firsts: list[str]) -> str:
    """The words that begin with these letters, the letters split and split again: which part has the letter that was
    read, and the one behind it?"""
    if len(firsts) <= _PARTS:
        return "|".join(_first(letter, tree[letter]) for letter in firsts)
    choices: list[str] = []
    for part in (firsts[number::_PARTS] for number in range(_PARTS)):
        seconds = {letter for first in part for letter in tree[first]}
        # A letter that is a word by itself has anything behind it.
        ahead = "" if "" in seconds else f"(?=[{_escaped(sorted(seconds))}])"
        choices.append(f"(?<=[{_escaped(part)}]){ahead}(?:{_choice(tree, part)})")
    return "|".join(choices)


def _escaped(letters: list[str]) -> str:
    return "".join(map(re.escape, letters))


def _first(letter: str, node: dict[str, Any]) -> str:
    alone = f"(?<![a-z0-9]{letter})" if letter.isascii() else ""
    return f"(?<={letter}){alone}(?:{'|'.join(_branch(key, inner) for key, inner in node.items())})"


def _branch(letter: str, node: dict[str, Any]) -> str:
    further = [_branch(key, inner) for key, inner in node.items() if key]
    end = "(?![a-z0-9])" if letter.isascii() else ""
    if not further:
        return re.escape(letter) + end
    if "" in node:
        further.append(end)
    return f"{re.escape(letter)}(?:{'|'.join(further)})"


@cache
def _dropped() -> re.Pattern[str]:
    return re.compile(f"{_BETWEEN.pattern}|{ANNOTATION.pattern}")


@cache
def _changed() -> re.Pattern[str]:
    """The characters that the table changes, and all beyond the first plane, which `re` looks up one by one."""
    return re.compile(f"[{_escaped([chr(code) for code in _table() if code < 0x10000])}\U00010000-\U0010ffff]")


@cache
def _table() -> dict[int, str]:
    table = {ord(old): new for old, new in simplified_of().items()}
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    # Letters and digits in other dress: full-width, in circles, as Roman numerals, as mathematics.
    dressed = (*range(0x2160, 0x2180), *range(0x2460, 0x24EA), *range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800))
    for code in dressed:
        plain = unicodedata.normalize("NFKC", chr(code)).casefold()
        if len(plain) == 1:
            table[code] = plain
    for twins, letters in _TWINS.items():
        table |= {ord(twin): letter for twin, letter in zip(twins, letters, strict=True)}
    return table
