"""Lines of labels and values (来源：中山日报　作者：…): what each label names, whatever its damage, and its value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources

from zsparkcrawl.chinese.script import Folded, fold, fold_with_positions
from zsparkcrawl.extract.dates import DATE, begins_with_date, narrow

__all__ = ["EDGES", "LONGEST", "LabelLine", "bare_value", "is_label", "labelled_cells", "may_be_labels", "read_labels"]

_LABELS: dict[str, list[str]] = tomllib.loads(resources.files(__package__).joinpath("labels.toml").read_text("utf-8"))
"""What a line can name, by kind: see labels.toml."""

_WHO = ("author", "reporter", "correspondent", "contributor", "source", "editor", "photographer", "reviewers")


def _alternatives(labels: list[str]) -> str:
    """The labels of one kind as a pattern, the longest first, with room for blanks between Chinese characters."""
    ordered = sorted(labels, key=len, reverse=True)
    return "|".join(map(_spelt, ordered))


def _spelt(label: str) -> str:
    """A label as a pattern. One of a single character (文：张三 图：李四) is none behind another (正文：)."""
    if len(label) == 1:
        return rf"(?<![\u4e00-\u9fff]){label}"
    return re.escape(label) if label.isascii() else r"\s*".join(label.replace(" ", ""))


_ANY = "(?:" + "|".join(f"(?P<{kind}>{_alternatives(labels)})" for kind, labels in _LABELS.items()) + r")"
_ANY_BARE = "|".join(
    {re.escape("".join(label.split())) for labels in _LABELS.values() for label in labels if len(label) > 1}
)
_KNOWN = re.compile(_ANY_BARE + "|[文图编审校][|丨:]")
"""What a line of labels has at least, in folded text: the cheap question before the dear one."""
_WHOLE = re.compile(_ANY_BARE)
_LABEL_LONGEST = 40
"""Characters of a label, with the pinyin that damage put into it."""
_FIRSTS = "".join(sorted({label[0] for labels in _LABELS.values() for label in labels} | {"文"}))
_BEGIN = f"(?=[{re.escape(_FIRSTS)}])"
"""Where a label may begin: asked before what may not stand in front of it."""
_BESIDE = r"(?:(?<=^)|(?<=[\s\[\]【】()|丨,;>/·•日\d]))"
_LABEL = re.compile(rf"{_BEGIN}{_BESIDE}{_ANY}\s*(?:】\s*:?|:)")
# 来源|中山日报: a bar in the place of the colon, as messengers' pages have it, behind a label that names somebody.
_BARRED = re.compile(
    rf"{_BEGIN}{_BESIDE}(?:" + "|".join(f"(?P<{kind}>{_alternatives(_LABELS[kind])}{'|文' if kind == 'author' else ''})"
                               for kind in _WHO) + r")\s*[|丨]\s*(?=[^\s|丨])"
)  # fmt: skip
# Behind a first label others follow without a gap where the page sets them off by its style sheet
# (作者：来源：中山日报时间：2019-02-19); but 报名时间 and 图片来源 are words of their own.
_FURTHER = re.compile(
    rf"{_BEGIN}(?<!报名|会议|活动|截止|开始|结束|举办|培训|考试|开放|施工|办理|受理|申报|停电|有效|生产|工作|营业|服务|资金|经费|数据|图片|照片)"
    rf"(?<![合制a-z]){_ANY}\s*:"
)
# A value ends where the line leaves a gap, at a bar, at a bracket, or where a label stands that is not known.
_VALUE_END = re.compile(r"\s{2,}|[\t|丨\[\]【】]|\s[-–—/·]\s|\s[\u4e00-\u9fff]{2,6}:|_(?=[a-z]{1,4}\d)")
_NAMES_END = re.compile(r"\s{2,}|[\t\[\]【】]|\s[-–—·]\s|\s[\u4e00-\u9fff]{2,6}:|_(?=[a-z]{1,4}\d)")
"""The same for names: several are kept apart by a bar or a stroke."""
_UNKNOWN = re.compile(r"[\u4e00-\u9fff]{2,4}:")
EDGES = " \t\xa0\u3000|丨·•,，、;；:：∶/-–—[]【】>"
_WRAPPED = re.compile(r"[(（]([^()（）]*)[)）]")
_NOBODY = frozenset(
    ["无", "暂无", "未知", "不详", "null", "none", "undefined", "未注明", "佚名", "匿名", "unknown", "暂缺", "空"]
)
_NO_LINE = re.compile("copyright|©|版权|icp备|icp证|主办单位|主办:|承办|技术支持")
_BUTTON = re.compile(
    "举报|(?:发表|我要|查看)?评论.*|分享.*|打印.*|收藏|字号.*|字体.*|[大中小]|\\d+.*|我要.*|阅读.*|浏览.*|点击.*|听.*|关注.*|手机.*|参与.*"
)
_TELLS = re.compile("[:∶：﹕|｜丨】]")
LONGEST = 160
"""Characters (folded) of a line that may be labels: room for all that are known, chosen, not measured."""
_LATEST_START = 40
_ADDRESS = re.compile(r"https?://[\w./-]+")
"""A site's own address before its labels, which may be long."""


@dataclass(slots=True)
class LabelLine:
    """What a line of labels says. ``values``: by kind of label, what stands behind it each time, "" when the label
    stands alone. ``bare``: a date that stands in the line without a label. ``open``: the label at the end of the
    line, when nothing stands behind it. ``rest``: what stands before the first label."""

    values: dict[str, list[str]] = field(default_factory=dict)
    bare: str | None = None
    open: str | None = None
    rest: str = ""


def read_labels(text: str) -> LabelLine | None:
    """The labels and values of a line, None when it is not made of labels: too long, a sentence, none, or mostly other
    text.

    >>> read_labels("來(lái)源：中山日报　發(fā)布時(shí)間：2019-02-19").values
    {'source': ['中山日报'], 'date': ['2019-02-19']}
    """
    if not may_be_labels(text) or not _KNOWN.search(fold(text)):
        return None
    folded = fold_with_positions(text)
    plain = narrow(folded)
    if len(plain) > LONGEST or _NO_LINE.search(plain):
        return None
    matches = list(_matches(plain))
    if not matches or len(_ADDRESS.sub("", plain[: matches[0].start()])) > _LATEST_START:
        return None
    line = LabelLine(rest=text[: folded.positions[matches[0].start()]].strip(EDGES + "()（）"))
    ends = [*(match.start() for match in matches[1:]), len(plain)]
    for match, end in zip(matches, ends, strict=True):
        _enter(line, text, folded, match, end)
    line.bare = line.bare or bare_value(plain[: matches[0].start()])
    return line


def may_be_labels(text: str) -> bool:
    """Whether a line may be one of labels by its length, its colons and its end: the cheap question before the dear
    ones.

    >>> may_be_labels("来源：中山日报"), may_be_labels("园区新闻")
    (True, False)
    """
    return len(text) <= 4 * LONGEST and _TELLS.search(text) is not None and not text.endswith(("。", "！", "？"))


def labelled_cells(text: str) -> str:
    """A table's row whose cells are label and value in turn, with the colons that its lines draw.

    >>> labelled_cells("索引号\\t0001\\t发布日期\\t2019-02-19"), labelled_cells("项目\\t来源\\t时间")
    ('索引号：\\t0001\\t发布日期：\\t2019-02-19', '项目\\t来源\\t时间')
    """
    cells = text.split("\t")
    named = [is_label(cell) for cell in cells]
    if len(cells) % 2 or not all(named[::2]) or any(named[1::2]):
        return text
    return "\t".join(f"{cell}：" if label else cell for cell, label in zip(cells, named, strict=True))


def is_label(text: str) -> bool:
    """Whether a text is a label and nothing else, without a colon.

    >>> is_label("发布日期"), is_label("發(fā)布日期："), is_label("发布日期为")
    (True, False, False)
    """
    return len(text) <= _LABEL_LONGEST and bool(_WHOLE.fullmatch(fold(text)))


def _enter(line: LabelLine, text: str, folded: Folded, match: re.Match[str], end: int) -> None:
    """Put one label and its value into the line. ``end`` is where the next label begins in the folded text."""
    kind, plain = match.lastgroup, match.string
    assert kind is not None
    begin, stop = _value(plain, match, end)
    raw = text[folded.positions[begin] : folded.positions[stop]].strip(EDGES) if begin < stop else ""
    if kind == "source":
        raw = _source(raw)
    raw = wrapped[1] if (wrapped := _WRAPPED.fullmatch(raw)) else raw
    line.values.setdefault(kind, []).append("" if raw.casefold() in _NOBODY else raw)
    if kind in _WHO or (
        kind == "other" and plain[stop - 1 : stop + 1].strip(" []【】()") != plain[stop - 1 : stop + 1]
    ):
        line.bare = line.bare or bare_value(plain[stop:end])
    line.open = kind if not raw and end == len(plain) and kind not in {"other", "changed"} else None


def _source(raw: str) -> str:
    """A source without what stands behind it in a gap, or is a button."""
    if _BUTTON.fullmatch(raw):
        return ""
    first, *others = re.split(r"[\u3000\xa0]", raw)[0].split(" ")
    kept = [first]
    for other in others:
        if _BUTTON.fullmatch(other):
            break
        kept.append(other)
    return " ".join(kept)


def _matches(plain: str) -> Iterator[re.Match[str]]:
    first = _LABEL.search(plain)
    barred = _BARRED.search(plain) if "|" in plain or "丨" in plain else None
    if first is None or (barred is not None and barred.start() < first.start()):
        while barred:
            yield barred
            barred = _BARRED.search(plain, barred.end())
        return
    match: re.Match[str] | None = first
    while match:
        yield match
        match = _FURTHER.search(plain, match.end())


def bare_value(plain: str) -> str | None:
    """来源：中山日报 2019-02-19: a date between two labels that is nobody's value."""
    plain = plain.strip(EDGES + "()")
    return plain if begins_with_date(plain) else None


def _value(plain: str, label: re.Match[str], end: int) -> tuple[int, int]:
    """Where the value of a label begins and ends in the folded line."""
    start = label.end()
    while start < end and plain[start].isspace():
        start += 1
    if label.lastgroup in {"date", "when", "signed"}:
        return start, end
    names = label.lastgroup in {"author", "reporter", "correspondent", "photographer"}
    if _UNKNOWN.match(plain, start, end):  # 作者： 选稿：某人: the value is empty
        return start, start
    stop = (_NAMES_END if names and not label[0].endswith(("|", "丨")) else _VALUE_END).search(plain, start, end)
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
