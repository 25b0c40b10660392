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
from dataclasses import replace

from zsparkcrawl.chinese.script import simplified
from zsparkcrawl.edits import Certainty, Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import MARKS
from zsparkcrawl.repair.holes import figure_lost
from zsparkcrawl.repair.paths import DOUBTFUL, Path
from zsparkcrawl.repair.shown import STRADDLE, ShownText
from zsparkcrawl.repair.streams import Best, Streams

__all__ = ["rejoin_bytes"]

_CUT = re.compile(
    rf"(?P<orphan>[?\ufffd])?(?P<mark>[{''.join(MARKS)}])"
    r"(?=[^\x00-\x7f\s]|[@-~?]|[!,:;]{1,4}[\u4e00-\u9fff]|(?(orphan)[!-~]|(?!))|(?<=[！!])$)",
    re.MULTILINE,
)
"""A mark that may come from a cut, by what is behind it: a character, a letter, marks that an archive narrowed, the
end of the paragraph."""
_LOST = re.compile(r"[?\ufffd][！，；？!,;?][?\ufffd]")
_ORPHANED = re.compile(r"[?\ufffd][！!]{2,}")
_LONE_LETTER = re.compile("[@-~\uff20-\uff5e][\u4e00-\u9fff]")
_BROKEN_OFF = re.compile(r"[\s()]")
_ENDED = re.compile("[！!]$", re.MULTILINE)
_GARBLED = 8.5
"""Bits a character above which the text behind a mark may be shifted. Four characters behind a mark cost 7.2 in the
median and more than this in 22 % of the sample; read one byte off, 99 % cost more than 13.9, but what falls into step
at once costs less."""
_MARGIN = {"turned": 8.0, "unknown": 28.0}
"""By script; more where nothing else on the page shows damage. Chosen with the sample in view."""
_MARGIN_CUT = 6.0
"""On a page that is known to be cut, and where the bytes before and behind the mark show as lost."""


_NEARLY = 6.0
"""Bits by which a reading must beat the next one, else it is marked as damaged, with the other one named."""


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
    runs: list[tuple[int, Path]] = []
    damaged: list[Damage] = []
    streams = Streams(edited.text, diagnosis)
    position = 0
    for start, match in _anchors(streams):
        if start < position:
            continue
        if match.re is STRADDLE:
            best = streams.straddled(start, match.end(), match[1])
            path = streams.path(best) if best else None
            if path is None:
                damaged.append(Damage(start, match.end(), "pinyin inside a character; no byte stream explains it"))
        elif _garbled(streams, match.start("mark"), diagnosis):
            path, damage = _cut(streams, start, match.start("mark"), diagnosis)
            damaged += damage or ([] if path or not diagnosis.cut else _orphaned(streams.shown.text, start))
            diagnosis = replace(diagnosis, cut=True) if path else diagnosis
        else:
            continue
        if path:
            path = _with_figures(streams.shown, start, path)
            runs.append((start, path))
            position = path.position
            streams.accept(path)
    changes = [_change(start, path) for start, path in runs]
    return mark(edit(mark(edited, damaged), "gbk", changes), _holes(changes, [path for _, path in runs]))


def _orphaned(text: str, start: int) -> list[Damage]:
    """The place of a lost byte and the marks of several cuts behind it, of which nothing more can be told."""
    match = _ORPHANED.match(text, start)
    return [Damage(*match.span(), "a byte was lost before a cut; no byte stream explains it")] if match else []


def _cut(streams: Streams, start: int, position: int, diagnosis: Diagnosis) -> tuple[Path | None, list[Damage]]:
    """What stood where a mark at ``position`` came from a cut, if that is likely; else a doubt, if it may be."""
    best = streams.cut(start, position)
    if best is None:
        return None, []
    likely = best.saved >= _margin(streams.shown.text, start, diagnosis)
    if not likely and not (best.saved > 0 and (diagnosis.cut or _ENDED.match(streams.shown.text, start))):
        return None, []
    path = streams.path(best)
    if _better_straddled(streams, start, best):
        return None, []
    return (path, []) if likely else (None, [Damage(start, path.position, DOUBTFUL + simplified(path.text))])


def _better_straddled(streams: Streams, start: int, cut: Best) -> bool:
    """Whether pinyin inside a character, in the run that a cut would begin, explains more than the cut: then the mark
    is what it looks like, and the text behind it is shifted by the pinyin."""
    match = STRADDLE.search(streams.shown.text, start + 1, cut.position)
    return match is not None and streams.ahead(match.start(), match.end(), match[1]) > cut.saved


def _margin(text: str, start: int, diagnosis: Diagnosis) -> float:
    """Bits by which a cut undone must beat the text as it stands. None where all that is left is a mark at the end of a
    paragraph: the quotation that it leaves open was counted. On a page that may not be cut at all such a mark stays: of
    32 quotations that go on in the next paragraph every one would have lost its ！."""
    if diagnosis.cut and _ENDED.match(text, start):
        return 0.0
    if diagnosis.script == "turned" and (diagnosis.cut or _LOST.match(text, start)):
        return _MARGIN_CUT
    return _MARGIN.get(diagnosis.script, _MARGIN["unknown"])


def _anchors(streams: Streams) -> Iterator[tuple[int, re.Match[str]]]:
    """Places where a run may begin, in the order of the text."""
    places = {match.start(): match for match in _CUT.finditer(streams.shown.text)}
    places |= {match.start(): match for match in STRADDLE.finditer(streams.shown.text)}
    for start, match in sorted(places.items()):
        if streams.shown.is_hopeless(start):
            continue
        if match.re is STRADDLE or match["mark"] in streams.shown.marks:
            yield start, match


def _garbled(streams: Streams, position: int, diagnosis: Diagnosis) -> bool:
    """Whether the text behind a mark is unlikely enough to be worth the search: a lost byte, or no Chinese. Nothing
    behind it at all is all that a cut leaves of 。” at the end of a paragraph."""
    if diagnosis.uncut:
        return False
    following = streams.shown.text[position + 1 : position + 3]
    if following[:1] in "\n":
        return diagnosis.script == "turned"
    lost_before = position > 0 and streams.shown.text[position - 1] in "?\ufffd"
    if following[0] in "?\ufffd" or _LONE_LETTER.match(following) or (lost_before and following[0] in MARKS):
        return True
    stretch = _BROKEN_OFF.split(streams.shown.text[position + 1 : position + 7], maxsplit=1)[0][:4]
    return bool(stretch) and streams.places.per_character(position + 1, position + 1 + len(stretch)) > _GARBLED


def _with_figures(shown: ShownText, start: int, path: Path) -> Path:
    """A path with those of its unknown characters put in that the calendar tells."""
    text, holes = path.text, []
    for hole in path.holes:
        before = shown.text[max(start - 2, 0) : start] + text[:hole]
        figure = figure_lost(before, text[hole + 1 :] + shown.text[path.position : path.position + 4])
        text = text[:hole] + (figure or "?") + text[hole + 1 :]
        holes += [] if figure else [hole]
    return path._replace(text=text, holes=tuple(holes))


def _change(start: int, path: Path) -> Change:
    certainty: Certainty = "inferred" if path.inferred or path.doubts else "certain"
    return Change(start, path.position, path.text, certainty)


def _holes(changes: Iterable[Change], paths: Iterable[Path]) -> Iterator[Damage]:
    shift = 0
    for change, path in zip(changes, paths, strict=True):
        start = change.start + shift
        for hole in path.holes:
            yield Damage(start + hole, start + hole + 1, "an ASCII character was lost here")
        for doubt in path.doubts:
            if doubt.bits < _NEARLY:
                end = min(max(doubt.end, doubt.start + 1), len(path.text))
                yield Damage(
                    start + min(doubt.start, end - 1), start + end, DOUBTFUL + (simplified(doubt.rival) or "nothing")
                )
        shift += len(change.after) - (change.end - change.start)
