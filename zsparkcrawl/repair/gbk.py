"""The byte-wise damage undone: insertions and cuts that fell between the two bytes of a character.

A rewriting tool searches the GBK bytes of a page, at any offset, for the characters it annotates, and cuts the page
at marks, at any offset again. What follows such a place is read one byte off until the pairing falls into step:

    當的  =  AE94 B5C4        94B5 is 數, so its pinyin is put behind it:   AE94 B5(shù)C4…
    read again:               當   ?shù)   母 …                            the lead byte B5 and "(" became "?"

The way back is a search over the byte streams that could show as this text. A path carries the byte that waits for
its other half; every character read one byte off gives one true character and the next byte to carry, until an ASCII
byte or a cut takes it up. What the bytes leave open (an orphan that was dropped, a character that shares reading and
lead byte with another) is decided by how likely the text is as Chinese, and marked inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import nsmallest

from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.readings import readings_of, with_reading
from zsparkcrawl.chinese.script import ANNOTATION, simplified_of, traditional_of
from zsparkcrawl.edits import Certainty, Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import LEADS, MARKS, pair, pairs_with_lead, pairs_with_trail, split

__all__ = ["rejoin_bytes"]

_PINYIN = r"\s?([a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3})\s?\)"
_STRADDLE = re.compile(rf"(?:\?|\ufffd\(){_PINYIN}")
_CUT = re.compile(
    rf"[?\ufffd]?(?P<mark>[{''.join(MARKS)}])(?=[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u0370-\u0451\u2010-\u2642@-~?])"
)

_WIDTH = 48
"""Paths kept alive at once. The true one was among the first 5 wherever it was found at all."""
_LONGEST = 600
"""Characters after which a run is given up: the longest that was measured in news text has 127 (p90) in Simplified."""
_STRANGER = 8.0
"""Bits against a character that no tool was seen to annotate."""
_WRONG_SCRIPT = 9.0
"""Bits against a Simplified character on a page that was turned Traditional."""
_LOST = 3.0
"""Bits against every byte that must have been lost."""
_GARBLED = 8.5
"""Bits a character above which the text behind a mark may be shifted; news stays below 6, shifted text above 12."""
_MARGIN = {"turned": 14.0, "unknown": 28.0}
"""Bits by which a cut undone must beat the text as it stands; more where nothing else on the page shows damage."""


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to read the stream so far: ``position`` in the shown text, ``carry`` the byte that waits (None: in
    step), ``text`` what was there, ``cost`` in bits, ``holes`` where in ``text`` an ASCII character is unknown."""

    position: int
    carry: int | None
    text: str
    context: str
    cost: float
    inferred: bool = False
    holes: tuple[int, ...] = ()


def rejoin_bytes(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Bring back text that insertions or cuts shifted by one byte, and drop the pinyin that caused it.

    Leaves alone: healthy text; a question mark before a bracket that closes no pinyin; a cut that reads no better
    when undone. What no byte stream explains stays as it is and is marked damaged.

    >>> from zsparkcrawl.chinese.diagnosis import diagnose
    >>> text = "一支忠誠干凈擔(dān)當(dāng)?shù)母刹筷?duì)伍"
    >>> rejoin_bytes(Edited(text), diagnose(text)).text
    '一支忠誠干凈擔(dān)當(dāng)的干部隊伍'
    """
    if not diagnosis.shifted and diagnosis.script not in _MARGIN:
        return edited
    found: list[tuple[Change, tuple[int, ...]]] = []
    damaged: list[Damage] = []
    search = _Search(edited.text, diagnosis)
    position = 0
    for start, end, paths in search.anchors():
        if start < position:
            continue
        best = search.best(start, paths)
        if best is not None:
            certainty: Certainty = "inferred" if best.inferred else "certain"
            found.append((Change(start, best.position, best.text, certainty), best.holes))
            position = best.position
        elif search.is_straddle(start):
            damaged.append(Damage(start, end, "pinyin inside a character; no byte stream explains it"))
    mended = edit(mark(edited, damaged), "gbk", (change for change, _ in found))
    return mark(mended, _holes(found))


def _holes(found: Iterable[tuple[Change, tuple[int, ...]]]) -> Iterator[Damage]:
    shift = 0
    for change, holes in found:
        for hole in holes:
            place = change.start + shift + hole
            yield Damage(place, place + 1, "an ASCII character was lost here")
        shift += len(change.after) - (change.end - change.start)


class _Search:
    """The search over one text: what starts a run, how a run goes on, which way through is the likeliest."""

    def __init__(self, text: str, diagnosis: Diagnosis) -> None:
        self.text = text
        self.turned = diagnosis.script == "turned"
        self.margin = _MARGIN.get(diagnosis.script, _MARGIN["unknown"])
        self.annotated = diagnosis.annotated

    def anchors(self) -> Iterator[tuple[int, int, list[_Path]]]:
        """Places where a run may begin, in the order of the text: start, end, and the paths that start there."""
        text = self.text
        straddled = {match.start(): match for match in _STRADDLE.finditer(text)}
        cut = {match.start(): match for match in _CUT.finditer(text)}
        for _, match in sorted((cut | straddled).items()):
            start, end = match.span()
            if match.re is _STRADDLE:
                yield start, end, list(self._straddled(start, end, match[1]))
            elif self._garbled(match.start("mark")):
                yield start, end, list(self._cut(match))

    def is_straddle(self, start: int) -> bool:
        """Whether the place is certainly damage, whatever becomes of it."""
        return _STRADDLE.match(self.text, start) is not None

    def best(self, start: int, paths: list[_Path]) -> _Path | None:
        """The likeliest way from these beginnings back into step, None when there is none or none good enough."""
        ended: list[_Path] = []
        while paths:
            going: list[_Path] = []
            for path in paths:
                for step in self._steps(path):
                    (ended if step.carry is None else going).append(step)
            going = [path for path in going if path.position - start < _LONGEST]
            paths = nsmallest(_WIDTH, going, key=lambda path: path.cost)
        if not ended:
            return None
        horizon = max(path.position for path in ended) + 3
        total = {path: path.cost + self._plain_cost(path.position, horizon, path.context) for path in ended}
        best = min(ended, key=total.__getitem__)
        if not self.is_straddle(start):
            standing = self._plain_cost(start, horizon, self._context(start))
            if standing - total[best] < self.margin:
                return None
        return best

    # What starts a run.

    def _straddled(self, start: int, end: int, reading: str) -> Iterator[_Path]:
        """In step so far: the pinyin belongs to a character whose lead byte is the last byte before it, and whose
        trail byte is the lost lead byte of what follows."""
        before = start
        while (closed := self._annotation_ending(before)) is not None:
            before = closed
        lead = split(self.text[before - 1])[-1:] if before else b""
        if not lead or lead[0] not in LEADS:
            return
        context = self._context(start)
        for trail, penalty in self._matched(lead[0], reading):
            if trail in LEADS:
                yield _Path(end, trail, "", context, penalty, penalty > 0)

    def _cut(self, match: re.Match[str]) -> Iterator[_Path]:
        """A mark that is none: its first byte belongs to the character before, whose own lead byte was dropped."""
        position = match.start("mark")
        context = self._context(match.start())
        start = _Path(position + 1, MARKS[self.text[position]], "", context, _LOST, inferred=True)
        paths = [self._emitted(start, char, carry=start.carry) for char in pairs_with_trail(0xA3)]
        yield from nsmallest(_WIDTH, paths, key=lambda path: path.cost)

    def _garbled(self, position: int) -> bool:
        """Whether the text behind a mark is unlikely enough to be worth the search."""
        stretch = self._simplified(re.split(r"[\s()]", self.text[position + 1 : position + 7], maxsplit=1)[0])
        stretch = stretch[:4]
        return bool(stretch) and model().per_character(stretch, self._simplified(self.text[position])) > _GARBLED

    # How a run goes on.

    def _steps(self, path: _Path) -> Iterator[_Path]:
        text, position, carry = self.text, path.position, path.carry
        assert carry is not None
        if position >= len(text):
            yield from self._lost_trail(path, position)
            return
        if (match := ANNOTATION.match(text, position)) and match[1] in readings_of(text[position - 1]):
            yield replace(path, position=match.end())
            return
        if match := _STRADDLE.match(text, position):
            for trail, penalty in self._matched(carry, match[1]):
                step = self._emitted(path, pair(carry, trail), match.end(), cost=penalty)
                yield replace(step, inferred=path.inferred or penalty > 0)
            return
        shown = text[position]
        if shown in "?\ufffd":
            yield from self._lost_lead(path)
        bytes_ = bytes((0xA3, MARKS[shown])) if shown in MARKS else split(shown)
        if shown in _RESUMES:
            yield from self._lost_trail(path, position)
        if len(bytes_) == 2:
            yield from self._shifted_pair(path, bytes_)
        elif bytes_ and 0x40 <= bytes_[0] < 0x7F and (char := pair(carry, bytes_[0])):
            yield self._emitted(path, char, position + 1)
        elif bytes_ and bytes_[0] < 0x40 and shown != "?":
            yield from self._lost_trail(path, position)

    def _shifted_pair(self, path: _Path, bytes_: bytes) -> Iterator[_Path]:
        """A character read one byte off: the byte carried takes its first, its second is carried on."""
        assert path.carry is not None
        if not (char := pair(path.carry, bytes_[0])):
            return
        if bytes_[1] in LEADS:
            yield self._emitted(path, char, path.position + 1, carry=bytes_[1])
        elif bytes_[1] < 0x7F:
            yield self._emitted(path, char + chr(bytes_[1]), path.position + 1)

    def _lost_lead(self, path: _Path) -> Iterator[_Path]:
        """A "?" that swallowed an ASCII byte, or stands for an orphan before a mark; a U+FFFD that swallowed none."""
        assert path.carry is not None
        end = path.position + 1
        following = self.text[end : end + 1]
        swallowed = self.text[path.position] == "?" and following not in {"", "\n", *MARKS}
        for char in pairs_with_lead(path.carry):
            step = replace(self._emitted(path, char, end, cost=_LOST), inferred=True)
            if swallowed:
                hole = (*step.holes, len(step.text))
                step = replace(step, text=step.text + "?", context=step.context[-1:] + "0", holes=hole)
            yield step

    def _lost_trail(self, path: _Path, position: int) -> Iterator[_Path]:
        """The odd byte before a cut, a line end or ASCII was dropped without a trace."""
        assert path.carry is not None
        for char in pairs_with_lead(path.carry):
            yield replace(self._emitted(path, char, position, cost=2 * _LOST), inferred=True)

    def _matched(self, lead: int, reading: str) -> Iterator[tuple[int, float]]:
        """Trail bytes of the characters with this lead byte and reading that a tool may have annotated, each with
        the bits that speak against it; 0 for the only one that tools are known to annotate."""
        characters = [c for c in with_reading(reading) if split(c)[0] == lead and (c in simplified_of() or c == "著")]
        known = [c for c in characters if reading in self.annotated.get(c, ()) or c in ANNOTATED_BY_TOOLS]
        for char in characters:
            if char in known:
                yield split(char)[1], 0.0 if len(known) == 1 else 1.0
            else:
                yield split(char)[1], _STRANGER if known else 1.0

    # What a reading costs.

    def _emitted(
        self, path: _Path, added: str, position: int | None = None, *, carry: int | None = None, cost: float = 0.0
    ) -> _Path:
        context = path.context
        for char in added:
            plain = simplified_of().get(char, char)
            cost += model().cost(plain, context)
            if self.turned and char in traditional_of():
                cost += _WRONG_SCRIPT
            context = (context + plain)[-2:]
        position = path.position if position is None else position
        return _Path(position, carry, path.text + added, context, path.cost + cost, path.inferred, path.holes)

    def _plain_cost(self, start: int, end: int, context: str) -> float:
        """Bits of the text as it stands, pinyin left out."""
        return model().text_cost(self._simplified(ANNOTATION.sub("", self.text[start:end])), context)

    def _context(self, position: int) -> str:
        return self._simplified(ANNOTATION.sub("", self.text[max(position - 20, 0) : position]))[-2:]

    def _annotation_ending(self, position: int) -> int | None:
        """Where the pinyin in brackets that ends here begins, None when none does."""
        for match in ANNOTATION.finditer(self.text, max(position - 12, 0), position):
            if match.end() == position and match[1] in readings_of(self.text[match.start() - 1 : match.start()] or " "):
                return match.start()
        return None

    @staticmethod
    def _simplified(text: str) -> str:
        return "".join(simplified_of().get(char, char) for char in text)


_RESUMES = frozenset("。、：）》”！，；？!,;:" + "\n")
"""Where a text falls into step by itself when the odd byte before it was dropped."""
