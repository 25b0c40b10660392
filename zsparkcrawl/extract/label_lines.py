"""A line of the page as labels and values, or as credits without a colon, whatever elements hold them."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from zsparkcrawl.extract.blocks import MOST_INSIDE, Block, collapse, short_text, with_gaps
from zsparkcrawl.extract.credits import read_credits
from zsparkcrawl.extract.dates import find_date
from zsparkcrawl.extract.labels import EDGES, LabelLine, is_label, labelled_cells, may_be_labels, read_labels
from zsparkcrawl.extract.loose import piece_of
from zsparkcrawl.extract.names import is_names, is_paper

__all__ = ["label_line", "labels_next"]

_CREDIT_LONGEST = 60
_LABEL_LONGEST = 10
"""Characters of a label without a colon, or of a button; chosen."""
_MAY_CREDIT = re.compile("[记記者员員文图圖摄攝写寫访訪笔筆供稿编編审審校签簽核□■◎◆]")
"""What a line of credits has at least: the cheap question before the dear ones."""
_PAIR_LONGEST = 80
_MOST_INNER = 40
_TOWN = re.compile(r"\s*[(（][\u4e00-\u9fff]{2,6}[)）]|[\u4e00-\u9fff]{2,3}")
_GAP = re.compile(r"\s{2,}|[\t\u3000|｜]")
_SLASHED = re.compile(r"[文图摄]\s*[/／]")
"""What credits with a stroke have (文/张三 图/李四), which may stand among labels."""


def label_line(block: Block) -> LabelLine | None:
    """A line of labels, or one of credits without a colon; what is all link is neither."""
    # A link that a picture cuts in two is counted to the line before it, which does not hold its text.
    if block.links and block.linked >= len(block.text) and all(link.text in block.text for link in block.links):
        return None
    first = len(block.text) <= _LABEL_LONGEST and (block.tag in {"dt", "th"} or labels_next(block.element))
    text = _pair(block) or _spaced(block, first=first)
    if first and len(text) <= _LABEL_LONGEST and is_label(text):
        text += "："
    if labels := read_labels(text):
        for piece in _GAP.split(text) if _SLASHED.search(text) else ():
            labels.values |= (read_credits(piece) or {}) | labels.values
        labels.values |= {"author": [_without_link(value, block) for value in labels.values.get("author", [])]}
        labels.values |= {"source": [_as_linked(value, block) for value in labels.values.get("source", [])]}
        return LabelLine(
            {kind: found for kind, found in labels.values.items() if found}, labels.bare, labels.open, labels.rest
        )
    if not _may_credit(block.text) or not all(is_names(link.text) for link in block.links):
        return None
    moment = find_date(text)
    rest = text.replace(moment.raw, "  ") if moment else block.text
    credits = read_credits(rest.strip(EDGES)) or _behind_paper(rest.strip(EDGES))
    return LabelLine(values=dict(credits), bare=moment.raw if moment else None) if credits else None


def _behind_paper(text: str) -> dict[str, list[str]] | None:
    """Credits behind the name of the paper: 江畔晚报 记者 张三 编辑 李四."""
    paper, _, rest = text.partition(" ")
    credits = read_credits(rest) if rest and is_paper(paper) else None
    return {"source": [paper]} | credits if credits else None


def _spaced(block: Block, *, first: bool) -> str:
    """A line with the gaps and colons that its cells or elements draw, where it may be labels or credits, or stands
    ``first``, where a label does."""
    text = block.text
    if "\t" in text:
        return labelled_cells(text)
    return with_gaps(block) if first or may_be_labels(text) or _may_credit(text) else text


def _may_credit(text: str) -> bool:
    return len(text) <= _CREDIT_LONGEST and _MAY_CREDIT.search(text) is not None


def _pair(block: Block) -> str | None:
    """A line whose two elements are a label without its colon and the value (<i>发文机关</i><b>市府办</b>), with the
    colon; None for other lines."""
    if len(block.text) > _PAIR_LONGEST:
        return None
    parts = list(islice(block.element, 3))
    if len(parts) != 2 or (block.element.text or "").strip():
        return None
    label = short_text(parts[0], _PAIR_LONGEST)
    # The dear question comes last.
    if not 0 < len(label) <= _LABEL_LONGEST or not block.text.startswith(label[0]) or not is_label(label):
        return None
    value = short_text(parts[1], _PAIR_LONGEST)
    whole = "".join((label + value).split()) == "".join(block.text.split())
    return f"{label}：{value}" if value and whole else None


def labels_next(element: HtmlElement) -> bool:
    """Whether an element is the first of two in one place, as label and value are."""
    parent = element.getparent()
    return parent is not None and parent[0] is element and len(list(islice(parent, 3))) == 2


def _without_link(author: str, block: Block) -> str:
    """A writer's name without the link that touches its end and is no name: 张三返回首页，查看更多."""
    ends = (link.text for link in block.links if author.endswith(link.text) and link.text and not is_names(link.text))
    return author.removesuffix(next(ends, "")).rstrip(EDGES)


def _as_linked(source: str, block: Block) -> str:
    """A source as its link has it: what stands behind the link in brackets or in an element of its own is the town, as
    is what stands right behind a paper's name and makes no name with it. Buttons are no part of it either."""
    for button in _buttons(block):
        if source.endswith(button) and len(source) > len(button):
            source = source.removesuffix(button).rstrip(EDGES)
    for link in block.links:
        town = source.removeprefix(link.text)
        if (
            link.text
            and town != source
            and _TOWN.fullmatch(town)
            and (
                town[0] in " (（"
                or _is_beside(block.element, link.text, town)
                or (is_paper(link.text) and not is_paper(source) and not is_paper(town))
            )
        ):
            return link.text
    return source


def _is_beside(element: HtmlElement, text: str, town: str) -> bool:
    """Whether a link with this text stands in an element, and the town in the element right behind it."""
    return any(
        following is not None and not (each.tail or "").strip() and _has_text(each, text) and _has_text(following, town)
        for each in islice(element.iter("a"), MOST_INSIDE)
        for following in (each.getnext(),)
    )


def _has_text(element: HtmlElement, text: str) -> bool:
    return collapse("".join(element.itertext())) == text


def _buttons(block: Block) -> list[str]:
    """The texts of a line's links and elements that are buttons and counters, the last first."""
    inner = (short_text(each, _LABEL_LONGEST) for each in islice(block.element.iterdescendants(), _MOST_INNER))
    texts = [*(link.text for link in block.links), *inner]
    return [text for text in reversed(texts) if text and piece_of(text)[0] == "nothing"]
