"""The commands export, show, status and reread, as somebody at a terminal or in a pipe meets them."""

from __future__ import annotations

import datetime as dt
import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.raw import change
from zsparkcrawl.archive import Archive, captures_folder, database_url
from zsparkcrawl.archive.warc.captures import CaptureWriter
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Damage, Edit
from zsparkcrawl.items import Article, Injection

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)

ARTICLE = Article(
    "nhtp",
    "news",
    "1207",
    "http://www.nhtp.org/news/1207.html",
    title="产业园区\x1b[31m发展",
    date=dt.date(2019, 2, 19),
    source="健康报",
    body="第一段\n第\x1b]0;二段",
    edits={"title": (Edit("annotations", 1, "(fā)", ""), Edit("units", 0, "a", "b", "inferred"))},
    damaged={"body": (Damage(0, 2, "lost"),)},
    injections=(Injection("hidden", "赌\n博", "bad.example"),),
)


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ZSPARK_DATABASE", raising=False)
    return dict(os.environ)


@pytest.fixture
def archive(environ: dict[str, str]) -> Iterator[Archive]:
    with Archive.open(database_url(environ)) as opened:
        yield opened


@pytest.fixture
def on_both(database: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive that all commands take, once in SQLite and once on PostgreSQL."""
    monkeypatch.setenv("ZSPARK_DATABASE", database)
    environ["ZSPARK_DATABASE"] = database
    with Archive.open(database) as opened:
        yield opened


@pytest.fixture
def filled(archive: Archive) -> Archive:
    run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
    archive.store(ARTICLE, run_id=run, capture_id=None, now=NOW)
    archive.end_run(run, state="good", reason="finished [b]well", counts={"new": 1}, ended=NOW)
    return archive


def zspark(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def said(result: Result, code: int) -> str:
    """The one line of a refusal."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("zsparkcrawl: ")
    return line


# -- export --


@pytest.mark.usefixtures("filled")
def test_export_to_standard_output_and_to_a_file(tmp_path: Path) -> None:
    result = zspark("export", "csv", "--columns", "native_id,date,author")
    assert (result.exit_code, result.stdout_bytes) == (0, b"native_id,date,author\r\n1207,2019-02-19,\r\n")
    assert zspark("export", "csv", "-o", "-").stdout_bytes == zspark("export", "csv").stdout_bytes
    out = tmp_path / "out.json"
    result = zspark("export", "json", "-o", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"1 articles in {out}\n")
    (row,) = json.loads(out.read_text("utf-8"))
    assert (row["title"], row["edit_count"]) == (ARTICLE.title, 2)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("filters", "number"),
    [
        (["--section", "news"], 1),
        (["--section", "notices"], 0),
        (["--since", "2019-02-19", "--until", "2019-02-19"], 1),
        (["--since", "2019-02-20"], 0),
        (["--until", "2019-02-18"], 0),
        (["--text", "第一"], 1),
        (["--text", "产业发展"], 0),
    ],
)
def test_export_takes_filters(filters: list[str], number: int) -> None:
    result = zspark("export", "jsonl", *filters)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == number


@pytest.mark.usefixtures("filled")
def test_export_refuses_in_one_line(tmp_path: Path) -> None:
    assert "cannot write" in said(zspark("export", "csv", "-o", tmp_path / "missing" / "a.csv"), 1)
    assert "2019-13-01" in zspark("export", "csv", "--since", "2019-13-01").stderr
    assert zspark("export", "xml").exit_code == 2


# -- faults that all commands share --


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("command", [("export", "csv"), ("show", "1"), ("status",)])
def test_reading_commands_make_no_database(command: tuple[str, ...], tmp_path: Path) -> None:
    assert "no database at" in said(zspark(*command), 1)
    assert "no database at" in said(zspark(*command, "--database", f"sqlite:///{tmp_path / 'other'}"), 1)
    assert list(tmp_path.iterdir()) == []


def test_another_database_can_be_named(filled: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "elsewhere"))
    assert zspark("show", "1", "--database", f"sqlite:///{filled.name}").exit_code == 0
    monkeypatch.setenv("ZSPARK_DATABASE", f"sqlite:///{filled.name}")
    assert zspark("show", "1").exit_code == 0


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_reader_that_leaves_early_is_no_fault(archive: Archive, environ: dict[str, str], form: str) -> None:
    for number in range(4):
        article = Article("nhtp", "news", str(number), f"http://x.example/{number}", body="长" * 100_000)
        archive.store(article, run_id=None, capture_id=None, now=NOW)
    command = [sys.executable, "-W", "error", "-c", "from zsparkcrawl.cli import main; main()", "export", form]
    code_folder = str(Path(__file__).parent.parent)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**environ, "PYTHONPATH": code_folder}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""


# -- show and status --


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("key", ["1", "news/1207", "http://www.nhtp.org/news/1207.html"])
def test_show(key: str) -> None:
    result = zspark("show", key)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "date             2019-02-19" in lines
    assert "第一段" in lines
    assert "1 edits of title: annotations, certain" in lines
    assert "1 edits of title: units, inferred" in lines
    assert "kept out: hidden bad.example '赌\\n博'" in lines
    assert not any(line.startswith("author") for line in lines)
    assert "\x1b" not in result.stdout  # what a page says must not steer the terminal
    found = json.loads(zspark("show", key, "--json").stdout)
    assert (found["title"], found["author"], len(found["edits"])) == (ARTICLE.title, None, 2)
    assert found["edits"][0]["before"] == "(fā)"
    assert found["injections"][0]["domain"] == "bad.example"


@pytest.mark.usefixtures("filled")
def test_show_what_is_not_there() -> None:
    assert "no article 'news/1'" in said(zspark("show", "news/1"), 1)


def test_status_in_a_pipe_is_lines_with_tabs(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    result = zspark("status")
    assert result.exit_code == 0
    first, blank, *rest = result.stdout.splitlines()
    assert first.startswith("news: good, ")
    assert blank == ""
    lines = [line.split("\t") for line in rest]
    section = dict(zip(lines[0], lines[1], strict=True))
    assert (section["section"], section["articles"], section["damaged"]) == ("news", "1", "1")
    run = dict(zip(lines[3], lines[4], strict=True))
    assert (run["state"], run["reason"], run["counts"]) == ("good", "finished [b]well", "new=1")
    assert result.stdout.splitlines()[-1].startswith("note: SQLite 3.51.2 may have the WAL-reset bug")
    found = json.loads(zspark("status", "--json").stdout)
    assert (found["sections"][0]["articles"], found["runs"][0]["state"]) == (1, "good")
    assert (found["health"][0]["state"], found["frontier"], found["failures"]) == ("good", [], [])
    assert found["free_bytes"] > 0
    assert found["database"] == filled.name
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert "note:" not in zspark("status").stdout


@pytest.mark.usefixtures("archive")
def test_status_of_an_empty_archive() -> None:
    result = zspark("status")
    assert result.exit_code == 0
    assert result.stdout.startswith("nothing has run yet\n\nno articles yet\n")
    assert zspark("status", "--check").exit_code == 1


@pytest.mark.usefixtures("filled")
def test_status_on_a_terminal_is_a_drawn_table(environ: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-W", "error", "-c", "from zsparkcrawl.cli import main; main()", "status"]
    code_folder = str(Path(__file__).parent.parent)
    try:
        more = {"PYTHONPATH": code_folder, "COLUMNS": "80", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
        subprocess.run(command, stdout=theirs, env={**environ, **more}, check=True)
        drawn = os.read(ours, 100_000).decode("utf-8")
    finally:
        os.close(ours)
        os.close(theirs)
    assert "nhtp news" in drawn
    assert "│ articles" in drawn
    assert "finished [b]well" in " ".join(drawn.split())
    assert max(map(len, drawn.splitlines()[:14])) <= 80


# -- reread --


def page(
    title: str, *, body: str = "园区召开会议，部署全年的重点工作，听取了各部门的汇报，并提出了新的要求。"
) -> bytes:
    html = f"""<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>
    <div>发布时间：2019-02-19 来源：健康报</div><div class="content"><p>{body}</p><p>{body}</p></div></body></html>"""
    return html.encode()


def keep(archive: Archive, environ: dict[str, str], *responses: tuple[str, bytes, int]) -> None:
    run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
    with CaptureWriter(captures_folder(environ)) as writer:
        for url, body, status in responses:
            captured = writer.write(
                url=url,
                status=status,
                headers=[("Content-Type", "text/html")],
                body=body,
                request_headers=[],
                time=NOW,
            )
            archive.add_capture(captured, run_id=run)


def articles_of(archive: Archive) -> list[tuple[str, str, int]]:
    return [(row["native_id"], row["title"], row["version"]) for row in archive.articles()]


def test_reread_makes_the_articles_from_the_captures_alone(on_both: Archive, environ: dict[str, str]) -> None:
    keep(
        on_both,
        environ,
        ("http://www.nhtp.org/news/", b"<a href=/news/1.html>x</a>", 200),
        ("http://www.nhtp.org/news/1.html", page("从前的标题是这样的"), 200),
        ("http://127.0.0.1:8000/news/2.html", page("第二条新闻的标题"), 200),
        ("http://www.nhtp.org/news/1.html", page("后来的标题是那样的"), 200),
        ("http://www.nhtp.org/news/1.html", page("找不到这个页面"), 404),
        ("http://www.nhtp.org/news/3.html", page("也找不到这个页面"), 500),
    )
    result = zspark("reread")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "2 new, 0 version, 0 unchanged, 0 unreadable, 0 damaged, 0 files\n"
    meant = [("1", "后来的标题是那样的", 1), ("2", "第二条新闻的标题", 1)]
    assert articles_of(on_both) == meant
    row = on_both.article("news/1")
    assert row is not None
    assert (row["date"], row["source"], row["first_seen"]) == ("2019-02-19", "健康报", "2026-11-22T08:30:00Z")
    assert on_both.versions_of(row["id"])[0]["made_by"] == "reading"
    charsets = {capture["id"]: capture["charset"] for capture in on_both.captures()}
    assert charsets[row["capture_id"]] is not None
    before = list(on_both.articles())
    assert zspark("reread").stdout == "0 new, 0 version, 2 unchanged, 0 unreadable, 0 damaged, 0 files\n"
    assert list(on_both.articles()) == before


def test_an_article_kept_from_two_hosts_does_not_go_to_and_fro(on_both: Archive, environ: dict[str, str]) -> None:
    keep(
        on_both,
        environ,
        ("http://www.nhtp.org/news/1.html", page("甲处的标题是这样的"), 200),
        ("http://127.0.0.1/news/1.html", page("镜像改过的另一个题目"), 200),
    )
    for _ in range(2):
        zspark("reread")
        assert articles_of(on_both) == [("1", "甲处的标题是这样的", 2)], "the site's own words count"
    assert [(each["host"], each["standing"]) for each in on_both.witnesses_of(1)] == [
        ("www.nhtp.org", "supports"),
        ("127.0.0.1", "apart"),
    ]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(on_both: Archive, environ: dict[str, str]) -> None:
    keep(
        on_both,
        environ,
        ("http://www.nhtp.org/news/1.html", page("从前的标题是这样的"), 200),
        ("http://www.nhtp.org/news/2.html", page("第二条新闻的标题"), 200),
        ("http://www.nhtp.org/news/2.html", b"", 200),
    )
    keep(on_both, environ, ("http://www.nhtp.org/news/1.html", page("后来的标题是那样的"), 200))
    newest = next(on_both.captures())
    (captures_folder(environ) / newest["file"]).unlink()
    result = zspark("reread")
    assert result.exit_code == 1
    # The older state of 1 must not come after the newer one that was lost; 2 was no article for a while.
    assert articles_of(on_both) == [("2", "第二条新闻的标题", 1)]
    lost, empty, summary = result.stderr.splitlines()
    assert str(newest["file"]) in lost
    assert "http://www.nhtp.org/news/2.html" in empty
    assert summary == "zsparkcrawl: 1 captures are damaged or missing"
    assert result.stdout == "1 new, 0 version, 0 unchanged, 1 unreadable, 1 damaged, 0 files\n"


def test_a_response_that_broke_off_takes_no_ones_place(on_both: Archive, environ: dict[str, str]) -> None:
    keep(
        on_both,
        environ,
        ("http://www.nhtp.org/news/1.html", page("从前的标题是这样的"), 200),
        ("http://www.nhtp.org/news/1.html", page("后来的标题", body="园区召开会议，部署全年的重点工作"), 200),
    )
    assert change(on_both, "UPDATE captures SET partial = true WHERE id = 2") == 1
    assert zspark("reread").exit_code == 0
    assert articles_of(on_both) == [("1", "从前的标题是这样的", 1)]


def test_reread_finds_a_file_that_is_still_open(archive: Archive, environ: dict[str, str]) -> None:
    keep(archive, environ, ("http://www.nhtp.org/news/1.html", page("从前的标题是这样的"), 200))
    (file,) = captures_folder(environ).iterdir()
    file.rename(f"{file}.open")
    assert zspark("reread").exit_code == 0
    assert len(articles_of(archive)) == 1


def test_reread_improves_the_state_that_is_kept_and_not_only_the_newest_capture(
    archive: Archive, environ: dict[str, str]
) -> None:
    """The newest capture is the same text with a count beside it; the kept state was read by older rules."""
    url = "http://www.nhtp.org/news/1.html"
    keep(archive, environ, (url, page("园区的标题是这样的"), 200))
    own = next(archive.captures())["id"]
    older = Article("nhtp", "news", "1", url, title="园区的标题", date=dt.date(2019, 2, 19), body="旧的读法。")
    archive.store(older, run_id=None, capture_id=own, now=NOW)
    keep(
        archive,
        environ,
        (url, page("园区的标题是这样的").replace(b"</body>", "<p>浏览次数：7</p></body>".encode()), 200),
    )
    assert zspark("reread").stdout == "0 new, 1 version, 0 unchanged, 0 unreadable, 0 damaged, 0 files\n"
    row = archive.article("news/1")
    assert row is not None
    assert (row["title"], row["capture_id"], row["version"]) == ("园区的标题是这样的", own, 2)
    assert set(archive.versions_of(row["id"])[1]["changed"].values()) == {"reading"}
    assert zspark("reread").stdout == "0 new, 0 version, 1 unchanged, 0 unreadable, 0 damaged, 0 files\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--section", "foo"), "no section 'foo': there are news, notices"),
        (("--since", "2024-02-01", "--until", "2024-01-31"), "since 2024-02-01 is later than until 2024-01-31"),
        (("--columns", "title,foo"), "no column 'foo': there are "),
        (("--columns", "title,title"), "column title is named twice"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_an_export_that_makes_no_sense_is_wrong_usage(words: tuple[str, ...], told: str) -> None:
    assert told in said(zspark("export", "csv", *words), 2)


def test_a_section_of_a_profile_that_is_gone_can_be_exported(archive: Archive) -> None:
    archive.store(replace(ARTICLE, section="events"), run_id=None, capture_id=None, now=NOW)
    result = zspark("export", "jsonl", "--section", "events")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert "there are events, news, notices" in said(zspark("export", "csv", "--section", "foo"), 2)


# -- export: formats, columns, faults --


@pytest.mark.usefixtures("environ")
def test_an_archive_without_an_article_is_told(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    assert f"no article is kept in {archive.name} yet" in said(zspark("export", "csv", "-o", out), 1)
    assert not out.exists()


def test_a_selection_without_an_article_is_a_table(filled: Archive) -> None:
    result = zspark("export", "csv", "--section", "notices", "--columns", "title,date", "--headers", "both")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "title 标题,date 日期\n",
        "no article is of this kind\n",
    )
    assert filled.count() == 1


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_export_for_excel(name: str, tmp_path: Path) -> None:
    out = tmp_path / name
    result = zspark("export", "excel", "-o", out, "--headers", "zh")
    assert (result.exit_code, result.stderr) == (0, f"1 articles in {out}\n")
    assert out.read_bytes().startswith(b"PK" if name == "a.xlsx" else '\ufeff"栏目"'.encode())


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("xml",), "no format 'xml': there are csv, excel, json, jsonl, parquet, sqlite"),
        (("excel", "-o", "a.ods"), "is neither"),
        (("sqlite",), "name one with -o"),
        (("csv", "--columns", "nonsense"), "no column 'nonsense'"),
        (("csv", "--site", "nonsense"), "no site 'nonsense'"),
        (("sqlite", "-o", "a.sqlite", "--headers", "zh"), "keeps the names of its columns"),
    ],
)
def test_export_tells_wrong_usage_in_one_line(words: tuple[str, ...], told: str) -> None:
    assert told in said(zspark("export", *words), 2)


@pytest.mark.usefixtures("filled")
def test_raw_text_whose_edits_do_not_fit_is_not_made_up() -> None:
    """The article of these tests has edits that no rule made on it."""
    result = zspark("export", "csv", "--raw")
    assert (result.exit_code, "of article 1 cannot be undone" in result.stderr) == (1, True)


@pytest.mark.usefixtures("environ")
def test_export_of_another_programs_database(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE recipes (id)")
        database.commit()
    assert "belongs to another program" in said(zspark("export", "csv", "--database", f"sqlite:///{other}"), 1)
    other.write_bytes(b"no database at all, but some text" * 40)
    assert "is not a database" in said(zspark("export", "csv", "--database", f"sqlite:///{other}"), 1)


def test_a_missing_library_is_one_line(filled: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    out = tmp_path / "a.xlsx"
    assert 'pip install "zsparkcrawl[excel]"' in said(zspark("export", "excel", "-o", out), 1)
    assert not out.exists()
    assert filled.count() == 1


def test_progress_is_shown_on_a_terminal_alone(filled: Archive, environ: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    command = [sys.executable, "-m", "zsparkcrawl", "export", "csv", "-o", str(out)]
    master, slave = pty.openpty()
    try:
        subprocess.run(
            command, stderr=slave, check=True, env={**environ, "TERM": "xterm"}, cwd=Path(__file__).parents[1]
        )
        shown = os.read(master, 100_000).decode()
    finally:
        os.close(master)
        os.close(slave)
    assert "articles" in shown
    assert "1/1" in shown
    quiet = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environ, cwd=Path(__file__).parents[1]
    )
    assert (quiet.stdout, quiet.stderr) == ("", f"1 articles in {out}\n")
    assert filled.count() == 1
