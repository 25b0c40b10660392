"""What it costs, in bits, that certain characters stood in a place: by the model of the language and by the page."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import NamedTuple

from zsparkcrawl.chinese.diagnosis import counted
from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.readings import with_reading
from zsparkcrawl.chinese.script import simplified_of
from zsparkcrawl.chinese.variants import forms_of, left_alone, origins_of
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import pairs_with_lead, pairs_with_trail, split
from zsparkcrawl.repair.lattice.bits import Bits
from zsparkcrawl.repair.lattice.facts import LOSS, NEVER_BEHIND_A_PAUSE, PAUSE, RESUMES, Facts
from zsparkcrawl.repair.lattice.guesses import Guesses

__all__ = ["LEFT_OPEN", "WRONG_QUOTE", "Costs", "Guess", "facts_for", "open_quote"]

_STRANGER = 8.0
"""Bits against a character that no tool was seen to annotate."""
_ONE_OF_SEVERAL = 1.0
"""Bits against each of several characters that tools annotate with one reading and lead byte."""
_WRONG_SCRIPT = 9.0
"""Bits against a character that no table makes of Simplified text, on a page that was turned Traditional."""
WRONG_QUOTE = 6.0
"""Bits against a quotation mark that closes none or opens a second."""
_TWO_PAUSES = 10.0
"""Bits against two pauses in a row: the model, built from the web as well, has seen 。。 too often."""
_SIGN = 8.0
"""Bits against a sign that is neither Chinese character, letter nor punctuation."""
_BARE = 12.0
"""Bits against a character without pinyin that carries it elsewhere on the page."""
_UNLIKE_ELSEWHERE = 8.0
"""Bits against a loss that shows otherwise than others on the page."""
_RARE = 19.0
"""Bits above which a character is too rare to be put in for a lost byte."""
_COMMON = 14.5
"""Bits below which a character is common: 1,709 characters, 97.5 % of the sample's text."""
_ODDITY = 0.7
"""Times that the bits of a rare character beyond that count: the model has seen too little of it to tell how rare it is
behind a given character, and a wrong byte gives a rare character more often than not. Of 2,560 paragraphs of news that
nothing was built from 2,485 come back with 0.7, 2,482 with 1.0."""
_MOST_GUESSES = 40
_FAR = 14.0
"""How many characters are tried for a lost byte, and how many bits the likeliest may be ahead of the last of them."""

_MOST_UNKNOWN = 40
"""… and where nothing of the character is known."""
_EXPECTED = 5.0
"""Bits of what is known to follow at which a character before it is thought of, however unlikely it is there."""

LEFT_OPEN = 9.0
"""Bits against a quotation that the next one, or the end of the paragraph, finds open; or that ends unbegun."""
_IN_BOTH = frozenset("瞭乾徵藉摺著")
"""Of the characters that tables make of none, those that Simplified text has itself: 瞭望, 乾隆, 慰藉."""
_QUOTES = "“”"
_REMEMBERED = 30_000
"""Costs, and lists of guesses, that are remembered at once. Chosen; without a bound a process that mends one text after
another grew by 20 MB with every 80 that were misread (measured)."""
_PAUSES = frozenset("，。、；：！？,;:!?（“《")
_NEVER_BEHIND_A_PAUSE = frozenset("，。、；：！？）》…—·")
_LOSSES = frozenset("?\ufffd")
_RESUMES = frozenset("。、：）》”！，；？!,;:\n")
"""Where a text falls into step by itself when the odd byte before it was dropped."""
_FULL_WIDTH = dict(zip("!,;?:()", "！，；？：（）", strict=True))
_PUNCTUATION = frozenset("，。、；：！？“”‘’《》（）【】—…·％")


class Guess(NamedTuple):
    """A character for a lost byte: its bits, and the last two characters with it (in Simplified)."""

    char: str
    bits: float
    context: str


class Costs:
    """The costs on one page."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        self._turned = diagnosis.script == "turned"
        self._annotated = diagnosis.annotated
        runs = diagnosis.runs
        shown = [loss + mark for loss in "?\ufffd" for mark in "！，；？!,;"]
        self.orphan_gone = _UNLIKE_ELSEWHERE if any(runs.get(run) for run in shown) else 0.0
        """Bits against a byte before a cut that left no trace, where others of the page show as lost."""
        self.pair_gone = _UNLIKE_ELSEWHERE if runs.get("\ufffd") else 0.0
        """Bits against a pair of bytes that left no trace: a decoder that writes U+FFFD writes one for each."""
        self._bits = Bits(facts_for(diagnosis), model().grams, counted(runs), self._annotated, _BARE, _TWO_PAUSES)
        self._known: dict[tuple[str, str], tuple[float, str]] = {}
        self._guesses: dict[tuple[tuple[str, ...], str], list[Guess]] = {}

    def lists(self) -> Guesses:
        """Lists of guesses as numbers."""
        before = _before_turned if self._turned else _before_plain
        return Guesses(self._bits, before, _MOST_GUESSES, _FAR, _MOST_UNKNOWN)

    def of(self, added: str, context: str) -> tuple[float, str]:
        """Bits of characters behind the last two, and the last two then (in Simplified)."""
        known = self._known.get((added, context))
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[added, context] = self._bits.text(added, context)
        return known

    def guesses(self, chars: tuple[str, ...], context: str) -> list[Guess]:
        """Those of the characters that may be put in for a lost byte behind the last two, the likeliest first."""
        known = self._guesses.get((chars, context))
        if known is None:
            # Most are asked for here alone: to remember each as `of` does takes longer than to work it out.
            found = [(char, *self._bits.text(char, context)) for char in self.likely(chars)]
            found.sort(key=itemgetter(1))
            least = found[0][1] if found else 0.0
            known = [Guess(*guess) for guess in found[:_MOST_GUESSES] if guess[1] < least + _FAR]
            if len(self._guesses) >= _REMEMBERED:
                self._guesses.clear()
            self._guesses[chars, context] = known
        return known

    def likely(self, chars: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the characters that are common enough, and in the page's script, to be put in for a lost byte."""
        return _common_among(chars, self._turned)

    def annotated(self, reading: str) -> tuple[str, ...]:
        """The characters that a tool may have annotated with a reading."""
        return tuple(char for char in with_reading(reading) if char in self._annotated or char in ANNOTATED_BY_TOOLS)

    def matched(self, reading: str) -> dict[int, list[tuple[int, float]]]:
        """By lead byte: trail bytes of the characters with this reading that a tool may have annotated, each with the
        bits that speak against it; 0 for the only one that tools are known to annotate."""
        return {lead: self._match(characters, reading) for lead, characters in _with_lead(reading).items()}

    def _match(self, characters: list[str], reading: str) -> list[tuple[int, float]]:
        known = {c for c in characters if reading in self._annotated.get(c, ()) or c in ANNOTATED_BY_TOOLS}
        alone = 0.0 if len(known) == 1 else _ONE_OF_SEVERAL
        strange = _STRANGER if known else _ONE_OF_SEVERAL
        return [(split(c)[1], alone if c in known else strange) for c in characters]


class _Source:
    """Tells what is the same wherever a character stands, for `Facts`."""

    def __init__(self, turned: bool) -> None:
        self._turned = turned

    def number(self, char: str) -> int:
        return model().number(char)

    def against(self, char: str) -> tuple[float, float]:
        return _oddity(char), _WRONG_SCRIPT if self._turned and _never_turned(char) else 0.0

    def likely(self, byte: int, is_trail: bool) -> tuple[str, ...]:
        return _common_among(pairs_with_trail(byte) if is_trail else pairs_with_lead(byte), self._turned)

    def written(self, number: int) -> tuple[str, ...]:
        return _written(model().character(number), self._turned)


def facts_for(diagnosis: Diagnosis) -> Facts:
    """What is the same wherever a character stands on any page in the script of this one."""
    return _facts(diagnosis.script == "turned")


@cache
def _facts(turned: bool) -> Facts:
    kinds = {PAUSE: _PAUSES, NEVER_BEHIND_A_PAUSE: _NEVER_BEHIND_A_PAUSE, LOSS: _LOSSES, RESUMES: _RESUMES}
    return Facts(_Source(turned), model().grams.size, {kind: "".join(chars) for kind, chars in kinds.items()})


def _before_turned(char: str) -> tuple[str, ...]:
    return _written_before(simplified_of().get(char, char), True)


def _before_plain(char: str) -> tuple[str, ...]:
    return _written_before(simplified_of().get(char, char), False)


@cache
def _with_lead(reading: str) -> dict[int, list[str]]:
    """By lead byte: the characters with a reading that tools may annotate."""
    found: dict[int, list[str]] = {}
    for char in sorted(with_reading(reading)):
        if char in simplified_of() or char == "著":
            found.setdefault(split(char)[0], []).append(char)
    return found


def open_quote(text: str, is_open: bool) -> bool:
    """Whether a quotation mark is open behind a text. A paragraph that ends closes it.

    >>> open_quote("他说，“考察", False), open_quote("结束。”", True), open_quote("园区", True)
    (True, False, True)
    """
    last = max(text.rfind(mark) for mark in (*_QUOTES, "\n"))
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
    if plain is None:
        return char not in left_alone() and char not in forms_of(char)
    return char not in _IN_BOTH and char not in forms_of(plain) and not origins_of(char)


@cache
def _written(plain: str, turned: bool) -> tuple[str, ...]:
    """How a character that the model knows can stand on a page, of those that GBK has in two bytes."""
    forms = {_FULL_WIDTH.get(plain, plain), *(forms_of(plain) if turned else ())}
    table = simplified_of()
    fitting = (form for form in sorted(forms) if form == _FULL_WIDTH.get(plain) or table.get(form, form) == plain)
    return _common_among(tuple(form for form in fitting if len(split(form)) == 2), turned)


@cache
def _written_before(plain: str, turned: bool) -> tuple[str, ...]:
    return tuple(char for one in model().preceding(plain, _EXPECTED) for char in _written(one, turned))


@cache
def _common_among(chars: tuple[str, ...], turned: bool) -> tuple[str, ...]:
    table, commonness = simplified_of(), model().commonness
    return tuple(
        char
        for char in chars
        if char and commonness(table.get(char, char)) < _RARE and not (turned and _never_turned(char))
    )
