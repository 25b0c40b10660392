"""Which stretches of a text are spam: judged by what they weigh, how they stand and what is said around them, never by
one word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile
from typing import Literal

from zsparkcrawl.spam.evidence import TOLD, Evidence, evidence
from zsparkcrawl.spam.lexicon import Folded, Term, terms
from zsparkcrawl.spam.lines import AROUND, CLAUSE, MARK, SENTENCE, STOP, Line, bounds, lines_of
from zsparkcrawl.spam.runs import Run, runs
from zsparkcrawl.spam.seams import CONTACT, best_edges, seam
from zsparkcrawl.spam.standing import BRACKETS, QUOTES, SOFTLY_TOLD, keeps_text, set_apart, shortens

__all__ = ["Shape", "Spam", "is_spam_label", "spam_in"]

Shape = Literal["line", "list", "clause", "inside"]

_TOPIC = re.compile("赌博|涉赌|警方|民警|公安机关|嫌疑人|淫秽|卖淫|扫黄打非|诈骗|犯罪|被告人|反诈|网络赌|派出所|私彩")
_GOES_ON = re.compile(
    "[的了是和与及将被把对从为而也都就已在于有到会能可不称说让使向由等又还]|表示|公布|发布|宣布|推出|上线|成为|举行|举办|获得|提供|"
    "进行|开展|应当|应该|必须|需要|属于|位于|建成|完成|实现|通过|发生|出现|开始|继续|正式|提醒|要求"
)
"""With what a sentence goes on behind its subject. Chosen."""
_BLATANT = 5.0
"""What an offer inside a sentence weighs that needs no other sign. On 12,000 news texts nothing weighs so much but in
what tells of such things."""
_NAMED = re.compile(
    "大?酒店|大?饭店|宾馆|有限|公司|集团|股份|控股|广场|大厦|中心|小区|花园|社区|会展|医院|学校|学院|影城|影院|机场|博览|论坛|"
    "[城街路村馆场队杯镇山湖]"
)
"""What stands behind the name of a real house, road or club. Chosen."""
_LISTS = re.compile(r"[-_|/\\+~=>—–·;；]")
_SOLD = frozenset({"topic", "brand"})
_LIGHT = frozenset({"quality", "tail", "region", "place", "trade"})
_LEAST = 2.0
"""What the listed words of a text weigh together before it is looked at more closely: no verdict comes from less."""
_ALONE = 0.5
"""What it weighs that a stretch is a line of its own, or stands in brackets. Chosen."""
_SPARSE = 8
"""A line so many times longer than its listed words is text: an offer has two letters of five at least, where a Latin
word counts as one. Chosen."""
_TITLE_SHORTEST = 9
"""Characters of a title of such pictures that stands between two pauses. Chosen: shorter ones are a writer's."""


@dataclass(frozen=True, slots=True)
class Spam:
    """A stretch of a folded text that is spam, without the marks around it, and how it stands: the whole line; a list
    in a line; a clause of its own; inside a sentence, with nothing around it."""

    start: int
    end: int
    shape: Shape
    weight: float = 0.0


def spam_in(text: Folded, foreign: frozenset[int] = frozenset()) -> Iterator[Spam]:
    """What is spam in a folded text, from left to right.

    ``foreign`` are places whose character is of another script than the page: they are evidence too.

    >>> from zsparkcrawl.spam.lexicon import fold
    >>> [found.shape for found in spam_in(fold("国产-日韩-欧美-综合-一区-二区"))]
    ['line']
    >>> list(spam_in(fold("园区一区二区三区的道路改造完成")))
    []
    """
    found = [each for line in lines_of(text, foreign) for each in _in_line(line)]
    if found:
        places = [0, *(place for each in found for place in (each.start, each.end)), len(text)]
        rest = "\n".join(text[a:b] for a, b in zip(places[::2], places[1::2], strict=True))
        topics = len(_TOPIC.findall(rest))
        found = [each for each in found if not _is_told(text, each, topics)]
    yield from found


def _is_told(text: str, found: Spam, topics: int) -> bool:
    """Whether a stretch is told of: in a text that speaks of such things, or a sentence. Lines are never, and lists
    only where nothing but pauses is between their items."""
    if found.shape == "line" or (found.shape == "list" and _LISTS.search(text, found.start, found.end)):
        return False
    return topics >= 2 or is_in_telling(text, found)


def is_spam_label(text: Folded) -> bool:
    """Whether a short text that is no prose (a title, keywords, the text of a link) is spam or holds some: there one
    topic that honest pages do not advertise is enough.

    >>> from zsparkcrawl.spam.lexicon import fold
    >>> is_spam_label(fold("久久精品")), is_spam_label(fold("警方通报时时彩案")), is_spam_label(fold("成人教育"))
    (True, False, False)
    """
    if sum(term.weight for term in terms(text) if term.kind != "innocent") < _LEAST:
        return False
    if next(spam_in(text), None) is not None:
        return True
    if TOLD.search(text):
        return False
    found = (
        evidence(text, run[0].start, run[-1].end, run) for line in lines_of(text) for run in runs(text, line.terms)
    )
    return any(each.heaviest >= 3 or each.topic >= 4 or (each.topic >= 2 and each.weight >= 4) for each in found)


def is_in_telling(text: str, found: Spam) -> bool:
    """Whether the sentence around a phrase tells of such things."""
    begin, finish = max(found.start - AROUND, 0), min(found.end + AROUND, len(text))
    stops = [match.end() for match in STOP.finditer(text, begin, found.start)]
    behind = STOP.search(text, found.end, finish)
    begin, finish = stops[-1] if stops else begin, behind.start() if behind else finish
    if "赌博" in text[found.start : found.end]:
        return True  # what sells it calls it a game
    listed = "、" in text[max(found.start - 1, 0) : found.start] + text[found.end : found.end + 1]
    around = text[max(found.start - 1, 0) : found.start] + text[found.end : found.end + 1]
    if found.shape == "clause" and not listed and not any(mark in BRACKETS for mark in around):
        return False  # an offer between two pauses is no part of the sentence
    softly = (found.shape != "clause" or listed) and found.weight < _BLATANT
    words = [TOLD, SOFTLY_TOLD] if softly else [TOLD]
    return any(each.search(text, begin, found.start) or each.search(text, found.end, finish) for each in words)


def _in_line(line: Line) -> Iterator[Spam]:
    listed = [term for term in line.terms if term.kind != "innocent"]
    if sum(term.weight for term in listed) < _LEAST:
        return
    if _SPARSE * sum(term.end - term.start for term in listed) >= line.end - line.start and _is_whole(line):
        yield Spam(line.start, line.end, "line")
        return
    read = line.start
    for run in runs(line.text, line.terms):
        if sum(term.weight for term in run) < 2:
            continue
        for found in _around(run, line):
            if found.start >= read:
                yield found
                read = found.end


def _is_whole(line: Line) -> bool:
    """Whether a line is nothing but an offer."""
    whole = line.evidence(line.start, line.end)
    offered = whole.offers(line.bonus(line.start, line.end) + _ALONE)
    return (offered and not keeps_text(line, line.start, line.end)) or whole.porn_title


def _around(run: Run, line: Line) -> Iterator[Spam]:
    """What is spam of a run and what stands around it: the sentence, the list, clauses, or what stands inside one."""
    start, end = run[0].start, run[-1].end
    sentence = bounds(SENTENCE, line, start, end)
    if sentence != (line.start, line.end) and end - start >= 0.4 * (sentence[1] - sentence[0]):
        said = line.evidence(*sentence)
        if said.items >= 3 and said.offers(line.bonus(start, end)) and not keeps_text(line, *sentence):
            yield Spam(*sentence, "list")
            return
    parts = _parts(run, line)
    while len(parts) > 1 and {term.kind for term in parts[-1]} <= _LIGHT:
        parts.pop()
    while len(parts) > 1 and {term.kind for term in parts[0]} <= _LIGHT:
        parts.pop(0)
    listed = [term for part in parts for term in part]
    core = evidence(line.text, listed[0].start, listed[-1].end, listed)
    bonus = line.bonus(listed[0].start, listed[-1].end)
    if core.items >= 3 and len(listed) >= 4 and core.share >= 0.6 and core.weight + bonus >= 5 and core.mixed:
        yield Spam(listed[0].start, listed[-1].end, "list")
        return
    for part in _parts(run, line):
        if found := _clause_or_inside(part, line):
            yield found


def _parts(run: Run, line: Line) -> list[Run]:
    """A run by the clauses that it reaches over."""
    parts: list[list[Term]] = []
    for term in run:
        if not parts or MARK.search(line.text, parts[-1][-1].end, term.start):
            parts.append([])
        parts[-1].append(term)
    return [tuple(part) for part in parts]


def _clause_or_inside(run: Run, line: Line) -> Spam | None:
    start, end = run[0].start, run[-1].end
    bonus = line.bonus(start, end)
    clause = bounds(CLAUSE, line, start, end)
    # A writer puts a word that is spoken of in quotation marks.
    quoted = line.text[max(clause[0] - 1, line.start) : clause[0]] in QUOTES and clause[0] - 1 > line.start
    said = line.evidence(*clause)
    apart = set_apart(line, *clause)
    if (
        said.offers(bonus - 1.5 * quoted + _ALONE * apart)
        and not shortens(line, *clause)
        and ((apart and (not quoted or said.unknown <= 2)) or not keeps_text(line, *clause))
    ):
        return Spam(*clause, "clause")
    if said.porn_title and not quoted and (apart or said.letters >= _TITLE_SHORTEST):
        return Spam(*clause, "clause")
    return _inside(run, evidence(line.text, start, end, run), line, bonus)


def _inside(run: Run, core: Evidence, line: Line, bonus: float) -> Spam | None:
    """Inside a sentence: what is heavy enough, the more so where the sentence reads on better without it."""
    inner = _inner(run, line)
    text = line.text
    if core.share < 0.75 or "、" in text[run[0].start : run[-1].end]:
        return None
    sold = sum({text[term.start : term.end]: term.weight for term in inner if term.kind in _SOLD}.values())
    offer = {"brand", "trade", "tail"} <= core.kinds or (core.topic >= 2 and core.weight >= 4 and "tail" in core.kinds)
    if core.blatant or (core.heaviest >= 3 and CONTACT.match(text, run[-1].end)):
        return _if_read_on(run, inner or run, line, bonus, _BLATANT - 1)
    if core.porn_list and core.weight >= 6:
        inner, wanted = inner or run, 6.5
    elif core.porn_title:
        inner, wanted = run, 5.0
    elif inner and sold >= 3:
        wanted = 4.5
    elif inner and offer:
        wanted = 4.75
    else:
        return None
    return _if_read_on(run, inner, line, bonus, wanted)


def _if_read_on(run: Run, inner: Run, line: Line, bonus: float, wanted: float) -> Spam | None:
    """A run inside a sentence, if it weighs what is wanted, together with how well the sentence reads on without it."""
    text = line.text
    if run[0].kind == "tail" and run[0].start > line.start and text[run[0].start - 1].isalnum():
        # Such a word stands behind what is offered; before it, it is the sentence's own.
        run = tuple(dropwhile(lambda term: term.kind == "tail", run))
        inner = tuple(term for term in inner if run and term.start >= run[0].start)
    if not inner:
        return None
    core = evidence(text, run[0].start, run[-1].end, run)
    if len(core.words) < 2 and core.heaviest < 4:
        return None
    start, end = best_edges(text, run, inner, line.start, line.end)
    weight = core.weight + bonus
    blatant = core.blatant or CONTACT.match(text, run[-1].end) is not None
    sure = weight if core.kinds != {"topic"} else 0.0
    if not core.offered and core.heaviest < 3 and _NAMED.match(text, run[-1].end):
        return None
    before, behind = text[max(start - 1, line.start) : start], text[end : min(end + 1, line.end)]
    if shortens(line, start, end):
        return None
    if blatant and sure >= _BLATANT + 1.5 * (before in QUOTES and start > line.start):
        return Spam(start, end, "inside", sure)
    # The subject of a sentence stands at its beginning, and one word is easily its own.
    if blatant:
        wanted += 1.5 * (before in QUOTES and start > line.start)
        wanted += 0.75 * (not before.isalnum() and _GOES_ON.match(text, end) is not None) - 0.5 * (not behind.isalnum())
    else:
        wanted += 2.5 * (not (before.isalnum() and behind.isalnum())) + 0.5 * (len(core.words) < 2)
    read_on = max(min(seam(text, start, end), 8), -8) / 4
    return Spam(start, end, "inside", sure) if weight + read_on >= wanted else None


def _inner(run: Run, line: Line) -> Run:
    """The terms without those of the lighter kinds at ends that touch other letters."""
    first, last = 0, len(run)
    if run[0].start > line.start and line.text[run[0].start - 1].isalnum():
        while first < last and run[first].kind in _LIGHT:
            first += 1
    if run[-1].end < line.end and line.text[run[-1].end].isalnum():
        while last > first and run[last - 1].kind in _LIGHT:
            last -= 1
    return run[first:last]
