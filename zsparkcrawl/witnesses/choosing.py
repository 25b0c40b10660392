"""Which reading a place has: what all copies can have come of, what one has for certain, what most have, what is likely."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import ANNOTATION, simplified
from zsparkcrawl.edits import Certainty
from zsparkcrawl.repair.bytepairs import widened
from zsparkcrawl.witnesses.apparatus import Basis, Reading, Verdict
from zsparkcrawl.witnesses.explaining import LONGEST, all_shown, shown_bytes
from zsparkcrawl.witnesses.hiding import hidden
from zsparkcrawl.witnesses.places import Told
from zsparkcrawl.witnesses.standing import ENDED, NARROW, Standing, folded

__all__ = ["Choice", "Spot", "choose"]

_NONE = -1
"""The standing of a reading that no copy has, and that a repair only named beside its own."""
_RIVALS_MOST = 8
_AMBIGUOUS = frozenset("着著?\ufffd")
"""What the bytes do not tell: the tools write 着 as 著, too, and for a character that was lost "?" is shown."""
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff”’》）])[,;:!?()](?=[\u4e00-\u9fff“‘《（]|$|\n)")
_NOT_TEXT = 12.5
"""Bits a character above which text is none, as where cuts are looked for."""
_explained = lru_cache(maxsize=4096)(shown_bytes)


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


@dataclass(slots=True)
class _Candidate:
    """A text that may be chosen: who reads it, who shows what can come of it, and the bytes that those show."""

    text: str
    direct: list[Told]
    explained: list[Told]
    shown: int = 0
    own: int = 0
    votes: int = 0
    standing: int = _NONE
    readers: int = 0
    latest: str = ""

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """What counts, the first first."""
        return self.own, self.votes, min(self.standing, Standing.CERTAIN), self.readers


def choose(told: Sequence[Told], before: str, behind: str, untrusted: Collection[int] = ()) -> Choice:
    """The reading of a place. ``before`` and ``behind`` are what stands around it; ``untrusted`` the witnesses that
    were found to tell another story, which are heard only where the others have nothing certain."""
    trusted = [each for each in told if each.copy.number not in untrusted]
    choice = _choice(told, trusted, before, behind) if trusted else None
    if choice is None or (len(trusted) < len(told) and any(each.certainty == "inferred" for each in choice.spots)):
        choice = _choice(told, told, before, behind)
    return choice


def _choice(told: Sequence[Told], trusted: Sequence[Told], before: str, behind: str) -> Choice:
    candidates = _candidates(told, trusted)
    start, tail = _core([each.text for each in candidates if each.direct])
    votes = _voters(trusted)
    for each in candidates:
        _weigh(each, trusted, votes, start, tail)
    ranked = _ranked(candidates, before, behind)
    more = [_Candidate(text, [], []) for text in _hidden(ranked[0], trusted, before, behind)]
    for each in more:
        _weigh(each, trusted, votes, start, tail)
    return _chosen(_ranked([*candidates, *more], before, behind) if more else ranked, trusted, (before, behind))


def _ranked(candidates: Sequence[_Candidate], before: str, behind: str) -> list[_Candidate]:
    """Candidates, the one with the most weight first; among equals the likeliest."""
    bits = {each.text: _bits(each.text, before, behind) for each in candidates} if len(candidates) > 1 else {}
    return sorted(
        candidates, key=lambda each: (each.weight, each.latest, -bits.get(each.text, 0.0), each.text), reverse=True
    )


def _hidden(best: _Candidate, trusted: Sequence[Told], before: str, behind: str) -> Iterator[str]:
    """Texts in which one character more stands than the best candidate has, where none is certain of it."""
    if best.standing >= Standing.CERTAIN or not any(each.copy.transcript.damaged_page for each in trusted):
        return
    for place, sure in enumerate(_direct(best, trusted)):
        if not sure and (text := hidden(best.text, place, before, behind)):
            yield text


def _candidates(told: Sequence[Told], trusted: Sequence[Told]) -> list[_Candidate]:
    """The texts that the copies have, that of a blurred one only where no other copy has it clearly; and those that a
    repair names as nearly as likely, in copies that are trusted."""
    found: dict[str, _Candidate] = {}
    clear: dict[str, str] = {}
    for each in sorted(told, key=lambda one: (one.copy.blurred, one.copy.number)):
        text = each.text
        if each.copy.blurred:
            text = clear.get(folded(text), text)
        clear.setdefault(folded(text), text)
        found.setdefault(text, _Candidate(text, [], [])).direct.append(each)
    named: dict[str, None] = {}
    for each in trusted:
        for mark, rival in each.copy.transcript.rivals:
            if each.start <= mark.start and mark.end <= each.end:
                text, whole = each.copy.text, "" if rival == "nothing" else rival
                named[text[each.start : mark.start] + whole + text[mark.end : each.end]] = None
        if each.copy.transcript.standing(each.start, each.end) == Standing.INFERRED:
            named[ENDED.sub("。”", each.text)] = None
    for text in list(named)[:_RIVALS_MOST]:
        if folded(text) not in clear:
            found.setdefault(text, _Candidate(text, [], []))
    return list(found.values())


def _core(texts: Sequence[str]) -> tuple[int, int]:
    """How many characters all readings have in common before and behind what they differ in."""
    plain = [folded(text) for text in texts]
    plain = plain if len(set(plain)) == len(plain) else list(texts)
    if len(set(plain)) == 1:
        return 0, 0
    shortest = min(plain, key=len)
    start = 0
    while start < len(shortest) and all(text[start] == shortest[start] for text in plain):
        start += 1
    tail = 0
    most = len(shortest) - start
    while tail < most and all(text[-1 - tail] == shortest[-1 - tail] for text in plain):
        tail += 1
    return start, tail


def _voters(told: Sequence[Told]) -> dict[int, int]:
    """For each witness whose vote it has: that of its family, and of all whose pages show the same damage here. Copies
    of one family that read, for certain, different things are none of one another here; each owner of hosts has a
    vote of his own then, by a negative number."""
    readings: dict[int, set[str]] = {}
    for each in told:
        if each.copy.transcript.standing(each.start, each.end) >= Standing.CERTAIN:
            readings.setdefault(each.copy.family, set()).add(folded(each.text))
    votes = {
        each.copy.number: -1 - each.copy.owner if len(readings.get(each.copy.family, ())) > 1 else each.copy.family
        for each in told
    }
    seen: dict[str, int] = {}
    for each in told:
        if each.shown is None or not _is_damage(each):
            continue
        family = votes[each.copy.number]
        first = seen.setdefault(each.shown.translate(NARROW), family)
        if first != family:
            votes = {number: first if vote == family else vote for number, vote in votes.items()}
            seen = {shown: first if vote == family else vote for shown, vote in seen.items()}
    return votes


def _is_damage(told: Told) -> bool:
    """Whether what a page shows at a place is no text, or no repair made it text by its script and pinyin alone."""
    return folded(ANNOTATION.sub("", told.shown or "")) != folded(told.text) or _per_character(told.text) > _NOT_TEXT


def _weigh(
    candidate: _Candidate, told: Sequence[Told], votes: dict[int, int], start: int, tail: int
) -> None:
    """Count who stands behind a text."""
    best: dict[int, tuple[int, bool]] = {}
    own_readers = []
    for each in told:
        standing = each.copy.transcript.standing(each.start + start, max(each.end - tail, each.start + start))
        direct = each in candidate.direct
        bits = _bits_shown(candidate.text, each)
        if bits is not None and not direct:
            candidate.explained.append(each)
        candidate.shown |= bits or 0
        if direct:
            candidate.standing = max(candidate.standing, standing)
        stands = direct or bits is not None
        if stands and each.copy.own and standing >= Standing.CERTAIN:
            own_readers.append(each)
        vote = votes[each.copy.number]
        known = best.get(vote, (_NONE, False))
        if standing > known[0]:
            best[vote] = (standing, stands)
        elif standing == known[0]:
            best[vote] = (standing, stands or known[1])
    candidate.own = len(own_readers)
    candidate.latest = max((each.copy.time for each in own_readers if each in candidate.direct), default="")
    candidate.votes = sum(stands for _, stands in best.values())
    candidate.readers = len({votes[each.copy.number] for each in candidate.direct if each.copy.number in votes})


def _bits_shown(text: str, told: Told) -> int | None:
    """The bytes of a text that a copy shows; None when what it shows cannot have come of that text."""
    if told.shown is None:
        return 0 if folded(told.text) == folded(text) else None
    if not told.copy.transcript.damaged_page:
        same = told.text == text or (told.copy.blurred and folded(told.text) == folded(text))
        return (1 << 2 * len(text)) - 1 if same else None
    return _explained(text, told.shown)


def _direct(candidate: _Candidate, told: Sequence[Told]) -> list[bool]:
    """For each character of a text whether a copy that reads it has it for certain."""
    readers = [each for each in candidate.direct if each in told and len(each.text) == len(candidate.text)]
    return [
        any(each.copy.transcript.standing(each.start + n, each.start + n + 1) >= Standing.CERTAIN for each in readers)
        for n in range(len(candidate.text))
    ]


def _certain(ranked: Sequence[_Candidate], told: Sequence[Told]) -> list[bool]:
    """For each character of the best text whether it is certain: a copy has it so, or several copies together show all
    its bytes, and no other text that may have left what they show differs there."""
    best = ranked[0]
    certain = _direct(best, told)
    if len({each.shown for each in (*best.direct, *best.explained) if each in told}) < 2:
        return certain
    by_bytes = [char not in _AMBIGUOUS and all_shown(best.text, best.shown, n, n + 1) for n, char in enumerate(best.text)]
    for each in ranked[1:]:
        if each.votes >= best.votes:
            start, end = _apart(best.text, each.text)
            by_bytes[start:end] = [False] * (end - start)
    return [direct or told_so for direct, told_so in zip(certain, by_bytes, strict=True)]


def _apart(text: str, rival: str) -> tuple[int, int]:
    """The stretch of a text, of one character at least, in which another differs from it."""
    start, tail = _core([text, rival])
    end = len(text) - tail
    if start == end:
        start, end = (start, end + 1) if end < len(text) else (max(start - 1, 0), end)
    return start, end


def _chosen(ranked: Sequence[_Candidate], trusted: Sequence[Told], around: tuple[str, str]) -> Choice:
    """The choice among readings, the best first: where those of the copies differ, where a repair names another one
    that no copy speaks against, and what lies between."""
    best = ranked[0]
    certain = _certain(ranked, trusted)
    spots: list[Spot] = []
    rivals = [each for each in ranked[1:] if each.direct]
    if rivals:
        spots.append(_between(best, rivals, trusted, certain))
    text = _in_clear(best, *around)
    for each in ranked[1:]:
        if not each.direct and each.votes >= best.votes:
            start, end = _apart(best.text, each.text)
            if not all(certain[start:end]):
                _doubt(spots, best, each, start, end)
    return Choice(text, tuple(_filled(sorted(spots, key=lambda spot: spot.start), best, text, certain)))


def _doubt(spots: list[Spot], best: _Candidate, rival: _Candidate, start: int, end: int) -> None:
    """Put a spot to others where a text that no copy has may have stood as well; those that it meets are one with it,
    and disputed."""
    met = [spot for spot in spots if start < spot.end and spot.start < end]
    start, end = min([start, *(spot.start for spot in met)]), max([end, *(spot.end for spot in met)])
    tail = len(best.text) - end
    verdict: Verdict = "gap" if _standing(best, start, end) == Standing.DAMAGED else "disputed"
    rivals = [reading for spot in met for reading in spot.rivals if (spot.start, spot.end) == (start, end)]
    rivals.append(_reading(rival, start, tail))
    spots[:] = [spot for spot in spots if spot not in met]
    spots.append(Spot(start, end, verdict, "likelihood", _reading(best, start, tail), tuple(rivals), "inferred"))


def _between(best: _Candidate, rivals: Sequence[_Candidate], trusted: Sequence[Told], certain: Sequence[bool]) -> Spot:
    """The apparatus where copies differ."""
    second = rivals[0]
    start, tail = _core([best.text, *(each.text for each in rivals)])
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
    is_open = basis == "likelihood" or (not sure and second.votes >= best.votes)
    verdict: Verdict = "disputed" if is_open else "decided"
    if not sure and best.standing == Standing.DAMAGED:
        verdict = "gap"
    readings = tuple(_reading(each, start, tail) for each in rivals)
    certainty: Certainty = "certain" if sure and not is_open else "inferred"
    return Spot(start, end, verdict, basis, _reading(best, start, tail), readings, certainty)


def _filled(spots: Sequence[Spot], best: _Candidate, text: str, certain: Sequence[bool]) -> Iterator[Spot]:
    """Spots with those between them on which all agree, cut where what is certain ends."""
    place = 0
    for spot in spots:
        yield from _agreed(place, spot.start, best, text, certain)
        shown = text[spot.start : spot.end]
        yield replace(spot, reading=replace(spot.reading, text=shown))
        place = spot.end
    yield from _agreed(place, len(text), best, text, certain)


def _agreed(start: int, end: int, best: _Candidate, text: str, certain: Sequence[bool]) -> Iterator[Spot]:
    numbers = tuple(sorted(each.copy.number for each in (*best.direct, *best.explained)))
    while start < end:
        standing = _standing(best, start, start + 1)
        stop = start + 1
        while stop < end and certain[stop] == certain[start] and _standing(best, stop, stop + 1) == standing:
            stop += 1
        verdict: Verdict = "gap" if not certain[start] and standing == Standing.DAMAGED else "agreed"
        basis: Basis = "bytes" if certain[start] and standing < Standing.CERTAIN else "agreement"
        sure: Certainty = "certain" if certain[start] else "inferred"
        yield Spot(start, stop, verdict, basis, Reading(text[start:stop], numbers), (), sure)
        start = stop


def _standing(candidate: _Candidate, start: int, end: int) -> int:
    """The best standing that a copy which reads a text has for a stretch of it."""
    return max(
        (each.copy.transcript.standing(each.start + start, each.start + end) for each in candidate.direct),
        default=_NONE,
    )


def _in_clear(candidate: _Candidate, before: str, behind: str) -> str:
    """A reading that only blurred copies have, as others would show it: in Simplified, its marks in full width."""
    if not candidate.direct or not all(each.copy.blurred for each in candidate.direct):
        return candidate.text
    text = candidate.text
    if any(each.copy.transcript.traditional for each in candidate.direct):
        text = simplified(text)
    if any(each.copy.transcript.narrowed for each in candidate.direct):
        begins = len(before)
        text = _BETWEEN.sub(lambda match: widened(match[0]), before + text + behind)[begins : begins + len(text)]
    return text


def _reading(candidate: _Candidate, start: int = 0, tail: int = 0) -> Reading:
    text = candidate.text
    numbers = [tuple(sorted(one.copy.number for one in side)) for side in (candidate.direct, candidate.explained)]
    return Reading(text[start : len(text) - tail], *numbers)


def _bits(text: str, before: str, behind: str) -> float:
    """What a text costs between what stands before and behind it."""
    return model().text_cost(simplified(text) + behind[:2], simplified(before[-2:]))


def _per_character(text: str) -> float:
    return model().per_character(simplified(text)) if len(text) <= LONGEST else 0.0
