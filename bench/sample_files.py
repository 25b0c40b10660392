"""Small files for the sample site: pictures, documents, sheets. Valid enough to be told apart, and tiny."""

import io
import zipfile
from collections.abc import Callable
from zlib import compress, crc32

# A black dot: the smallest JPEG that viewers open.
_JPEG = bytes.fromhex(
    "FFD8FFDB0043000302020202020302020203030303040604040404040806060506090807090A0A0A09080A0A0C0E0C0A0B0D0B"
    "090A0D110D0D0F0F1010110A0C1213121013120F101010FFC9000B080001000101011100FFCC000600101005FFDA0008010100003F"
    "00D2CF20FFD9"
)
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def made(name: str) -> bytes:
    """A file of the kind its name ends in; different names have different bytes.

    >>> made("a.pdf")[:4], made("a.docx")[:2], made("a.png")[1:4]
    (b'%PDF', b'PK', b'PNG')
    """
    return _KINDS[name.rpartition(".")[2]](name.encode())


def _jpeg(name: bytes) -> bytes:
    comment = b"\xff\xfe" + (len(name) + 2).to_bytes(2, "big") + name
    return _JPEG[:2] + comment + _JPEG[2:]


def _png(name: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + crc32(kind + data).to_bytes(4, "big")

    header = bytes.fromhex("00000001 00000001 08 00 00 00 00")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", header),
            chunk(b"tEXt", b"Title\0" + name),
            chunk(b"IDAT", compress(b"\0\0", 9)),
            chunk(b"IEND", b""),
        )
    )


def _pdf(name: bytes) -> bytes:
    return b"%PDF-1.4\n% " + name + b"\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _zip(name: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml", _LONG_AGO), b"<Types/>")
        archive.writestr(zipfile.ZipInfo("name.txt", _LONG_AGO), name)
    return out.getvalue()


def _ole(name: bytes) -> bytes:
    return (_OLE + name).ljust(512, b"\0")


_KINDS: dict[str, Callable[[bytes], bytes]] = {
    "jpg": _jpeg,
    "png": _png,
    "pdf": _pdf,
    "docx": _zip,
    "xlsx": _zip,
    "doc": _ole,
    "xls": _ole,
}
