"""Attachments and pictures of articles over real HTTP on loopback: fetched within bounds, kept by their bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench import postgres_server as postgres
from tests.conftest import on_server
from tests.serving import End, Route, Site, crawl, listing, page
from zsparkcrawl.archive.crawling.offers import Placed
from zsparkcrawl.middlewares import UrlGuard
from zsparkcrawl.spiders.files import place_of
from zsparkcrawl.spiders.plan import plan

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
EXE = b"MZ\x90\x00" + bytes(range(256))
NAME = "附件1：申报表.docx"


def docx(text: str = "申报表") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
        parts.writestr(zipfile.ZipInfo("word/document.xml"), f"<document>{text}</document>")
    return made.getvalue()


def article(number: int, *offered: str, text: str = "健康基地召开会议，部署新一年的工作。") -> Route:
    return page(
        f"<html><head><title>园区新闻{number}</title></head><body><div><h1>园区新闻{number}</h1>"
        f"<p>作者：  来源：中山日报  发布时间：2019-02-19</p><div><p>{text}</p>"
        f"<p>第二段,说明办法。</p>{''.join(offered)}</div></div></body></html>"
    )


def link(url: str, name: str) -> str:
    return f'<p><a href="{url}">{name}</a></p>'


def file(body: bytes, kind: str = "application/octet-stream", **headers: str) -> Route:
    return 200, {"Content-Type": kind, **headers}, body


def gbk(text: str) -> str:
    """A header that goes out as the bytes of GBK."""
    return text.encode("gbk").decode("latin-1")


def site_of_files(elsewhere: str) -> dict[str, Route | Any]:
    inline = "data:image/png;base64,iVBORw0KGgo="
    return {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /secret/\n"),
        "/news/": listing([1, 2, 3]),
        "/news/1.html": article(
            1,
            link("/up/7.docx", "附件1：申报表"),
            link("/up/8.pdf", "附件2：通知"),
            link("/up/8copy.pdf", "附件3：通知"),
            '<p><img src="/up/9.png"></p>',
            f'<p><img src="{elsewhere}/up/10.png"></p><p><img src="{inline}"></p>',
        ),
        "/news/2.html": article(
            2,
            link("/up/lost.docx", "附件：表格"),
            link("/up/large.pdf", "附件：大文件"),
            link("/up/torn.pdf", "附件：断了"),
            link("/up/gone.pdf", "附件：没有"),
            link("/secret/1.pdf", "附件：秘密"),
            link("/up/moved.pdf", "附件：搬走"),
        ),
        "/news/3.html": article(3, link("/up/8.pdf", "通知全文"), link("/up/tool.zip", "工具")),
        "/up/7.docx": file(docx(), ETag='"7"', **{"Content-Disposition": gbk(f'attachment; filename="{NAME}"')}),
        "/up/8.pdf": file(PDF, "application/pdf"),
        "/up/8copy.pdf": file(PDF, "application/pdf", **{"Content-Disposition": "inline; filename=%B8%B1%B1%BE.pdf"}),
        "/up/9.png": file(PNG, "image/png"),
        "/up/lost.docx": page("<!DOCTYPE html><html><head><title>404</title></head><body>页面不存在</body></html>"),
        "/up/large.pdf": file(PDF * 30, "application/pdf"),
        "/up/torn.pdf": file(PDF, "application/pdf", **{"Content-Length": "90000"}),
        "/up/moved.pdf": (302, {"Location": f"{elsewhere}/1.pdf"}, b""),
        "/secret/1.pdf": file(PDF),
        "/up/tool.zip": file(EXE, **{"Content-Disposition": 'attachment; filename="../../../etc/passwd"'}),
    }


def whole(data: Path) -> End:
    """Crawled, crawled in full with one file changed, and with a server that says that nothing has."""
    with Site({"*": file(PNG, "image/png")}, host="127.0.0.2") as foreign:
        routes = site_of_files(foreign.url)
        with Site(routes) as site:
            bound = ("-s", "ZSPARK_FILE_BYTES=100000")
            end = crawl(data, site, *bound)
            end.left["first"] = state(end)
            end.left["asked"] = list(site.asked)
            site.asked.clear()
            end.more.append(crawl(data, site, *bound))
            end.left["nightly"] = list(site.asked)
            routes["/up/7.docx"] = file(docx("新申报表"), **{"Content-Disposition": "attachment; filename=7.docx"})
            routes["/up/9.png"] = (304, {}, b"")
            end.more.append(crawl(data, site, "-a", "full=1", *bound))
            end.left["second"] = state(end)
            end.left["foreign"] = list(foreign.asked)
            return end


def state(end: End) -> list[tuple[Any, ...]]:
    return end.rows(
        "SELECT native_id, af.kind, replace(af.url, rtrim(af.url, replace(af.url, '/', '')), '') AS path, name, server_name, "
        "af.version, sha256, f.state, f.reason FROM article_files af JOIN articles a ON a.id = af.article_id "
        "LEFT JOIN frontier f ON f.id = frontier_id ORDER BY af.id"
    )


def left_out(data: Path) -> End:
    """Left out; then wanted, when the articles themselves are unchanged by the server's word."""
    routes = site_of_files("http://127.0.0.2:9")
    with Site(routes) as site:
        end = crawl(data, site, "-a", "files=0")
        end.left["asked"] = list(site.asked)
        end.left["first"] = state(end)
        end.left["kept"] = (data / "files").exists()
        return end


def bounded(data: Path) -> End:
    """As many bytes as one run may, then a look at one article alone, then the rest."""
    offered = [link(f"/up/{n}.pdf", f"附件{n}") for n in range(6)]
    routes: dict[str, Route | Any] = {
        "/robots.txt": (404, {}, b""),
        "/news/": listing([1]),
        "/news/1.html": article(1, *offered),
        "/news/2.html": article(2, link("/up/9.pdf", "附件")),
        **{f"/up/{n}.pdf": file(PDF + bytes([n])) for n in range(10)},
    }
    with Site(routes) as site:
        end = crawl(data, site, "-s", f"ZSPARK_FILES_BYTES={2 * len(PDF)}")
        end.left["first"] = len(end.rows("SELECT * FROM files"))
        end.more.append(crawl(data, site, "-a", "ids=2"))
        end.left["named"] = len(end.rows("SELECT * FROM files"))
        end.more.append(crawl(data, site))
        end.left["rest"] = len(end.rows("SELECT * FROM files"))
        return end


def in_trouble(data: Path) -> End:
    """A site whose files all fail; and a look at one article of two."""
    routes: dict[str, Route | Any] = {
        "/robots.txt": (404, {}, b""),
        "/news/": listing([1, 2]),
        "/news/1.html": article(1, *(link(f"/up/1{n}.pdf", f"附件{n}") for n in range(6))),
        "/news/2.html": article(2, *(link(f"/up/2{n}.pdf", f"附件{n}") for n in range(6))),
        **{f"/up/{n}.pdf": (503, {}, b"busy") for n in range(10, 30)},
    }
    with Site(routes) as site:
        end = crawl(data, site, "-a", "limit=1", "-s", "ZSPARK_FAILURES=3")
        end.left["asked"] = list(site.asked)
        return end


CRAWLS = (whole, left_out, bounded, in_trouble)
Crawls = dict[str, "Future[End]"]


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory, any_server: postgres.Server | None) -> Iterator[Crawls]:
    folders = {one: tmp_path_factory.mktemp(one.__name__) for one in CRAWLS}
    with (
        on_server(any_server, folders[bounded]),
        on_server(any_server, folders[in_trouble]),
        ThreadPoolExecutor(4) as pool,
    ):
        yield {one.__name__: pool.submit(one, folder) for one, folder in folders.items()}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_files_are_kept_by_their_bytes(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.code == 0, end.err
    assert "Traceback" not in end.err
    rows = {(row[0], row[2]): row for row in end.left["first"]}
    assert rows["1", "7.docx"][1:7] == ("attachment", "7.docx", "附件1：申报表", NAME, 1, sha256(docx()))
    assert rows["1", "8.pdf"][4:7] == ("8.pdf", 1, sha256(PDF))
    assert rows["1", "8copy.pdf"][4:7] == ("副本.pdf", 1, sha256(PDF)), "the same bytes under another address"
    assert rows["3", "8.pdf"][3:7] == ("通知全文", "8.pdf", 1, sha256(PDF)), "one address in two articles"
    assert rows["1", "9.png"][1:7] == ("image", "9.png", None, "9.png", 1, sha256(PNG))
    kinds = dict(end.rows("SELECT sha256, type || ' ' || size || ' ' || path FROM files"))
    digest = sha256(PDF)
    assert kinds[digest] == f"pdf {len(PDF)} files/{digest[:2]}/{digest}"
    assert kinds[sha256(docx())].startswith("docx ")
    assert end.left["asked"].count("/up/8.pdf") == 1


def test_only_a_digest_is_a_name_on_the_disk(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    found = [path for path in (end.data / "files").rglob("*") if path.is_file()]
    assert {path.name for path in found} == {row[0] for row in end.rows("SELECT sha256 FROM files")}
    assert all(sha256(path.read_bytes()) == path.name and path.stat().st_mode & 0o111 == 0 for path in found)
    ((name, kind),) = end.rows(
        "SELECT server_name, type FROM article_files JOIN files USING (sha256) WHERE type = 'exe'"
    )
    assert (name, kind) == ("../../../etc/passwd", "exe"), "data, and never a path"


def test_what_is_no_file_is_not_kept_and_says_why(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    rows = {row[2]: row[6:] for row in end.left["first"] if row[0] == "2"}
    assert rows["lost.docx"] == (None, "not an article", "a web page, not a docx")
    assert rows["large.pdf"] == (None, "failed", "more than 100000 bytes (ZSPARK_FILE_BYTES)")
    assert rows["torn.pdf"] == (None, "waiting", "the answer ended before it was whole")
    assert rows["gone.pdf"] == (None, "gone", "HTTP status 404")
    assert rows["1.pdf"][:2] == (None, "failed")
    assert "robots.txt" in rows["1.pdf"][2]
    assert rows["moved.pdf"][:2] == (None, "off-site")
    assert [state for *_, state, _ in rows.values() if state == "read"] == []
    assert end.rows("SELECT count(*) FROM articles WHERE native_id = '2'") == [(1,)]
    assert "3 articles (3 new" in end.last
    assert "5 files (6 more could not be had)" in end.last


def test_nothing_is_fetched_from_elsewhere(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.left["foreign"] == []
    assert "/secret/1.pdf" not in end.left["asked"]
    ((row),) = [row for row in end.left["first"] if row[2] == "10.png"]
    assert row[6:8] == (None, "off-site")
    assert "no part of this crawl" in row[8]
    assert end.rows("SELECT count(*) FROM frontier WHERE url LIKE 'data:%'") == [(0,)]
    assert end.rows("SELECT count(*) FROM article_files WHERE url LIKE 'data:%'") == [(0,)]


def test_a_nightly_run_leaves_files_alone_that_are_not_due(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.more[0].code == 0
    assert [path for path in end.left["nightly"] if path.startswith("/up/") and path != "/up/torn.pdf"] == []


def test_a_changed_file_is_a_new_version_and_the_old_one_stays(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    full = end.more[1]
    assert full.code == 0, full.err
    rows = [row[4:7] for row in end.left["second"] if row[2] == "7.docx"]
    assert rows == [(NAME, 1, sha256(docx())), ("7.docx", 2, sha256(docx("新申报表")))]
    assert [row[5] for row in end.left["second"] if row[2] == "9.png"] == [1], "304 tells that nothing changed"
    assert len(end.left["second"]) == len(end.left["first"]) + 1
    assert end.rows("SELECT version FROM articles") == [(1,)] * 3
    assert all((end.data / path).is_file() for (path,) in end.rows("SELECT path FROM files"))


def test_files_can_be_left_out(crawls: Crawls) -> None:
    end = crawls["left_out"].result()
    assert end.code == 0, end.err
    assert [path for path in end.left["asked"] if path.startswith(("/up", "/secret"))] == []
    assert (end.left["first"], end.left["kept"]) == ([], False)
    assert " file" not in end.last


def test_a_run_fetches_so_many_bytes_and_what_it_was_asked_for(crawls: Crawls) -> None:
    end = crawls["bounded"].result()
    assert [end.code, *(each.code for each in end.more)] == [0, 0, 0], end.err
    assert end.left["first"] in (2, 3), "two may be on their way at once"
    assert "as many bytes of files were fetched as one run may" in end.err
    # A run of numbers fetches the files of those articles alone, and leaves the other ones waiting.
    assert end.left["named"] == end.left["first"] + 1
    assert end.left["rest"] == 7


def test_files_that_all_fail_cost_no_article_and_are_left_alone(crawls: Crawls) -> None:
    end = crawls["in_trouble"].result()
    assert end.code == 0, end.err
    assert (
        "1 article (1 new, 0 changed, 0 unchanged) from 1 listing page, 0 files (3 more could not be had)" in end.last
    )
    assert "no more files in this run: 3 failures in a row, the last: " in end.err
    asked = [path for path in end.left["asked"] if path.startswith("/up/")]
    assert len(asked) == 3
    assert len({path[:5] for path in asked}) == 1, "of the article that was read"
    assert end.rows("SELECT count(*) FROM frontier WHERE kind = 'file' AND due_at IS NOT NULL") == [(6,)]


@pytest.mark.parametrize(
    ("url", "address", "objection"),
    [
        ("http://www.nhtp.org/up/1.doc#a", "http://127.0.0.1:8000/up/1.doc", None),
        ("http://127.0.0.1:8000/up/1.doc", "http://127.0.0.1:8000/up/1.doc", None),
        ("http://127.0.0.1:8001/up/1.doc", "http://127.0.0.1:8001/up/1.doc", "no part of this crawl"),
        ("http://x.example/1.doc", "http://x.example/1.doc", "no part of this crawl"),
        ("http://127.0.0.1:8000/" + "甲" * 200, "http://127.0.0.1:8000/" + "甲" * 200, "more than 1000 characters"),
    ],
)
def test_where_a_file_is_fetched_from(url: str, address: str, objection: str | None) -> None:
    place = placed(url)
    assert place is not None
    assert place.address == address
    assert (place.objection is None) if objection is None else (objection in str(place.objection))


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,AA", "javascript:void(0)", "file:///etc/passwd", "http://127.0.0.1:8000/news/7.html"]
)
def test_what_is_no_file_of_its_own(url: str) -> None:
    assert placed(url) is None


def placed(url: str) -> Placed | None:
    """On a mirror of the site."""
    made = plan("news", {"start_url": "http://127.0.0.1:8000/news/"})
    return place_of(url, made, UrlGuard.of_plan(made), 1000)
