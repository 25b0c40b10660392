"""Searching real archives: the index finds what reading finds, stays in step, and is told when it does not."""

from __future__ import annotations

import datetime as dt
import json
import os
import pty
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect

from bench.search import rows, words
from tests.conftest import on_server
from tests.raw import url_of
from zsparkcrawl.archive import Archive, ArchiveError, Filters, QueryError, database_url
from zsparkcrawl.archive.database import migrations
from zsparkcrawl.archive.search.asking import ask_index, count_in_index, count_read, read_all, select_ids_found
from zsparkcrawl.archive.search.indexing import is_ready
from zsparkcrawl.archive.search.queries import FIELDS, parse, quoted
from zsparkcrawl.chinese.alike import alike
from zsparkcrawl.cli import main
from zsparkcrawl.items import Article

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
ALL = Filters()

PARK = Article(
    "nhtp",
    "news",
    "1",
    "http://www.nhtp.org/news/1.html",
    title="产业园区发展",
    date=dt.date(2019, 2, 19),
    author="张三",
    source="健康报",
    body="孵化器来了\n5G企业入驻",
)
NOTICE = replace(
    PARK,
    section="notices",
    native_id="2",
    url="http://www.nhtp.org/zcgg/2.html",
    title="招聘公告",
    date=dt.date(2020, 12, 31),
    author=None,
    source=None,
    body="园区“孵化器”招聘，薪资\x1b[31m面议",
)
UNDATED = replace(
    NOTICE, native_id="3", url="http://www.nhtp.org/zcgg/3.html", date=None, title="停水通知", body="园区停水"
)


@pytest.fixture
def archive(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.setenv("ZSPARK_DATABASE", database)
    with Archive.open(database) as opened:
        yield opened


@pytest.fixture
def in_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive with three articles whose index is that of SQLite."""
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.delenv("ZSPARK_DATABASE", raising=False)
    with Archive.open(database_url(os.environ)) as opened:
        store(opened, PARK, NOTICE, UNDATED)
        yield opened


@pytest.fixture
def filled(archive: Archive) -> Archive:
    store(archive, PARK, NOTICE, UNDATED)
    return archive


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def three(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("three")
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    with on_server(server, folder), Archive.open(url_of(folder)) as opened:
        store(opened, PARK, NOTICE, UNDATED)
        yield opened


@pytest.fixture
def read(three: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """As `filled`, for tests that change nothing."""
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.setenv("ZSPARK_DATABASE", url_of(three))
    return three


def store(archive: Archive, *articles: Article) -> list[str]:
    return [archive.store(article, run_id=None, capture_id=None, now=NOW) for article in articles]


def found(archive: Archive, query: str, filters: Filters = ALL) -> list[int]:
    """The numbers of what is found, which the index and reading must agree on."""
    numbers = [one.article["id"] for one in archive.search(query, filters)]
    assert archive.has_search_index()
    assert archive.count_found(query, filters) == len(numbers)
    with archive._reading() as connection:
        read = read_all(connection, parse(query), filters, 20, 0)
        assert sorted(numbers) == sorted(number for _, number in read)
        assert count_read(connection, parse(query), filters) == len(numbers)
    return numbers


def tampered(archive: Archive, statement: str) -> None:
    with archive._writing() as connection:
        connection.exec_driver_sql(statement)


# -- what is found --


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("园区", [1, 2, 3]),
        ("園區", [1, 2, 3]),
        ("区", [1, 2, 3]),
        ("孵化器 园区", [1, 2]),
        ("孵化器 -招聘", [1]),
        ("标题:园区", [1]),
        ("张三 OR 停水", [1, 3]),
        ("来源:健康", [1]),
        ("作者:健康", []),
        ("5g", [1]),
        ("５Ｇ", [1]),
        ("园区“孵化器”招", [2]),
        ('"“孵化器”"', [2]),
        ('"了\n5"', [1]),
        ('"了5"', []),
        ("发展孵化", []),
        ("区发", [1]),
        ("(停 OR 招聘) 园区 -薪", [3]),
    ],
)
def test_words_of_any_length_are_found(read: Archive, query: str, numbers: list[int]) -> None:
    assert sorted(found(read, query)) == numbers


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(section="news"), [1]),
        (Filters(site="other"), []),
        (Filters(since=dt.date(2019, 2, 20)), [2]),
        (Filters(until=dt.date(2019, 2, 19)), [1]),
        (Filters(text="停水"), [3]),
    ],
)
def test_filters_keep_to_some(read: Archive, filters: Filters, numbers: list[int]) -> None:
    assert found(read, "园区", filters) == numbers


def test_a_hit_in_the_title_comes_first_then_the_latest_then_by_number(archive: Archive) -> None:
    days = [dt.date(2019, 1, 1), dt.date(2021, 1, 1), None, dt.date(2021, 1, 1), dt.date(2020, 1, 1)]
    same = [
        replace(PARK, native_id=str(n), title="无题", body="甲乙丙丁园区", date=day) for n, day in enumerate(days, 1)
    ]
    store(archive, *same, replace(PARK, native_id="9", title="园区", body="甲乙丙丁无题", date=dt.date(2001, 1, 1)))
    assert found(archive, "园区") == [6, 2, 4, 5, 1, 3]
    pages = [archive.search("园区", limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [[one.article["id"] for one in page] for page in pages] == [[6, 2], [4, 5], [1, 3], []]


@pytest.fixture(scope="module")
def many(shared_database: str) -> Iterator[Archive]:
    """400 articles stored one by one, some of them twice, so that the index was changed and merged."""
    with Archive.open(shared_database) as opened:
        with opened.together():
            for row in rows(400):
                day = dt.date.fromisoformat(row["date"])
                article = Article(**{**row, "date": day})
                stored = [replace(article, body=f"{article.body}\n旧文")] if int(row["native_id"]) % 3 == 0 else []
                store(opened, *stored, article)
        yield opened


def test_hits_are_those_of_a_scan(many: Archive) -> None:
    with many._reading() as connection:
        texts = [{name: row[name] for name in FIELDS if row[name] is not None} for row in many.articles()]
        numbers = [row["id"] for row in many.articles()]
        folded = ["\0".join(map(alike, row.values())) for row in texts]
        assert is_ready(connection)
        for word in words(texts, random.Random(3)):
            truth = {number for number, text in zip(numbers, folded, strict=True) if alike(word) in text}
            asked = ask_index(connection, parse(quoted(word)), ALL, 1000, 0)
            assert {number for _, number in asked} == truth, word


@pytest.mark.parametrize(
    "query", ["园区", "的", "标题:发展", "企业 项目", "企业 -项目", "c++ OR 𠮷", "zzz", "企业 项目 发展"]
)
def test_both_ways_give_one_order(many: Archive, query: str) -> None:
    with many._reading() as connection:
        asked = ask_index(connection, parse(query), ALL, 1000, 0)
        read = read_all(connection, parse(query), ALL, 1000, 0)
    assert sorted(number for _, number in asked) == sorted(number for _, number in read)
    assert [rank for rank, _ in asked] == pytest.approx([rank for rank, _ in read])


ALPHABET = "园園区區产哈哈哈aAＡ1１é .，,\n\t𠮷"
"""Forms of one character, marks and blanks, one that is like its neighbours, and one beyond the basic plane."""


@pytest.fixture(scope="module")
def odd(shared_database: str) -> Iterator[Archive]:
    """120 articles of few characters, in the same database as `many`, which has other ones."""
    rng = random.Random(11)

    def text(most: int) -> str:
        return "".join(rng.choices(ALPHABET, k=rng.randint(0, most)))

    with Archive.open(shared_database) as opened:
        with opened.together():
            for number in range(120):
                article = replace(PARK, native_id=f"odd{number}", title=text(6) or None, body=text(20), author=text(3))
                store(opened, article, replace(article, body=text(20)))
        yield opened


WORD = st.text(ALPHABET, min_size=1, max_size=5).map(quoted)
QUERY = st.recursive(
    WORD | WORD.map("标题:{}".format) | WORD.map("作者:{}".format),
    lambda part: st.one_of(
        st.tuples(part, part).map("({0[0]} {0[1]})".format),
        st.tuples(part, part).map("({0[0]} OR {0[1]})".format),
        st.tuples(part, part).map("({0[0]} NOT {0[1]})".format),
    ),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(query=QUERY, section=st.sampled_from([None, "notices"]))
def test_any_query_finds_what_reading_finds(odd: Archive, query: str, section: str | None) -> None:
    meant, filters = parse(query), Filters(section=section)
    with odd._reading() as connection:
        assert is_ready(connection)
        asked = ask_index(connection, meant, filters, 1000, 0)
        read = read_all(connection, meant, filters, 1000, 0)
        assert sorted(number for _, number in asked) == sorted(number for _, number in read)
        assert count_in_index(connection, meant, filters) == len(read)
        assert set(connection.execute(select_ids_found(connection, meant)).scalars()) >= {number for _, number in asked}
        if connection.dialect.name == "postgresql":
            assert [number for _, number in asked] == [number for _, number in read]
            assert [rank for rank, _ in asked] == pytest.approx([rank for rank, _ in read])


# -- in step --


def test_the_index_follows_the_articles(archive: Archive) -> None:
    assert store(archive, PARK, replace(PARK, body="食堂换了菜单"), replace(PARK, body="食堂换了菜单")) == [
        "new",
        "version",
        "unchanged",
    ]
    assert (found(archive, "孵化器"), found(archive, "食堂"), found(archive, "发展")) == ([], [1], [1])
    assert store(archive, replace(PARK, body="食堂换了菜单", title=None, source="晚报", author=None)) == ["version"]
    assert (found(archive, "发展"), found(archive, "健康报"), found(archive, "晚报")) == ([], [], [1])
    assert list(archive.database_faults()) == []


def test_what_is_not_stored_is_not_in_the_index(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.together():
        store(archive, PARK)
        raise RuntimeError
    assert found(archive, "园区") == []
    assert list(archive.database_faults()) == []


def test_an_archive_without_an_index_gets_one_when_it_is_opened_for_writing(in_sqlite: Archive) -> None:
    tampered(in_sqlite, "DROP TABLE article_search")
    tampered(in_sqlite, "DELETE FROM search_state")
    tampered(in_sqlite, "DELETE FROM search_entries")
    assert not in_sqlite.has_search_index()
    assert [one.article["id"] for one in in_sqlite.search("孵化器 -招聘")] == [1]
    assert in_sqlite.count_found("园区") == 3
    with Archive.open(database_url(os.environ)) as again:
        assert sorted(found(again, "园区")) == [1, 2, 3]
        assert list(again.database_faults()) == []


def older(filled: Archive, revision: str, path: Path) -> str:
    """The URL of a database of an older release with the same articles: made by its own migrations."""
    engine = create_engine(f"sqlite:///{path}")
    script = Path(migrations.__file__).parent
    config = Config()
    config.set_main_option("script_location", str(script))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ATTACH '{filled.name}' AS later")
        for table in ("articles", "versions", "edits"):
            columns = ", ".join(f'"{one["name"]}"' for one in inspect(connection).get_columns(table))
            connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM later.{table}")  # noqa: S608 - names of our own
    engine.dispose()
    return f"sqlite:///{path}"


def test_an_archive_of_before_the_search_gets_its_index(in_sqlite: Archive, tmp_path: Path) -> None:
    url = older(in_sqlite, "0007", tmp_path / "older.sqlite")
    with pytest.raises(ArchiveError, match="has the older schema 0007"):
        Archive.open(url, readonly=True)
    for told in ("was brought up to date", "it is up to date"):
        done = CliRunner().invoke(main, ["upgrade", "--database", url])
        assert (done.exit_code, told in done.stdout) == (0, True)
    with Archive.open(url, readonly=True) as reading:
        assert found(reading, "孵化器 -招聘") == [1]


def test_an_index_made_by_other_rules_is_not_used_and_made_anew(filled: Archive) -> None:
    tampered(filled, "UPDATE search_state SET version = '0 older'")
    assert not filled.has_search_index()
    store(filled, replace(PARK, native_id="4", body="食堂"))
    assert [one.article["id"] for one in filled.search("食堂")] == [4]
    with Archive.open(database_url(os.environ)) as again:
        assert found(again, "食堂") == [4]


def test_an_index_that_holds_something_else_is_given_up_and_not_made_worse(in_sqlite: Archive) -> None:
    tampered(in_sqlite, "UPDATE articles SET body = '食堂' WHERE id = 1")
    store(in_sqlite, replace(PARK, body="体育馆"))
    assert not in_sqlite.has_search_index()
    assert [one.article["id"] for one in in_sqlite.search("体育馆")] == [1]
    assert in_sqlite.rebuild_search() == 3
    assert (found(in_sqlite, "体育馆"), found(in_sqlite, "食堂")) == ([1], [])


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE articles SET title = '食堂' WHERE id = 2", "does not hold what article 2 says"),
        ("DELETE FROM search_entries WHERE article_id > 1", "does not hold what article 2 and 1 more says"),
        ("DELETE FROM search_state", "is out of step with the articles and not used"),
        ("INSERT INTO article_search(rowid, body) VALUES (2, '食 堂')", "does not count '堂' as the articles do"),
    ],
)
def test_an_index_out_of_step_is_told(in_sqlite: Archive, statement: str, fault: str) -> None:
    assert list(in_sqlite.database_faults()) == []
    tampered(in_sqlite, statement)
    (told,) = in_sqlite.database_faults()
    assert told == f"the search index {fault}: `zsparkcrawl search --rebuild` makes it anew"
    in_sqlite.rebuild_search()
    assert list(in_sqlite.database_faults()) == []


def test_the_command_verify_tells_of_the_index(in_sqlite: Archive) -> None:
    assert zspark("verify").exit_code == 0
    tampered(in_sqlite, "UPDATE articles SET title = '食堂' WHERE id = 2")
    result = zspark("verify")
    assert result.exit_code == 1
    assert result.stdout.startswith("the search index does not hold what article 2 says: ")


def test_other_programs_can_open_the_file(in_sqlite: Archive) -> None:
    path = database_url(os.environ).removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        asked = raw.execute("SELECT rowid FROM article_search WHERE article_search MATCH '\"园 区\"' ORDER BY rowid")
        assert asked.fetchall() == [(1,), (2,), (3,)]
        raw.execute("UPDATE articles SET gone_reason = 'x' WHERE id = 1")
        raw.rollback()
    assert in_sqlite.has_search_index()


def test_without_fts5_every_article_is_read(in_sqlite: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zsparkcrawl.archive.search.indexing._MODULE", "SELECT 0")
    assert [one.article["id"] for one in in_sqlite.search("孵化器 标题:发展")] == [1]
    with pytest.raises(ArchiveError, match="has no search index: searches read every article"):
        in_sqlite.rebuild_search()
    with Archive.open(database_url(os.environ)) as again:  # what it stores is not entered: the index is given up
        store(again, replace(PARK, native_id="4", body="食堂"))
    monkeypatch.undo()
    monkeypatch.setenv("ZSPARK_DATA", str(Path(in_sqlite.name).parent))
    assert not in_sqlite.has_search_index()
    with Archive.open(database_url(os.environ)) as again:
        assert found(again, "食堂") == [4]


def test_wrong_use_is_refused(read: Archive) -> None:
    with pytest.raises(QueryError):
        read.search("(")
    with pytest.raises(ValueError, match="limit below 1"):
        read.search("园区", limit=0)


# -- the command --


def zspark(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.usefixtures("read")
def test_the_command_shows_hits_in_their_context() -> None:
    result = zspark("search", "園區", "孵化器")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2019-02-19  news/1  产业«园区»发展",
        "    «孵化器»来了 5G企业入驻",
        "2020-12-31  notices/2  招聘公告",
        "    «园区»“«孵化器»”招聘，薪资 [31m面议",
    ]
    assert result.stderr == "2 articles found\n"
    assert zspark("search", "园区", "--limit", 1).stderr == "3 articles found, 1 of them shown\n"
    assert (zspark("search", "食堂").exit_code, zspark("search", "食堂").output) == (0, "0 articles found\n")


@pytest.mark.usefixtures("read")
def test_the_command_as_json() -> None:
    made = json.loads(zspark("search", "5g", "--json").stdout)
    assert made["found"] == 1
    (one,) = made["articles"]
    assert (one["id"], one["url"], one["date"]) == (1, PARK.url, "2019-02-19")
    assert one["rank"] < 0
    assert one["hits"] == [{"field": "body", "snippet": PARK.body, "start": 0, "spans": [[6, 8]]}]


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["园区", "--section", "news"], ["news/1"]),
        (["园区", "--since", "2020"], ["notices/2"]),
        (["园区", "--since", "2019-02", "--until", "2019"], ["news/1"]),
        (["园区", "--until", "2019-2-19"], ["news/1"]),
        (["园区", "--until", "2020-12", "--site", "nhtp", "--since", "2020-12-31"], ["notices/2"]),
        (["园区", "-招聘", "--since", "2000"], ["news/1"]),
        (["园区", '-"招聘公告"', "-title:停水"], ["news/1"]),
        (["园区 -招聘 -发展"], ["notices/3"]),
        (["--limit", "5", "--", "停水", "-发展"], ["notices/3"]),
    ],
)
def test_the_command_filters(arguments: list[str], keys: list[str]) -> None:
    result = zspark("search", *arguments)
    assert result.exit_code == 0, result.stderr
    assert [line.split()[-2] for line in result.stdout.splitlines() if line[0] != " "] == keys


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "the query is empty"),
        (["(园区"], "a bracket ( is not closed"),
        (["-园区"], "the query says only what is not wanted"),
        (["园区", "--section", "nwes"], "no section 'nwes': there are news, notices"),
        (["园区", "--site", "nowhere"], "no site 'nowhere': there are nhtp"),
        (["园区", "--since", "2020", "--until", "2019-05"], "since 2020-01-01 is later than until 2019-05-31"),
    ],
)
def test_the_command_refuses_in_one_line(arguments: list[str], line: str) -> None:
    result = zspark("search", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    (told,) = result.stderr.splitlines()
    assert told.startswith(f"zsparkcrawl: {line}")


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(
    "arguments", [["园区", "--sinc", "2019"], ["园区", "--since", "2019-13"], ["园区", "--limit", "0"]]
)
def test_wrong_options_are_refused(arguments: list[str]) -> None:
    assert zspark("search", *arguments).exit_code == 2


def test_help_is_shown() -> None:
    assert zspark("search", "-h").output == zspark("search", "--help").output
    assert "Usage: " in zspark("search", "-h").output


def test_the_index_is_made_anew_by_the_command(filled: Archive) -> None:
    tampered(filled, "DELETE FROM search_state")
    result = zspark("search", "园区", "-招聘")
    assert "every article is read" in result.stderr
    assert "产业«园区»发展" in result.stdout
    assert zspark("search", "--rebuild").stderr == "zsparkcrawl: 3 articles are in the search index\n"
    result = zspark("search", "园区", "-招聘")
    assert result.stderr == "2 articles found\n"


def test_nothing_to_search_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "none"))
    monkeypatch.delenv("ZSPARK_DATABASE", raising=False)
    result = zspark("search", "园区")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("zsparkcrawl: no database at ")


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(("more", "shown"), [({}, "\x1b[31m\x1b[1m园区\x1b[0m"), ({"NO_COLOR": "1"}, "«园区»")])
def test_hits_are_coloured_on_a_terminal(more: dict[str, str], shown: str) -> None:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "zsparkcrawl", "search", "标题:园区"]
    subprocess.run(
        command, stdout=terminal, stderr=subprocess.DEVNULL, env={**os.environ, **more}, check=True, timeout=60
    )
    os.close(terminal)
    out = os.read(controller, 4096).decode()
    os.close(controller)
    assert shown in out
