"""The byline: the lines that say when, by whom and from where, whatever damage their labels carry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from zsparkcrawl.chinese.script import fold_with_positions
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.dates import DATE, Moment, find_date
from zsparkcrawl.items import MissingReason

__all__ = ["Byline", "read_byline"]

_LABELS = {
    "date": "发布时间|发布日期|发表时间|发表日期|发文时间|发文日期|成文日期|时间|日期|发布于",
    "author": "作者|撰稿|撰稿人|撰文|执笔",
    "source": "来源|稿件来源|文章来源|信息来源|新闻来源|消息来源|稿源|出处|来源于",
    "editor": "责任编辑|责编|编辑|录入|录入人|录入员",
    "other": "浏览次数|浏览量|浏览|点击|点击数|点击率|点击次数|点击量|阅读次数|阅读数|阅读量|阅读|人气|访问次数|访问量|"
    "字号|字体|字体大小|"
    "打印|分享|分享到|审核|审稿|校对|摄影|通讯员|记者|供稿|栏目|分类|所属栏目|更新时间|更新日期|信息类别|索引号|发布单位|发布机构|文号|标签|关键字|关键词",
}


def _alternatives(labels: str) -> str:
    """The labels of one kind as a pattern, the longest first, with room for blanks between the characters."""
    return "|".join(r"\s*".join(label) for label in sorted(labels.split("|"), key=len, reverse=True))


_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[\s\[\]【】()|,，;；>日\d]))(?:"
    + "|".join(f"(?P<{kind}>{_alternatives(labels)})" for kind, labels in _LABELS.items())
    + r")\s*[:：]"
)
# A value ends where the line leaves a gap, at a bar or at a bracket.
_VALUE_END = re.compile(r"\s{2,}|[\t|\[\]【】]|\s[-–—]\s")
_EDGES = " \t\xa0\u3000|·,，;；:：-–—[]【】"
_WRAPPED = re.compile(r"[(（]([^()（）]*)[)）]")
_LONGEST = 160
"""Characters (folded) of a line that may be a byline: the longest seen in gov.cn templates has some 110."""


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
    values: dict[str, str] = field(default_factory=dict)
    """By label: the value, "" when the label stands alone."""


def read_byline(blocks: Sequence[Block], latest: dt.date | None = None) -> Byline:
    """Read the byline of a page: the group of label lines nearest to the top that names most.

    ``latest`` is the last day that can be meant (the day the page was fetched). A date in a footer is not the
    article's: label lines in the last tenth of the page, and those that speak of copyright or updates, do not count.
    """
    lines = [line for number, block in enumerate(blocks) if (line := _line(number, block.text))]
    groups: list[list[_Line]] = []
    for line in lines:
        # Lines of one byline stand together; two blocks may come between (an icon, a counter).
        if groups and line.number - groups[-1][-1].number <= 3:
            groups[-1].append(line)
        else:
            groups.append([line])
    if not groups:
        return Byline()
    best = max(groups, key=lambda group: (_weight(group), -group[0].number))
    return _read(best, blocks, latest) if _weight(best) else Byline()


def _line(number: int, text: str) -> _Line | None:
    """The labels and values of a line, None when it is not a byline: too long, no label, or mostly other text."""
    if len(text) > 4 * _LONGEST:
        return None
    folded = fold_with_positions(text)
    plain = str(folded)
    if len(plain) > _LONGEST or re.search("copyright|©|版权|icp|更新日期|最后更新|主办|承办|技术支持", plain):
        return None
    matches = list(_LABEL.finditer(plain))
    if not matches or matches[0].start() > 40:
        return None
    line = _Line(number)
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        end = following.start() if following else len(plain)
        value = _value(plain, match.end(), end, date=match.lastgroup == "date")
        raw = text[folded.positions[value[0]] : folded.positions[value[1]]].strip(_EDGES) if value[0] < value[1] else ""
        raw = wrapped[1] if (wrapped := _WRAPPED.fullmatch(raw)) else raw
        assert match.lastgroup is not None
        if not line.values.get(match.lastgroup):
            line.values[match.lastgroup] = raw
    return line if line.values.keys() - {"other"} else None


def _value(plain: str, start: int, end: int, *, date: bool) -> tuple[int, int]:
    """Where the value of a label begins and ends in the folded line."""
    while start < end and plain[start].isspace():
        start += 1
    if date:
        return start, end
    stop = _VALUE_END.search(plain, start, end)
    moment = DATE.search(plain, start, end)
    return start, min([end, *(m.start() for m in (stop, moment) if m)])


def _weight(group: list[_Line]) -> int:
    """How much of a byline a group is: a date counts double, for every article's byline has one."""
    named = {label for line in group for label in line.values} - {"other"}
    dated = any(find_date(line.values.get("date", "")) for line in group)
    return len(named) + 2 * dated if dated or len(named) >= 2 or "source" in named or "author" in named else 0


def _read(group: list[_Line], blocks: Sequence[Block], latest: dt.date | None) -> Byline:
    def first(label: str) -> str | None:
        return next((line.values[label] for line in group if line.values.get(label)), None)

    moments = [m for line in group if (raw := line.values.get("date")) and (m := find_date(raw, latest))]
    stated = first("date")
    if not moments and stated is None:
        # 来源：中山日报 2019-02-19: the date stands in the line without a label.
        moments = [m for line in group if (m := find_date(blocks[line.number].text, latest))]
    days = {moment.date for moment in moments}
    missing: MissingReason | None = None
    if len(days) != 1:
        missing = "conflict" if days else ("illegible" if stated else "absent")
    moment = moments[0] if len(days) == 1 else None
    return Byline(
        moment=moment,
        date_raw=moment.raw if moment else stated,
        date_missing=missing,
        author=first("author"),
        source=first("source"),
        editor=first("editor"),
        first=group[0].number,
        last=group[-1].number,
    )
