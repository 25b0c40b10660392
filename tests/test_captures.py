"""WARC files: what is written is read back, other tools agree, and a killed run costs no whole record."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import random
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from zsparkcrawl.archive.warc.captures import Captured, CaptureError, CaptureWriter, finish_leftovers, read_capture

NOW = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
BODY = "<h1>新闻</h1>".encode("gb18030")
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]


def write(writer: CaptureWriter, body: bytes = BODY, number: int = 1, **more: object) -> Captured:
    exchange = {
        "url": f"http://www.nhtp.org/news/{number}.html?a=1",
        "status": 200,
        "headers": HEADERS,
        "body": body,
        "request_headers": [("User-Agent", "zsparkcrawl")],
        "time": NOW,
    }
    return writer.write(**{**exchange, **more})  # type: ignore[arg-type]


def body_of(folder: Path, captured: Captured) -> bytes:
    return read_capture(folder, captured.file, captured.offset)[2]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def records(path: Path) -> list[tuple[str, str | None]]:
    """Type and address of each record, all digests checked."""
    with path.open("rb") as stream:
        found = []
        for record in ArchiveIterator(stream, check_digests="raise"):
            found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI")))
            record.content_stream().read()
        return found


def test_a_response_is_read_back(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path / "new" / "captures") as writer:
        first, second = write(writer), write(writer, b"", 2, status=404, headers=[])
        folder = writer.folder
        assert names(folder) == [f"{first.file}.open"]
        assert body_of(folder, first) == BODY  # found while the file is open
    assert names(folder) == [first.file] == [second.file]
    headers, status, body = read_capture(folder, first.file, first.offset)
    assert (headers[:3], status, body) == (HEADERS, 200, BODY)
    assert read_capture(folder, second.file, second.offset) == ([("Content-Length", "0")], 404, b"")
    assert (first.url, first.status, first.time) == ("http://www.nhtp.org/news/1.html?a=1", 200, NOW)
    assert (first.content_type, second.content_type) == ("text/html; charset=utf-8", "")
    assert first.digest != second.digest
    with gzip.open(folder / first.file) as whole:
        assert f"WARC-Payload-Digest: {first.digest}".encode() in whole.read()
    member = (folder / first.file).read_bytes()[first.offset : first.offset + first.length]
    assert gzip.decompress(member).startswith(b"WARC/1.1\r\n")
    assert gzip.decompress(member).endswith(BODY + b"\r\n\r\n")


def test_other_tools_agree(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        file = write(writer, bytes(range(256)) * 100).file
    address = "http://www.nhtp.org/news/1.html?a=1"
    assert records(tmp_path / file) == [("warcinfo", None), ("response", address), ("request", address)]
    assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", tmp_path / file], check=False).returncode == 0
    text = gzip.decompress((tmp_path / file).read_bytes())
    assert text.count(b"WARC-Date: 2026-11-22T08:30:00.000000Z\r\n") == 3
    assert b"GET /news/1.html?a=1 HTTP/1.1\r\nHost: www.nhtp.org\r\nUser-Agent: zsparkcrawl\r\n" in text
    assert b"WARC-Concurrent-To: <urn:uuid:" in text


def test_headers_tell_of_the_body_that_is_kept(tmp_path: Path) -> None:
    """The body came compressed and is kept as it was before: a header that still said gzip would break replay."""
    sent = [("Content-Encoding", "br"), ("transfer-encoding", "chunked"), ("Content-Length", "3"), ("X", "y")]
    with CaptureWriter(tmp_path) as writer:
        captured = write(writer, headers=sent)
    headers, _, body = read_capture(tmp_path, captured.file, captured.offset)
    assert headers == [
        ("X-Archive-Orig-Content-Encoding", "br"),
        ("X-Archive-Orig-transfer-encoding", "chunked"),
        ("X-Archive-Orig-Content-Length", "3"),
        ("X", "y"),
        ("Content-Length", str(len(BODY))),
    ]
    assert body == BODY


def test_nothing_that_was_sent_can_forge_a_record(tmp_path: Path) -> None:
    nasty = "a\r\n\r\nWARC/1.1\r\nb\x00\ud800中"
    with CaptureWriter(tmp_path) as writer:
        captured = write(
            writer,
            url=f"http://x.example/{nasty}",
            headers=[("X", nasty), (nasty, "y")],
            request_headers=[("Host", nasty)],
            method="GET",
            status=999,
        )
    headers, status, body = read_capture(tmp_path, captured.file, captured.offset)
    assert (headers[0], status, body) == (("X", "a WARC/1.1 b ?%E4%B8%AD"), 999, BODY)
    assert [kind for kind, _ in records(tmp_path / captured.file)] == ["warcinfo", "response", "request"]


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300))
def test_any_body_is_read_back(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("captures")
    with CaptureWriter(folder) as writer:
        captured = write(writer, body)
    assert body_of(folder, captured) == body


def test_no_exchange_no_file_and_a_new_file_after_so_many_bytes(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, max_bytes=1) as writer:
        assert names(tmp_path) == []
        written = [write(writer, number=number) for number in range(3)]
        assert names(tmp_path) == sorted(one.file for one in written)
        assert len({one.file for one in written}) == 3
    assert [body_of(tmp_path, one) for one in written] == [BODY] * 3


# -- killed and damaged --

KILLED = """
import datetime as dt, os, sys
from pathlib import Path
from zsparkcrawl.archive.warc.captures import CaptureWriter
writer = CaptureWriter(Path(sys.argv[1]))
for number in range(5):
    captured = writer.write(url=f"http://x.example/{number}", status=200, headers=[], body=b"body %d" % number,
                            request_headers=[], time=dt.datetime.now(dt.UTC))
    print(captured.file, captured.offset, flush=True)
os.kill(os.getpid(), 9)
"""


def killed_run(folder: Path) -> list[tuple[str, int]]:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, folder], env=environ, check=False, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL
    return [(file, int(offset)) for file, offset in (line.split() for line in done.stdout.splitlines())]


def test_what_a_killed_run_left_is_finished_and_a_torn_tail_cut(tmp_path: Path) -> None:
    written = killed_run(tmp_path)
    name = written[0][0]
    left = (tmp_path / f"{name}.open").read_bytes()
    for lost in (0, 1, 9, 200):  # 200 bytes are still of the last request
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / f"{name}.open").write_bytes(left[: len(left) - lost])
        CaptureWriter(tmp_path).close()
        assert names(tmp_path) == [name]
        assert len(records(tmp_path / name)) == (11 if lost == 0 else 10)
        for number, (file, offset) in enumerate(written):
            assert read_capture(tmp_path, file, offset)[2] == b"body %d" % number


def test_wherever_it_is_torn_whole_records_stay(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        written = [write(writer, b"%d" % number) for number in range(3)]
    path = tmp_path / written[0].file
    whole = path.read_bytes()
    path.unlink()
    left = tmp_path / f"{path.name}.open"
    for cut in [*range(0, len(whole), 97), len(whole)]:
        left.write_bytes(whole[:cut])
        finished = finish_leftovers(tmp_path)
        assert finished == ([path] if path.exists() else [])
        assert not left.exists()
        kept = [one for one in written if one.offset + one.length <= cut]
        assert [body_of(tmp_path, one) for one in kept] == [b"%d" % number for number in range(len(kept))]
        if path.exists():
            assert [kind for kind, _ in records(path)].count("response") == len(kept)
            path.unlink()


@pytest.mark.parametrize("chunk", [1 << 16, 2])  # also when the mark of a record lies across two chunks
def test_damage_in_the_middle_does_not_cost_what_lies_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("zsparkcrawl.archive.warc.members._CHUNK", chunk)
    with CaptureWriter(tmp_path) as writer:
        written = [write(writer, b"%d" % number) for number in range(4)]
    path = tmp_path / written[0].file
    data = bytearray(path.read_bytes())
    data[written[1].offset + 30] ^= 0xFF
    path.unlink()
    (tmp_path / f"{path.name}.open").write_bytes(data + data[:100])
    finish_leftovers(tmp_path)
    assert path.read_bytes() == data
    assert [body_of(tmp_path, one) for one in (written[0], *written[2:])] == [b"0", b"2", b"3"]
    with pytest.raises(CaptureError, match="damaged"):
        body_of(tmp_path, written[1])


def test_a_gzip_file_inside_a_torn_record_is_no_record(tmp_path: Path) -> None:
    """A page may offer a .gz file, which lies in the record nearly as it is, for it cannot be compressed again."""
    noise = random.Random(1).randbytes(100_000)
    inner = gzip.compress(noise[:100])
    with CaptureWriter(tmp_path) as writer:
        first, second = write(writer), write(writer, noise[:50_000] + inner + noise[50_000:])
    path = tmp_path / first.file
    data = path.read_bytes()[: second.offset + second.length - 10]
    assert inner in data
    path.unlink()
    (tmp_path / f"{path.name}.open").write_bytes(data)
    finish_leftovers(tmp_path)
    assert path.stat().st_size == second.offset


def test_the_file_of_a_living_run_is_left_alone(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as living:
        first = write(living)
        with CaptureWriter(tmp_path) as other:
            second = write(other)
        assert names(tmp_path) == sorted([f"{first.file}.open", second.file])
        third = write(living)
    assert names(tmp_path) == sorted([first.file, second.file])
    assert [body_of(tmp_path, one) for one in (first, second, third)] == [BODY] * 3


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        captured = write(writer, os.urandom(2000))
    path = tmp_path / captured.file
    data = bytearray(path.read_bytes())
    data[captured.offset + captured.length - 100] ^= 1
    path.write_bytes(data)
    with pytest.raises(CaptureError, match="damaged"):
        body_of(tmp_path, captured)


def test_any_flipped_byte_is_noticed_or_does_not_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with CaptureWriter(tmp_path) as writer:
        captured = write(writer, BODY * 20)
    path = tmp_path / captured.file
    data = path.read_bytes()
    noticed = 0
    for place in range(captured.offset, captured.offset + captured.length):
        for bit in (0x01, 0x80):
            path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            try:
                assert body_of(tmp_path, captured) == BODY * 20
            except CaptureError as error:
                noticed += "damaged" in str(error)
    assert noticed >= 2 * (captured.length - 10)  # of gzip's head, six bytes mean nothing
    assert capsys.readouterr().out == ""


def test_a_body_that_was_changed_with_skill_is_noticed(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        captured = write(writer, b"the truth")
    path = tmp_path / captured.file
    data = path.read_bytes()
    before, after = data[: captured.offset], data[captured.offset :]
    changed = gzip.compress(gzip.decompress(after[: captured.length]).replace(b"the truth", b"the trick"))
    path.write_bytes(before + changed + after[captured.length :])
    with pytest.raises(CaptureError, match="damaged"):
        body_of(tmp_path, captured)


@pytest.mark.parametrize(("file", "offset"), [("missing.warc.gz", 0), ("../x", 0), ("", 0), ("{}", 5), ("{}", 10**6)])
def test_what_cannot_be_read_is_one_clear_line(tmp_path: Path, file: str, offset: int) -> None:
    with CaptureWriter(tmp_path) as writer:
        captured = write(writer)
    (tmp_path.parent / "x").write_bytes((tmp_path / captured.file).read_bytes())
    for place in (offset, 0 if offset == 5 else offset):  # 0 is the record that begins the file, and no response
        with pytest.raises(CaptureError) as caught:
            read_capture(tmp_path, file.format(captured.file), place)
        assert "\n" not in str(caught.value)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(CaptureError, match="captures folder"):
            CaptureWriter(folder)


def test_a_full_disk_costs_no_record(tmp_path: Path) -> None:
    """The limit on the size of files stands for the disk: a write fails half way, and the next fits again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with CaptureWriter(tmp_path) as writer:
        first = write(writer)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
            with pytest.raises(CaptureError, match="captures folder"):
                write(writer, os.urandom(100_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        second = write(writer, b"after")
    assert [body_of(tmp_path, one) for one in (first, second)] == [BODY, b"after"]
    assert len(records(tmp_path / first.file)) == 5
