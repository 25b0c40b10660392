"""Are captures safe, and what do they cost? A WARC file is cut and its bytes are flipped all over, and the records that
are left are counted; then the time to write, to verify and to salvage.

python -m bench.captures

`--every` damages every single byte, and takes half an hour.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import io
import random
import resource
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from bench.results import record
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.salvage.damaged_files import salvage_file
from zsparkcrawl.archive.warc.captures import CaptureWriter, read_capture
from zsparkcrawl.archive.warc.members import Record, walk
from zsparkcrawl.archive.warc.records import exchange_records, payload_digest, request_head, response_head
from zsparkcrawl.archive.warc.verifying import check_file
from zsparkcrawl.charset import declared_charset

PLACES = 5000
"""Bytes chosen at random beside those within two of a border between records."""
SALVAGES = 60
WRITTEN = 2000
NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
HEADERS = [("Content-Type", "text/html; charset=gb2312"), ("Server", "nginx"), ("ETag", '"5c6b"')]
REQUEST = [("User-Agent", "zsparkcrawl"), ("Accept-Language", "zh-CN")]
SIGNS = "园区新闻通知企业创新发展健康医药产业会议部署工作服务项目建设管理"


_GIVEN_UP = (ArchiveLoadFailed, EOFError, ValueError, AttributeError, TypeError, KeyError, zlib.error)
"""What warcio's reader ends with on damaged files."""

Answer = tuple[str, int, bytes]
"""Address, status and body."""


def page(number: int, characters: int = 6000) -> bytes:
    """A page of Chinese text in GBK with some markup, as long as pages of such sites are."""
    rng = random.Random(number)
    lines = ("".join(rng.choices(SIGNS, k=60)) for _ in range(characters // 60))
    return f"<html><title>{number}</title>{''.join(f'<p>{line}</p>' for line in lines)}</html>".encode("gbk")


@cache
def answers() -> tuple[Answer, ...]:
    """30 answers: pages, small and large; the same again; files that are compressed
    already, one of them a WARC file that may pass for records of ours."""
    noise = random.Random(7).randbytes(9000)
    pages = [(f"http://park.example/news/{n}.html", 200, page(n, 300 + 200 * n)) for n in range(20)]
    return (
        *pages,
        *pages[:5],
        ("http://park.example/a.zip", 200, noise),
        ("http://park.example/a.gz", 200, noise[:4000] + gzip.compress(noise[:3000]) + noise[4000:]),
        ("http://park.example/a.warc.gz", 200, noise[:2000] + inner() + noise[2000:]),
        ("http://park.example/gone", 404, "找不到".encode("gbk")),
        ("http://park.example/busy", 503, b""),
    )


def inner() -> bytes:
    """Records of another file."""
    head = response_head(200, HEADERS, 900)
    body = random.Random(8).randbytes(900)
    made, _, _ = exchange_records(
        "http://evil.example/", NOW, head, body, request_head("http://evil.example/", "GET", []), info_id="<urn:uuid:0>"
    )
    return made


def keep(archive: Archive, writer: CaptureWriter, answer: Answer) -> None:
    """Keep an answer as a run does."""
    url, status, body = answer
    captured = writer.write(
        url=url,
        status=status,
        headers=HEADERS,
        body=body,
        request_headers=REQUEST,
        time=NOW,
        kept=archive.kept_body(url, payload_digest(body)),
    )
    archive.add_capture(captured, declared_charset=declared_charset(body, captured.content_type))


def sample(folder: Path) -> tuple[Path, Path]:
    """An archive of the 30 answers, some sixty records in one file: the database and the file."""
    with Archive.open(f"sqlite:///{folder / 'zspark.sqlite'}") as archive, CaptureWriter(folder / "captures") as writer:
        for answer in answers():
            keep(archive, writer, answer)
    (path,) = (folder / "captures").iterdir()
    return folder / "zspark.sqlite", path


def records_of(data: bytes) -> list[Record]:
    """The good records of a file."""
    return [part for part in walk(io.BytesIO(data)) if isinstance(part, Record) and not part.fault]


def by_warcio(data: bytes) -> int:
    """How many records warcio's own reader comes to before it gives up."""
    number = 0
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()), suppress(*_GIVEN_UP):
        for one in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
            one.content_stream().read()
            number += 1
    return number


def damaged(data: bytes, place: int, bit: int | None) -> bytes:
    """Cut at a byte, or with one bit of it turned."""
    return data[:place] if bit is None else data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def damages(data: bytes, places: Iterable[int], *, cut: bool) -> str:
    """A line on how many of the other records are found."""
    whole, rng = records_of(data), random.Random(3)
    wanted = found = cases = foreign = theirs = by_them = 0
    started = time.perf_counter()
    for place in places:
        broken = damaged(data, place, None if cut else rng.randrange(8))
        others = {one.start for one in whole if (one.end <= place if cut else not one.start <= place < one.end)}
        there = {one.start for one in records_of(broken)}
        wanted, found, cases = wanted + len(others), found + len(others & there), cases + 1
        foreign += len(there - {one.start for one in whole})
        if cases % 20 == 0:  # it takes longer, and is here to compare with
            theirs, by_them = theirs + len(others), by_them + by_warcio(broken)
    seconds = time.perf_counter() - started
    return (
        f"{'cut' if cut else 'one bit turned':<16}{cases:>8}{wanted:>10}{found:>10}{found / wanted:>10.3%}{foreign:>9}"
        f"{min(by_them / theirs, 1):>10.1%}{seconds / cases * 1000:>9.1f} ms"
    )


def salvages(folder: Path) -> str:
    """Salvage from end to end: of how many captures whose record was not hit the body is read as it was."""
    database, path = sample(folder)
    rng = random.Random(4)
    good = total = 0
    started = time.perf_counter()
    for _ in range(SALVAGES):
        place, bit = rng.randrange(path.stat().st_size), rng.choice([None, 0, 3, 7])
        with tempfile.TemporaryDirectory(dir=folder) as name:
            read = _salvaged(database, path, Path(name), place, bit)
        good, total = good + sum(read), total + len(read)
    seconds = (time.perf_counter() - started) / SALVAGES
    return (
        f"salvage, {SALVAGES} times: {good} of {total} other captures read as they were, {seconds * 1000:.0f} ms each"
    )


def _salvaged(database: Path, path: Path, folder: Path, place: int, bit: int | None) -> list[bool]:
    """For each capture that the damage did not hit whether its body is read as it was."""
    (folder / "captures").mkdir()
    (folder / "captures" / path.name).write_bytes(damaged(path.read_bytes(), place, bit))
    with Archive.open(f"sqlite:///{database}") as archive:
        archive.backup(folder / "zspark.sqlite")
    with Archive.open(f"sqlite:///{folder / 'zspark.sqlite'}") as archive:
        rows = list(archive.captures())
        hit = {row["id"] for row in rows if _is_hit(row, place, bit)}
        salvage_file(archive, folder / "captures", path.name)
        others = [row for row in archive.captures() if not {row["id"], row["revisit_of"]} & hit]
    return [_is_read(folder / "captures", row) for row in others]


def _is_hit(row: Mapping[str, Any], place: int, bit: int | None) -> bool:
    end = row["offset"] + row["length"]
    return bool(place < end if bit is None else row["offset"] <= place < end)


def _is_read(folder: Path, row: Mapping[str, Any]) -> bool:
    place, body = (row["body_file"], row["body_offset"]), answers()[row["id"] - 1][2]
    return row["lost"] is None and read_capture(folder, row["file"], row["offset"], body_at=place)[2] == body


def costs(folder: Path) -> Iterator[str]:
    """What an exchange costs, waiting for the disk included and not, and how fast it is verified."""
    pages = [page(number) for number in range(50)]
    size = sum(map(len, pages)) / len(pages)
    yield f"{f'an exchange of {size / 1024:.0f} KiB':<50}{'ms':>8}{'CPU ms':>8}{'records/s':>11}{'MB/s':>8}"
    ways = {
        "its records made by warcio and compressed": lambda: _made(pages),
        "kept with its row, the disk waited for each time": lambda: _kept(folder / "each", pages, often=False),
        "kept with its row, the disk ten times a second": lambda: _kept(folder / "often", pages, often=True),
        "kept again, unchanged: a revisit": lambda: _kept(folder / "often", pages, often=True),
    }
    for name, way in ways.items():
        worked, started = time.process_time(), time.perf_counter()
        way()
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        each, work, speed = seconds / WRITTEN * 1000, worked / WRITTEN * 1000, size * WRITTEN / seconds / 1e6
        yield f"{name:<50}{each:>8.2f}{work:>8.2f}{2 * WRITTEN / seconds:>11.0f}{speed:>8.1f}"
    with Archive.open(f"sqlite:///{folder / 'often' / 'zspark.sqlite'}", readonly=True) as archive:
        yield _verified(archive, folder / "often" / "captures")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"peak memory of this program: {peak:.0f} MiB"


def _verified(archive: Archive, folder: Path) -> str:
    records = faults = 0
    started = time.perf_counter()
    for path in sorted(folder.iterdir()):
        for step in check_file(folder, path.name, archive.captures_in(path.name)):
            records, faults = records + (step.record is not None), faults + len(step.findings)
    seconds = time.perf_counter() - started
    speed = sum(path.stat().st_size for path in folder.iterdir()) / 1e6 / seconds
    return (
        f"verify: {records} records, {faults} faults; {records / seconds:.0f} records/s, {speed:.1f} MB/s, compressed"
    )


def _made(pages: list[bytes]) -> None:
    for number in range(WRITTEN):
        url, body = f"http://park.example/{number}", pages[number % len(pages)]
        head = response_head(200, HEADERS, len(body))
        exchange_records(url, NOW, head, body, request_head(url, "GET", REQUEST), info_id="<urn:uuid:0>")


def _kept(folder: Path, pages: list[bytes], *, often: bool) -> None:
    with (
        Archive.open(f"sqlite:///{folder / 'zspark.sqlite'}") as archive,
        CaptureWriter(folder / "captures", sync_each=not often) as writer,
    ):
        if often:
            archive.flush_often(writer.sync)
        for number in range(WRITTEN):
            keep(archive, writer, (f"http://park.example/{number}", 200, pages[number % len(pages)]))
        archive.flush()


def main() -> None:
    """Measure all, print it and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", action="store_true", help="damage every single byte")
    every = parser.parse_args().every
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, path = sample(folder / "one")
        data = path.read_bytes()
        whole = records_of(data)
        edges = {one.start + step for one in whole for step in range(-2, 3)} | {len(data) - 1, len(data) - 2}
        chosen = range(len(data)) if every else {*random.Random(2).sample(range(len(data)), PLACES), *edges}
        places = sorted(place for place in chosen if 0 <= place < len(data))
        lines = [
            f"a file of {len(whole)} records, {len(data)} bytes; {len(places)} places, all borders ±2 among them",
            f"{'':<16}{'cases':>8}{'others':>10}{'found':>10}{'share':>10}{'foreign':>9}{'warcio':>10}{'a walk':>12}",
            *(damages(data, places, cut=cut) for cut in (True, False)),
            salvages(folder / "two"),
            "",
            *costs(folder),
        ]
    record("bench.captures", "\n".join(lines))


if __name__ == "__main__":
    main()
