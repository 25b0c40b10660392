"""The formats for spreadsheets and programs: what is read back is what the archive holds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.test_export import NASTY
from tests.warm import Process
from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.archive.exports.dictionary import DESCRIBED_TABLES, article_columns, described
from zsparkcrawl.archive.tables.schema import metadata
from zsparkcrawl.clean import clean
from zsparkcrawl.edits import Edit
from zsparkcrawl.export import COLUMNS, FORMATS, ExportError, FormError, article_rows, chosen_columns, export_articles
from zsparkcrawl.export.guarding import CELL_LONGEST, cell_length, escape, guard, unescape, unguard
from zsparkcrawl.items import Article, Attachment, Image

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
LONG = "园区𠮷" * 30_000
TEXTS = [
    *NASTY,
    "＝1+1",
    "＠SUM(A1)",
    " =1+1",
    "\u3000+1",
    "\ttab",
    "\rreturn",
    "'already",
    "''",
    "a\rb\x0b\x1f",
    "_x000D_",
    "_x005F_x000D_",
    "<r>bold</r>",
    "<r>",
    "a\u2028b\u2029c\x85d",
    "\ufffe\uffff",
    "http://park.example/",
    "3-5",
    "2024年3月5日",
    "TRUE",
    "1" * 20,
    "０１",
    LONG,
    "\r" * 20_000,
]
RAW = chosen_columns(None, raw=True)
HERE = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are written beside what else a test has."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """SQLite alone: what a form makes of rows does not depend on where they come from, and that both databases give the
    same ones is tried in test_export.py."""
    return f"sqlite:///{tmp_path / 'zspark.sqlite'}"


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        for number, text in enumerate(TEXTS):
            opened.store(made(number, text), run_id=None, capture_id=None, now=NOW)
        yield opened


def made(number: int, text: str | None) -> Article:
    """An article that has a text everywhere, with an edit before it."""
    fields = ("title", "source", "editor") if text is not None else ()
    return Article(
        "nhtp",
        "news",
        str(number),
        f"http://park.example/news/{number}",
        title=text,
        date=dt.date(2024, 5, 6) if number % 2 else None,
        time=dt.time(8, 5, 9) if number % 2 else None,
        source=text,
        editor=text,
        body=text or "",
        attachments=(Attachment(text or "", "http://park.example/1.doc"),),
        images=(Image("http://park.example/1.jpg", text),),
        edits={name: (Edit("annotations", 0, "=原", ""),) for name in fields},
    )


def exported(archive: Archive, name: str, form: Any, **more: Any) -> Path:
    out = Path(name).absolute()
    export_articles(archive, out, form, **more)
    return out


def kept(archive: Archive, columns: tuple[str, ...] = RAW) -> list[dict[str, Any]]:
    with closing(article_rows(archive, None, columns)) as rows:
        return [{name: row[name] for name in columns} for row in rows]


def test_raw_is_the_text_before_its_edits(archive: Archive) -> None:
    rows = kept(archive)
    assert len(rows) == len(TEXTS)
    assert {row["title_raw"] for row in rows} == {None if text is None else f"=原{text}" for text in TEXTS}
    assert all(row["body_raw"] == row["body"] for row in rows)


def test_raw_of_a_cleaned_page_is_what_was_read(tmp_path: Path) -> None:
    spam = "亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区"
    found = Article(
        "nhtp",
        "news",
        "1",
        "u",
        title="產(chǎn)業(yè)園區(qū)發(fā)展",
        author=spam,
        body=f"創(chuàng)新\n{spam}",
        attachments=(Attachment("產(chǎn)業(yè)園區(qū)發(fā)展.doc", "http://park.example/1.doc"),),
    )
    cleaned = clean(found)
    assert (cleaned.title, cleaned.author) == ("产业园区发展", None)
    with Archive.open(f"sqlite:///{tmp_path / 'z.sqlite'}") as archive:
        archive.store(cleaned, run_id=None, capture_id=None, now=NOW)
        (row,) = kept(archive)
    assert [row[f"{name}_raw"] for name in ("title", "author", "body")] == [found.title, found.author, found.body]
    assert [each["name"] for each in row["attachments_raw"]] == [found.attachments[0].name]


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_reads_back_equal(archive: Archive, form: str) -> None:
    text = exported(archive, "out", form, columns=RAW).read_text("utf-8")
    # splitlines ends a line at U+2028 and U+0085 too, as many readers do
    found = json.loads(text) if form == "json" else [json.loads(line) for line in text.splitlines()]
    assert found == kept(archive)


EXPORTED = """
import sys
from pathlib import Path
from zsparkcrawl.export import export_articles
from zsparkcrawl.archive import Archive
with Archive.open(sys.argv[1], readonly=True) as archive:
    print(export_articles(archive, Path(sys.argv[2]), "parquet"))
told = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM")))
"""


def test_parquet_takes_the_same_memory_however_long_the_texts(tmp_path: Path) -> None:
    """In a process of its own, with all that pyarrow loads, pandas included; 4 million characters of text."""
    database = f"sqlite:///{tmp_path}/zspark.sqlite"
    with Archive.open(database) as archive:
        for number in range(1, 101):
            body = "".join(chr(0x4E00 + (number * 7919 + place * 104_729) % 20_000) for place in range(10_000)) * 4
            article = Article("nhtp", "news", str(number), f"http://park.example/{number}.html", body=body)
            archive.store(article, run_id=None, capture_id=None, now=NOW)
    command = [sys.executable, "-c", EXPORTED, database, str(tmp_path / "out.parquet")]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE).stdout.split()
    assert told[0] == "100"
    assert int(told[1]) * 1024 < 240_000_000


def test_parquet_reads_back_equal(archive: Archive) -> None:
    table = pyarrow.parquet.read_table(exported(archive, "out.parquet", "parquet", columns=RAW))
    types = {field.name: str(field.type) for field in table.schema}
    assert [types[name] for name in ("date", "time", "first_seen")] == [
        "date32[day]",
        "time32[ms]",
        "timestamp[ms, tz=UTC]",
    ]
    assert types["images"].startswith("list<") and "struct<url: string, caption: string" in types["images"]
    assert table.schema.field("title").metadata[b"chinese"].decode() == "标题"
    assert [plain(row) for row in table.to_pylist()] == kept(archive)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a typed table with the texts of the archive."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dt.datetime):
            found[name] = value.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif isinstance(value, dt.date | dt.time):
            found[name] = value.isoformat()
        elif isinstance(value, list):
            found[name] = [{k: v for k, v in each.items() if k not in ("sha256", "path") or v} for each in value]
        else:
            found[name] = value
    return found


def test_row_groups_are_bounded(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zsparkcrawl.export.as_parquet._GROUP_ROWS", 10)
    found = pyarrow.parquet.ParquetFile(exported(archive, "out.parquet", "parquet"))
    assert found.num_row_groups == -(-len(TEXTS) // 10)
    monkeypatch.setattr("zsparkcrawl.export.as_parquet._GROUP_CHARACTERS", 1)
    found = pyarrow.parquet.ParquetFile(exported(archive, "out.parquet", "parquet"))
    assert found.num_row_groups == len(TEXTS)


def test_sqlite_reads_back_equal(archive: Archive) -> None:
    path = exported(archive, "out.sqlite", "sqlite", columns=RAW)
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        rows = [dict(row) for row in database.execute("SELECT * FROM articles ORDER BY rowid")]
        joined = "SELECT count(*) FROM edits JOIN articles ON article_id = id WHERE field = 'title' AND rule = ?"
        assert database.execute(joined, ["annotations"]).fetchone()[0] == sum(text is not None for text in TEXTS)
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not list(database.execute("PRAGMA foreign_key_check"))
        meant = database.execute("SELECT chinese FROM columns WHERE \"table\" = 'articles' AND name = 'title_raw'")
        assert meant.fetchone()[0] == "标题（原文）"
    lists = ("attachments", "images", "attachments_raw", "images_raw")
    found = [{**row, **{name: json.loads(row[name]) for name in lists}} for row in rows]
    by_number = {row.pop("id"): row for row in found}
    assert sorted(by_number) == list(range(1, len(TEXTS) + 1))
    assert sorted(by_number.values(), key=lambda row: int(row["native_id"])) == sorted(
        kept(archive), key=lambda row: int(row["native_id"])
    )


def test_sqlite_has_what_was_kept_out(tmp_path: Path) -> None:
    spam = "亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区"
    with Archive.open(f"sqlite:///{tmp_path / 'z.sqlite'}") as archive:
        for number in (1, 2):
            article = clean(Article("nhtp", "news", str(number), f"u{number}", title="园区新闻", body=f"正文\n{spam}"))
            archive.store(article, run_id=None, capture_id=None, now=NOW)
        path = exported(archive, "out.sqlite", "sqlite", filters=Filters(), columns=("title",))
    with closing(sqlite3.connect(path)) as database:
        found = list(database.execute("SELECT article_id, phrase, pages FROM injections ORDER BY article_id"))
    assert found == [(1, spam, 2), (2, spam, 2)]


# -- for spreadsheets --


@given(st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TEXTS))
@example("'=")
def test_the_guard_is_undone_for_every_text(text: str | None) -> None:
    cell = guard(text)
    assert unguard(cell) == text
    assert cell.lstrip("\ufeff \u3000\x0b\x1c")[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


@given(st.text() | st.text("_x05FD\r"))
@example("_x005F_x000D_")
@example("_x0000\x1f")
def test_the_escape_is_undone_for_every_text(text: str) -> None:
    assert unescape(escape(text)) == text
    assert "\r" not in escape(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_no_two_texts_share_a_cell(text: str) -> None:
    assert guard(text) != guard(None)
    assert guard(guard(text)) != guard(text) or guard(text) == text


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    for text in ("园区新闻", "1207", "0", "a=b", "t20240506_7", "3号楼", "。"):
        assert guard(text) == text
    for text in ("01", "1" * 16, "3-5", "1,000", "1e5", "12:30", "2024年3月5日", "true", "50%", "０１"):
        assert guard(text) == f"'{text}"


SHORT = [text for text in TEXTS if text is None or len(text) < 10_000]


def test_the_csv_for_excel_unguards_to_the_original(tmp_path: Path) -> None:
    columns = ("title", "body", "source", "date", "edit_count", "first_seen", "images")
    with Archive.open(f"sqlite:///{tmp_path / 'z.sqlite'}") as archive:
        for number, text in enumerate(SHORT):
            archive.store(made(number, text), run_id=None, capture_id=None, now=NOW)
        table = exported(archive, "out.csv", "excel", columns=columns).read_bytes()
        rows = kept(archive, columns)
    assert table.startswith(b'\xef\xbb\xbf"title","body"')
    lines = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), strict=True))[1:]
    found = [dict(zip(columns, map(unguard, line), strict=True)) for line in lines]
    assert [{**row, "images": json.loads(row["images"] or "")} for row in found] == [
        {**row, "edit_count": str(row["edit_count"])} for row in rows
    ]
    assert {line[4] for line in lines} == {"0", "3"}  # numbers are not guarded


def test_a_text_that_no_cell_holds_is_refused_in_one_line(archive: Archive) -> None:
    out = Path("out.csv").absolute()
    with pytest.raises(ExportError, match=r"http://park.example/news/\d+: title has 90000 characters.* write a .xlsx"):
        export_articles(archive, out, "excel", columns=("url", "title"))
    assert not out.exists()


def cells(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_the_workbook_unescapes_to_the_original(archive: Archive) -> None:
    path = exported(archive, "out.xlsx", "excel", columns=RAW, headers="both")
    book = openpyxl.load_workbook(path)
    sheet, rest = book["articles"], book["continued"]
    assert (sheet.freeze_panes, sheet["D1"].value) == ("A2", "title 标题")
    assert all(cell.data_type in "snd" for row in sheet.iter_rows() for cell in row)  # no formula
    assert not sheet._hyperlinks
    more: dict[tuple[int, str], str] = {}
    for row, label, part, text in cells(rest):
        more[row, label] = more.get((row, label), "") + unescape(text)
        assert part >= 2 and cell_length(text) <= CELL_LONGEST
    labels = [cell.value for cell in sheet[1]]
    for number, (line, meant) in enumerate(zip(cells(sheet), kept(archive), strict=True), 2):
        for label, value, (name, wanted) in zip(labels, line, meant.items(), strict=True):
            kind = article_columns()[name].kind
            if kind in ("text", "list"):
                text = None if value is None else unescape(value) + more.pop((number, label), "")
                assert (json.loads(text or "") if kind == "list" else text) == wanted
    assert not more
    first = next(row for row in kept(archive) if row["date"])
    dated = next(line for line in cells(sheet) if line[2])
    assert dated[2] == dt.datetime.fromisoformat("2024-05-06")
    assert dated[labels.index("time 时间")] == dt.time(8, 5, 9)
    assert dated[labels.index("first_seen 首次见到")] == dt.datetime.fromisoformat("2026-11-22T08:30")
    assert dated[labels.index("edit_count 修改处数")] == first["edit_count"]


def test_a_formula_like_cell_stays_text_when_it_is_edited(archive: Archive) -> None:
    sheet = openpyxl.load_workbook(exported(archive, "out.xlsx", "excel"))["articles"]
    (cell,) = (row[3] for row in sheet.iter_rows() if row[3].value == "=1+1")
    assert (cell.data_type, cell.quotePrefix) == ("s", 1)


def test_a_day_before_the_calendar_of_excel_is_text(tmp_path: Path) -> None:
    with Archive.open(f"sqlite:///{tmp_path / 'z.sqlite'}") as archive:
        archive.store(
            Article("nhtp", "news", "1", "u", date=dt.date(1899, 1, 2)), run_id=None, capture_id=None, now=NOW
        )
        sheet = openpyxl.load_workbook(exported(archive, "out.xlsx", "excel", columns=("date",)))["articles"]
    assert sheet["A2"].value == "1899-01-02"


def test_a_workbook_tells_no_clock(archive: Archive) -> None:
    with zipfile.ZipFile(exported(archive, "out.xlsx", "excel")) as book:
        assert {each.date_time[0] for each in book.infolist()} == {1980}
        assert b"1980-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_libreoffice_shows_chinese(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    texts = ["园区新闻😀", "=1+1", "a\tb", "-5", "<r>x</r>", "_x000D_", "第一段\n第二段"]
    with Archive.open(f"sqlite:///{tmp_path / 'z.sqlite'}") as archive:
        for number, text in enumerate(texts):
            archive.store(
                Article("nhtp", "news", str(number), f"u{number}", title=text), run_id=None, capture_id=None, now=NOW
            )
        book = exported(archive, "out.xlsx", "excel", columns=("native_id", "title"), headers="zh")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    told = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    command = [office, profile, "--headless", "--convert-to", told, "--outdir", str(tmp_path / "shown"), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    (shown,) = (tmp_path / "shown").iterdir()
    lines = list(csv.reader(io.StringIO(shown.read_text("utf-8-sig"), newline="")))
    assert lines == [["原站编号", "标题"], *([str(number), text] for number, text in enumerate(texts))]


# -- all of them --


def suffix(form: str) -> str:
    return ".xlsx" if form == "excel" else f".{form}"


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_archive_gives_the_same_bytes(archive: Archive, form: str) -> None:
    first = exported(archive, f"a{suffix(form)}", form, columns=RAW).read_bytes()
    assert exported(archive, f"b{suffix(form)}", form, columns=RAW).read_bytes() == first


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("archive")
def test_a_full_disk_is_one_line_and_leaves_nothing(database: str, form: str) -> None:
    folder = Path("out").absolute()
    folder.mkdir()
    program = (
        "import resource, sys, warnings; from pathlib import Path; from zsparkcrawl.archive import Archive; "
        "from zsparkcrawl.export import export_articles, ExportError\n"
        "warnings.simplefilter('error')\n"
        "with Archive.open(sys.argv[1], readonly=True) as archive:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))\n"
        "    try: export_articles(archive, Path(sys.argv[2]), sys.argv[3])\n"
        "    except ExportError as error: sys.exit(f'told: {error}')"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    out = folder / f"a{suffix(form)}"
    process = Process(program, [database, out, form])
    _, told = process.communicate()
    assert (process.returncode, told.count("\n"), told[:12]) == (1, 1, "told: cannot"), told
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("form", ["excel", "sqlite"])
def test_what_needs_a_file_takes_no_device(archive: Archive, form: Any) -> None:
    with pytest.raises(ExportError, match="full"):
        export_articles(archive, Path("/dev/full"), form)
    with pytest.raises(FormError):
        export_articles(archive, Path("/dev/full.txt"), "excel")
    with pytest.raises(FormError, match="stream"):
        export_articles(archive, io.BytesIO(), "sqlite")


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_selection_is_a_table(archive: Archive, form: str) -> None:
    path = exported(archive, f"a{suffix(form)}", form, filters=Filters(section="notices"), columns=("title", "date"))
    assert path.stat().st_size > 0 or form == "jsonl"


@pytest.mark.parametrize("form", ["csv", "excel", "json", "jsonl", "parquet"])
def test_headers_are_of_the_language_asked_for(archive: Archive, form: str) -> None:
    columns = ("native_id", "date")
    path = exported(archive, "a.csv" if form == "excel" else f"a.{form}", form, columns=columns, headers="zh")
    if form == "parquet":
        assert pyarrow.parquet.read_schema(path).names == ["原站编号", "日期"]
        return
    text = path.read_text("utf-8-sig")
    assert text.startswith(
        {"csv": "原站编号,日期\n", "excel": '"原站编号","日期"\n'}.get(
            form, ("[\n" * (form == "json")) + '{"原站编号": '
        )
    )


def test_a_database_keeps_its_names(archive: Archive) -> None:
    with pytest.raises(FormError, match="keeps the names"):
        exported(archive, "a.sqlite", "sqlite", headers="zh")


def test_every_column_is_described_in_both_languages() -> None:
    for table in DESCRIBED_TABLES:
        assert [column.name for column in described(table)] == metadata.tables[table].columns.keys()
        for column in described(table):
            assert column.meaning and column.chinese and column.meaning_chinese, column
        assert len({column.chinese for column in described(table)}) == len(described(table))
    assert set(COLUMNS) <= set(article_columns())
    assert len({column.chinese for column in article_columns().values()}) == len(article_columns())
