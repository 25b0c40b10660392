"""What pages count by themselves: readers, clicks, comments. The number changes from visit to visit, the text does
not."""

from __future__ import annotations

import re

from zsparkcrawl.chinese.script import ANNOTATION

__all__ = ["count_spans", "is_count_line", "uncounted"]

_NUMBER = r"(?P<{name}>\d[\d,，.]*\+?(?:\s?[万萬wWkK]\+?)?)"
_DONE = (
    "浏览|瀏覽|阅读|閱讀|点击|點擊|访问|訪問|查看|观看|觀看|播放|下载|下載|评论|評論|跟帖|跟贴|回复|回復|点赞|點贊|收藏|"
    "转发|轉發|分享|围观|圍觀"
)
_COUNT = re.compile(
    rf"(?:(?:{_DONE}|人气|人氣|热度|熱度|在线|在線|访客|訪客|赞|贊)(?:总|總)?(?:次数|次數|人数|人數|数量|數量|人次|量|数|數|率)?"
    rf"\s*[:：(（\[【]?\s*{_NUMBER.format(name='behind')}\s*(?:人次|次|人|条|條)?\s*[)）\]】]?"
    rf"|(?<![\d./\-])(?<!\d[:：]){_NUMBER.format(name='before')}\s*(?:人次|次|人|条|條|位|个|個)?\s*(?:参与|參與)?"
    rf"(?:{_DONE}|访客|訪客|读者|讀者|网友|網友|赞|贊))"
)
"""浏览次数：123, 点击 45, 阅读(1.2万), 已有 5 人评论, 3 条评论, 第 12345 位访客."""
_BESIDE = re.compile(
    r"(?:本文|本页|本頁|本站|该文|文章|新闻|当前|當前|您是第|你是第|目前|已经|已被|已有|已|共有|共被|共|总共|累计|被|有|次|过|[\s|｜·:：()（）\[\]【】/,，。])*"
)
"""What stands in a line beside such counts and says nothing else."""
_CLOCK = re.compile(
    r"(?:今天是|今日是|现在是|现在时间|现在時間|当前时间|當前時間|当前日期|系统时间|系統時間|打印时间|访问时间)\s*[:：]?\s*"
    r"(?=[^\n]*\d)[\d年月日时分秒時星期周週礼拜一二三四五六天上下午:：,，/.\-\s]+"
)
"""The page's own clock: 今天是2026年11月22日 星期日."""
_LINE = re.compile(r"[^\n]+")
_LONGEST = 60
"""Characters of a line in which numbers are taken for counts. Chosen: a line of the page's frame, and no sentence."""
_SENTENCE = re.compile("[。！？；]")


def count_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the numbers stand that a page counts by itself, in order.

    Leaves alone: numbers in sentences, which tell what somebody wrote.

    >>> text = "来源：健康报 浏览次数：123\\n已有 5 人评论"
    >>> [text[start:end] for start, end in count_spans(text)]
    ['123', '5']
    >>> count_spans("今天是2026年11月22日 星期日")
    ((0, 18),)
    >>> count_spans("全年累计阅读量：120万。")
    ()
    """
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        if line.end() - line.start() > _LONGEST or _SENTENCE.search(line[0]):
            continue
        if _CLOCK.fullmatch(line[0].strip()):
            found.append(line.span())
            continue
        matches = _COUNT.finditer(text, line.start(), line.end())
        found += [match.span("behind") if match["behind"] else match.span("before") for match in matches]
    return tuple(found)


def is_count_line(line: str) -> bool:
    """Whether a line says nothing but how often the page was read, clicked or answered, or what the time is.

    >>> is_count_line("点击数：45"), is_count_line("【浏览：12次】"), is_count_line("本文共有 33 人浏览")
    (True, True, True)
    >>> is_count_line("来源：健康报 点击：45"), is_count_line("阅读全文")
    (False, False)
    """
    if len(line) > _LONGEST or _SENTENCE.search(line):
        return False
    if _CLOCK.fullmatch(line.strip()):
        return True
    rest, found = _COUNT.subn("", line)
    return found > 0 and bool(_BESIDE.fullmatch(rest))


def uncounted(text: str) -> str:
    """A page's text without what it counts, whatever pinyin stands in between: the same on each visit.

    >>> uncounted("第一段。\\n點(diǎn)擊：45"), uncounted("來源：報(bào)社 點(diǎn)擊：45")
    ('第一段。', '來源：報社 點擊：#')
    """
    if not any(map(str.isdigit, text)):
        return text
    lines = []
    for line in text.split("\n"):
        plain = ANNOTATION.sub("", line)
        if is_count_line(plain):
            continue
        spans = count_spans(plain)
        for start, end in reversed(spans):
            plain = f"{plain[:start]}#{plain[end:]}"
        lines.append(plain if spans else line)
    return "\n".join(lines)
