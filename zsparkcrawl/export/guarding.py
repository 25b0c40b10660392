"""Texts that a spreadsheet must not take for a formula, a number or a date, and cells it cannot hold: reversible.

In a CSV for a spreadsheet the sign ``'`` stands before such a text, and before each text that itself begins with it.
So a cell that begins with the sign is the text behind the first sign, any other cell is its own text, and no two values
share a cell. An empty cell is an unknown value (NULL), and a sign alone is the empty text.

In a workbook no sign is needed, for its cells have types. There characters that XML cannot hold are written as
``_xHHHH_``, and the ``_`` of a text that looks so as ``_x005F_``, as the format itself has it (ECMA-376, ST_Xstring):
spreadsheets show the characters, and :func:`unescape` undoes it for readers that do not.
"""

from __future__ import annotations

import re

__all__ = ["CELL_LONGEST", "SIGN", "cell_length", "escape", "guard", "is_formula_like", "unescape", "unguard"]

SIGN = "'"

CELL_LONGEST = 32_767
"""UTF-16 units that a cell of Excel holds; it breaks longer ones apart or drops the rest without a word."""

_FORMULA = re.compile(r"[\s\x00-\x20\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n\x00]")
"""What spreadsheets run: = + - @ at the beginning, also in the full-width forms that those with Chinese or Japanese
settings take for the same, and behind blanks, which are dropped on import; and TAB and CR, which begin another cell."""
_NUMBER_LIKE = re.compile(r"(?=.*\d)[\d\s.,:/\-年月日时分秒%eE￥¥$()]+|(?i:true|false)")
"""What spreadsheets change into numbers, days and truth values: 01 loses its zero, 3-5 becomes the third of May."""
_WHOLE_NUMBER = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
"""What stays what it is as a number: with more than 15 digits the last become zeros."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_HELD = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_TO_ESCAPE = re.compile(f"[{_NOT_HELD}]|_(?=x[0-9A-Fa-f]{{4}}[_{_NOT_HELD}])")
"""What XML cannot hold, and CR, which its readers turn into LF; and a _ from which a reader would undo an escape: also
one whose last _ is the first of the escape behind it."""


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula when somebody types it in.

    >>> [is_formula_like(text) for text in ("=1+1", " ＠SUM(A1)", "a=b", "")]
    [True, True, False, False]
    """
    return _FORMULA.match(text) is not None


def guard(text: str | None) -> str:
    """The cell for a text in a CSV that a spreadsheet opens.

    >>> [guard(text) for text in ("园区新闻", "=1+1", "-3℃", "01", "1207", "'a'", "", None)]
    ['园区新闻', "'=1+1", "'-3℃", "'01", '1207', "''a'", "'", '']
    """
    if text is None:
        return ""
    return SIGN + text if text == "" or text.startswith(SIGN) or _is_changed(text) else text


def unguard(cell: str) -> str | None:
    """The text of such a cell; None for an unknown value. Undoes :func:`guard` for every text.

    >>> [unguard(cell) for cell in ("园区新闻", "'=1+1", "''a'", "'", "")]
    ['园区新闻', '=1+1', "'a'", '', None]
    """
    if cell == "":
        return None
    return cell[1:] if cell.startswith(SIGN) else cell


def escape(text: str) -> str:
    """The text as a workbook's cell holds it.

    >>> escape("a\\rb"), escape("_x005F_x000D_")
    ('a_x000D_b', '_x005F_x005F_x005F_x000D_')
    """
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape(cell: str) -> str:
    """The text of a workbook's cell, for readers that leave its escapes as they are (openpyxl, pandas). Undoes
    :func:`escape` for every text.

    >>> unescape("a_x000D_b"), unescape("_x005F_x000D_")
    ('a\\rb', '_x000D_')
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell)


def cell_length(text: str) -> int:
    """The length of a text as spreadsheets count it: in UTF-16 units, of which 𠮷 has two."""
    return len(text) + sum(sign > "\uffff" for sign in text) if not text.isascii() else len(text)


def _is_changed(text: str) -> bool:
    if is_formula_like(text):
        return True
    return _NUMBER_LIKE.fullmatch(text) is not None and _WHOLE_NUMBER.fullmatch(text) is None
