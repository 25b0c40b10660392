"""`zsparkcrawl bulk read` on records of web archives that are no plain pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collections_made import PAGE, SPAM, read_lines, summary

HTTP = "application/http; msgtype=response"
ADDRESS = "http://www.nhtp.org/news/7.html"
BODY = PAGE.format(title="園區(qū)新聞").encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + BODY


def record(kind: str, block: bytes, url: str = ADDRESS, content: str = HTTP, **more: str) -> bytes:
    """A record of a WARC file; of a name in ``more`` the "_" are "-"."""
    told = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": "2019-02-22T08:00:00Z", "Content-Type": content}
    told |= {name.replace("_", "-"): value for name, value in more.items()} | {"Content-Length": str(len(block))}
    lines = [f"{name}: {value}" for name, value in told.items() if value]
    return "\r\n".join(["WARC/1.0", *lines, "", ""]).encode() + block + b"\r\n\r\n"


RECORDS = {
    "as it should be": (record("response", ANSWER), "records"),
    "cut by who kept it": (record("response", ANSWER, WARC_Truncated="length"), "the end of the page is missing"),
    "of no address": (record("response", ANSWER, url=""), "it tells no address"),
    "of the number of an address": (
        record("response", b"20190222\nwww.nhtp.org. 60 IN A 192.0.2.1\n", "dns:www.nhtp.org", "text/dns"),
        "skipped",
    ),
    "no answer": (record("response", b"<html>"), "no HTTP answer"),
    "a repetition": (record("revisit", ANSWER[:20]), "skipped"),
    "at the end of time": (record("response", ANSWER, WARC_Date="9999-12-31T23:59:59Z"), "records"),
    "a page itself": (record("resource", BODY, content="text/html"), "records"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record(name: str, tmp_path: Path) -> None:
    data, becomes = RECORDS[name]
    (tmp_path / "a.warc").write_bytes(data)
    fails = becomes not in {"records", "skipped"}
    told = summary("read", tmp_path / "a.warc", "-o", tmp_path / "out", code=int(fails))
    assert told["failures" if fails else becomes] == 1
    assert told["records"] + told["skipped"] + told["failures"] == 1
    if fails:
        (failed,) = read_lines(tmp_path / "out" / "a.jsonl.failures")
        assert becomes in failed["reason"]
    for article in read_lines(tmp_path / "out" / "a.jsonl"):
        assert article["title"] == "园区新闻"


@pytest.mark.parametrize("odd", ["\ufffe", "&#1;", "&#xFFFF;", "&#0011", "&#xD800;"])
def test_what_is_no_character_does_not_stop_a_page(odd: str, tmp_path: Path) -> None:
    """lxml reads some of them, and does not take them back where a hijacked title or a junk tag is taken out."""
    title = f"园区新闻{odd}-{SPAM}"
    page = PAGE.format(title=title).replace("</p>", f"<xk2f9>{odd}园区</xk2f9>{odd}</p>").encode()
    (tmp_path / "a.warc").write_bytes(record("response", ANSWER.replace(BODY, page)))
    assert summary("read", tmp_path / "a.warc", "-o", tmp_path / "out")["records"] == 1
    (article,) = read_lines(tmp_path / "out" / "a.jsonl")
    assert article["title"].rstrip("\ufffd") == "园区新闻"
