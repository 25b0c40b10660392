"""The package: what a paper can cite is whole, says what it is, and is the same each time."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pyarrow.parquet
import pytest
import yaml
from click.testing import CliRunner

from tests.raw import url_of
from tests.test_export import NASTY, parsed
from zsparkcrawl.archive import Archive, Captured, Filters, Frontier, Listed, Scope, Visited, Wanted
from zsparkcrawl.archive.crawling.offers import FileBytes, Placed, enter_bytes
from zsparkcrawl.archive.crawling.visits import Standing, stand_after
from zsparkcrawl.archive.files.store import FileStore, path_of
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Damage, Edit
from zsparkcrawl.items import Article, Attachment, Diagnosis, Image, Injection
from zsparkcrawl.package import BY_ARTICLE, NothingPackedError, PackageError, Said, make_package
from zsparkcrawl.package.citation import yaml as as_yaml
from zsparkcrawl.package.folder import checksums, digests, whole_folder
from zsparkcrawl.package.tables import TABLES, table_named
from zsparkcrawl.rules import RULES

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOME = "http://www.nhtp.org"
TEXTS = [*NASTY, "007", "1e5", "true", "a\r\nb\nc\rd", "'x'", "a\u2028b", "null", "园区\x0b\x1f", "字" * 140_000]
FILE = b"%PDF-1.4 made up"
SHA256 = hashlib.sha256(FILE).hexdigest()


def article(number: int, text: str | None, **more: Any) -> Article:
    """An article with a text everywhere, an edit, damage and something foreign on its page."""
    body = f"园区?{text or ''}"
    found = Article(
        "nhtp",
        "news",
        str(number),
        f"{HOME}/news/{number}.html",
        title=text,
        author=text,
        source="园区" if number % 2 else None,
        date=dt.date(2024, 1 + number % 9, 6) if number % 3 else None,
        date_missing=None if number % 3 else "absent",
        time=dt.time(8, 5, 9) if number % 3 else None,
        body=body,
        images=(Image(f"{HOME}/{number}.jpg", text),),
        charset="gbk",
        diagnosis=Diagnosis() if number % 2 else None,
        edits={"body": (Edit("gbk", 0, "=國區原", "园区", "inferred"), Edit("entities", 2, "&amp;?", "?"))},
        damaged={"body": (Damage(2, 3, "an ASCII character was lost here"), Damage(0, 1, "doubtful, perhaps: 干"))},
        injections=(Injection("hidden", f"彩票 {number % 4}", "spam.example", "div"), Injection("junk", text or "x")),
    )
    return replace(found, **more)


def capture(archive: Archive, number: int, run_id: int | None = None) -> int:
    place = Captured(
        f"{HOME}/news/{number}.html", NOW, 200, "text/html", "a.warc.gz", 1000 * number, 900, f"sha1:{number}"
    )
    return archive.add_capture(place, run_id=run_id)


def fill(archive: Archive, numbers: list[int], data: Path | None = None) -> None:
    """Articles in this order, a second version of one, an article without a number, a file, rows of a listing. The
    data folder is the one in which SQLite's file lies, unless told."""
    run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
    for number in numbers:
        held = capture(archive, number, run)
        archive.store(article(number, TEXTS[number]), run_id=run, capture_id=held, now=NOW)
    archive.store(article(3, "改过的标题"), run_id=run, capture_id=None, now=NOW + DAY)
    for name in sorted("ab", reverse=numbers[0] != 0):
        unnumbered = article(1, "无编号", section=None, native_id=None, url=f"{HOME}/{name}.html")
        archive.store(unnumbered, run_id=run, capture_id=None, now=NOW)
    frontier = archive.frontier(Scope(run, "nhtp", "news"), Wanted())
    listing(frontier, [500, 501])
    with_file(archive, frontier, 600, FileStore(data or Path(archive.name).parent))
    archive.end_run(run, state="good", reason="done", counts={}, ended=NOW + DAY)


def listing(frontier: Frontier, numbers: list[int]) -> None:
    frontier.begin([f"{HOME}/news/"], lambda first, trusting: {"first": first, "trusting": trusting}, NOW)
    (lease,) = frontier.lease(NOW, 1)
    rows = [Listed(f"{HOME}/news/{number}.html", 'a "b",\nc', dt.date(2024, 1, 1)) for number in numbers]
    frontier.listed(Visited(lease, Standing("read", visits=1)), f"{HOME}/news/", rows, lambda _: (), NOW)


def with_file(archive: Archive, frontier: Frontier, number: int, files: FileStore) -> None:
    """An article whose attachment came."""
    url = f"{HOME}/news/{number}.html"
    frontier.name(iter([url]), NOW)
    (lease,) = [each for each in frontier.lease(NOW, 99) if each.url == url]
    offered = article(number, "带附件", attachments=(Attachment("附件,1", f"{HOME}/up/1.pdf"),), images=())
    visited = frontier, Visited(lease, stand_after(lease.standing, "read", NOW))
    archive.store(offered, run_id=None, capture_id=None, now=NOW, visited=visited, offering=Placed)
    (waiting,) = frontier.lease(NOW, 9, files=True)
    came = FileBytes(files.put(FILE), path_of(SHA256), len(FILE), "pdf", "1.pdf")
    with archive._writing() as connection:
        enter_bytes(connection, waiting.id, came, "2026-11-22T08:30:00Z")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder."""
    folder = tmp_path_factory.mktemp("filled")
    with Archive.open(url_of(folder)) as archive:
        fill(archive, list(range(len(TEXTS))))
    return folder


@pytest.fixture
def archive(filled: Path) -> Iterator[Archive]:
    with Archive.open(url_of(filled), readonly=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def packed(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packed") / "package"
    with Archive.open(url_of(filled), readonly=True) as opened:
        make_package(opened, out, said=Said('园区 "news": a | b', ("A. Maker", "某研究所"), "CC-BY-4.0"))
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(folder / "data" / f"{name}.parquet").to_pylist()
    return found


def descriptor(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return found


# -- what is in it --


def test_frictionless_finds_nothing_amiss(packed: Path) -> None:
    report = frictionless.Package(str(packed / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "message"])[:5]
    assert report.stats["tasks"] == len(TABLES)
    assert {task.name: task.stats.get("rows", 0) for task in report.tasks}["articles"] == len(TEXTS) + 3


@pytest.mark.parametrize(
    ("table", "change", "fault"),
    [
        ("edits", (b",inferred\r\n", b",guessed\r\n"), "constraint-error"),
        ("edits", (b"nhtp/news/7,1,", b"nhtp/news/77777,1,"), "foreign-key"),
        ("articles", (b"nhtp/news/7,", b"nhtp/news/8,"), "primary-key"),
        ("articles", (b",2024-05-06,", b",2024-05-36,"), "type-error"),
        ("captures", (b",200,", b",201,"), "hash-count"),
    ],
)
def test_frictionless_finds_what_is_amiss(
    packed: Path, tmp_path: Path, table: str, change: tuple[bytes, bytes], fault: str
) -> None:
    """The schema says enough to find a fault: a package that validates whatever it holds would prove nothing."""
    broken = tmp_path / "broken"
    shutil.copytree(packed, broken)
    path = broken / "data" / f"{table}.csv"
    assert change[0] in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(*change, 1))
    report = frictionless.Package(str(broken / "datapackage.json")).validate()
    assert fault in {error.type for task in report.tasks for error in task.errors}


def test_csv_and_parquet_have_the_same_rows(packed: Path) -> None:
    for name in TABLES:
        head, *lines = parsed((packed / "data" / f"{name}.csv").read_bytes())
        found = rows(packed, name)
        assert head == [column.name for column in table_named(name).columns]
        assert len(lines) == len(found)
        for column, place in ((c, i) for i, c in enumerate(table_named(name).columns)):
            cells = [line[place] for line in lines]
            if column.kind in ("text", "object"):
                assert cells == [row[column.name] for row in found], (name, column.name)
            else:
                assert [cell is None for cell in cells] == [row[column.name] is None for row in found]


def test_null_and_empty_text_are_two(packed: Path) -> None:
    titles = {row["article"]: row["title"] for row in rows(packed, "articles")}
    assert [titles[f"nhtp/news/{number}"] for number in range(len(TEXTS)) if number != 3] == [
        text for number, text in enumerate(TEXTS) if number != 3
    ]
    resource_of = {each["name"]: each for each in descriptor(packed)["resources"]}
    assert "Parquet" in resource_of["articles"]["description"]


def test_the_edits_lead_back_to_the_page(packed: Path) -> None:
    """The program of the README, run as it stands there."""
    program = re.search(r"```python\n(.*?)```", (packed / "README.md").read_text("utf-8"), re.DOTALL)
    assert program is not None
    names: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(packed)
    try:
        exec(program[1], names)  # noqa: S102 - it is the project's own
    finally:
        os.chdir(before)
    found = {row["article"]: row for _, row in names["articles"].iterrows()}
    assert names["page_text"](found["nhtp/news/7"]) == f"=國區原&amp;?{TEXTS[7]}"
    assert names["page_text"](found["nhtp/news/0"], "title") == ""


def test_every_table_names_rows_that_are_there(packed: Path) -> None:
    assert {row["article"] for row in rows(packed, "articles")} >= {f"{HOME}/a.html", "nhtp/news/600"}
    assert [row["version"] for row in rows(packed, "versions") if row["article"] == "nhtp/news/3"] == [1, 2]
    (file,) = [row for row in rows(packed, "files") if row["kind"] == "attachment"]
    assert (file["name"], file["sha256"], file["size"], file["type"]) == ("附件,1", SHA256, len(FILE), "pdf")
    held = {row["capture"]: row for row in rows(packed, "captures")}
    (seven,) = [row for row in rows(packed, "versions") if row["article"] == "nhtp/news/7"]
    assert (held[seven["capture"]]["digest"], held[seven["capture"]]["offset"]) == ("sha1:7", 7000)
    assert not (packed / "files").exists()


def test_what_is_missing_is_told(packed: Path) -> None:
    unstored = rows(packed, "unstored")
    assert {(row["url"], row["account"], row["title"]) for row in unstored} == {
        (f"{HOME}/news/{number}.html", "waiting", 'a "b",\nc') for number in (500, 501)
    }
    numbers = [row for row in rows(packed, "missing") if row["kind"] == "numbers"]
    assert [(row["first"], row["last"], row["number"]) for row in numbers] == [
        (str(len(TEXTS)), "599", 600 - len(TEXTS))
    ]
    coverage = rows(packed, "coverage")
    assert sum(row["articles"] for row in coverage) == len(TEXTS) + 3
    gaps = [row["month"] for row in coverage if row["section"] == "news" and not row["articles"]]
    months = [row for row in rows(packed, "missing") if row["kind"] == "months"]
    assert sum(row["number"] for row in months) == len(gaps)
    assert gaps, "the fixture leaves months out"


def test_the_figures_are_those_of_the_rows(packed: Path) -> None:
    quality = json.loads((packed / "quality.json").read_text("utf-8"))
    articles, versions = rows(packed, "articles"), rows(packed, "versions")
    total = quality["total"]
    latest = {(row["article"], row["version"]) for row in articles}
    edits = [row for row in rows(packed, "edits") if (row["article"], row["version"]) in latest]
    for certainty in ("certain", "inferred"):
        own = [row for row in edits if row["certainty"] == certainty]
        assert total[certainty] == {
            "edits": len(own),
            "before": sum(len(row["before"]) for row in own),
            "after": sum(len(row["after"]) for row in own),
        }
    texts = [row[name] for row in articles for name in ("title", "author", "source", "body") if row[name]]
    texts += [item[name] for row in articles for kind, name in (("attachments", "name"), ("images", "caption"))
              for item in row[kind] if item[name]]  # fmt: skip
    assert (total["texts"], total["characters"]) == (len(texts), sum(map(len, texts)))
    shown = [row for row in versions if (row["article"], row["version"]) in latest]
    assert total["damaged"] == {"spots": len(shown), "characters": len(shown)}
    assert total["doubtful"] == {"spots": len(shown), "characters": len(shown)}
    assert quality["undated"] == {"absent": sum(row["date"] is None for row in articles)}
    for name in ("fields", "hosts"):
        assert sum(each["characters"] for each in quality[name]) == total["characters"]
        assert sum(each["certain"]["edits"] for each in quality[name]) == total["certain"]["edits"]
    assert quality["rows"] == {name: len(rows(packed, name)) for name in TABLES}
    assert {each["family"] for each in quality["spam"]} >= {"gambling"}
    assert sum(each["versions"] for each in quality["programs"]) == len(versions)


def test_the_dictionary_has_every_column_in_both_languages(packed: Path) -> None:
    with (packed / "data" / "dictionary.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    told = {(row["table"], row["column"]): row for row in found}
    for each in descriptor(packed)["resources"]:
        for field in each["schema"]["fields"]:
            row = told.pop((each["name"], field["name"]))
            assert row["type"] == field["type"]
            assert row["meaning"] and re.search("[\u4e00-\u9fff]", row["meaning_chinese"]), row
    assert not told
    shown = (packed / "DICTIONARY.md").read_text("utf-8")
    assert all(f"## {name} " in shown for name in TABLES)


def test_the_readme_is_whole(packed: Path) -> None:
    text = (packed / "README.md").read_text("utf-8")
    assert "$" not in text
    assert all(f"`{name}`" in text for name in (*TABLES, *RULES))
    assert "A. Maker; 某研究所" in text
    for target in re.findall(r"\]\((?!#)([^)]+)\)", text):
        assert (packed / target).exists(), target
    for line in text.splitlines():
        assert "\t" not in line
        assert "None" not in line.split(), line


# -- how it is cited --


def test_the_citation_is_valid(packed: Path) -> None:
    cited = yaml.safe_load((packed / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()  # what CFF 1.2.0 requires
    known = {"cff-version", "message", "title", "authors", "type", "version", "date-released", "abstract", "keywords",
             "license", "references"}  # fmt: skip
    assert cited.keys() <= known
    assert (cited["cff-version"], cited["type"], cited["license"]) == ("1.2.0", "dataset", "CC-BY-4.0")
    assert cited["authors"] == [{"name": "A. Maker"}, {"name": "某研究所"}]
    assert cited["title"] == '园区 "news": a | b'
    assert cited["date-released"] == "2026-11-23"
    assert isinstance(cited["version"], str)
    for each in cited["references"]:
        assert {"authors", "title", "type"} <= each.keys()


def test_nobody_is_invented(archive: Archive, tmp_path: Path) -> None:
    make_package(archive, tmp_path / "p", filters=Filters(text="无编号"))
    cited = yaml.safe_load((tmp_path / "p" / "CITATION.cff").read_text("utf-8"))
    (author,) = cited["authors"]
    assert author["name"].startswith("zsparkcrawl ")
    assert "license" not in cited
    described = descriptor(tmp_path / "p")
    assert "licenses" not in described
    assert [each["roles"] for each in described["contributors"]] == [["wrangler"]]
    assert "without a stated licence" in (tmp_path / "p" / "LICENSE.md").read_text("utf-8")


def test_any_words_are_a_licence(archive: Archive, tmp_path: Path) -> None:
    make_package(archive, tmp_path / "p", said=Said(licence="ask\nme first"), filters=Filters(text="无编号"))
    assert descriptor(tmp_path / "p")["licenses"] == [{"path": "LICENSE.md", "title": "ask me first"}]
    assert "license" not in yaml.safe_load((tmp_path / "p" / "CITATION.cff").read_text("utf-8"))
    assert frictionless.Package(str(tmp_path / "p" / "datapackage.json")).validate().valid


@pytest.mark.parametrize("text", [*TEXTS[1:-1], "a\x85b\u2029c", ": #", "- a", "\U000e0001", "\x7f"])
def test_any_text_is_yaml(text: str) -> None:
    told = {"title": text, "authors": [{"name": text, "references": [{"name": text}]}], "keywords": [text]}
    assert yaml.safe_load(as_yaml(told)) == told


def test_the_checksums_fit(packed: Path) -> None:
    ended = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=packed, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    named = {line.partition("  ")[2] for line in (packed / "SHA256SUMS").read_text("utf-8").splitlines()}
    assert named == set(contents(packed)) - {"SHA256SUMS"}
    assert checksums(digests(packed)) == (packed / "SHA256SUMS").read_bytes()


# -- the same archive, the same package --


def made(archive_at: Path | str, out: Path, **more: Any) -> dict[str, bytes]:
    with Archive.open(url_of(archive_at), readonly=True) as archive:
        make_package(archive, out, **more)
    return contents(out)


def test_the_same_archive_gives_the_same_package(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(filled, tmp_path / "first")
    copy = tmp_path / "elsewhere" / "other.sqlite"
    copy.parent.mkdir()
    with closing(sqlite3.connect(filled / "zspark.sqlite")) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    assert made(f"sqlite:///{copy}", Path("second")) == first


def test_neither_the_order_of_writing_nor_the_database_shows(filled: Path, database: str, tmp_path: Path) -> None:
    with Archive.open(database) as archive:
        fill(archive, list(reversed(range(len(TEXTS)))), tmp_path)
    repaired = Filters(since=dt.date(2024, 3, 1), as_of=NOW.date(), repaired=True)
    for name, filters in (("all", Filters()), ("some", repaired)):
        first = made(filled, tmp_path / f"{name} first", filters=filters)
        second = made(database, tmp_path / f"{name} second", filters=filters)
        assert {name for name in first if first[name] != second[name]} == set()
        assert first.keys() == second.keys()


def test_another_text_is_another_version(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    with Archive.open(url_of(copy)) as archive:
        archive.store(article(700, "新"), run_id=None, capture_id=None, now=NOW)
    made(filled, tmp_path / "a")
    made(copy, tmp_path / "b")
    versions = [descriptor(tmp_path / name)["version"] for name in "ab"]
    assert [version.partition("+")[0] for version in versions] == ["2026.11.23", "2026.11.23"]
    assert len(set(versions)) == 2
    assert {descriptor(tmp_path / name)["created"] for name in "ab"} == {"2026-11-23T08:30:00Z"}


def test_a_zip_has_the_same_files_and_bytes(archive: Archive, tmp_path: Path) -> None:
    for name in "ab":
        make_package(archive, tmp_path / name, zipped=tmp_path / f"{name}.zip", filters=Filters(section="news"))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        found = {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}
        assert {name.partition("/")[0] for name in packed.namelist()} == {"zsparkcrawl-nhtp"}
    assert found == contents(tmp_path / "a")


# -- a selection --


def test_a_selection_stands_by_itself(archive: Archive, tmp_path: Path) -> None:
    for number, filters in enumerate(
        (
            Filters(since=dt.date(2024, 3, 1), until=dt.date(2024, 5, 31)),
            Filters(as_of=NOW.date()),
            Filters(text="带附件"),
            Filters(section="news", repaired=True, gone=False),
        )
    ):
        out = tmp_path / str(number)
        assert make_package(archive, out, filters=filters).articles == archive.count(filters)
        report = frictionless.Package(str(out / "datapackage.json")).validate()
        assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "message"])[:5]
        keys = {row["article"] for row in rows(out, "articles")}
        for name in ("versions", "edits", "injection_pages", "files"):
            assert {row["article"] for row in rows(out, name)} <= keys
        assert {row["injection"] for row in rows(out, "injections")} == {
            row["injection"] for row in rows(out, "injection_pages")
        }
        quality = json.loads((out / "quality.json").read_text("utf-8"))
        assert quality["headline"]["articles"] == len(keys) == sum(row["articles"] for row in rows(out, "coverage"))
        assert sum(each["versions"] for each in quality["programs"]) == len(rows(out, "versions"))
        shown = {(row["article"], row["version"]) for row in rows(out, "articles")}
        edits = [row for row in rows(out, "edits") if (row["article"], row["version"]) in shown]
        assert quality["total"]["certain"]["edits"] == sum(row["certainty"] == "certain" for row in edits) > 0
        assert quality["headline"]["edits"] == len(edits)
        assert sum(each["injections"] for each in quality["spam"]) == len(rows(out, "injections")) > 0
    assert {row["version"] for row in rows(tmp_path / "1", "versions")} == {1}
    assert descriptor(tmp_path / "1")["created"] == "2026-11-22T08:30:00Z"
    assert descriptor(tmp_path / "0")["selection"] == {"since": "2024-03-01", "until": "2024-05-31"}
    assert len(rows(tmp_path / "2", "articles")) == 1
    assert "since: 2024-03-01; until: 2024-05-31" in (tmp_path / "0" / "README.md").read_text("utf-8")


def test_the_bytes_of_files_come_along(archive: Archive, filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "p"
    make_package(archive, out, data=filled)
    assert (out / path_of(SHA256)).read_bytes() == FILE
    assert path_of(SHA256) in (out / "SHA256SUMS").read_text("utf-8")
    lost = tmp_path / "lost"
    with pytest.raises(PackageError, match="is not there"):
        make_package(archive, lost, data=tmp_path)
    (tmp_path / path_of(SHA256)).parent.mkdir(parents=True)
    (tmp_path / path_of(SHA256)).write_bytes(b"other bytes")
    with pytest.raises(PackageError, match="other bytes"):
        make_package(archive, lost, data=tmp_path)
    assert not lost.exists()


# -- a folder is whole or not there --


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_takes_the_place_of_an_older_package_only(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "p"
    out.mkdir()
    first = make_package(archive, out, filters=Filters(text="带附件"))  # an empty folder is free
    assert make_package(archive, out).version != first.version
    assert names(tmp_path) == ["p"]
    before = contents(out)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(PackageError, match=r"notes\.txt"):
        make_package(archive, out)
    assert contents(out) == {**before, "notes.txt": b"mine"}
    assert names(tmp_path) == ["p"]


def test_what_is_something_else_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "datapackage.json").write_text("{}")
    (tmp_path / "holds").mkdir()
    (tmp_path / "holds" / "empty").mkdir()
    for name, told in (
        ("file", "no folder"),
        ("folder", "no package"),
        ("holds", "no package"),
        ("nowhere/p", "No such file"),
        ("file/p", "Not a directory"),
    ):
        with pytest.raises(PackageError, match=told) as caught:
            make_package(archive, tmp_path / name)
        assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["file", "folder", "holds"]


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("bug")])
def test_a_failure_leaves_what_was_there(tmp_path: Path, fault: BaseException) -> None:
    out = tmp_path / "p"
    out.mkdir()
    for name in ("datapackage.json", "SHA256SUMS"):
        (out / name).write_text("00  datapackage.json\n")
    before = contents(out)
    with pytest.raises(type(fault)), whole_folder(out) as folder:
        (folder / "data").mkdir()
        (folder / "data" / "a.csv").write_text("half")
        raise fault
    assert contents(out) == before
    assert names(tmp_path) == ["p"]


def test_a_name_that_cannot_be_given_brings_the_old_package_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "p"
    out.mkdir()
    for name in ("datapackage.json", "SHA256SUMS"):
        (out / name).write_text("00  datapackage.json\n")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"), whole_folder(out) as folder:
        (folder / "new").write_text("")
    assert names(tmp_path) == ["p"]
    assert names(out) == ["SHA256SUMS", "datapackage.json"]


def test_a_full_disk_is_one_line_and_leaves_nothing(filled: Path, tmp_path: Path) -> None:
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))\n"
        "from zsparkcrawl.cli import main; main(sys.argv[1:])"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    given = ["package", str(tmp_path / "p"), "--zip", str(tmp_path / "p.zip"), "--database", url_of(filled)]
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *given],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert ended.returncode == 1
    assert (ended.stderr.count("\n"), ended.stderr.startswith("zsparkcrawl: cannot write")) == (1, True), ended.stderr
    assert names(tmp_path) == []


def test_a_zip_that_cannot_be_written_leaves_no_folder(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="cannot write") as caught:
        make_package(archive, tmp_path / "p", zipped=tmp_path / "missing" / "p.zip", filters=Filters(text="带附件"))
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == []


def test_nothing_to_package_is_told(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(NothingPackedError, match="of this kind"):
        make_package(archive, tmp_path / "p", filters=Filters(text="没有这样的文章"))
    with Archive.open(f"sqlite:///{tmp_path / 'empty.sqlite'}"):
        pass
    ended = CliRunner().invoke(
        main, ["package", str(tmp_path / "p"), "--database", f"sqlite:///{tmp_path / 'empty.sqlite'}"]
    )
    assert ended.exit_code == 1
    assert (ended.output.count("\n"), "crawl first" in ended.output) == (1, True)
    assert not (tmp_path / "p").exists()


def test_one_state_of_the_archive_is_packaged(database: str, tmp_path: Path) -> None:
    """A crawl that goes on meanwhile does not show."""
    with Archive.open(database) as archive:
        fill(archive, list(range(9)), tmp_path)
    expected = made(database, tmp_path / "before")
    steps = 0
    with Archive.open(database) as writer, Archive.open(database, readonly=True) as reader:

        def step() -> None:
            nonlocal steps
            steps += 1
            if steps % 30 == 7:
                writer.store(article(800 + steps, "新"), run_id=None, capture_id=None, now=NOW + 9 * DAY)

        make_package(reader, tmp_path / "meanwhile", step=step)
        assert writer.count() > 9 + 3
        assert steps == BY_ARTICLE * (9 + 3)
    assert contents(tmp_path / "meanwhile") == expected


def test_the_command_takes_all_that_can_be_said(filled: Path, tmp_path: Path) -> None:
    given = ["--title", "标题", "--creator", "甲", "--creator", "乙", "--licence", "CC0-1.0", "--section", "news"]
    database = ["--database", url_of(filled)]
    ended = CliRunner().invoke(main, ["package", str(tmp_path / "p"), *given, *database])
    assert ended.exit_code == 0, ended.output
    told = descriptor(tmp_path / "p")
    assert (told["title"], told["licenses"]) == ("标题", [{"name": "CC0-1.0", "title": "CC0-1.0"}])
    assert [each["title"] for each in told["contributors"]][:2] == ["甲", "乙"]
    assert told["selection"] == {"section": "news"}
    ended = CliRunner().invoke(main, ["package", str(tmp_path / "q"), "--section", "nonsense", *database])
    assert (ended.exit_code, names(tmp_path)) == (2, ["p"])
