"""Arrow: arrays of texts mended, and the types of what is on record. Needs the extra parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from zsparkcrawl.bulk.mending import MOST_TEXT, Mending, mend
from zsparkcrawl.edits import Damage, Edited, mark
from zsparkcrawl.extras import extra
from zsparkcrawl.items import plain

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["clean_array", "column_types", "columns_of", "repair_array", "text_type"]


def clean_array(texts: pa.Array | pa.ChunkedArray) -> pa.StructArray | pa.ChunkedArray:
    """Each text repaired and freed of spam: structs of "text", "edits" and "damaged". What is null stays null; texts of
    a dictionary come out as plain ones.

    A text that is longer than is worked on stays as it is, and is marked as damaged from its beginning to its end.

    >>> import pyarrow
    >>> clean_array(pyarrow.array(["產(chǎn)業(yè)園區(qū)發(fā)展", None])).field("text").to_pylist()
    ['产业园区发展', None]
    """
    return _mended(texts, "clean")


def repair_array(texts: pa.Array | pa.ChunkedArray) -> pa.StructArray | pa.ChunkedArray:
    """The same, only repaired.

    >>> import pyarrow
    >>> made = repair_array(pyarrow.array(["園區(qū)", "健康"]))
    >>> [[edit["before"] for edit in edits] for edits in made.field("edits").to_pylist()]
    [['(qū)', '園區'], []]
    """
    return _mended(texts, "repair")


def _mended(texts: pa.Array | pa.ChunkedArray, mending: Mending) -> pa.StructArray | pa.ChunkedArray:
    arrow = extra("pyarrow", "parquet")
    kind = text_type(texts.type)
    if kind is None:
        raise TypeError(f"the array is of {texts.type}, not of texts")
    if isinstance(texts, arrow.ChunkedArray):
        chunks = [_mended(chunk, mending) for chunk in texts.chunks]
        types = [kind, *column_types(["text"])]
        whole = arrow.struct(list(zip(("text", "edits", "damaged"), types, strict=True)))
        return arrow.chunked_array(chunks, whole)
    rows = [None if text is None else {"text": _one(text, mending)} for text in texts.to_pylist()]
    mended = arrow.array([row and row["text"].text for row in rows], kind)
    return arrow.StructArray.from_arrays([mended, *columns_of(rows, ["text"])], ["text", "edits", "damaged"])


def _one(text: str, mending: Mending) -> Edited:
    if len(text) > MOST_TEXT:
        reason = f"it has more than {MOST_TEXT} characters and was not worked on"
        return mark(Edited(text), [Damage(0, len(text), reason)])
    return mend({"text": text}, mending)[0]["text"]


def text_type(kind: pa.DataType) -> pa.DataType | None:
    """The type that texts of a type of Arrow have when they are mended: the same; that of the texts in a dictionary;
    that of strings where all are null and of no type. None for a type that is none of texts.

    >>> import pyarrow
    >>> text_type(pyarrow.dictionary(pyarrow.int8(), pyarrow.large_string())), text_type(pyarrow.int8())
    (DataType(large_string), None)
    """
    arrow, types = extra("pyarrow", "parquet"), extra("pyarrow.types", "parquet")
    if types.is_dictionary(kind):
        return text_type(kind.value_type)
    if types.is_null(kind):
        return arrow.string()
    return kind if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) else None


def column_types(fields: Sequence[str]) -> list[pa.DataType]:
    """The types of the columns "edits" and "damaged": lists of structs, of several fields structs of such lists."""
    arrow = extra("pyarrow", "parquet")
    text, number = arrow.string(), arrow.int64()
    places = (("rule", text), ("start", number), ("before", text), ("after", text), ("certainty", text))
    marks = (("start", number), ("end", number), ("reason", text))
    lists = [arrow.list_(arrow.struct(list(names))) for names in (places, marks)]
    if len(fields) == 1:
        return lists
    return [arrow.struct([(name, each) for name in fields]) for each in lists]


def columns_of(rows: Iterable[Mapping[str, Edited] | None], fields: Sequence[str]) -> list[pa.Array]:
    """The columns "edits" and "damaged" of mended rows; null where a row, or a field of it, was null."""
    held = list(rows)
    arrow = extra("pyarrow", "parquet")
    found = []
    for what, kind in zip(("edits", "damaged"), column_types(fields), strict=True):
        values = [
            None if row is None else {name: plain(getattr(row[name], what)) for name in fields if name in row}
            for row in held
        ]
        found.append(arrow.array(values if len(fields) > 1 else [row and row[fields[0]] for row in values], kind))
    return found
