"""The byline: the lines that say when, by whom and from where, whatever damage their labels carry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zsparkcrawl.chinese.script import fold_with_positions
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.dates import DATE, Moment, find_date, narrow
from zsparkcrawl.items import MissingReason

__all__ = ["Byline", "read_byline"]

_LABELS = {
    "date": "发布时间|发布日期|发表时间|发表日期|发文时间|发文日期|成文日期|发布于",
    "when": "时间|日期",
    "author": "作者|撰稿|撰稿人|撰文|执笔",
    "source": "来源|稿件来源|文章来源|信息来源|新闻来源|消息来源|稿源|出处|来源于",
    "editor": "责任编辑|责编|编辑|录入|录入人|录入员",
    "other": "浏览次数|浏览量|浏览|点击|点击数|点击率|点击次数|点击量|阅读次数|阅读数|阅读量|阅读|人气|访问次数|访问量|"
    "字号|字体|字体大小|打印|分享|分享到|审核|审稿|校对|摄影|通讯员|记者|供稿|栏目|分类|所属栏目|"
    "更新时间|更新日期|最后更新|最后更新时间|修改时间|信息类别|索引号|发布单位|发布机构|文号|标签|关键字|关键词",
}
"""What a byline names. "when" may be the day of a meeting as well, and counts only where no "date" is named."""


def _alternatives(labels: str) -> str:
    """The labels of one kind as a pattern, the longest first, with room for blanks between the characters."""
    return "|".join(r"\s*".join(label) for label in sorted(labels.split("|"), key=len, reverse=True))


_ANY = "(?:" + "|".join(f"(?P<{kind}>{_alternatives(labels)})" for kind, labels in _LABELS.items()) + r")\s*:"
_LABEL = re.compile(rf"(?:(?<=^)|(?<=[\s\[\]【】()|,;>/·日\d])){_ANY}")
# Behind a first label others follow without a gap where the page sets them off by its style sheet
# (作者：来源：中山日报时间：2019-02-19); but 报名时间 and 图片来源 are words of their own.
_FURTHER = re.compile(
    "(?<!报名|会议|活动|截止|开始|结束|举办|培训|考试|开放|施工|办理|受理|申报|停电|有效|生产|工作|营业|服务|资金|经费|数据|图片|照片)"
    rf"(?<![合制]){_ANY}"
)
# A value ends where the line leaves a gap, at a bar, at a bracket, or where a label stands that is not known.
_VALUE_END = re.compile(r"\s{2,}|[\t|\[\]【】]|\s[-–—/·]\s|\s[\u4e00-\u9fff]{2,6}:")
_EDGES = " \t\xa0\u3000|·,，、;；:：∶/-–—[]【】"
_FIGURES = re.compile(r"\d{1,4}\D{1,2}\d{1,2}|\d{6}")
_WRAPPED = re.compile(r"[(（]([^()（）]*)[)）]")
_NOBODY = frozenset(["无", "暂无", "未知", "不详", "null", "none"])
_FOOT = re.compile(r"foot|bottom|copyright", re.IGNORECASE)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4"])
_LONGEST = 160
"""Characters (folded) of a line that may be a byline: room for all labels that are known, chosen, not measured."""
_PROSE = 25
"""Characters that are no link from which on a line with a full stop is text of an article."""
_VALUE_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Byline:
    """What the byline says, each value as it stands on the page, and which blocks it takes up.

    ``moment`` is None when no date can be trusted; ``date_missing`` then says why. ``first`` and ``last`` are block
    numbers, None when the page has no byline."""

    moment: Moment | None = None
    date_raw: str | None = None
    date_missing: MissingReason | None = "absent"
    author: str | None = None
    source: str | None = None
    editor: str | None = None
    first: int | None = None
    last: int | None = None


@dataclass(slots=True)
class _Line:
    number: int
    last: int
    values: dict[str, list[str]] = field(default_factory=dict)
    """By label, what stands behind it each time: "" when the label stands alone."""
    bare: str | None = None
    """A date that stands in the line without a label."""
    open: str | None = None
    """The label at the end of the line, when nothing stands behind it."""

    @property
    def dated(self) -> bool:
        return self.bare is not None or any(map(find_date, self.values.get("date", []) + self.values.get("when", [])))


def read_byline(blocks: Sequence[Block], latest: dt.date | None = None) -> Byline:
    """Read the byline of a page: the group of label lines above the text that names most.

    ``latest`` is the last day that can be meant (the day the page was fetched). A date in a footer is not the
    article's: label lines in a place named so, or behind most of the text, do not count.
    """
    prose = [_prose(block) for block in blocks]
    whole = sum(prose)
    best: list[_Line] = []
    for group in _groups(blocks, prose):
        above = sum(prose[: group[0].number])
        # What stands above the byline is at most an advertisement or a notice, never half of the article.
        if 3 * above <= whole - above and not _in_foot(blocks[group[0].number]) and _weight(group) > _weight(best):
            best = group
    return _read(best, latest) if best else Byline()


def _prose(block: Block) -> int:
    plain = len(block.text) - block.linked
    return plain if plain >= _PROSE and "。" in block.text else 0


def _in_foot(block: Block) -> bool:
    places = (block.element, *block.element.iterancestors())
    return any(e.tag == "footer" or _FOOT.search(f"{e.get('class', '')} {e.get('id', '')}") for e in places)


def _groups(blocks: Sequence[Block], prose: Sequence[int]) -> list[list[_Line]]:
    """Lines of one byline stand together; two blocks may come between (an icon, a counter), but no text."""
    groups: list[list[_Line]] = []
    for line in _lines(blocks):
        group = groups[-1] if groups else None
        if group is None or line.number - group[-1].last > 3 or any(prose[group[-1].last : line.number]):
            if line.values.keys() != {"other"}:
                groups.append([line])
        # Below a dated line, 时间：3月5日上午 is the text's own; a counter belongs to the byline only right below it.
        elif line.values.keys() == {"when"} and any(each.dated for each in group):
            groups.append([line])
        elif line.values.keys() != {"other"} or line.number == group[-1].last + 1:
            group.append(line)
    return groups


def _lines(blocks: Sequence[Block]) -> Iterator[_Line]:
    lines = [_line(number, block.text) for number, block in enumerate(blocks)]
    for number, line in enumerate(lines):
        if line is None:
            if _is_date(blocks[number]) and _beside(blocks, lines, number):
                yield _Line(number, number, bare=blocks[number].text)
        elif line.number == number:
            value = number + 1
            if line.open and value < len(lines) and lines[value] is None and _belongs(blocks, lines, value):
                line.values[line.open].append(blocks[value].text.strip(_EDGES))
                line.last = value
                lines[value] = line
            yield line


def _beside(blocks: Sequence[Block], lines: Sequence[_Line | None], number: int) -> bool:
    """Whether a line that is nothing but a date stands where the article's stands: below the heading, or beside
    a label line."""
    around = (*lines[max(number - 1, 0) : number], *lines[number + 1 : number + 2])
    return any(around) or (number > 0 and blocks[number - 1].tag in {"h1", "h2"})


def _belongs(blocks: Sequence[Block], lines: Sequence[_Line | None], number: int) -> bool:
    """Whether a line is the value of the label that stands alone above it, and no text."""
    block = blocks[number]
    if not block.text or len(block.text) > _VALUE_LONGEST or block.tag in _HEADINGS or block.text.endswith("。"):
        return False
    above = blocks[number - 1].tag
    paired = (above, block.tag) in {("dt", "dd"), ("th", "td")}
    return paired or _is_date(block) or (number + 1 < len(lines) and lines[number + 1] is not None)


def _is_date(block: Block) -> bool:
    moment = find_date(block.text) if len(block.text) <= _VALUE_LONGEST else None
    return moment is not None and block.text.strip(_EDGES) == moment.raw


def _line(number: int, text: str) -> _Line | None:
    """The labels and values of a line, None when it is not a byline: too long, a sentence, no label, or mostly other
    text."""
    if len(text) > 4 * _LONGEST or text.endswith(("。", "！", "？")):
        return None
    folded = fold_with_positions(text)
    plain = narrow(folded)
    if len(plain) > _LONGEST or re.search("copyright|©|版权|icp|主办|承办|技术支持", plain):
        return None
    matches = list(_matches(plain))
    if not matches or matches[0].start() > 40:
        return None
    line = _Line(number, number)
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        kind = match.lastgroup
        assert kind is not None
        end = following.start() if following else len(plain)
        begin, stop = _value(plain, match, end)
        raw = text[folded.positions[begin] : folded.positions[stop]].strip(_EDGES) if begin < stop else ""
        raw = wrapped[1] if (wrapped := _WRAPPED.fullmatch(raw)) else raw
        line.values.setdefault(kind, []).append("" if raw.casefold() in _NOBODY else raw)
        if kind in {"author", "source", "editor"}:
            line.bare = line.bare or _bare(plain[stop:end])
        line.open = kind if not raw and following is None and kind != "other" else None
    line.bare = line.bare or _bare(plain[: matches[0].start()])
    return line


def _matches(plain: str) -> Iterator[re.Match[str]]:
    match = _LABEL.search(plain)
    while match:
        yield match
        match = _FURTHER.search(plain, match.end())


def _bare(plain: str) -> str | None:
    """来源：中山日报 2019-02-19: a date between two labels that is nobody's value."""
    plain = plain.strip(_EDGES + "()")
    moment = find_date(plain)
    return plain if moment and moment.start == 0 else None


def _value(plain: str, label: re.Match[str], end: int) -> tuple[int, int]:
    """Where the value of a label begins and ends in the folded line."""
    start = label.end()
    while start < end and plain[start].isspace():
        start += 1
    if label.lastgroup in {"date", "when"}:
        return start, end
    stop = _VALUE_END.search(plain, start, end)
    moment = DATE.search(plain, start, end)
    # A bracket that nothing opened is what damage left of an annotation.
    closed = _closed(plain, start, end) if plain[: label.start()].endswith("(") else ()
    return start, min([end, *(m.start() for m in (stop, moment) if m), *closed])


def _closed(plain: str, start: int, end: int) -> Iterator[int]:
    """Where a bracket closes that opened before the label."""
    depth = 0
    for position in range(start, end):
        depth += (plain[position] == "(") - (plain[position] == ")")
        if depth < 0:
            yield position
            return


def _weight(group: list[_Line]) -> int:
    """How much of a byline a group is: a date counts double, for every article's byline has one."""
    named = {"date" if label == "when" else label for line in group for label in line.values} - {"other"}
    dated = any(line.dated for line in group)
    # 发布时间：2019-02-30 is a byline all the same: its date is illegible, and it is no text of the article.
    tried = any(_FIGURES.search(raw) for line in group for raw in line.values.get("date", []))
    return len(named) + 2 * dated if dated or tried or len(named) >= 2 or named & {"source", "author"} else 0


def _read(group: list[_Line], latest: dt.date | None) -> Byline:
    def every(label: str) -> list[str]:
        return [value for line in group for value in line.values.get(label, []) if value]

    def first(label: str) -> str | None:
        return next(iter(every(label)), None)

    stated = every("date") or every("when")
    shown = stated or [line.bare for line in group if line.bare]
    moments = [moment for raw in shown if (moment := find_date(raw, latest))]
    days = {moment.date for moment in moments}
    missing: MissingReason | None = None
    if len(days) != 1:
        missing = "conflict" if days else ("illegible" if shown else "absent")
    moment = moments[0] if len(days) == 1 else None
    return Byline(
        moment=moment,
        date_raw=moment.raw if moment else next(iter(shown), None),
        date_missing=missing,
        author=first("author"),
        source=first("source"),
        editor=first("editor"),
        first=group[0].number,
        last=group[-1].last,
    )
