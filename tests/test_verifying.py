"""verify, its salvage, and entering records without a row: wherever a file is damaged, all other records are there."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import pty
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import raw
from tests.conftest import IN_SQLITE
from tests.raw import change, lose, url_of
from zsparkcrawl.archive import Archive, captures_folder, data_folder, database_url
from zsparkcrawl.archive.database.locking import locked
from zsparkcrawl.archive.salvage.damaged_files import salvage_file
from zsparkcrawl.archive.warc.captures import CaptureWriter, read_capture
from zsparkcrawl.archive.warc.members import Gap, Record, walk
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Edit
from zsparkcrawl.fetched import Exchange
from zsparkcrawl.items import Article
from zsparkcrawl.keeping import Keeping

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
HTML = "text/html; charset=utf-8"


def url(number: int) -> str:
    return f"http://www.nhtp.org/news/{number}.html"


def page(number: int) -> bytes:
    return (
        f"<html><head><title>园区新闻第{number}号</title></head><body><h1>园区新闻第{number}号</h1>"
        f"<p>来源：园区办公室  发布时间：2024-05-0{number}</p><p>健康基地召开第{number}次会议，部署新一年的工作。</p></body></html>"
    ).encode()


def fetch(environ: dict[str, str], *answers: tuple[str, bytes, int], end: bool = True) -> Keeping:
    """Keep answers, an hour apart so that each has a second of its own."""
    times = (NOW + dt.timedelta(hours=hour) for hour in range(1000))
    keeping = Keeping.hold(environ, lambda: next(times))
    run = keeping.start_run(site="nhtp", section="news", start_url=None, arguments={})
    for address, body, status in answers:
        headers = (("Content-Type", HTML),)
        run.capture(Exchange(address, "GET", status, headers, body, (), HTML, partial=False))
    if end:
        keeping.release()
    return keeping


ANSWERS = [
    *((url(number), page(number), 200) for number in (1, 2, 3)),
    (url(1), page(1), 200),  # a revisit
    (url(2), b"", 304),
    (url(4), page(4), 404),
]


@pytest.fixture
def folder(environ: dict[str, str]) -> Path:
    fetch(environ, *ANSWERS)
    return captures_folder(environ)


@pytest.fixture
def path(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def zspark(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def verified(*options: str) -> tuple[int, list[str]]:
    result = zspark("verify", *options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stderr == ""
    return result.exit_code, result.stdout.splitlines()


def rows(environ: dict[str, str]) -> list[dict[str, object]]:
    """The captures, in the order in which they were entered."""
    with Archive.open(database_url(environ), readonly=True) as archive:
        return sorted((dict(row) for row in archive.captures()), key=lambda row: row["id"])


def bodies(environ: dict[str, str]) -> dict[int, bytes]:
    """What can be read, by capture."""
    folder, found = captures_folder(environ), {}
    for row in rows(environ):
        if row["lost"] is None:
            place = (row["body_file"], row["body_offset"])
            found[row["id"]] = read_capture(folder, row["file"], row["offset"], body_at=place)[2]  # type: ignore[arg-type]
    return found  # type: ignore[return-value]


WHOLE = {1: page(1), 2: page(2), 3: page(3), 4: page(1), 5: page(2), 6: page(4)}


# -- what is good --


@pytest.mark.usefixtures("folder")
def test_a_good_archive_is_one_line(environ: dict[str, str]) -> None:
    assert bodies(environ) == WHOLE
    assert verified() == (0, ["files 1, records 13, captures 6, faults 0: all good"])
    assert verified("--salvage", "--enter") == (0, ["files 1, records 13, captures 6, faults 0: all good"])
    found = json.loads(zspark("verify", "--json").stdout)
    assert found["faults"] == found["salvaged"] == found["lost"] == []
    counts = {"files": 1, "records": 13, "captures": 6}
    assert {name: number for name, number in found["counts"].items() if number} == counts
    assert {"faults", "lost", "rowless", "put_back"} <= set(found["counts"])


def test_what_a_crawl_is_writing_is_left_out(environ: dict[str, str]) -> None:
    keeping = fetch(environ, *ANSWERS, end=False)
    try:
        growing = "files that are being written, left out: 1"
        assert verified() == (0, [growing, "files 0, records 0, captures 6, faults 0: all good"])
        assert zspark("verify", "--salvage").exit_code == 3
        assert zspark("verify", "--enter").exit_code == 3
    finally:
        keeping.release()
    assert verified()[0] == 0


def test_no_archive_at_all(data: Path) -> None:
    lose(data)
    result = zspark("verify")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert result.stderr.startswith(("zsparkcrawl: no database at ", f"zsparkcrawl: database {url_of(data)} is empty"))
    assert not data.exists()


@IN_SQLITE
def test_a_file_that_cannot_be_read_does_not_hide_the_others(path: Path) -> None:
    (path.parent / "a.warc.gz").mkdir()
    code, lines = verified()
    assert (code, lines) == (
        1,
        [f"capture {path.parent / 'a.warc.gz'}: Is a directory", "files 2, records 13, captures 6, faults 1"],
    )


@IN_SQLITE
@pytest.mark.usefixtures("folder")
def test_on_a_terminal_it_shows_how_far_it_is(environ: dict[str, str]) -> None:
    master, slave = pty.openpty()
    words = [sys.executable, "-m", "zsparkcrawl", "verify"]
    with subprocess.Popen(words, env={**environ, "TERM": "xterm"}, stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        shown = b""
        with suppress(OSError):  # what a terminal says when the other end is closed
            while piece := os.read(master, 1000):
                shown += piece
        os.close(master)
        assert process.stdout is not None
        assert process.stdout.read().decode() == "files 1, records 13, captures 6, faults 0: all good\n"
    assert process.returncode == 0
    assert b"checking" in shown


# -- damaged files --


def damaged(data: bytes, cut: int | None = None, flip: int | None = None, bit: int = 0xFF) -> bytes:
    if cut is not None:
        return data[:cut]
    assert flip is not None
    return data[:flip] + bytes([data[flip] ^ bit]) + data[flip + 1 :]


def parts(path: Path) -> list[Record | Gap]:
    with path.open("rb") as file:
        return list(walk(file))


@IN_SQLITE
def test_all_other_records_are_found_wherever_a_file_is_cut_or_a_byte_flipped(path: Path, tmp_path: Path) -> None:
    data, whole = path.read_bytes(), parts(path)
    assert [part.fault for part in whole if isinstance(part, Record)] == [None] * 13
    broken = tmp_path / "broken"
    rng = random.Random(1)
    borders = {place + step for part in whole for place in (part.start, part.end) for step in (-2, -1, 0, 1, 2)}
    for place in sorted({*range(0, len(data), 7), *(place for place in borders if 0 <= place < len(data))}):
        broken.write_bytes(damaged(data, cut=place))
        found = [part for part in parts(broken) if isinstance(part, Record)]
        assert found == [part for part in whole if part.end <= place], place
        broken.write_bytes(damaged(data, flip=place, bit=1 << rng.randrange(8)))
        found = [part for part in parts(broken) if isinstance(part, Record)]
        others = [part for part in whole if not part.start <= place < part.end]
        # The record itself may survive, for some bytes of gzip's head mean nothing.
        assert [part for part in found if part in others] == others, place
        assert len(found) - len(others) in (0, 1)


@pytest.mark.parametrize(
    ("places", "data"),
    [
        ([0], "sqlite"),
        ([0.5], "sqlite"),
        ([0.2, 0.21, 0.8], "sqlite"),
        ([0.2, 0.21, 0.8], "postgresql"),
        ([0.999], "sqlite"),
    ],
    indirect=["data"],
)
def test_salvage_brings_the_others_to_safety(environ: dict[str, str], path: Path, places: list[float]) -> None:
    data = bytearray(path.read_bytes())
    before = rows(environ)
    hit = set()
    for share in places:
        place = int(share * len(data))
        data[place] ^= 0xFF
        hit |= {row["id"] for row in before if row["offset"] <= place < row["offset"] + row["length"]}  # type: ignore[operator]
    path.write_bytes(data)
    code, lines = verified()
    assert code == 1
    assert all(path.name in line for line in lines[:-1])
    assert path.read_bytes() == data  # verify alone changes nothing
    code, lines = verified("--salvage")
    assert code == 1
    assert {int(line.split()[2]) for line in lines if line.startswith("lost: ")} == hit
    salvaged = path.with_name(path.name.replace(".warc.gz", "-salvaged.warc.gz"))
    assert {one.name for one in path.parent.iterdir()} == {salvaged.name, f"{path.name}.damaged"}
    assert path.with_name(f"{path.name}.damaged").read_bytes() == data
    lost = {row["id"] for row in rows(environ) if row["lost"]}
    gone = hit | {row["id"] for row in before if row["revisit_of"] in hit}
    assert lost == gone  # a revisit is lost with its body
    assert bodies(environ) == {number: body for number, body in WHOLE.items() if number not in lost}
    code, lines = verified()  # what was lost is known now, and is no fault any more
    assert code == 0, lines
    assert bool(hit) == (f"captures lost earlier: {len(hit)}" in lines)


def test_a_file_cut_between_two_records(environ: dict[str, str], path: Path) -> None:
    """Nothing in the file itself tells that it was longer: the rows do."""
    last = rows(environ)[-1]
    path.write_bytes(path.read_bytes()[: last["offset"]])  # type: ignore[misc]
    code, lines = verified("--salvage")
    assert (code, lines[0]) == (1, f"{path.name}: capture 6 of '{url(4)}': no record begins at {last['offset']}")
    assert set(bodies(environ)) == {1, 2, 3, 4, 5}
    assert verified()[0] == 0


@pytest.mark.parametrize(
    ("left", "data"),
    [(b"", "sqlite"), (b"", "postgresql"), (b"nothing of it", "sqlite"), (bytes(5000), "sqlite")],
    indirect=["data"],
)
def test_a_file_of_which_nothing_is_left(environ: dict[str, str], path: Path, left: bytes) -> None:
    path.write_bytes(left)
    assert verified("--salvage")[0] == 1
    assert bodies(environ) == {}
    assert [one.name for one in path.parent.iterdir()] == [f"{path.name}.damaged"]
    assert verified() == (0, ["captures lost earlier: 6", "files 0, records 0, captures 6, faults 0: all good"])
    result = zspark("reread")
    assert (result.exit_code, result.stdout.endswith(", 3 lost, 0 files\n")) == (0, True)


@IN_SQLITE
def test_a_body_changed_with_skill_is_found_by_its_digest(environ: dict[str, str], path: Path) -> None:
    row = rows(environ)[2]
    data = path.read_bytes()
    start, end = row["offset"], row["offset"] + row["length"]  # type: ignore[operator]
    member = gzip.decompress(data[start:end]).replace("部署".encode(), "取消".encode())  # type: ignore[misc]
    path.write_bytes(data[:start] + gzip.compress(member) + data[end:])  # type: ignore[misc]
    code, lines = verified("--salvage")
    assert code == 1
    assert f"{path.name}: the response at {start}: its bytes are not those of its WARC-Block-Digest" in lines
    assert set(bodies(environ)) == {1, 2, 4, 5, 6}


@IN_SQLITE
def test_bytes_that_came_in_or_fell_out_cost_no_other_record(environ: dict[str, str], path: Path) -> None:
    """Behind them no record lies where its row says."""
    data, place = path.read_bytes(), rows(environ)[1]["offset"] + 50  # type: ignore[operator]
    path.write_bytes(data[:place] + b"what is this" + data[place:-200] + data[-150:])
    assert verified("--salvage")[0] == 1
    assert bodies(environ) == {number: body for number, body in WHOLE.items() if number not in (2, 5)}
    assert verified()[0] == 0


def test_a_row_with_a_wrong_offset_is_put_right(environ: dict[str, str], path: Path) -> None:
    change(database_url(environ), 'UPDATE captures SET "offset" = "offset" + 3 WHERE id = 3')
    code, lines = verified("--salvage")
    assert (code, bodies(environ)) == (1, WHOLE)
    assert not [line for line in lines if line.startswith("lost")]
    assert verified()[0] == 0
    assert path.with_name(f"{path.name}.damaged").exists()


def nested(folder: Path, inner: bytes) -> tuple[Path, int]:
    """A file with a page that offers a WARC file, which lies in it nearly as it is, and the place of that record."""
    noise = random.Random(1).randbytes(60_000)
    exchange = {"status": 200, "headers": [], "request_headers": [], "time": NOW}
    with CaptureWriter(folder) as writer:
        for number, body in enumerate([b"one", noise[:30_000] + inner + noise[30_000:], b"three"]):
            captured = writer.write(url=url(number), body=body, **exchange)  # type: ignore[arg-type]
            if number == 1:
                place = captured.offset
    return folder / captured.file, place


def test_a_warc_file_inside_a_record_does_not_pass_for_records_of_ours(tmp_path: Path) -> None:
    """Damage before it must not bring its records, which may say anything, into the archive."""
    with CaptureWriter(tmp_path / "theirs") as writer:
        exchange = {"status": 200, "headers": [], "request_headers": [], "time": NOW}
        file = writer.write(url=url(9), body=os.urandom(500), **exchange).file  # type: ignore[arg-type]
    inner = (tmp_path / "theirs" / file).read_bytes()
    path, place = nested(tmp_path / "ours", inner)
    data = path.read_bytes()
    assert inner in data
    whole = parts(path)
    assert len(whole) == 7
    for hurt in (place, place + 400, place + 20_000):
        path.write_bytes(damaged(data, flip=hurt))
        found = parts(path)
        assert [type(part) for part in found] == [Record] * 3 + [Gap] + [Record] * 3
        assert [part for part in found if isinstance(part, Record)] == [part for part in whole if part.start != place]


def test_records_of_another_make_are_found_too(tmp_path: Path) -> None:
    """Their records do not name the one that the file begins with."""
    with CaptureWriter(tmp_path) as writer:
        exchange = {"status": 200, "headers": [], "request_headers": [], "time": NOW}
        places = [writer.write(url=url(n), body=page(n), **exchange).offset for n in (1, 2, 3)]  # type: ignore[arg-type]
    (path,) = tmp_path.iterdir()
    members = [gzip.decompress(path.read_bytes()[part.start : part.end]) for part in parts(path)]
    named = [member.split(b"WARC-Warcinfo-ID")[0] + member.partition(b"WARC-Warcinfo-ID")[2].partition(b"\r\n")[2] for member in members]  # fmt: skip
    path.write_bytes(b"".join(map(gzip.compress, named)))
    assert len(parts(path)) == 7
    third = parts(path)[3].start
    path.write_bytes(damaged(path.read_bytes(), flip=third))
    assert [type(part) for part in parts(path)] == [Record] * 3 + [Gap] + [Record] * 3
    assert len(places) == 3


def test_salvage_that_was_cut_short_is_done_again(
    environ: dict[str, str], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of its steps a power cut leaves an archive in which nothing is lost, and the next salvage ends it."""
    data = path.read_bytes()
    path.write_bytes(damaged(data, flip=rows(environ)[1]["offset"] + 50))  # type: ignore[operator]
    wanted = {number: body for number, body in WHOLE.items() if number not in (2, 5)}

    class PowerCutError(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCutError

    rename = Path.rename
    with Archive.open(database_url(environ)) as archive:
        with monkeypatch.context() as patch:
            patch.setattr(Archive, "move_captures", cut)
            with pytest.raises(PowerCutError):
                salvage_file(archive, path.parent, path.name)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", lambda self, to: cut() if str(to).endswith(".damaged") else rename(self, to))
            with pytest.raises(PowerCutError):
                salvage_file(archive, path.parent, path.name)
    assert bodies(environ) == wanted
    assert verified("--salvage")[0] == 1
    assert bodies(environ) == wanted
    assert verified()[0] == 0


@IN_SQLITE
def test_a_salvaged_file_that_is_damaged_in_turn(environ: dict[str, str], path: Path) -> None:
    for number in (2, 3):
        at = next(row for row in rows(environ) if row["id"] == number)
        file = path.parent / str(at["file"])
        file.write_bytes(damaged(file.read_bytes(), flip=at["offset"] + 50))  # type: ignore[operator]
        assert verified("--salvage")[0] == 1
    assert bodies(environ) == {number: body for number, body in WHOLE.items() if number not in (2, 3, 5)}
    kept = [one.name for one in path.parent.iterdir() if not one.name.endswith(".damaged")]
    assert kept == [path.name.replace(".warc.gz", "-salvaged-2.warc.gz")]


@IN_SQLITE
def test_what_a_program_is_told(environ: dict[str, str], path: Path) -> None:
    row = rows(environ)[1]
    path.write_bytes(damaged(path.read_bytes(), flip=row["offset"] + 50))  # type: ignore[operator]
    result = zspark("verify", "--salvage", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(fault["file"], fault["offset"], fault["capture"]) for fault in found["faults"]] == [
        (path.name, row["offset"], None),
        (path.name, row["offset"], 2),
    ]
    (salvaged,) = found["salvaged"]
    assert (salvaged["file"], salvaged["damaged"], salvaged["records"]) == (path.name, f"{path.name}.damaged", 12)
    assert [lost["id"] for lost in found["lost"]] == [2]
    assert found["counts"]["faults"] == 2


# -- rows and files that do not agree --


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("statement", "said", "data"),
    [
        ("UPDATE captures SET url = 'http://x.example/' WHERE id = 3", "the address is entered as", "any"),
        ("UPDATE captures SET digest = 'sha1:A' WHERE id = 3", "the digest is entered as 'sha1:A'", "sqlite"),
        ("UPDATE captures SET status = 404 WHERE id = 3", "the status is entered as 404, its record has 200", "any"),
        ("UPDATE captures SET length = 1 WHERE id = 3", "the length is entered as 1", "sqlite"),
        ("UPDATE captures SET revisit_of = NULL WHERE id = 4", "the kind is entered as 'response'", "any"),
        ("UPDATE captures SET revisit_of = 3 WHERE id = 4", "capture 4 has its body from capture 3", "sqlite"),
        ("UPDATE captures SET revisit_of = 4 WHERE id = 5", "capture 5 has its body from capture 4", "any"),
        (
            'UPDATE captures SET "offset" = (SELECT "offset" + length FROM captures WHERE id = 3) WHERE id = 3',
            "a request",
            "any",
        ),
    ],
    indirect=["data"],
)
def test_a_row_that_says_something_else(environ: dict[str, str], statement: str, said: str) -> None:
    change(database_url(environ), statement)
    code, lines = verified()
    assert code == 1
    assert any(said in line for line in lines[:-1]), lines
    assert lines[-1].endswith((", faults 1", ", faults 2"))
    before = sorted(path.name for path in captures_folder(environ).iterdir())
    verified("--salvage")  # the bytes are good: there is nothing to salvage
    assert sorted(path.name for path in captures_folder(environ).iterdir()) == before


@IN_SQLITE
@pytest.mark.usefixtures("folder")
def test_a_row_that_refers_to_none(data: Path) -> None:
    """PostgreSQL lets nobody write one."""
    change(data, "UPDATE captures SET run_id = 77 WHERE id = 3")
    code, lines = verified()
    assert (code, lines[-1]) == (1, "files 1, records 13, captures 6, faults 1")
    assert "refers to a row of runs that is not there" in lines[0]


@IN_SQLITE
def test_a_missing_file_is_never_given_up(environ: dict[str, str], path: Path) -> None:
    away = path.parent.parent / "away"
    path.rename(away)
    for options in ([], ["--salvage"]):
        assert verified(*options)[1][0] == f"{path.name}: is missing; 6 captures lie in it"
    away.rename(path)
    assert verified()[0] == 0


def test_versions_and_edits_are_checked(environ: dict[str, str]) -> None:
    article = Article(
        "nhtp", "news", "1", url(1), title="發展", body="一", edits={"title": (Edit("a", 1, "(fā)", ""),)}
    )
    with Archive.open(database_url(environ)) as archive:
        archive.store(article, run_id=None, capture_id=None, now=NOW)
        assert list(archive.database_faults()) == []
        change(database_url(environ), "UPDATE edits SET start = 7")
        assert list(archive.database_faults()) == [
            "article 1, version 1: the edits of title cannot be undone: the edit at 7 does not fit this text"
        ]
        change(database_url(environ), "UPDATE edits SET start = 1")
        change(database_url(environ), "UPDATE versions SET edit_count = 5")
        change(database_url(environ), "UPDATE articles SET version = 3")
        assert list(archive.database_faults()) == [
            "article 1 is in version 3, and the last one kept is 1",
            "article 1, version 1: 1 edits are kept, and 5 were made",
        ]


@IN_SQLITE
@pytest.mark.usefixtures("folder")
def test_a_damaged_database_is_told(data: Path) -> None:
    database = data / "zspark.sqlite"
    change(data, "PRAGMA wal_checkpoint(TRUNCATE)")
    held = bytearray(database.read_bytes())
    held[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    database.write_bytes(held)
    result = zspark("verify")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


# -- records without a row --


def articles(environ: dict[str, str]) -> list[tuple[object, ...]]:
    return raw.rows(database_url(environ), "SELECT native_id, title, date, body, version FROM articles ORDER BY 1")


def test_records_without_a_row_are_counted_and_entered(environ: dict[str, str], folder: Path) -> None:
    assert zspark("reread").exit_code == 0
    before, known = rows(environ), articles(environ)
    assert len(known) == 3
    lose(database_url(environ))
    code, lines = verified("--enter")
    assert (code, lines[0]) == (0, "records entered: 6; `zsparkcrawl reread` reads them")
    same = [name for name in before[0] if name not in ("run_id", "site", "section", "charset", "digest", "text_digest")]
    after = rows(environ)
    assert [[row[name] for name in same] for row in after] == [[row[name] for name in same] for row in before]
    assert bodies(environ) == WHOLE
    assert zspark("reread").exit_code == 0
    assert articles(environ) == known
    change(database_url(environ), "DELETE FROM captures WHERE id = 6")
    assert verified() == (
        0,
        [
            "records without a row in the database: 1; `zsparkcrawl verify --enter` enters them",
            "files 1, records 13, captures 5, faults 0: all good",
        ],
    )
    assert len(list(folder.iterdir())) == 1


@IN_SQLITE
def test_a_run_killed_between_the_record_and_its_row(environ: dict[str, str], folder: Path) -> None:
    with CaptureWriter(folder) as writer:
        fields = {"status": 200, "headers": [("Content-Type", HTML)], "request_headers": [], "time": NOW}
        writer.write(url=url(7), body=page(7), partial=True, **fields)  # type: ignore[arg-type]
    assert verified("--enter")[0] == 0
    row = rows(environ)[-1]
    assert (row["url"], row["partial"], row["declared_charset"], row["run_id"]) == (url(7), True, "utf-8", None)
    assert bodies(environ)[7] == page(7)
    assert verified("--enter")[1] == ["files 2, records 16, captures 7, faults 0: all good"]


def test_what_was_lost_is_put_back_from_a_copy_of_the_file(environ: dict[str, str], path: Path) -> None:
    copy = path.parent.parent / "copy"
    shutil.copy(path, copy)
    for row in rows(environ)[1:3]:
        path.write_bytes(damaged(path.read_bytes(), flip=row["offset"] + 50))  # type: ignore[operator]
    verified("--salvage")
    assert set(bodies(environ)) == {1, 4, 6}
    shutil.copy(copy, path)
    code, lines = verified("--enter")
    assert code == 0
    assert "captures that were lost and are there again: 2" in lines
    assert "records that are copies of captures which lie elsewhere: 4" in lines
    assert bodies(environ) == WHOLE
    assert verified()[0] == 0


def test_a_revisit_whose_body_is_not_there_is_not_entered(environ: dict[str, str]) -> None:
    fetch(environ, ANSWERS[0])
    first = set(captures_folder(environ).iterdir())
    fetch(environ, ANSWERS[0], ANSWERS[5])
    for file in first:
        file.unlink()
    lose(database_url(environ))
    code, lines = verified("--enter")
    assert code == 0
    assert lines[:2] == [
        "records entered: 1; `zsparkcrawl reread` reads them",
        "records that are revisits of a body which is not there: 1",
    ]
    assert [row["url"] for row in rows(environ)] == [url(4)]


@IN_SQLITE
@pytest.mark.parametrize("spoilt", [(b"WARC-Date: 2026", b"WARC-Date: MMXX"), (b"Z\r\n", b"\r\n"), (b"HTTP/1.1 200", b"HTTP/1.1 xyz")])  # fmt: skip
def test_a_record_that_does_not_say_what_it_is(
    environ: dict[str, str], path: Path, spoilt: tuple[bytes, bytes]
) -> None:
    """Of another program, perhaps."""
    data, row = path.read_bytes(), rows(environ)[0]
    end = row["offset"] + row["length"]  # type: ignore[operator]
    member = gzip.decompress(data[row["offset"] : end]).replace(b"news/1", b"news/8").replace(*spoilt)  # type: ignore[misc]
    lines = [line for line in member.split(b"\r\n") if b"Digest" not in line]
    (path.parent / "other.warc.gz").write_bytes(gzip.compress(b"\r\n".join(lines)))
    told = "records without an address, a date or an HTTP status, left alone: 1"
    assert verified("--enter") == (0, [told, "files 2, records 14, captures 6, faults 0: all good"])


# -- reading anew --


def test_reread_goes_through_revisits_and_salvage(environ: dict[str, str], path: Path) -> None:
    assert zspark("reread").stdout.startswith("3 new, ")
    known = articles(environ)
    path.write_bytes(damaged(path.read_bytes(), flip=20))  # hits the record that says what the file is
    verified("--salvage")
    result = zspark("reread")
    assert (result.exit_code, articles(environ)) == (0, known)
    assert result.stdout.startswith("0 new, 0 version, 3 unchanged")


@IN_SQLITE
@pytest.mark.usefixtures("folder")
def test_the_lock_is_free_again(environ: dict[str, str]) -> None:
    verified("--salvage")
    locked(data_folder(environ)).close()


@pytest.fixture(autouse=True)
def _no_crawl_is_left() -> Iterator[None]:
    yield
    from zsparkcrawl.keeping import _held

    assert not _held
