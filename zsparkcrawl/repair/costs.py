"""What it costs, in bits, that certain characters stood in a place: by the model of the language and by the page."""

from __future__ import annotations

from functools import cache
from math import log2
from typing import NamedTuple

from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.readings import with_reading
from zsparkcrawl.chinese.script import simplified_of, traditional_of
from zsparkcrawl.chinese.variants import forms_of
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import split, unassigned_trails

__all__ = ["ENDINGS", "LEFT_OPEN", "QUOTES", "Costs", "Guess", "open_quote"]

_STRANGER = 8.0
"""Bits against a character that no tool was seen to annotate."""
_ONE_OF_SEVERAL = 1.0
"""Bits against each of several characters that tools annotate with one reading and lead byte."""
_WRONG_SCRIPT = 9.0
"""Bits against a character that no table makes of Simplified text, on a page that was turned Traditional."""
_WRONG_QUOTE = 6.0
"""Bits against a quotation mark that closes none or opens a second."""
_TWO_PAUSES = 10.0
"""Bits against two pauses in a row: the model, built from the web as well, has seen 。。 too often."""
_SIGN = 8.0
"""Bits against a sign that is neither Chinese character, letter nor punctuation."""
_RARE = 19.0
"""Bits above which a character is too rare to be put in for a lost byte."""
_COMMON = 14.5
"""Bits below which a character is common: 1,709 characters, 97.5 % of the sample's text."""
_ODDITY = 1.0
"""Times that the bits of a rare character beyond that count: the model has seen too little of it to tell how rare it is
behind a given character, and a wrong byte gives a rare character more often than not."""
_OWN_CHARACTERS = 0.3
_OWN_WORDS = ((1, 0.4, 0.8), (2, 0.5, 0.5))
"""How far the page's own characters and runs count beside the model: characters before, weight, and what is taken off
the times that a run was seen (what was seen once need not come again)."""

_MOST_GUESSES = 60
_FAR = 18.0
"""How many characters are tried for a lost byte, and how many bits the likeliest may be ahead of the last of them."""

LEFT_OPEN = 9.0
"""Bits against a quotation that the end of a paragraph leaves open."""
_IN_BOTH = frozenset("瞭乾徵藉摺著")
"""Of the characters that tables make of none, those that Simplified text has itself: 瞭望, 乾隆, 慰藉."""
QUOTES = "“”"
ENDINGS = "。”》）！？"
"""Marks that end a text."""
_PAUSES = frozenset("，。、；：！？,;:!?（“《")
_NEVER_BEHIND_A_PAUSE = frozenset("，。、；：！？）》…—·")
_PUNCTUATION = frozenset("，。、；：！？“”‘’《》（）【】—…·％")


class Guess(NamedTuple):
    """A character for a lost byte: its bits, and the last two characters with it (in Simplified)."""

    char: str
    bits: float
    context: str

    @property
    def may_vanish(self) -> bool:
        """Whether its second byte begins pairs to which GBK gives no character."""
        return bool(unassigned_trails(split(self.char)[1]))


class Costs:
    """The costs on one page."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        self._turned = diagnosis.script == "turned"
        self._annotated = diagnosis.annotated
        self._runs = diagnosis.runs
        self._length = 1 + sum(times for run, times in self._runs.items() if len(run) == 1)
        self._known: dict[tuple[str, str], tuple[float, str]] = {}
        self._guesses: dict[tuple[tuple[str, ...], str], list[Guess]] = {}
        self._matched: dict[tuple[int, str], list[tuple[int, float]]] = {}

    def of(self, added: str, context: str) -> tuple[float, str]:
        """Bits of characters behind the last two, and the last two then (in Simplified)."""
        known = self._known.get((added, context))
        if known is None:
            known = self._known[added, context] = self._of(added, context)
        return known

    def _of(self, added: str, context: str) -> tuple[float, str]:
        cost = 0.0
        table = simplified_of()
        for char in added:
            plain = table.get(char, char)
            cost += self._bits(plain, context) + _oddity(char)
            if char in _NEVER_BEHIND_A_PAUSE and context[-1:] in _PAUSES:
                cost += _TWO_PAUSES
            if self._turned and _never_turned(char):
                cost += _WRONG_SCRIPT
            context = (context + plain)[-2:]
        return cost, context

    def of_quote(self, char: str, is_open: bool) -> float:
        """Bits against a quotation mark by whether one is open already; 0 for other characters."""
        return _WRONG_QUOTE if char in QUOTES and is_open != (char == "”") else 0.0

    def guesses(self, chars: tuple[str, ...], context: str) -> list[Guess]:
        """Those of the characters that may be put in for a lost byte behind the last two, the likeliest first."""
        known = self._guesses.get((chars, context))
        if known is None:
            found = [Guess(char, *self.of(char, context)) for char in self.likely(chars)]
            found.sort(key=lambda guess: guess.bits)
            least = found[0].bits if found else 0.0
            known = [guess for guess in found[:_MOST_GUESSES] if guess.bits < least + _FAR]
            self._guesses[chars, context] = known
        return known

    def likely(self, chars: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the characters that are common enough, and in the page's script, to be put in for a lost byte."""
        return _common_among(chars, self._turned)

    def matched(self, lead: int, reading: str) -> list[tuple[int, float]]:
        """Trail bytes of the characters with this lead byte and reading that a tool may have annotated, each with the
        bits that speak against it; 0 for the only one that tools are known to annotate."""
        known_here = self._matched.get((lead, reading))
        if known_here is None:
            known_here = self._matched[lead, reading] = self._match(lead, reading)
        return known_here

    def _match(self, lead: int, reading: str) -> list[tuple[int, float]]:
        characters = [c for c in with_reading(reading) if split(c)[0] == lead and (c in simplified_of() or c == "著")]
        known = {c for c in characters if reading in self._annotated.get(c, ()) or c in ANNOTATED_BY_TOOLS}
        alone = 0.0 if len(known) == 1 else _ONE_OF_SEVERAL
        strange = _STRANGER if known else _ONE_OF_SEVERAL
        return [(split(c)[1], alone if c in known else strange) for c in sorted(characters)]

    def _bits(self, char: str, context: str) -> float:
        """Bits of a character behind others: by the model, and by what this page says elsewhere."""
        bits = model().cost(char, context)
        if not (alone := self._runs.get(char, 0)):
            return bits
        share = _OWN_CHARACTERS * alone / self._length
        for length, weight, doubt in _OWN_WORDS:
            before = context[-length:]
            if len(before) == length and (times := self._runs.get(before + char, 0)):
                share += weight * (times - doubt) / (self._runs[before] + 1)
        return -log2(2**-bits + share)


def open_quote(text: str, is_open: bool) -> bool:
    """Whether a quotation mark is open behind a text. A paragraph that ends closes it.

    >>> open_quote("他说，“考察", False), open_quote("结束。”", True), open_quote("园区", True)
    (True, False, True)
    """
    last = max(text.rfind(mark) for mark in (*QUOTES, "\n"))
    return is_open if last < 0 else text[last] == "“"


@cache
def _oddity(char: str) -> float:
    if char < "\x7f" or char in _PUNCTUATION:
        return 0.0
    if not "\u4e00" <= char <= "\u9fff":
        return _SIGN
    return _ODDITY * max(0.0, model().commonness(simplified_of().get(char, char)) - _COMMON)


@cache
def _never_turned(char: str) -> bool:
    """Whether the character is Simplified only, a variant that the tables do not use (箇 for 個), or one that only a
    writer of Traditional makes (佈 for 布, which tables leave alone)."""
    plain = simplified_of().get(char)
    return char in traditional_of() or (plain is not None and char not in _IN_BOTH and char not in forms_of(plain))


@cache
def _common_among(chars: tuple[str, ...], turned: bool) -> tuple[str, ...]:
    table, commonness = simplified_of(), model().commonness
    return tuple(
        char
        for char in chars
        if char and commonness(table.get(char, char)) < _RARE and not (turned and _never_turned(char))
    )
