"""Lines between title and text that may belong to the byline: labels and values, credits, and those that show a date
but no label."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from zsparkcrawl.extract.beside import add_writer, leaf_of_two, paper_beside
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.clock import Clock
from zsparkcrawl.extract.dates import POSTED, find_date
from zsparkcrawl.extract.label_lines import label_line, labels_next
from zsparkcrawl.extract.labels import EDGES, LabelLine
from zsparkcrawl.extract.loose import loose_pieces, named_in, read_loose
from zsparkcrawl.extract.title import date_behind, is_set_off

__all__ = ["NEAR", "STATED", "Line", "candidates", "lengths_of", "text_begin"]

_YEAR = re.compile(r"[12１２][\d ]{3}")
_CALLED_YEAR = re.compile(r"(?:\d\d ?|[〇○零一二三四五六七八九])年")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4"])
_PROSE = 25
"""Characters that are no link from which on a line with a full stop is text of an article."""
_VALUE_LONGEST = 40
NEAR = 4
"""Blocks between a title and a line that has a date but no label: a subtitle and a row of buttons; chosen."""
_TITLE = 8
"""Characters from which on a centred line above a date may be a title; chosen."""
_CARD_LONGEST = 60
STATED = ("date", "when", "signed")
"""The kinds of label that a date stands behind."""
_HEAD_LONGEST = 3000
"""Blocks among which a title is looked for: more than any menu has; chosen."""


@dataclass(slots=True)
class Line:
    """A line that may belong to a byline, as the blocks from ``number`` to ``last``."""

    number: int
    last: int
    said: LabelLine

    @property
    def values(self) -> dict[str, list[str]]:
        """What it says, by the kinds of its labels."""
        return self.said.values

    def dated(self, clock: Clock) -> bool:
        """Whether it shows a date."""
        raws = [raw for kind in STATED for raw in self.values.get(kind, [])]
        return self.said.bare is not None or any(clock.read(raw) for raw in raws)


def text_begin(lengths: Sequence[int]) -> int:
    """The number of the first block with more than a quarter of the page's text above it: title and byline stand
    before it. ``lengths`` has the prose of each block, from :func:`lengths_of`."""
    whole, above = sum(lengths), 0
    for number, length in enumerate(lengths):
        above += length
        if 4 * above > whole or number >= _HEAD_LONGEST:
            return number
    return len(lengths)


def lengths_of(blocks: Iterable[Block]) -> list[int]:
    """Characters of each block that is text of an article, 0 for a line of some other kind."""
    return [_prose(block) if len(block.text) >= _PROSE else 0 for block in blocks]


def _prose(block: Block) -> int:
    plain = len(block.text) - block.linked
    return plain if plain >= _PROSE and "。" in block.text else 0


def candidates(
    blocks: Sequence[Block], lengths: Sequence[int], clock: Clock, titles: Collection[int]
) -> Iterator[Line]:
    """The lines of a page that may belong to its byline, in its order.

    ``lengths`` has the prose of each block; ``titles`` are the numbers of blocks that look like the title, beside which
    a line counts that has a date and no label.
    """
    near = _near(lengths, titles)
    lines = [None if length else label_line(block) for block, length in zip(blocks, lengths, strict=False)]
    last, dated = -1, False
    for number, (block, line) in enumerate(zip(blocks, lines, strict=True)):
        if number <= last or (line is None and number not in near and not _has_year(block.text)):
            continue
        if number in near and (day := leaf_of_two(blocks, number, clock)):
            last = number + 1
            yield Line(number, last, LabelLine(bare=day))
            continue
        if number in titles and (behind := date_behind(block)):
            yield Line(number, number, LabelLine(bare=behind))
        if line is not None:
            last = _enter_value_below(line, blocks, lines, number, clock)
            if not dated and (number in near or line.bare or (line.rest and named_in(block.element, block.text))):
                _add_loose(line, block, clock)
            found = Line(number, last, line)
            if number in near and found.dated(clock):
                add_writer(line, blocks, number, titles)
                dated = True
            yield found
        # Below a dated line of labels what has a date is the text's own.
        elif number not in titles and not dated and (loose := _loose(block, number in near, bool(titles), clock)):
            if number in near:
                loose.values |= paper_beside(blocks, lines, number, titles, "source" in loose.values)
                add_writer(loose, blocks, number, titles)
            yield Line(number, number, loose)
        elif _is_date(block, clock) and _beside(blocks, lines, number):
            yield Line(number, number, LabelLine(bare=block.text))


def _enter_value_below(
    line: LabelLine, blocks: Sequence[Block], lines: Sequence[LabelLine | None], number: int, clock: Clock
) -> int:
    """Put the value of a label that stands alone, which is the line below, into its line of labels. Gives the number of
    the last block of both."""
    # Between a label and its value a paper's sign may stand.
    below = number + 2 if any(each.image for each in blocks[number + 1 : number + 2]) else number + 1
    if not line.open or below >= len(lines) or not _belongs(blocks, lines, below, clock):
        return number
    line.values[line.open].append(blocks[below].text.strip(EDGES))
    return below


def _loose(block: Block, near: bool, titled: bool, clock: Clock) -> LabelLine | None:
    """A line without labels. Where nothing looks like a title, one counts that names a paper or a writer beside its
    date, or the day in the page's address; and anywhere 发表于 with a date behind it, as a board heads its posts."""
    if not block.text:
        return None
    if not near and POSTED.fullmatch(block.text):
        moment = clock.read(block.text)
        return LabelLine(values={"date": [moment.raw]}) if moment else None
    # Below a lead a line counts when the page calls a part of it a writer's or a paper's name.
    if not near and titled and not (len(block.text) <= _CARD_LONGEST and named_in(block.element, block.text)):
        return None
    loose = read_loose(block, clock)
    return loose if loose and (near or loose.values or clock.knows(loose.bare)) else None


def _add_loose(line: LabelLine, block: Block, clock: Clock) -> None:
    """What a line says without a label before and between its labels (江畔日报 2019-02-19 作者：张三), and what its
    elements are named for."""
    for kind, value in named_in(block.element, block.text).items():
        if kind in line.values:
            continue
        for other, values in line.values.items():
            if value in values:  # behind an empty label stands the next element's value
                line.values[other] = ["" if each == value else each for each in values]
        line.values[kind] = [value]
    if any(line.values.get(kind) for kind in STATED):
        return
    for text in filter(None, (line.rest, line.bare)):
        loose = loose_pieces(text, clock)
        if loose is None:
            continue
        line.bare = line.bare or loose.bare
        for kind, values in loose.values.items():
            line.values.setdefault(kind, values)


def _near(lengths: Sequence[int], titles: Collection[int]) -> set[int]:
    """Numbers of the blocks beside a title, up to the text."""
    near: set[int] = set()
    for title in titles:
        for step in (1, -1):
            for number in range(title + step, title + step * (NEAR + 1), step):
                if not 0 <= number < len(lengths) or lengths[number]:
                    break
                near.add(number)
    return near


def _has_year(text: str) -> bool:
    return _YEAR.search(text) is not None or ("年" in text and _CALLED_YEAR.search(text) is not None)


def _beside(blocks: Sequence[Block], lines: Sequence[LabelLine | None], number: int) -> bool:
    """Whether a line that is nothing but a date stands where the article's stands: below the heading, or beside
    a label line."""
    around = (*lines[max(number - 1, 0) : number], *lines[number + 1 : number + 2])
    above = blocks[number - 1] if number else None
    # (2004-05-06) centred below a centred line, as pages without any other mark of a title have it.
    centred = above is not None and len(above.text) >= _TITLE and is_set_off(above) and is_set_off(blocks[number])
    return any(around) or (above is not None and (above.tag in {"h1", "h2"} or centred))


def _belongs(blocks: Sequence[Block], lines: Sequence[LabelLine | None], number: int, clock: Clock) -> bool:
    """Whether a line is the value of the label that stands alone above it, and no text."""
    block = blocks[number]
    if lines[number] is not None or not block.text or len(block.text) > _VALUE_LONGEST:
        return False
    if block.tag in _HEADINGS or block.text.endswith("。"):
        return False
    above = blocks[number - 1].tag
    beside = blocks[number - 1].element
    paired = (above, block.tag) in {("dt", "dd"), ("th", "td")} or (
        labels_next(beside) and beside.getnext() is block.element
    )
    return paired or _is_date(block, clock) or (number + 1 < len(lines) and lines[number + 1] is not None)


def _is_date(block: Block, clock: Clock) -> bool:
    if not 6 <= len(block.text) <= _VALUE_LONGEST or block.links or not _has_year(block.text):
        return False
    moment = find_date(block.text)
    return moment is not None and block.text.strip(EDGES + "()（）") == moment.raw
