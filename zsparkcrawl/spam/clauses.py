"""A clause with words of spam, and what stands inside it: judged by itself and by the letters right around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from zsparkcrawl.spam.edges import edges_of
from zsparkcrawl.spam.evidence import SOLD_ALONE, Evidence
from zsparkcrawl.spam.lexicon import Term
from zsparkcrawl.spam.lines import Line, clause_of
from zsparkcrawl.spam.runs import Run
from zsparkcrawl.spam.seams import CONTACT, seam
from zsparkcrawl.spam.standing import QUOTES, is_torn, keeps_text, set_apart, shortens

__all__ = ["ALONE", "Shape", "Spam", "clause_or_inside"]

Shape = Literal["line", "list", "clause", "inside"]

_GOES_ON = re.compile(
    "[的了是和与及将被把对从为而也都就已在于有到会能可不称说让使向由等又还]|表示|公布|发布|宣布|推出|上线|成为|举行|举办|获得|提供|"
    "进行|开展|应当|应该|必须|需要|属于|位于|建成|完成|实现|通过|发生|出现|开始|继续|正式|提醒|要求"
)
"""With what a sentence goes on behind its subject. Chosen."""
_NAMED = re.compile(
    "大?酒店|大?饭店|宾馆|有限|公司|集团|股份|控股|广场|大厦|中心|小区|花园|社区|会展|医院|学校|学院|影城|影院|机场|博览|论坛|"
    "[城街路村馆场队杯镇山湖]"
)
"""What stands behind the name of a real house, road or club. Chosen."""
_OFFICIAL = re.compile("福彩|体彩|双色球|大乐透|七星彩|排列[三五]")
_SEAM_MOST, _FIRST_COSTS, _GOES_ON_COSTS, _QUOTED_COSTS = 8.0, 6.0, 4.0, 6.0
"""Bits that the seam may give or take, and those that a stretch costs at the beginning of a clause, before what a
sentence goes on with, and behind a quotation mark. Chosen."""
ALONE = 0.5
"""What it weighs that a stretch is a line of its own, or stands in brackets. Chosen."""
_TORN, _QUOTED = 1.5, -1.5
"""What it weighs that its brackets stand inside a word, and that a quotation mark stands before it. Chosen."""
_WANTED_BLATANT, _WANTED_READ_ON, _WANTED, _WANTED_NAMED, _WANTED_SHOWN = 24.0, 28.0, 32.0, 40.0, 60.0
_WANTED_TOPICS, _WANTED_ONE = 36.0, 45.0
"""Bits that a stretch inside a sentence must have: an offer that says where, and the sentence reads on without it; a
topic, and it does or not; a house that says where; nothing but what a picture is praised for;
nothing but topics, and one. Of 12,335 news texts six are cut with these, and in all six an offer had been put in."""
_LEAST = 3.0
"""What the listed words of a run weigh together at least inside a sentence. Chosen."""
_TITLE_SHORTEST = 9
"""Characters of a title of such pictures that stands between two pauses. Chosen: shorter ones are a writer's."""
_SEEN_BEFORE, _SEEN_BEHIND, _SEEN_LONGEST = 34, 40, 120
"""Characters before and behind a clause that matter for it: a name before its short form, a number; and those of a
clause with them that may come again. Chosen."""


@dataclass(frozen=True, slots=True)
class Spam:
    """A stretch of a folded text that is spam, without the marks around it, and how it stands: the whole line; a list
    in a line; a clause of its own; inside a sentence, with nothing around it."""

    start: int
    end: int
    shape: Shape
    weight: float = 0.0
    torn: bool = False
    """Whether it stands inside a word, where no writer puts what he tells of."""
    likeliest: tuple[int, int] | None = None
    """Where it likeliest begins and ends, if that is not as sure."""


def clause_or_inside(run: Run, line: Line) -> Spam | None:
    """The clause around a run of terms without a mark between them if it is spam, or what is inside it."""
    clause = clause_of(line, run[0].start, run[-1].end)
    first, last = max(clause[0] - _SEEN_BEFORE, line.start), min(clause[1] + _SEEN_BEHIND, line.end)
    if line.foreign or last - first > _SEEN_LONGEST:
        return _judged(run, line, clause)
    found = _remembered(
        line.text[first:last],
        tuple(Term(term[0] - first, term[1] - first, *term[2:]) for term in line.between(*clause)),
        (run[0].start - first, run[-1].end - first),
        (clause[0] - first, clause[1] - first),
    )
    return found and _moved(found, first)


@lru_cache(maxsize=2048)
def _remembered(text: str, terms: tuple[Term, ...], span: tuple[int, int], clause: tuple[int, int]) -> Spam | None:
    """The verdict on a clause, by all that matters for it: spam repeats itself."""
    run = tuple(term for term in terms if span[0] <= term.start and term.end <= span[1] and term.kind != "innocent")
    return _judged(run, Line(text, 0, len(text), terms, frozenset()), clause)


def _moved(found: Spam, by: int) -> Spam:
    likeliest = found.likeliest and (found.likeliest[0] + by, found.likeliest[1] + by)
    return replace(found, start=found.start + by, end=found.end + by, likeliest=likeliest)


def _judged(run: Run, line: Line, clause: tuple[int, int]) -> Spam | None:
    bonus = line.bonus(run[0].start, run[-1].end)
    # A writer puts a word that is spoken of in quotation marks.
    quoted = line.text[max(clause[0] - 1, line.start) : clause[0]] in QUOTES and clause[0] - 1 > line.start
    said = line.evidence(*clause)
    apart = set_apart(line, *clause)
    torn = apart and is_torn(line, *clause)
    if (
        said.offers(bonus + _QUOTED * quoted + ALONE * apart + _TORN * torn)
        and not shortens(line, *clause)
        and ((apart and (not quoted or said.unknown <= 2)) or not keeps_text(line, *clause))
    ):
        return _or_its_middle(Spam(*clause, "clause", torn=torn), run, line)
    long = apart or said.letters >= _TITLE_SHORTEST
    if said.porn_title and not quoted and long and not keeps_text(line, *clause):
        return Spam(*clause, "clause")
    return _inside(run, line, bonus)


def _or_its_middle(found: Spam, run: Run, line: Line) -> Spam:
    """A clause, or what was put in the middle of one of two or three words: 长（…）篇小说."""
    if (run[0].start, run[-1].end) == (found.start, found.end):
        return found
    start, end, likeliest, _ = edges_of(line.text, run, found.start, found.end)
    inner = found.start < likeliest[0] and likeliest[1] < found.end
    return Spam(start, end, "inside", found.weight, likeliest=likeliest) if inner else found


def _inside(run: Run, line: Line, bonus: float) -> Spam | None:
    """Inside a sentence: where the sentence without it, and it as an offer, are so much likelier than the whole as text
    that neither a word spoken of nor chance explains it."""
    text = line.text
    contact = CONTACT.match(text, run[-1].end) is not None
    if "、" in text[run[0].start : run[-1].end] or not _may_be_offer(run, contact=contact):
        return None
    start, end, likeliest, bits = edges_of(text, run, line.start, line.end)
    said = line.evidence(*likeliest)
    if said.prose or said.number + contact < 2 or _OFFICIAL.search(text, start, end) or shortens(line, start, end):
        return None
    if not said.offered and said.heaviest < 3 and _NAMED.match(text, end):
        return None
    torn = is_torn(line, start, end)
    reads_on = max(min(seam(text, start, end), _SEAM_MOST), -_SEAM_MOST)
    bits += reads_on + 5 * bonus + 2 * bool(said.offered)
    before = text[start - 1] if start > line.start else ""
    if not before.isalnum():
        # The subject of a sentence stands at its beginning, and one word is easily its own.
        bits -= _FIRST_COSTS + _GOES_ON_COSTS * bool(_GOES_ON.match(text, end))
        bits -= _QUOTED_COSTS * (before in QUOTES)
    wanted = _wanted(said, contact=contact, reads_on=reads_on > 0)
    if said.kinds == {"topic"} and not (torn or contact):
        # Whoever speaks of such a thing names it so.
        wanted = max(wanted, _WANTED_TOPICS if len(said.words) > 1 else _WANTED_ONE)
    if not wanted or bits < wanted:
        return None
    return Spam(start, end, "inside", said.weight, torn, likeliest)


def _may_be_offer(run: Run, *, contact: bool) -> bool:
    """Whether the words of a run can be enough, whatever letters around it belong to it."""
    heaviest = max(term.weight for term in run)
    if heaviest >= SOLD_ALONE or contact:
        return True
    return len(run) >= 2 and sum(term.weight for term in run) >= _LEAST


def _wanted(said: Evidence, *, contact: bool, reads_on: bool) -> float:
    """The bits that a stretch inside a sentence must have; 0 where none are enough."""
    if reads_on and ((said.blatant and said.offered) or (contact and said.heaviest >= SOLD_ALONE)):
        return _WANTED_BLATANT
    if said.topic >= 2 or said.porn_list:
        return _WANTED_READ_ON if reads_on else _WANTED
    if "brand" in said.kinds and said.offered >= 2:
        return _WANTED_NAMED
    return _WANTED_SHOWN if said.weight >= 4 and said.kinds & {"region", "zone", "quality"} else 0.0
