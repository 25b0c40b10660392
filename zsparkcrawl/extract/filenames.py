"""What a server calls a file. The name is data to be shown; it is never a name on our disk.

RFC 6266 asks for ``filename*=UTF-8''…``. Chinese servers also send the bytes of UTF-8 or GBK as they are, percent-coded
or as a MIME word, or one taken for the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.errors import HeaderParseError
from email.header import decode_header
from urllib.parse import unquote_to_bytes, urlsplit

__all__ = ["name_in_address", "name_in_header", "shown_name"]

_PARAMETER = re.compile(
    r';\s*(?P<key>filename(?:\*\d{1,2})?\*?)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<plain>[^;]*))',
    re.IGNORECASE | re.DOTALL,
)
_CHARSETS = {
    "utf-8": "utf-8", "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "cp936": "gb18030",
    "big5": "big5", "iso-8859-1": "latin-1", "us-ascii": "latin-1",
}  # fmt: skip
"""What a name may say that it is coded in, to Python's name of it."""
_CODED = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_LATIN = re.compile(r"[\x80-\xff]")
_CHINESE = re.compile(r"[\u2014\u2018-\u201d\u2026\u3000-\u3017\u4e00-\u9fff\uff01-\uff5e]*")
_LONGEST = 500
"""Characters of a name that are kept; no file system has longer ones than 255."""


def name_in_header(value: bytes) -> str | None:
    """The file's name by a Content-Disposition header; None when the header tells none.

    >>> name_in_header(b"attachment; filename=a.doc; filename*=UTF-8''%e9%99%84%e4%bb%b6.doc")
    '附件.doc'
    >>> name_in_header("attachment; filename=附件 1.doc".encode("gbk"))
    '附件 1.doc'
    >>> name_in_header(b'inline; filename="%B8%BD%BC%FE.doc"; size=7')
    '附件.doc'
    >>> name_in_header("attachment; filename=附件.doc".encode().decode("latin-1").encode())
    '附件.doc'
    >>> name_in_header(b'attachment; filename="../../a \\\\"b\\\\".doc"')
    '../../a "b".doc'
    >>> name_in_header(b"attachment") is None
    True
    """
    # Decoded before it is taken apart: half of a GBK character may be a backslash.
    text = ";" + _decoded(value)
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        quoted = match["quoted"]
        said = re.sub(r'\\(["\\])', r"\1", quoted) if quoted is not None else match["plain"].strip()
        found.setdefault(match["key"].lower(), said)
    names = (_extended(found.get("filename*", "")), _continued(found), _told(found.get("filename", "")))
    return next((name for name in map(shown_name, names) if name), None)


def name_in_address(url: str) -> str | None:
    """The file's name by its address: the last part of the path, if it has an ending.

    >>> name_in_address("http://www.nhtp.org/up/%B8%BD%BC%FE1.docx?t=7"), name_in_address("http://www.nhtp.org/up/7")
    ('附件1.docx', None)
    """
    try:
        last = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return None
    return shown_name(_told(last)) or None if re.search(r"\.\w{1,5}$", last) else None


def shown_name(name: str) -> str:
    """The name without what no name has: signs that steer a terminal or turn its letters round. Blanks become one.

    >>> shown_name("附件\\x1b[31m\\u202ecod.exe")
    '附件[31mcod.exe'
    """
    return "".join(filter(str.isprintable, " ".join(name.split())))[:_LONGEST]


def _decoded(value: bytes) -> str:
    """Bytes of UTF-8 or else GBK; with marks for what neither explains."""
    for charset in ("utf-8", "gb18030"):
        try:
            return value.decode(charset)
        except UnicodeDecodeError:
            pass
    return value.decode("utf-8", "replace")


def _extended(said: str) -> str:
    """The value of ``filename*``: charset'language'percent-coded (RFC 8187); "" when it is none."""
    charset, _, rest = said.partition("'")
    coded = rest.partition("'")[2]
    if not coded:
        return ""
    try:
        return unquote_to_bytes(coded).decode(_CHARSETS.get(charset.strip().lower(), "utf-8"))
    except UnicodeDecodeError:
        return _decoded(unquote_to_bytes(coded))


def _continued(found: dict[str, str]) -> str:
    """The pieces ``filename*0``, ``filename*1*`` … in one (RFC 2231); "" when there are none.

    >>> _continued({"filename*0*": "UTF-8''%E9%99%84", "filename*1*": "%E4%BB%B6", "filename*2": ".doc"})
    '附件.doc'
    """
    pieces = []
    for number in range(len(found)):
        piece = found.get(f"filename*{number}*", found.get(f"filename*{number}"))
        if piece is None:
            break
        pieces.append(piece)
    joined = "".join(pieces)
    return _extended(joined) or joined


def _told(said: str) -> str:
    """A plain name, whichever way its Chinese is coded."""
    if "=?" in said:
        said = _mime_words(said)
    if "%" in said and _CODED.fullmatch(said):
        said = _decoded(unquote_to_bytes(said))
    return _read_rightly(said)


def _mime_words(said: str) -> str:
    try:
        parts = decode_header(said)
    except (HeaderParseError, ValueError):
        return said
    return "".join(
        part if isinstance(part, str) else _word(part, _CHARSETS.get((charset or "").lower()))
        for part, charset in parts
    )


def _word(part: bytes, charset: str | None) -> str:
    try:
        return part.decode(charset) if charset else _decoded(part)
    except UnicodeDecodeError:
        return _decoded(part)


def _is_common(text: str) -> bool:
    """Whether GB2312 has all of it, as it has nearly all that is written."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


_WORTHY: dict[tuple[str, str], Callable[[str, str], bool]] = {
    ("latin-1", "utf-8"): lambda name, foreign: True,
    ("cp1252", "utf-8"): lambda name, foreign: True,
    # One accented letter and what stands behind it may look like GBK; two pairs in a row hardly.
    ("latin-1", "gb18030"): lambda name, foreign: len(_LATIN.findall(name)) >= 4,
    # Of 600,000 names of 1 to 4 characters taken at random, 6 were UTF-8 of two characters as well, rare ones. Four in
    # a row are no chance; two or three are believed where common characters come of rarer ones.
    ("gb18030", "utf-8"): lambda name, foreign: (
        len(foreign) >= 4 or (len(foreign) >= 2 and _is_common(foreign) and not _is_common(name))
    ),
}
"""By how a name was read and how it was meant, when that is believed, given the name and what is Chinese as meant."""


def _read_rightly(name: str) -> str:
    """A name that was coded once too often, as it was meant; any other as it is.

    >>> _read_rightly("ï¿½.doc"), _read_rightly("¸½¼þ.doc"), _read_rightly("闄勪欢.doc"), _read_rightly("Café.doc")
    ('ï¿½.doc', '附件.doc', '附件.doc', 'Café.doc')
    >>> _read_rightly("榻丂.doc")  # its bytes are those of 齁@ too
    '榻丂.doc'
    """
    for (read_as, meant), is_worthy in _WORTHY.items():
        try:
            right = name.encode(read_as).decode(meant)
        except UnicodeError:
            continue
        foreign = "".join(sign for sign in right if not sign.isascii())
        if foreign and _CHINESE.fullmatch(foreign) and is_worthy(name, foreign):
            return right
    return name
