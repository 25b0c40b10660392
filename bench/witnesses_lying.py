"""Copies that lie, or are broken otherwise than letter by letter: who shows what, and what the truth is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["CASES", "Story"]

Page = Sequence[str]
_WORD = re.compile("[\u4e00-\u9fff]{2}")
_OTHER = ("江畔", "北湖", "青松", "白石", "新港")
_SENTENCE = "据江畔镇介绍，这项安排由北湖社区另行公布，居民可到窗口领取材料。"


@dataclass(frozen=True, slots=True)
class Story:
    """The truth, what each copy shows before it is damaged, by which host (copies with the same number have the same
    tool), which copies are the site itself, and the family of each copy's host where that matters."""

    truth: Page
    pages: tuple[Page, ...]
    hosts: tuple[int, ...]
    own: tuple[int, ...] = ()
    families: tuple[int, ...] = ()


def _with(page: Page, number: int, paragraph: str) -> Page:
    return [*page[:number], paragraph, *page[number + 1 :]]


def _word_changed(page: Page, chance: random.Random) -> Page:
    """Another word in the place of two characters."""
    number = chance.randrange(len(page))
    place = chance.choice([match.start() for match in _WORD.finditer(page[number])])
    return _with(page, number, page[number][:place] + chance.choice(_OTHER) + page[number][place + 2 :])


def _number_changed(page: Page, chance: random.Random) -> Page | None:
    figures = [(n, match) for n, paragraph in enumerate(page) for match in re.finditer(r"(?<!\d)\d(?!\d)", paragraph)]
    if not figures:
        return None
    number, match = chance.choice(figures)
    other = chance.choice([each for each in "123456789" if each != match[0]])
    return _with(page, number, page[number][: match.start()] + other + page[number][match.end() :])


def _sentence_put_in(page: Page, chance: random.Random) -> Page:
    number = chance.randrange(len(page))
    return _with(page, number, page[number] + _SENTENCE)


def _paragraph_put_in(page: Page, chance: random.Random) -> Page:
    number = chance.randrange(1, len(page))
    return [*page[:number], _SENTENCE, *page[number:]]


def _paragraph_lost(page: Page, chance: random.Random) -> Page:
    number = chance.randrange(1, len(page) - 1)
    return [*page[:number], *page[number + 1 :]]


def _cut_off(page: Page, chance: random.Random) -> Page:
    """127 bytes of the text, as an excerpt has them."""
    return "\n".join(page).encode("gbk")[:127].decode("gbk", "ignore").split("\n")


def _out_of_order(page: Page, chance: random.Random) -> Page:
    number = chance.randrange(2, len(page) - 2)
    return [*page[number:], *page[:number]]


Lie = Callable[[Page, random.Random], Page | None]


def _case(
    lie: Lie, shown: str, own: tuple[int, ...] = (), hosts: tuple[int, ...] = (), families: tuple[int, ...] = ()
) -> Callable[[Page, random.Random], Story | None]:
    """A case: by letter what each copy shows, t the truth, l the lie."""

    def story(page: Page, chance: random.Random) -> Story | None:
        told = lie(page, chance)
        if told is None:
            return None
        return Story(
            page,
            tuple(page if each == "t" else told for each in shown),
            hosts or tuple(range(len(shown))),
            own,
            families,
        )

    return story


CASES: dict[str, Callable[[Page, random.Random], Story | None]] = {
    "a word changed in 1 of 3": _case(_word_changed, "ttl"),
    "a figure changed in 1 of 3": _case(_number_changed, "ttl"),
    "a sentence put into 1 of 3": _case(_sentence_put_in, "ttl"),
    "a paragraph put into 1 of 3": _case(_paragraph_put_in, "ttl"),
    "a word changed in 2 of 3, the third is the site": _case(_word_changed, "tll", own=(0,)),
    "a figure changed in 2 of 3, the third is the site": _case(_number_changed, "tll", own=(0,)),
    "a sentence put into 2 of 3, the third is the site": _case(_sentence_put_in, "tll", own=(0,)),
    "a paragraph put into 2 of 3, the third is the site": _case(_paragraph_put_in, "tll", own=(0,)),
    "a word changed in 3 of 5 of one family": _case(_word_changed, "ttlll", families=(0, 1, 2, 2, 2)),
    "a paragraph put into 3 of 5 of one family": _case(_paragraph_put_in, "ttlll", families=(0, 1, 2, 2, 2)),
    "a word changed in 3 of 5 with one tool's damage": _case(_word_changed, "ttlll", hosts=(0, 1, 2, 2, 2)),
    "the same damage in 4 of 5": _case(lambda page, chance: page, "ttttt", hosts=(0, 1, 1, 1, 1)),
    "a paragraph lost in 1 of 3": _case(_paragraph_lost, "ttl"),
    "cut off after 127 bytes, 2 of 3": _case(_cut_off, "tll"),
    "paragraphs in another order in 1 of 3": _case(_out_of_order, "ttl"),
    "a word changed in 1 of 2": _case(_word_changed, "tl"),
}
"""What is tried, by what it is called."""
