"""What the lines right above and below that of the date say: a paper's name, a writer's, the other half of a date."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.clock import Clock
from zsparkcrawl.extract.labels import EDGES, LabelLine
from zsparkcrawl.extract.leaves import leaf
from zsparkcrawl.extract.loose import named_in, piece_of
from zsparkcrawl.extract.names import is_paper, is_person, is_writer

__all__ = ["add_writer", "leaf_of_two", "paper_beside"]

_PAPER_LONGEST = 16
_WRITER_OF = re.compile(r"(?P<writer>[\u4e00-\u9fff]{2,4})\s*[/／]\s*(?P<paper>[\u4e00-\u9fff]{3,10})")
"""张三/江畔日报: a writer and the paper that the piece is from."""
_LEAF_LONGEST = 10
"""Characters of a part of a calendar's leaf; chosen."""


def paper_beside(
    blocks: Sequence[Block],
    lines: Sequence[LabelLine | None],
    number: int,
    titles: Collection[int],
    sourced: bool,
) -> dict[str, list[str]]:
    """The source where a paper's name alone makes the line above or below that of the date, or where the page calls
    that line so."""
    for other in (number - 1, number + 1):
        if (
            0 <= other < len(lines)
            and lines[other] is None
            and (other not in titles or _below_h1(blocks, other, titles))
        ):
            text = blocks[other].text.strip(EDGES)
            if not text or len(text) > _PAPER_LONGEST or blocks[other].text.endswith((":", "：")):
                continue
            if named := named_in(blocks[other].element, text).get("source"):
                return {"source": [named]}
            pair = _WRITER_OF.fullmatch(text)
            if pair and is_person(pair["writer"]) and is_paper(pair["paper"]):
                return {"author": [pair["writer"]]} | ({} if sourced else {"source": [pair["paper"]]})
            kind, value = piece_of(text)
            if kind == "source" and not sourced:
                return {"source": [value]}
    return {}


def leaf_of_two(blocks: Sequence[Block], number: int, clock: Clock) -> str | None:
    """The day of a calendar's leaf whose parts are two lines."""
    if number + 1 >= len(blocks) or max(len(blocks[number].text), len(blocks[number + 1].text)) > _LEAF_LONGEST:
        return None
    day = leaf([blocks[number].text, blocks[number + 1].text])
    return day if day and clock.read(day) else None


def add_writer(line: LabelLine, blocks: Sequence[Block], number: int, titles: Collection[int]) -> None:
    """The author where a name alone makes the line between the title and that of the date."""
    above = blocks[number - 1] if number and number - 1 not in titles and number - 2 in titles else None
    if above is not None and "author" not in line.values and not above.links and is_writer(above.text):
        line.values["author"] = [above.text]


def _below_h1(blocks: Sequence[Block], number: int, titles: Collection[int]) -> bool:
    """Whether a heading of lower rank stands below the first one: a paper's name can be set as one."""
    return blocks[number].tag != "h1" and any(blocks[title].tag == "h1" and title < number for title in titles)
