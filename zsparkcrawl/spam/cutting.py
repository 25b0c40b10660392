"""How much goes with what is spam: the marks that set it off, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zsparkcrawl.edits import Change
from zsparkcrawl.spam.judging import Spam
from zsparkcrawl.spam.lexicon import Folded

__all__ = ["change_of", "disjoint", "line_change"]

_PAIRS = {
    "(": ")", "（": "）", "[": "]", "【": "】", "“": "”", "「": "」", "《": "》", "〈": "〉", "<": ">", '"': '"', "‘": "’",
    "『": "』", "{": "}",
}  # fmt: skip
_PAUSES = "，,、；;"
_STOPS = "。！？!?：:"
_BLANKS = " \t\xa0\u3000"
_TWINS = "…—–-_|｜·•*★☆◆~～=#+/\\"


def change_of(text: str, folded: Folded, found: Spam) -> Change:
    """The cut of a stretch of spam: with a whole line one line end goes; with a stretch in brackets the brackets; of
    two pauses around it one; marks of a list that are left over beside it."""
    start = folded.origin(found.start)
    end = folded.origin(found.end - 1) + 1 if found.end > found.start else start
    if found.shape == "line":
        return _line(text, start, end)
    while True:
        wider = _wider(text, start, end)
        if wider == (start, end):
            break
        start, end = wider
    return _alone(text, start, end) or _with_pause(text, start, end)


def disjoint(changes: Iterable[Change]) -> Iterator[Change]:
    """Changes in the order of the text, each drawn in to where the one before it ends."""
    read = 0
    for change in changes:
        if change.end > read:
            yield Change(max(change.start, read), change.end, change.after)
            read = change.end


def _line(text: str, start: int, end: int) -> Change:
    # Blanks that the fold left out belong to the line.
    while start and text[start - 1] != "\n":
        start -= 1
    while end < len(text) and text[end] != "\n":
        end += 1
    return line_change(text, start, end)


def line_change(text: str, start: int, end: int) -> Change:
    """The cut of a whole line, with one of the line ends around it."""
    # One of the two must stay, unless the line is the first or the last.
    if start > 0:
        return Change(start - 1, end, "")
    return Change(start, min(end + 1, len(text)), "")


def _wider(text: str, start: int, end: int) -> tuple[int, int]:
    """With one more pair of brackets or of like marks around it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and after and (_PAIRS.get(before) == after or (before == after and before in _TWINS)):
        return start - 1, end + 1
    return start, end


def _alone(text: str, start: int, end: int) -> Change | None:
    """The whole line when nothing is left of it."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if (text[first:start] + text[end:last]).strip(_BLANKS + _PAUSES + _TWINS + "“”\"'"):
        return None
    return line_change(text, first, last)


def _with_pause(text: str, start: int, end: int) -> Change:
    while end < len(text) and start and text[end] in _BLANKS and text[start - 1] in _BLANKS:
        end += 1
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and before in _TWINS and (not after or after not in _TWINS):
        return _with_pause(text, start - 1, end)
    if after and after in _TWINS and before not in _TWINS:
        return _with_pause(text, start, end + 1)
    ends = not after or after == "\n"
    begins = not before or before == "\n"
    if before and before in _PAUSES and (ends or after in _PAUSES or after in _STOPS):
        return Change(start - 1, end, "")
    if after and after in _PAUSES and (begins or before in _STOPS):
        return Change(start, end + 1, "")
    if ends and before and before in _BLANKS:
        return Change(start - 1, end, "")
    if begins and after and after in _BLANKS:
        return Change(start, end + 1, "")
    return Change(start, end, "")
