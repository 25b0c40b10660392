"""What the workers of one run tell each other, and how it makes the end of the run: pure, without clock or SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from zsparkcrawl.archive import Told, storable

__all__ = ["ENDING", "early_ends", "ended_for_all", "merged", "sum_of", "told"]

ENDING = frozenset(["failing", "bounded"])
"""Why one worker left that holds for all of the run: the site is in trouble, or the run came to its bound."""
_MOST_FAULTS = 10
_OWN, _EXCEPTIONS = "zspark/", "spider_exceptions/"
_DONE = ("read", "failed", "unreadable", "vacant")


def told(stats: Mapping[str, Any], pages: int) -> dict[str, Any]:
    """What a worker tells of what it has counted, as JSON has it; ``pages`` are responses.

    >>> told({"zspark/read": 2, "zspark/faults": ("a: 404",), "start_time": None}, 3)
    {'zspark/read': 2, 'zspark/faults': ['a: 404'], 'pages': 3}
    """
    own = {name: _plain(value) for name, value in stats.items() if name.startswith((_OWN, _EXCEPTIONS))}
    return {**own, "pages": pages}


def _plain(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    return [storable(str(each)) for each in value] if isinstance(value, list | tuple) else storable(str(value))


def merged(own: Mapping[str, Any], others: Iterable[Told]) -> dict[str, Any]:
    """The stats of the whole run. What a lost worker had asked for and not brought home was asked for again.

    >>> lost = Told("b", "lost", None, {"zspark/asked": 5, "zspark/read": 3, "zspark/faults": ["x: 404"]})
    >>> whole = merged({"zspark/asked": 4, "zspark/read": 4}, [lost])
    >>> whole["zspark/asked"], whole["zspark/read"], whole["zspark/faults"]
    (7, 7, ('x: 404',))
    """
    whole: dict[str, Any] = {}
    for stats in (*map(_brought_home, others), own):
        for name, value in stats.items():
            if isinstance(value, list):
                whole[name] = tuple(dict.fromkeys((*whole.get(name, ()), *value)))[:_MOST_FAULTS]
            elif isinstance(value, str):
                whole[name] = value
            else:
                whole[name] = whole.get(name, 0) + value
    return whole


def _brought_home(other: Told) -> Mapping[str, Any]:
    # Why one left early is no fault of the run, see early_ends; but for what ends it for all.
    kept = {name: value for name, value in other.stats.items() if name != f"{_OWN}fatal" or other.reason in ENDING}
    if other.state == "lost" and f"{_OWN}asked" in kept:
        kept[f"{_OWN}asked"] = sum(kept.get(f"{_OWN}{name}", 0) for name in _DONE)
    return kept


def sum_of(others: Sequence[Told], name: str) -> int:
    """How much others have counted."""
    return sum(int(other.stats.get(name, 0)) for other in others)


def ended_for_all(others: Iterable[Told]) -> Told | None:
    """The worker that left for a reason which holds for all; None when none did."""
    return next((other for other in others if other.state == "left" and other.reason in ENDING), None)


def early_ends(others: Iterable[Told]) -> Iterator[str]:
    """Which workers left before the run was done, and why, each in a few words. Those that were told to are none."""
    for other in others:
        if other.state == "left" and other.reason not in ("finished", "shutdown"):
            yield f"the worker {other.name} ended early: {other.stats.get(f'{_OWN}fatal', other.reason)}"
