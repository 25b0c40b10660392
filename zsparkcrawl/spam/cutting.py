"""How much goes with what is spam: the marks that set it off, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zsparkcrawl.edits import Change
from zsparkcrawl.spam.clauses import Spam
from zsparkcrawl.spam.lexicon import Folded

__all__ = ["change_of", "disjoint", "line_change"]

_PAIRS = {
    "(": ")", "（": "）", "[": "]", "【": "】", "“": "”", "「": "」", "《": "》", "〈": "〉", "<": ">", '"': '"',
    "‘": "’", "『": "』", "{": "}",
}  # fmt: skip
_PAUSES = "，,、；;"
_STOPS = "。！？!?：:"
_ENDS = "。！？!?"
_BLANKS = " \t\xa0\u3000"
_TWINS = "…—–-_|｜·•*★☆◆~～=#+/\\"
_LEFT_OVER = frozenset(_BLANKS + _PAUSES + _TWINS + "“”\"'")
_SET_PAUSES, _SET_STOPS, _SET_ENDS, _SET_BLANKS, _SET_TWINS = map(frozenset, (_PAUSES, _STOPS, _ENDS, _BLANKS, _TWINS))


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
    """The whole line when nothing is left of it but marks."""
    while start and text[start - 1] in _LEFT_OVER:
        start -= 1
    while end < len(text) and text[end] in _LEFT_OVER:
        end += 1
    alone = text[start - 1 : start] in {"", "\n"} and text[end : end + 1] in {"", "\n"}
    return line_change(text, start, end) if alone else None


def _with_pause(text: str, start: int, end: int) -> Change:
    """With what set it off from the sentence: blanks, marks of a list, one of two pauses."""
    while end < len(text) and start and text[end] in _BLANKS and text[start - 1] in _BLANKS:
        end += 1
    start, end = _without_marks(text, start, end)
    before, after = text[start - 1 : start], text[end : end + 1]
    ends, begins = after in {"", "\n"}, before in {"", "\n"}
    takes_before = before in _SET_PAUSES and (ends or after in _SET_PAUSES or after in _SET_STOPS)
    takes_after = after in _SET_PAUSES and (begins or before in _SET_STOPS)
    # A sentence of its own goes with its stop.
    takes_after |= after in _SET_ENDS and (begins or before in _SET_ENDS)
    if takes_before or (ends and before in _SET_BLANKS):
        return Change(start - 1, end, "")
    return Change(start, end + (takes_after or (begins and after in _SET_BLANKS)), "")


def _without_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """With the marks of a list that are left over on one side."""
    while text[start - 1 : start] in _SET_TWINS and text[end : end + 1] not in _SET_TWINS:
        start -= 1
    while text[end : end + 1] in _SET_TWINS and text[start - 1 : start] not in _SET_TWINS:
        end += 1
    return start, end
