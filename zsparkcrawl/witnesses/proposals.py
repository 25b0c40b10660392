"""The readings that a place may have: who has each, how certain, and whose damage can have come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import ANNOTATION, simplified
from zsparkcrawl.witnesses.explaining import LONGEST, shown_bytes
from zsparkcrawl.witnesses.places import Told
from zsparkcrawl.witnesses.standing import ENDED, NARROW, REPEATED, Standing, folded

__all__ = [
    "NONE",
    "Proposal",
    "core_of",
    "direct_of",
    "hear_against",
    "proposals_of",
    "put_in",
    "standing_of",
    "voters",
    "weigh",
]

NONE = -1
"""The standing of a reading that no copy has, and that a repair only named beside its own."""
_PUT_IN = 4
"""Characters put in at one place that are no damage of letters. Chosen."""
_RIVALS_MOST = 8
_NOT_TEXT = 12.5
"""Bits a character above which text is none, as where cuts are looked for."""
_LOST = frozenset("?\ufffd")
_explained = lru_cache(maxsize=4096)(shown_bytes)


@dataclass(slots=True)
class Proposal:
    """A text that may be chosen: who reads it, who shows what can come of it, and the bytes that those show."""

    text: str
    direct: list[Told]
    explained: list[Told]
    shown: int = 0
    own: int = 0
    votes: int = 0
    standing: int = NONE
    readers: int = 0
    latest: str = ""

    @property
    def weight(self) -> tuple[int, int, bool, int]:
        """What counts, the first first. What no copy has for certain is left to likelihood."""
        sure = self.standing >= Standing.CERTAIN
        return self.own, self.votes, sure, self.readers * sure

    @property
    def backing(self) -> tuple[int, int]:
        """What counts among texts of one weight: how many copies show what it explains, and how many copies' repairs,
        each of which saw its whole page, came to it."""
        return len(self.direct) + len(self.explained), len(self.direct)


def proposals_of(told: Sequence[Told], trusted: Sequence[Told]) -> list[Proposal]:
    """The texts that the copies have, that of a blurred one only where no other copy has it clearly; and those that a
    repair names as nearly as likely, in copies that are trusted."""
    found: dict[str, Proposal] = {}
    clear: dict[str, str] = {}
    for each in sorted(told, key=lambda one: (one.copy.blurred, one.copy.number)):
        text = each.text
        if each.copy.blurred:
            text = clear.get(folded(text), text)
        clear.setdefault(folded(text), text)
        found.setdefault(text, Proposal(text, [], [])).direct.append(each)
    named: dict[str, None] = {}
    for each in trusted:
        for mark, rival in each.copy.transcript.rivals:
            if each.start <= mark.start and mark.end <= each.end:
                text, whole = each.copy.text, "" if rival == "nothing" else rival
                named[text[each.start : mark.start] + whole + text[mark.end : each.end]] = None
        if each.copy.transcript.standing(each.start, each.end) == Standing.INFERRED:
            named[ENDED.sub("。”", each.text)] = None
            named[REPEATED.sub(lambda match: "。" * (len(match[0]) + 1), each.text)] = None
    for text in list(named)[:_RIVALS_MOST]:
        if folded(text) not in clear:
            found.setdefault(text, Proposal(text, [], []))
    return list(found.values())


def core_of(texts: Sequence[str]) -> tuple[int, int]:
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


def voters(told: Sequence[Told]) -> dict[int, int]:
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


def weigh(proposal: Proposal, told: Sequence[Told], votes: dict[int, int], around: tuple[int, int]) -> None:
    """Count who stands behind a text. ``around`` is what all readings have in common before and behind."""
    start, tail = around
    best: dict[int, tuple[int, bool]] = {}
    own_readers = []
    for each in told:
        standing = _standing(each, start, tail)
        direct = each in proposal.direct
        bits = _bits_shown(proposal.text, each)
        if bits is not None and not direct:
            proposal.explained.append(each)
        proposal.shown |= bits or 0
        if direct:
            proposal.standing = max(proposal.standing, standing)
        stands = direct or bits is not None
        if stands and each.copy.own and standing >= Standing.CERTAIN:
            own_readers.append(each)
        vote = votes[each.copy.number]
        known = best.get(vote, (NONE, False))
        if standing > known[0]:
            best[vote] = (standing, stands)
        elif standing == known[0]:
            best[vote] = (standing, stands or known[1])
    proposal.own = len(own_readers)
    proposal.latest = max((each.copy.time for each in own_readers if each in proposal.direct), default="")
    proposal.votes = sum(stands for _, stands in best.values())
    proposal.readers = len({votes[each.copy.number] for each in proposal.direct if each.copy.number in votes})


def hear_against(proposals: Sequence[Proposal]) -> None:
    """Count, for a reading, the votes of copies that put something into it, each something else: of what one put in,
    the others know nothing. That is how spam stands: another line on each host, at the same place."""
    read = [each for each in proposals if each.direct]
    for each in read:
        longer = {one.text: stretch for one in read if (stretch := put_in(one.text, each.text))}
        if len(longer) > 1 and not any(_alike(*both) for both in combinations(longer.values(), 2)):
            votes = [one.votes for one in read if one.text in longer]
            each.votes += sum(votes) - max(votes)


def put_in(text: str, other: str) -> str:
    """What a text has at one place that another has not, if that is all in which they differ, and more than a word.

    >>> put_in("完成。某某网址", "完成。"), put_in("完成", "完成了"), put_in("很完成", "完成")
    ('某某网址', '', '')
    """
    start, length = core_of([text, other])[0], len(text) - len(other)
    return text[start : start + length] if length >= _PUT_IN and text.endswith(other[start:]) else ""


def _alike(text: str, other: str) -> bool:
    """Whether two stretches are the same for the most part, as what was damaged in two ways is."""
    return 2 * sum(core_of([text, other])) > min(len(text), len(other))


def _standing(told: Told, start: int, tail: int) -> Standing:
    """How certain a copy is of what readings differ in. A lone "?" on a damaged page can be what was lost."""
    begin, end = told.start + start, max(told.end - tail, told.start + start)
    standing = told.copy.transcript.standing(begin, end)
    lost = begin < end and _LOST.issuperset(told.copy.text[begin:end])
    return min(standing, Standing.INFERRED) if lost and told.copy.transcript.damaged_page else standing


def _bits_shown(text: str, told: Told) -> int | None:
    """The bytes of a text that a copy shows; None when what it shows cannot have come of that text."""
    if told.shown is None:
        return 0 if folded(told.text) == folded(text) else None
    if not told.copy.transcript.damaged_page:
        same = told.text == text or (told.copy.blurred and folded(told.text) == folded(text))
        return (1 << 2 * len(text)) - 1 if same else None
    if bits := _explained(text, told.shown, True):
        return bits
    # What the copy's own reading needs may be what its tool does.
    return None if _explained(told.text, told.shown, True) is not None else _explained(text, told.shown)


def direct_of(proposal: Proposal, told: Sequence[Told]) -> list[bool]:
    """For each character of a text whether a copy that reads it has it for certain."""
    readers = [each for each in proposal.direct if each in told and len(each.text) == len(proposal.text)]
    return [
        any(each.copy.transcript.standing(each.start + n, each.start + n + 1) >= Standing.CERTAIN for each in readers)
        for n in range(len(proposal.text))
    ]


def standing_of(proposal: Proposal, start: int, end: int) -> int:
    """The best standing that a copy which reads a text has for a stretch of it."""
    return max(
        (each.copy.transcript.standing(each.start + start, each.start + end) for each in proposal.direct),
        default=NONE,
    )


def _per_character(text: str) -> float:
    return model().per_character(simplified(text)) if len(text) <= LONGEST else 0.0
