"""The package of articles that were told from several copies: who reads what can be checked from its tables alone."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import frictionless
import pyarrow.parquet
import pytest

from tests.raw import url_of
from tests.test_copies import BY_NUMBER, DINNER, HOSTS, MIRRORS, NOW, OWN, bare, copy_of, store, zspark
from tests.test_package import contents, descriptor, made, rows
from zsparkcrawl.archive import Archive, Captured, Filters
from zsparkcrawl.export import export_articles
from zsparkcrawl.items import Article
from zsparkcrawl.package import make_package
from zsparkcrawl.report import figures

LIAR = copy_of(DINNER, "www.liar.example", None, "园区今日宣布改名。\n" + DINNER.body)
LATER = DINNER.date + dt.timedelta(days=1)
DOUBTED = [copy_of(BY_NUMBER[405], "a.example"), copy_of(BY_NUMBER[405], "b.example", date=LATER)]
ALONE = copy_of(next(each for each in BY_NUMBER.values() if each.id not in (366, 405)), OWN)
SEVERAL = ("witnesses", "readings", "reading_witnesses")


def keep(archive: Archive, copies: list[Article], days: dict[str, int]) -> None:
    """Keep copies, each on its own day and with its capture."""
    for number, each in enumerate(copies):
        now = NOW + dt.timedelta(days=days[each.url])
        place = Captured(each.url, now, 200, "text/html", "a.warc.gz", 1000 * days[each.url], 900, f"sha1:{each.url}")
        # One more in between, so that the same capture has other numbers in other archives.
        archive.add_capture(replace(place, digest=f"sha1:{number}", offset=1), run_id=None)
        capture = archive.add_capture(place, run_id=None)
        archive.store(each, run_id=None, capture_id=capture, now=now)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder."""
    folder = tmp_path_factory.mktemp("copies")
    copies = [*MIRRORS[:2], LIAR, *DOUBTED, ALONE]
    with Archive.open(url_of(folder)) as archive:
        keep(archive, copies, {each.url: number for number, each in enumerate(copies)})
    return folder


@pytest.fixture(scope="module")
def packed(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packed") / "package"
    made(filled, out)
    return out


def is_valid(folder: Path) -> bool:
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "message"])[:5]
    return True


def test_the_apparatus_is_valid_and_whole(packed: Path) -> None:
    assert is_valid(packed)
    keys = {table: descriptor_keys(packed, table) for table in SEVERAL}
    assert keys["witnesses"] == ["articles", "captures"]
    assert keys["readings"] == ["versions"]
    assert keys["reading_witnesses"] == ["readings", "witnesses"]
    articles = {row["article"]: row for row in rows(packed, "articles")}
    assert (articles["nhtp/news/366"]["body"], articles["nhtp/news/366"]["witness_count"]) == (DINNER.body, 3)
    assert articles["nhtp/news/405"]["disputed"] == 1
    told = {row["host"]: row for row in rows(packed, "witnesses")}
    assert set(told) == {"www.mirror0.example", "www.mirror1.example", "www.liar.example", "a.example", "b.example"}
    liar = told["www.liar.example"]
    assert (liar["standing"], liar["kind"], liar["version"]) == ("apart", "tampering", None)
    assert "园区今日宣布改名" in liar["body"]
    assert "园区今日宣布改名" in json.loads(liar["apart"])[0]["reading"]
    held = {row["capture"]: row["url"] for row in rows(packed, "captures")}
    assert all(held[row["capture"]] == row["url"] for row in told.values())


def descriptor_keys(folder: Path, table: str) -> list[str]:
    (found,) = [each for each in descriptor(folder)["resources"] if each["name"] == table]
    return sorted(each["reference"]["resource"] for each in found["schema"]["foreignKeys"])


def test_each_reading_is_checked_from_the_tables_alone(packed: Path) -> None:
    versions = {(row["article"], row["version"]): row for row in rows(packed, "versions")}
    found = {tuple(row[name] for name in ("article", "version", "field", "position", "rank")): row
             for row in rows(packed, "readings")}  # fmt: skip
    assert {row["verdict"] for row in found.values()} >= {"decided", "disputed"}
    for row in found.values():
        if row["rank"] == 0 and row["field"] in ("title", "body"):
            text = versions[row["article"], row["version"]][row["field"]]
            assert text[row["start"] : row["end"]] == row["reading"]
    assert readers_checked(packed) > 0


def readers_checked(folder: Path) -> int:
    """See that each copy has the readings that are said to be its own, and return how many there are."""
    place = ("article", "version", "field", "position", "rank")
    versions = {(row["article"], row["version"]): row for row in rows(folder, "versions")}
    found = {tuple(row[name] for name in place): row["reading"] or "" for row in rows(folder, "readings")}
    witnesses = {row["witness"]: row for row in rows(folder, "witnesses")}
    checked = 0
    for row in rows(folder, "reading_witnesses"):
        copy = witnesses[row["witness"]]
        assert copy["article"] == row["article"]
        own = copy if copy["version"] is None else versions[copy["article"], copy["version"]]
        if row["says"] == "reads" and row["field"] in ("title", "body"):
            assert found[tuple(row[name] for name in place)] in own[row["field"]]
            checked += 1
    return checked


def test_the_figures_of_the_copies(packed: Path) -> None:
    quality = json.loads((packed / "quality.json").read_text("utf-8"))
    articles, readings = rows(packed, "articles"), rows(packed, "readings")
    disputed = {row["article"] for row in readings if row["verdict"] == "disputed"}
    assert quality["copies"] == {
        "articles": 2,
        "copies": sum(row["witness_count"] for row in articles if row["witness_count"] > 1),
        "disputed": sum(row["disputed"] for row in articles),
        "gaps": 0,
        "apart": {"tampering": 1},
    }
    assert quality["copies"]["disputed"] == 1
    assert disputed == {"nhtp/news/405"}
    text = (packed / "README.md").read_text("utf-8")
    assert "2 篇由多份副本合成，共 5 份：1 处有争议" in text
    assert "told from several copies: 2, from 5 copies; places disputed: 1" in text


def test_nothing_is_said_of_copies_where_there_are_none(tmp_path: Path) -> None:
    with Archive.open(f"sqlite:///{tmp_path / 'a.sqlite'}") as archive:
        store(archive, ALONE)
        make_package(archive, tmp_path / "p")
    assert is_valid(tmp_path / "p")
    assert all(rows(tmp_path / "p", name) == [] for name in SEVERAL)
    text = (tmp_path / "p" / "README.md").read_text("utf-8")
    assert not re.search("由多份副本合成|told from several copies:", text)


def test_the_numbers_of_the_database_do_not_show(filled: Path, database: str, tmp_path: Path) -> None:
    copies = [ALONE, *DOUBTED, *MIRRORS[:2], LIAR]
    days = {each.url: number for number, each in enumerate([*MIRRORS[:2], LIAR, *DOUBTED, ALONE])}
    with Archive.open(database) as archive:
        keep(archive, copies, days)
    first, second = made(filled, tmp_path / "a"), made(database, tmp_path / "b")
    assert made(filled, tmp_path / "c") == first
    for name in SEVERAL:
        for form in ("csv", "parquet"):
            assert first[f"data/{name}.{form}"] == second[f"data/{name}.{form}"]


def test_a_selection_and_an_earlier_day_stand_by_themselves(filled: Path, tmp_path: Path) -> None:
    made(filled, tmp_path / "one", filters=Filters(text=DINNER.title))
    assert is_valid(tmp_path / "one")
    assert {row["article"] for row in rows(tmp_path / "one", "witnesses")} == {"nhtp/news/366"}
    made(filled, tmp_path / "early", filters=Filters(as_of=NOW.date()))
    assert is_valid(tmp_path / "early")
    (only,) = rows(tmp_path / "early", "witnesses")
    assert (only["host"], only["standing"], only["version"]) == ("www.mirror0.example", None, 1)
    assert rows(tmp_path / "early", "readings") == []
    made(filled, tmp_path / "second", filters=Filters(as_of=NOW.date() + dt.timedelta(days=1)))
    assert is_valid(tmp_path / "second")
    assert {row["standing"] for row in rows(tmp_path / "second", "witnesses")} == {"supports"}


def test_an_older_copy_that_came_later_brings_its_text_along(database: str, tmp_path: Path) -> None:
    """On the day asked for it was not there yet, nor the version that has its text."""
    older = copy_of(DINNER, OWN)
    place = Captured(older.url, NOW - dt.timedelta(days=900), 200, "text/html", "b.warc.gz", 0, 900, "sha1:old")
    with Archive.open(database) as archive:
        store(archive, MIRRORS[0])
        capture = archive.add_capture(place, run_id=None)
        later = NOW + dt.timedelta(days=5)
        assert archive.store(older, run_id=None, capture_id=capture, now=later, origin="import") == "version"
        make_package(archive, tmp_path / "now")
        make_package(archive, tmp_path / "then", filters=Filters(as_of=NOW.date()))
    assert is_valid(tmp_path / "now")
    assert is_valid(tmp_path / "then")
    shown, known = (
        {row["host"]: (row["standing"], row["version"], row["body"]) for row in rows(tmp_path / name, "witnesses")}
        for name in ("now", "then")
    )
    assert shown == {OWN: ("supports", 2, None), "www.mirror0.example": ("supports", 1, None)}
    assert known == {OWN: (None, None, DINNER.body), "www.mirror0.example": (None, 1, None)}


def test_readers_that_are_no_longer_kept_are_left_out(database: str, tmp_path: Path) -> None:
    """The same capture, read anew by other rules, is another witness in the place of the first."""
    url = MIRRORS[1].url
    place = Captured(url, NOW, 200, "text/html", "b.warc.gz", 0, 900, "sha1:b")
    anew = copy_of(DINNER, "www.mirror1.example", None, BY_NUMBER[405].body)
    with Archive.open(database) as archive:
        store(archive, MIRRORS[0])
        capture = archive.add_capture(place, run_id=None)
        archive.store(MIRRORS[1], run_id=None, capture_id=capture, now=NOW)
        archive.store(anew, run_id=None, capture_id=capture, now=NOW + dt.timedelta(days=1), origin="reading")
        before = archive.readings_of(1, 2)
        first, _ = (each["id"] for each in archive.witnesses_of(1))
        assert before
        assert {number for each in before for number in (*each["witnesses"], *each["explained"])} == {first}
        make_package(archive, tmp_path / "p")
    assert is_valid(tmp_path / "p")
    assert {row["host"] for row in rows(tmp_path / "p", "witnesses")} == {"www.mirror0.example", "www.mirror1.example"}
    assert len({row["witness"] for row in rows(tmp_path / "p", "reading_witnesses")}) == 1


# -- a copy that a person confirmed --


@pytest.fixture
def joined(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.setenv("ZSPARK_DATABASE", database)
    with Archive.open(database) as archive:
        store(archive, ALONE, MIRRORS[0], bare(DINNER, HOSTS[1]))
        zspark("candidates")
        zspark("candidates", "--confirm", "1")
        yield archive


def test_a_confirmed_copy_is_no_article_in_any_count(joined: Archive) -> None:
    assert joined.count() == 2
    assert sum(each.articles for each in joined.status().sections) == 2
    assert {each.section for each in joined.status().sections} == {"news"}
    assert json.loads(zspark("status", "--json").stdout)["sections"][0]["articles"] == 2
    assert figures(joined).headline.articles == 2


def test_a_confirmed_copy_is_exported_as_what_it_is_a_copy_of(joined: Archive, tmp_path: Path) -> None:
    url = bare(DINNER).url
    for form in ("json", "parquet", "sqlite"):
        assert export_articles(joined, tmp_path / f"out.{form}", form, columns=("url", "witness_count", "same_as")) == 2
        assert url.encode() not in (tmp_path / f"out.{form}").read_bytes()
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert {row["url"]: (row["witness_count"], row["same_as"]) for row in table} == {
        ALONE.url: (1, None),
        MIRRORS[0].url: (2, None),
    }
    make_package(joined, tmp_path / "p")
    assert is_valid(tmp_path / "p")
    assert {row["url"] for row in rows(tmp_path / "p", "articles")} == {ALONE.url, MIRRORS[0].url}
    assert url in {row["url"] for row in rows(tmp_path / "p", "witnesses")}
    assert b"old.example" in contents(tmp_path / "p")["data/witnesses.csv"]
