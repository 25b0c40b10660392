"""Text that was decoded with the wrong charset and kept so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsparkcrawl.chinese.script import common_characters
from zsparkcrawl.edits import Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Diagnosis

__all__ = ["mark_unreadable", "reread_misread"]

_LATIN = re.compile(r"[\u00a1-\u00ff](?:[\u00a1-\u00ff\u0152-\u02dc\u2013-\u2122 ]*[\u00a1-\u00ff])+")
_IDEOGRAPHS = re.compile(r"[\u2e80-\u9fff\ue000-\uffef€·]{3,}")

_ABOUT_CHARSETS = re.compile(
    r"乱码|亂碼|[编解][码碼]|編碼|字符集|utf-?8|gbk|gb ?2312|latin-?1|锟斤拷|烫烫烫", re.IGNORECASE
)


def reread_misread(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Read again what was read with the wrong charset: GBK as Latin-1 (ÐÂÎÅ), UTF-8 as GBK (鏂伴椈).

    Leaves alone: words of other languages with accents, any stretch that does not convert to the last byte or does
    not become common Chinese, what lost bytes on the way, and any text that speaks of charsets: it shows them.

    >>> reread_misread(Edited("ÐÂÎÅÖÐÐÄ"), Diagnosis()).text, reread_misread(Edited("鏂伴椈"), Diagnosis()).text
    ('新闻中心', '新闻')
    """
    return edit(edited, "misread", _changes(edited.text))


_UNREADABLE = (
    (re.compile("\ufffd+"), "bytes that did not decode"),
    (re.compile("(?:锟斤拷|锟斤|斤拷){2,}|锟斤拷"), "replacement characters that were read as GBK"),
    (re.compile("[闂閿锝鈥缁锟][傚涙熸炴倸鍊屽牊]{1,}[闂閿锝鈥缁锟傚涙熸炴倸鍊屽牊]+"), "misread more than once"),
)


def mark_unreadable(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Mark what no rule can bring back: U+FFFD, 锟斤拷, and text that was misread several times. Changes nothing.

    Leaves alone: a text that speaks of charsets, and honest words that hold such a character.

    >>> [damage.reason for damage in mark_unreadable(Edited("园区锟斤拷新闻\ufffd"), Diagnosis()).damaged]
    ['replacement characters that were read as GBK', 'bytes that did not decode']
    """
    if edited.text.isascii() or _ABOUT_CHARSETS.search(edited.text.replace("锟斤拷", "")):
        return edited
    taken = {place for damage in edited.damaged for place in range(damage.start, damage.end)}
    found = ((match, reason) for pattern, reason in _UNREADABLE for match in pattern.finditer(edited.text))
    return mark(edited, (Damage(*match.span(), reason) for match, reason in found if match.start() not in taken))


def _changes(text: str) -> Iterator[Change]:
    if not text.isascii() and not _ABOUT_CHARSETS.search(text):
        for match in _LATIN.finditer(text):
            if (good := _reread(match[0], "latin-1", "gbk")) and len(good) >= 2:
                yield Change(*match.span(), good)
        for match in _IDEOGRAPHS.finditer(text):
            strange = sum(character not in common_characters() for character in match[0])
            # UTF-8 read as GBK is full of rare characters; healthy text has few.
            if 3 * strange >= len(match[0]) and (good := _reread(match[0], "gbk", "utf-8")):
                yield Change(*match.span(), good)


def _reread(text: str, was: str, true: str) -> str | None:
    try:
        good = text.encode(was).decode(true)
    except UnicodeError:
        return None
    wide = [character for character in good if character > "\x7f"]
    return good if wide and all(character in common_characters() for character in wide) else None
