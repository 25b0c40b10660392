"""Lines beside the title that show a date but no label (市报 2019-02-19, 发布于 2019-02-19 by 张三), and what the
page's own names of its elements (class="source") say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from lxml.html import HtmlElement

from zsparkcrawl.chinese.script import fold_with_positions
from zsparkcrawl.extract.blocks import MOST_INSIDE, Block, collapse, short_text
from zsparkcrawl.extract.clock import Clock, may_tell
from zsparkcrawl.extract.credits import read_credits, reporter_in
from zsparkcrawl.extract.dates import narrow
from zsparkcrawl.extract.labels import EDGES, LabelLine
from zsparkcrawl.extract.leaves import leaf
from zsparkcrawl.extract.names import is_names, is_paper, is_writer, somebody

__all__ = ["loose_pieces", "named_in", "piece_of", "read_loose"]

_LONGEST = 90
_PIECE_LONGEST = 30
_CALLED_LONGEST = 2000
"""Characters of an element that is called a writer or a paper: with more it is the article. Chosen."""
_SECTION = re.compile("^[\u4e00-\u9fff]{2}(?:新闻|频道|财经|资讯)$")
_CARD_NAMES = re.compile(r"(?:^|\s)(?:vcard|fn)(?:$|\s)")
_SHELF = re.compile(r"\b(?:category|tag|author)\b")
"""What a weblog says of a link to the shelf that a piece stands on, or to all that its writer wrote."""
_WRITERS_SHELF = re.compile(r"[/?&]author[/=][\w%-]+/?$")
_USER = re.compile(r"(?:nick|user)-?_?name", re.IGNORECASE)
"""What a weblog calls the link to a writer who goes by any name."""
_WRITERS = frozenset(["author", "correspondent"])
_NAME_LONGEST = 12
_SHELF_LONGEST = 6
"""Characters of the name of a column; chosen."""
_FOLLOW = re.compile(r"[+＋]?\s*(?:已?关注|關注|订阅|訂閱)")
_TIMED = re.compile(r":|(?:分钟|小时|刚刚)")
"""What a time of day has, and a time told by its distance from now."""
_LEFT = 24
"""Characters of a line beside its date that may be unknown: chosen, a subject and a name."""
_BETWEEN = re.compile(
    r"\s{2,}|[\t|丨·•]|(?<![文图])\s[-–—/]\s|(?<=[\u4e00-\u9fff》])(?<!作者)(?<!记者)\s(?=[\u4e00-\u9fff《])"
)
_WORDLESS = re.compile(
    r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?|第?[a-z]?\d{1,3}版.*|[a-z]?\d{1,3}|原创|置顶|推荐|正文|(?:专栏|特约|签约)?作者|发布于?|发表于?|于|举报|收藏(?:本文|此文|本页)?\s*\d*|分享.*|(?:发表|查看)?评论.*|"
    r"(?:https?://|www\.)[\w./-]+|微博|我有话说|正文|"
    r"\d*(?:人参与|条?评论|人?阅读|次?浏览|点赞)?|点赞数?\s*\d*|阅读.*|浏览.*|[小中大]?字号?|字体.*|打印.*|关闭.*|听新闻|已关注|[+]?关注|"
    r"(?:放大|缩小|默认|恢复)[+⊕-⊙○-]?|hkt|(?:返回|进入|查看|欢迎|登录|访问|更多).*|posted ?(?:on|by)?|"
    r"(?:相关|热点|最新|推荐|更多|往期)(?:新闻|报道|资讯|财经)|"
    r"published(?: on)?|updated.*|in|on|at|by|已?编辑|上一[篇版].*|下一[篇版].*|版次.*|北京时间)",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"(?<=\d:\d\d)(?=(?:19|20)\d\d\D)")
_BUTTON = re.compile("我有话说|收藏(?:本文|此文)?|(?:发表|我要)评论|打印(?:本页|此文)?")
"""Buttons that stand beside the date of an article alone."""
_CALLED = re.compile("作者|来源|来自|记者")
_COUNTER = re.compile("浏览|瀏覽|阅读|閱讀|点击|點擊|人气")
_CHANGED = re.compile(
    r"(?:(?:更新|修改|updated|modified)\s*(?:时间|日期|于|on)?|(?:今天|今日|现在|当前)(?:是|时间|日期)|北京时间是?)\s*[:：]?\s*$",
    re.IGNORECASE,
)
"""What stands before the day of a change, and before the day of reading in a page's head."""
_SUBMITTED = re.compile("由\\s.{2,24}(?:提交|发布|发表|创建)于")
"""由 张三 提交于: a name among words of its line."""
_NO_NAME = re.compile(r"[:：\d]|^(?:今天|今日|昨天|昨日|前天|刚刚)$")
_BY = re.compile(
    r"(?:^|\s)(?:by\s+|由\s+(?=.{2,24}(?:提交|发布|发表|创建)于)|作者\s*[:/|]?\s*|文\s*[/|丨]\s*|(?:本报|本网)?记者\s*[:/]?\s*)"
    r"(?P<author>[^|\t]{2,24}?)(?=$|[|\t]| in [A-Z]|\s+(?:提交|发布|发表|创建)于)",
    re.I,
)
_FROM = re.compile(r"^(?:来自|来源于?|转自|出自)\s*[:/|]?\s*(?P<source>[^|\t]{2,24})$")
_IN_TITLE_MARKS = re.compile(r"《\s+(?P<paper>[^《》]{2,16}?)\s+》")
_SOURCE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:source|laiyuan|ly|origin|from|copyfrom|media[_-]?name|js_name|author-?media|"
    r"site-?name|publisher-?name|ent-source)(?:$|[\s_\d-])|source|laiyuan|medianame|rich_media_meta_nickname",
    re.IGNORECASE,
)
_AUTHOR_NAMES = re.compile(r"(?:^|[\s_-])(?:author|writer|byline|zuozhe|reporter|authorstyle)(?:$|[\s_\d-])|author_?name|rich_media_meta_text", re.I)  # fmt: skip  # noqa: E501


def read_loose(block: Block, clock: Clock) -> LabelLine | None:
    """What a line without labels says, None when it shows no date among little else.

    A piece of it is a source when it is called as papers and offices are, or when its element is; an author when it
    says so itself (by 张三, 记者张三), or when its element is named so. Every other piece is left alone.
    """
    text = block.text
    # <i class="hour">04:10</i><i class="date">2019-02-19</i>: set apart by the style sheet alone.
    if len(text) <= _LONGEST:
        text = _RUN_ON.sub("  ", text)
    if len(text) > _LONGEST or text.endswith(("。", "！", "？", "；", "，")):
        return None
    if block.linked * 2 > len(text) + 8:
        # A site's address and buttons are links everywhere.
        buttons = sum(len(link.text) for link in block.links if piece_of(link.text)[0] == "nothing")
        if (block.linked - buttons) * 2 > len(text) + 8:
            return None
    named = named_in(block.element, text)
    if not named and not may_tell(text):
        return None
    apart = _apart(block.element, text)
    if named and clock.read(text) is None:
        # Without a date every piece must be known: 原创 张三 江畔发布.
        unknown = [
            piece for piece in apart or [text] if piece not in named.values() and piece_of(piece)[0] != "nothing"
        ]
        return None if unknown else LabelLine(values={kind: [value] for kind, value in named.items()})
    if day := leaf(apart):
        return LabelLine(bare=day) if clock.read(day) else None
    line = loose_pieces(text, clock, named, apart)
    # What links to something else than a paper or a writer is an entry of a list.
    unknown = _unknown_links(block, line, clock) if line is not None else []
    if line is not None and unknown and not line.values and _is_writers_link(unknown, block, line):
        line.values["author"], unknown = unknown, []
    listed = (
        line is not None and unknown and not (_is_card(unknown, block, line) or _is_shelf(unknown, block, line, named))
    )
    return None if listed else line


def _unknown_links(block: Block, line: LabelLine, clock: Clock) -> list[str]:
    """Texts of a line's links that are no paper, no writer, no date, no button and no shelf."""
    known = {value for values in line.values.values() for value in values}
    texts = (link.text for link in block.links if len(link.text) > 1 and link.text not in known)
    unknown = [text for text in texts if piece_of(text)[0] is None and clock.read(text) is None]
    shelves = {
        collapse("".join(anchor.itertext()))
        for anchor in islice(block.element.iter("a") if unknown else (), MOST_INSIDE)
        if _SHELF.search(f"{anchor.get('rel', '')} {anchor.get('href', '')}") or _USER.search(anchor.get("class", ""))
    }
    return [text for text in unknown if text not in shelves]


def _is_card(unknown: Sequence[str], block: Block, line: LabelLine) -> bool:
    """Whether a line is a writer's card (江畔客 关注 2019-02-19 08:30): one unknown link, a button to follow whom it
    names, and a time of day, which lists of articles have not."""
    timed = line.bare is not None and _TIMED.search(narrow(line.bare)) is not None
    if not timed or len(unknown) > 1 or len(unknown[0]) > _NAME_LONGEST:
        return False
    return any(_FOLLOW.fullmatch(collapse(text)) for text in islice(block.element.itertext(), MOST_INSIDE))


def _is_writers_link(unknown: Sequence[str], block: Block, line: LabelLine) -> bool:
    """Whether a line is a writer's link, a date with its time of day, and nothing else: 张三 · 2019-02-19 08:30."""
    rest = block.text.replace(line.bare or "", "").strip(EDGES)
    timed = line.bare is not None and _TIMED.search(narrow(line.bare)) is not None
    return timed and unknown == [rest] and is_writer(rest)


def _is_shelf(unknown: Sequence[str], block: Block, line: LabelLine, named: Mapping[str, str]) -> bool:
    """Whether the one link that nothing is known of is the column's or the site's: it is short and stands beside a time
    of day, and beside a paper or a writer that the page calls so, or an article's buttons."""
    timed = line.bare is not None and _TIMED.search(narrow(line.bare)) is not None
    beside = bool(named) or any(_BUTTON.fullmatch(link.text) for link in block.links)
    return beside and timed and len(unknown) == 1 and len(unknown[0]) <= _SHELF_LONGEST


def loose_pieces(
    text: str, clock: Clock, named: Mapping[str, str] = MappingProxyType({}), apart: Sequence[str] = ()
) -> LabelLine | None:
    """What a text with a date says around it. ``named`` are values that the page's elements name, ``apart`` is the text
    in the pieces in which the page has it."""
    moment = clock.read(text)
    if moment is None or _CHANGED.search(text[: moment.start]):
        return None
    line = LabelLine(bare=moment.raw)
    rest = [text[: moment.start], text[moment.start + len(moment.raw) :]]
    if apart and not any(reporter_in(part) or _SUBMITTED.search(part) for part in rest):
        rest = [part for piece in apart if piece not in moment.raw for part in piece.split(moment.raw)]
    left: list[str] = []
    for piece in (
        piece.strip(EDGES + "()（）")
        for part in rest
        for piece in ([part] if _SUBMITTED.search(part) else _BETWEEN.split(part))
    ):
        kind, value = piece_of(piece) if piece else ("nothing", "")
        if kind == "nothing" and _COUNTER.search(piece):
            line.values.setdefault("other", [""])
        if kind is None:
            left += [piece] if piece not in named.values() else []
        elif kind != "nothing":
            line.values.setdefault(kind, []).append(value)
    for kind, value in named.items():
        line.values.setdefault(kind, []).insert(0, value)
    # 体育新闻 江畔日报: the name of a section gives way to that of a paper.
    line.values = {
        kind: [next((v for v in each if not _SECTION.search(v)), each[0])] for kind, each in line.values.items()
    }
    # 江畔日报 沈小溪 2019-02-19: beside paper and date a name is the writer's.
    if "source" in line.values and "author" not in line.values and len(left) == 1 and is_writer(left[0]):
        line.values["author"] = left
    # What is left over is a sentence, and the line none of a byline.
    return line if sum(map(len, left)) <= _LEFT else None


def _apart(element: HtmlElement, text: str) -> list[str]:
    """The text of a line in the pieces in which its elements hold it, when the element holds nothing else."""
    wanted = "".join(text.split())
    room = len(wanted)
    pieces: list[str] = []
    for part in element.itertext():
        if piece := collapse(part):
            pieces.append(piece)
            room -= len("".join(piece.split()))
            if room < 0:
                return []
    if len(pieces) < 2 or "".join("".join(pieces).split()) != wanted:
        return []
    # 作者<b>张三</b>: what says whose name it is belongs to the name behind it.
    for number in range(len(pieces) - 2, -1, -1):
        last = _BETWEEN.split(pieces[number])[-1].strip(EDGES)
        if _CALLED.fullmatch(last) and pieces[number].endswith(last):
            pieces[number : number + 2] = [pieces[number] + pieces[number + 1]]
    return pieces


def piece_of(piece: str) -> tuple[str | None, str]:
    """What a piece of a line without labels is: a source, an author, nothing (a button, a weekday), or unknown.

    >>> piece_of("来自江畔日报"), piece_of("by 张三"), piece_of("星期二"), piece_of("张三")
    (('source', '江畔日报'), ('author', '张三'), ('nothing', ''), (None, ''))
    """
    folded = fold_with_positions(piece)
    plain = narrow(folded)
    if _WORDLESS.fullmatch(plain.strip()):
        return "nothing", ""
    if name := reporter_in(piece):
        return "author", name
    if match := _FROM.match(plain):
        return "source", piece[folded.positions[match.start("source")] :].strip(EDGES)
    if match := _BY.search(plain):
        name = piece[folded.positions[match.start("author")] : folded.positions[match.end("author")]].strip(EDGES)
        return ("author", name) if is_names(name) and somebody(name) else (None, "")
    if match := _IN_TITLE_MARKS.fullmatch(plain):  # 《 江畔日报 》, as electronic papers have it
        piece = piece[folded.positions[match.start("paper")] : folded.positions[match.end("paper")]]
        plain = fold_with_positions(piece)
    return ("source", piece) if is_paper(str(plain)) else (None, "")


def named_in(element: HtmlElement, text: str) -> dict[str, str]:
    """By kind, the first piece of a line whose element is named for what it is.

    >>> from lxml.html import fromstring
    >>> named_in(fromstring('<p><b class="author">张三</b> <i class="time">2019-02-19</i></p>'), "张三 2019-02-19")
    {'author': '张三'}
    """
    found: dict[str, str] = {}
    for kind, value in _named(element, text):
        found.setdefault(kind, value)
    return found


def _is_writers_shelf(element: HtmlElement) -> bool:
    """Whether an element links to all that its writer wrote, as weblogs do."""
    return element.tag == "a" and (
        "author" in element.get("rel", "").split() or bool(_WRITERS_SHELF.search(element.get("href", "")))
    )


def _without_buttons(value: str) -> str:
    """A name without the buttons behind it: 江畔日报 微博."""
    first, *others = value.split(" ")
    kept = [first]
    for other in others:
        if _WORDLESS.fullmatch(other):
            break
        kept.append(other)
    return " ".join(kept)


def _named(element: HtmlElement, text: str) -> Iterator[tuple[str, str]]:
    """Pieces of the line whose elements are named for what they are."""
    for inner in islice(element.iter(), MOST_INSIDE):
        names = f"{inner.get('class', '')} {inner.get('id', '')}" if isinstance(inner.tag, str) else " "
        if names == " " and inner.tag != "a":
            continue
        # hCard's class="vcard fn nickname" is a person.
        named = _SOURCE_NAMES.search(names) and not _CARD_NAMES.search(names)
        kind = "source" if named else "author" if _AUTHOR_NAMES.search(names) or _is_writers_shelf(inner) else None
        value = _without_buttons(short_text(inner, _CALLED_LONGEST).strip(EDGES)) if kind else ""
        if kind == "author" and (credits := read_credits(value)):
            yield from ((role, names[0]) for role, names in credits.items() if role in _WRITERS)
            continue
        if kind == "author":
            match = _BY.search(f" {value}")
            value = reporter_in(value) or (match["author"].strip() if match else value)
            kind = kind if is_names(value) else None
        if kind == "source" and (match := _FROM.match(value)):
            value = match["source"].strip()
        fits = 2 <= len(value) <= _PIECE_LONGEST and value in text and not _NO_NAME.search(value)
        if kind and fits and piece_of(value)[0] != "nothing":
            yield kind, value
