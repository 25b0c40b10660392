"""Arrow's arrays, made of buffers. ``pyarrow.array`` would do, but it imports pandas where that is installed, and with
it 46 MB of memory."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

__all__ = ["array_of"]

_DAY_ZERO = dt.date(1970, 1, 1)
_MOMENT_ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def _day(value: dt.date) -> int:
    return (value - _DAY_ZERO).days


def _time(value: dt.time) -> int:
    return dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) // _MILLISECOND


def _moment(value: dt.datetime) -> int:
    return (value - _MOMENT_ZERO) // _MILLISECOND


_NUMBERS: Mapping[str, tuple[str, Callable[[Any], int]]] = {
    "int64": ("q", int),
    "date32[day]": ("i", _day),
    "time32[ms]": ("i", _time),
    "timestamp[ms, tz=UTC]": ("q", _moment),
}
"""Arrow's type -> the kind of number that it is kept as (a code of the module array), and which number a value is."""


def array_of(arrow: Any, kind: Any, values: Sequence[Any]) -> Any:
    """An array of one of Arrow's types: text, whole numbers, days, times, moments, and lists of structs of text. None
    is null. ``arrow`` is the module pyarrow. Raises UnicodeEncodeError for text that is no Unicode.

    >>> import pyarrow
    >>> array_of(pyarrow, pyarrow.date32(), [dt.date(2019, 2, 19), None]).to_pylist()
    [datetime.date(2019, 2, 19), None]
    >>> listed = pyarrow.list_(pyarrow.struct([("url", pyarrow.string())]))
    >>> array_of(pyarrow, listed, [[{"url": "a"}, {}], [], None]).to_pylist()
    [[{'url': 'a'}, {'url': None}], [], None]
    """

    def made(*buffers: Any, children: Sequence[Any] | None = None) -> Any:
        held = [arrow.py_buffer(buffer) for buffer in buffers]
        return arrow.Array.from_buffers(kind, len(values), [_present(arrow, values), *held], children=children)

    if str(kind) in _NUMBERS:
        code, number = _NUMBERS[str(kind)]
        return made(array(code, [0 if value is None else number(value) for value in values]))
    if kind == arrow.string():
        texts = [(value or "").encode() for value in values]
        return made(_ends(texts), b"".join(texts))
    lists = [value or [] for value in values]
    items = list(chain.from_iterable(lists))
    fields = [array_of(arrow, field.type, [item.get(field.name) for item in items]) for field in kind.value_type]
    inner = arrow.Array.from_buffers(kind.value_type, len(items), [None], children=fields)
    return made(_ends(lists), children=[inner])


def _present(arrow: Any, values: Sequence[Any]) -> Any:
    """A bit for each value, the first the lowest of its byte: whether it is not null. None where none is."""
    if None not in values:
        return None
    bits = bytearray((len(values) + 7) // 8)
    for place, value in enumerate(values):
        if value is not None:
            bits[place // 8] |= 1 << place % 8
    return arrow.py_buffer(bits)


def _ends(parts: Sequence[Any]) -> array[int]:
    """Where each part ends in all of them together, with a 0 before the first."""
    return array("i", accumulate(map(len, parts), initial=0))
