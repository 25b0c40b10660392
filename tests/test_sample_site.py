"""The sample site: every truth has a page, every kind of damage and spam is there, the same bytes each time."""

import re
import urllib.error
import urllib.request
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from bench.sample_compare import compare_all
from bench.sample_site import Served, build, compare, main, page, page_sources, recipes, serve, truths
from bench.sample_spam import KINDS
from bench.sample_template import FAULTS, LAYOUTS

ARTICLES = {each.path: recipes().pages[each.path] for each in truths()}
DAMAGED = {path: each for path, each in ARTICLES.items() if each.hijacker and each.hijacker.tool}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The text of every page as it is served."""
    known = recipes().pages
    return {path: page(source, known[path]).decode(known[path].charset) for path, source in page_sources().items()}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_input_same_bytes(tmp_path: Path) -> None:
    build(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "old.html").write_text("left over")
    build(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert "old.html" not in files(tmp_path / "b")


def test_there_are_enough_articles() -> None:
    sections = [each.section for each in truths()]
    assert sections.count("news") >= 36
    assert sections.count("notices") >= 14


def test_every_truth_has_a_page_and_every_page_a_recipe() -> None:
    assert {each.path for each in truths()} <= set(page_sources())
    assert set(page_sources()) == set(recipes().pages)


def test_the_listings_name_every_article_once(pages: dict[str, str]) -> None:
    for folder in ("news", "zcgg"):
        listings = [path for path in pages if re.fullmatch(rf"/{folder}/(\D+_\d\.html)?", path)]
        assert len(listings) >= 3
        shown = [pages[path].partition('</div>\n<div class="pos">')[2] for path in listings]
        named = [set(re.findall(rf'href="(/{folder}/\d+\.html)"', text)) for text in shown]
        assert sorted(path for some in named for path in some) == sorted(
            each.path for each in truths() if each.folder == folder
        )


def test_clean_pages_hold_the_truth(pages: dict[str, str]) -> None:
    own = [each for each in truths() if ARTICLES[each.path].hijacker is None]
    assert 0.2 < len(own) / len(ARTICLES) < 0.3
    for truth in own:
        text = pages[truth.path]
        assert escape(truth.title) in text
        assert truth.date.isoformat() in text
        assert all(escape(line, quote=False) in text for line in truth.body.split("\n"))


def test_every_kind_is_on_a_page() -> None:
    assert {kind for each in ARTICLES.values() for kind in each.spam} == set(KINDS)
    assert {fault for each in ARTICLES.values() for fault in each.broken} == set(FAULTS)
    assert {each.layout for each in ARTICLES.values()} == set(LAYOUTS)
    tools = [each.hijacker.tool for each in DAMAGED.values() if each.hijacker and each.hijacker.tool]
    assert {tool.family for tool in tools} == {"none", "family 1", "family 2"}
    assert {tool.shifted for tool in tools} == {True, False}
    cutting = [tool for tool in tools if tool.cuts]
    assert len(cutting) == 6
    assert {tool.orphan for tool in cutting} == {"?", "", "\ufffd"}
    assert {tool.decoder for tool in cutting} == {"swallow", "replacement"}
    assert sum(each.narrowed for each in ARTICLES.values()) == 3
    assert sum(each.lost_month for each in ARTICLES.values()) == 4


def test_every_kind_of_declaration() -> None:
    declared = {(each.charset, each.header) for each in ARTICLES.values()}
    assert {("utf-8", "utf-8"), ("gbk", "gb2312"), ("gbk", "utf-8"), ("utf-8", "gb2312")} <= declared
    assert {each.charset for each in ARTICLES.values() if not each.header and not each.meta} == {"utf-8", "gbk"}


@pytest.mark.parametrize("path", DAMAGED)
def test_damage_leaves_the_markup_standing(path: str, pages: dict[str, str]) -> None:
    source, text = page_sources()[path], pages[path]
    assert "<!--" not in text
    for tag in ("<body>", "</html>", '<div class="foot">', '<div class="pos">'):
        assert (tag in text.lower()) == (tag in source.lower())
    lost = len(re.findall(r"\?/?[a-z]+>", text))
    assert lost <= 3, "more than a few tags lost their bracket"


def test_tags_that_were_swallowed_occur(pages: dict[str, str]) -> None:
    assert sum(len(re.findall(r"\?/p>", text)) for text in pages.values()) >= 2


def test_the_known_shapes_of_damage_occur(pages: dict[str, str]) -> None:
    every = "\n".join(pages[path] for path in DAMAGED)
    for shape in ("發(fā)布時(shí)間:", "來(lái)源:", "來(lái )源:", "當(dāng)前位置", "區(qū)"):
        assert shape in every
    assert re.search(r"\?[a-zāáǎàēéěèīíǐìōóǒòūúǔù]+\)", every), "no shifted run"
    assert "\ufffd(" in every


def test_a_hijacker_is_the_same_on_all_of_its_pages(pages: dict[str, str]) -> None:
    domains = {each.domain for each in recipes().hijackers.values()}
    for path, recipe in ARTICLES.items():
        own = {recipe.hijacker.domain} if recipe.hijacker else set()
        assert set(re.findall(r"[a-z-]+\.example(?=/)", pages[path])) & domains <= own
        if recipe.hijacker and {"line-before", "line-after", "line-bare", "line-top"} & set(recipe.spam):
            assert recipe.hijacker.line in pages[path]
        if "junk" in recipe.spam and recipe.hijacker:
            assert f'id="{recipe.hijacker.junk}"' in pages[path]
    assert len({each.line for each in recipes().hijackers.values()}) == len(recipes().hijackers)


def test_months_are_lost_before_the_copy() -> None:
    for truth in truths():
        if ARTICLES[truth.path].lost_month:
            lost = re.sub("月", "", truth.body, count=1)
            assert re.match(r"\d{3,4}日", lost)
            assert escape(lost.split("\n")[0], quote=False) in page_sources()[truth.path]


def test_headers_say_what_the_recipe_says(sample_site: Served) -> None:
    for path, expected in {
        "/news/643.html": "text/html; charset=gb2312",
        "/news/829.html": "text/html",
        "/zcgg/": "text/html",
        "/robots.txt": "text/plain",
        "/uploads/587-1.jpg": "image/jpeg",
    }.items():
        with urllib.request.urlopen(sample_site.url + path, timeout=10) as answer:  # noqa: S310 - http
            assert answer.headers["Content-Type"] == expected
            assert answer.read()


def test_what_is_not_there_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("no")
    build(tmp_path / "site")
    with serve(tmp_path / "site") as served:
        for path in ("/news/1.html", "/../secret.txt", "/news"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(served.url + path, timeout=10)  # noqa: S310 - http
            assert caught.value.code == 404
            caught.value.close()


def row_of(number: int) -> dict[str, object]:
    truth = truths()[number]
    return {
        "section": truth.section,
        "native_id": str(truth.id),
        "title": truth.title,
        "date": truth.date.isoformat(),
        "author": truth.author,
        "source": truth.source,
        "body": truth.body,
        "attachments": [{"name": each.name} for each in truth.attachments],
        "images": [{"caption": each.caption} for each in truth.images],
        "url": truth.path,
    }


def test_the_truth_itself_is_exact() -> None:
    result = compare_all(row_of(number) for number in range(len(truths())))
    assert set(result.counts().values()) == {len(truths())}
    assert not result.missing


def test_nothing_is_forgiven_but_width_where_it_was_lost() -> None:
    truth = replace(truths()[0], body="一，二", source=None)
    row = row_of(0) | {"body": "一,二", "source": ""}
    strict = compare(truth, row)
    assert (strict.body, strict.strict, strict.source) == (False, False, False)
    assert "came home as" in strict.differences["body"]
    folded = compare(truth, row, narrowed=True)
    assert (folded.body, folded.strict) == (True, False)


def test_what_is_missing_counts_as_not_exact() -> None:
    result = compare_all([row_of(0), row_of(1) | {"native_id": "99999"}])
    assert result.counts()["body"] == 1
    assert len(result.missing) == len(truths()) - 1
    assert result.unknown == (truths()[1].path,)
    assert "missing" in result.as_text()


def test_the_command_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path / "site")]) == 0
    said = capsys.readouterr().out
    assert "articles 54" in said
    assert all(kind in said for kind in (*KINDS, *FAULTS, *LAYOUTS))
