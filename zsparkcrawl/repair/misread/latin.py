"""What was read as Latin-1 or cp1252 and needs no search: marks of GBK, and UTF-8 of other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import ftfy

from zsparkcrawl.repair.misread.charsets import Misreading, bytes_behind, decoded
from zsparkcrawl.repair.misread.found import BESIDE, Found
from zsparkcrawl.repair.misread.kinds import as_read

__all__ = ["found_in_latin"]

_MARKS = {mark.encode("gbk").decode("latin-1"): mark for mark in "　、。·—…“”‘’《》【】！，：；？（）"}
_MARKS_IN_LATIN = re.compile(
    "(?<!¡)(?:¡¡)+(?![¡A-Za-zÀ-ÿ])|" + "|".join(re.escape(shown) for shown in _MARKS if shown != "¡¡")
)
_HIGH = "\x80-\xff" + "".join(char for char in bytes_behind("cp1252") if char > "\xff")
_SEQUENCE = re.compile(f"[\xc2-\xdf][{_HIGH}]|[\xe0-\xef][{_HIGH}]{{2}}|[\xf0-\xf4][{_HIGH}]{{3}}")
_BEGUN = re.compile(f"[\xc2-\xf4][{_HIGH}]")
_NOT_LATIN = re.compile(f"[^ -~{_HIGH}]")
_HOW = Misreading("cp1252", "gb18030", 10.0)
_AROUND = 200
"""Characters on either side that are shown to ftfy with what may be misread."""
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]")
_SAFE = ftfy.TextFixerConfig(
    unescape_html=False,
    restore_byte_a0=False,
    replace_lossy_sequences=False,
    decode_inconsistent_utf8=False,
    fix_c1_controls=False,
    explain=False,
)
"""Only whole decoding errors that lost nothing: what else ftfy does rewrites good Chinese punctuation."""


def found_in_latin(text: str) -> list[Found]:
    """Marks of GBK, and UTF-8 of other languages, that were read as Latin-1 or cp1252."""
    return [*_marks(text), *_other_languages(text)]


def _marks(text: str) -> list[Found]:
    """Marks and wide blanks of GBK: £¬ is ，, ¡¡ a wide blank.

    Leaves alone: one or two of them where none stands beside Chinese, and what Spanish has (¡¡Hola!!, ¡¿Qué?!).

    >>> [found.text for found in _marks("招商£¬引资¡£")]
    ['，', '。']
    """
    if "£" not in text and "¡" not in text:
        return []
    found = [
        as_read(*match.span(), _MARKS[match[0][:2]] * (len(match[0]) // 2), _HOW)
        for match in _MARKS_IN_LATIN.finditer(text)
        if match[0] != "¡¿" or "¡¾" in text
    ]
    beside = (text[max(one.start - 3, 0) : one.start] + text[one.end : one.end + 3] for one in found)
    return found if len(found) > 2 or any(map(BESIDE.search, beside)) else []


def _other_languages(text: str) -> Iterator[Found]:
    """UTF-8 of other languages and of signs, where ftfy agrees: MÃ¼ller, 25Â°C, â€™.

    Leaves alone: what ftfy takes for good, and characters of Chinese, Japanese or Korean.

    >>> [found.text for found in _other_languages("Herr MÃ¼ller misst 25Â°C")]
    ['ü', '°']
    """
    done = 0
    while begun := _BEGUN.search(text, done):
        start = begun.start() - _latin_length(text[max(begun.start() - _AROUND, done) : begun.start()][::-1])
        done = begun.start() + _latin_length(text[begun.start() : begun.start() + _AROUND])
        found = [(match, _decoded(match[0])) for match in _SEQUENCE.finditer(text[start:done])]
        if any(after and not after.isascii() for _, after in found) and _agrees(text[start:done]):
            for match, after in found:
                if after and after.isprintable() and not _WIDE.search(after):
                    yield as_read(start + match.start(), start + match.end(), after, _HOW)


def _latin_length(text: str) -> int:
    """How many Latin letters and ASCII characters a text begins with."""
    other = _NOT_LATIN.search(text)
    return other.start() if other else len(text)


def _agrees(shown: str) -> bool:
    """Whether ftfy mends a text just so."""
    mended, _ = ftfy.fix_encoding_and_explain(shown, _SAFE)
    return mended == _SEQUENCE.sub(lambda match: _decoded(match[0]) or match[0], shown)


def _decoded(shown: str) -> str:
    return decoded("utf-8", b"".join(bytes_behind("cp1252")[char][0] for char in shown))
