"""Which stretches of a text are spam: judged by what they weigh, how they stand and what is said around them, never by
one word."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zsparkcrawl.spam.clauses import ALONE, Spam, clause_or_inside
from zsparkcrawl.spam.evidence import TOLD, Evidence, evidence
from zsparkcrawl.spam.lexicon import Folded, Term, terms
from zsparkcrawl.spam.lines import MARK, SENTENCE, Line, bounds, lines_of
from zsparkcrawl.spam.lists import lists_in
from zsparkcrawl.spam.runs import Run, runs
from zsparkcrawl.spam.standing import keeps_text
from zsparkcrawl.spam.telling import is_told, telling_of

__all__ = ["is_spam_label", "spam_in"]

_LIGHT = frozenset({"quality", "tail", "region", "place", "trade"})
_LEAST = 2.0
"""What the listed words of a text weigh together before it is looked at more closely: no verdict comes from less."""
_MOST = 0.6
"""The part of a label that one word of a topic must be to make spam of it. Chosen: 六合区 still is."""
_SPARSE = 8
"""A line so many times longer than its listed words is text: an offer has two letters of five at least, where a Latin
word counts as one. Chosen."""


def spam_in(text: Folded, foreign: Callable[[], frozenset[int]] = frozenset) -> Iterator[Spam]:
    """What is spam in a folded text, from left to right.

    ``foreign`` tells the places whose character is of another script than the page, which are evidence too. It is asked
    where a line has listed words enough to be looked at, as hardly any has.

    >>> from zsparkcrawl.spam.lexicon import fold
    >>> [found.shape for found in spam_in(fold("国产-日韩-欧美-综合-一区-二区"))]
    ['line']
    >>> list(spam_in(fold("园区一区二区三区的道路改造完成")))
    []
    """
    found: list[Spam] = []
    for line in lines_of(text):
        if sum(term.weight for term in line.terms if term.kind != "innocent") >= _LEAST:
            found += _in_line(line._replace(foreign=foreign()))
    if found:
        places = [0, *(place for each in found for place in (each.start, each.end)), len(text)]
        rest = "\n".join(text[a:b] for a, b in zip(places[::2], places[1::2], strict=True))
        telling = telling_of(rest)
        found = [each for each in found if not is_told(text, each, telling)]
    yield from found


def is_spam_label(text: Folded) -> bool:
    """Whether a short text that is no prose (a title, keywords, the text of a link) is spam or holds some: there one
    topic that honest pages do not advertise is enough, if it is most of the label: many a short word stands by chance
    in honest ones (六合 in 六合区代表团, 查人 in 调查人员).

    >>> from zsparkcrawl.spam.lexicon import fold
    >>> is_spam_label(fold("久久精品")), is_spam_label(fold("警方通报时时彩案")), is_spam_label(fold("成人教育"))
    (True, False, False)
    >>> is_spam_label(fold("六合区代表团来访"))
    False
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
    return any(_is_sold(each, text) for each in found)


def _is_sold(found: Evidence, label: Folded) -> bool:
    if found.topic >= 4 or (found.topic >= 2 and found.weight >= 4):
        return True
    return found.heaviest >= 3 and found.letters - found.unknown >= _MOST * evidence(label, 0, len(label), ()).letters


def _in_line(line: Line) -> Iterator[Spam]:
    letters = sum(term.end - term.start for term in line.terms if term.kind != "innocent")
    if _SPARSE * letters >= line.end - line.start and _is_whole(line):
        yield Spam(line.start, line.end, "line")
        return
    lists = list(lists_in(line))
    read, behind = line.start, 0
    for run in runs(line.text, line.terms):
        while behind < len(lists) and lists[behind][0] < run[-1].end:
            yield Spam(*lists[behind], "list")
            read = lists[behind][1]
            behind += 1
        if run[0].start < read or sum(term.weight for term in run) < _LEAST:
            continue
        for found in _around(run, line):
            if found.start >= read and (behind == len(lists) or found.end <= lists[behind][0]):
                yield found
                read = found.end


def _is_whole(line: Line) -> bool:
    """Whether a line is nothing but an offer."""
    whole = line.evidence(line.start, line.end)
    offered = whole.offers(line.bonus(line.start, line.end) + ALONE)
    return (offered or whole.porn_title) and not keeps_text(line, line.start, line.end)


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
        if found := clause_or_inside(part, line):
            yield found


def _parts(run: Run, line: Line) -> list[Run]:
    """A run by the clauses that it reaches over."""
    parts: list[list[Term]] = []
    for term in run:
        if not parts or MARK.search(line.text, parts[-1][-1].end, term.start):
            parts.append([])
        parts[-1].append(term)
    return [tuple(part) for part in parts]
