"""The files that an article offers: links to them, and viewers that show them in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from lxml.html import HtmlElement

from zsparkcrawl.charset import decode
from zsparkcrawl.extract.addresses import absolute
from zsparkcrawl.extract.blocks import Block, Link, collapse
from zsparkcrawl.items import FILE_TYPES, Attachment

__all__ = ["attachments_of", "only_files", "shown_files"]

_DOWNLOAD = re.compile(r"download|attach|file|upload|fujian", re.IGNORECASE)
_DOWNLOADS = re.compile(
    r"/(?:down(?:load|file)?|attach(?:ment)?|getfile|filedown)\w*\.(?:jsp|aspx|ashx|asp|php|do|action)$", re.I
)
"""The end of an address that sends a file, whatever the file is called."""
_PROGRAM = re.compile(
    r"客户端|软件|浏览器|插件|阅读器|手机|控件|更多|专区|中心|app|adobe|flash|wps office", re.IGNORECASE
)
"""What a site offers for download beside its articles."""
_MAY_BE_FILE = re.compile(rf"(?:^|[.:/])\s*(?:{'|'.join(sorted(FILE_TYPES))})", re.IGNORECASE)
"""What the address or the name of a file has at least: the cheap question before the dear one."""
_PAGES = ("/", ".html", ".htm", ".shtml", ".aspx", ".jsp", ".php")
_BESIDE = re.compile(
    r"附件(?:下载)?\s*\d{0,2}\s*[:：、.]?|\d{1,2}\s*[.、．]|[【】\[\]（）()]|(?:点击|直接)?下载|已下载\s*\d*\s*次|[\d.]+\s*[KM]B?|\s",
    re.IGNORECASE,
)
"""What stands beside the name of a file: 附件1：, a number, its size, how often it was taken."""
_VIEWED = ("src", "data", "pdfsrc")
_SHOWN = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|ofd|wps)$", re.IGNORECASE)
"""Files that are shown in a page."""
_TITLE = re.compile(r"'title'\s*:\s*'([^']+)'")


def attachments_of(blocks: Sequence[Block], base: str) -> tuple[Attachment, ...]:
    """The files that the links of these lines lead to, each once. ``base`` makes addresses absolute."""
    files = {
        url: link for block in blocks for link in block.links if _is_file(link) and (url := absolute(base, link.href))
    }
    return tuple(Attachment(link.text or _file_name(url), url) for url, link in files.items())


def shown_files(tree: HtmlElement, base: str) -> Iterator[Attachment]:
    """The files that viewers show in a page, as notices have them that are nothing else: an <iframe> or <embed> of the
    file itself, or of a viewer's page with the file's address in it.

    >>> from lxml.html import fromstring
    >>> page = fromstring('<div><iframe src="/pdf/viewer.html?file=%2Fup%2F7.pdf"></iframe></div>')
    >>> [(file.name, file.url) for file in shown_files(page, "http://a.example/")]
    [('7.pdf', 'http://a.example/up/7.pdf')]
    """
    seen: set[str] = set()
    for element in (*tree.iter("iframe", "embed", "object"), *tree.iterfind(".//*[@pdfsrc]")):
        for address in _addresses(element):
            url = absolute(base, address)
            if url and url not in seen:
                seen.add(url)
                named = _TITLE.search(element.get("sudyfile-attr", ""))
                yield Attachment(named[1] if named else _file_name(url), url)


def _addresses(element: HtmlElement) -> Iterator[str]:
    """The addresses of files among what a viewer is told."""
    for value in filter(None, map(element.get, _VIEWED)):
        try:
            parts = urlsplit(value.strip())
        except ValueError:  # an address such as http://[broken
            continue
        if _SHOWN.search(parts.path):
            yield value.strip()
        yield from (each for _, each in parse_qsl(parts.query) if _SHOWN.search(each.split("?")[0]))


def _is_file(link: Link) -> bool:
    """Whether a link leads to a file: its address ends as files do, or it is a download whose name does, or of an
    address that sends files and nothing else."""
    # Most links lead to a page, and their text has no full stop in it.
    if link.href.endswith(_PAGES) and "." not in link.text and "?" not in link.href and "#" not in link.href:
        return False
    sends = "?" in link.href and _DOWNLOAD.search(link.href) is not None
    if not sends and not _MAY_BE_FILE.search(link.href) and not _MAY_BE_FILE.search(link.text):
        return False
    try:
        parts = urlsplit(link.href)
    except ValueError:  # an address such as http://[broken
        return False
    if parts.path.rpartition(".")[2].lower() in FILE_TYPES:
        return True
    if link.text.rpartition(".")[2].lower() in FILE_TYPES and _DOWNLOAD.search(link.href):
        return True
    name = collapse(link.text)
    return sends and len(name) > 1 and _DOWNLOADS.search(parts.path) is not None and not _PROGRAM.search(name)


def only_files(block: Block) -> bool:
    """Whether a line is nothing but links to files, with what stands beside their names.

    >>> from lxml.html import fromstring
    >>> link = Link("申报表.doc", "/up/1.doc")
    >>> texts = ("附件1：申报表.doc", "填写申报表.doc")
    >>> [only_files(Block(text, fromstring("<p/>"), (link,), None, 7)) for text in texts]
    [True, False]
    """
    names = [link.text for link in block.links if link.text and _is_file(link)]
    rest = block.text
    for name in names:
        rest = rest.replace(name, " ", 1)
    return bool(names) and len(_BESIDE.sub("", rest)) <= 1


def _file_name(url: str) -> str:
    return decode(unquote_to_bytes(urlsplit(url).path.rpartition("/")[2])).text
