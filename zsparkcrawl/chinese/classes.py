"""Which characters the likelihood model knows one by one, and which by their class only."""

from __future__ import annotations

from bisect import bisect_left

__all__ = ["BROKEN", "FLOORS", "OTHER", "RARE", "START", "fold"]

# What `fold` makes of the characters that are known by class only, and the stand-ins (private use) for
# characters which are known one by one but were not seen when the model was built.
DIGIT, LATIN, MARKED, KANA, BOPOMOFO, HANGUL, GREEK = "0", "a", "à", "あ", "ㄅ", "가", "я"
BLANK, START, BROKEN, OTHER = " ", "\n", "\ufffd", "\ue000"
ASCII, MARK, SIGN, NUMBER = "\ue001", "\ue002", "\ue003", "\ue004"
GB2312, GBK, RARE = "\ue005", "\ue006", "\ue007"

FLOORS = {
    # bits of the class when the built model has no better figure
    DIGIT: 8.0,
    LATIN: 9.0,
    BLANK: 9.0,
    START: 7.0,
    ASCII: 14.0,
    MARKED: 15.0,  # Latin with marks, as in pinyin
    NUMBER: 16.0,  # enclosed numbers, Roman numerals, units
    SIGN: 18.0,  # boxes, arrows, mathematics and other signs
    MARK: 16.0,  # punctuation
    KANA: 17.0,
    BOPOMOFO: 20.0,
    HANGUL: 19.0,
    GREEK: 18.0,  # Greek, Cyrillic
    GB2312: 23.0,  # Chinese characters of GB 2312
    GBK: 25.0,  # … of the rest of the first Unicode block, which is in GBK
    RARE: 27.0,  # … of the extensions
    BROKEN: 28.0,  # replacement characters, private use, controls, surrogates, unassigned
    OTHER: 24.0,
}

# (last code point, class) in order: what lies in a range is of that class.
_RANGES: tuple[tuple[int, str], ...] = (
    (0x08, BROKEN), (0x09, BLANK), (0x0D, START), (0x1F, BROKEN), (0x20, BLANK), (0x2F, ASCII), (0x39, DIGIT),
    (0x40, ASCII), (0x5A, LATIN), (0x60, ASCII), (0x7A, LATIN), (0x7E, ASCII), (0x9F, BROKEN), (0xA0, BLANK),
    (0xBF, SIGN), (0x2AF, MARKED), (0x36F, OTHER), (0x52F, GREEK), (0x10FF, OTHER), (0x11FF, HANGUL),
    (0x1DFF, OTHER), (0x1EFF, MARKED), (0x1FFF, GREEK), (0x200A, BLANK), (0x200F, BROKEN), (0x2027, MARK),
    (0x2029, START), (0x202E, BROKEN), (0x202F, BLANK), (0x205E, MARK), (0x205F, BLANK), (0x206F, BROKEN),
    (0x20FF, SIGN), (0x218F, NUMBER), (0x245F, SIGN), (0x24FF, NUMBER), (0x2BFF, SIGN), (0x2E7F, OTHER),
    (0x2FFF, RARE), (0x3000, BLANK), (0x303F, MARK), (0x30FF, KANA), (0x312F, BOPOMOFO), (0x318F, HANGUL),
    (0x319F, OTHER), (0x31BF, BOPOMOFO), (0x31EF, RARE), (0x31FF, KANA), (0x33FF, NUMBER), (0x4DBF, RARE),
    (0x4DFF, SIGN), (0x9FFF, GBK), (0xABFF, OTHER), (0xD7FF, HANGUL), (0xF8FF, BROKEN), (0xFAFF, RARE),
    (0xFE0F, OTHER), (0xFE6F, MARK), (0xFEFF, BROKEN), (0xFF60, MARK), (0xFF9F, KANA), (0xFFDF, HANGUL),
    (0xFFEF, MARK), (0xFFFF, BROKEN), (0x1F0FF, OTHER), (0x1FFFF, SIGN), (0x3FFFF, RARE), (0x10FFFF, BROKEN),
)  # fmt: skip
_LASTS = [last for last, _ in _RANGES]
_BY_ITSELF = {ASCII, MARK, SIGN, NUMBER, RARE}


def fold(character: str) -> tuple[str, str]:
    """The character as the model knows it, and the class to take it by should the model not know it.

    Full-width ASCII counts as ASCII; digits, Latin letters, blanks, kana, hangul and what is no text have no
    value but their class.

    >>> fold("７")[0], fold("Ｒ")[0], fold("，")[0], fold("\\u3000")[0], fold("カ")[0]
    ('0', 'a', ',', ' ', 'あ')
    >>> fold("园")
    ('园', '\\ue005')
    """
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:
        code -= 0xFEE0
        character = chr(code)
    kind = _RANGES[bisect_left(_LASTS, code)][1]
    if kind == GBK:
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            return character, GBK
        return character, GB2312
    return (character, kind) if kind in _BY_ITSELF else (kind, kind)
