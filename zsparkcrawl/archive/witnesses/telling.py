"""What the copies of an article say together: pure functions.

What comes out depends on the copies alone, and not on the order in which they came. One host speaks for the article:
the site itself, or the only host that ever showed it. Of its copies the newest tells the story; an older one counts as
far as it is the same text, damaged otherwise. Where the newest is certain it is the text, whatever others read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import is_
from typing import Any

from zsparkcrawl.archive.articles.changes import changes
from zsparkcrawl.archive.articles.storable import state
from zsparkcrawl.archive.witnesses.listing import source_of_list
from zsparkcrawl.archive.witnesses.testimony import EditRow, Kept, is_certain
from zsparkcrawl.clean import TEXT_FIELDS
from zsparkcrawl.edits import Certainty, places_of
from zsparkcrawl.witnesses import Apart, CollatedText, CollatedValue, Collation, Entry, collate
from zsparkcrawl.witnesses.version import RULE

__all__ = ["Told", "in_order_of_time", "speakers", "told"]

_MOMENTS = ("date", "time")
_OF_DATE = ("date_raw", "date_precision", "date_missing", "date_basis")
_LISTS = ("attachments", "images")
_SAME_STORY = (None, "hijacked", "hijack undone")
"""Changes that damage makes: what differs otherwise are other words, or another frame."""


@dataclass(frozen=True, slots=True)
class Told:
    """The article as its copies tell it.

    ``copies`` are those that were heard, ``past`` those of the host that speaks for the article that tell older words.
    ``source`` is the copy whose very state this is, None when it is put together from several. ``collation`` counts its
    witnesses as ``copies`` stand.
    """

    content: Mapping[str, Any]
    edits: tuple[EditRow, ...]
    facts: Mapping[str, Any]
    capture_id: int | None
    copies: tuple[Kept, ...]
    past: tuple[Kept, ...] = ()
    source: Kept | None = None
    collation: Collation | None = None

    @property
    def entries(self) -> Iterator[tuple[str, Sequence[Entry]]]:
        """By field the places on which the copies differ. A field that stands as one copy has it, and not as all of
        them together would, has none."""
        texts: Mapping[str, CollatedText] = self.collation.texts if self.collation else {}
        for name, text in texts.items():
            if text.text == (self.content[name] or ""):
                yield name, [each for each in text.entries if each.rivals or each.verdict != "agreed"]

    @property
    def values(self) -> Iterator[tuple[str, CollatedValue]]:
        """The date and the time, where the copies differ."""
        values: Mapping[str, CollatedValue] = self.collation.values if self.collation else {}
        yield from ((name, each) for name, each in values.items() if each.rivals and each.value == self.content[name])

    @property
    def apart(self) -> Iterator[tuple[Kept, Apart]]:
        """The copies that tell another story, each with the place."""
        if self.collation:
            yield from ((self.copies[each.witness], each) for each in self.collation.apart)

    @property
    def counts(self) -> dict[str, int]:
        """How many copies it was told from, how many places are disputed, and how many no copy has."""
        verdicts = [entry.verdict for _, entries in self.entries for entry in entries]
        verdicts += [value.verdict for _, value in self.values]
        disputed, gaps = verdicts.count("disputed"), verdicts.count("gap")
        return {"witness_count": len(self.copies), "disputed": disputed, "gaps": gaps}


def told(copies: Sequence[Kept]) -> Told:
    """What the copies of an article say together; at least one is needed."""
    speaking = in_order_of_time(speakers(copies))
    heard, past, whole = _of_one_story(speaking) if speaking else ([], [], None)
    heard += [each for each in copies if each not in speaking]
    witnesses = [(each.witness, each) for each in heard]
    if len(heard) == 1:
        return _as_copy(heard[0], tuple(heard), tuple(past), None)
    collation = collate(witness for witness, _ in witnesses)
    order = tuple(next(each for known, each in witnesses if known is one) for one in collation.witnesses)
    if whole is not None:
        return _as_copy(whole, order, tuple(past), collation)
    best = order[collation.texts["body"].best]
    content, edits, facts = _put_together(collation, order, best)
    made = Told(content, edits, facts, best.capture_id, order, tuple(past), None, collation)
    lost = changes(best.state, state(content, facts, edits)).values()
    return _as_copy(best, order, tuple(past), collation) if "hijacked" in lost else made


def speakers(copies: Sequence[Kept]) -> list[Kept]:
    """The copies of the host that speaks for the article: the site's own, or those of the only host there is."""
    own = [each for each in copies if each.own]
    return own or (list(copies) if len({each.host for each in copies}) == 1 else [])


def in_order_of_time(copies: Sequence[Kept]) -> list[Kept]:
    """Copies in the order in which they were last seen; of one second in that in which they were entered."""
    return sorted(copies, key=lambda each: (each.last_seen, each.first_seen, each.number))


def _of_one_story(speaking: Sequence[Kept]) -> tuple[list[Kept], list[Kept], Kept | None]:
    """The newest copy with those older ones that are to be heard, those that tell older words, and the copy that is
    the text where one is certain: behind that, others have nothing to add. Where the newest is certain, on a page that
    is damaged, only such older ones are heard as tell what the damage took."""
    *older, newest = speaking
    now, certain = newest.state, is_certain(newest.facts, newest.edits)
    heard, past, whole, ended = [newest], [], newest if certain else None, certain and not now.damaged
    for each in reversed(older):
        kinds = set(changes(each.state, now).values())
        if not kinds <= set(_SAME_STORY) or ("hijacked" in kinds and not now.damaged):
            past.append(each)
        elif not ended and ("hijacked" in kinds or not certain):
            heard.append(each)
            ended = is_certain(each.facts, each.edits)
            whole = each if ended and "hijack undone" not in kinds else None
    return heard, past, whole


def _as_copy(copy: Kept, heard: tuple[Kept, ...], past: tuple[Kept, ...], collation: Collation | None) -> Told:
    """The article as one copy has it."""
    return Told(copy.content, tuple(copy.edits), copy.facts, copy.capture_id, heard, past, copy, collation)


def _put_together(
    collation: Collation, order: Sequence[Kept], best: Kept
) -> tuple[dict[str, Any], tuple[EditRow, ...], dict[str, Any]]:
    """Content, edits and facts of the article from several copies: each text as the copies together tell it, with the
    edits of the copy that it is told from, and those that the others made in it, behind them."""
    content = {**best.content, "url": _address(order)}
    edits: list[EditRow] = []
    damaged: dict[str, Any] = {}
    for name in TEXT_FIELDS:
        found = collation.texts.get(name)
        source = order[found.best] if found else best
        nothing = "" if name == "body" or source.content[name] == "" else None
        content[name] = (found.text if found else "") or nothing
        if found:
            edits += _edits(name, source, found)
            if found.edited.damaged:
                damaged[name] = [{"start": m.start, "end": m.end, "reason": m.reason} for m in found.edited.damaged]
    content |= _moments(collation, order, best)
    for name in _LISTS:
        lister = source_of_list(name, order, best)
        content[name] = lister.content[name] if lister else []
        if lister:
            edits += [one for one in lister.edits if one["field"].startswith(f"{name}.")]
            marks = lister.facts["damaged"].items()
            damaged |= {field: found for field, found in marks if field.startswith(f"{name}.")}
    return content, tuple(edits), {**best.facts, "damaged": damaged}


def _edits(name: str, best: Kept, found: CollatedText) -> Iterator[EditRow]:
    """The edits of the best copy, and behind them those that the others made in its text. What that copy only infers is
    certain where the others tell it."""
    edits = (*best.edits_by_field().get(name, ()), *found.edited.edits)
    for position, one in enumerate(edits):
        certainty = one.certainty
        if certainty == "inferred" and one.rule != RULE:
            ((start, end),) = places_of(edits, partial(is_, one))
            certainty = _certainty(found.entries, start, end)
        yield {"field": name, "position": position, "rule": one.rule, "start": one.start, "before": one.before,
               "after": one.after, "certainty": certainty}  # fmt: skip


def _certainty(entries: Sequence[Entry], start: int, end: int) -> Certainty:
    """Whether the copies together tell a stretch for certain."""
    over = [each for each in entries if each.start < end and start < each.end]
    over = over or [each for each in entries if each.start <= start and end <= each.end]
    return "inferred" if any(each.certainty == "inferred" for each in over) else "certain"


def _address(order: Sequence[Kept]) -> str:
    """The site's own address of the article as it was seen last; without one, that which was seen first."""
    own = [each for each in order if each.own]
    return in_order_of_time(own)[-1].url if own else min(order, key=lambda each: (each.first_seen, each.digest)).url


def _moments(collation: Collation, order: Sequence[Kept], best: Kept) -> dict[str, Any]:
    """Date and time with what they were read from: as a copy has them that tells the same day, the best one first."""
    found = {name: collation.values[name] for name in _MOMENTS}
    values = {name: each.value for name, each in found.items()}
    tellers = [order[number] for number in found["date"].witnesses]
    source = best if best in tellers or not tellers else tellers[0]
    notes = {name: source.content[name] for name in _OF_DATE}
    if found["date"].verdict == "disputed":
        notes |= {"date_precision": None, "date_basis": None, "date_missing": "conflict"}
    return {**values, **notes}
