"""One archive in SQLite and on PostgreSQL: each command gives the same, and what no database can hold is found in none."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.postgres_server import Server
from tests.conftest import MIGRATED
from tests.test_copies import MIRRORS, store
from tests.test_package import article, fill
from tests.warm import ROOT
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.database.moving import copy_archive
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Edit

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
ODD = (("Ａ区 GMP認證", "中山日报ABC"), ("药品药品药品 会议 100%_done", "O'Neil\\x"), ("𠮷野家开业", "é"))
TOO_LARGE = "99999999999999999999"
NO_TEXT = "\udcff\x00z"
"""What a shell makes of bytes that are no UTF-8, and a character that PostgreSQL refuses."""

SEARCHED = ("园", "会", "园区 会议", "标题:会", "会 OR 园", "园区 -会", "a", "GMP", "药品", "%", "_", "𠮷", "来源:日报")
COMMANDS = [
    ["export", "csv", "--raw"],
    ["export", "jsonl", "--headers", "both"],
    *(["export", "csv", "--source", text] for text in ("abc", "'", "\\", "É", "%")),
    *(["export", "csv", "--text", text] for text in ("%", "_", "gmp", "認", "会")),
    *(["export", "csv", flag] for flag in ("--clean", "--repaired", "--gone", "--standing", "--disputed", "--gaps")),
    ["export", "csv", "--since", "2019", "--until", "2024-05", "--as-of", "2026-11-23"],
    *(["search", "--json", "--", words] for words in SEARCHED),
    *(["search", "--limit", "2", "--", words] for words in SEARCHED),
    *([name, "--json", key] for name in ("show", "history", "explain", "witnesses") for key in ("4", "9")),
    ["diff", "--json", "4"],
    *([name, key] for name in ("show", "history", "diff", "explain", "witnesses") for key in ("news/3", "none")),
    *(["candidates", *more] for more in ([], ["--json"])),
    ["report"],
    ["report", "--json"],
    ["status", "--check"],
    ["seen"],
    ["seen", "--json", "--state", "waiting"],
    ["upgrade"],
]


@pytest.fixture(scope="module")
def pair(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The same archive in a file and on a server."""
    here = f"sqlite:///{tmp_path_factory.mktemp('pair') / 'zspark.sqlite'}"
    with Archive.open(here) as archive:
        fill(archive, list(range(8)))
        store(archive, *MIRRORS)
        edit = {"title": (Edit("annotations", 0, "園區(qū)", "园区", "certain"),)}
        mended = replace(article(950, "园区会议"), edits=edit)
        archive.store(mended, run_id=None, capture_id=None, now=NOW)
        for number, (title, source) in enumerate(ODD):
            odd = replace(article(1000 + number, title), source=source)
            archive.store(odd, run_id=None, capture_id=None, now=NOW)
    there = postgres_server.create(like=MIGRATED)
    copy_archive(here, there)
    yield here, there
    postgres_server.drop(there)


def answer(words: list[str], url: str) -> tuple[int, str, str]:
    """Exit code and output of a command, without the name of the database."""
    at = words.index("--") if "--" in words else len(words)
    done = CliRunner().invoke(main, [*words[:at], "--database", url, *words[at:]])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    name = url.removeprefix("sqlite:///")
    return done.exit_code, done.stdout.replace(name, "DATABASE"), done.stderr.replace(name, "DATABASE")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_gives_the_same(pair: tuple[str, str], words: list[str]) -> None:
    here, there = (answer(words, url) for url in pair)
    assert here == there
    assert here[1] or here[2]


@pytest.mark.parametrize("form", ["csv", "excel", "json", "jsonl", "parquet"])
def test_a_file_has_the_same_bytes(pair: tuple[str, str], tmp_path: Path, form: str) -> None:
    written = []
    for number, url in enumerate(pair):
        name = tmp_path / f"{number}.{'csv' if form == 'excel' else form}"
        assert answer(["export", form, "-o", str(name)], url)[0] == 0
        written.append(name.read_bytes())
    assert written[0] == written[1] != b""


def test_equally_good_articles_stand_in_the_order_of_their_days(database: str) -> None:
    # Each has two of the words once and one of them twice; added in another order the sums differ in the last bit.
    texts = ("甲乙丙丙", "甲甲乙丙", "甲乙乙丙")
    with Archive.open(database) as archive, archive.together():
        for number in range(48):
            day = dt.date(2020, 1, 1) + dt.timedelta(number)
            plain = replace(article(number + 1, "x"), author=None, source=None, body="园园园园", date=day)
            said = replace(plain, body=texts[number % 3]) if number < 12 else plain
            archive.store(said, run_id=None, capture_id=None, now=NOW)
    with Archive.open(database, readonly=True) as archive:
        found = archive.search("甲 乙 丙")
    assert [each.article["date"] for each in found] == [f"2020-01-{12 - number:02}" for number in range(12)]
    assert [each.rank for each in found] == [found[0].rank] * 12
    assert -20 < found[0].rank < -1


# -- what no database holds --


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", NO_TEXT], 1, "no article"),
        (["explain", NO_TEXT], 1, "no article"),
        (["history", f"news/{NO_TEXT}"], 1, "no article"),
        (["export", "csv", "--text", NO_TEXT], 0, "no article is of this kind"),
        (["export", "csv", "--source", NO_TEXT], 0, "no article is of this kind"),
        (["search", "园", "--author", NO_TEXT], 0, "0 articles found"),
        (["search", NO_TEXT], 0, "0 articles found"),
        (["seen", "--state", NO_TEXT], 0, "0 rows"),
        (["export", "csv", "--witnesses", TOO_LARGE], 0, "no article is of this kind"),
        (["search", "园", "--limit", TOO_LARGE], 0, "articles found"),
        (["candidates", "--reject", TOO_LARGE], 1, "no open candidate"),
        (["show", TOO_LARGE], 1, "no article"),
    ],
)
def test_what_no_database_holds_is_not_found(pair: tuple[str, str], words: list[str], code: int, said: str) -> None:
    for url in pair:
        found = answer(words, url)
        assert (found[0], found[2].count("\n")) == (code, 1)
        assert said in found[2]


# -- what else is one line --


def test_output_that_finds_no_room_is_one_line(pair: tuple[str, str]) -> None:
    full = Path("/dev/full")
    assert full.exists(), "a Linux machine has it"
    for words in (["export", "csv"], ["seen"]):
        with full.open("wb") as out:
            command = [sys.executable, "-m", "zsparkcrawl", *words, "--database", pair[0]]
            done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT)
        assert (done.returncode, done.stderr) == (
            1,
            "zsparkcrawl: cannot write the output: No space left on device\n",
        )


def test_how_long_ago_is_told_by_the_clock_of_the_database(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(pair[1], readonly=True) as archive:
        (run, *_) = archive.latest_runs(1)
    later = dt.datetime.fromisoformat(run["ended"]) + dt.timedelta(hours=5)
    monkeypatch.setattr(Archive, "database_time", lambda _: later)
    for url in pair:
        assert re.match(r"news: good, 5 hours ago\b", answer(["status", "--check"], url)[1])
