"""Text that was decoded with the wrong charset and kept so.

The ways to misread stand in `kinds`, the search for what stood there in `search`, and what needs no search in `latin`.
Here what was found becomes changes, and what stays unknown or in doubt is marked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zsparkcrawl.edits import Certainty, Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.misread.anchors import HIGH_LETTER
from zsparkcrawl.repair.misread.found import Found
from zsparkcrawl.repair.misread.guesses import Choice, Known, choice, known_of
from zsparkcrawl.repair.misread.kinds import found_in, garbled_in
from zsparkcrawl.repair.misread.latin import found_in_latin
from zsparkcrawl.repair.misread.nodes import Node
from zsparkcrawl.repair.paths import DOUBTFUL

__all__ = ["mark_unreadable", "reread_misread"]

_ABOUT_CHARSETS = re.compile(
    r"乱码|亂碼|字符集|字元集|utf-?8|gbk|gb ?(?:2312|18030)|latin-?1|iso-?8859|unicode|mojibake|文字化け|锟斤拷|烫烫烫",
    re.IGNORECASE,
)
"""Words of a text that shows misread text on purpose."""
_MAY_BE_ABOUT = re.compile("[编解][码碼]|編碼|encod", re.IGNORECASE)
"""… if they stand in the same line: genes and companies have codes as well."""
_NEARLY = 5.0
"""Bits by which the next character may cost more and still casts doubt on the one that was put in."""
_PASSES = 3
"""Times that a text is read again at most: what was brought back can tell of what stands beside it."""


class _Piece(NamedTuple):
    """A part of a stretch, and what it becomes; ``reason`` says what is missing or in doubt in it."""

    start: int
    end: int
    after: str
    certainty: Certainty
    reason: str = ""
    guessed: bool = False

    def joins(self, other: _Piece) -> bool:
        """Whether two are one change: what was guessed stands by itself."""
        alone = self.guessed or other.guessed
        return self.end == other.start and self.certainty == other.certainty and not alone


def reread_misread(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Read again what was read with the wrong charset: UTF-8 as GBK (鏂伴椈) or Big5; UTF-8, GBK and Big5 as Latin-1 or
    cp1252 (æ–°é—», ÐÂÎÅ); GBK partly as UTF-8 (Ŀ¼ҳ); Big5 as GBK (穝籇いみ) and GBK as Big5 (陔恓笢陑).

    A byte that was lost on the way leaves few characters; the likeliest is put in and marked inferred, and doubtful
    where another is nearly as likely. Leaves alone: words of other languages with accents, rare characters, what was
    misread several times, and any text that speaks of charsets: it shows them.

    >>> reread_misread(Edited("ÐÂÎÅÖÐÐÄ"), Diagnosis()).text, reread_misread(Edited("鏂伴椈"), Diagnosis()).text
    ('新闻中心', '新闻')
    >>> edited = reread_misread(Edited("缃戠珯鍙戝竷娑堟伅锛?"), Diagnosis())
    >>> edited.text, [(made.after, made.certainty) for made in edited.edits]
    ('网站发布消息：', [('网站发布消息', 'certain'), ('：', 'inferred')])
    """
    for _ in range(_PASSES):
        pieces = _pieces_of(edited.text)
        if not pieces:
            break
        edited = edit(edited, "misread", (Change(*piece[:4]) for piece in pieces))
        edited = mark(edited, _marks(pieces))
    return edited


def _pieces_of(text: str) -> list[_Piece]:
    every = _not_shown(text, _every(text))
    if not every or _ABOUT_CHARSETS.search(text):
        return []
    known = _known(text, every)
    return [piece for found in every for piece in _joined(text, _pieces(text, found, known))]


def _every(text: str) -> list[Found]:
    """What was misread in one way or another, in the order of the text."""
    if text.isascii():
        return []
    found = found_in(text)
    if not HIGH_LETTER.search(text):
        return found
    taken = {place for one in found for place in range(one.start, one.end)}
    found += (one for one in found_in_latin(text) if taken.isdisjoint(range(one.start, one.end)))
    return sorted(found, key=lambda one: one.start)


_UNREADABLE = (
    ("\ufffd", re.compile("\ufffd+"), "bytes that did not decode"),
    ("锟", re.compile("(?:锟斤拷|锟斤|斤拷){2,}|锟斤拷"), "replacement characters that were read as GBK"),
    ("踝", re.compile("(?:嚙踝蕭|嚙踝|踝蕭){2,}|嚙踝蕭"), "replacement characters that were read as Big5"),
    ("å", re.compile("(?:[ã-éï][\xa0-\xbf?\ufffd]{1,2}){4,}"), "UTF-8 read as Latin-1 that lost too many bytes"),
    ("Ã", re.compile("(?:Ã[\x80-\xbf‚-™]|Â[\x80-\xbf]|â€[\x80-\xbf‚-™]){4,}"), "misread more than once"),
)
"""A character that each of them has, how it looks, and the reason that is given."""


def mark_unreadable(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Mark what no rule can bring back: U+FFFD, 锟斤拷, and text that was misread several times (闂傚倸鍊). It stays.

    Leaves alone: a text that speaks of charsets, and honest words that hold such a character.

    >>> marked = mark_unreadable(Edited("园区锟斤拷新闻\ufffd"), Diagnosis())
    >>> [damage.reason for damage in marked.damaged]
    ['replacement characters that were read as GBK', 'bytes that did not decode']
    """
    text = edited.text
    if text.isascii():
        return edited
    found = [
        Damage(*match.span(), reason)
        for has, pattern, reason in _UNREADABLE
        if has in text
        for match in pattern.finditer(text)
    ]
    found += (Damage(one.start, one.end, "misread more than once") for one in garbled_in(text))
    if not found or _ABOUT_CHARSETS.search(text.replace("锟斤拷", "")):
        return edited
    taken = {place for damage in edited.damaged for place in range(damage.start, damage.end)}
    return mark(edited, (damage for damage in found if damage.start not in taken))


def _not_shown(text: str, every: list[Found]) -> list[Found]:
    """Those that do not stand in a line that speaks of codes."""
    about = [match.start() for match in _MAY_BE_ABOUT.finditer(text)] if every else []
    if not about:
        return every
    ends = [match.start() for match in re.finditer("\n", text)]
    lines = {bisect_left(ends, place) for place in about}
    return [found for found in every if bisect_left(ends, found.start) not in lines]


def _known(text: str, every: list[Found]) -> Known:
    """What is known of a text when characters of it must be guessed."""
    if not any(found.lost for found in every):
        return Known()
    pieces: list[str] = []
    end = 0
    for found in every:
        pieces += (text[end : found.start], *(node.text if node.options is None else "\ufffd" for node in found.nodes))
        end = found.end
    return known_of("".join((*pieces, text[end:])))


def _pieces(text: str, found: Found, known: Known) -> list[_Piece]:
    """What becomes of a stretch, node by node."""
    pieces: list[_Piece] = []
    nodes = found.nodes
    start, written = found.start, text[max(found.start - 2, 0) : found.start]
    for number, node in enumerate(nodes):
        after, reason, guessed = node.text, "", node.options is not None
        certainty: Certainty = "certain"
        if node.options:
            behind = "".join(_likely(each) for each in nodes[number + 1 : number + 3]) + text[found.end : found.end + 2]
            chosen: Choice = choice(node.options, written, behind, known)
            after, certainty = chosen.char, "certain" if len(node.options) == 1 else "inferred"
            reason = DOUBTFUL + chosen.rival if chosen.lead < _NEARLY else ""
        elif node.options is not None:
            reason = "bytes were lost here" if after == "\ufffd" else "an ASCII character was lost here"
            certainty = "inferred"
        elif found.how.mixed:
            certainty = "inferred"
        end = node.place + 1
        if pieces and end <= start:  # the character shown completes two
            last = pieces.pop()
            start, after, reason = last.start, last.after + after, reason or last.reason
            certainty = last.certainty if certainty == "certain" else certainty
            guessed = guessed or last.guessed
        pieces.append(_Piece(start, end, after, certainty, reason, guessed))
        start, written = end, (written + after[:-1] + (_likely(node) if node.options == () else after[-1:]))[-2:]
    return pieces


def _likely(node: Node) -> str:
    """What was brought back; for an ASCII character that is unknown, a figure, as most are."""
    return "0" if node.options == () and node.text == "?" else node.text


def _joined(text: str, pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Pieces that touch as one change; what stays as it is is none."""
    last: _Piece | None = None
    for piece in pieces:
        if text[piece.start : piece.end] == piece.after and not piece.reason:
            continue
        if last and last.joins(piece):
            last = last._replace(end=piece.end, after=last.after + piece.after)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _marks(pieces: Iterable[_Piece]) -> Iterator[Damage]:
    shift = 0
    for piece in pieces:
        end = piece.end + shift + len(piece.after) - (piece.end - piece.start)
        if piece.reason and piece.after:
            # What is unknown is the last character of its piece; a doubt is of all of it.
            yield Damage(piece.start + shift if piece.reason.startswith(DOUBTFUL) else end - 1, end, piece.reason)
        shift = end - piece.end
