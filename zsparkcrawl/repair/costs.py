"""What it costs, in bits, that certain characters stood in a place: by the model of the language and by the page."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import NamedTuple

from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.likelihood import Behind, model
from zsparkcrawl.chinese.readings import with_reading
from zsparkcrawl.chinese.script import simplified_of
from zsparkcrawl.chinese.variants import forms_of, left_alone
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import split, unassigned_trails
from zsparkcrawl.repair.own_words import OwnWords

__all__ = ["LEFT_OPEN", "QUOTES", "Costs", "Guess", "open_quote"]

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
QUOTES = "“”"
_PAUSES = frozenset("，。、；：！？,;:!?（“《")
_NEVER_BEHIND_A_PAUSE = frozenset("，。、；：！？）》…—·")
_FULL_WIDTH = dict(zip("!,;?:()", "！，；？：（）", strict=True))
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


class _Facts(NamedTuple):
    """What is the same wherever a character stands: its Simplified form, bits against it, whether it ends a pause."""

    plain: str
    bits: float
    after_no_pause: bool


class Costs:
    """The costs on one page."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        self._turned = diagnosis.script == "turned"
        self._annotated = diagnosis.annotated
        self._runs = diagnosis.runs
        self._words = OwnWords(self._runs)
        self._bare = dict.fromkeys(self._annotated, _BARE)
        shown = [loss + mark for loss in "?\ufffd" for mark in "！，；？!,;"]
        self.orphan_gone = _UNLIKE_ELSEWHERE if any(self._runs.get(run) for run in shown) else 0.0
        """Bits against a byte before a cut that left no trace, where others of the page show as lost."""
        self.pair_gone = _UNLIKE_ELSEWHERE if self._runs.get("\ufffd") else 0.0
        """Bits against a pair of bytes that left no trace: a decoder that writes U+FFFD writes one for each."""
        self._facts: dict[str, _Facts] = {}
        self._behind: dict[str, Behind] = {}
        self._known: dict[tuple[str, str], tuple[float, str]] = {}
        self._unknown: dict[tuple[int, str, tuple[str, ...]], list[Guess]] = {}
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
        for char in added:
            facts = self._facts.get(char) or self._ask(char)
            cost += facts.bits + self._words.with_share(self._model(context).cost(facts.plain), facts.plain, context)
            if facts.after_no_pause and context[-1:] in _PAUSES:
                cost += _TWO_PAUSES
            context = (context + facts.plain)[-2:]
        return cost, context

    def _ask(self, char: str) -> _Facts:
        wrong = _WRONG_SCRIPT if self._turned and _never_turned(char) else 0.0
        bits = _oddity(char) + self.bare(char) + wrong
        facts = self._facts[char] = _Facts(simplified_of().get(char, char), bits, char in _NEVER_BEHIND_A_PAUSE)
        return facts

    def _model(self, context: str) -> Behind:
        behind = self._behind.get(context)
        if behind is None:
            behind = self._behind[context] = model().behind(context)
        return behind

    def bare(self, char: str) -> float:
        """Bits against a character without pinyin that carries it elsewhere: a tool annotates one always or never."""
        return self._bare.get(char, 0.0)

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

    def unknown(self, trail: int, context: str, before: tuple[str, ...] = ()) -> list[Guess]:
        """The characters that may stand behind the last two where neither of their bytes is known, but that GBK gives
        no character to the first of them behind ``trail``; those that are likely there, or ``before`` what is known
        to follow."""
        known = self._unknown.get((trail, context, before))
        if known is None:
            leads = unassigned_trails(trail)
            written = (char for plain, _ in self._model(context).likeliest() for char in _written(plain, self._turned))
            fitting = list(islice((char for char in written if split(char)[0] in leads), _MOST_UNKNOWN))
            fitting += (char for one in before for char in self._preceding(one) if split(char)[0] in leads)
            known = [Guess(char, *self.of(char, context)) for char in dict.fromkeys(fitting)]
            self._unknown[trail, context, before] = known
        return known

    def _preceding(self, char: str) -> tuple[str, ...]:
        return _written_before(simplified_of().get(char, char), self._turned)

    def likely(self, chars: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the characters that are common enough, and in the page's script, to be put in for a lost byte."""
        return _common_among(chars, self._turned)

    def annotated(self, reading: str) -> tuple[str, ...]:
        """The characters that a tool may have annotated with a reading."""
        return tuple(char for char in with_reading(reading) if char in self._annotated or char in ANNOTATED_BY_TOOLS)

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
    if plain is None:
        return char not in left_alone() and char not in forms_of(char)
    return char not in _IN_BOTH and char not in forms_of(plain)


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
