"""One article from several copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from zsparkcrawl.witnesses.aligning import changes_between
from zsparkcrawl.witnesses.apparatus import Apart, CollatedText, CollatedValue, Collation
from zsparkcrawl.witnesses.assembling import Assembled, assemble
from zsparkcrawl.witnesses.choosing import choose
from zsparkcrawl.witnesses.families import families, families_by_host
from zsparkcrawl.witnesses.frame import Copy, Frame, Piece, aligned_with, best_of, frame_of, is_moved, strangers
from zsparkcrawl.witnesses.places import Held, Place, Told, places_of
from zsparkcrawl.witnesses.ranking import Around
from zsparkcrawl.witnesses.standing import Transcript, folded
from zsparkcrawl.witnesses.values import value_of
from zsparkcrawl.witnesses.version import as_version
from zsparkcrawl.witnesses.witness import TEXTS, VALUES, WHOLE, Witness
from zsparkcrawl.witnesses.wording import Wording

__all__ = ["collate"]

_CONTEXT = 2


def collate(witnesses: Iterable[Witness]) -> Collation:
    """What the witnesses of one article say together, field by field, with the apparatus.

    Each reading is chosen by what can have left all that the copies show, byte by byte; by what a copy has for
    certain; by the votes of independent copies; and last by likelihood, which is marked. The site itself tells more
    than mirrors do. What no copy has stays as it is and is a gap. The order of the witnesses does not matter.

    >>> from zsparkcrawl.clean import clean_text
    >>> shown = ("園區?疾炱陂g的產業發展，隨著企業增長。", "园区。考察期间的产业发展，随着企业增长。")
    >>> copies = [Witness(f"{n}.example", texts={"body": clean_text(text)}) for n, text in enumerate(shown)]
    >>> body = collate(copies).texts["body"]
    >>> body.text, body.disputed, body.gaps
    ('园区。考察期间的产业发展，随着企业增长。', 0, 0)
    """
    ordered = tuple(sorted(witnesses, key=lambda each: each.key))
    numbers = families(ordered)
    texts: dict[str, CollatedText] = {}
    apart: list[Apart] = []
    for name in _names(ordered):
        copies = _copies(ordered, numbers, name)
        if copies:
            texts[name], stories = _collated(name, copies)
            apart += stories
    values: dict[str, CollatedValue] = {}
    for name in VALUES:
        values[name] = value_of(name, ordered, numbers, values)
    return Collation(ordered, numbers, texts, values, tuple(apart))


def _names(witnesses: Sequence[Witness]) -> list[str]:
    """The fields of text that a witness has, the usual ones first."""
    found = {name for each in witnesses for name, text in each.texts.items() if text is not None}
    return [name for name in TEXTS if name in found] + sorted(found.difference(TEXTS))


def _copies(witnesses: Sequence[Witness], numbers: Sequence[int], name: str) -> list[Copy]:
    """The witnesses that have a text for a field; one that is empty says nothing where others are not."""
    copies, owners = [], families_by_host(witnesses)
    for number, (each, family) in enumerate(zip(witnesses, numbers, strict=True)):
        edited = each.texts.get(name)
        if edited is not None:
            time = each.time.isoformat() if each.time else ""
            copies.append(Copy(number, each.own, family, owners[number], Transcript(edited, each.diagnosis), time))
    return _with_blurred([each for each in copies if each.text] or copies)


def _with_blurred(copies: Sequence[Copy]) -> list[Copy]:
    """The copies, those marked that are narrowed or in Traditional where others are not; what the site itself writes
    in Traditional is in Traditional."""
    told = [each.transcript for each in copies]
    narrow = any(each.narrowed for each in told) and not all(each.narrowed for each in told)
    turned = any(each.traditional for each in told) and not all(each.traditional for each in told)
    turned = turned and not any(each.own and each.transcript.traditional for each in copies)
    return [
        replace(each, blurred=(narrow and each.transcript.narrowed) or (turned and each.transcript.traditional))
        for each in copies
    ]


def _collated(name: str, copies: Sequence[Copy]) -> tuple[CollatedText, list[Apart]]:
    best = best_of(copies)
    apart: list[Apart] = []
    if name in WHOLE:
        frame, held = Frame((Piece(best, 0, len(best.text)),)), [Held(best, (), len(best.text))]
        places = [_whole(copies, best)]
    else:
        best, copies, others = _of_one_text(best, copies)
        apart = [Apart(each.number, name, "another text", 0, 0, each.text) for each in others]
        frame, held = _framed(best, copies)
        places = places_of(frame, held)
    made = _made(name, frame, held, places, ())
    liars = {each.witness for each in made.apart if each.kind == "tampering"}
    if liars and len(liars) < len(copies):
        made = _made(name, frame, held, places, liars)
    text = made.text
    best = _nearest(best, [each for each in copies if each.number not in liars] or copies, text)
    edited = as_version(best.transcript.edited, text, made.entries)
    return CollatedText(text, best.number, tuple(made.entries), edited), apart + made.apart


def _nearest(best: Copy, copies: Sequence[Copy], text: str) -> Copy:
    """The copy from which a version is told: of the best one and the others that which the fewest changes lead from to
    the collated text."""
    return min(copies, key=lambda each: (changes_between(each.text, text), each is not best, each.number))


def _made(
    name: str, frame: Frame, held: Sequence[Held], places: Sequence[Place], untrusted: Collection[int]
) -> Assembled:
    text = frame.text
    wording = Wording(_said(text, places))
    chosen = [(place, choose(place.told, Around(*_around(text, place), wording), untrusted)) for place in places]
    return assemble(name, frame, held, chosen)


def _said(text: str, places: Sequence[Place]) -> str:
    """What of a frame's text nothing must be chosen in."""
    bounds = [0, *(at for place in places for at in (place.start, place.end)), len(text)]
    return "\n".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))


def _around(text: str, place: Place) -> tuple[str, str]:
    """What stands before and behind a place in its paragraph, or so many characters at the paragraph's bounds."""
    begins, ends = text.rfind("\n", 0, place.start) + 1, text.find("\n", place.end)
    begins = min(begins, max(place.start - _CONTEXT, 0))
    ends = max(ends if ends >= 0 else len(text), place.end + _CONTEXT)
    return text[begins : place.start], text[place.end : ends]


def _of_one_text(best: Copy, copies: Sequence[Copy]) -> tuple[Copy, Sequence[Copy], Sequence[Copy]]:
    """The best copy, those that are copies of its text, and those of another. What the site itself has is the text,
    and its order the order; without it the order that most independent copies have."""
    for _ in range(2):
        aligned = aligned_with(best.transcript.folded, copies)
        foreign = strangers(best, copies, aligned)
        others = [each for place, each in enumerate(copies) if place in foreign]
        moved = [each for place, each in enumerate(copies) if place not in foreign and is_moved(aligned[place])]
        if not best.own and any(each.own for each in others):
            best = best_of([each for each in others if each.own])
        elif _outweigh(moved, [each for each in copies if each not in others and each not in moved]):
            best = best_of(moved)
        else:
            break
    return best, [each for each in copies if each not in others], others


def _outweigh(moved: Sequence[Copy], kept: Sequence[Copy]) -> bool:
    """Whether the copies with the lines in another order have more to say than those in the best one's."""
    sides = [(any(each.own for each in side), len({each.family for each in side})) for side in (moved, kept)]
    return sides[0] > sides[1]


def _framed(best: Copy, copies: Sequence[Copy]) -> tuple[Frame, list[Held]]:
    """The frame of the copies, and each of them held against it."""
    aligned = aligned_with(best.transcript.folded, copies)
    frame = frame_of(best, copies, aligned)
    if [(piece.copy, piece.start, piece.end) for piece in frame.pieces] != [(best, 0, len(best.text))]:
        aligned = aligned_with(folded(frame.text), copies)
    length = len(frame.text)
    return frame, [Held(each, blocks, length) for each, blocks in zip(copies, aligned, strict=True)]


def _whole(copies: Sequence[Copy], best: Copy) -> Place:
    """A field that is taken as one copy or another has it."""
    told = (Told(each, 0, len(each.text), each.transcript.shown(0, len(each.text))) for each in copies)
    return Place(0, len(best.text), tuple(told))
