"""`zsparkcrawl import`: copies from WARC files, with their own moments."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bench.damage import damage, random_host
from bench.sample_truth import truths
from tests.conftest import IN_SQLITE
from tests.raw import rows, url_of
from tests.serving import Site, article, command, ended, listing
from tests.test_files import PDF, file, link
from tests.test_files import article as offering
from tests.test_foreign_records import chunked, http
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.database.locking import locked
from zsparkcrawl.archive.warc.captures import read_capture
from zsparkcrawl.cli import main

OLD, LATER, LATEST = "2015-03-01T08:00:00Z", "2018-03-01T08:00:00Z", "2021-03-01T08:00:00Z"


def zspark(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)


def counts(*words: object) -> dict[str, int]:
    done = zspark("import", *words, "--json")
    told: dict[str, int] = json.loads(done.stdout)["counts"]
    assert done.exit_code == bool(told.get("faults")), done.output
    return told


def html(route: Any) -> bytes:
    return bytes(route[2])


def news(number: int, text: str = "健康基地召开会议，部署新一年的工作。") -> bytes:
    return html(article(number, "2015-02-02", text))


def record(url: str, date: str, body: bytes, kind: str = "response", **more: str) -> bytes:
    block = body if kind == "resource" else http(body, Content_Type="text/html; charset=utf-8")
    return raw_record(url, date, block, kind, **more)


def raw_record(url: str, date: str, block: bytes, kind: str = "response", **more: str) -> bytes:
    url = url if "://" in url else f"http://www.nhtp.org{url}"
    told = {
        "WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": date, "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return gzip.compress(f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n")


def warc(folder: Path, *members: bytes, name: str = "w.warc.gz") -> Path:
    path = folder / name
    path.write_bytes(b"".join(members))
    return path


def exported(data: Path) -> list[tuple[Any, ...]]:
    """The articles as they are handed out, without what tells when and where they were read."""
    skipped = {"url", "first_seen", "last_seen", "capture_id", "id", "run_id", "images", "attachments"}
    with Archive.open(url_of(data), readonly=True) as archive:
        found = list(archive.articles(beside=["files", "edits"]))
    shown = []
    for row in found:
        files = [
            [each.get(name) for name in ("name", "caption", "sha256")] for each in (*row["attachments"], *row["images"])
        ]
        shown.append((*(str(row[name]) for name in sorted(row) if name not in skipped), str(files)))
    return shown


def test_each_kind_of_record_is_taken_over(tmp_path: Path, data: Path) -> None:
    first = raw_record(
        "/news/1.html", OLD, http(chunked(news(1)), Transfer_Encoding="chunked"), WARC_Payload_Digest="sha1:A"
    )
    again = raw_record(
        "/news/1.html",
        LATER,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        "revisit",
        WARC_Payload_Digest="sha1:A",
    )
    page = record("/news/2.html", OLD, news(2), "resource", Content_Type="text/html")
    shown = record("/news/", OLD, html(listing([1, 2, 3])))
    told = counts(warc(tmp_path, again, first, page, shown))
    assert {name: told[name] for name in ("captures", "new", "unchanged", "listings", "rows")} == {
        "captures": 4, "new": 2, "unchanged": 1, "listings": 1, "rows": 3,
    }  # fmt: skip
    assert rows(data, "SELECT native_id, first_seen, last_seen, version FROM articles ORDER BY native_id") == [
        ("1", OLD, LATER, 1),
        ("2", OLD, OLD, 1),
    ]
    assert rows(data, "SELECT DISTINCT made_by FROM versions") == [("import",)]
    assert rows(data, "SELECT kind, state, section FROM runs") == [("import", "good", "news")]
    assert "\tnews (import)\tgood\t" in zspark("status").output
    assert rows(data, "SELECT count(*) FROM captures WHERE revisit_of IS NOT NULL") == [(1,)]
    done = zspark("verify")
    assert (done.exit_code, "faults 0" in done.output) == (0, True)


def kept(data: Path) -> list[list[tuple[Any, ...]]]:
    everything = "SELECT * FROM articles", "SELECT * FROM versions", "SELECT * FROM captures", "SELECT * FROM edits"
    return [sorted(rows(data, query), key=repr) for query in everything]


def test_a_second_time_nothing_changes(tmp_path: Path, data: Path) -> None:
    made = warc(
        tmp_path, record("/news/1.html", OLD, news(1)), record("/news/1.html", LATER, news(1, "另一篇文章的全部文字。"))
    )
    counts(made)
    before = kept(data)
    told = counts(made)
    assert (told["known"], told.get("captures", 0), told.get("version", 0)) == (2, 0, 0)
    assert kept(data) == before
    assert zspark("reread").output.startswith("0 new, 0 version, 1 unchanged")


def test_the_states_of_an_article_follow_their_moments_and_not_the_file(tmp_path: Path, data: Path) -> None:
    texts = {
        OLD: "第一次发布的全部文字。",
        LATER: "改过以后的全部文字，多了一句。",
        LATEST: "最后一次修改的全部文字，又多了一句。",
    }
    members = [record("/news/1.html", date, news(1, texts[date])) for date in (LATEST, OLD, LATER)]
    counts(warc(tmp_path, *members))
    found = [body.partition("\n")[0] for (body,) in rows(data, "SELECT body FROM versions ORDER BY version")]
    assert found == list(texts.values())
    assert rows(data, "SELECT first_seen, last_seen FROM articles") == [(OLD, LATEST)]
    assert [
        json.loads(changed) for (changed,) in rows(data, "SELECT CAST(changed AS text) FROM versions ORDER BY version")
    ] == [
        {},
        {"body": "edited"},
        {"body": "edited"},
    ]


def test_an_older_copy_that_comes_later_takes_the_place_of_nothing(tmp_path: Path, data: Path) -> None:
    counts(warc(tmp_path, record("/news/1.html", LATER, news(1, "改过以后的全部文字，多了一句。"))))
    told = counts(warc(tmp_path, record("/news/1.html", OLD, news(1, "第一次发布的全部文字。")), name="old.warc.gz"))
    assert (told["captures"], told["older"]) == (1, 1)
    shown = "SELECT version, substr(body, 1, 4), first_seen, last_seen FROM articles"
    assert rows(data, shown) == [(1, "改过以后", OLD, LATER)]
    assert "0 version, 1 unchanged" in zspark("reread").output  # the newest by its moment, not by its number
    assert rows(data, shown) == [(1, "改过以后", OLD, LATER)]


def test_an_older_copy_of_a_mirror_is_heard_with_the_others(tmp_path: Path, data: Path) -> None:
    """What each of the two pages alone reads wrongly, both tell for certain, whichever is older."""
    truth = next(each for each in truths() if each.id == 366)
    for seed, date in ((27, LATER), (28, OLD)):
        host = random_host(random.Random(seed))
        lines = [damage(line, host) for line in (truth.title, *truth.body.split("\n"))]
        page = f"<title>{lines[0]}</title><h1>{lines[0]}</h1><div>2015-02-02</div>" + "".join(
            f"<p>{line}</p>" for line in lines[1:]
        )
        url = f"http://www.mirror{seed}.example/news/366.html"
        counts(warc(tmp_path, record(url, date, page.encode()), name=f"{seed}.warc.gz"), "--site", "nhtp")
    told = "SELECT body, witness_count, disputed, first_seen, last_seen FROM articles"
    assert rows(data, told) == [(truth.body, 2, 0, OLD, LATER)]


@IN_SQLITE
def test_the_latest_body_is_the_one_that_was_captured_last(tmp_path: Path, data: Path) -> None:
    counts(warc(tmp_path, record("/news/1.html", LATER, b"<p>later</p>")))
    counts(warc(tmp_path, record("/news/1.html", OLD, b"<p>old</p>"), name="old.warc.gz"))
    with Archive.open(url_of(data)) as archive:
        kept = archive.kept_body("http://www.nhtp.org/news/1.html", None)
        assert kept is not None
        assert read_capture(data / "captures", kept.file, kept.offset)[2] == b"<p>later</p>"


def test_a_listing_from_before_does_not_hide_a_later_one(tmp_path: Path, data: Path) -> None:
    counts(warc(tmp_path, record("/news/", LATER, html(listing([1, 2], day="2018-02-02")))))
    counts(warc(tmp_path, record("/news/", OLD, html(listing([1], day="2015-02-02"))), name="old.warc.gz"))
    found = rows(data, "SELECT url, date, first_seen, last_seen FROM seen ORDER BY url")
    assert found == [
        ("http://www.nhtp.org/news/1.html", "2018-02-02", OLD, LATER),
        ("http://www.nhtp.org/news/2.html", "2018-02-02", LATER, LATER),
    ]
    counts(warc(tmp_path, record("/news/1.html", OLD, news(1)), name="article.warc.gz"))
    with Archive.open(url_of(data), readonly=True) as archive:
        accounts = {row["url"][-6:]: row["account"] for row in archive.accounts()}
    assert accounts == {"1.html": "stored", "2.html": "unknown"}


def test_files_come_with_their_articles(tmp_path: Path, data: Path) -> None:
    page = html(offering(1, link("/up/8.pdf", "附件：通知"), link("/up/old.pdf", "附件：搬走")))
    pdf = http(PDF, Content_Type="application/pdf")
    moved = b"HTTP/1.1 302 Found\r\nLocation: /up/new.pdf\r\n\r\n"
    members = [
        raw_record("/up/new.pdf", OLD, http(PDF + b"2", Content_Type="application/pdf")), raw_record("/up/old.pdf", OLD, moved),
        raw_record("/up/8.pdf", OLD, pdf), raw_record("/up/other.pdf", OLD, pdf), record("/news/1.html", OLD, page),
    ]  # fmt: skip
    assert counts(warc(tmp_path, *members))["files"] == 2
    assert rows(data, "SELECT url FROM captures WHERE url LIKE '%other%'") == []
    assert rows(data, "SELECT url, sha256 IS NOT NULL FROM article_files ORDER BY url") == [
        ("http://www.nhtp.org/up/8.pdf", 1),
        ("http://www.nhtp.org/up/old.pdf", 1),
    ]
    assert zspark("verify").exit_code == 0


@IN_SQLITE
def test_a_file_that_comes_in_another_warc_file_later(tmp_path: Path, data: Path) -> None:
    counts(warc(tmp_path, record("/news/1.html", OLD, html(offering(1, link("/up/8.pdf", "附件：通知"))))))
    file_member = raw_record("/up/8.pdf", LATER, http(file(PDF, "application/pdf")[2], Content_Type="application/pdf"))
    again = warc(
        tmp_path,
        file_member,
        record("/news/1.html", LATER, html(offering(1, link("/up/8.pdf", "附件：通知")))),
        name="2.warc.gz",
    )
    assert counts(again)["files"] == 1


@IN_SQLITE
def test_an_article_on_several_pages_needs_them_all(tmp_path: Path, data: Path) -> None:
    begin = news(1).replace(b"</body>", b'<a href="1_2.html">2</a></body>')
    end = news(1, "第二页上的文字，会议到此结束。")
    told = counts(warc(tmp_path, record("/news/1.html", OLD, begin)))
    assert (told["unreadable"], told.get("read", 0)) == (1, 0)
    told = counts(
        warc(tmp_path, record("/news/1_2.html", LATER, end), record("/news/1.html", OLD, begin), name="2.warc.gz")
    )
    assert told["read"] == 1
    assert "第二页上的文字" in rows(data, "SELECT body FROM articles")[0][0]
    assert "1 unchanged" in zspark("reread").output


@IN_SQLITE
def test_pages_of_a_mirror_need_to_be_told_whose_they_are(tmp_path: Path, data: Path) -> None:
    made = warc(tmp_path, record("http://mirror.example/news/1.html", OLD, news(1)))
    assert zspark("import", made).output == "nothing of a known site\n"
    assert counts(made, "--site", "nhtp")["new"] == 1
    assert rows(data, "SELECT site, section, native_id FROM articles") == [("nhtp", "news", "1")]
    assert "1 unchanged" in zspark("reread").output
    assert zspark("import", made, "--site", "nowhere").exit_code == 2


@IN_SQLITE
def test_what_is_damaged_costs_only_itself(tmp_path: Path, data: Path) -> None:
    members = [record(f"/news/{number}.html", OLD, news(number)) for number in (1, 2, 3)]
    broken = bytearray(members[1])
    broken[len(broken) // 2] ^= 0xFF
    made = warc(tmp_path, members[0], bytes(broken), members[2], members[0][:-9])
    done = zspark("import", made)
    assert done.exit_code == 1
    assert rows(data, "SELECT native_id FROM articles ORDER BY 1") == [("1",), ("3",)]
    faults = [line for line in done.stderr.splitlines() if str(made) in line]
    assert len(faults) == 2
    assert rows(data, "SELECT state, reason FROM runs") == [("suspicious", "2 faults")]


@IN_SQLITE
@pytest.mark.parametrize(
    "member",
    [
        record("/news/1.html", "9999-01-01T00:00:00Z", news(1)),
        record("/news/1.html", "yesterday", news(1)),
        raw_record("/news/1.html", OLD, http(b"\x28\xb5\x2f\xfd....", Content_Encoding="zstd")),
        raw_record("/news/1.html", OLD, b"\x00" * 99),
        raw_record("/news/1.html", OLD, b"", "revisit", WARC_Payload_Digest="sha1:NOWHERE"),
        record("http://other.example/news/1.html", OLD, news(1)),
        record("http://www.nhtp.org@evil.example/news/1.html", OLD, news(1)),
        record("file:///news/1.html", OLD, news(1)),
        raw_record("/news/1.html", OLD, b"HTTP/1.1 404 Gone\r\n\r\nnothing"),
        raw_record("/news/1.html", OLD, http(news(1)[:-40], Content_Length=str(len(news(1))))),
        record("/news/1.html", OLD, news(1), WARC_Truncated="length"),
    ],
    ids=["future", "no date", "zstd", "no HTTP", "no body", "other site", "user", "file", "404", "cut", "truncated"],
)
def test_what_is_no_copy_becomes_no_article(tmp_path: Path, data: Path, member: bytes) -> None:
    done = zspark("import", warc(tmp_path, member, record("/news/2.html", OLD, news(2))))
    assert "Traceback" not in done.output
    assert rows(data, "SELECT native_id FROM articles") == [("2",)]


@IN_SQLITE
def test_a_dry_run_and_one_while_another_is_at_work(tmp_path: Path, data: Path) -> None:
    made = warc(
        tmp_path,
        record("/news/1.html", OLD, news(1)),
        record("/news/", OLD, html(listing([1]))),
        record("/about", OLD, b"x"),
    )
    done = zspark("import", made, "--dry-run")
    assert done.output == "1 pages of articles, 0 further pages, 1 listings, 1 other records, 0 faults\n"
    assert not data.exists()
    with locked(data):
        assert zspark("import", made).exit_code == 3


def test_a_crawl_goes_on_beside_what_was_imported(tmp_path: Path, data: Path) -> None:
    """A later crawl of the same page makes the next version, and an import between does not count as a night."""
    with Site({"/robots.txt": (404, {}, b""), "/news/": listing([1]), "/news/1.html": article(1)}) as site:
        host = site.url.removeprefix("http://")
        old = record(f"http://{host}/news/1.html", OLD, news(1, "第一次发布的全部文字。"))
        assert counts(warc(tmp_path, old), "--site", "nhtp")["new"] == 1
        quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
        end = ended(command(data, "crawl", "news", "-a", f"start_url={site.url}/news/", *quick), data, site)
    assert end.code == 0, end.err
    assert rows(data, "SELECT version, made_by FROM versions ORDER BY version") == [(1, "import"), (2, "site")]
    assert rows(data, "SELECT first_seen FROM articles") == [(OLD,)]


def test_a_killed_import_is_simply_done_again(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = warc(tmp_path, *(record(f"/news/{number}.html", OLD, news(number)) for number in range(1, 6)))

    def broken(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("zsparkcrawl.recovering.reading.CopyReader.read", broken)
        assert CliRunner().invoke(main, ["import", str(made)]).exit_code == 1
    assert rows(data, "SELECT count(*) FROM captures") == [(5,)]
    assert rows(data, "SELECT state FROM runs") == [("failed",)]
    told = counts(made)
    assert (told["known"], told["new"]) == (5, 5)
    assert rows(data, "SELECT count(*) FROM captures") == [(5,)]
