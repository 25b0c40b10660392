"""Bytes to text: which encoding a page really is in, and on what evidence.

What the header and the page itself declare is often wrong (gb2312 for UTF-8, utf-8 for GBK), so the bytes decide:
strict decoding first, then how much of the text is common Chinese.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from zsparkcrawl.chinese.script import common_characters

__all__ = ["Decoded", "declared_charset", "decode"]

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# A page in UTF-16 without a mark shows it by its first tag: `<` and a letter, each with a NUL beside it.
_UNMARKED = (
    (re.compile(rb"(?:\s\0)*<\0[!?a-zA-Z]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0\s)*\0<\0[!?a-zA-Z]"), "utf-16-be"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# GB18030 holds GBK and GB 2312 and decodes everything that they do; Big5-HKSCS likewise holds Big5.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "hz": "gb18030", "big5": "big5hkscs"}
_ASCII = re.compile(r"[\x00-\x7f]+")
_CERTAIN = 2.0
"""Above all that a comparison can give."""
_SAMPLE = 65536
"""Bytes looked at when candidates are compared: enough for a verdict, and a bound for pages of 8 MiB."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text, the charset that was chosen, and why."""

    text: str
    charset: str
    reason: str


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode a page. Never fails: bytes that the charset cannot hold become U+FFFD.

    >>> decode("新闻".encode("gbk"), "text/html; charset=utf-8")
    Decoded(text='新闻', charset='gb18030', reason='the bytes decide: all decode; declared utf-8')
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(charset, "replace"), charset, "byte order mark")
    for first_tag, charset in _UNMARKED:
        if first_tag.match(body):
            return Decoded(body.decode(charset, "replace"), charset, "every ASCII character has a NUL beside it")
    declared = _declared(body, content_type)
    if body.isascii():
        return Decoded(body.decode("ascii"), "utf-8", "plain ASCII")
    stated = f"; declared {', '.join(declared)}" if declared else "; nothing declared"
    with suppress(UnicodeDecodeError):  # UTF-8 through and through: no other charset need be tried
        return Decoded(body.decode("utf-8"), "utf-8", f"the bytes decide: all decode{stated}")
    sample = body[:_SAMPLE]
    candidates = dict.fromkeys(["utf-8", *declared, "gb18030", "big5hkscs"])
    # From the first on: when UTF-8 is certain nothing else need be read.
    plausible: dict[str, float] = {}
    for charset in candidates:
        plausible[charset] = _plausibility(sample, charset)
        if plausible[charset] == _CERTAIN:
            break
    best = max(plausible, key=plausible.__getitem__)
    text = body.decode(best, "replace")
    lost = text.count("\ufffd")
    verdict = "all decode" if not lost else f"{lost} {'place does' if lost == 1 else 'places do'} not decode"
    return Decoded(text, best, f"the bytes decide: {verdict}{stated}")


def declared_charset(body: bytes, content_type: str = "") -> str | None:
    """What the header and the page itself declare, the header first, in their own words but in small letters; None when
    nothing is declared. It says nothing of what the page is in.

    >>> declared_charset(b'<meta charset="GB2312">', "text/html; charset=UTF-8")
    'utf-8, gb2312'
    """
    named = dict.fromkeys(name.lower() for name in _named(body, content_type))
    return ", ".join(named) or None


def _named(body: bytes, content_type: str) -> list[str]:
    named = [match[1] for match in _HEADER.finditer(content_type)]
    return named + [match[1].decode("ascii") for match in _DECLARED.finditer(body[:4096])]


def _declared(body: bytes, content_type: str) -> list[str]:
    """Charsets that the header and the page name and that exist, widened to what browsers take them for."""
    known: list[str] = []
    for name in _named(body, content_type):
        try:
            charset = codecs.lookup(name).name
        except LookupError:
            continue
        charset = _WIDER.get(charset, charset)
        if charset not in known and charset in _TEXT_CHARSETS:
            known.append(charset)
    return known


_TEXT_CHARSETS = {"utf-8", "gb18030", "big5hkscs", "utf-16", "shift_jis", "euc_jp", "euc_kr", "iso8859-1", "cp1252"}


def _plausibility(sample: bytes, charset: str) -> float:
    """How good a reading is: the share of its letters that are common Chinese, less what did not decode."""
    text = sample.decode(charset, "replace")
    # UTF-8 has so little chance to decode by accident that a page which does so strictly is in UTF-8 whatever it
    # says (a Japanese one too). The last character of a sample may be cut in two: that is no fault.
    if charset == "utf-8" and text.count("\ufffd") <= (1 if len(sample) == _SAMPLE else 0) and not sample.isascii():
        return _CERTAIN
    if not (foreign := len(_ASCII.sub("", text))):
        return 0.0
    return (len(_uncommon().sub("", text)) - 3 * text.count("\ufffd")) / foreign


@cache
def _uncommon() -> re.Pattern[str]:
    # To delete the rest is cheaper than to count each character: 0.07 ms instead of 0.11 for a page of the sample.
    return re.compile(f"[^{re.escape(''.join(sorted(common_characters())))}]+")
