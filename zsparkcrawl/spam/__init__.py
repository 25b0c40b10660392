"""Spam: what was injected into a page's text is cut, every cut on record; no character of the article goes with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from zsparkcrawl.edits import Change, Edited, edit
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.spam.phrases import is_spam_line, spam_phrases

__all__ = ["RULES", "despam"]

_LINE = re.compile(r"[^\n]+")
_PAUSES = "，,、；;"


def cut_lines(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Cut whole lines that are nothing but a list of spam terms, with the line end before them.

    Leaves alone: lines with a sentence in them, whatever words it uses.

    >>> cut_lines(Edited("园区新闻\\n亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区"), Diagnosis()).text
    '园区新闻'
    """
    return edit(edited, "spam-line", _line_cuts(edited.text))


def _line_cuts(text: str) -> Iterator[Change]:
    cut_to = 0
    for match in _LINE.finditer(text):
        if not is_spam_line(match[0]):
            continue
        start, end = match.span()
        # Of the two line ends around it one must stay, unless the line is the first or the last.
        if start > cut_to and text[start - 1] == "\n":
            start -= 1
        elif end < len(text):
            end += 1
        yield Change(start, end, "")
        cut_to = end


def cut_phrases(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Cut injected phrases inside a sentence or between paragraphs, with one of the pauses that set them off.

    Leaves alone: words that an honest text may use (成人教育, 国产药, 彩票公益金).

    >>> cut_phrases(Edited("项目进展顺利，澳门威尼斯人网上娱乐，预计年底完工。"), Diagnosis()).text
    '项目进展顺利，预计年底完工。'
    """
    return edit(edited, "spam-phrase", _phrase_cuts(edited.text))


def _phrase_cuts(text: str) -> Iterator[Change]:
    read = 0
    for start, end in spam_phrases(text):
        before, after = text[max(start - 1, read) : start], text[end : end + 1]
        alone = before in {"", "\n"} and after in {"", "\n"}
        pauses = before != "" and before in _PAUSES and after in ("", *_PAUSES, *"。！？\n")
        # One of the two line ends or pauses around the phrase goes with it.
        with_after = after != "" and (alone or (not pauses and after in _PAUSES))
        with_before = not with_after and (pauses or (alone and before != ""))
        change = Change(start - with_before, end + with_after, "")
        if change.start >= read:
            yield change
            read = change.end


RULES: tuple[Callable[[Edited, Diagnosis], Edited], ...] = (cut_lines, cut_phrases)
"""The rules in the order in which they are applied."""


def despam(text: str, diagnosis: Diagnosis | None = None) -> Edited:
    """Cut what was injected into a text. A cut is an edit whose ``after`` is empty.

    >>> despam("园区一区二区的成人高考讲座").edits
    ()
    """
    edited = Edited(text)
    for rule in RULES:
        edited = rule(edited, diagnosis or Diagnosis())
    return edited
