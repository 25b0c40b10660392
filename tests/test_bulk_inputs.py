"""Which files `zsparkcrawl bulk` works on: what may not be looked at, names of any make, and lines of any make."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.collections_made import BROKEN, MENDED, bulk, complaint, files_of, read_lines, summary, write_lines
from zsparkcrawl.bulk.faults import UnfitError
from zsparkcrawl.bulk.lines import Line, record_of


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that may not be listed, beside a file that may be read. Who runs the tests may be allowed everything."""
    folder = tmp_path / "in" / "locked"
    write_lines(folder / "b.jsonl", [{"text": BROKEN}])
    write_lines(tmp_path / "in" / "a.jsonl", [{"text": BROKEN}])
    list_folder = os.scandir

    def listed(path: Any = ".") -> Any:
        if os.fspath(path) == str(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return list_folder(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", listed)
        yield folder


@pytest.mark.parametrize("pattern", [False, True])
def test_a_folder_that_may_not_be_read_is_told_and_the_others_go_on(pattern: bool, locked: Path) -> None:
    given = locked.parent / "**" / "*.jsonl" if pattern else locked.parent
    told = summary("repair", given, "-o", locked.parent.parent / "out", code=1)
    assert (told["files"], told["faults"]) == (1, [f"{locked} cannot be read: Permission denied"])
    result = bulk("repair", locked, "-o", locked.parent.parent / "out")
    assert (complaint(result), result.exit_code) == (f"zsparkcrawl: {locked} cannot be read: Permission denied", 1)


def test_what_cannot_be_looked_at_is_told_in_a_line(tmp_path: Path) -> None:
    for given, said, code in (
        ("x" * 5000, "x cannot be read: File name too long", 1),
        ("", "'' is the name of no file", 2),
        ("a\0b", "'a\\x00b' is the name of no file", 2),
    ):
        result = bulk("repair", given, "-o", tmp_path / "out")
        assert complaint(result).endswith(said)
        assert len(result.stderr) < 300
        assert result.exit_code == code


def test_a_link_to_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", [{"text": BROKEN}])
    (tmp_path / "in" / "gone.jsonl").symlink_to(tmp_path / "nowhere.jsonl")
    (tmp_path / "in" / "round.jsonl").symlink_to(tmp_path / "in" / "round.jsonl")
    for given in (tmp_path / "in", tmp_path / "in" / "*.jsonl"):
        told = summary("repair", given, "-o", tmp_path / "out", code=1)
        assert (told["records"], len(told["faults"])) == (1, 2)
        assert told["faults"][0] == f"{tmp_path / 'in' / 'gone.jsonl'} cannot be read: No such file or directory"


def test_a_name_with_no_room_for_its_failures_is_told(tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", [{"text": BROKEN}])
    write_lines(tmp_path / "in" / f"{'园' * 82}.jsonl", [{}])
    told = summary("repair", tmp_path / "in", "-o", tmp_path / "out", code=1)
    assert "its name is too long, with .failures behind it" in told["faults"][0]
    assert set(files_of(tmp_path / "out")) == {"a.jsonl"}


def test_what_to_do_about_two_inputs_of_one_name(tmp_path: Path) -> None:
    for name in ("one/a.jsonl", "two/a.jsonl", "one/a.ndjson"):
        write_lines(tmp_path / name, [{}])
    result = bulk("repair", tmp_path / "one" / "a.jsonl", tmp_path / "two" / "a.jsonl", "-o", tmp_path / "out")
    assert complaint(result).endswith("would both become a.jsonl: give the folder above them")
    result = bulk("repair", tmp_path / "one", "-o", tmp_path / "out", "--to", "parquet")
    assert complaint(result).endswith("would both become a.parquet: work on one of them into another folder")
    again = summary(
        "repair", tmp_path / "one" / "a.jsonl", tmp_path / "one" / "*.jsonl", "-o", tmp_path / "out", code=1
    )
    assert (again["files"], again["failures"]) == (1, 1)


def test_lines_that_are_called_json_are_read_where_they_are_named(tmp_path: Path) -> None:
    for name in ("part-0.json", "info.json", "a.jsonl"):
        write_lines(tmp_path / "in" / name, [{"text": BROKEN}])
    (tmp_path / "in" / "part-1.json.gz").write_bytes(gzip.compress(json.dumps({"text": BROKEN}).encode()))
    assert summary("repair", tmp_path / "in", "-o", tmp_path / "folder")["files"] == 1
    assert summary("repair", tmp_path / "in" / "part-*", "-o", tmp_path / "out")["repaired"] == 2
    assert set(files_of(tmp_path / "out")) == {"part-0.json", "part-1.json.gz"}


def test_lines_as_windows_has_them(tmp_path: Path) -> None:
    good = json.dumps({"text": BROKEN}).encode()
    for name, data, records in (
        ("marked", b"\xef\xbb\xbf" + good + b"\r\n\r\n" + good + b"\r\n", 2),
        ("mark alone", b"\xef\xbb\xbf", 0),
        ("mark on a line", b"\xef\xbb\xbf\r\n" + good, 1),
    ):
        (tmp_path / f"{name}.jsonl").write_bytes(data)
        summary("repair", tmp_path / f"{name}.jsonl", "-o", tmp_path / "out")
        made = read_lines(tmp_path / "out" / f"{name}.jsonl")
        assert [each["text"] for each in made] == [MENDED] * records, name


def test_how_deep_a_record_may_be_does_not_depend_on_who_reads_it() -> None:
    def nested(depth: int) -> Line:
        return Line(0, b'{"text": "[[[", "n": ' + b'[{"a":' * (depth // 2) + b"1" + b"}]" * (depth // 2) + b"}")

    assert record_of(nested(198))["text"] == "[[["
    assert len(record_of(Line(0, b'{"n": [' + b"[], " * 1000 + b"[]]}"))["n"]) == 1001
    for depth in (200, 300, 900, 5000):
        with pytest.raises(UnfitError, match="nested too deeply"):
            record_of(nested(depth))


def test_a_gzip_file_that_is_none_has_a_failure_without_a_record(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x"}\n') + b"more")
    summary("repair", tmp_path / "a.jsonl.gz", "-o", tmp_path / "out", code=1)
    (failed,) = read_lines(tmp_path / "out" / "a.jsonl.gz.failures")
    assert failed.keys() == {"file", "byte", "reason"}
    assert failed["byte"] == 14


def test_an_address_with_half_a_pair_fails_in_every_form(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(rb'{"html": "<p>x</p>", "url": "http://a.example/\ud800"}')
    for to in ("jsonl", "parquet"):
        assert summary("read", source, "-o", tmp_path / to, "--to", to, code=1)["failures"] == 1
    assert pq.read_table(tmp_path / "parquet" / "a.parquet").num_rows == 0
