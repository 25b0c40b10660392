"""Which copies are one witness: those of one family of hosts, and those that descend from one another."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from zsparkcrawl.chinese.script import ANNOTATION, simplified
from zsparkcrawl.witnesses.standing import NARROW
from zsparkcrawl.witnesses.witness import Witness

__all__ = ["families", "families_by_host", "family_of_host"]

_SECOND = frozenset("ac co com edu gov mil net org".split())
"""Labels that stand for no owner before the label of a country: gd.gov.cn is no name, zs.gd.gov.cn is none of its."""
_SAME = 0.95
_LINES_LEAST = 3
"""Two copies which have so many damaged lines in common are one witness if this share of them is damaged in the same
way, to the byte; chosen: two tools that insert other pinyin agree in few, a copy of a copy has the damage of both."""


def families_by_host(witnesses: Sequence[Witness]) -> tuple[int, ...]:
    """For each witness the number of the owner of its host.

    >>> families_by_host([Witness("a.mirror.example"), Witness("www.nhtp.org"), Witness("b.mirror.example")])
    (0, 1, 0)
    """
    order: dict[str, int] = {}
    return tuple(order.setdefault(family_of_host(each.host), len(order)) for each in witnesses)


def families(witnesses: Sequence[Witness]) -> tuple[int, ...]:
    """For each witness the number of its family: copies with the same number are one vote.

    Of one family are hosts of one owner's name, and copies that show the same damaged lines: two tools leave different
    pinyin, and a copy of a copy has the damage of both.

    >>> families([Witness("a.mirror.example"), Witness("www.nhtp.org"), Witness("b.mirror.example")])
    (0, 1, 0)
    """
    parents = list(range(len(witnesses)))
    by_host: dict[str, int] = {}
    by_lines: dict[frozenset[tuple[str, str]], int] = {}
    for number, each in enumerate(witnesses):
        _unite(parents, number, by_host.setdefault(family_of_host(each.host), number))
    for number, each in enumerate(witnesses):
        lines = dict(_damaged_lines(each))
        if len(lines) >= _LINES_LEAST:
            _unite(parents, number, by_lines.setdefault(frozenset(lines.items()), number))
    kinds = [(dict(lines), number) for lines, number in by_lines.items()]
    for at, (lines, number) in enumerate(kinds):
        for others, other in kinds[:at]:
            common = lines.keys() & others.keys()
            same = sum(lines[key] == others[key] for key in common)
            if len(common) >= _LINES_LEAST and same >= _SAME * len(common):
                _unite(parents, number, other)
    roots = [_root(parents, number) for number in range(len(witnesses))]
    order = {root: number for number, root in enumerate(dict.fromkeys(roots))}
    return tuple(order[root] for root in roots)


def family_of_host(host: str) -> str:
    """The part of a host's name that its owner registered; an address of numbers is its own.

    >>> family_of_host("m.news.example.com"), family_of_host("www.zs.gov.cn"), family_of_host("10.0.0.7:8080")
    ('example.com', 'zs.gov.cn', '10.0.0.7')
    """
    name = host.lower().strip("[]") if host.count(":") > 1 else host.lower().split(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.rstrip(".").split(".")
        country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND
        return ".".join(labels[-3 if country else -2 :])
    return name


def _damaged_lines(witness: Witness) -> Iterator[tuple[str, str]]:
    """The lines of a page's own text that carry pinyin: what each says, as far as that can be told at a glance, and how
    it shows. That a line is in Traditional tells nothing, for all tools turn it alike; nor that its marks are narrow,
    which is an archive's doing."""
    for each in witness.texts.values():
        if each and each.edits:
            for line in each.original.translate(NARROW).split("\n"):
                if (said := ANNOTATION.sub("", line)) != line:
                    yield simplified(said), line


def _unite(parents: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        number = parents[number]
    return number
