"""`zsparkcrawl.bulk` on one text and on arrays of Arrow, for the pipelines of others."""

from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from tests.collections_made import BROKEN, HEALTHY, MENDED, SPAM, TEXTS
from zsparkcrawl import bulk
from zsparkcrawl.extras import ExtraMissingError


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_array_has_what_single_texts_have(kind: pa.DataType, chunked: bool) -> None:
    texts = [*TEXTS, None]
    array = pa.array(texts, kind)
    if chunked:
        array = pa.chunked_array([array.slice(0, 3), array.slice(3), array.slice(0, 0)], kind)
    for many, one in ((bulk.clean_array, bulk.clean), (bulk.repair_array, bulk.repair)):
        made = many(array)
        assert made.type.field("text").type == kind
        found = made.to_pylist()
        assert found == [
            {"text": None, "edits": None, "damaged": None} if text is None else one(text) for text in texts
        ]
        assert [row["text"] and bulk.original(row["text"], row["edits"]) for row in found] == texts


def test_clean_cuts_what_repair_leaves() -> None:
    text = f"{BROKEN}\n{SPAM}"
    assert (bulk.clean(text)["text"], bulk.repair(text)["text"]) == (MENDED, f"{MENDED}\n{SPAM}")
    assert bulk.clean(HEALTHY)["edits"] == []


def test_empty_arrays() -> None:
    assert bulk.clean_array(pa.array([], pa.string())).to_pylist() == []
    assert bulk.clean_array(pa.chunked_array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_texts_of_a_dictionary_come_out_as_texts(kind: pa.DataType) -> None:
    array = pa.array([BROKEN, None, HEALTHY, BROKEN], kind).dictionary_encode()
    made = bulk.clean_array(array)
    assert made.type.field("text").type == kind
    assert made.field("text").to_pylist() == [MENDED, None, HEALTHY, MENDED]
    assert bulk.clean_array(pa.chunked_array([array, array])).num_chunks == 2


def test_an_array_of_nulls_is_one_of_texts() -> None:
    """An empty or null part of a frame has no type."""
    for array in (pa.nulls(2), pa.array([]), pa.chunked_array([pa.nulls(2)])):
        made = bulk.repair_array(array)
        assert made.type.field("text").type == pa.string()
        assert [row["text"] for row in made.to_pylist()] == [None] * len(array)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="of int64, not of texts"):
        bulk.clean_array(pa.array([7]))


def test_a_text_that_is_too_long_stays_and_is_marked() -> None:
    text = "園" * 2_000_001
    (made,) = bulk.repair_array(pa.array([text])).to_pylist()
    assert (made["text"], made["edits"]) == (text, [])
    assert [(mark["start"], mark["end"]) for mark in made["damaged"]] == [(0, len(text))]


def test_without_pyarrow_one_text_is_still_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    array = pa.array([BROKEN])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert bulk.clean(BROKEN)["text"] == MENDED
    with pytest.raises(ExtraMissingError, match=r"zsparkcrawl\[parquet\]"):
        bulk.clean_array(array)
