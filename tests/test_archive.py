"""The archive on real SQLite files: what is stored comes back, nothing is lost, faults are one clear line."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from tests.raw import change, every_text, rows
from tests.warm import Process
from zsparkcrawl.archive import (
    Archive,
    ArchiveError,
    Captured,
    Filters,
    Listed,
    Scope,
    Selection,
    Standing,
    Visited,
    Wanted,
    data_folder,
    database_url,
)
from zsparkcrawl.archive.articles.storable import edit_rows, storable
from zsparkcrawl.archive.database.opening import VERSION_TABLE, _config
from zsparkcrawl.archive.search.indexing import INDEX
from zsparkcrawl.archive.tables.describing import describe
from zsparkcrawl.archive.tables.schema import metadata
from zsparkcrawl.archive.views import facets
from zsparkcrawl.edits import Change, Damage, Edit, Edited, edit, revert
from zsparkcrawl.items import Article, Attachment, Diagnosis, Image, Injection

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)

ARTICLE = Article(
    site="nhtp",
    section="news",
    native_id="1207",
    url="http://www.nhtp.org/news/1207.html",
    title="产业园区发展",
    date=dt.date(2019, 2, 19),
    time=dt.time(10, 30),
    date_raw="發(fā)布時(shí)間：2019-02-19 10:30",
    date_precision="minute",
    source="健康报",
    body="第一段\n第二段",
    attachments=(Attachment("附件.doc", "http://www.nhtp.org/a.doc"),),
    images=(Image("http://www.nhtp.org/a.jpg"), Image("http://www.nhtp.org/b.jpg", "图")),
    charset="gb18030",
    charset_reason="strict",
    diagnosis=Diagnosis("turned", {"發": frozenset({"fa", "fā"})}, shifted=True, published=dt.date(2019, 2, 19)),
    edits={
        "title": (Edit("annotations", 1, "(fā)", ""), Edit("units", 0, "产", "产", "inferred")),
        "body": (Edit("spam", 7, "\n广告", ""),),
    },
    damaged={"body": (Damage(0, 2, "lost"),)},
    injections=(Injection("hidden", "赌博", "bad.example"), Injection("script", "x")),
)


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'zspark.sqlite'}"


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        yield opened


def store(archive: Archive, article: Article, now: dt.datetime = NOW, **more: object) -> str:
    return archive.store(article, run_id=None, capture_id=None, now=now, **more)  # type: ignore[arg-type]


def capture(archive: Archive, number: int = 0, time: dt.datetime = NOW) -> int:
    captured = Captured(f"http://x.example/{number}", time, 200, "text/html", "a.warc.gz", number, 7, "sha1:A")
    return archive.add_capture(captured)


def start_run(archive: Archive) -> int:
    return archive.start_run(site="nhtp", section="news", start_url=None, arguments={"limit": "3"}, started=NOW)


def show(archive: Archive, run: int, url: str, links: list[Listed], now: dt.datetime) -> None:
    """Enter a listing page as a run does that reads it."""
    frontier = archive.frontier(Scope(run, "nhtp", "news"), Wanted())
    frontier.begin([url], lambda first, _: {"first": first}, now)
    (lease,) = [lease for lease in frontier.lease(now, 100) if lease.kind == "listing"]
    frontier.listed(Visited(lease, Standing("read", visits=1)), url, links, lambda _: (), now)


# -- articles and versions --


def test_an_article_comes_back_as_it_was_stored(archive: Archive) -> None:
    assert store(archive, ARTICLE) == "new"
    row = archive.article("1")
    assert row is not None
    assert (row["date"], row["time"], row["author"]) == ("2019-02-19", "10:30:00", None)
    assert (row["title"], row["body"], row["date_raw"]) == (ARTICLE.title, ARTICLE.body, ARTICLE.date_raw)
    assert row["attachments"] == [{"name": "附件.doc", "url": "http://www.nhtp.org/a.doc", "type": "doc"}]
    assert [image["caption"] for image in row["images"]] == [None, "图"]
    assert (row["first_seen"], row["last_seen"]) == ("2026-11-22T08:30:00Z", "2026-11-22T08:30:00Z")
    counts = [row[name] for name in ("edit_count", "inferred_count", "damage_count", "injection_count")]
    assert counts == [3, 1, 1, 2]


def test_edits_injections_and_the_diagnosis_are_kept_with_the_version(archive: Archive) -> None:
    store(archive, ARTICLE)
    edits = archive.edits_of(1, 1)
    assert [(e["field"], e["position"], e["rule"], e["start"], e["before"], e["after"]) for e in edits] == [
        ("body", 0, "spam", 7, "\n广告", ""),
        ("title", 0, "annotations", 1, "(fā)", ""),
        ("title", 1, "units", 0, "产", "产"),
    ]
    assert [(i["kind"], i["domain"]) for i in archive.injections_of(1, 1)] == [
        ("hidden", "bad.example"),
        ("script", None),
    ]
    (version,) = archive.versions_of(1)
    assert version["diagnosis"]["annotated"] == {"發": ["fa", "fā"]}
    assert version["damaged"] == {"body": [{"start": 0, "end": 2, "reason": "lost"}]}
    assert (version["charset"], version["made_by"], version["changed"]) == ("gb18030", "site", {})


def test_storing_again_changes_nothing_but_the_last_seen(archive: Archive) -> None:
    store(archive, ARTICLE)
    before = archive.article("1")
    assert store(archive, replace(ARTICLE, edits={}, damaged={}, date_raw="2019"), LATER) == "unchanged"
    after = archive.article("1")
    assert before is not None
    assert after == {**before, "last_seen": "2026-11-23T08:30:00Z"}
    assert len(archive.versions_of(1)) == 1
    assert len(archive.edits_of(1, 1)) == 3


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("title", "别的", "edited"),
        ("title", None, "edited"),
        ("date", None, "edited"),
        ("time", None, "template"),
        ("author", "张三", "hijack undone"),
        ("author", "", "hijack undone"),
        ("source", None, "edited"),
        ("editor", "李四", "hijack undone"),
        ("body", "第一段", "edited"),
        ("attachments", (), "edited"),
        ("images", (Image("http://www.nhtp.org/a.jpg", ""),), "edited"),
    ],
)
def test_each_content_field_makes_a_version(archive: Archive, field: str, value: object, kind: str) -> None:
    store(archive, ARTICLE)
    changed = replace(ARTICLE, edits={}, injections=(), **{field: value})  # type: ignore[arg-type]
    assert store(archive, changed, LATER) == "version"
    first, second = archive.versions_of(1)
    assert (first["changed"], second["changed"], second["version"]) == ({}, {field: kind}, 2)
    row = archive.article("1")
    assert row is not None
    assert row["version"] == 2
    assert row[field] == second[field] != first[field]
    assert (row["first_seen"], row["last_seen"]) == ("2026-11-22T08:30:00Z", "2026-11-23T08:30:00Z")
    assert (len(archive.edits_of(1, 1)), len(archive.edits_of(1, 2)), row["edit_count"]) == (3, 0, 0)


def test_a_version_names_all_the_fields_that_changed(archive: Archive) -> None:
    store(archive, ARTICLE)
    store(archive, replace(ARTICLE, body="b", title="t", date_raw="r"))
    assert archive.versions_of(1)[1]["changed"] == {"title": "edited", "body": "edited"}


def test_a_state_that_returns_is_a_version_of_its_own(archive: Archive) -> None:
    states = (ARTICLE, replace(ARTICLE, title="b"), ARTICLE, ARTICLE)
    outcomes = [store(archive, one, NOW + dt.timedelta(days=day)) for day, one in enumerate(states)]
    assert outcomes == ["new", "version", "version", "unchanged"]


def test_a_mirror_shows_the_same_article(archive: Archive) -> None:
    store(archive, ARTICLE)
    assert store(archive, replace(ARTICLE, url="http://127.0.0.1:8000/news/1207.html")) == "unchanged"
    assert store(archive, replace(ARTICLE, section="notices")) == "new"
    assert store(archive, replace(ARTICLE, site="other")) == "new"


def test_articles_without_a_number_are_told_by_their_url(archive: Archive) -> None:
    bare = replace(ARTICLE, section=None, native_id=None, url="http://x.example/a")
    assert store(archive, bare) == "new"
    assert store(archive, bare) == "unchanged"
    assert store(archive, replace(bare, section="news")) == "unchanged"
    assert store(archive, replace(bare, url="http://x.example/b")) == "new"
    assert store(archive, replace(ARTICLE, url="http://x.example/a")) == "new"  # has a number: another matter


def test_reading_anew_leaves_the_times_of_seeing_alone(archive: Archive) -> None:
    number = capture(archive, time=NOW)
    facts = {"run_id": None, "capture_id": number, "now": LATER, "origin": "reading"}
    assert archive.store(ARTICLE, **facts) == "new"  # type: ignore[arg-type]
    assert archive.store(ARTICLE, **facts) == "unchanged"  # type: ignore[arg-type]
    assert archive.store(replace(ARTICLE, title="b"), **facts) == "version"  # type: ignore[arg-type]
    row = archive.article("1")
    assert row is not None
    assert row["first_seen"] == row["last_seen"] == "2026-11-22T08:30:00Z"
    assert [v["made_by"] for v in archive.versions_of(1)] == ["reading", "reading"]
    assert archive.versions_of(1)[1]["made_at"] == "2026-11-23T08:30:00Z"


def test_all_or_nothing(archive: Archive) -> None:
    twice = (Edit("annotations", 0, "a", "b", "certain"), Edit("x", 0, "a", None, "certain"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):  # at the last edit, when the article and the version are written already
        store(archive, replace(ARTICLE, edits={"title": twice}))
    assert archive.article("1") is None
    with pytest.raises(ArchiveError, match=r"(?i)foreign key"):
        archive.store(ARTICLE, run_id=99, capture_id=None, now=NOW)
    assert list(archive.articles()) == []


# -- text that databases cannot take --


@given(st.text(alphabet=st.sampled_from("ab\x00\ud800\udfff发"), max_size=12), st.data())
def test_edits_still_undo_the_text_after_stripping(text: str, data: st.DataObject) -> None:
    edited = Edited(text)
    for _ in range(3):
        length = len(edited.text)
        start = data.draw(st.integers(0, length))
        end = data.draw(st.integers(start, length))
        after = data.draw(st.text(alphabet="x\x00\ud800", max_size=3))
        edited = edit(edited, "r", [Change(start, end, after)])
    made = list(edit_rows(replace(ARTICLE, body=edited.text, edits={"body": edited.edits})))
    kept = [Edit(row["rule"], row["start"], row["before"], row["after"]) for row in made]
    assert revert(storable(edited.text), kept) == storable(text)


def test_nul_and_lone_surrogates_are_stripped_everywhere(archive: Archive) -> None:
    bad = "\x00a\ud83d"
    run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={"a": bad}, started=NOW)
    show(archive, run, f"http://x.example/{bad}", [Listed(f"http://x.example/{bad}", bad)], NOW)
    nasty = replace(
        ARTICLE,
        title=bad,
        author=bad,
        body=f"{bad}\n{bad}",
        attachments=(Attachment(bad, bad),),
        images=(Image(bad, bad),),
        edits={"body": (Edit("r", 3, "", f"\n{bad}"),), "attachments.0": (Edit("r", 0, bad, bad),)},
        damaged={"body": (Damage(4, 7, bad),)},
        diagnosis=Diagnosis(evidence=(bad,)),
        injections=(Injection("junk", bad, bad),),
    )
    assert store(archive, nasty) == "new"
    assert store(archive, nasty) == "unchanged"
    archive.end_run(run, state="good", reason=bad, counts={}, ended=NOW)
    row = archive.article("1")
    assert row is not None
    assert (row["title"], row["body"]) == ("a", "a\na")
    assert archive.versions_of(1)[0]["damaged"]["body"] == [{"start": 2, "end": 3, "reason": "a"}]
    assert [e["before"] for e in archive.edits_of(1, 1)] == ["a", ""]
    everything = every_text(archive)
    assert "\x00" not in everything
    assert not re.search("[\ud800-\udfff]|\\\\ud[89a-f]|\\\\u0000", everything)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(title=st.text(max_size=8) | st.none(), body=st.text(max_size=20))
def test_any_text_comes_back(archive: Archive, title: str | None, body: str) -> None:
    store(archive, replace(ARTICLE, title=title, body=body, edits={}, damaged={}))
    assert store(archive, replace(ARTICLE, title=title, body=body, edits={}, damaged={})) == "unchanged"
    row = archive.article("news/1207")
    assert row is not None
    assert (row["title"], row["body"]) == (None if title is None else storable(title), storable(body))


# -- asking --


def test_articles_come_by_section_date_and_number(archive: Archive) -> None:
    day = dt.date(2020, 1, 1)
    wanted = [
        ("news", day, "9"),
        ("news", day, "10"),
        ("news", day, "10a"),
        ("news", dt.date(2021, 1, 1), "2"),
        ("news", None, "1"),
        ("notices", day, "1"),
        (None, day, None),
    ]
    for section, date, native_id in reversed(wanted):
        url = f"http://x.example/{section}/{native_id}"
        store(archive, replace(ARTICLE, section=section, date=date, native_id=native_id, url=url))
    found = [(row["section"], row["date"], row["native_id"]) for row in archive.articles()]
    assert found == [(section, date and date.isoformat(), number) for section, date, number in wanted]


def test_filters(archive: Archive) -> None:
    for number, (section, date, title, body) in enumerate(
        [
            ("news", dt.date(2020, 1, 1), "健康 100%", "产业发展"),
            ("news", dt.date(2020, 1, 2), "health_PARK", "发"),
            ("notices", dt.date(2020, 1, 3), "公告", ""),
            ("notices", None, None, "100 元"),
        ]
    ):
        one = replace(ARTICLE, section=section, native_id=str(number), date=date, title=title, body=body)
        store(archive, one)

    def found(**wanted: object) -> list[str]:
        return [row["native_id"] for row in archive.articles(Filters(**wanted))]  # type: ignore[arg-type]

    assert found() == ["0", "1", "2", "3"]
    assert found(section="notices") == ["2", "3"]
    assert found(since=dt.date(2020, 1, 2)) == ["1", "2"]
    assert found(until=dt.date(2020, 1, 2)) == ["0", "1"]
    assert found(since=dt.date(2020, 1, 2), until=dt.date(2020, 1, 2), section="news") == ["1"]
    assert found(text="产业") == ["0"]
    assert found(text="產業發展") == ["0"]  # typed in Traditional
    assert found(text="0%") == ["0"]  # a per cent sign is itself and no wildcard
    assert found(text="h_P") == ["1"]
    assert found(text="park") == ["1"]
    assert found(site="other") == []


def test_an_article_is_found_by_number_url_and_section(archive: Archive) -> None:
    store(archive, ARTICLE)
    moved = replace(ARTICLE, url="https://nhtp.org/news/1207.html", title="b")
    store(archive, moved)
    for key in ("1", ARTICLE.url, moved.url, "news/1207"):
        row = archive.article(key)
        assert row is not None, key
        assert row["title"] == "b"
    for key in ("2", "", "news/", "news/1", "http://nowhere.example/", "9" * 40, "١"):
        assert archive.article(key) is None, key


def test_captures_come_newest_first_and_may_be_written_meanwhile(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zsparkcrawl.archive.views.showing.AT_ONCE", 10)
    run = start_run(archive)
    numbers = [capture(archive, number) for number in range(29)]
    number = archive.add_capture(
        Captured("http://x.example/", NOW, 404, "", "b", 1, 2, "sha1:B"), run_id=run, partial=True
    )
    found = []
    for row in archive.captures():
        archive.set_read(row["id"], replace(ARTICLE, charset="gb18030"))
        found.append(row)
    assert [row["id"] for row in found] == [number, *reversed(numbers)]
    newest, older = found[:2]
    assert (newest["site"], newest["section"], newest["partial"], newest["status"]) == (
        "nhtp",
        "news",
        True,
        404,
    )
    assert (older["site"], older["charset"], older["offset"]) == (None, None, 28)
    assert next(archive.captures())["charset"] == "gb18030"


def test_reading_does_not_keep_writers_out(archive: Archive, database: str) -> None:
    for number in range(3):
        store(archive, replace(ARTICLE, native_id=str(number)))
    with closing(archive.articles()) as found, Archive.open(database) as other:
        next(found)
        assert store(other, replace(ARTICLE, native_id="9")) == "new"
        assert len(list(found)) == 2  # and the reader goes on with what there was when it began


def test_a_listing_keeps_when_it_first_showed_a_link(archive: Archive) -> None:
    run = start_run(archive)
    link = Listed("http://x.example/news/1.html", "旧", dt.date(2020, 1, 1))
    show(archive, run, "http://x.example/news/", [link, link], NOW)
    show(archive, start_run(archive), "http://x.example/news/", [replace(link, title="新", date=None)], LATER)
    show(archive, run, "http://x.example/empty", [], LATER)
    kept = rows(archive, "SELECT url, title, date, first_seen, last_seen FROM seen")
    assert kept == [(link.url, "新", None, "2026-11-22T08:30:00Z", "2026-11-23T08:30:00Z")]


# -- runs and the status --


def test_status_counts_the_latest_versions(archive: Archive) -> None:
    run = start_run(archive)
    store(archive, ARTICLE)
    store(archive, replace(ARTICLE, title="b"))
    store(archive, replace(ARTICLE, native_id="2", date=None, source=None, author="张三", edits={}, damaged={}))
    archive.end_run(run, state="good", reason="finished", counts={"new": 2}, ended=LATER)
    found = archive.status()
    (section,) = found.sections
    assert (section.section, section.articles, section.versions) == ("news", 2, 3)
    assert (section.dated, section.with_author, section.with_source) == (1, 1, 1)
    assert (section.repaired, section.edits, section.inferred, section.damaged) == (1, 3, 1, 1)
    (entered,) = found.runs
    assert (entered["state"], entered["counts"], entered["ended"]) == (
        "good",
        {"new": 2},
        "2026-11-23T08:30:00Z",
    )
    assert entered["arguments"] == {"limit": "3"}
    with pytest.raises(KeyError):
        archive.end_run(99, state="good", reason="", counts={}, ended=NOW)


def test_a_run_whose_process_is_gone_is_entered_as_died(archive: Archive, database: str) -> None:
    code = (
        "import datetime as dt, os\n"
        "from zsparkcrawl.archive import Archive\n"
        f"archive = Archive.open({database!r})\n"
        "now = dt.datetime.now(dt.UTC)\n"
        "archive.start_run(site='s', section='news', start_url=None, arguments={}, started=now)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    process = Process(code)
    process.communicate()
    assert process.returncode == -9
    assert [run["state"] for run in archive.status().runs] == ["running"]
    start_run(archive)
    start_run(archive)  # the first of these two is ours and lives
    assert [run["state"] for run in archive.status().runs] == ["running", "running", "died"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells when a process began")
def test_a_process_number_that_came_again_is_another_process(archive: Archive) -> None:
    start_run(archive)
    change(archive, "UPDATE runs SET process_mark = 'boot before:1'")
    start_run(archive)
    assert [run["state"] for run in archive.status().runs] == ["running", "died"]


def test_runs_of_other_machines_are_over_where_one_process_writes(tmp_path: Path) -> None:
    """The lock is held, so nobody else writes: a container that was started anew has another name."""
    with Archive.open(url_of(tmp_path)) as archive:
        start_run(archive)
        change(archive, "UPDATE runs SET host = 'elsewhere', pid = 999999999")
        start_run(archive)
        assert [run["state"] for run in archive.status().runs] == ["running", "died"]


def test_a_moment_needs_a_time_zone(archive: Archive) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store(archive, ARTICLE, dt.datetime(2026, 11, 22))  # noqa: DTZ001 - the mistake in question


# -- several at once --


def test_writers_at_once_lose_nothing(database: str) -> None:
    """Each process stores 12 articles of its own, and one that all three change in turn."""
    code = (
        "import datetime as dt, sys\n"
        "from zsparkcrawl.archive import Archive\n"
        "from zsparkcrawl.items import Article\n"
        "url, who = sys.argv[1:]\n"
        "now = dt.datetime.now(dt.UTC)\n"
        "with Archive.open(url) as archive:\n"
        "    for number in range(12):\n"
        "        own = Article('s', 'news', f'{who}-{number}', 'http://x.example/')\n"
        "        shared = Article('s', 'news', 'shared', 'http://x.example/', title=f'{who}-{number}')\n"
        "        for article in (own, shared):\n"
        "            archive.store(article, run_id=None, capture_id=None, now=now)\n"
    )
    started = [Process(code, [database, who]) for who in "abc"]  # with SQLite also race for the migration
    assert [process.communicate() for process in started] == [("", "")] * 3
    assert [process.returncode for process in started] == [0, 0, 0]
    with Archive.open(database, readonly=True) as archive:
        assert len(list(archive.articles())) == 37
        shared = archive.article("news/shared")
        assert shared is not None
        states = archive.versions_of(shared["id"])
    assert [state["version"] for state in states] == list(range(1, 37))
    assert {state["title"] for state in states} == {f"{who}-{number}" for who in "abc" for number in range(12)}


# -- opening --


def test_the_steps_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    Archive.open(url_of(tmp_path)).close()
    engine = create_engine(url_of(tmp_path))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={"version_table": VERSION_TABLE, "compare_type": True, "include_name": _is_no_part_of_the_index},
            )
            assert compare_metadata(context, metadata) == []
            made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    finally:
        engine.dispose()
    # The comparison does not look at primary keys and at the condition of the partial index.
    fresh = create_engine("sqlite://")
    try:
        metadata.create_all(fresh)
        with fresh.connect() as connection:
            meant = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    finally:
        fresh.dispose()
    statements = {str(name): _parts(str(sql)) for name, sql in made if name != VERSION_TABLE and INDEX not in name}
    assert statements == {str(name): _parts(str(sql)) for name, sql in meant}


def _is_no_part_of_the_index(name: str | None, kind: str, _: object) -> bool:
    """The index of the search is a virtual table with tables of its own, which are FTS5's."""
    return kind != "table" or INDEX not in str(name)


def _parts(sql: str) -> list[str]:
    # A column that a later step added stands on the line of the one before it, and its foreign key beside it.
    sql = re.sub(r"(\w+) INTEGER (CONSTRAINT \w+) (REFERENCES [^,]+)", r"\1 INTEGER, \n\t\2 FOREIGN KEY(\1) \3", sql)
    columns = re.split(r", (?:\n\t|(?=[a-z_]+ (?:TEXT|INTEGER)))", sql.strip("\n "))
    return sorted(" ".join(part.split()).removesuffix(" )") for part in columns)


def test_sqlite_is_set_up_for_safety(tmp_path: Path) -> None:
    with Archive.open(url_of(tmp_path)) as archive, archive._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert values == ["wal", 2, 1, 30_000]


def test_opening_again_keeps_everything(database: str) -> None:
    for expected in ("new", "unchanged"):
        with Archive.open(database) as archive:
            assert store(archive, ARTICLE) == expected


def test_a_reader_cannot_write(database: str) -> None:
    with Archive.open(database) as archive:
        store(archive, ARTICLE)
    with Archive.open(database, readonly=True) as reader:
        assert len(list(reader.articles())) == 1
        with pytest.raises(ArchiveError, match=r"read-?only"):
            store(reader, ARTICLE)


def test_odd_names_of_folders(tmp_path: Path) -> None:
    folder = tmp_path / "a b?c#d%20e 数据"
    url = database_url({"ZSPARK_DATA": str(folder)})
    with Archive.open(url) as archive:
        store(archive, ARTICLE)
    with Archive.open(url, readonly=True) as archive:
        assert len(list(archive.articles())) == 1
    assert (folder / "zspark.sqlite").is_file()


def test_where_things_lie() -> None:
    assert database_url({"ZSPARK_DATA": "x", "ZSPARK_DATABASE": "sqlite:///y"}) == "sqlite:///y"
    assert database_url({"ZSPARK_DATABASE": ""}) == "sqlite:///data/zspark.sqlite"
    assert data_folder({"ZSPARK_DATA": ""}) == Path("data")


def test_a_reader_follows_the_file_that_stands_there_now(tmp_path: Path) -> None:
    """A copy that is moved into the place of the database is read from then on, by every connection of the pool; a
    database that is gone is a fault, and no older state of it is told."""
    for folder, number in (("served", 1), ("newer", 3)):
        with Archive.open(url_of(tmp_path / folder)) as archive:
            for each in range(1, number + 1):
                store(archive, replace(ARTICLE, native_id=str(each), url=f"http://park.example/{each}.html"))
    path = tmp_path / "served" / "zspark.sqlite"
    with Archive.open(url_of(tmp_path / "served"), readonly=True) as reader:
        first, second = reader.articles(), reader.articles()
        assert [next(first)["native_id"], next(second)["native_id"]] == ["1", "1"], "two connections are open"
        first.close()
        second.close()
        (tmp_path / "newer" / "zspark.sqlite").replace(path)
        third, fourth = reader.articles(), reader.articles()
        assert (len(list(third)), len(list(fourth))) == (3, 3)
        assert [reader.facets(Selection()).total for _ in range(3)] == [3, 3, 3]
        path.unlink()
        with pytest.raises(ArchiveError, match="unable to open"):
            reader.article("1")


def test_facets_are_counted_once_after_a_write_and_not_by_each_connection(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count = facets._counted
    monkeypatch.setattr(facets, "_counted", lambda *given: (counted.append(given), count(*given))[1])
    with Archive.open(database) as writer, Archive.open(database, readonly=True) as reader:
        store(writer, ARTICLE)
        several = [reader.articles() for _ in range(3)]
        for each in several:
            next(each)
        for each in several:
            each.close()
        assert [reader.facets(Selection()).total for _ in range(4)] == [1] * 4
        assert len(counted) == 1
        store(writer, replace(ARTICLE, native_id="77", url="http://park.example/77.html"))
        assert [reader.facets(Selection()).total for _ in range(4)] == [2] * 4
        assert len(counted) == 2


def refusal(url: str, *, readonly: bool = False) -> str:
    with pytest.raises(ArchiveError) as caught:
        Archive.open(url, readonly=readonly)
    line = str(caught.value)
    assert line
    assert "\n" not in line
    assert len(line) < 300
    return line


def test_refusals_are_one_clear_line(tmp_path: Path) -> None:
    database = tmp_path / "zspark.sqlite"
    assert "no database at" in refusal(url_of(tmp_path), readonly=True)
    assert not database.exists()
    database.touch()
    assert "is empty" in refusal(url_of(tmp_path), readonly=True)
    database.write_text("no database " * 100)
    for readonly in (True, False):
        assert "not a database" in refusal(url_of(tmp_path), readonly=readonly)
    assert "cannot make its folder" in refusal(url_of(database / "folder"))
    database.unlink()
    database.mkdir()
    assert "unable to open" in refusal(url_of(tmp_path))
    assert "memory" in refusal("sqlite://")
    assert "URL" in refusal("nonsense")
    assert refusal("sqlite://data/park.sqlite").endswith(" name of a file: sqlite:///data/park.sqlite")
    assert "no archive in a database of nosuchdatabase: sqlite:///FILE, or" in refusal("nosuchdatabase://x/y")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "zspark.sqlite")) as raw, raw:
        raw.execute("CREATE TABLE recipes (id)")
    for readonly in (True, False):
        assert "another program" in refusal(url_of(tmp_path), readonly=readonly)
    with closing(sqlite3.connect(tmp_path / "zspark.sqlite")) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    Archive.open(url_of(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "zspark.sqlite")) as raw, raw:
        raw.execute("UPDATE zspark_schema SET version_num = '9999'")
    for readonly in (True, False):
        assert "newer" in refusal(url_of(tmp_path), readonly=readonly)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "unable to open" in refusal(url_of(tmp_path))


def test_a_full_disk_costs_no_article(tmp_path: Path) -> None:
    with Archive.open(url_of(tmp_path)) as archive:
        store(archive, ARTICLE)
        with archive._engine.connect() as connection:  # the store below gets the same from the pool
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ArchiveError, match="full"):
            store(archive, replace(ARTICLE, native_id="2", body="很长" * 100_000))
        assert [row["native_id"] for row in archive.articles()] == ["1207"]
        assert store(archive, ARTICLE) == "unchanged"


def test_the_page_on_the_schema_is_in_step() -> None:
    page = (Path(__file__).parent.parent / "docs" / "schema.md").read_text("utf-8")
    pasted = page.partition("schema:begin")[2].partition("-->\n")[2].partition("<!-- schema:end")[0]
    assert pasted.strip() == describe().strip()


def test_every_table_and_column_is_described() -> None:
    for table in metadata.tables.values():
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"
            assert "|" not in column.comment


# -- injections --


def injected(archive: Archive) -> list[tuple[object, ...]]:
    return rows(
        archive, "SELECT kind, phrase, carrier, domain, first_seen, last_seen, pages FROM injections ORDER BY id"
    )


SPAMMED = replace(
    ARTICLE,
    edits={"body": (Edit("spam-line", 3, "\n国产av_无码", ""), Edit("spam-phrase", 1, "皇冠体育", ""))},
    injections=(Injection("hidden", "赌博", "bad.example", "div"), Injection("hidden", "赌博", "bad.example", "div")),
)
FIRST, SECOND = "2026-11-22T08:30:00Z", "2026-11-23T08:30:00Z"


def test_an_injection_is_kept_once_with_the_pages_that_it_hit(archive: Archive) -> None:
    store(archive, SPAMMED)
    assert injected(archive) == [
        ("hidden", "赌博", "div", "bad.example", FIRST, FIRST, 1),
        ("line", "国产av_无码", "body", "", FIRST, FIRST, 1),
        ("phrase", "皇冠体育", "body", "", FIRST, FIRST, 1),
    ]
    store(archive, replace(SPAMMED, native_id="1208", edits={}), LATER)
    assert injected(archive)[0] == ("hidden", "赌博", "div", "bad.example", FIRST, SECOND, 2)
    assert len(injected(archive)) == 3


def test_a_page_read_again_adds_no_injection(archive: Archive) -> None:
    store(archive, SPAMMED)
    before = injected(archive)
    store(archive, SPAMMED)
    store(archive, replace(SPAMMED, title="neu"))
    assert injected(archive) == before
    assert [i["phrase"] for i in archive.injections_of(1, 2)] == ["赌博", "国产av_无码", "皇冠体育"]


def test_an_injection_that_came_later_is_found_with_an_unchanged_article(archive: Archive) -> None:
    store(archive, replace(ARTICLE, injections=()))
    assert store(archive, ARTICLE, LATER) == "unchanged"
    assert [(i["kind"], i["domain"], i["first_seen"]) for i in archive.injections_of(1, 1)] == [
        ("hidden", "bad.example", SECOND),
        ("script", None, SECOND),
    ]


def test_injections_of_older_archives_are_carried_over(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'zspark.sqlite'}")
    try:
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            article = {"site": "s", "url": "u", "body": "", "attachments": "[]", "images": "[]", "version": 1}
            facts = {"changed": "[]", "diagnosis": "null", "damaged": "{}", "made_by": "site", "package": "0"}
            counts = dict.fromkeys(("edit_count", "inferred_count", "damage_count", "injection_count"), 0)
            _insert(connection, "articles", {"id": 1, **article, "first_seen": FIRST, "last_seen": FIRST})
            content = {name: article[name] for name in ("url", "body", "attachments", "images")}
            for version, moment in ((1, FIRST), (2, SECOND)):
                row = {"article_id": 1, "version": version, "made_at": moment, **content, **facts, **counts}
                _insert(connection, "versions", row)
                old = {
                    "article_id": 1,
                    "version": version,
                    "position": 0,
                    "kind": "hidden",
                    "text": "赌",
                    "domain": None,
                }
                _insert(connection, "injections", old)
    finally:
        engine.dispose()
    with Archive.open(url_of(tmp_path)) as archive:
        assert injected(archive) == [("hidden", "赌", "", "", FIRST, SECOND, 1)]
        assert [i["phrase"] for i in archive.injections_of(1, 1)] == ["赌"]


def test_the_changes_of_older_archives_are_carried_over(tmp_path: Path) -> None:
    """Lists of fields become objects; what was made by reading is known to be so."""
    engine = create_engine(f"sqlite:///{tmp_path / 'zspark.sqlite'}")
    try:
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0003")
            content = {"url": "u", "body": "", "attachments": "[]", "images": "[]"}
            seen = {"first_seen": FIRST, "last_seen": FIRST}
            _insert(connection, "articles", {"id": 1, "site": "s", "version": 3, **content, **seen})
            facts = {"made_at": FIRST, "diagnosis": "null", "damaged": "{}", "package": "0"}
            facts |= dict.fromkeys(("edit_count", "inferred_count", "damage_count", "injection_count"), 0)
            told = (("site", "[]"), ("site", '["title", "body"]'), ("reading", '["date"]'))
            for version, (made_by, changed) in enumerate(told, 1):
                row = {"article_id": 1, "version": version, "made_by": made_by, "changed": changed}
                _insert(connection, "versions", {**row, **content, **facts})
    finally:
        engine.dispose()
    with Archive.open(url_of(tmp_path)) as archive:
        changed = [version["changed"] for version in archive.versions_of(1)]
        assert changed == [{}, {"title": None, "body": None}, {"date": "reading"}]
        row = archive.article("1")
        assert row is not None
        assert (row["gone_at"], row["gone_reason"]) == (None, None)


def _insert(connection: Connection, table: str, row: Mapping[str, object]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), dict(row))  # noqa: S608


def test_the_type_of_a_file_makes_no_version(tmp_path: Path) -> None:
    """Rows of before have none."""
    with Archive.open(url_of(tmp_path)) as archive:
        assert store(archive, ARTICLE) == "new"
        with archive._engine.begin() as connection:
            bare = '[{"name": "附件.doc", "url": "http://www.nhtp.org/a.doc"}]'
            connection.exec_driver_sql("UPDATE articles SET attachments = ?", (bare,))
            connection.exec_driver_sql("UPDATE versions SET attachments = ?", (bare,))
        assert store(archive, ARTICLE) == "unchanged"


def test_who_made_it_is_kept(archive: Archive) -> None:
    named = replace(
        ARTICLE, photographer="周一", reviewers="吴二 郑三", contributor="园区办公室", date_basis="signature"
    )
    store(archive, named)
    row = archive.article("1")
    assert row is not None
    assert (row["photographer"], row["reviewers"], row["contributor"]) == ("周一", "吴二 郑三", "园区办公室")
    assert row["date_basis"] == "signature"
