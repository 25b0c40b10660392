"""An archive made anew from its captures alone: articles and their files come back, without the network."""

from __future__ import annotations

import json
import shutil
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from tests.raw import lose, url_of
from tests.serving import End, Route, Site, crawl, listing, page, redirect
from tests.test_files import NAME, PDF, PNG, article, docx, file, gbk, link
from zsparkcrawl.archive import Archive
from zsparkcrawl.cli import main


def routes() -> dict[str, Route | Any]:
    return {
        "/robots.txt": (404, {}, b""),
        "/news/": listing([1, 2, 3]),
        "/news/1.html": article(
            1,
            link("/up/7.docx", "附件1：申报表"),
            link("http://www.nhtp.org/up/8.pdf#a", "附件2：通知"),
            '<p><img src="/up/9.png"></p>',
        ),
        "/news/2.html": article(2, link("/up/lost.docx", "附件：表格"), link("/up/附件.pdf", "附件：名称")),
        "/news/3.html": article(3, link("/up/8.pdf", "通知全文"), link("/up/old.pdf", "附件：搬走")),
        "/up/7.docx": file(docx(), ETag='"7"', **{"Content-Disposition": gbk(f'attachment; filename="{NAME}"')}),
        "/up/8.pdf": file(PDF, "application/pdf"),
        "/up/9.png": file(PNG, "image/png"),
        "/up/lost.docx": page("<!DOCTYPE html><html><head><title>404</title></head><body>页面不存在</body></html>"),
        "/up/%E9%99%84%E4%BB%B6.pdf": file(PDF + b"3", "application/pdf"),
        "/up/old.pdf": redirect("/up/new.pdf"),
        "/up/new.pdf": file(PDF + b"2", "application/pdf"),
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[End]:
    """Crawled, and crawled in full with one file changed and another confirmed. The site goes on."""
    data = tmp_path_factory.mktemp("crawled") / "data"
    with Site(routes()) as site:
        end = crawl(data, site)
        site.routes["/up/8.pdf"] = file(PDF + b"1", "application/pdf")
        site.routes["/up/7.docx"] = (304, {}, b"")
        end.more.append(crawl(data, site, "-a", "full=1"))
        assert (end.code, end.more[0].code) == (0, 0), end.err
        yield end


@pytest.fixture
def rebuilt(crawled: End, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    """The captures alone, in a data folder of their own."""
    data.mkdir()
    shutil.copytree(crawled.data / "captures", data / "captures")

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield End(0, "", "", data)


def zspark(*words: str) -> Result:
    done = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


ARTICLES = (
    "SELECT native_id, title, date, time, author, source, editor, body, CAST(attachments AS text), CAST(images AS text), url "
    "FROM articles ORDER BY native_id"
)
FILES = (
    "SELECT native_id, af.kind, af.url, af.name, server_name, af.version, sha256, size, type, path "
    "FROM article_files af JOIN articles a ON a.id = af.article_id JOIN files USING (sha256) ORDER BY 1, 3, 6"
)
EDITS = "SELECT native_id, field, rule, start, before, after, certainty FROM edits JOIN articles a ON a.id = article_id ORDER BY 1, 2, 4"
ANSWERS = (
    'SELECT url, status, digest, file, "offset", length, content_type, partial FROM captures ORDER BY file, "offset"'
)
ALL = (
    "SELECT * FROM articles",
    "SELECT * FROM article_files",
    "SELECT * FROM files",
    "SELECT * FROM versions",
    "SELECT * FROM edits",
    "SELECT * FROM captures",
)


def everything(end: End) -> dict[str, list[tuple[Any, ...]]]:
    return {asked: sorted(end.rows(asked), key=repr) for asked in ALL}


def test_articles_and_files_come_back_from_the_captures_alone(crawled: End, rebuilt: End) -> None:
    zspark("verify", "--enter")
    told = zspark("reread", "--site", "nhtp").stdout
    assert told == "3 new, 0 version, 0 unchanged, 0 unreadable, 0 damaged, 8 files\n"
    for asked in (ARTICLES, FILES, EDITS, ANSWERS):
        assert rebuilt.rows(asked) == crawled.rows(asked)
    assert len(rebuilt.rows(FILES)) == 8
    assert [row[4] for row in rebuilt.rows(FILES) if row[2].endswith("7.docx")] == [NAME]
    for (path,) in rebuilt.rows("SELECT path FROM files"):
        assert (rebuilt.data / path).read_bytes() == (crawled.data / path).read_bytes()
    assert rebuilt.rows("SELECT count(*) FROM article_files WHERE capture_id IS NULL OR last_seen IS NULL") == [(0,)]
    assert zspark("verify").stdout.endswith("all good\n")


def test_status_counts_files(crawled: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSPARK_DATA", str(crawled.data))
    size = len(docx()) + len(PNG) + 4 * len(PDF) + 3
    assert json.loads(zspark("status", "--json").stdout)["files"] == {
        "kept": 6,
        "bytes": size,
        "attachments": 5,
        "images": 1,
        "states": {"not an article": 1, "read": 5},
    }
    told = "6 files kept (0.0 MiB; 5 attachments and 1 images of articles), 1 not an article"
    assert told in zspark("status").stdout.splitlines()


def test_status_of_an_archive_without_files(data: Path) -> None:
    Archive.open(url_of(data)).close()
    none = {"kept": 0, "bytes": 0, "attachments": 0, "images": 0, "states": {}}
    assert json.loads(zspark("status", "--json").stdout)["files"] == none
    assert "0 files kept (0.0 MiB; 0 attachments and 0 images of articles)" in zspark("status").stdout.splitlines()


def test_a_second_time_nothing_changes(rebuilt: End) -> None:
    zspark("verify", "--enter")
    zspark("reread", "--site", "nhtp")
    before = everything(rebuilt)
    assert zspark("reread", "--site", "nhtp").stdout.endswith("3 unchanged, 0 unreadable, 0 damaged, 0 files\n")
    assert everything(rebuilt) == before
    assert "0 files" in zspark("reread").stdout


def test_an_archive_that_has_its_files_stays_as_it_is(
    crawled: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(crawled.data, data)
    monkeypatch.setenv("ZSPARK_DATA", str(data))
    end = End(0, "", "", data)
    before = everything(end)
    assert zspark("reread").stdout.endswith("0 files\n")
    assert everything(end) == before


def test_the_next_crawl_knows_the_files(crawled: End, rebuilt: End) -> None:
    """Rows made of captures are taken up by the frontier when their articles are looked at again."""
    zspark("verify", "--enter")
    zspark("reread", "--site", "nhtp")
    before = rebuilt.rows(FILES)
    assert crawled.site is not None
    crawled.site.routes["/up/7.docx"] = routes()["/up/7.docx"]
    end = crawl(rebuilt.data, crawled.site, "-a", "full=1")
    assert end.code == 0, end.err
    assert end.rows(FILES) == before
    # What an older version of a file is needs no page of the frontier.
    latest = "SELECT url, max(frontier_id) FROM article_files GROUP BY article_id, url ORDER BY article_id, url"
    assert [url for url, taken_up in end.rows(latest) if taken_up is None] == []


def test_a_restore_brings_the_files_back(crawled: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup has the captures and the database; that files are made of them is no fault."""
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("ZSPARK_DATA", str(crawled.data))
    zspark("backup", str(tmp_path / "backup"), "--captures")
    monkeypatch.setenv("ZSPARK_DATA", str(data))
    (copy,) = (tmp_path / "backup").glob("zspark-*.sqlite")
    shutil.copy(copy, data / "zspark.sqlite")
    shutil.copytree(tmp_path / "backup" / "captures", data / "captures")
    assert CliRunner().invoke(main, ["verify"]).exit_code == 1
    told = zspark("verify", "--enter").stdout
    assert "files of articles made anew from their captures: 6\n" in told
    assert told.endswith("faults 0: all good\n")
    assert zspark("reread").stdout.endswith(" 0 files\n")
    assert zspark("verify").stdout.endswith("all good\n")


def test_a_damaged_capture_of_a_file_is_told_and_the_rest_comes_back(rebuilt: End) -> None:
    zspark("verify", "--enter")
    ((name, offset),) = rebuilt.rows(
        "SELECT file, \"offset\" FROM captures WHERE url LIKE '%/9.png' AND revisit_of IS NULL"
    )
    path = rebuilt.data / "captures" / name
    data = bytearray(path.read_bytes())
    data[offset + 200] ^= 0xFF
    path.write_bytes(data)
    done = CliRunner().invoke(main, ["reread", "--site", "nhtp"])
    assert done.exit_code == 1
    assert "damaged, 7 files" in done.stdout
    assert f"{name}: damaged, or no answer begins at {offset}" in done.stderr
    assert len(rebuilt.rows(FILES)) == 7


def test_a_large_file_costs_a_few_times_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body, its copy out of the record, and what inflating holds; not one of each file."""
    size = 20 * 2**20
    large = {f"/up/{n}.pdf": file(b"%PDF-1.4\n" + bytes([n]) * size, "application/pdf") for n in range(3)}
    served = {
        "/robots.txt": (404, {}, b""),
        "/news/": listing([1]),
        "/news/1.html": article(1, *(link(url, f"附件{url}") for url in large)),
        **large,
    }
    with Site(served) as site:
        assert crawl(tmp_path, site).code == 0
    lose(tmp_path)
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    zspark("verify", "--enter")
    tracemalloc.start()
    try:
        assert "3 files" in zspark("reread", "--site", "nhtp").stdout
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * size
