"""What a file is: by its bytes, else by what the server declares, else by its name. Nothing is opened or unpacked."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from zsparkcrawl.items import FILE_TYPES

__all__ = ["ending_of", "file_type", "is_web_page", "objection_to", "promised_type"]

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"BM", "bmp"), (b"II*\x00", "tif"), (b"MM\x00*", "tif"), (b"{\\rtf", "rtf"), (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gz"), (b"MZ", "exe"), (b"\x7fELF", "elf"), (b"ID3", "mp3"),
    (b"FLV\x01", "flv"), (b"\x00\x00\x01\x00", "ico"), (b"%!PS", "ps"),
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_STREAMS = (("WordDocument", "doc", "wps"), ("Workbook", "xls", "et"), ("PowerPoint Document", "ppt", "dps"))
"""Names inside an OLE file, the type that has them, and WPS Office's type that has them too."""
_PARTS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"), ("OFD.xml", "ofd"))
_PACKAGES = frozenset("docx xlsx pptx docm xlsm pptm".split())
_MOST_ENTRIES = 500
"""Entries of an archive's list that are looked at: an office file names its parts among the first."""
_DECLARED = {
    "application/pdf": "pdf", "application/msword": "doc", "application/vnd.ms-excel": "xls", "text/csv": "csv",
    "application/vnd.ms-powerpoint": "ppt", "text/plain": "txt", "image/svg+xml": "svg", "application/ofd": "ofd",
    "image/webp": "webp", "video/mp4": "mp4", "application/zip": "zip", "application/rtf": "rtf",
}  # fmt: skip
_TOLD_BY_BYTES = frozenset("pdf docx xlsx pptx ofd zip rar 7z gz jpg jpeg png gif bmp tif tiff webp mp4 mp3".split())
"""Types that always show by their bytes: what shows nothing is none of them."""
_PROMISED = FILE_TYPES | _TOLD_BY_BYTES | {"svg", "dps", "mp4", "flv", "avi", "html", "htm"}
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|title|meta|div|table|p|center)[\s/>]", re.IGNORECASE)
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*", re.DOTALL)
_OFFICE_PAGE = re.compile(rb"urn:schemas-microsoft-com:office:(?:word|excel|powerpoint)")
_OFFICE = frozenset("doc xls ppt wps et dps".split())
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})\s*$")
_SAME = {"jpeg": "jpg", "jpe": "jpg", "tiff": "tif"}


def file_type(body: bytes, content_type: str = "", name: str = "") -> str:
    """What a file is, as the ending that fits it; "" when nothing tells. ``name`` is its name or address.

    >>> file_type(b"%PDF-1.4", "application/msword", "1.doc"), file_type(b"MZ\\x90", "image/jpeg", "1.jpg")
    ('pdf', 'exe')
    >>> file_type("甲,乙".encode(), "text/csv"), file_type(b"?", "", "1.WPS"), file_type(b"?")
    ('csv', 'wps', '')
    """
    ending = ending_of(name)
    found = _by_bytes(body, ending)
    if found:
        return found
    declared = _DECLARED.get(content_type.partition(";")[0].strip().lower(), "")
    return (ending or declared) if declared in ("", "txt") else declared


def objection_to(body: bytes, wanted: str, name: str = "") -> str | None:
    """Why an answer is not the file that was asked for: a page or a line of text in its place. ``wanted`` is the type
    that the link promised, "image" for a picture, "" when it promised none; None when nothing speaks against it.

    >>> objection_to(b"<!DOCTYPE html><title>404</title>", "docx")
    'a web page, not a docx'
    >>> objection_to(b'{"code": 404}', "pdf"), objection_to(b"%PDF-1.4", "docx")
    ('text, not a pdf', None)
    """
    told = f"not {'an' if wanted[:1] in ('a', 'e', 'i', 'o', 'x') else 'a'} {wanted or 'file'}"
    if not body:
        return f"nothing, {told}"
    if is_web_page(body):
        as_office = (wanted in _OFFICE or ending_of(name) in _OFFICE) and _OFFICE_PAGE.search(body[:4096])
        return None if as_office or wanted in ("htm", "html", "svg") else f"a web page, {told}"
    needs_bytes = wanted in _TOLD_BY_BYTES or wanted == "image"
    if needs_bytes and not _by_bytes(body, wanted) and _is_text(body) and b"<svg" not in body[:1024]:
        return f"text, {told}"
    return None


def is_web_page(body: bytes) -> bool:
    """Whether the bytes are a page for a browser.

    >>> is_web_page(b"\\r\\n<!-- made by x -->\\n<html><body>"), is_web_page(b"PK\\x03\\x04<html>")
    (True, False)
    """
    begin = _BEGIN.match(body[:4096])
    return bool(_PAGE.match(body[:4096], begin.end() if begin else 0))


def promised_type(*names: str) -> str:
    """What names and addresses promise, by the first that ends as a file does; "" when none of them does.

    >>> promised_type("http://www.nhtp.org/down.jsp?id=7", "附件1.docx")
    'docx'
    """
    return next((ending for ending in map(ending_of, names) if ending in _PROMISED), "")


def ending_of(name: str) -> str:
    """The ending of a name or an address, in small letters; "" when it has none.

    >>> ending_of("http://www.nhtp.org/up/1.JPEG?t=7"), ending_of("http://www.nhtp.org/")
    ('jpg', '')
    """
    match = _ENDING.search(re.split("[?#]", name)[0].rpartition("/")[2])
    ending = match[1].lower() if match else ""
    return _SAME.get(ending, ending)


def _by_bytes(body: bytes, ending: str) -> str:
    if body.startswith(_OLE):
        return _ole_type(body, ending)
    if body.startswith(_ZIP):
        return _zip_type(list(_entries(body)), ending)
    if body[4:8] == b"ftyp":
        return "mp4"
    if body.startswith(b"RIFF") and body[8:12] in (b"WEBP", b"AVI "):
        return "webp" if body[8:12] == b"WEBP" else "avi"
    if found := next((kind for magic, kind in _MAGIC if body.startswith(magic)), ""):
        return found
    # Adobe's readers look for it among the first 1,024 bytes: warnings of a script may stand before it.
    return "pdf" if b"%PDF-" in body[:1024] else ""


def _ole_type(body: bytes, ending: str) -> str:
    for stream, kind, of_wps in _STREAMS:
        if stream.encode("utf-16-le") in body:
            return of_wps if ending == of_wps else kind
    # An office file with a password lies in an OLE file, whatever it is.
    sealed = ending in _PACKAGES and "EncryptedPackage".encode("utf-16-le") in body
    return ending if sealed or ending in _OFFICE else "ole"


def _zip_type(names: list[str], ending: str) -> str:
    if "[Content_Types].xml" in names and ending in _PACKAGES:
        return ending
    return next((kind for part, kind in _PARTS if any(name.startswith(part) for name in names)), "zip")


def _entries(body: bytes) -> Iterator[str]:
    """The first names in a ZIP archive's list of entries, which stands at its end. Nothing is unpacked."""
    end = body.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(body):
        return
    place = struct.unpack_from("<I", body, end + 16)[0]
    for _ in range(_MOST_ENTRIES):
        if place + 46 > len(body) or body[place : place + 4] != b"PK\x01\x02":
            return
        name, extra, comment = struct.unpack_from("<HHH", body, place + 28)
        yield body[place + 46 : place + 46 + name].decode("utf-8", "replace")
        place += 46 + name + extra + comment


def _is_text(body: bytes) -> bool:
    """Whether the first bytes are those of text: no control signs but breaks and tabs."""
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", body[:4096])
