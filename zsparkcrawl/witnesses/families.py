"""Which copies are one witness: those of one family of hosts, and those that descend from one another."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from zsparkcrawl.edits import Edited
from zsparkcrawl.witnesses.standing import NARROW
from zsparkcrawl.witnesses.witness import Witness

__all__ = ["families", "family_of_host"]

_SECOND = frozenset("ac co com edu gov mil net org".split())
"""Labels that stand for no owner before the label of a country: gd.gov.cn is no name, zs.gd.gov.cn is none of its."""
_SHARED = 0.9
_LINES_LEAST = 2
"""Two copies whose damaged lines are the same, byte for byte, but for so few, are one witness, if they have so many;
chosen: two tools that insert other pinyin agree in next to no line, two copies of one mirror in all of them."""


def families(witnesses: Sequence[Witness]) -> tuple[int, ...]:
    """For each witness the number of its family: copies with the same number are one vote.

    Of one family are hosts of one owner's name, and copies that show the same damaged lines: two tools leave different
    pinyin, and a copy of a copy has the damage of both.

    >>> families([Witness("a.mirror.example"), Witness("www.nhtp.org"), Witness("b.mirror.example")])
    (0, 1, 0)
    """
    parents = list(range(len(witnesses)))
    by_host: dict[str, int] = {}
    by_lines: dict[frozenset[str], int] = {}
    for number, each in enumerate(witnesses):
        _unite(parents, number, by_host.setdefault(family_of_host(each.host), number))
        lines = _damaged_lines(each)
        if len(lines) >= _LINES_LEAST:
            _unite(parents, number, by_lines.setdefault(lines, number))
    kinds = list(by_lines.items())
    for at, (lines, number) in enumerate(kinds):
        for others, other in kinds[:at]:
            least = min(len(lines), len(others))
            if len(lines & others) >= max(_SHARED * least, _LINES_LEAST):
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


def _damaged_lines(witness: Witness) -> frozenset[str]:
    """The lines of a page's own text that are damaged."""
    return frozenset(line for each in witness.texts.values() if each for line in _changed_lines(each))


def _changed_lines(edited: Edited) -> Iterable[str]:
    """The lines of the page's text that are not found in the clean one; an archive that narrows marks makes no
    other copy."""
    if not edited.edits and not edited.damaged:
        return ()
    kept = set(edited.text.translate(NARROW).split("\n"))
    return (line for line in edited.original.translate(NARROW).split("\n") if line not in kept)


def _unite(parents: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        number = parents[number]
    return number
