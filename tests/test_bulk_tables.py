"""`zsparkcrawl bulk` on tables of any make: odd types and names, null texts, damage, and great row groups."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.collections_made import BROKEN, HEALTHY, MENDED, PAGE, bulk, complaint, read_lines, summary
from zsparkcrawl.bulk.rows import batches_of, write_rows
from zsparkcrawl.bulk.values import kept_value, plainly, value_of

NO_UTF8 = pa.Array.from_buffers(pa.string(), 3, pa.array([b"\xb2", b"\xb3", b"x"]).buffers())
ODD: dict[str, pa.Array] = {
    "view": pa.array(["a", "b" * 50, None], pa.string_view()),
    "bytes": pa.array([b"a", b"b" * 50, None], pa.binary_view()),
    "list of views": pa.array([["a"], ["b" * 50], None], pa.list_(pa.string_view())),
    "list view": pa.array([[1], [2], None], pa.list_view(pa.int32())),
    "pair": pa.array([[1, 2], [3, 4], None], pa.list_(pa.int32(), 2)),
    "map": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int32())),
    "kind": pa.array(["a", "b", None]).dictionary_encode(),
    "kinds": pa.array([["a"], ["b"], None], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
    "number": pa.ExtensionArray.from_storage(
        pa.uuid(), pa.array([uuid.UUID(int=n).bytes for n in range(3)], pa.binary(16))
    ),
    "json": pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", "[]", None])),
    "price": pa.array([Decimal("1.50"), Decimal(2), None], pa.decimal128(9, 2)),
    "nothing": pa.nulls(3),
    "edges": pa.StructArray.from_arrays([pa.array([2**40, 1, 2]), NO_UTF8], ["when", "said"]),
}


def odd_table() -> pa.Table:
    return pa.table({"text": pa.array([BROKEN, "a\0b", None]), **ODD})


def test_columns_of_every_type_stay_when_a_row_between_them_fails(tmp_path: Path) -> None:
    given = odd_table()
    pq.write_table(given, tmp_path / "a.parquet")
    assert summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "out", code=1)["failures"] == 1
    made = pq.read_table(tmp_path / "out" / "a.parquet")
    assert made["text"].to_pylist() == [MENDED, None]
    for name in ODD:
        before, after = given[name], made[name]
        assert [kept_value(after[row]) for row in (0, 1)] == [kept_value(before[row]) for row in (0, 2)], name
    (failed,) = read_lines(tmp_path / "out" / "a.parquet.failures")
    kept = json.loads(failed["raw"])
    assert (kept["number"], kept["kinds"], kept["edges"]) == (str(uuid.UUID(int=1)), ["b"], {"when": 1, "said": "sw=="})


def test_rows_of_every_type_become_lines(tmp_path: Path) -> None:
    pq.write_table(odd_table().drop_columns(["edges"]), tmp_path / "a.parquet")
    summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "out", "--to", "jsonl", code=1)
    first, second = read_lines(tmp_path / "out" / "a.jsonl")
    assert {name: first[name] for name in ("text", "view", "map", "kind", "number", "json", "price")} == {
        "text": MENDED,
        "view": "a",
        "map": [["a", 1]],
        "kind": "a",
        "number": str(uuid.UUID(int=0)),
        "json": "{}",
        "price": "1.50",
    }
    assert {name: value for name, value in second.items() if value is not None} == {
        "number": str(uuid.UUID(int=2)),
        "edits": [],
    }


def test_moments_that_python_has_not() -> None:
    """Nor may they be those of pandas, which is here and elsewhere not."""
    cases: list[tuple[Any, pa.DataType, Any]] = [
        (-1, pa.timestamp("ns"), "1969-12-31T23:59:59.999999999"),
        (10**9, pa.timestamp("ns", "Asia/Shanghai"), "1970-01-01T08:00:01+08:00"),
        (10**9 + 1, pa.timestamp("ns", "Asia/Shanghai"), "1970-01-01T08:00:01.000000001+08:00"),
        (5, pa.timestamp("us", "Nowhere/Land"), 5),
        (5_000, pa.timestamp("ns", "Nowhere/Land"), 5_000),
        (2**40, pa.timestamp("s"), 2**40),
        (2**30, pa.date32(), 2**30),
        (1_001, pa.time64("ns"), "00:00:00.000001001"),
        (2_000, pa.duration("ns"), "0:00:00.000002"),
        (1_500, pa.duration("ns"), 1_500),
    ]
    for number, kind, told in cases:
        assert plainly(value_of(pa.scalar(number, kind))) == told, kind


def test_texts_of_a_dictionary(tmp_path: Path) -> None:
    texts = pa.array([BROKEN, HEALTHY, None, BROKEN]).dictionary_encode()
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "out")
    made = pq.read_table(tmp_path / "out" / "a.parquet")
    assert made.schema.field("text").type == pa.string()
    assert made["text"].to_pylist() == [MENDED, HEALTHY, None, MENDED]


def test_null_texts_are_no_failures_whatever_comes_out(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.nulls(2), "id": [1, 2]}), tmp_path / "a.parquet")
    for to in ("parquet", "jsonl"):
        assert summary("clean", tmp_path / "a.parquet", "-o", tmp_path / to, "--to", to)["healthy"] == 2
    assert read_lines(tmp_path / "jsonl" / "a.jsonl") == [{"text": None, "id": id, "edits": []} for id in (1, 2)]


def test_columns_of_one_name_stay_apart(tmp_path: Path) -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([BROKEN]), pa.array([2])], ["a", "text", "a"])
    pq.write_table(twice, tmp_path / "a.parquet")
    summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "out")
    made = pq.ParquetFile(tmp_path / "out" / "a.parquet").read()
    assert [made.column(place).to_pylist() for place in range(3)] == [[1], [MENDED], [2]]
    told = summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "lines", "--to", "jsonl", code=1)
    assert told["faults"] == [f"{tmp_path / 'a.parquet'} has several columns 'a'"]
    told = summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "out", "--field", "a", code=1)
    assert "several columns 'a'" in told["faults"][0]


def test_rows_of_a_page_that_is_damaged_are_told(tmp_path: Path) -> None:
    table = pa.table({"text": [f"{HEALTHY}{number}" for number in range(300)]})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, row_group_size=100, write_page_checksum=True, compression="none", use_dictionary=False)
    body = bytearray(path.read_bytes())
    body[body.index(f"{HEALTHY}150".encode())] ^= 1
    path.write_bytes(body)
    assert summary("repair", path, "-o", tmp_path / "out", code=1)["records"] == 200
    (failed,) = read_lines(tmp_path / "out" / "a.parquet.failures")
    assert failed["row"] == 100
    assert failed["reason"].startswith("rows 100 to 199 cannot be read: ")
    assert "raw" not in failed


def test_moments_of_96_bits_may_lie_in_any_year(tmp_path: Path) -> None:
    moments = pa.array(
        [dt.datetime(year, 1, 1, 2, 3, 4, 567890, dt.UTC) for year in (1, 2020, 9999)], pa.timestamp("us")
    )
    table = pa.table({"text": [BROKEN] * 3, "when": moments})
    pq.write_table(table, tmp_path / "a.parquet", use_deprecated_int96_timestamps=True)
    summary("repair", tmp_path / "a.parquet", "-o", tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "a.parquet")["when"].to_pylist() == moments.to_pylist()


def test_names_that_what_is_mended_has_are_no_fields(tmp_path: Path) -> None:
    pq.write_table(pa.table({"rest": [BROKEN]}), tmp_path / "a.parquet")
    result = bulk("repair", tmp_path / "a.parquet", "-o", tmp_path / "out", "--field", "rest")
    assert complaint(result).startswith("zsparkcrawl: --field rest: what is mended has something else")
    assert result.exit_code == 2


@pytest.mark.parametrize("made", ["one text", "many texts"])
def test_memory_does_not_follow_the_size_of_a_row_group(made: str, tmp_path: Path) -> None:
    with pq.ParquetWriter(tmp_path / "a.parquet", pa.schema([("text", pa.string())]), compression="none") as writer:
        if made == "one text":  # which the file has once: 3000 rows of 100 kB
            writer.write_table(pa.table({"text": pa.array(["园" * 33_000]).take(pa.array([0] * 3000))}))
        else:  # 150 MB
            texts = pa.table({"text": [f"{number}{'园' * 1000}" for number in range(1000)]})
            writer.write_table(pa.concat_tables([texts] * 50), row_group_size=1 << 30)
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups == 1
    before = pa.total_allocated_bytes()
    most = rows = 0
    for _, batch in batches_of(tmp_path / "a.parquet", 0, 1):
        rows += len(batch)
        most = max(most, pa.total_allocated_bytes() - before)
    assert rows in {3000, 50_000}
    assert most < 64 * 2**20


def test_row_groups_are_not_as_small_as_what_is_worked_on_at_once(tmp_path: Path) -> None:
    schema = pa.schema([("text", pa.string())])
    batch = pa.RecordBatch.from_pydict({"text": ["园区"] * 256}, schema)
    with (tmp_path / "a.parquet").open("wb") as out:
        write_rows(out, schema, [batch] * 300)
    meta = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [meta.row_group(group).num_rows for group in range(meta.num_row_groups)] == [1 << 16, 300 * 256 - (1 << 16)]


def test_a_moment_without_a_zone_is_none(tmp_path: Path) -> None:
    """What the zone of the machine is must not tell in an article, nor a moment that has no place in a zone."""
    page = PAGE.format(title="園區(qū)新聞").replace("2019-02-19", "2小时前")
    moments = {
        "told": pa.array([1_550_000_000], pa.timestamp("s", "UTC")),
        "none": pa.nulls(1, pa.timestamp("us")),
        "without": pa.array([1_550_000_000], pa.timestamp("s")),
        "fine": pa.array([1], pa.timestamp("ns")),
        "late": pa.array([dt.datetime.max.replace(tzinfo=dt.UTC)], pa.timestamp("us", "UTC")),
    }
    found = []
    for name, fetched in moments.items():
        table = pa.table({"html": [page], "url": ["http://www.nhtp.org/news/7.html"], "fetched": fetched})
        pq.write_table(table, tmp_path / f"{name}.parquet")
        summary("read", tmp_path / f"{name}.parquet", "-o", tmp_path / "out", "--to", "jsonl")
        (article,) = read_lines(tmp_path / "out" / f"{name}.jsonl")
        found.append(article["date"])
    assert found == ["2019-02-13", None, None, None, None]
