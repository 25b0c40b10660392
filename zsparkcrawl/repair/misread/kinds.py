"""The ways in which text is misread: where each may begin, and when a reading is believed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplified
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.costs import Costs
from zsparkcrawl.repair.misread.anchors import (
    HIGH_LETTER,
    big5_in_latin,
    gbk_in_latin,
    gbk_in_utf8,
    letters_in_chinese,
    pairs_in,
    stands_in,
    utf8_in,
    utf8_in_latin,
)
from zsparkcrawl.repair.misread.charsets import LATIN_LOST, Misreading
from zsparkcrawl.repair.misread.found import (
    Found,
    is_chinese,
    is_likely,
    is_other_script,
    is_utf8,
    is_utf8_in_latin,
)
from zsparkcrawl.repair.misread.nodes import Node
from zsparkcrawl.repair.misread.search import ENDS, Search
from zsparkcrawl.repair.misread.whole import whole_line, whole_lines

__all__ = ["as_read", "found_in", "garbled_in"]

_REPEATED = re.compile(r"(.)\1{59,}")
"""What no text is: one character again and again."""
_BACK = 24
"""Characters before the first sign of misread text from which on it is looked at."""
_RANDOM = 14.0
"""Bits of a character drawn at random from those of GBK."""
_STRANGE = 11.5
"""Bits a character. None of 26,764 signs in misread news had fewer; four of 16 in 241,000 good characters had more."""
_STRANGEST = 15.0
"""… where a single sign is to tell of text that was misread more than once."""
_TURN_AGAIN, _LETTER_AGAIN = 2.0, 16.0
"""Bits against a change to misread text, and of a letter as it stands, where other text was misread in the same way."""
_SHOWN_CONTROLS = re.compile("[\x80-\x9f‚ƒ„†‡ˆ‰Š‹ŒŽ˜š›œžŸ]")
"""The bytes 80 to 9F as Latin-1 and cp1252 show them."""
_MAY_SWALLOW = re.compile("[\u4e00-\u9fff€]\\?")


class Kind(NamedTuple):
    """A way to misread: how, where it may begin, and whether a reading is to be believed in its text; ``loose``: where
    it may begin in a text that has other such stretches, and is believed more easily then."""

    how: Misreading
    anchor: Callable[[], re.Pattern[str]]
    believed: Callable[[Found, str], bool]
    loose: Callable[[], re.Pattern[str]] | None = None


def found_in(text: str) -> list[Found]:
    """What was misread, in the order of the text; what one way explains is not shown to the next.

    >>> [found.text for found in found_in("园区鏂伴椈发布，ÐÂÎÅÖÐÐÄ")]
    ['新闻', '新闻中心']
    """
    every = [as_read(*line) for line in whole_lines(text)]
    text = _without(text, every) if every else text
    has_letters = HIGH_LETTER.search(text)
    for kinds in _KINDS:
        if kinds[0].how.was == "cp1252" and not has_letters:
            continue
        found = _best_of([one for kind in kinds for one in _found_by(kind, text) if not one.garbled])
        found = _in_lines(text, found) if kinds is _KINDS[-1] else found
        text = _without(text, found) if found else text
        every += found
    return sorted(every, key=lambda one: one.start)


def _in_lines(text: str, every: list[Found]) -> list[Found]:
    """What was found, and for a stretch of a line that was misread from end to end the line."""
    found: list[Found] = []
    for one in every:
        if found and one.start < found[-1].end:
            continue
        line = whole_line(text, one.start, one.how.was)
        found = (
            [*(other for other in found if other.start < line[0]), as_read(*line, one.how)] if line else [*found, one]
        )
    return found


def as_read(start: int, end: int, said: str, how: Misreading) -> Found:
    """A stretch of which nothing is in doubt."""
    return Found(start, end, (Node(None, end - 1, said, 0.0, False),), how, 0.0, 0.0, len(said), 0)


def garbled_in(text: str) -> list[Found]:
    """UTF-8 that was read as GBK and saved so, and that again: what comes back is no text yet.

    >>> [(one.start, one.end) for one in garbled_in("园区閺備即妞堟稉顓炵妇发布")]
    [(2, 9)]
    """
    kind = _KINDS[0][0]
    return [one for one in _found_by(kind, text) if one.garbled] if _may_be_garbled(kind, text) else []


def _may_be_garbled(kind: Kind, text: str) -> bool:
    """Whether a text has more than a rare word here and there: one very strange sign, or two that are near."""
    sign = _sign(kind.anchor(), kind.how, text, 0)
    while sign:
        following = _sign(kind.anchor(), kind.how, text, sign.end())
        near = following is not None and following.start() - sign.end() < _BACK
        if near or _bits(sign) > _STRANGEST:
            return True
        sign = following
    return False


def _found_by(kind: Kind, text: str) -> list[Found]:
    found = list(_found_from(kind, kind.anchor(), text))
    if not found or not kind.loose:
        return found
    found = list(_found_from(kind, kind.loose(), text))
    again = kind._replace(how=kind.how._replace(turn=_TURN_AGAIN, letter=_LETTER_AGAIN), believed=is_likely)
    return found + list(_found_from(again, kind.loose(), _without(text, found)))


def _found_from(kind: Kind, anchor: re.Pattern[str], text: str) -> Iterator[Found]:
    if not stands_in(anchor, text):
        return
    how = kind.how
    match = _sign(anchor, how, text, 0)
    if match is None or (how.swallows and not _MAY_SWALLOW.search(text)):
        return
    if how.lost == LATIN_LOST and not _SHOWN_CONTROLS.search(text):
        how = how._replace(lost=b"")  # then all were lost, and three of four characters with them
    if _has_repeats(text):
        text = _REPEATED.sub(lambda run: ENDS[-1] * len(run[0]), text)
        match = _sign(anchor, how, text, 0)
    search = Search(text, how, Costs(Diagnosis())) if match else None
    done = 0
    while match and search and not search.ended:
        start = max(done, match.start() - _BACK)
        start = max(start, *(text.rfind(end, start, match.start()) + 1 for end in ENDS))
        nodes, done = search.best(start, match.end())
        yield from (found for found in _stretches(search, nodes, start) if kind.believed(found, text))
        done = max(done, match.end())
        match = _sign(anchor, how, text, done)


@lru_cache(maxsize=1)  # asked for each kind in turn
def _has_repeats(text: str) -> bool:
    """Whether there may be a run for `_REPEATED`: it would fill one of these stretches. Takes a quarter of `re`."""
    return any(text.count(text[place], place, place + 30) == 30 for place in range(0, len(text), 30))


def _sign(anchor: re.Pattern[str], how: Misreading, text: str, start: int) -> re.Match[str] | None:
    """The next place where misread text may begin, or go on from near ``start``. Characters that go together well are
    no sign that it begins."""
    for match in anchor.finditer(text, start):
        if how.was == "cp1252" or 0 < start > match.start() - _BACK or _bits(match) > _STRANGE:
            return match
    return None


def _bits(match: re.Match[str]) -> float:
    """Bits a character of what matched, behind what stands before it."""
    before = match.string[max(match.start() - 2, 0) : match.start()]
    return model().per_character(simplified(match[0]), simplified(before))


def _stretches(search: Search, nodes: list[Node], start: int) -> Iterator[Found]:
    """The stretches that a reading takes for misread, ASCII at their ends aside."""
    bits = 0.0
    for standing, group in groupby(nodes, key=lambda node: node.standing):
        run = list(group)
        before, after = bits, run[-1].bits
        end, bits = run[-1].place + 1, after
        if not standing:
            yield _as_found(search, start, run, after - before)
        start = end


def _as_found(search: Search, start: int, run: list[Node], bits: float) -> Found:
    text = search.text
    while len(run) > 1 and run[-1].options is None and run[-1].text == text[run[-1].place] <= "\x7f":
        bits -= run[-1].bits - run[-2].bits
        run.pop()
    end = run[-1].place + 1
    context = search.costs.of(text[max(start - 2, 0) : start], "")[1]
    standing = 0.0
    for shown in text[start:end]:
        more, context = search.standing(shown, context)
        standing += more
    wide = [node for node in run if node.text > "\x7f" and node.text != "\ufffd"]
    context, fluent = search.costs.of(text[max(start - 2, 0) : start], "")[1], 0.0
    for node in run:
        cost, context = search.costs.of(node.text, context)
        fluent += _RANDOM - cost if node.text > "\x7f" else 0.0
    lost = sum(node.options is not None for node in run)
    return Found(start, end, tuple(run), search.how, standing - bits, fluent, len(wide) - lost, lost)


def _best_of(every: list[Found]) -> list[Found]:
    """Of readings that overlap the one that saves most."""
    best: list[Found] = []
    for found in sorted(every, key=lambda one: one.start):
        if not best or best[-1].end <= found.start:
            best.append(found)
        elif found.gain > best[-1].gain:
            best[-1] = found
    return best


def _without(text: str, found: list[Found]) -> str:
    pieces: list[str] = []
    end = 0
    for one in sorted(found, key=lambda one: one.start):
        pieces += (text[end : one.start], ENDS[-1] * (one.end - one.start))
        end = one.end
    return "".join((*pieces, text[end:]))


def _other_pairs(was: str, true: str) -> Kind:
    how = Misreading(was, true, 14.0, 18.0)
    return Kind(how, lambda: pairs_in(was, true, False), is_other_script, lambda: pairs_in(was, true, True))


_UTF8_AS_GBK = Misreading("gbk", "utf-8", 14.0, lost=bytes(range(0x80, 0x100)))
_KINDS: tuple[tuple[Kind, ...], ...] = (
    # UTF-8 first: it tells by itself that it is what it is.
    (
        Kind(_UTF8_AS_GBK, lambda: utf8_in("gbk"), is_utf8),
        Kind(_UTF8_AS_GBK._replace(swallows=True), lambda: utf8_in("gbk"), is_utf8),
    ),
    (Kind(Misreading("cp1252", "utf-8", 8.0, lost=LATIN_LOST), utf8_in_latin, is_utf8_in_latin),),
    (
        Kind(
            Misreading("cp1252", "gb18030", 10.0, mixed=True, rarest=18.0), gbk_in_utf8, is_chinese, letters_in_chinese
        ),
    ),
    (
        Kind(Misreading("cp1252", "gb18030", 10.0, rarest=18.0), gbk_in_latin, is_chinese, letters_in_chinese),
        Kind(Misreading("cp1252", "big5hkscs", 10.0, rarest=18.0), big5_in_latin, is_chinese),
    ),
    (Kind(Misreading("big5", "utf-8", 14.0), lambda: utf8_in("big5"), is_utf8),),
    # Last: here likelihood alone speaks.
    (
        _other_pairs("gbk", "big5hkscs"),
        _other_pairs("big5", "gb18030"),
    ),
)
