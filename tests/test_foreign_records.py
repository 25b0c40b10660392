"""WARC files of any make: how they are walked, and what their answers hold."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO

import brotli
import pytest

from zsparkcrawl.recovering.answers import LARGEST_BODY, OddAnswerError, answer_of, unpacked
from zsparkcrawl.recovering.belonging import place_of, plain_url, prefixes
from zsparkcrawl.recovering.records import Fault, Head, Record, records
from zsparkcrawl.sites import site_named

HTML = "<html><body>健康基地召开会议。</body></html>".encode()


def record(number: int, block: bytes = b"", version: str = "1.1", **more: str) -> bytes:
    block = block or b"HTTP/1.1 200 OK\r\n\r\nbody %d" % number
    told = {
        "WARC-Type": "response", "WARC-Target-URI": f"http://www.nhtp.org/news/{number}.html",
        "WARC-Date": "2019-02-19T08:30:00Z", "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"WARC/{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def walked(data: bytes) -> tuple[list[str], list[str]]:
    """The addresses of the records, and the faults."""
    found = list(records(BytesIO(data), lambda _: True))
    urls = [one.head.url.rpartition("/")[2] for one in found if isinstance(one, Record)]
    return urls, [one.message for one in found if isinstance(one, Fault)]


THREE = [record(number) for number in (1, 2, 3)]
ALL = ["1.html", "2.html", "3.html"]


@pytest.mark.parametrize(
    "data",
    [
        b"".join(THREE),
        b"".join(map(gzip.compress, THREE)),
        gzip.compress(b"".join(THREE)),
        b"".join(record(number, version="1.0") for number in (1, 2, 3)),
        b"\r\n".join(THREE),
    ],
    ids=["plain", "a member each", "one member", "1.0", "blank lines"],
)
def test_a_file_is_read_however_it_is_packed(data: bytes) -> None:
    assert walked(data) == (ALL, [])


def test_nothing_is_no_fault_and_no_warc_is_one() -> None:
    assert walked(b"") == ([], [])
    assert walked(gzip.compress(b"")) == ([], [])
    assert walked(b"<html>no WARC</html>" * 100)[1] == ["damaged: no record begins here"]
    assert walked(gzip.compress(HTML))[1] == ["damaged: no record begins here"]


def test_a_cut_file_gives_what_comes_before_the_cut() -> None:
    plain, packed = b"".join(THREE), b"".join(map(gzip.compress, THREE))
    for data in (plain, packed, gzip.compress(plain)):
        urls, faults = walked(data[: len(data) - 30])
        assert set(urls) <= set(ALL[:2])
        assert len(faults) == 1
    assert walked(packed[:-5]) == (ALL[:2], ["damaged: it ends before its end"])


@pytest.mark.parametrize("place", [0, 30, 60, 90])
def test_one_damaged_member_costs_one_record(place: int) -> None:
    members = list(map(gzip.compress, THREE))
    damaged = bytearray(members[1])
    damaged[place] ^= 0x55
    urls, faults = walked(members[0] + bytes(damaged) + members[2])
    assert urls == ["1.html", "3.html"]
    assert len(faults) == 1


def test_a_checksum_that_does_not_fit_withholds_the_record() -> None:
    member = bytearray(gzip.compress(THREE[1]))
    member[-6] ^= 1
    assert walked(bytes(member) + gzip.compress(THREE[2]))[0] == ["3.html"]


@pytest.mark.parametrize("length", ["4", "40", "999999999999", "x", "-1", "9" * 30])
def test_a_wrong_length_in_a_plain_file_costs_one_record(length: str) -> None:
    data = THREE[0] + record(2, Content_Length=length) + THREE[2]
    urls, faults = walked(data)
    assert urls == ["1.html", "3.html"]
    assert len(faults) == 1


def test_a_digest_that_does_not_fit_is_told() -> None:
    urls, faults = walked(record(1, WARC_Block_Digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ") + THREE[1])
    assert urls == ["2.html"]
    assert "WARC-Block-Digest" in faults[0]


def test_what_is_not_wanted_is_passed_over_and_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(record(1, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(80 << 20)))
    assert len(bomb) < 200_000
    urls, faults = walked(bomb + gzip.compress(THREE[1]))
    assert urls == ["2.html"]
    assert "more than" in faults[0]
    found = list(records(BytesIO(bomb + gzip.compress(THREE[1])), lambda head: "/2." in head.url))
    assert [type(one) for one in found] == [Record]


def test_heads_of_other_tools() -> None:
    assert Head({"warc-target-uri": "<http://a.example/>"}).url == "http://a.example/"
    told = ["2019-02-19T08:30:00Z", "2019-02-19T08:30:00.123456Z", "2019-02-19T16:30:00+08:00", "2019-02-19T08:30:00"]
    moments = [Head({"warc-date": one}).time for one in told]
    assert [f"{one:%Y-%m-%dT%H:%M:%S%z}" for one in moments if one] == ["2019-02-19T08:30:00+0000"] * 4
    assert [Head({"warc-date": one}).time for one in ("", "soon", "0001-01-01T00:00:00+14:00")] == [None] * 3


def http(body: bytes, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body


def chunked(body: bytes) -> bytes:
    return b"5;x=1\r\n" + body[:5] + b"\r\n" + b"%x\r\n" % len(body[5:]) + body[5:] + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "block",
    [
        http(HTML),
        http(HTML, Content_Length=str(len(HTML))),
        http(chunked(HTML), Transfer_Encoding="chunked"),
        http(gzip.compress(HTML), Content_Encoding="gzip"),
        http(gzip.compress(HTML[:9]) + gzip.compress(HTML[9:]), Content_Encoding="x-gzip"),
        http(chunked(gzip.compress(HTML)), Content_Encoding="gzip", Transfer_Encoding="chunked"),
        http(zlib.compress(HTML), Content_Encoding="deflate"),
        http(zlib.compress(HTML, wbits=-15), Content_Encoding="deflate"),
        http(brotli.compress(HTML), Content_Encoding="br"),
        http(HTML, Content_Encoding="gzip", Transfer_Encoding="chunked", Content_Length="9"),
        http(HTML, Content_Encoding="br"),
        http(HTML, Content_Encoding="zstd"),
    ],
    ids=[
        "plain", "length", "chunks", "gzip", "two members", "chunks of gzip", "zlib", "deflate", "br",
        "undone before", "br undone before", "zstd undone before",
    ],
)  # fmt: skip
def test_the_body_comes_out_whole(block: bytes) -> None:
    answer = answer_of(block)
    assert (answer.body, answer.partial) == (HTML, False)


@pytest.mark.parametrize(
    "block",
    [
        http(HTML[:-9], Content_Length=str(len(HTML))),
        http(chunked(HTML)[:-20], Transfer_Encoding="chunked"),
        http(gzip.compress(HTML)[:-12], Content_Encoding="gzip"),
        http(brotli.compress(HTML * 50)[:-3], Content_Encoding="br"),
    ],
    ids=["length", "chunks", "gzip", "br"],
)
def test_a_body_that_was_cut_is_a_part(block: bytes) -> None:
    assert answer_of(block).partial


def test_what_cannot_be_unpacked_is_told() -> None:
    for block in (b"", b"GET / HTTP/1.1\r\n\r\n", http(b"\x28\xb5\x2f\xfd..", Content_Encoding="zstd")):
        with pytest.raises(OddAnswerError):
            answer_of(block)
    for packed, name in (
        (gzip.compress(bytes(LARGEST_BODY + 1)), "gzip"),
        (brotli.compress(bytes(LARGEST_BODY + 1)), "br"),
    ):
        with pytest.raises(OddAnswerError, match="more than"):
            unpacked(200, (("Content-Encoding", name),), packed)


def test_which_page_an_address_is_of() -> None:
    def kind(url: str) -> tuple[str, str] | None:
        place = place_of(url, site_named("nhtp"))
        return (place.section, place.kind) if place else None

    assert kind("http://www.nhtp.org/news/7.html") == ("news", "article")
    assert kind("http://www.nhtp.org/news/7_2.html") == ("news", "part")
    assert kind("http://www.nhtp.org/news/7.html?page=2") == ("news", "part")
    assert kind("http://mirror.example/tzzn/qnsq/index_3.html") == ("notices", "listing")
    assert kind("http://www.nhtp.org/news/?page=2") == ("news", "listing")
    assert kind("http://www.nhtp.org/news/style.css") is None
    assert kind("http://www.nhtp.org/about.html") is None
    assert place_of("http://mirror.example/news/7.html") is None
    assert prefixes(site_named("nhtp"), "news") == ("/news/",)


def test_addresses_that_are_none() -> None:
    odd = ["", "dns:x", "http://", "http://a:b@x.example/", "http://x.example:0/", "http://[x/", "http://x.example/a b",
           "ftp://x.example/", "http://x.example/" + "a" * 2000, "http://x.example/\n"]  # fmt: skip
    assert [plain_url(one) for one in odd[:-1]] == [None] * (len(odd) - 1)
    assert plain_url(" http://X.example:80 ") == "http://x.example/"
