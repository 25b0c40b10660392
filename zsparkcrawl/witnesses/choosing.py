"""Which reading a place has.

What all copies can have come of counts first, then what one has for certain, then what most have, then what is likely.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from zsparkcrawl.chinese.script import simplified
from zsparkcrawl.edits import Certainty
from zsparkcrawl.repair.bytepairs import widened
from zsparkcrawl.witnesses.apparatus import Basis, Reading, Verdict
from zsparkcrawl.witnesses.explaining import all_shown
from zsparkcrawl.witnesses.hiding import hidden
from zsparkcrawl.witnesses.places import Told
from zsparkcrawl.witnesses.proposals import (
    Proposal,
    core_of,
    direct_of,
    hear_against,
    proposals_of,
    standing_of,
    voters,
    weigh,
)
from zsparkcrawl.witnesses.ranking import Around, pages_of, ranking, searched
from zsparkcrawl.witnesses.standing import Standing, folded

__all__ = ["Choice", "Spot", "choose"]

_AMBIGUOUS = frozenset("着著?\ufffd")
"""What the bytes do not tell: the tools write 着 as 著, too, and for a character that was lost "?" is shown."""
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff”’》）])[,;:!?()](?=[\u4e00-\u9fff“‘《（]|$|\n)")


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a chosen text, ``[start, end)``, with its apparatus."""

    start: int
    end: int
    verdict: Verdict
    basis: Basis
    reading: Reading
    rivals: tuple[Reading, ...] = ()
    certainty: Certainty = "certain"


@dataclass(frozen=True, slots=True)
class Choice:
    """The text chosen for a place and its spots, in order, which cover it."""

    text: str
    spots: tuple[Spot, ...]


def choose(told: Sequence[Told], around: Around, untrusted: Collection[int] = ()) -> Choice:
    """The reading of a place; ``untrusted`` are the witnesses that were found to tell another story, which are heard
    only where the others have nothing certain."""
    trusted = [each for each in told if each.copy.number not in untrusted]
    choice = _choice(told, trusted, around) if trusted else None
    if choice is None or (len(trusted) < len(told) and any(each.certainty == "inferred" for each in choice.spots)):
        choice = _choice(told, told, around)
    return choice


def _choice(told: Sequence[Told], trusted: Sequence[Told], around: Around) -> Choice:
    proposals = proposals_of(told, trusted)
    start, tail = core_of([each.text for each in proposals if each.direct])
    by_witness = voters(trusted)
    for each in proposals:
        weigh(each, trusted, by_witness, (start, tail))
    hear_against(proposals)
    ranked = ranking(proposals, around)
    pages = pages_of(ranked[0], trusted)
    texts = [*_hidden(ranked[0], trusted, around), *(searched(pages, around) if pages else ())]
    known = {folded(each.text) for each in proposals}
    more = [Proposal(text, [], []) for text in dict.fromkeys(texts) if folded(text) not in known]
    for each in more:
        weigh(each, trusted, by_witness, (start, tail))
    if more or pages:
        ranked = ranking([*proposals, *more], around, pages)
    return _chosen(ranked, trusted, around)


def _hidden(best: Proposal, trusted: Sequence[Told], around: Around) -> Iterator[str]:
    """Texts in which one character more stands than the best proposal has, where none is certain of it."""
    if best.standing >= Standing.CERTAIN or not any(each.copy.transcript.damaged_page for each in trusted):
        return
    for place, sure in enumerate(direct_of(best, trusted)):
        if not sure and (text := hidden(best.text, place, around.before, around.behind)):
            yield text


def _certain(ranked: Sequence[Proposal], told: Sequence[Told]) -> list[bool]:
    """For each character of the best text whether it is certain: a copy has it so, or several copies together show all
    its bytes, and no other text that may have left what they show differs there."""
    best = ranked[0]
    certain = direct_of(best, told)
    if len({each.shown for each in (*best.direct, *best.explained) if each in told}) < 2:
        return certain
    by_bytes = [
        char not in _AMBIGUOUS and all_shown(best.text, best.shown, n, n + 1) for n, char in enumerate(best.text)
    ]
    for each in ranked[1:]:
        if each.votes >= best.votes:
            start, end = _apart(best.text, each.text)
            by_bytes[start:end] = [False] * (end - start)
    return [direct or told_so for direct, told_so in zip(certain, by_bytes, strict=True)]


def _apart(text: str, rival: str) -> tuple[int, int]:
    """The stretch of a text, of one character at least, in which another differs from it."""
    start, tail = core_of([text, rival])
    end = len(text) - tail
    if start == end:
        start, end = (start, end + 1) if end < len(text) else (max(start - 1, 0), end)
    return start, end


def _chosen(ranked: Sequence[Proposal], trusted: Sequence[Told], around: Around) -> Choice:
    """The choice among readings, the best first: where those of the copies differ, where a repair names another one
    that no copy speaks against, and what lies between."""
    best = ranked[0]
    certain = _certain(ranked, trusted)
    spots: list[Spot] = []
    rivals = [each for each in ranked[1:] if each.direct]
    if rivals:
        spots.append(_between(best, rivals, trusted, certain))
    text = _in_clear(best, around.before[-1:], around.behind[:1])
    for each in ranked[1:]:
        if not each.direct and each.votes >= best.votes:
            start, end = _apart(best.text, each.text)
            if not all(certain[start:end]):
                _doubt(spots, best, each, start, end)
    return Choice(text, tuple(_filled(sorted(spots, key=lambda spot: spot.start), best, text, certain)))


def _doubt(spots: list[Spot], best: Proposal, rival: Proposal, start: int, end: int) -> None:
    """Put a spot to others where a text that no copy has may have stood as well; those that it meets are one with it,
    and disputed."""
    met = [spot for spot in spots if start < spot.end and spot.start < end]
    start, end = min([start, *(spot.start for spot in met)]), max([end, *(spot.end for spot in met)])
    tail = len(best.text) - end
    verdict: Verdict = "gap" if standing_of(best, start, end) == Standing.DAMAGED else "disputed"
    rivals = [reading for spot in met for reading in spot.rivals if (spot.start, spot.end) == (start, end)]
    rivals.append(_reading(rival, start, tail))
    spots[:] = [spot for spot in spots if spot not in met]
    spots.append(Spot(start, end, verdict, "likelihood", _reading(best, start, tail), tuple(rivals), "inferred"))


def _between(best: Proposal, rivals: Sequence[Proposal], trusted: Sequence[Told], certain: Sequence[bool]) -> Spot:
    """The apparatus where copies differ."""
    second = rivals[0]
    start, tail = core_of([best.text, *(each.text for each in rivals)])
    end = len(best.text) - tail
    heard = sum(each in trusted for each in (*best.direct, *best.explained))
    by_bytes = best.votes > second.votes and heard == len(trusted)
    sure = all(certain[start:end]) if start < end else best.standing >= Standing.CERTAIN or by_bytes
    basis: Basis = "likelihood"
    if best.own > second.own or (best.own and best.own == second.own and best.votes == second.votes):
        basis = "own" if best.weight != second.weight or best.latest > second.latest else "likelihood"
    elif best.votes > second.votes:
        basis = "bytes" if by_bytes else "votes"
    elif best.standing > second.standing and best.standing >= Standing.CERTAIN:
        basis = "certainty"
    elif sure and best.readers > second.readers:
        basis = "votes"
    is_open = basis == "likelihood" or not sure
    verdict: Verdict = "disputed" if is_open else "decided"
    if not sure and best.standing == Standing.DAMAGED:
        verdict = "gap"
    readings = tuple(_reading(each, start, tail) for each in rivals)
    certainty: Certainty = "certain" if sure and not is_open else "inferred"
    return Spot(start, end, verdict, basis, _reading(best, start, tail), readings, certainty)


def _filled(spots: Sequence[Spot], best: Proposal, text: str, certain: Sequence[bool]) -> Iterator[Spot]:
    """Spots with those between them on which all agree, cut where what is certain ends."""
    place = 0
    for spot in spots:
        yield from _agreed(place, spot.start, best, text, certain)
        shown = text[spot.start : spot.end]
        yield replace(spot, reading=replace(spot.reading, text=shown))
        place = spot.end
    yield from _agreed(place, len(text), best, text, certain)


def _agreed(start: int, end: int, best: Proposal, text: str, certain: Sequence[bool]) -> Iterator[Spot]:
    numbers = tuple(sorted(each.copy.number for each in (*best.direct, *best.explained)))
    while start < end:
        standing = standing_of(best, start, start + 1)
        stop = start + 1
        while stop < end and certain[stop] == certain[start] and standing_of(best, stop, stop + 1) == standing:
            stop += 1
        verdict: Verdict = "gap" if not certain[start] and standing == Standing.DAMAGED else "agreed"
        basis: Basis = "bytes" if certain[start] and standing < Standing.CERTAIN else "agreement"
        sure: Certainty = "certain" if certain[start] else "inferred"
        yield Spot(start, stop, verdict, basis, Reading(text[start:stop], numbers), (), sure)
        start = stop


def _in_clear(proposal: Proposal, before: str, behind: str) -> str:
    """A reading that only blurred copies have, as others would show it: in Simplified, its marks in full width."""
    if not proposal.direct or not all(each.copy.blurred for each in proposal.direct):
        return proposal.text
    text = proposal.text
    if any(each.copy.transcript.traditional for each in proposal.direct):
        text = simplified(text)
    if any(each.copy.transcript.narrowed for each in proposal.direct):
        begins = len(before)
        text = _BETWEEN.sub(lambda match: widened(match[0]), before + text + behind)[begins : begins + len(text)]
    return text


def _reading(proposal: Proposal, start: int = 0, tail: int = 0) -> Reading:
    text = proposal.text
    numbers = [tuple(sorted(one.copy.number for one in side)) for side in (proposal.direct, proposal.explained)]
    return Reading(text[start : len(text) - tail], *numbers)
