"""The byline: the lines between title and text that say when, by whom and from where."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.candidates import NEAR, STATED, Line, candidates, lengths_of, text_begin
from zsparkcrawl.extract.clock import Clock
from zsparkcrawl.extract.credits import read_credits
from zsparkcrawl.extract.dates import Moment
from zsparkcrawl.extract.names import is_names, somebody
from zsparkcrawl.items import MissingReason

__all__ = ["Byline", "find_byline", "in_foot", "masthead_day", "people"]

_ROLE_FIRST = re.compile(r"[文图]\s*[/:：|]")
"""作者：文/张三 图/李四: credits where a name is expected."""
_FIGURES = re.compile(r"\d{1,4}\D{1,2}\d{1,2}|\d{6}")
_FOOT = re.compile(
    r"foot|(?<!margin-)(?<!padding-)(?<!border-)(?<!article-)(?<!content-)(?<!detail-)bottom|copyright", re.IGNORECASE
)
"""class="margin-bottom-20" is a distance, class="article-bottom" the end of the article."""
_SENTENCE = 8
"""Characters from which on a line that ends as sentences do is one; chosen."""
_HEAD_REST = 200
"""Blocks behind the begin of the text among which a byline may stand, where a notice stands above all."""
_MASTHEAD_LONGEST = 30
_OF_MEETING = re.compile(
    r"(?:[\u4e00-\u9fff]{2})?(?:地\s*点|主\s*讲|主\s*持|嘉\s*宾|出\s*席|参加人|参会)[\u4e00-\u9fff]?\s*[:：]"
)
"""What stands beside the time of a meeting."""
_GROUP_LONGEST = 40
"""Lines of one byline: the facts of a paper in a table are some twenty; chosen."""
_ASIDE = frozenset(["other", "changed"])
"""What names nobody and no date of the article's."""


@dataclass(frozen=True, slots=True)
class Byline:
    """What the byline says, each value as it stands on the page, and which blocks it takes up.

    ``moment`` is None when no date can be trusted; ``date_missing`` then says why. ``people`` has the other values by
    kind (author, source, editor, photographer, reviewers, contributor, title). ``first`` and ``last`` are block
    numbers, None when the page has no byline."""

    moment: Moment | None = None
    date_raw: str | None = None
    date_missing: MissingReason | None = "absent"
    people: dict[str, list[str]] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None


def find_byline(blocks: Sequence[Block], clock: Clock, titles: Collection[int] = ()) -> Byline:
    """Read the byline of a page: the group of label lines above the text that names most.

    ``titles`` are the numbers of blocks that look like the title: beside one of them a line without labels counts as
    well. A date in a footer is not the article's: lines in a place named so, or behind most of the text, do not count.
    """
    lengths = lengths_of(blocks)
    whole = sum(lengths)
    blocks = blocks[: text_begin(lengths) + _HEAD_REST]
    best: list[Line] = []
    best_weight = 0.0
    above, counted = 0, 0
    closed = [length or _is_sentence(block.text) for block, length in zip(blocks, lengths, strict=False)]
    for group in _groups(blocks, lengths, closed, clock, titles):
        above += sum(lengths[counted : group[0].number])
        counted = group[0].number
        # What stands above the byline is at most an advertisement or a notice, never half of the article.
        if 3 * above > whole - above:
            break
        weight = _weight(group, clock, titles)
        if weight > best_weight and not in_foot(blocks[group[0].number].element):
            best, best_weight = group, weight
    return _read(best, clock) if best else Byline()


def masthead_day(blocks: Sequence[Block], clock: Clock) -> Moment | None:
    """The day in the head of an electronic paper's page: in a short one of the blocks above the text, and named by the
    page's own address, too. It counts where nothing beside the title tells a day."""
    for block in blocks:
        if len(block.text) <= _MASTHEAD_LONGEST and clock.addressed(block.text):
            return clock.read(block.text)
    return None


def in_foot(element: HtmlElement) -> bool:
    """Whether an element stands in the foot of the page."""
    places = (element, *element.iterancestors())
    return any(
        (e.tag == "footer" and not _of_article(e)) or _FOOT.search(f"{e.get('class', '')} {e.get('id', '')}")
        for e in places
    )


def people(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Who is named, by field: reporters are authors, and with them the correspondents; a correspondent alone has sent
    something in."""
    named = {kind: [value for value in values.get(kind, []) if value] for kind in values}
    for value in list(named.get("author", [])):
        if _ROLE_FIRST.match(value) and (credits := read_credits(value)):
            named["author"].remove(value)
            for kind, names in credits.items():
                named.setdefault(kind, []).extend(names)
    authors = [name for value in named.get("author", []) if (name := somebody(value))]
    authors += [value for value in named.get("reporter", []) if is_names(value)]
    correspondents = [value for value in named.get("correspondent", []) if is_names(value)]
    found = {
        "author": authors + (correspondents if authors else []),
        "contributor": named.get("contributor", []) + ([] if authors else correspondents),
        "photographer": [value for value in named.get("photographer", []) if is_names(value)],
    }
    # A label without a value is something else than none: nobody may be put in its place.
    return found | {kind: named[kind] for kind in ("source", "editor", "reviewers", "title") if kind in named}


def _of_article(footer: HtmlElement) -> bool:
    """Whether a <footer> is an article's own, as Drupal has one above the text, and no comment's."""
    article = next(footer.iterancestors("article"), None)
    return article is not None and "comment" not in f"{article.get('class', '')} {footer.get('class', '')}"


def _is_sentence(text: str) -> bool:
    return len(text) >= _SENTENCE and text.endswith(("。", "！", "？"))


def _groups(
    blocks: Sequence[Block], lengths: Sequence[int], closed: Sequence[int], clock: Clock, titles: Collection[int]
) -> list[list[Line]]:
    """Lines of one byline stand together; two blocks may come between (an icon, a counter), or the title, but no
    text. ``closed`` is not zero where a block is text, however short."""
    groups: list[list[Line]] = []
    for line in candidates(blocks, lengths, clock, titles):
        # 时间：3月5日上午九点, and 地点： beside it: the text's own.
        if line.values.keys() == {"when"} and any(
            _OF_MEETING.match(each.text) for each in blocks[max(line.number - 1, 0) : line.last + 3]
        ):
            continue
        group = groups[-1] if groups else None
        apart = line.number - group[-1].last if group else 0
        if group and any(group[-1].last < title < line.number for title in titles):
            apart = max(apart - NEAR, 1)  # a line above the title and one below it
        if group is None or apart > 3 or len(group) > _GROUP_LONGEST or any(closed[group[-1].last : line.number]):
            if not line.values.keys() <= _ASIDE or line.said.bare:
                groups.append([line])
        # Below a dated line, 时间：3月5日上午 is the text's own; a counter belongs to the byline only right below it.
        elif line.values.keys() == {"when"} and any(each.dated(clock) for each in group):
            groups.append([line])
        elif line.said.bare or not line.values.keys() <= _ASIDE or apart == 1:
            group.append(line)
    return groups


def _weight(group: list[Line], clock: Clock, titles: Collection[int]) -> float:
    """How much of a byline a group is: a date counts double, for every article's byline has one."""
    named = {"date" if kind in STATED else kind for line in group for kind in line.values} - _ASIDE - {"title"}
    dated = any(line.dated(clock) for line in group)
    # 发布时间：2019-02-30 is a byline all the same: its date is illegible, and it is no text of the article.
    tried = any(_FIGURES.search(raw) for line in group for raw in line.values.get("date", []))
    if not (dated or tried or len(named) >= 2 or named & {"source", "author", "reporter"}):
        return 0
    close = any(0 < group[0].number - title <= NEAR or 0 < title - group[-1].last <= NEAR for title in titles)
    return len(named) + 2 * dated + 0.5 * close


def _read(group: list[Line], clock: Clock) -> Byline:
    values: dict[str, list[str]] = {}
    for line in group:
        for kind, found in line.values.items():
            values.setdefault(kind, []).extend(found)
    moment, raw, missing = _dated(group, values, clock)
    # Of sources in several lines the one beside the date is the article's.
    beside = [line.values.get("source", []) for line in group if moment and _shows(line, moment, clock)]
    if source := next((source for sources in beside for source in sources if source), None):
        values["source"] = [source]
    return Byline(moment, raw, missing, people(values), group[0].number, group[-1].last)


def _shows(line: Line, moment: Moment, clock: Clock) -> bool:
    """Whether a line shows the day of a moment."""
    raws = [line.said.bare or "", *(raw for kind in STATED for raw in line.values.get(kind, []))]
    return any(shown is not None and shown.date == moment.date for shown in map(clock.read, raws))


def _dated(
    group: list[Line], values: dict[str, list[str]], clock: Clock
) -> tuple[Moment | None, str | None, MissingReason | None]:
    """The day of publication among what the group shows; where two are shown alike, the one that the page's metadata
    know as well, or its address."""
    bare = [line.said.bare for line in group if line.said.bare]
    for shown in (values.get("date", []), values.get("when", []), bare, values.get("signed", [])):
        if shown := [raw for raw in shown if raw]:
            break
    moments = [moment for raw in shown if (moment := clock.read(raw))]
    days = {moment.date for moment in moments}
    if len(days) > 1 and len(known := clock.likely(days)) == 1:
        moments = [moment for moment in moments if moment.date in known]
        days = known
    if len(days) == 1:
        best = max(moments, key=lambda moment: moment.time is not None)
        return best, best.raw, None
    reason: MissingReason = "conflict" if days else ("illegible" if shown else "absent")
    return None, next(iter(shown), None) if not moments else moments[0].raw, reason
