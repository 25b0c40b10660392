"""Values of Arrow as Python and JSON have them. `as_py` gives others where pandas is installed."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from zsparkcrawl.extras import extra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["kept_value", "plainly", "value_of"]


def value_of(scalar: pa.Scalar) -> Any:
    """A value as Python has it. A moment with nanoseconds is ISO text, and one that Python cannot tell (after the year
    9999, in a zone that is not known) the number that the table has. Raises UnicodeDecodeError for a text that is no
    UTF-8.

    >>> import pyarrow
    >>> value_of(pyarrow.scalar(1_500_000_001, pyarrow.timestamp("ns")))
    '1970-01-01T00:00:01.500000001'
    """
    return _value(scalar, lambda text: text.as_py())


def kept_value(scalar: pa.Scalar) -> Any:
    """The same for what is kept aside: texts that are no UTF-8 as the bytes that they are."""
    return _value(scalar, _text_or_bytes)


def _text_or_bytes(text: pa.Scalar) -> str | bytes:
    data = bytes(text.as_buffer())
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _value(scalar: pa.Scalar, text_of: Callable[[pa.Scalar], str | bytes]) -> Any:
    if not scalar.is_valid:
        return None
    match _form(scalar.type):
        case "text":
            found: Any = text_of(scalar)
        case "inner":
            found = _value(scalar.value, text_of)
        case "struct":
            found = {name: _value(scalar[place], text_of) for place, name in enumerate(scalar.type.names)}
        case "list":
            found = [_value(one, text_of) for one in scalar.values]
        case "map":
            found = [[_value(pair[0], text_of), _value(pair[1], text_of)] for pair in scalar.values]
        case "time":
            found = _time(scalar)
        case "uuid":
            found = UUID(bytes=scalar.value.as_py())
        case _:
            found = scalar.as_py()
    return found


@cache
def _form(kind: pa.DataType) -> str:
    """What is done with values of a type; of "inner" ones with what they stand for."""
    types = extra("pyarrow.types", "parquet")
    if hasattr(kind, "storage_type"):
        return "uuid" if kind.extension_name == "arrow.uuid" else "inner"
    forms = {
        "text": (types.is_string, types.is_large_string, types.is_string_view),
        "inner": (types.is_dictionary,),
        "struct": (types.is_struct,),
        "map": (types.is_map,),
        "list": (types.is_nested,),
        "time": (types.is_temporal,),
    }
    return next((form for form, tests in forms.items() if any(test(kind) for test in tests)), "plain")


def _time(scalar: pa.Scalar) -> Any:
    """A day, moment, time of day or duration."""
    arrow, types = extra("pyarrow", "parquet"), extra("pyarrow.types", "parquet")
    kind, number, rest = scalar.type, scalar.value, 0
    if getattr(kind, "unit", "") == "ns":
        micros, rest = divmod(number, 1000)
        coarse = arrow.duration("us") if types.is_duration(kind) else arrow.time64("us")
        scalar = arrow.scalar(micros, arrow.timestamp("us", kind.tz) if types.is_timestamp(kind) else coarse)
    try:
        found = scalar.as_py()
    except (OverflowError, ValueError, LookupError):
        return number
    if not rest:
        return found
    if types.is_duration(kind):
        return number
    told: str = found.isoformat(timespec="microseconds")
    place = told.index(".") + 7
    return f"{told[:place]}{rest:03}{told[place:]}"


def plainly(value: Any) -> Any:
    """A value as JSON has it: days and moments as ISO text, bytes as base64, decimals as text, and what is no number
    as null.

    >>> plainly({"day": dt.date(2019, 2, 19), "bytes": b"a", "list": [decimal.Decimal("1.50")]})
    {'day': '2019-02-19', 'bytes': 'YQ==', 'list': ['1.50']}
    """
    if isinstance(value, dict):
        return {str(name): plainly(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plainly(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, (decimal.Decimal, dt.timedelta, UUID)) else value
