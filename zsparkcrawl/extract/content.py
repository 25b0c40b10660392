"""The body of an article: where it begins and ends on the page, its pictures, captions and attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from lxml.html import HtmlElement

from zsparkcrawl.charset import decode
from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.blocks import Block, Link
from zsparkcrawl.extract.title import is_breadcrumb
from zsparkcrawl.items import Attachment, Image

__all__ = ["Content", "find_content"]

_END = re.compile(
    "^(?:上一[篇条个页则]|下一[篇条个页则]|没有了|相关(?:新闻|文章|阅读|链接|推荐|报道)|推荐阅读|热门文章|延伸阅读|分享到|分享至|"
    "[\\[【(]?(?:打印|关闭|返回|收藏|字体)(?:本页|此页|窗口|顶部|列表|上一页)?[】\\])|]?|扫一扫|.{0,20}版权所有(?!人)|"
    ".{0,20}copyright|©|粤icp|.{0,40}icp备|.{0,8}公网安备)"
)
_MAY_END = re.compile("^(?:主办单位|承办单位|技术支持|友情链接|网站地图|联系我们|关于我们|最后更新|更新日期)")
"""What a foot begins with, and a paragraph can: it ends the article only where no text follows."""
_FILES = frozenset("doc docx wps pdf ofd xls xlsx et csv ppt pptx zip rar 7z txt rtf".split())
_DECORATION = re.compile(
    r"(?:^data:|/icons?/|/(?:icon|logo|btn|button|bg|arrow|share|qr(?:code)?)[^/]*\.\w+$|\.gif$)", re.IGNORECASE
)
_CAPTION_CLASS = re.compile(
    r"caption|tuzhu|pic[-_]?(?:text|title|desc|info)|img[-_]?(?:text|title|desc)", re.IGNORECASE
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_SENTENCE_END = tuple("。！？；!?;：:")
_CAPTION_LONGEST = 60
_TEXT = 25
"""Characters that are no link from which on a line with a full stop is text of an article."""
_HOLDS = 0.8
"""Share of the good text that a narrower element must hold for the body to be looked for inside it."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was found: the paragraphs, the files offered, the pictures with their captions."""

    paragraphs: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    images: tuple[Image, ...]


def find_content(
    blocks: Sequence[Block],
    start: int,
    base: str,
    places: Sequence[HtmlElement] = (),
) -> Content:
    """Find the body among the blocks from number ``start`` on (the first after title and byline).

    The body lies in the narrowest element that holds four fifths of the good text: text that is no link, and stands
    before the first line that ends articles (上一篇, 版权所有 …). ``places`` are elements that the site's profile
    names; ``base`` makes addresses absolute.
    """
    region = _region(blocks, start)
    inside = list(places) or [_narrowest(region)] if region else []
    chosen = [block for block in region if any(_within(block.element, place) for place in inside)]
    captions = dict(_captions(chosen))
    paragraphs: list[str] = []
    images: list[Image] = []
    for number, block in enumerate(chosen):
        if block.image is not None:
            if block.image and not _DECORATION.search(block.image):
                caption = chosen[captions[number]].text if number in captions else None
                images.append(Image(_absolute(base, block.image), caption))
        elif number not in captions.values() and not _only_files(block) and not _is_link_line(block):
            paragraphs.append(block.text)
    files = {_absolute(base, link.href): link for block in region for link in block.links if _is_file(link)}
    attachments = tuple(Attachment(link.text or _file_name(url), url) for url, link in files.items())
    return Content(tuple(paragraphs), attachments, tuple(images))


def _region(blocks: Sequence[Block], start: int) -> list[Block]:
    """The blocks from the byline to what follows the article."""
    region: list[Block] = []
    feet: list[int] = []
    held = 0
    for block in blocks[start:]:
        good = _good([block])
        line = fold(block.text) if len(block.text) < 200 else ""
        if held >= good and _END.search(line):
            break
        if held >= good and _MAY_END.search(line) and not line.endswith("。"):
            feet.append(len(region))
        elif good >= _TEXT and "。" in block.text:
            feet.clear()
        held += good
        region.append(block)
    return region[: feet[0]] if feet else region


def _good(blocks: Sequence[Block]) -> int:
    """Characters of text that is neither link nor breadcrumb."""
    return sum(max(len(block.text) - 2 * block.linked, 0) for block in blocks if not is_breadcrumb(block.text[:60]))


def _narrowest(region: Sequence[Block]) -> HtmlElement:
    """The narrowest element that holds most of the good text of a region."""
    held: dict[HtmlElement, int] = {}
    for block in region:
        good = _good([block])
        if good:
            for element in (block.element, *block.element.iterancestors()):
                held[element] = held.get(element, 0) + good
    if not held:
        return region[0].element.getroottree().getroot()
    total = max(held.values())
    wide = [element for element, good in held.items() if good >= _HOLDS * total]
    # All that hold so much lie on one line of descent; the deepest is the narrowest.
    narrow = max(wide, key=_depth)
    # A single paragraph is not the place of the body: its neighbours belong to it, however short they are.
    while (
        narrow.tag in {"p", "span", "li", "font", "td", "tr", "tbody", "h1", "h2", "h3"}
        and narrow.getparent() is not None
    ):
        if narrow.tag == "td" and held[narrow] == total:
            break
        narrow = narrow.getparent()
    return narrow


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _within(element: HtmlElement, place: HtmlElement) -> bool:
    return element is place or any(ancestor is place for ancestor in element.iterancestors())


def _captions(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Numbers of picture and caption: text in a figcaption or a place named so, else one short line that shares the
    picture's paragraph or follows it, and is centred as it is or ends no sentence."""
    for number, block in enumerate(blocks[:-1]):
        following = blocks[number + 1]
        if block.image is None or following.image is not None:
            continue
        if following.tag == "figcaption" or _CAPTION_CLASS.search(following.element.get("class", "")):
            yield number, number + 1
            continue
        short = len(following.text) <= _CAPTION_LONGEST and not following.text.endswith(_SENTENCE_END)
        together = following.element is block.element and following.tag in {"p", "figure", "center"}
        if short and (together or _centred(following.element)):
            yield number, number + 1


def _centred(element: HtmlElement) -> bool:
    return (
        element.get("align", "").lower() == "center"
        or element.tag == "center"
        or bool(_CENTRED.search(element.get("style", "")))
    )


def _is_file(link: Link) -> bool:
    try:
        return urlsplit(link.href).path.rpartition(".")[2].lower() in _FILES
    except ValueError:  # an address such as http://[broken
        return False


def _only_files(block: Block) -> bool:
    """Whether a line is nothing but links to files (with a label such as 附件： before them)."""
    files = sum(len(link.text) for link in block.links if _is_file(link))
    rest = len(re.sub(r"^附件(?:下载)?\s*[:：]?\s*", "", block.text)) - files
    return bool(files) and rest <= 4


def _is_link_line(block: Block) -> bool:
    return bool(block.links) and block.linked >= 0.9 * len(block.text) and len(block.text) < 60


def _file_name(url: str) -> str:
    return decode(unquote_to_bytes(urlsplit(url).path.rpartition("/")[2])).text


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # an address such as http://[broken
        return href
