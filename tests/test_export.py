"""Tables: every value comes back from every format, and a file is whole or not there."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import stat
import tracemalloc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.export import COLUMNS, ExportError, Format, chosen_columns, export_articles, write_rows
from zsparkcrawl.items import Article, Attachment, Image

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)

NASTY = [
    None,
    "",
    " ",
    '"',
    '""',
    ",",
    "\n",
    "\r",
    "\r\n",
    "a,b\n\"c\"\r\n'd'",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "😀𠮷",
    "\ufeff新闻",
    "NULL",
    "\\N",
    "\t",
    "\x1b[31m",
    "01",
]


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        yield opened


def fill(archive: Archive, titles: list[str | None] = NASTY) -> None:
    for number, title in enumerate(titles):
        article = Article("nhtp", "news", f"{number}", f"http://x.example/{number}", title=title, author=title)
        archive.store(article, run_id=None, capture_id=None, now=NOW)


def exported(archive: Archive, form: Format, **more: Any) -> bytes:
    out = io.BytesIO()
    export_articles(archive, out, form, **more)
    return out.getvalue()


def parsed(table: bytes) -> list[list[str | None]]:
    """A reader of CSV that, unlike Python's, tells an empty field from an empty text; RFC 4180, and nothing else."""
    text = table.decode("utf-8")
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    place = 0
    while place < len(text):
        if text[place] == '"':
            value: str | None = ""
            while text[place] == '"':
                end = text.index('"', place + 1)
                value = f"{value}{text[place + 1 : end]}"
                place = end + 1
                if text[place] == '"':
                    value += '"'
        else:
            end = min(i for i in (text.find(",", place), text.find("\r\n", place)) if i >= 0)
            value, place = text[place:end] or None, end
        row.append(value)
        if text[place] == ",":
            place += 1
        else:
            assert text[place : place + 2] == "\r\n"
            rows.append(row)
            row, place = [], place + 2
    return rows


def test_the_columns_and_their_order_are_a_promise() -> None:
    assert COLUMNS[:9] == ("section", "native_id", "date", "title", "author", "source", "body", "url", "site")
    assert COLUMNS[9:17] == (
        "editor",
        "time",
        "date_raw",
        "date_precision",
        "date_missing",
        "version",
        "first_seen",
        "last_seen",
    )
    assert COLUMNS[17:22] == ("attachments", "images", "edit_count", "inferred_count", "damage_count")
    assert COLUMNS[22:27] == ("date_basis", "photographer", "reviewers", "contributor", "gone_at")
    assert COLUMNS[27:] == ("witness_count", "disputed", "gaps")


def test_csv_keeps_every_value(archive: Archive) -> None:
    fill(archive)
    table = exported(archive, "csv")
    assert not table.startswith(b"\xef\xbb\xbf")
    head, *rows = parsed(table)
    assert tuple(head) == COLUMNS
    assert [row[COLUMNS.index("title")] for row in rows] == NASTY
    assert [row[COLUMNS.index("author")] for row in rows] == NASTY
    assert b',"",' in table


def test_every_reader_of_csv_takes_it(archive: Archive) -> None:
    fill(archive)
    text = exported(archive, "csv").decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["title"] for row in rows] == [title or "" for title in NASTY]
    assert all(set(row) == set(COLUMNS) for row in rows)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_keeps_every_value(archive: Archive, form: Format) -> None:
    fill(archive)
    table = exported(archive, form)
    found = json.loads(table) if form == "json" else [json.loads(line) for line in table.split(b"\n") if line]
    assert [row["title"] for row in found] == NASTY
    assert all(tuple(row) == COLUMNS for row in found)
    assert table.endswith(b"\n")
    assert "😀".encode() in table


def test_lists_are_lists_in_json_and_json_in_csv(archive: Archive) -> None:
    attachments = (Attachment('附件 "1",.doc', "http://x.example/1.doc"),)
    article = Article("nhtp", "news", "1", "u", attachments=attachments, images=(Image("i"),))
    archive.store(article, run_id=None, capture_id=None, now=NOW)
    meant = [
        [{"name": '附件 "1",.doc', "url": "http://x.example/1.doc", "type": "doc"}],
        [{"url": "i", "caption": None}],
    ]
    columns = ("attachments", "images", "edit_count")
    (row,) = json.loads(exported(archive, "json", columns=columns))
    assert list(row.values()) == [*meant, 0]
    _, cells = parsed(exported(archive, "csv", columns=columns))
    assert [json.loads(str(cell)) for cell in cells] == [*meant, 0]


_VALUES = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(NASTY)


@given(st.lists(st.fixed_dictionaries({"title": _VALUES, "body": _VALUES}), max_size=4))
def test_any_rows_come_back(rows: list[dict[str, str | None]]) -> None:
    columns = ("title", "body")
    for form in ("csv", "json", "jsonl"):
        out = io.BytesIO()
        assert write_rows(rows, out, form, columns) == len(rows)
        if form == "csv":
            found = [dict(zip(columns, row, strict=True)) for row in parsed(out.getvalue())[1:]]
        elif form == "json":
            found = json.loads(out.getvalue())
        else:
            found = [json.loads(line) for line in out.getvalue().split(b"\n") if line]
        assert found == rows


def test_an_empty_table_is_a_table(archive: Archive) -> None:
    assert exported(archive, "csv", columns=("title", "date")) == b"title,date\r\n"
    assert json.loads(exported(archive, "json")) == []
    assert exported(archive, "jsonl") == b""


def test_filters_and_columns(archive: Archive) -> None:
    fill(archive, ["a", "b", None])
    table = exported(archive, "csv", filters=Filters(text="B"), columns=("title", "section"))
    assert table == b"title,section\r\nb,news\r\n"
    assert chosen_columns(None) == COLUMNS
    assert chosen_columns(" body ,date") == ("body", "date")
    for wrong in ("", "nonsense", "title,", "title,title", "id; drop"):
        with pytest.raises(ExportError):
            chosen_columns(wrong)


# -- files --


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_the_place_of_the_one_before(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "a.csv"
    out.write_text("before")
    fill(archive, ["a"])
    assert export_articles(archive, out, "csv") == 1
    assert out.read_bytes() == exported(archive, "csv")
    assert files(folder) == ["a.csv"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~mask  # as any other program would make it


class Interrupted(BaseException):
    """As KeyboardInterrupt is: no Exception."""


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), Interrupted(), ValueError("bug")])
def test_a_failure_leaves_what_was_there_and_nothing_else(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "a.csv"
    out.write_text("before")

    def failing(_: Filters | None, **__: object) -> Iterator[Mapping[str, Any]]:
        yield {**dict.fromkeys(COLUMNS, "x" * 100_000), "attachments": [], "images": []}
        assert len(files(folder)) == 2
        raise fault

    monkeypatch.setattr(archive, "articles", failing)
    with pytest.raises(ExportError if isinstance(fault, OSError) else type(fault)) as caught:
        export_articles(archive, out, "csv")
    assert "\n" not in str(caught.value)
    assert files(folder) == ["a.csv"]
    assert out.read_text() == "before"


def test_where_no_file_can_be(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "missing" / "a.csv", tmp_path / "file" / "a.csv", tmp_path / ("x" * 300), tmp_path):
        with pytest.raises(ExportError, match="cannot write"):
            export_articles(archive, out, "csv")


def test_a_device_is_written_to_and_not_replaced(archive: Archive, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        export_articles(archive, pipe, "csv", columns=("title",))
        assert os.read(reader, 100) == b"title\r\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# On PostgreSQL most of the time would go into its index of such bodies.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_table(archive: Archive) -> None:
    """600 articles of 40,000 characters take 48 MB in memory; 200 of them at a time take 16."""
    body = "字" * 40_000
    article = Article("nhtp", "news", "1", "u", body=body)
    archive.store(article, run_id=None, capture_id=None, now=NOW)
    (row,) = archive.articles()
    with archive._writing() as connection:
        from sqlalchemy import insert

        from zsparkcrawl.archive.tables.schema import articles, versions

        (version,) = archive.versions_of(1)
        names = [column.name for column in articles.columns]
        rows = [{**{name: row[name] for name in names}, "id": n, "native_id": str(n)} for n in range(2, 601)]
        connection.execute(insert(articles), rows)
        connection.execute(insert(versions), [{**version, "article_id": n} for n in range(2, 601)])
    with open(os.devnull, "wb") as out:  # noqa: PTH123 - a stream is wanted
        tracemalloc.start()
        try:
            assert export_articles(archive, out, "jsonl") == 600
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 32_000_000
