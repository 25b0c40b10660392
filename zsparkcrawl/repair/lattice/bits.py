"""What it costs, in bits, that a character stood behind two others, by the model of the language and by the page.

Compiled where there is a C compiler (see `setup.py`); `bits.pxd` says which types it takes then.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

from zsparkcrawl.chinese.grams import Grams
from zsparkcrawl.chinese.runs import Runs
from zsparkcrawl.repair.lattice.facts import NEVER_BEHIND_A_PAUSE, PAUSE, Facts

__all__ = ["Bits"]

_LEAST = -1_024
"""The least cost, in eighths of a bit, for which a power of two is kept."""
_POWERS = array("d", (2 ** -(eighths / 8) for eighths in range(_LEAST, 1_024)))
_OWN_CHARACTERS = 0.3
_OWN_PAIRS, _SEEN_PAIRS = 0.4, 0.8
_OWN_TRIPLES, _SEEN_TRIPLES = 0.5, 0.5
"""How far the page's own characters and runs of two and three count beside the model: the weight, and what is taken
off the times that a run was seen (what was seen once need not come again)."""
_NEVER, _PAUSE = NEVER_BEHIND_A_PAUSE, PAUSE


class Bits:
    """The costs on one page. A context is two code points in Simplified, the first or both -1 at the start of a text.

    ``bare``: characters that carry pinyin elsewhere, and the bits against one without.
    """

    def __init__(
        self, facts: Facts, grams: Grams, runs: Runs, bare: Iterable[str], against_bare: float, two_pauses: float
    ) -> None:
        self.facts, self.grams, self.runs, self.ones = facts, grams, runs, runs.ones
        self.length = runs.length + 1
        self.powers = _POWERS
        self.against_bare, self.two_pauses = against_bare, two_pauses
        self.is_bare = array("b", bytes(0x10000))
        for char in bare:
            if char <= "\uffff":
                self.is_bare[ord(char)] = 1
        self.start = facts.number_of(ord("\n"))
        self.first_number = self.second_number = -1
        self._first = self._second = -1
        self.is_pause = False
        self._own = self._own_pairs = 0

    def bare(self, code: int) -> float:
        """Bits against a character without pinyin that carries it elsewhere: a tool annotates one always or never."""
        return self.against_bare if self.is_bare[code] else 0.0

    def of(self, code: int, first: int, second: int) -> float:
        """Bits of a character behind two others."""
        return self._alone(code, first, second) + self._pauses(code, first, second)

    def text(self, added: str, context: str) -> tuple[float, str]:
        """Bits of characters behind the last two, and the last two then."""
        first = ord(context[0]) if len(context) > 1 else -1
        second = ord(context[len(context) - 1]) if context else -1
        bits = 0.0
        for char in added:
            code = ord(char)
            bits += self._alone(code, first, second)
            bits += self._pauses(code, first, second)
            first, second = second, self.facts.plain[code] if code < 0x10000 else self.facts.plain_far(code)
        if second < 0:
            return bits, ""
        return bits, chr(first) + chr(second) if first >= 0 else chr(second)

    def stand_behind(self, first: int, second: int) -> None:
        """Get ready for many questions behind two characters: see `here`."""
        self.first_number, self.second_number = self._number(first), self._number_or_start(second)
        self.grams.stand_behind(self.first_number, self.second_number)
        self._first, self._second = first, second
        self.is_pause = self.facts.is_kind(second, _PAUSE)
        runs = self.runs
        self._own = self._own_pairs = 0
        if runs.length and second >= 0:
            self._own = runs.one(second)
            if first >= 0 and self._own:
                self._own_pairs = runs.two(first, second)

    def here(self, number: int, plain: int, against: float, eighths: int) -> float:
        """Bits of a character behind the two of the last `stand_behind`, given the number and the code point of its
        Simplified form, what speaks against it anywhere, and what it costs by the model, in eighths, behind the second
        of the two alone."""
        known = self.grams.triple_here(number)
        eighths = known if known >= 0 else eighths + self.grams.less
        times = self.ones[plain] if plain < 0x10000 else self.runs.one(plain)
        if not times:
            return against + eighths / 8.0
        pairs, triples = 0.0, 0.0
        if self._own:
            pairs = self._pairs(plain, self._second, self._own)
            if self._first < 0:
                triples = pairs
            elif self._own_pairs and pairs > 0.0:  # no run of three without its last two
                triples = self._triples(plain, self._first, self._second, self._own_pairs)
        own = _OWN_CHARACTERS * times / self.length
        return against - math.log2(self.powers[eighths - _LEAST] + own + pairs + triples)

    def here_by_code(self, code: int, eighths: int) -> float:
        """The same of a character below 65,536 whose facts are known; with what speaks against two pauses."""
        facts = self.facts
        bits = self.here(facts.number[code], facts.plain[code], self.against(code), eighths)
        return bits + self._pauses(code, self._first, self._second) if self.is_pause else bits

    def against(self, code: int) -> float:
        """Bits against a character wherever it stands."""
        bits = self.facts.oddity[code]
        if self.is_bare[code]:
            bits += self.against_bare
        return bits + self.facts.wrong[code]

    def _alone(self, code: int, first: int, second: int) -> float:
        """The same, but for what speaks against two pauses."""
        if code >= 0x10000:
            return self._far(code, first, second)
        number = self.facts.ask(code)
        eighths = self.grams.eighths(self._number(first), self._number_or_start(second), number)
        return self.against(code) + self._shared(eighths, self.facts.plain[code], first, second)

    def _pauses(self, code: int, first: int, second: int) -> float:
        if code == second == first:
            return 0.0  # a third of the same is no odder than the second: 。。。。
        facts = self.facts
        return self.two_pauses if facts.is_kind(code, _NEVER) and facts.is_kind(second, _PAUSE) else 0.0

    def _far(self, code: int, first: int, second: int) -> float:
        """The same for a character from 65,536 on, of which no tables are kept."""
        facts = self.facts
        plain = facts.plain_far(code)
        eighths = self.grams.eighths(self._number(first), self._number_or_start(second), facts.number_of(plain))
        oddity, wrong = facts.source.against(chr(code))
        return oddity + wrong + self._shared(eighths, plain, first, second)

    def _number(self, code: int) -> int:
        return self.facts.number_of(code) if code >= 0 else -1

    def _number_or_start(self, code: int) -> int:
        return self.facts.number_of(code) if code >= 0 else self.start

    def _shared(self, eighths: int, plain: int, first: int, second: int) -> float:
        """Bits of a character by the model and by the page together."""
        times = self.runs.one(plain)
        if not times:
            return eighths / 8.0
        pairs, triples = 0.0, 0.0
        if second >= 0:
            own = self.runs.one(second)
            if own:
                pairs = self._pairs(plain, second, own)
                # Behind a single character the run of two counts for the run of three as well.
                triples = pairs
                if first >= 0:
                    own = self.runs.two(first, second) if pairs > 0.0 else 0
                    triples = self._triples(plain, first, second, own) if own else 0.0
        return -math.log2(self.powers[eighths - _LEAST] + _OWN_CHARACTERS * times / self.length + pairs + triples)

    def _pairs(self, plain: int, second: int, own: int) -> float:
        times = self.runs.two(second, plain)
        return _OWN_PAIRS * (times - _SEEN_PAIRS) / (own + 1) if times else 0.0

    def _triples(self, plain: int, first: int, second: int, own: int) -> float:
        times = self.runs.three(first, second, plain)
        return _OWN_TRIPLES * (times - _SEEN_TRIPLES) / (own + 1) if times else 0.0
