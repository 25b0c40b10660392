"""The title of an article: the heading beside the byline, never a hijacked `<title>`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.blocks import Block, short_text
from zsparkcrawl.extract.dates import ENDS_DATED, find_date
from zsparkcrawl.extract.labels import read_labels

__all__ = ["date_behind", "find_title", "is_breadcrumb", "is_set_off", "likely_titles", "pieces_of", "stated_title"]

_HEADINGS = {"h1": 6, "h2": 5, "h3": 4, "h4": 2}
_BREADCRUMB = re.compile(
    "当前位置|您的位置|所在位置|您现在的位置|你的位置|^首页(?:[>»›/→]|-(?!.{18}))|请输入|点击查看更多"
)
_MAYBE_BREADCRUMB = re.compile("位置|位(?:\\(|（)|首[页頁]|输入|輸|查看")
"""What one of these has at least, so that others need not be folded."""
_NAMED = re.compile(r"(?:^|[\W_])(?:title|tit|biaoti|bt|headline|subject)(?:$|[\W_])|title", re.IGNORECASE)
_NOT_NAMED = re.compile(r"sub[-_]?title|fu[-_]?(?:title|biaoti)|title[-_]?(?:sub|2|small)|tit(?:le)?[-_]?bar|(?:yin|jian)ti|intro", re.IGNORECASE)  # fmt: skip  # noqa: E501
_SEPARATOR = re.compile(r"\s*[-_|–—>»丨·]+\s*|:\s+")
_REACH = 12
"""Blocks above the byline in which the title is looked for: icons, a subtitle, a lead and counters come between."""
_BELOW = 4
"""Blocks below the byline (a table of facts stands above its paper's title)."""
_LONGEST = 160
_ENOUGH = 2
_MOST_PARTS = 4
_SPOKEN = 8
"""Characters of a title that is known by nothing but what it says; chosen."""
_COLUMN_LONGEST = 6
_MENU = 400
"""Blocks among which the name of a column is looked for once more; chosen."""
_MENU_LINE = 120
_COLUMN = re.compile(
    "(?:新闻|资讯|公司|企业|集团|行业|媒体|园区|校园|学院|工作|最新|综合|通知|公告|公示|信息|政务|党建|活动|时政)"
    "(?:中心|动态|新闻|资讯|公告|报道|要闻|快讯|公开|详情|聚焦|发布)"
)
"""What sites call their columns, in large letters above their articles."""
_OF_NOTICE = re.compile(
    "关于.{2,60}的(?:通知|公告|公示|通告|通报|函|意见|决定|批复|说明|启事|声明|报告)(?:\\(.{1,16}\\))?"
)
"""How offices call their papers: a title even where nothing of the page's make tells."""
_SUPPORT = 0.35
"""Share of a stated title's pairs of characters that the text must have, so that a hijacked one is none: chosen."""


def is_breadcrumb(text: str) -> bool:
    """Whether a line only says where in the site the reader is.

    >>> is_breadcrumb("當(dāng)前位置:首頁 > 新聞中心")
    True
    """
    return bool(_MAYBE_BREADCRUMB.search(text) and _BREADCRUMB.search(fold(text)))


def pieces_of(stated: Sequence[str]) -> frozenset[str]:
    """What the page's own names for its article may say of it, folded: the whole, and each piece between the marks
    with which a site's name is put behind it."""
    whole = {fold(piece) for title in stated for piece in (title, *_tails(title)) if len(piece) >= 4}
    return frozenset(whole)


def _tails(title: str) -> list[str]:
    """The pieces of a title, and what is left of it when pieces are taken off its end, one after the other."""
    marks = list(_SEPARATOR.finditer(title))
    return [*_SEPARATOR.split(title), *(title[: mark.start()] for mark in marks[-4:])]


def likely_titles(blocks: Sequence[Block], pieces: Collection[str], end: int) -> tuple[int, ...]:
    """Numbers of the blocks before ``end`` that look like the title by themselves: headings of the first two ranks, and
    lines that the page's head repeats."""
    found = tuple(
        number
        for number, block in enumerate(blocks[:end])
        if block.linked < len(block.text)
        and _may_be_title(block)
        and (
            block.tag in {"h1", "h2"}
            # What a page calls a title and ends with a date is the line below it (class="title-info").
            or (_is_named(block) and not ENDS_DATED.search(block.text))
            or fold(block.text) in pieces
            or ((behind := date_behind(block)) and fold(_without_end(block.text, behind)) in pieces)
        )
    )
    # Where nothing else looks like it, a heading of the third rank does.
    return found or tuple(
        number for number, block in enumerate(blocks[:end]) if block.tag == "h3" and _may_be_title(block)
    )


def find_title(
    blocks: Sequence[Block], byline: tuple[int, int] | None, pieces: Collection[str], end: int
) -> tuple[str, int] | None:
    """The title and the number of its last block; None when the page shows none.

    ``byline`` are the first and the last block of the byline, ``end`` is where the text begins. ``pieces`` are the
    page's own names for its article, from :func:`pieces_of`: they are believed only as far as they say what stands on
    the page.
    """
    end = min(end, len(blocks))
    if byline is None:
        first, numbers = end, range(end)
    else:
        first = byline[0]
        inside = range(first, byline[1] + 1)
        below = range(byline[1] + 1, min(byline[1] + 1 + _BELOW, end))
        numbers = [*range(max(first - _REACH, 0), first), *inside, *below]  # type: ignore[assignment]
    scored = _scored(blocks, numbers, None if byline is None else first, first, pieces)
    if byline is not None and max(scored, default=(0.0, 0))[0] < _ENOUGH:
        beside = (byline[1] + 1, first - 1)
        scored = [(0.0, number) for number in beside if _is_spoken_of(blocks, number, end)][:1] or scored
    if not scored:
        return None
    _, number = max(scored)
    text, last = _whole(blocks, number, pieces, first if byline is not None and number < first else end)
    text = _without_end(text, date_behind(blocks[number]) or "")
    # [游记] 清水湾: the board's heading is in two parts, the kind of post and its name.
    return next((part for part in _parts(blocks[number]) if fold(part) in pieces), text), last


def _scored(
    blocks: Sequence[Block], numbers: Iterable[int], top: int | None, near: int, pieces: Collection[str]
) -> list[tuple[float, int]]:
    """Blocks that may be the title, each as what speaks for it and its number. ``top`` is the first block of the
    byline; the title is the likelier the less far it stands from the block ``near``."""
    scored: list[tuple[float, int]] = []
    weak: list[tuple[float, int]] = []
    for number in numbers:
        block = blocks[number]
        if not _may_be_title(block) or (top is not None and number >= top and _is_labels(block)):
            continue
        evidence = _score(block, pieces)
        if evidence > 0 and _is_column(blocks, number):
            evidence -= _HEADINGS["h1"]
        rank = (evidence - 0.5 * min(abs(near - number), 8), number)
        # Below the byline, and without one, only a heading or a line that the head repeats is a title.
        if (top is None or number >= top) and evidence < _ENOUGH + (top is not None):
            if top is not None and is_set_off(block):
                weak.append(rank)
        elif not _is_labels(block):
            scored.append(rank)
    return scored or weak


def _is_column(blocks: Sequence[Block], number: int) -> bool:
    """Whether a short line is what the site calls its column: it stands elsewhere on the page, too, as a link of the
    menu or as another heading."""
    text = blocks[number].text
    if len(text) > _COLUMN_LONGEST or _COLUMN.fullmatch(text):
        return False  # what the score says already
    return any(
        other.text == text or any(link.text == text for link in other.links)
        for at, other in enumerate(islice(blocks, _MENU))
        if at != number and len(other.text) <= _MENU_LINE
    )


def _parts(block: Block) -> Iterator[str]:
    """The texts of a line's links, and of the elements right inside it."""
    yield from (link.text for link in block.links)
    for part in islice(block.element, _MOST_PARTS):
        yield short_text(part, _LONGEST) if block.tag in _HEADINGS else ""


def date_behind(block: Block) -> str | None:
    """The date in an element of its own at the end of a heading, or of a line that the page calls a title:
    <h1>园区新闻<small>2019-02-19</small></h1>."""
    if not ENDS_DATED.search(block.text) or not (block.tag in _HEADINGS or _is_named(block)):
        return None
    inner = next(iter(block.element.iterchildren(reversed=True)), None)
    text = "" if inner is None or (inner.tail or "").strip() else short_text(inner, _LONGEST).strip("[]()（） ")
    moment = find_date(text)
    return text if moment and moment.raw == text and text != block.text else None


def _without_end(text: str, end: str) -> str:
    """A title without the date at its end, and without what keeps the two apart."""
    return text.removesuffix(end).strip(" \t\xa0\u3000[]()（）|") if end else text


def stated_title(stated: Sequence[str], text: str) -> str | None:
    """The title as the page's head states it, where no line shows it: without the site's name, and only when the text
    speaks of the same, for a hijacked head advertises something else.

    >>> stated_title(["园区召开招商会议_江畔在线"], "昨日，园区召开会议，部署招商工作。")
    '园区召开招商会议'
    """
    known = fold(text)
    for title in stated:
        first = re.split(r"\s*[-_|–—丨]+\s*", title)[0]
        line = fold(first)
        pairs = {line[at : at + 2] for at in range(len(line) - 1)}
        if len(line) >= 6 and sum(pair in known for pair in pairs) >= _SUPPORT * len(pairs):
            return first
    return None


def _whole(blocks: Sequence[Block], number: int, pieces: Collection[str], end: int) -> tuple[str, int]:
    """A title that is set in two lines of one heading."""
    block = blocks[number]
    text, last = block.text, number
    for step in (1, -1):
        other = number + step
        while 0 <= other < end and blocks[other].element is block.element and blocks[other].image is None:
            longer = text + blocks[other].text if step > 0 else blocks[other].text + text
            heading = (
                block.tag in {"h1", "h2"} and step > 0 and not _is_labels(blocks[other]) and fold(text) not in pieces
            )
            if not (fold(longer) in pieces or (heading and len(longer) <= _LONGEST // 2)):
                break
            text, last, other = longer, max(last, other), other + step
    return text, last


def _is_labels(block: Block) -> bool:
    return "\t" in block.text or read_labels(block.text) is not None


def _is_spoken_of(blocks: Sequence[Block], number: int, end: int) -> bool:
    """Whether a line right beside the byline, without any mark of a title, says what the first sentences tell."""
    if not 0 <= number < end or not _may_be_title(blocks[number]) or _is_labels(blocks[number]):
        return False
    line, told = fold(blocks[number].text), fold("".join(block.text for block in blocks[end : end + 3]))
    pairs = {line[at : at + 2] for at in range(len(line) - 1)}
    return len(line) >= _SPOKEN and sum(pair in told for pair in pairs) >= _SUPPORT * len(pairs)


def _may_be_title(block: Block) -> bool:
    text = block.text
    # A title is seldom a link (the boxes of other articles are), and ends in no full stop.
    return (
        (block.linked * 2 < len(text) or (block.linked < len(text) and block.tag == "h1"))
        and 2 <= len(text) <= _LONGEST
        and not text.endswith("。")
        and not is_breadcrumb(text)
    )


def _is_named(block: Block) -> bool:
    names = f"{block.element.get('class', '')} {block.element.get('id', '')}"
    return len(block.text) >= 6 and bool(_NAMED.search(names)) and not _NOT_NAMED.search(names)


def is_set_off(block: Block) -> bool:
    """Whether a line is centred or in bold, and no sentence."""
    element = block.element
    inner = next(iter(element), None)
    bold = (
        inner is not None and inner.tag in {"strong", "b", "big", "font"} and inner.text_content().strip() == block.text
    )
    centred = element.get("align", "").lower() == "center" or "center" in element.get("style", "")
    return 4 <= len(block.text) <= 80 and (bold or centred or element.tag == "center")


def _score(block: Block, pieces: Collection[str]) -> float:
    score = 0.0
    element = block.element
    for _ in range(3):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if _NOT_NAMED.search(names):
            break
        score = max(score, _HEADINGS.get(str(element.tag), 0))
        if _NAMED.search(names):
            score = max(score, 3)
        parent = element.getparent()
        # A parent that holds more than this line says nothing of it.
        if parent is None or next(islice(parent, 1, None), None) is not None:
            break
        element = parent
    if fold(block.text) in pieces:
        score += 5
    if _COLUMN.fullmatch(block.text):
        score -= _HEADINGS["h1"]
    if block.text.startswith(("关于", "關於")) and _OF_NOTICE.fullmatch(fold(block.text)):
        score = max(score, 3)
    if 6 <= len(block.text) <= 80:
        score += 0.5
    return score
