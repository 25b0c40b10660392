"""Files in the archive: rows of the frontier and of article_files, the disk, names and types."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from zsparkcrawl.archive import Archive, Frontier, Lease, Scope, Standing, Visited, Wanted
from zsparkcrawl.archive.crawling.offers import MOST_OF_ARTICLE, FileBytes, Placed
from zsparkcrawl.archive.crawling.visits import stand_after
from zsparkcrawl.archive.files.store import FileError, FileStore, path_of
from zsparkcrawl.cli import main
from zsparkcrawl.export import export_articles
from zsparkcrawl.extract.filenames import name_in_header
from zsparkcrawl.extract.filetypes import file_type, objection_to
from zsparkcrawl.fetched import Exchange
from zsparkcrawl.items import Article, Attachment, Image
from zsparkcrawl.keeping import Keeping

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOME = "http://www.nhtp.org"
FIRST = Attachment("附件1", f"{HOME}/up/1.doc")
SECOND = Attachment("附件2", f"{HOME}/up/2.doc")


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        yield opened


def run(archive: Archive, wanted: Wanted | None = None) -> Frontier:
    number = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
    return archive.frontier(Scope(number, "nhtp", "news"), wanted or Wanted())


def offering(url: str) -> Placed | None:
    if url.startswith("data:"):
        return None
    return Placed(url, None if url.startswith(HOME) else "no part of this crawl")


def read(
    archive: Archive,
    frontier: Frontier,
    *attachments: Attachment,
    number: int = 1,
    now: dt.datetime = NOW,
    wanted: bool = True,
    **more: object,
) -> None:
    """An article that is listed, fetched and stored."""
    url = f"{HOME}/news/{number}.html"
    frontier.name(iter([url]), now)
    (lease,) = [each for each in frontier.lease(now, 9) if each.url == url]
    article = Article("nhtp", "news", str(number), url, title="甲", body="乙", attachments=attachments)
    visited = Visited(lease, stand_after(lease.standing, "read", now))
    archive.store(
        replace(article, **more),  # type: ignore[arg-type]
        run_id=None,
        capture_id=None,
        now=now,
        visited=(frontier, visited),
        offering=offering if wanted else None,
    )


def files(frontier: Frontier, now: dt.datetime = NOW) -> list[Lease]:
    return frontier.lease(now, 1000, files=True)


def came(archive: Archive, frontier: Frontier, lease: Lease, digest: str, now: dt.datetime = NOW) -> bool:
    visited = Visited(lease, stand_after(lease.standing, "read", now), etag='"a"')
    digest = digest * 64
    return archive.store_file((frontier, visited), FileBytes(digest, path_of(digest), 7, "doc", "1.doc"), now=now)


def urls(leases: list[Lease]) -> list[str]:
    return [lease.url.removeprefix(HOME) for lease in leases]


# -- rows ----------------------------------------------------------------------------------------------------


def test_files_are_leased_apart_from_pages(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST, SECOND, images=(Image("data:image/png;base64,AA"), Image("http://x.example/1.png")))
    frontier.name(iter([f"{HOME}/news/2.html"]), NOW)
    assert frontier.next_due(NOW, files=True) == NOW
    assert urls(frontier.lease(NOW, 99)) == ["/news/2.html"]
    assert urls(files(frontier)) == ["/up/1.doc", "/up/2.doc"]
    assert files(frontier) == [], "they are leased"
    (foreign,) = [row for row in archive.files_of(1) if row["state"] == "off-site"]
    assert (foreign["url"], foreign["due_at"], foreign["sha256"]) == ("http://x.example/1.png", None, None)


def test_a_file_never_counts_as_an_article(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST)
    (lease,) = files(frontier)
    assert lease.article_id is None, "or a lost file would mark its article as gone"
    assert archive.status().sections[0].articles == 1


def test_a_dead_runs_files_are_taken_over(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST)
    assert len(files(frontier)) == 1
    assert files(run(archive)) == []
    for name in ("is_ours", "is_alive"):
        monkeypatch.setattr(f"zsparkcrawl.archive.crawling.writing.{name}", lambda _: False)
    assert urls(files(run(archive))) == ["/up/1.doc"]


def test_article_and_files_are_one_transaction(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("broken")

    frontier = run(archive)
    with monkeypatch.context() as patch:
        patch.setattr("zsparkcrawl.archive.crawling.fetching.enter_offers", broken)
        with pytest.raises(KeyError):
            read(archive, frontier, FIRST)
    assert archive.article("news/1") is None
    assert files(frontier) == []


def test_other_bytes_are_a_new_row_and_the_same_ones_are_not(archive: Archive) -> None:
    for day, (digest, new) in enumerate([("a", True), ("a", False), ("b", True), ("a", True)]):
        now = NOW + 40 * day * DAY
        frontier = run(archive, Wanted(full=True))
        read(archive, frontier, FIRST, now=now)
        (lease,) = files(frontier, now)
        assert came(archive, frontier, lease, digest, now) is new
    rows = archive.files_of(1)
    assert [(row["version"], row["sha256"][0], row["last_seen"][:10]) for row in rows] == [
        (1, "a", "2027-01-01"),
        (2, "b", "2027-02-10"),
        (3, "a", "2027-03-22"),
    ]


def test_files_are_looked_at_again_as_articles_are(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST)
    (lease,) = files(frontier)
    came(archive, frontier, lease, "a")
    later = run(archive)
    assert files(later, NOW + DAY / 2) == []
    (again,) = files(later, NOW + DAY)
    assert again.etag == '"a"'
    archive.confirm_file((later, Visited(again, stand_after(again.standing, "read", NOW + DAY))), now=NOW + DAY)
    assert [(row["version"], row["last_seen"]) for row in archive.files_of(1)] == [(1, "2026-11-23T08:30:00Z")]


def test_a_full_run_takes_the_files_of_what_it_read(archive: Archive) -> None:
    first = run(archive)
    read(archive, first, FIRST, images=(Image("http://x.example/1.png"),))
    read(archive, first, SECOND, number=2)
    for lease in files(first):
        came(archive, first, lease, "a")
    full = run(archive, Wanted(full=True))
    read(archive, full, FIRST, images=(Image("http://x.example/1.png"),))
    assert urls(files(full)) == ["/up/1.doc"], "neither the foreign one, nor that of an article it has not read"


@pytest.mark.parametrize("wanted", [Wanted(limit=1), Wanted(named=True)])
def test_a_run_for_a_few_articles_takes_their_files_alone(archive: Archive, wanted: Wanted) -> None:
    read(archive, run(archive), FIRST)
    frontier = run(archive, wanted)
    read(archive, frontier, SECOND, number=2)
    assert urls(files(frontier)) == ["/up/2.doc"]


def test_a_token_in_the_address_makes_no_other_file(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, Attachment("附件", f"{HOME}/up/1.doc?t=1"))
    (lease,) = files(frontier)
    came(archive, frontier, lease, "a")
    later = run(archive, Wanted(full=True))
    read(archive, later, Attachment("附件（新）", f"{HOME}/up/1.doc?t=2"), now=NOW + DAY)
    assert urls(files(later, NOW + DAY)) == ["/up/1.doc?t=2"], "asked for as the page has it today"
    assert [(row["url"][-3:], row["name"], row["version"]) for row in archive.files_of(1)] == [("t=1", "附件（新）", 1)]


def test_two_files_at_once_are_two_however_alike(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, *(Attachment("附件", f"{HOME}/down.doc?id={n}") for n in (1, 2)))
    assert urls(files(frontier)) == ["/down.doc?id=1", "/down.doc?id=2"]


def test_what_another_article_has_brought_is_there_at_once(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST)
    (lease,) = files(frontier)
    came(archive, frontier, lease, "a")
    read(archive, frontier, replace(FIRST, name="通知"), number=2)
    assert files(frontier) == []
    assert [(row["name"], row["sha256"][0], row["server_name"]) for row in archive.files_of(2)] == [
        ("通知", "a", "1.doc")
    ]


def test_articles_by_the_servers_word_unchanged_offer_files_too(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST, wanted=False)
    assert (files(frontier), archive.files_of(1)) == ([], [])
    later = run(archive, Wanted(full=True))
    (lease,) = [each for each in later.lease(NOW, 9) if each.kind == "article"]
    archive.seen_again((later, Visited(lease, Standing("read", visits=2))), now=NOW, offering=offering)
    assert urls(files(later)) == ["/up/1.doc"]


def test_what_was_never_asked_for_stands_as_the_hosts_do_today(archive: Archive) -> None:
    foreign = Attachment("附件", "http://files.example/1.doc")
    read(archive, run(archive), foreign)
    for place, due in ((Placed(foreign.url), [foreign.url]), (Placed(foreign.url, "no part of this crawl"), [])):
        later = run(archive, Wanted(full=True))
        (lease,) = [each for each in later.lease(NOW, 9) if each.kind == "article"]
        visited = (later, Visited(lease, Standing("read", visits=2)))
        archive.seen_again(visited, now=NOW, offering=lambda _, place=place: place)
        leased = files(later)
        assert [each.url for each in leased] == due
        archive.end_run(later._scope.run_id, state="good", reason="", counts={}, ended=NOW)


def test_no_article_has_files_without_end(archive: Archive) -> None:
    frontier = run(archive)
    read(archive, frontier, *(Attachment("附件", f"{HOME}/up/{n}.doc") for n in range(MOST_OF_ARTICLE + 20)))
    assert len(archive.files_of(1)) == len(files(frontier)) == MOST_OF_ARTICLE


# -- the disk ------------------------------------------------------------------------------------------------


def test_equal_bytes_are_written_once_and_torn_ones_anew(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = store.put(b"one")
    path = tmp_path / path_of(digest)
    before = path.stat()
    assert store.put(b"one") == digest
    assert path.stat() == before
    path.write_bytes(b"o")
    assert "its bytes are not those" in str(store.fault_of(digest))
    store.put(b"one")
    assert (path.read_bytes(), store.fault_of(digest)) == (b"one", None)


def test_what_a_killed_run_left_is_tidied(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = store.put(b"one")
    part = (tmp_path / path_of(digest)).with_name("0123.part")
    part.write_bytes(b"on")
    Keeping.hold({"ZSPARK_DATA": str(tmp_path)}).release()
    assert not part.exists()
    assert store.fault_of(digest) is None


def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left on device"):
        FileStore(tmp_path).put(b"one")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_damaged_and_missing_files_are_told_and_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.delenv("ZSPARK_DATABASE", raising=False)
    keeping = Keeping.hold({"ZSPARK_DATA": str(tmp_path)}, lambda: NOW)
    number = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={}).number
    exchange = Exchange(FIRST.url, "GET", 200, (), b"%PDF-1.4", (), "", False)
    archive, store = keeping.archive, keeping.files
    frontier = archive.frontier(Scope(number, "nhtp", "news"), Wanted())
    kept = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={}).capture(exchange)
    read(archive, frontier, FIRST)
    (lease,) = files(frontier)
    digest = store.put(exchange.body)
    bytes_of = FileBytes(digest, path_of(digest), 8, "pdf", None, kept.capture_id)
    archive.store_file((frontier, Visited(lease, Standing("read", visits=1))), bytes_of, now=NOW)
    keeping.release()
    path = tmp_path / path_of(digest)
    for harm in (path.unlink, lambda: path.write_bytes(b"%PDF-1.5")):
        harm()
        told = CliRunner().invoke(main, ["verify"])
        assert (told.exit_code, str(path) in told.output) == (1, True), told.output
        assert "made anew from their captures: 1" in CliRunner().invoke(main, ["verify", "--salvage"]).output
        assert path.read_bytes() == exchange.body
    assert CliRunner().invoke(main, ["verify"]).exit_code == 0


def test_show_tells_of_files(archive: Archive, database: str) -> None:
    frontier = run(archive)
    read(archive, frontier, FIRST, SECOND)
    came(archive, frontier, files(frontier)[0], "a")
    shown = CliRunner().invoke(main, ["show", "news/1", "--database", database]).output
    assert f"attachment: 附件1: doc, 7 bytes, sha256 {'a' * 64}" in shown
    assert "attachment: 附件2: not here: waiting" in shown


def test_an_export_tells_where_the_bytes_lie(archive: Archive, tmp_path: Path) -> None:
    frontier = run(archive)
    token = Attachment("附件3", f"{HOME}/down?id=3&t=1")
    read(archive, frontier, FIRST, SECOND, token)
    first, _, third = files(frontier)
    came(archive, frontier, first, "a")
    came(archive, frontier, third, "c")
    other = Attachment("附件3", f"{HOME}/down?id=3&t=2")
    read(archive, run(archive, Wanted(full=True)), FIRST, SECOND, other, body="丙", wanted=False)
    export_articles(archive, tmp_path / "out.json", "json", columns=("attachments",))
    ((row,)) = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [each.get("path", "")[:12] for each in row["attachments"]] == ["files/aa/aaa", "", "files/cc/ccc"]
    assert row["attachments"][1] == {"name": "附件2", "url": SECOND.url, "type": "doc"}
    assert (row["attachments"][2]["url"][-3:], row["attachments"][2]["sha256"]) == ("t=2", "c" * 64)


# -- names and types -----------------------------------------------------------------------------------------

NAMES = {
    "quotes": (b'attachment; filename="a.doc"', "a.doc"),
    "no quotes": (b"attachment;filename=a b.doc ; x=1", "a b.doc"),
    "RFC 8187": (b"attachment; filename*=UTF-8'zh'%E9%99%84%E4%BB%B6.doc", "附件.doc"),
    "RFC 8187 in GBK": (b"attachment; filename*=GBK''%B8%BD%BC%FE.doc", "附件.doc"),
    "RFC 8187 that lies": (b"attachment; filename*=UTF-8''%B8%BD%BC%FE.doc", "附件.doc"),
    "the better one": (b"attachment; filename*=utf-8''%e9%99%84.doc; filename=\"x.doc\"", "附.doc"),
    "an empty star": (b"attachment; filename*=; filename=x.doc", "x.doc"),
    "raw UTF-8": ("attachment; filename=附件.doc".encode(), "附件.doc"),
    "raw GBK": ("attachment; filename=附件.doc".encode("gbk"), "附件.doc"),
    "GBK with a backslash in it": ('attachment; filename="誠.doc"'.encode("gbk"), "誠.doc"),
    "percent UTF-8": (b"attachment; filename=%E9%99%84%E4%BB%B6.doc", "附件.doc"),
    "percent GBK": (b"attachment; filename=%B8%BD%BC%FE.doc", "附件.doc"),
    "percent sign": (b"attachment; filename=100%.doc", "100%.doc"),
    "MIME word": (b"attachment; filename==?UTF-8?B?6ZmE5Lu2?=.doc", "附件.doc"),
    "UTF-8 taken for Latin": ("attachment; filename=附件.doc".encode().decode("latin-1").encode(), "附件.doc"),
    "GBK taken for Latin": ("attachment; filename=附件.doc".encode("gbk").decode("latin-1").encode(), "附件.doc"),
    "UTF-8 taken for GBK": ("attachment; filename=闄勪欢.doc".encode("gbk"), "附件.doc"),
    "a path": (b'attachment; filename="../../etc/passwd"', "../../etc/passwd"),
    "a path of Windows": (rb'attachment; filename="C:\temp\a.doc"', r"C:\temp\a.doc"),
    "control signs": (b'attachment; filename="a\x1b[31m\x00b.doc"', "a[31mb.doc"),
    "healthy accents": ("attachment; filename=Résumé.doc".encode(), "Résumé.doc"),
    "healthy Chinese": ("attachment; filename=联通公司通知.doc".encode("gbk"), "联通公司通知.doc"),
    "none": (b"inline", None),
    "empty": (b'attachment; filename=""', None),
}


@pytest.mark.parametrize("case", NAMES)
def test_what_servers_call_files(case: str) -> None:
    header, name = NAMES[case]
    assert name_in_header(header) == name


@given(st.binary(max_size=80))
def test_no_header_breaks_it(tail: bytes) -> None:
    name = name_in_header(b"attachment; filename=" + tail)
    assert name is None or (name.isprintable() and len(name) <= 500)
    name_in_header(tail)


@example("榻丂")  # whose bytes in GBK are those of 齁@ in UTF-8
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_healthy_chinese_names_stay(name: str) -> None:
    for charset in ("utf-8", "gb18030"):
        header = f'attachment; filename="{name}.doc"'.encode(charset)
        if charset == "utf-8" or not _is_utf8(header):
            assert name_in_header(header) == f"{name}.doc"


def _is_utf8(header: bytes) -> bool:
    try:
        header.decode()
    except UnicodeDecodeError:
        return False
    return True


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def test_types_by_bytes_first() -> None:
    assert file_type(OLE + "WordDocument".encode("utf-16-le"), "", "1.xls") == "doc"
    assert file_type(OLE + "WordDocument".encode("utf-16-le"), "", "1.wps") == "wps"
    assert file_type(OLE + "Workbook".encode("utf-16-le")) == "xls"
    assert file_type(OLE + "EncryptedPackage".encode("utf-16-le"), "", "1.docx") == "docx"
    assert file_type(zipped("1/word/document.xml"), "", "1.zip") == "zip", "a folder with documents in it"
    assert file_type(zipped("[Content_Types].xml"), "", "1.xlsx") == "xlsx"
    assert file_type(zipped("OFD.xml", "Doc_0/Document.xml")) == "ofd"
    assert file_type(b"PK\x03\x04" + bytes(40), "", "1.docx") == "zip", "its list of parts is not there"
    assert file_type(b"RIFF\0\0\0\0WEBPVP8 ", "image/jpeg", "1.jpg") == "webp"
    assert file_type(b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "", "1.xls") == "xls"
    assert file_type(b"?", "application/pdf", "") == "pdf"


@pytest.mark.parametrize(
    ("body", "wanted", "said"),
    [
        (b"\xef\xbb\xbf \n<!doctype HTML>", "pdf", "a web page, not a pdf"),
        (b"<script>location='/'</script>", "jpg", "a web page, not a jpg"),
        (b"<html>", "", "a web page, not a file"),
        ("文件不存在".encode("gbk"), "xlsx", "text, not an xlsx"),
        (b"", "pdf", "nothing, not a pdf"),
        (b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "xls", None),
        (b"a,b\n", "csv", None),
        (b"\x00\x01\x02unknown", "pdf", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", None),
        (b"Warning: x\n%PDF-1.4", "pdf", None),
    ],
)
def test_what_comes_in_place_of_a_file(body: bytes, wanted: str, said: str | None) -> None:
    assert objection_to(body, wanted) == said
