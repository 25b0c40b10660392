"""Which reading comes before which: by its weight, and where that is the same by likelihood.

Likelihood is asked about what no copy has for certain: of the texts that all pages can have come of, the likeliest in
its paragraph and its article, with a little in favour of what a repair came to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zsparkcrawl.witnesses.places import Told
from zsparkcrawl.witnesses.proposals import Proposal, direct_of
from zsparkcrawl.witnesses.searching import LONGEST, bits_against, texts_of
from zsparkcrawl.witnesses.standing import Standing, folded
from zsparkcrawl.witnesses.stream import HOLE, Stream
from zsparkcrawl.witnesses.wording import Wording

__all__ = ["Around", "pages_of", "ranking", "searched"]

_IMPOSSIBLE = 10.0
"""Bits against a text of which a page cannot have come as tools are known to work: they may do what is not known."""
_HOLE = 6.0
"""Bits against an unknown character that no repair came to, which explains much and says nothing. Chosen."""
_REPAIRED, _STANDS = 0.5, 1.0
"""Bits in favour of a text for each of two copies whose repairs came to it, and for each step that it stands higher: a
repair has seen its whole page, but knows no other. Of 286 places in held-back news where copies were in doubt, with
three copies each, 230 come out right with these."""
_MOST = 6
_EITHER = frozenset("着著")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands before and behind a place in its paragraph, and how the article words things."""

    before: str
    behind: str
    wording: Wording

    def bits(self, text: str) -> float:
        """What a text costs there, marks of quotation included."""
        return self.wording.bits(text, self.before, self.behind)


def ranking(proposals: Sequence[Proposal], around: Around, pages: Sequence[Stream] = ()) -> list[Proposal]:
    """Proposals, the one with the most weight first; among equals what most repairs came to, and then the likeliest.
    With ``pages`` the likeliest at once, and it counts what these speak against a text."""
    if len(proposals) == 1:
        return list(proposals)

    def rank(each: Proposal) -> tuple[object, ...]:
        return each.weight, each.latest, () if pages else each.backing, -_bits(each, around, pages), each.text

    return sorted(proposals, key=rank, reverse=True)


def _bits(proposal: Proposal, around: Around, pages: Sequence[Stream]) -> float:
    bits = around.bits(proposal.text)
    if pages:
        against = bits_against(proposal.text, pages)
        bits += _IMPOSSIBLE if against is None else against
    if not proposal.direct:
        bits += _HOLE * proposal.text.count(HOLE)
    return bits - _REPAIRED * min(len(proposal.direct), 2) - _STANDS * proposal.standing


def pages_of(best: Proposal, trusted: Sequence[Told]) -> list[Stream]:
    """What the copies show at a place where the best of their readings is in doubt; nothing where a copy has it for
    certain, where all repairs came to it and none doubts, or where all show the same: that its repair has seen."""
    heard = [each for each in (*best.direct, *best.explained) if each in trusted]
    if best.standing >= Standing.INFERRED and {folded(each.text) for each in heard} == {folded(best.text)}:
        return []
    sure = direct_of(best, trusted)
    if all(known or char in _EITHER for known, char in zip(sure, best.text, strict=True)):
        return []
    pages = {
        each.shown: Stream(each.shown, each.copy.transcript.annotated)
        for each in trusted
        if each.shown is not None and each.copy.transcript.damaged_page and len(each.shown) <= LONGEST
    }
    return list(pages.values()) if len(pages) > 1 else []


def searched(pages: Sequence[Stream], around: Around) -> list[str]:
    """The likeliest texts that all pages can have come of."""
    return list(texts_of(pages, around.before, around.behind, around.wording, _MOST))
