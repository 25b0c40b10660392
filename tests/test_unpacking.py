"""What comes compressed: bombs, what is torn, and what never was compressed."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib

import brotli
import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request, Response
from scrapy.utils.test import get_crawler

from tests.serving import ROOT
from zsparkcrawl.unpacking import UnpackMiddleware

PAGE = "<html><body><p>园区开放日</p></body></html>".encode()
REQUEST = Request("http://127.0.0.1/news/1.html")


def unpacked(body: bytes, encoding: str) -> Response:
    middleware = UnpackMiddleware.from_crawler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 2**20}))
    response = Response(REQUEST.url, headers={"Content-Encoding": encoding}, body=body)
    found = middleware.process_response(REQUEST, response)
    assert isinstance(found, Response)
    return found


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(PAGE)), ("deflate", zlib.compress(PAGE)), ("br", brotli.compress(PAGE))],
    ids=["gzip", "deflate", "br"],
)
def test_a_page_is_unpacked(encoding: str, body: bytes) -> None:
    found = unpacked(body, encoding)
    assert (found.body, found.flags) == (PAGE, [])
    assert "Content-Encoding" not in found.headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, br"])
def test_a_page_that_only_claims_to_be_packed_is_a_page(encoding: str) -> None:
    found = unpacked(PAGE, encoding)
    assert (found.body, found.flags) == (PAGE, [])
    assert "Content-Encoding" not in found.headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_does_not_unpack_is_passed_on_as_a_part(encoding: str) -> None:
    body = b"\x1f\x8b\x08" + b"\xff" * 20
    found = unpacked(body, encoding)
    assert (found.body, found.flags) == (body, ["partial"])


@pytest.mark.parametrize("cut", range(12, len(gzip.compress(PAGE * 9)), 7))
def test_a_torn_page_is_a_part_though_the_connection_ended_well(cut: int) -> None:
    found = unpacked(gzip.compress(PAGE * 9)[:cut], "gzip")
    assert found.flags == ["partial"]


def test_a_page_in_several_pieces_is_whole() -> None:
    found = unpacked(gzip.compress(PAGE) + gzip.compress(PAGE), "gzip")
    assert (found.body, found.flags) == (PAGE * 2, [])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_bomb_is_refused(encoding: str) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[encoding]
    with pytest.raises(IgnoreRequest, match="DOWNLOAD_MAXSIZE"):
        unpacked(pack(bytes(2**22)), encoding)


def test_an_unpacked_page_is_still_html() -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
    middleware = UnpackMiddleware.from_crawler(get_crawler())
    found = middleware.process_response(REQUEST, Response(REQUEST.url, headers=headers, body=gzip.compress(PAGE)))
    assert isinstance(found, HtmlResponse)


BOMB = """
from pathlib import Path
import brotli
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler
from zsparkcrawl.unpacking import UnpackMiddleware

def peak():
    # The kernel's own account: what getrusage says begins with the memory of the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // 1024

packer = brotli.Compressor(quality=1)
bomb = b"".join(packer.process(bytes(2**20)) for _ in range(300)) + packer.finish()
before = peak()
middleware = UnpackMiddleware.from_crawler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 2**23}))
response = Response("http://x.example/", body=bomb, headers={"Content-Encoding": "br"})
try:
    middleware.process_response(Request("http://x.example/"), response)
except IgnoreRequest:
    print(len(bomb), peak() - before)
"""


def test_a_bomb_takes_little_memory() -> None:
    run = subprocess.run([sys.executable, "-c", BOMB], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    size, mebibytes = map(int, run.stdout.split())
    assert size < 2**16, "it is a bomb"
    assert mebibytes < 60, "and 300 MiB are in it"
