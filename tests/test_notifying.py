"""Notices: where they may go, what they say, and that they hold up nothing and betray nothing."""

from __future__ import annotations

import json
import os
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.serving import FAST, ORDINARY, Site, command, ended, page
from zsparkcrawl.cli import main
from zsparkcrawl.notifying import NoticeError, sender, tell

TEXT = "zsparkcrawl: news: failed: no listing page could be read\nnotices: 园区\x1b[31m"


class Hook(BaseHTTPRequestHandler):
    status, seconds = 200, 0.0
    got: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, self.headers["Content-Type"], body))
        time.sleep(self.seconds)
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        pass


class Mail(socketserver.StreamRequestHandler):
    """As much of a mail server as a client asks for."""

    got: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.got.append(text)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


@contextmanager
def served(kind: type[socketserver.BaseRequestHandler], **facts: object) -> Iterator[tuple[str, list]]:
    got: list = []
    handler = type("Handler", (kind,), {"got": got, **facts})
    server: socketserver.BaseServer
    made = ThreadingHTTPServer if issubclass(kind, Hook) else socketserver.ThreadingTCPServer
    with made(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", got
        finally:
            server.shutdown()


def test_a_webhook_gets_plain_json() -> None:
    with served(Hook) as (place, got):
        send = sender({"ZSPARK_NOTIFY": f"http://{place}/hook/s3cret"})
        assert send is not None
        assert tell(send, TEXT) is None
    ((path, kind, body),) = got
    assert (path, kind) == ("/hook/s3cret", "application/json; charset=utf-8")
    assert json.loads(body) == {"text": TEXT.replace("\x1b", "\\x1b")}, "what steers a terminal is shown"


def test_a_mail_goes_through_the_server_that_is_named() -> None:
    with served(Mail) as (place, got):
        send = sender({"ZSPARK_NOTIFY": "mailto:park@example.org", "ZSPARK_SMTP": place})
        assert send is not None
        assert tell(send, TEXT) is None
    message = message_from_bytes(got[0], policy=policy.default)
    assert message["To"] == "park@example.org"
    assert message["Subject"] == TEXT.partition("\n")[0]
    assert "notices: 园区" in message.get_content()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": 500}, "the notice could not be sent: HTTP status 500"),
        ({"status": 302}, "the notice could not be sent: HTTP status 302"),
        ({"seconds": 3.0}, "the notice was not taken within 0.5 s"),
    ],
)
def test_a_notice_that_fails_is_one_line_without_the_address(facts: dict[str, object], said: str) -> None:
    with served(Hook, **facts) as (place, got):
        send = sender({"ZSPARK_NOTIFY": f"http://{place}/hook/s3cret"})
        assert send is not None
        assert tell(send, TEXT, 0.5) == said
        assert [path for path, _, _ in got] == ["/hook/s3cret"], "it is led nowhere else"


def test_nobody_listens() -> None:
    with served(Hook) as (place, _):
        pass
    for target in (f"http://{place}/s3cret", "mailto:park@example.org"):
        send = sender({"ZSPARK_NOTIFY": target, "ZSPARK_SMTP": place})
        assert send is not None
        said = tell(send, TEXT)
        assert said is not None
        assert said.startswith("the notice could not be sent: ")
        assert "s3cret" not in said


@pytest.mark.parametrize(
    "target",
    ["http://chat.example/s3cret", "https://", "https://a b/s3cret", "https://x:99999/s3cret", "mailto:", "s3cret",
     "mailto:a@b.example,c@d.example", "mailto:a@b.example\nBcc: s3cret@d.example", "file:///s3cret"],
)  # fmt: skip
def test_what_is_no_place_for_notices(target: str) -> None:
    with pytest.raises(NoticeError) as raised:
        sender({"ZSPARK_NOTIFY": target})
    assert "s3cret" not in str(raised.value)


def test_a_secret_is_not_taken_from_the_command_line() -> None:
    result = CliRunner().invoke(main, ["crawl", "-s", "ZSPARK_NOTIFY=https://chat.example/s3cret"])
    assert result.exit_code == 2
    assert "s3cret" not in result.output


def test_a_bad_night_is_told_and_a_good_one_after_it(tmp_path: Path) -> None:
    code = "import sys; from zsparkcrawl.cli import main; main(sys.argv[1:])"
    routes = {**ORDINARY, "/news/": page("<p>建设中</p>")}
    with served(Hook) as (place, got), Site(routes) as site:
        environ = {"ZSPARK_NOTIFY": f"http://{place}/s3cret"}
        start = ("--section", "news", "--start-url", f"{site.url}/news/")
        words = ("crawl", *start, *FAST, "-s", "LOG_LEVEL=DEBUG")
        ends = []
        for listing in (routes["/news/"], ORDINARY["/news/"], ORDINARY["/news/"]):
            site.routes["/news/"] = listing
            ends.append(ended(command(tmp_path, *words, code=code, **environ), tmp_path))
    assert [end.code for end in ends] == [2, 0, 0]
    bad, good = [json.loads(body)["text"] for _, _, body in got]
    assert bad.startswith("zsparkcrawl: news: suspicious: no article is linked on 1 listing page, ")
    assert "the page says that the site is being worked on" in bad
    assert good == "zsparkcrawl: news: good again (was suspicious)"
    assert "s3cret" not in "".join(end.err for end in ends)


def test_a_night_that_cannot_begin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with served(Hook) as (place, got):
        for name in [name for name in os.environ if name.startswith("ZSPARK")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("ZSPARK_NOTIFY", f"http://{place}/s3cret")
        result = CliRunner().invoke(main, ["crawl"])
    assert result.exit_code == 1
    assert json.loads(got[0][2])["text"].startswith("zsparkcrawl: crawl: failed: ")
