"""`zsparkcrawl bulk`: each form in and out, what is on record, and what cannot be worked on."""

from __future__ import annotations

import base64
import gzip
import json
import os
import resource
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.collections_made import (
    BROKEN,
    HEALTHY,
    MENDED,
    PAGE,
    SPAM,
    TEXTS,
    bulk,
    complaint,
    files_of,
    read_lines,
    summary,
    write_lines,
    write_warc,
)
from zsparkcrawl import clean as clean_article
from zsparkcrawl import extract, repair
from zsparkcrawl.bulk import lines, original, rows
from zsparkcrawl.bulk.mending import mend
from zsparkcrawl.clean import clean_text
from zsparkcrawl.items import Page, plain

RECORDS = [{"id": number, "text": text, "more": {"a": [1, None, 2.5]}} for number, text in enumerate(TEXTS)]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_becomes_what_the_functions_for_one_text_make_of_it(text: str) -> None:
    assert mend({"text": text}, "repair")[0]["text"] == repair(text)
    assert mend({"text": text}, "clean")[0]["text"] == clean_text(text)


@pytest.mark.parametrize("name", ["a.jsonl", "a.NDJSON", "a.jsonl.gz"])
def test_lines(name: str, tmp_path: Path) -> None:
    given = write_lines(tmp_path / "in" / "a.jsonl", RECORDS).read_bytes()
    source = tmp_path / "in" / name
    source.write_bytes(gzip.compress(given) if name.endswith(".gz") else given)
    told = summary("clean", source, "-o", tmp_path / "out")
    made = (tmp_path / "out" / name).read_bytes()
    found = [json.loads(line) for line in (gzip.decompress(made) if name.endswith(".gz") else made).splitlines()]
    assert [each["text"] for each in found[:4]] == [MENDED, HEALTHY, HEALTHY, "國際合作"]
    for before, after in zip(RECORDS, found, strict=True):
        assert {**after, "text": before["text"]} == {
            **before,
            "edits": after["edits"],
            **({"damaged": after["damaged"]} if "damaged" in after else {}),
        }
        assert original(after["text"], after["edits"]) == before["text"]
    assert found[7]["damaged"][0]["reason"]
    assert (told["records"], told["repaired"], told["left_damaged"], told["failures"]) == (8, 3, 1, 0)
    assert (told["damaged_by_kind"]["shifted"], told["spam_cuts"]) == (1, 1)


def test_repair_leaves_spam_and_clean_cuts_it(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"text": f"{HEALTHY}\n{SPAM}"}])
    assert summary("repair", source, "-o", tmp_path / "repaired")["healthy"] == 1
    assert summary("clean", source, "-o", tmp_path / "cleaned")["spam_cuts"] == 1


def test_several_fields_are_evidence_for_each_other(tmp_path: Path) -> None:
    record = {"title": "國際合作", "body": BROKEN, "note": None, "id": "x"}
    source = write_lines(tmp_path / "a.jsonl", [record, {"title": HEALTHY}])
    words = ("repair", source, "--field", "title", "--field", "body", "--field", "note", "-o")
    assert summary(*words, tmp_path / "out")["repaired"] == 1
    first, second = read_lines(tmp_path / "out" / "a.jsonl")
    assert (first["title"], first["body"], first["note"], first["id"]) == ("国际合作", MENDED, None, "x")
    assert {name: original(first[name], edits) for name, edits in first["edits"].items()} == {
        "title": "國際合作",
        "body": BROKEN,
    }
    assert second == {"title": HEALTHY, "edits": {}}
    summary(*words, tmp_path / "table", "--to", "parquet")
    table = pq.read_table(tmp_path / "table" / "a.parquet").to_pylist()
    assert [edit["rule"] for edit in table[0]["edits"]["title"]] == ["simplified"]
    assert table[1]["body"] is None


def test_a_table_keeps_its_columns_and_their_metadata(tmp_path: Path) -> None:
    kept = pa.field("text", pa.large_string(), metadata={"told": "by whom"})
    schema = pa.schema([("id", pa.int32()), kept, ("day", pa.date32()), ("tags", pa.list_(pa.string()))], {"a": "b"})
    rows_given = [
        {"id": number, "text": text, "day": None, "tags": ["x"]} for number, text in enumerate([*TEXTS, None])
    ]
    source = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(rows_given, schema), source, row_group_size=2)
    told = summary("clean", source, "-o", tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "a.parquet")
    assert table.schema.metadata[b"a"] == b"b"
    assert table.schema.field("text").metadata[b"told"] == b"by whom"
    assert table.drop_columns(["edits", "damaged"]).schema.equals(schema)
    assert table.drop_columns(["text", "edits", "damaged"]).to_pylist() == [
        {name: value for name, value in row.items() if name != "text"} for row in rows_given
    ]
    made = table.to_pylist()
    assert [row["text"] and original(row["text"], row["edits"]) for row in made] == [*TEXTS, None]
    assert made[-1]["edits"] is None
    assert (told["records"], told["repaired"]) == (9, 3)


def test_from_one_form_to_the_other(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", RECORDS)
    summary("clean", source, "-o", tmp_path / "lines")
    summary("clean", source, "-o", tmp_path / "table", "--to", "parquet")
    expected = read_lines(tmp_path / "lines" / "a.jsonl")
    table = pq.read_table(tmp_path / "table" / "a.parquet").to_pylist()
    assert [json.loads(row["rest"]) for row in table] == [
        {"id": record["id"], "more": record["more"]} for record in RECORDS
    ]
    assert [(row["text"], row["edits"], row["damaged"]) for row in table] == [
        (each["text"], each["edits"], each.get("damaged", [])) for each in expected
    ]
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "b.parquet")
    summary("clean", tmp_path / "b.parquet", "-o", tmp_path / "back", "--to", "jsonl")
    assert read_lines(tmp_path / "back" / "b.jsonl") == expected


def pages() -> list[tuple[str, str, bytes]]:
    html = "text/html; charset=utf-8"
    return [
        ("http://www.nhtp.org/news/7.html", html, PAGE.format(title="產(chǎn)業(yè)園區(qū)發(fā)展").encode()),
        ("http://www.nhtp.org/logo.png", "image/png", b"\x89PNG"),
        ("http://www.nhtp.org/news/8.html", html, b"<html><body></body></html>"),
        ("http://www.nhtp.org/news/9.html", "", PAGE.format(title="園區(qū)新聞").encode()),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_web_archives_give_an_article_for_each_page(packed: bool, tmp_path: Path) -> None:
    source = write_warc(tmp_path / ("a.warc.gz" if packed else "a.warc"), pages(), packed=packed)
    told = summary("read", source, "-o", tmp_path / "out", code=1)
    first, second = read_lines(tmp_path / "out" / "a.jsonl")
    page = Page(first["url"], pages()[0][2], pages()[0][1])
    assert first == {
        **plain(clean_article(extract(page, None))),
        "fetched": "2019-02-22T08:00:00+00:00",
        "record": "<urn:uuid:00000000-0000-0000-0000-000000000000>",
    }
    assert (first["title"], first["body"], second["title"]) == (
        "产业园区发展",
        "2月18日，园区召开会议，讨论产业发展。",
        "园区新闻",
    )
    (failed,) = read_lines(tmp_path / "out" / "a.jsonl.failures")
    assert failed["reason"].startswith("http://www.nhtp.org/news/8.html: ")
    assert failed["raw"].endswith("<html><body></body></html>")
    assert (told["records"], told["skipped"], told["failures"]) == (2, 1, 1)
    summary("read", source, "-o", tmp_path / "table", "--to", "parquet", code=1)
    row = pq.read_table(tmp_path / "table" / "a.parquet").to_pylist()[0]
    assert (row["title"], json.loads(row["edits"])) == (first["title"], first["edits"])


@pytest.mark.parametrize("packed", [False, True])
def test_a_web_archive_in_ranges_is_the_same(packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [(f"http://www.nhtp.org/news/{number}.html", "text/html", pages()[0][2]) for number in range(12)]
    source = write_warc(tmp_path / "a.warc.gz", many, packed=packed)
    body = bytearray(source.read_bytes())
    body[len(body) // 2] ^= 0xFF  # damage in the middle
    source.write_bytes(body)
    whole = summary("read", source, "-o", tmp_path / "whole", code=1)
    from zsparkcrawl.bulk import pages as module

    monkeypatch.setattr(module, "RANGE", 1)
    assert len(module.ranges_of(source, len(body))) >= 10
    parts = summary("read", source, "-o", tmp_path / "parts", code=1)
    assert files_of(tmp_path / "parts") == files_of(tmp_path / "whole")
    assert (parts["records"], parts["failures"]) == (whole["records"], whole["failures"])
    assert whole["records"] in {10, 11}
    assert whole["failures"] == 1


def test_pages_that_records_hold(tmp_path: Path) -> None:
    html = PAGE.format(title="園區(qū)新聞")
    record = {"html": html, "link": "http://www.nhtp.org/news/7.html", "id": 7}
    source = write_lines(tmp_path / "a.jsonl", [record, {"html": html}, {"link": record["link"]}])
    words = ("read", "--url-field", "link", "-o")
    told = summary(*words, tmp_path / "out", source, code=1)
    (article,) = read_lines(tmp_path / "out" / "a.jsonl")
    assert (article["title"], article["native_id"], article["given"]) == (
        "园区新闻",
        "7",
        {"link": record["link"], "id": 7},
    )
    assert told["failures"] == 2
    pq.write_table(pa.table({"html": [html.encode("gbk")], "link": [record["link"]]}), tmp_path / "b.parquet")
    summary(*words, tmp_path / "table", tmp_path / "b.parquet")
    assert pq.read_table(tmp_path / "table" / "b.parquet").to_pylist()[0]["title"] == "园区新闻"


BAD: list[tuple[bytes, str]] = [
    (b"{not json}", "no JSON"),
    (b'"text"', "no JSON object"),
    (b'{"body": "x"}', 'no "text"'),
    (b'{"text": null}', 'no "text"'),
    (b'{"text": 7}', '"text" is no text'),
    (b'{"text": "\xb2\xfa"}', "no UTF-8"),
    (b'{"text": "a\x00b"}', "no JSON"),
    (rb'{"text": "a\u0000b"}', "NUL"),
    (rb'{"text": "\ud83d"}', "surrogate"),
    (b'{"text": ' + b"[" * 100_000, "nested too deeply"),
    (b'{"text": "x", "n": ' + b"9" * 5000 + b"}", "no JSON"),
    (b'{"text": "x", "text": "y"}', "twice"),
    (b'{"text": "x", "n": 0.12345678901234567890123}', "lose digits"),
    (b'{"text": "x", "n": 1e999}', "too great"),
    (b'{"text": "x", "edits": []}', '"edits" already'),
]


def test_what_cannot_be_worked_on_is_kept(tmp_path: Path) -> None:
    good = json.dumps({"text": BROKEN}).encode()
    source = tmp_path / "a.jsonl"
    source.write_bytes(b"\n".join([b"\xef\xbb\xbf" + good, b"", *(bad for bad, _ in BAD), b"  ", good]))
    result = bulk("repair", source, "-o", tmp_path / "out")
    assert complaint(result).startswith(f"zsparkcrawl: {len(BAD)} records failed: {tmp_path}")
    assert result.exit_code == 1
    assert [each["text"] for each in read_lines(tmp_path / "out" / "a.jsonl")] == [MENDED, MENDED]
    body = source.read_bytes()
    failed = read_lines(tmp_path / "out" / "a.jsonl.failures")
    for (bad, reason), told in zip(BAD, failed, strict=True):
        assert reason in told["reason"]
        assert body[told["byte"] :].startswith(bad + b"\n")
        assert told["file"] == str(source)
        assert told.get("raw", "").encode().rstrip() == bad or b"\xb2" in bad
    assert base64.b64decode(failed[5]["raw_base64"]) == BAD[5][0] + b"\n"


def test_rows_that_cannot_be_worked_on_are_kept(tmp_path: Path) -> None:
    bytes_array = pa.array([BROKEN.encode(), b"\xb2\xfa", b"a\0b"], pa.binary())
    table = pa.table({"id": [1, 2, 3], "text": pa.Array.from_buffers(pa.string(), 3, bytes_array.buffers())})
    pq.write_table(table, tmp_path / "a.parquet")
    for to in ("parquet", "jsonl"):
        out = tmp_path / to
        assert summary("repair", tmp_path / "a.parquet", "--to", to, "-o", out, code=1)["failures"] == 2
        failed = read_lines(out / f"a.{to}.failures")
        assert [(each["row"], json.loads(each["raw"])["id"]) for each in failed] == [(1, 2), (2, 3)]
    assert pq.read_table(tmp_path / "parquet" / "a.parquet")["text"].to_pylist() == [MENDED]


@pytest.mark.parametrize("end", [100, -12])
def test_a_torn_gzip_file_gives_what_it_still_holds(end: int, tmp_path: Path) -> None:
    given = b"".join(json.dumps({"id": number, "text": HEALTHY}).encode() + b"\n" for number in range(2000))
    source = tmp_path / "a.jsonl.gz"
    source.write_bytes(gzip.compress(given)[:end])
    told = summary("repair", source, "-o", tmp_path / "out", code=1)
    assert told["failures"] in {1, 2}  # the line that is torn is one as well
    failed = read_lines(tmp_path / "out" / "a.jsonl.gz.failures")
    assert "cannot be unpacked" in failed[-1]["reason"]
    with gzip.open(tmp_path / "out" / "a.jsonl.gz") as made:
        assert len(made.read().splitlines()) == told["records"]


def test_ranges_of_lines_cover_each_line_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(b"".join(b"x" * size + b"\n" for size in (0, 1, 5, 30, 2, 0, 0, 9)) + b"end")
    whole = list(lines.lines_of(source, 0, source.stat().st_size))
    for size in range(1, 70):
        monkeypatch.setattr(lines, "RANGE", size)
        ranges = lines.ranges_of(source.stat().st_size)
        assert [line for place in ranges for line in lines.lines_of(source, *place)] == whole


def test_the_output_does_not_depend_on_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_lines(tmp_path / "in" / "a.jsonl", RECORDS * 4)
    source.write_bytes(source.read_bytes() + b"{bad\n")
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "in" / "b.parquet", row_group_size=3)
    summary("clean", tmp_path / "in", "-o", tmp_path / "whole", code=1)
    monkeypatch.setattr(lines, "RANGE", 100)
    monkeypatch.setattr(rows, "RANGE", 1)
    summary("clean", tmp_path / "in", "-o", tmp_path / "parts", code=1)
    assert files_of(tmp_path / "parts") == files_of(tmp_path / "whole")


def most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_line_of_200_megabytes_is_passed_over_piece_by_piece(tmp_path: Path) -> None:
    good = json.dumps({"text": BROKEN}).encode()
    packer = zlib.compressobj(1, wbits=31)
    with (tmp_path / "a.jsonl.gz").open("wb") as out:
        out.write(packer.compress(good + b'\n{"text": "'))
        for _ in range(200):
            out.write(packer.compress(b"a" * 1_000_000))
        out.write(packer.compress(b'"}\n' + good) + packer.flush())
    before = most_memory()
    told = summary("repair", tmp_path / "a.jsonl.gz", "-o", tmp_path / "out", code=1)
    assert (told["records"], told["repaired"], told["failures"]) == (2, 2, 1)
    assert most_memory() - before < 100 * 2**20
    (failed,) = read_lines(tmp_path / "out" / "a.jsonl.gz.failures")
    assert (failed["byte"], len(failed["raw"])) == (len(good) + 1, 1000)


def test_a_text_that_is_too_long_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"text": "园" * 2_000_001}])
    summary("repair", source, "-o", tmp_path / "out", code=1)
    (failed,) = read_lines(tmp_path / "out" / "a.jsonl.failures")
    assert "2000001 characters" in failed["reason"]
    assert json.loads(failed["raw"]) == {"text": "园" * 2_000_001}


def test_folders_patterns_and_odd_names(tmp_path: Path) -> None:
    collection = tmp_path / "in"
    for name in ("a.jsonl", "deep/er/b.jsonl", "deep/odd\n\x1b[31m name.jsonl", ".hidden/c.jsonl", "deep/notes.txt"):
        write_lines(collection / name, [{"text": BROKEN}])
    (collection / "link").symlink_to(collection, target_is_directory=True)
    (collection / "same.jsonl").symlink_to(collection / "a.jsonl")
    write_lines(collection / os.fsdecode(b"\xff.jsonl"), [{}])
    summary("repair", collection, "-o", tmp_path / "out", code=1)
    made = {"a.jsonl", "same.jsonl", "deep/er/b.jsonl", "deep/odd\n\x1b[31m name.jsonl", "\udcff.jsonl"}
    assert set(files_of(tmp_path / "out")) == {*made, "\udcff.jsonl.failures"}
    (failed,) = read_lines(tmp_path / "out" / "\udcff.jsonl.failures")
    assert failed["file"].endswith("\\xff.jsonl")
    result = bulk("repair", collection / "**" / "b*.jsonl", "-o", tmp_path / "found")
    assert result.exit_code == 0
    assert set(files_of(tmp_path / "found")) == {"deep/er/b.jsonl"}


def refusals(tmp_path: Path) -> list[tuple[list[object], str, int]]:
    one = write_lines(tmp_path / "in" / "a.jsonl", [{"text": "x"}])
    other = write_lines(tmp_path / "other" / "a.jsonl", [{"text": "y"}])
    text = tmp_path / "in" / "notes.txt"
    text.write_text("x")
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "sub").symlink_to(empty, target_is_directory=True)
    write_lines(tmp_path / "tree" / "sub" / "a.jsonl", [{"text": "x"}])
    write_lines(tmp_path / "clash" / "a.jsonl" / "b.jsonl", [{"text": "x"}])
    web = write_warc(tmp_path / "a.warc", pages(), packed=False)
    out = tmp_path / "out"
    return [
        ([tmp_path / "none.jsonl", "-o", out], "there is no", 2),
        ([tmp_path / "in" / "x*.jsonl", "-o", out], "no file is called", 2),
        ([empty, "-o", out], "nothing to read in", 2),
        ([text, "-o", out], "of no known form", 2),
        ([one, other, "-o", out], "would both become a.jsonl: give the folder above them", 2),
        ([one, tmp_path / "clash", "-o", out], "would stand below the file a.jsonl", 2),
        ([tmp_path / "in", "-o", tmp_path / "in"], "is inside of the input", 2),
        ([tmp_path / "in", "-o", tmp_path / "in" / "made"], "is inside of the input", 2),
        ([one, "-o", tmp_path / "in"], "is inside of the output", 2),
        ([tmp_path / "tree", "-o", tmp_path / "linked"], "would be written outside of", 2),
        ([one, "-o", text], "is a file", 2),
        ([web, "-o", out], "bulk read gives clean articles of it", 2),
        ([one, "-o", out, "--jobs", "2", "--dask", "local:2"], "--jobs is for this machine", 2),
        ([one, "-o", out, "--dask", "local:many"], "needs a number of processes", 2),
        ([one, "-o", text / "out"], "cannot be written: Not a directory", 1),
    ]


def test_what_makes_no_sense_is_refused_in_a_line(tmp_path: Path) -> None:
    for words, said, code in refusals(tmp_path):
        result = bulk("repair", *words)
        assert said in complaint(result), words
        assert result.exit_code == code, words
        assert len(result.stderr.splitlines()) == 1 or "Usage" in result.stderr


def test_a_missing_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"text": "x"}])
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    result = bulk("repair", source, "--to", "parquet", "-o", tmp_path / "out")
    assert complaint(result) == 'zsparkcrawl: pyarrow is not installed: pip install "zsparkcrawl[parquet]"'


def test_one_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    collection = tmp_path / "in"
    write_lines(collection / "b.jsonl", [{"text": BROKEN}])
    (collection / "a.parquet").write_bytes(b"PAR1 none")
    pq.write_table(pa.table({"body": ["x"]}), collection / "c.parquet")
    pq.write_table(pa.table({"text": [7]}), collection / "d.parquet")
    pq.write_table(pa.table({"text": ["x"], "edits": ["x"]}), collection / "e.parquet")
    told: dict[str, Any] = summary("repair", collection, "-o", tmp_path / "out", code=1)
    assert (told["files"], told["records"]) == (1, 1)
    for fault, said in zip(told["faults"], ("no Parquet", "no column 'text'", "not of texts", "already"), strict=True):
        assert said in fault
    assert set(files_of(tmp_path / "out")) == {"b.jsonl"}


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    collection = tmp_path / "in"
    write_lines(collection / "a.jsonl", [])
    (collection / "b.jsonl.gz").write_bytes(gzip.compress(b""))
    (collection / "none.jsonl.gz").write_bytes(b"")
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), collection / "c.parquet")
    assert summary("clean", collection, "-o", tmp_path / "out")["files"] == 4
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == b""
    assert gzip.decompress((tmp_path / "out" / "b.jsonl.gz").read_bytes()) == b""
    assert pq.read_table(tmp_path / "out" / "c.parquet").column_names == ["text", "edits", "damaged"]
