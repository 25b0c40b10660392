"""Credits without a colon: 记者 张三 通讯员 李四, 文/张三 图/李四, 张三 文/图, and the opening 商报讯（记者 张三）."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zsparkcrawl.chinese.script import fold, fold_with_positions
from zsparkcrawl.extract.dates import narrow
from zsparkcrawl.extract.labels import read_labels
from zsparkcrawl.extract.names import is_names, is_office, is_paper, is_person, split_names

__all__ = ["Credits", "closing_credits", "opening_credits", "read_credits", "reporter_in"]

Credits = dict[str, list[str]]
"""By kind (author, correspondent, photographer, editor, reviewers, contributor, source) the names as they stand."""

_OF_PAPER = "(?:[\u4e00-\u9fff]{1,8}?(?:报|网|台|社|刊|新闻|客户端|融媒|传媒|发布|在线|频道|中心))?"
_REPORTER = _OF_PAPER + "(?:全媒体|融媒体?|首席|见习|实习|特约|驻地|文字|特派|高级)*记者"
_ROLES = {
    "both": r"文[/、&]?图|图[/、&]?文|采写\s*/?\s*摄影|摄影报道|摄影\s*/\s*报道|图文",
    "author": rf"{_REPORTER}|文字|撰文|(?:特约)?撰稿人?|采写|采访|执笔|作者|文稿|文案|文",
    "correspondent": "(?:特约)?通讯员|学生记者团?|实习生",
    "photographer": "摄影记者|摄影师?|供图|图片(?:来源)?|图片提供|配图|航拍|图|摄像?",
    "editor": "责任编辑|责编|网络编辑|网站编辑|本期编辑|栏目编辑|实习编辑|值班编辑|编校|编辑|排版",
    "reviewers": "[一二三]审[一二三]校|[初复终]审[初复终]校|[一二三初复终]审|责任校对|(?:科学|内容|专业|责任)审核"
    "|校对|审核|审校|审稿|编审|签发|核稿|核发|校核",
    "contributor": "供稿|来稿",
}
_ROLE = re.compile(
    r"(?:^|(?<=[\s,;、()\[\]【】|丨/·□■○◇◎●◆★▲※]))(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _ROLES.items())
    + r")(?:\s*[:/|丨]\s*|\s+[-–—]\s+|\s+|(?=[)\]】]?$)|(?=[\u4e00-\u9fff]))"
)
_ROLE_WORD = re.compile(
    "记者|通讯员|[文图摄][/|丨:、]|^文|^图|[^a-z]文|摄|撰|采写|采访|执笔|作者|供图|图片|图$|图文|编|审|校|稿|签发|核"
)
"""What a line of credits has at least: the cheap question before the dear one."""
_MARKED = re.compile(r"[\s\u3000]*[□■◎◆]\s*([^\s].{1,30}?)\s*")
"""A name behind the mark with which newspapers set a writer's name."""
_REPORTERS_WORDS = frozenset(
    "调查 观察 手记 走访 探访 评论 专访 来信 札记 视点 获悉 了解 在线 体验 暗访 追踪 见闻".split()
)
_VERB = re.compile(
    r"(?P<names>.{2,}?)\s*(?P<verb>摄影报[道导]|摄影|摄|攝影|攝|供图|采写|採寫|(?:综合|专题)?报[道导]|整理|整合|编译|综合)"
)
_VERBS = dict.fromkeys(("摄影", "摄", "攝影", "攝", "供图"), "photographer") | dict.fromkeys(
    ("摄影报道", "摄影报导"), "both"
)
"""What behind a reporter's name says that it is not a text, or not the text alone, that is his."""
_BEHIND = re.compile(
    r"(?P<names>[\u4e00-\u9fff·]{2,12}(?:[、,\s]+[\u4e00-\u9fff·]{2,12})*?)\s*[/ ]?\s*"
    r"(?P<role>文\s*[/、]?\s*图|图\s*[/、]?\s*文|摄影报道|摄影|文|图|摄|撰文|供图|供稿|责任编辑|责编|编辑|审核|校对|审校)"
)
"""The role behind the names: 张三 摄, 张三/文 李四/图, 张三 审核."""
_BEHIND_KINDS = {"文": "author", "撰文": "author", "供稿": "contributor"} | {
    **dict.fromkeys(("责任编辑", "责编", "编辑"), "editor"),
    **dict.fromkeys(("审核", "校对", "审校"), "reviewers"),
}
_OFFICE = re.compile("[科室系组部班会处院办局中队所站社园委]$|支部$|总支$")
"""What the offices end with that send something in."""
_REPORTED = re.compile(r"\s+(?:综合)?报[道导]$")
_FRAME = " \t\xa0\u3000()[]【】□■◎●○◇◆★☆▲△※*-—|·,;"
_BRACKETED = re.compile(r"[(（\[【]([^()（）\[\]【】]{2,80})[)）\]】]\s*(?:1\d{6})?$")
"""Behind the bracket an agency of Taiwan has the day: （編輯：張三）1120308."""
_OWN = frozenset(["本报", "本网", "本刊", "本台", "本站", "本社"])
_OPENING = re.compile(
    r"^[\s\u3000\xa0【\[(（]*(?:(?P<paper>[\u4e00-\u9fff]{1,9}?(?:报|网|社|台|刊|站|在线|新闻|客户端|融媒|发布))讯|(?P<agency>本[报网台社刊]|[\u4e00-\u9fff]{2,6}?(?:社|网|报|台|在线|新闻|客户端))"
    r"[\u4e00-\u9fff]{0,10}\d{1,2}月\d{1,2}日(?:电|讯|消息))[】\])）]?[\s\u3000\xa0]*(?:[(（](?P<inside>[^()（）]{2,60})[)）])?"
)
_FIRST_BRACKET = re.compile(
    r"^[\s\u3000\xa0]*【(?P<inside>[^【】]{3,40})】[\s\u3000\xa0]*(?:[(（](?P<named>[^()（）]{2,60})[)）])?"
)
_RANKED = re.compile(r"(?:文\s*/\s*)?[\u4e00-\u9fff]{0,14}(?:记者|記者|作者)\s+(?P<names>\S.*)")
"""环球日报驻海外特约记者 张三."""
_REPORTS = re.compile(
    rf"^[\s\u3000\xa0〔【\[(（]*(?P<credit>{_REPORTER}\s*[\u4e00-\u9fff·、\s]{{2,24}}?)(?:\s*/\s*[\u4e00-\u9fff]{{2,6}})?"
    r"\s*(?:摄影|综合|专题)?报[道导]"
)
"""记者张三报道, and as papers of Taiwan have it: 〔記者張三／台北報導〕."""
_DESK = re.compile(
    r"^[\s\u3000\xa0]*[\u4e00-\u9fff]{2,6}(?:中心|组|部)\s*/\s*(?P<names>[\u4e00-\u9fff]{2,4}(?:[、\s]+[\u4e00-\u9fff]{2,4})*)\s*(?:综合)?报[道导]"
)
"""生活中心／王小明報導, as sites of Taiwan have it."""
_OF_TAIWAN = re.compile(
    r"(?:[\u4e00-\u9fff]{1,6}\s*/\s*)?(?:[\u4e00-\u9fff]{2,4})?记者\s*(?P<names>[\u4e00-\u9fff·、\s]{2,24}?)\s*/\s*"
    r"[\u4e00-\u9fff]{2,6}(?:报导|报道)"
)
"""聯合報／記者張三／台北即時報導, where a byline stands."""
_CABLED = re.compile(
    r"^[\s\u3000\xa0]*[(（](?P<agency>[\u4e00-\u9fff]{2,4}社)记者(?P<names>(?:[\u4e00-\u9fff]{2,4}、)*[\u4e00-\u9fff]{3})"
    r"[\u4e00-\u9fff]{2,6}\d{1,2}日(?:专|综合外)?电[)）]"
)
"""（中央社記者王小明台北8日電）: of the last name and the town nothing but the length tells where one ends; names of
three characters are the rule there."""
_SHORTEST, _LONGEST = 2, 80
_CLOSING = frozenset(["author", "reporter", "correspondent", "source", "editor", "photographer", "reviewers"])
"""What labels in brackets behind a text can name."""


def read_credits(text: str) -> Credits | None:
    """The credits of a line that is nothing else, None when any of it is something else.

    >>> read_credits("记者 张三 通讯员 李四")
    {'author': ['张三'], 'correspondent': ['李四']}
    >>> read_credits("（文/张三 图/李四）"), read_credits("记者从园区获悉")
    ({'author': ['张三'], 'photographer': ['李四']}, None)
    """
    if not _SHORTEST < len(text) <= _LONGEST:
        return None
    if not _ROLE_WORD.search(fold(text)):
        marked = _MARKED.fullmatch(text)
        return {"author": [marked[1]]} if marked and is_names(marked[1]) else None
    folded = fold_with_positions(text)
    plain = narrow(folded)
    begin, end = len(plain) - len(plain.lstrip(_FRAME)), len(_REPORTED.sub("", plain.rstrip(_FRAME)))
    found = [match for match in _ROLE.finditer(plain, 0, end) if match.start() >= begin]
    if not found:
        return _role_behind(text, folded.positions, plain[:end], begin)
    if found[0].start() == begin:
        return _roles(text, folded.positions, found, end)
    if whole := _role_behind(text, folded.positions, plain[:end], begin):
        return whole
    # 党办供稿　摄影/张三: the first role stands behind its name, the others before theirs.
    first = _role_behind(text, folded.positions, plain[: found[0].start()], begin)
    others = _roles(text, folded.positions, found, end) if first else None
    return None if first is None or others is None else first | {k: first.get(k, []) + v for k, v in others.items()}


def _roles(text: str, positions: Sequence[int], found: Sequence[re.Match[str]], end: int) -> Credits | None:
    """The names behind each role; None when what stands there is no name."""
    credits: Credits = {}
    waiting: list[str] = []
    before = ""
    for match, following in zip(found, [*found[1:], None], strict=True):
        kind = match.lastgroup
        assert kind is not None
        # 图/本报记者 张三: the second role is the first one's rank.
        kind, before = (before if before and "记者" in match[0] else kind), ""
        start, stop = match.end(), following.start() if following else end
        names = text[positions[start] : positions[stop]].strip(_FRAME + "、:：/／")
        kind, names = _with_verb(kind, names)
        if names:
            if kind != "contributor" and not (is_names(names) and _names_behind(match, names)):
                return None
            if match[0].startswith("图片来源") and is_office(names):
                return None  # a picture taken from a paper or from a shop of pictures was taken by nobody here
            for each in ("author", "photographer") if kind == "both" else (kind,):
                credits.setdefault(each, []).append(names)
            waiting.append(names)
        elif kind in {"both", "photographer"} and waiting:  # 记者 张三 文/图: the role of the names before it
            credits.setdefault("photographer", []).extend(waiting)
        elif kind in {"both", "photographer"}:
            before = kind
        elif following is None:
            return None  # 文/ 图/李四, where nobody was entered for one of them, is good; a role alone is not
    return credits


def _names_behind(role: re.Match[str], names: str) -> bool:
    """Whether what stands behind a role is a name there: right behind it, with no gap, words stand as well (编辑登录,
    记者调查)."""
    if not role[0][-1].isspace() and role[0][-1] not in ":/|丨":
        if role.lastgroup in {"editor", "reviewers", "photographer"}:
            return all(map(is_person, split_names(names)))
        return _REPORTERS_WORDS.isdisjoint(names.split())
    return True


def _with_verb(kind: str, names: str) -> tuple[str, str]:
    """A reporter's role and names without the word behind them that says what was done: 记者张三摄, 记者张三采写."""
    match = _VERB.fullmatch(names) if kind == "author" else None
    if match is None or not is_names(match["names"].strip()):
        return kind, names
    return (_VERBS.get(match["verb"], "author"), match["names"].strip())


def _role_behind(text: str, positions: Sequence[int], plain: str, begin: int) -> Credits | None:
    """张三 文/图; 张三/文 李四/图."""
    credits: Credits = {}
    at = begin
    while at < len(plain):
        match = _BEHIND.match(plain, at)
        if match is None:
            return None
        names = text[positions[match.start("names")] : positions[match.end("names")]]
        separated = re.search(r"[/\s]", plain[match.end("names") : match.start("role")])
        role = re.sub(r"[\s/、]", "", match["role"])
        # 图书馆供图, 展开全文 and 资料审核 end like credits; without a gap a person's name stands before such a role.
        sure = separated or is_person(names) or (len(role) > 1 and _BEHIND_KINDS.get(role) in {None, "author"})
        of_office = role == "供稿" and all(map(_OFFICE.search, split_names(names)))
        if not of_office and not (is_names(names) and sure):
            return None
        for kind in _kinds_behind(role):
            credits.setdefault(kind, []).append(names)
        at = match.end()
        while at < len(plain) and plain[at] in _FRAME + "/、":
            at += 1
    return credits or None


def _kinds_behind(role: str) -> tuple[str, ...]:
    """The fields of a role that stands behind a name."""
    if kind := _BEHIND_KINDS.get(role):
        return (kind,)
    return ("author", "photographer") if len(role) > 1 and ("文" in role or role == "摄影报道") else ("photographer",)


def opening_credits(paragraph: str) -> Credits:
    """Who is named by the words that open a report. 本报 and 本网 name nobody: the page's own paper.

    >>> opening_credits("商报讯（记者 张三 通讯员 李四）昨日，园区召开会议。")
    {'source': ['商报'], 'author': ['张三'], 'correspondent': ['李四']}
    >>> opening_credits("本网讯 近日，园区召开会议。"), opening_credits("新华社广州3月5日电（记者张三、李四）园区")
    ({}, {'source': ['新华社'], 'author': ['张三、李四']})
    """
    head = paragraph[:160]
    folded = fold_with_positions(head)
    plain = narrow(folded)
    match = _OPENING.match(plain)
    if cabled := _CABLED.match(plain):
        return {
            "source": [_span(head, folded.positions, cabled, "agency")],
            "author": [_span(head, folded.positions, cabled, "names")],
        }
    if desk := _DESK.match(plain):
        return {"author": [_span(head, folded.positions, desk, "names")]}
    if match is None and (bracket := _FIRST_BRACKET.match(plain)):
        inside = _span(head, folded.positions, bracket, "inside")
        if not bracket["named"] or not is_paper(inside):
            return _in_bracket(inside)
        return {"source": [inside]} | (read_credits(_span(head, folded.positions, bracket, "named")) or {})
    if match is None:
        reports = _REPORTS.match(plain)
        return (read_credits(_span(head, folded.positions, reports, "credit")) or {}) if reports else {}
    credits: Credits = {}
    which = "paper" if match["paper"] else "agency"
    if match[which] and match[which] not in _OWN:
        credits["source"] = [_span(head, folded.positions, match, which)]
    if match["inside"]:
        credits |= read_credits(_span(head, folded.positions, match, "inside")) or {}
    elif reports := _REPORTS.match(plain[match.end() :]):
        begin, end = (folded.positions[match.end() + at] for at in reports.span("credit"))
        credits |= read_credits(head[begin:end]) or {}
    return credits


def _in_bracket(text: str) -> Credits:
    """Who is named in the bracket that opens a report: 【环球网报道 记者 张三】, 【文/观察网 张三】."""
    _, said, behind = text.partition("报道")
    credits = read_credits(text) or (read_credits(behind) if said else None) or {}
    if not credits and (match := _RANKED.fullmatch(text)) and is_names(match["names"]):
        credits = {"author": [match["names"]]}
    for kind, values in credits.items():
        parts = [value.split() for value in values]
        # The writer's paper, or what he is there, stands before his name.
        credits[kind] = [
            " ".join(each[1:] if len(each) > 1 and (is_paper(each[0]) or each[0].endswith("作者")) else each)
            for each in parts
        ]
    return credits


def reporter_in(text: str) -> str | None:
    """The names in a byline as papers of Taiwan have it.

    >>> reporter_in("聯合報／ 記者張三／台北即時報導"), reporter_in("記者張三")
    ('張三', None)
    """
    text = text.strip()
    folded = fold_with_positions(text)
    match = _OF_TAIWAN.fullmatch(narrow(folded))
    return _span(text, folded.positions, match, "names") if match else None


def closing_credits(paragraph: str) -> Credits:
    """Who is named in brackets at the end of a paragraph.

    >>> closing_credits("园区召开会议。（记者 张三）"), closing_credits("园区召开会议。（张三 李四）")
    ({'author': ['张三']}, {'author': ['张三 李四']})
    >>> closing_credits("园区召开会议（见图）"), closing_credits("园区召开会议（方案附后）")
    ({}, {})
    >>> closing_credits("园区召开会议。（来源：市报）"), closing_credits("园区召开会议。（本报记者张三采写）")
    ({'source': ['市报']}, {'author': ['张三']})
    """
    match = _BRACKETED.search(paragraph[-90:])
    if match is None:
        return {}
    names = split_names(match[1])
    if names and all(map(is_person, names)):
        return {"author": [match[1]]}
    if labelled := read_labels(match[1]):
        values = {kind: [value for value in found if value] for kind, found in labelled.values.items()}
        return values if not labelled.rest and values.keys() <= _CLOSING else {}
    return read_credits(match[1]) or {}


def _span(text: str, positions: Sequence[int], match: re.Match[str], group: str) -> str:
    return text[positions[match.start(group)] : positions[match.end(group)]]
