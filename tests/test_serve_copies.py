"""The viewer's page of the copies of an article: who reads what, in both languages, and nothing of theirs runs."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from lxml import html

from tests.test_serve import Visitor, shown, text_of, tree_of, visiting
from tests.viewing import COPIES, fill, fill_copies
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.articles.changes import KINDS
from zsparkcrawl.archive.views.facets import COPIES as VALUES
from zsparkcrawl.edits import Certainty
from zsparkcrawl.evidence import Segment
from zsparkcrawl.serve.copies import places_of
from zsparkcrawl.serve.marking import Mark, field_segments, marked
from zsparkcrawl.serve.words import LANGUAGES, words_in
from zsparkcrawl.witnesses.apparatus import ApartKind, Basis, Verdict

PAGE = "/articles/1/copies"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(scope="module")
def url(data: Path, shared_database: str) -> str:
    return fill_copies(data, database=shared_database)


@pytest.fixture
def client(data: Path, url: str) -> Iterator[Visitor]:
    with visiting(data, url) as client:
        yield client


def test_an_article_of_several_copies_leads_to_them(client: Visitor) -> None:
    (link,) = tree_of(client, "/articles/1").xpath(f"//a[@href='{PAGE}']")
    assert link.getparent().text_content() == "Copies 3"
    (link,) = tree_of(client, "/articles/1?version=1").xpath(f"//a[starts-with(@href, '{PAGE}')]")
    assert link.get("href") == f"{PAGE}?version=1"


def test_an_article_of_one_copy_does_not(tmp_path: Path) -> None:
    with visiting(tmp_path, fill(tmp_path, number=1)) as client:
        assert "/copies" not in text_of(client, "/articles/2")
        tree = tree_of(client, "/articles/2/copies")
        assert "There is one copy only." in tree.text_content()
        assert shown(tree, ".copy h2") == ["[1] www.nhtp.org"]
        assert tree.cssselect(".place") == []


def test_what_the_site_itself_said_before_is_a_copy_that_stands_apart(tmp_path: Path) -> None:
    with visiting(tmp_path, fill(tmp_path, number=0)) as client:
        tree = tree_of(client, PAGE)
        assert shown(tree, ".stands") == ["Stands apart: the site's own edit", "Supports the text"]
        assert shown(tree, ".copy h2") == ["[1] www.nhtp.org", "[2] www.nhtp.org"]
        assert "No place is on record where the copies differ." in tree.text_content()


def test_each_copy_is_shown_with_its_standing_and_the_reason(client: Visitor) -> None:
    tree = tree_of(client, PAGE)
    assert shown(tree, ".copy h2") == ["[1] one.example", "[3] three.example", "[2] two.example"]
    assert shown(tree, ".stands") == ["Supports the text", "Stands apart: tampering", "Supports the text"]
    facts = dict(zip(shown(tree, "#copy-2 dt"), shown(tree, "#copy-2 dd"), strict=True))
    assert facts["Host"] == "a mirror"
    assert facts["First seen"] == facts["Last seen"] == "2026-11-23 08:30 UTC"
    assert (facts["Edits"], facts["Damaged spots"], facts["Address"]) == ("0", "1", COPIES[1].url)
    assert "3 copies. Places disputed: 1; places that no copy has: 1." in tree.text_content()


def places(tree: html.HtmlElement) -> list[tuple[str, str, list[str]]]:
    return [
        (shown(each, ".verdict")[0], shown(each, ".spot")[0], shown(each, ".readings li"))
        for each in tree.cssselect(".place")
    ]


def test_the_apparatus_says_who_reads_what_and_what_decided(client: Visitor) -> None:
    tree = tree_of(client, PAGE)
    disputed, gap, *others = places(tree)
    assert disputed[:2] == ("disputed", "三")
    assert disputed[2] == ["三 chosen [1] one.example", "几 [3] three.example", "八 [2] two.example"]
    assert gap == ("no copy has it", "？", ["？ chosen [1] one.example [2] two.example [3] three.example"])
    assert [each[0] for each in others] == ["decided", "decided"]
    assert others[1][1] == "(nothing)", "a place of which the text has nothing"
    assert shown(tree, ".where")[0] == "Text 14 disputed the likelier text (inferred)"
    assert shown(tree, ".around")[0] == "…园区的技术平台昨日开放，共有三家企业签约入驻。 负责人陈？明介…"
    for target in tree.xpath("//*[@class='readers']/a/@href"):
        assert tree.cssselect(target), "leads to a copy that is on the page"


def test_of_a_disputed_date_none_is_chosen(tmp_path: Path) -> None:
    first, second = COPIES[:2]
    with visiting(tmp_path, fill_copies(tmp_path, first, replace(second, date=dt.date(2020, 5, 8)))) as client:
        tree = tree_of(client, f"{PAGE}?places=open")
        told = next(each for each in tree.cssselect(".place") if "Date" in shown(each, ".where")[0])
        assert "as many read one as another: none was chosen" in shown(told, ".where")[0]
        assert told.cssselect(".chosen, .around") == []
        assert {each.split()[0] for each in shown(told, ".readings li")} == {"2020-05-07", "2020-05-08"}


def test_a_date_that_was_decided_is_told_whole(tmp_path: Path) -> None:
    day = dt.date(2020, 5, 8)
    with visiting(
        tmp_path, fill_copies(tmp_path, *(replace(each, date=day) for each in COPIES[:2]), COPIES[2])
    ) as client:
        told = next(each for each in tree_of(client, PAGE).cssselect(".place") if "Date" in shown(each, ".where")[0])
        assert [each.split()[0] for each in shown(told, ".chosen")] == ["2020-05-08"]
        assert told.cssselect(".around") == []


def test_a_reading_says_whose_damage_can_come_of_it(tmp_path: Path) -> None:
    url = fill_copies(tmp_path)
    with Archive.open(url) as archive, archive._writing() as connection:
        connection.exec_driver_sql("UPDATE readings SET explained = '[2, 3]' WHERE rank = 0")
        connection.exec_driver_sql("UPDATE readings SET witnesses = '[]' WHERE rank = 1")
    with visiting(tmp_path, url) as client:
        first, second, *_ = shown(tree_of(client, PAGE), ".readers")
    assert first == "[1] one.example may show damage of it: [2] two.example [3] three.example"
    assert second == "no copy reads so"


def test_the_places_can_be_those_that_are_open(client: Visitor) -> None:
    tree = tree_of(client, f"{PAGE}?places=open")
    assert [each[0] for each in places(tree)] == ["disputed", "no copy has it"]
    assert shown(tree, ".switches a[aria-current]") == ["Disputed or missing 2"]
    for path in (f"{PAGE}?places=x", "/articles/9/copies", f"{PAGE}?version=9", "/api/articles/9/witnesses"):
        assert client.get(path).status_code in (400, 404), path


def test_an_older_version_has_its_own_places(tmp_path: Path) -> None:
    first, second, _ = COPIES
    third = replace(first, url="http://three.example/news/2101.html")
    with visiting(tmp_path, fill_copies(tmp_path, first, second, third)) as client:
        tree = tree_of(client, f"{PAGE}?version=2")
        assert [each[0] for each in places(tree)] == ["disputed", "no copy has it"]
        assert places(tree)[0][2] == ["三 chosen [1] one.example", "八 [2] two.example"]
        assert "This is version 2; the latest is 3." in tree.text_content()
        assert places(tree_of(client, f"{PAGE}?version=1")) == []
        assert [each[0] for each in places(tree_of(client, PAGE))] == ["decided", "no copy has it"]


def test_the_marks_of_a_text_tell_what_is_open_between_its_copies(client: Visitor) -> None:
    told = [note.text_content() for note in tree_of(client, "/articles/1?marks=unsure").cssselect(".text .note")]
    assert told == [
        "Doubtful Copies: disputed Or perhaps 八",
        "Damaged Copies: no copy has it",
    ]
    answer = client.get("/articles/1", headers={"Accept-Language": "zh"}).text
    assert "副本: 有争议" in answer
    assert "副本: 缺文" in answer


def test_a_place_without_text_is_told_by_the_mark_beside_it() -> None:
    rows = [
        {"rank": 0, "verdict": "disputed", "start": 2, "end": 2},
        {"rank": 0, "verdict": "gap", "start": 3, "end": 4},
    ]
    marks = [{"start": 1, "end": 2, "reason": "doubtful, perhaps: 新"}]
    (line,) = marked(field_segments("园区要闻", [], marks), readings=rows)
    assert [(each.text, each.verdicts) for each in line if isinstance(each, Mark)] == [("区", ("disputed",))]
    (line,) = marked([Segment("园", "園", "certain", ("simplified",), "certain")], readings=rows[:1])
    assert [each.verdicts for each in line if isinstance(each, Mark)] == [()]


def test_what_hostile_copies_say_is_text(client: Visitor) -> None:
    for path in (PAGE, "/articles/1"):
        answer = text_of(client, path)
        assert "<script" not in answer
        assert "<b onclick" not in answer
        tree = html.document_fromstring(answer)
        assert tree.xpath("//script | //*[@style] | //@*[starts-with(name(), 'on')]") == []
        assert len(tree.xpath("//@id")) == len(set(tree.xpath("//@id")))
    tree = tree_of(client, PAGE)
    assert "<script>alert(1)</script>" in tree.text_content()
    assert all(target.startswith(("/", "#", "?")) for target in tree.xpath("//@href"))


def test_a_long_reading_is_cut_and_counted(tmp_path: Path) -> None:
    url = fill_copies(tmp_path)
    with Archive.open(url) as archive, archive._writing() as connection:
        connection.exec_driver_sql("UPDATE readings SET reading = ? WHERE rank = 2", ("几" * 1500,))
    with visiting(tmp_path, url) as client:
        assert "… and 1,200 characters more" in text_of(client, PAGE)
        assert "几" * 301 not in text_of(client, PAGE)


def test_the_data_have_the_copies_and_the_readings(client: Visitor, url: str) -> None:
    answer = client.get("/api/articles/1/witnesses").json()
    with Archive.open(url, readonly=True) as archive:
        assert answer["witnesses"] == archive.witnesses_of(1)
        rows = archive.readings_of(1, 2)
    assert [{**row, "article_id": 1, "version": 2} for row in answer["readings"]] == rows
    assert len(places_of(answer["readings"], {"body": COPIES[0].body})) == 4
    earlier = client.get("/api/articles/1/witnesses?version=1").json()
    assert (earlier["version"], len(earlier["readings"])) == (1, 0)


def test_both_languages_have_the_page(client: Visitor) -> None:
    answer = client.get(PAGE, headers={"Accept-Language": "zh"}).text
    tree = html.document_fromstring(answer)
    assert shown(tree, "h1") == ["副本"]
    assert shown(tree, ".stands") == ["支持正文", "另存不用: 篡改", "支持正文"]
    assert shown(tree, ".verdict") == ["有争议", "缺文", "已定", "已定"]
    assert "3 份副本；争议 1 处，缺文 1 处。" in tree.text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_apparatus_has_a_name(language: str) -> None:
    words = words_in(next(each for each in LANGUAGES if each == language))
    for group, names in {
        "verdict": get_args(Verdict),
        "basis": get_args(Basis),
        "certainty": get_args(Certainty),
        "apart": get_args(ApartKind),
        "stands": ("supports", "apart"),
        "made-by": ("site", "reading", "import", "witnesses"),
        "change": KINDS,
    }.items():
        for name in names:
            words(f"{group}.{name.replace(' ', '-')}")


def test_the_list_tells_articles_apart_by_what_their_copies_tell(client: Visitor) -> None:
    facets = client.get("/api/facets").json()["facets"]["copies"]
    assert facets
    assert set(facets) <= set(VALUES) - {"one"}
    for value, number in facets.items():
        found = client.get("/api/articles", params={"copies": value}).json()
        assert found["total"] == len(found["articles"]) == number
    assert client.get("/?copies=many").status_code == 400
    (title,) = tree_of(client, "/").cssselect(".facet.copies h2")
    assert title.text_content() == "Copies"
    assert "Disputed" in text_of(client, "/") or "With gaps" in text_of(client, "/")


def test_where_nothing_has_a_second_copy_there_is_nothing_to_choose(tmp_path: Path) -> None:
    with visiting(tmp_path, fill(tmp_path, number=3)) as client:
        assert tree_of(client, "/").cssselect(".facet.copies") == []
        assert tree_of(client, "/").cssselect(".facet.state") != []


def test_the_facets_are_counted_without_a_look_at_any_body(tmp_path: Path) -> None:
    url = fill_copies(tmp_path)
    counted = (
        "EXPLAIN QUERY PLAN SELECT date, section, source, url, gone_at, version, witness_count, disputed, gaps "
        "FROM articles INDEXED BY ix_articles_browsing"
    )
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        (row,) = connection.execute(counted)
    assert "USING COVERING INDEX" in row[-1]
