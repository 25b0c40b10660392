"""The value of a field that is the same or is not: the date, the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zsparkcrawl.witnesses.apparatus import CollatedValue
from zsparkcrawl.witnesses.witness import Witness

__all__ = ["value_of"]


def value_of(
    name: str, witnesses: Sequence[Witness], families: Sequence[int], known: Mapping[str, CollatedValue]
) -> CollatedValue:
    """What most independent witnesses say, the site itself before mirrors. One that has no value says nothing.

    With as many for one value as for another there is none, and it is disputed. A time is asked only of those who have
    the day that was chosen (in ``known``).

    >>> days = ["2019-02-19", "2019-02-19", None, "2019-02-18"]
    >>> witnesses = [Witness(f"{n}.example", values={"date": day}) for n, day in enumerate(days)]
    >>> value_of("date", witnesses, (0, 1, 2, 3), {})
    CollatedValue(value='2019-02-19', verdict='decided', witnesses=(0, 1), rivals=(('2019-02-18', (3,)),))
    >>> value_of("date", witnesses[1:], (1, 2, 3), {}).value is None
    True
    """
    day = known.get("date")
    said: dict[Any, list[int]] = {}
    for number, each in enumerate(witnesses):
        value = each.values.get(name)
        if value is not None and (name != "time" or day is None or each.values.get("date") == day.value):
            said.setdefault(value, []).append(number)
    if not said:
        return CollatedValue(None, "agreed")

    def weight(value: Any) -> tuple[int, int]:
        own = {families[number] for number in said[value] if witnesses[number].own}
        return len(own), len({families[number] for number in said[value]})

    ranked = sorted(said, key=lambda value: (weight(value), str(value)), reverse=True)
    best, rivals = ranked[0], tuple((value, tuple(said[value])) for value in ranked[1:])
    if not rivals:
        return CollatedValue(best, "agreed", tuple(said[best]))
    if weight(ranked[1]) == weight(best):
        return CollatedValue(None, "disputed", (), ((best, tuple(said[best])), *rivals))
    return CollatedValue(best, "decided", tuple(said[best]), rivals)
