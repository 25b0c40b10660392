"""Cleaning an article: its fields together, with the evidence of the whole page, and every edit undone again."""

import datetime as dt
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sample_site import page, page_sources, recipes, truths
from zsparkcrawl.clean import TEXT_FIELDS, clean, clean_text, read
from zsparkcrawl.edits import apply, revert
from zsparkcrawl.extract import extract
from zsparkcrawl.items import Article, Attachment, Image, Page
from zsparkcrawl.sites import site_named

SPAM = "国产av无码专区,亚洲精品一区二区,久久综合"
PATHS = [each.path for each in truths()]


def article(**fields: object) -> Article:
    blank = Article(site="nhtp", section="news", native_id="7", url="http://www.nhtp.org/news/7.html")
    return replace(blank, **fields)  # type: ignore[arg-type]


def texts(of: Article) -> dict[str, str]:
    """All prose of an article by the name its edits go by; what is None counts as empty."""
    found = {name: getattr(of, name) or "" for name in TEXT_FIELDS}
    found |= {f"attachments.{number}": each.name for number, each in enumerate(of.attachments)}
    return found | {f"images.{number}": each.caption or "" for number, each in enumerate(of.images)}


@cache
def extracted(path: str) -> Article:
    recipe = recipes().pages[path]
    content_type = f"text/html; charset={recipe.header}" if recipe.header else "text/html"
    source = page_sources()[path]
    return extract(Page(f"http://www.nhtp.org{path}", page(source, recipe), content_type), site_named("nhtp"))


@pytest.mark.parametrize("path", PATHS)
def test_every_field_of_the_sample_goes_back_to_what_was_extracted(path: str) -> None:
    raw = extracted(path)
    cleaned = clean(raw)
    before, after = texts(raw), texts(cleaned)
    assert cleaned.edits.keys() <= before.keys() == after.keys()
    for name, text in after.items():
        edits = cleaned.edits.get(name, ())
        assert revert(text, edits) == before[name]
        assert apply(before[name], edits) == text
    for name, spots in cleaned.damaged.items():
        assert all(0 <= spot.start < spot.end <= len(after[name]) for spot in spots)


@settings(deadline=None, max_examples=60)
@given(
    field=st.sampled_from(["title", "author", "source", "editor"]),
    text=st.text(st.sampled_from("園區(qū)发展?;，,国产av无码218日\n \x00\ufeff&nbsp;"), max_size=30),
)
def test_any_field_goes_back_whatever_stands_in_it(field: str, text: str) -> None:
    cleaned = clean(article(body="園區(qū)發(fā)展的會(huì)議", date=dt.date(2019, 2, 19), **{field: text}))
    assert revert(getattr(cleaned, field) or "", cleaned.edits.get(field, ())) == text


def test_the_title_is_mended_by_the_evidence_of_the_body() -> None:
    """Alone, nothing tells that these four characters were not written so."""
    body = "關(guān)于創(chuàng)新產(chǎn)業(yè)園區(qū)發(fā)展的會(huì)議，干部們并且制定了方案。"
    assert clean(article(site="", title="國際合作")).title == "國際合作"
    assert clean(article(site="", title="國際合作", body=body)).title == "国际合作"


def test_the_site_s_script_is_evidence() -> None:
    assert clean(article(title="國際合作")).title == "国际合作"
    assert clean(article(site="unheard-of", title="國際合作")).title == "國際合作"


def test_genuine_traditional_text_stays() -> None:
    body = "園區於週末舉辦說明會，會後參觀實驗室裡的設備，並回覆與會者的問題。"
    cleaned = clean(article(site="", title="生技園區說明會", body=body))
    assert (cleaned.title, cleaned.body, cleaned.edits) == ("生技園區說明會", body, {})


def test_the_date_of_the_article_is_evidence() -> None:
    body = "218日，园区召开会议。\n912日，园区召开另一次会议。"
    cleaned = clean(article(body=body, date=dt.date(2019, 2, 19)))
    assert cleaned.body == "2月18日，园区召开会议。\n912日，园区召开另一次会议。"
    assert [(edit.rule, edit.certainty) for edit in cleaned.edits["body"]] == [("units", "inferred")]
    assert clean(article(body=body)).body == body


def test_a_character_annotated_in_the_body_is_known_in_the_source() -> None:
    cleaned = clean(article(source="中山日報(bào)", body="報(bào)名與(yǔ)會(huì)議的時(shí)間"))
    assert (cleaned.source, cleaned.body) == ("中山日报", "报名与会议的时间")
    assert {edit.rule for edit in cleaned.edits["source"]} == {"annotations", "simplified"}


@pytest.mark.parametrize("field", ["author", "source", "editor", "title"])
def test_a_field_that_was_only_spam_is_none(field: str) -> None:
    cleaned = clean(article(body="园区召开会议。", **{field: SPAM}))
    assert getattr(cleaned, field) is None
    assert [(edit.rule, edit.before, edit.after) for edit in cleaned.edits[field]] == [("spam-line", SPAM, "")]


def test_what_is_none_stays_none_and_has_no_edits() -> None:
    cleaned = clean(article(body="园区召开会议。"))
    assert (cleaned.title, cleaned.author, cleaned.source, cleaned.editor) == (None, None, None, None)
    assert (cleaned.edits, cleaned.damaged) == ({}, {})
    assert cleaned.diagnosis is not None
    assert not cleaned.diagnosis.damaged


def test_names_of_files_and_captions_are_cleaned() -> None:
    cleaned = clean(
        article(
            body="關(guān)于產(chǎn)業(yè)發(fā)展的會(huì)議",
            attachments=(
                Attachment("附件1：說明", "http://a.example/1"),
                Attachment("附件2：發(fā)票", "http://a.example/2"),
            ),
            images=(
                Image("http://a.example/1.jpg"),
                Image("http://a.example/2.jpg", "會(huì)議現場"),
                Image("x", SPAM),
            ),
        )
    )
    assert [each.name for each in cleaned.attachments] == ["附件1：说明", "附件2：发票"]
    assert [each.url for each in cleaned.attachments] == ["http://a.example/1", "http://a.example/2"]
    assert [each.caption for each in cleaned.images] == [None, "会议现场", None]
    assert cleaned.edits.keys() == {"body", "attachments.0", "attachments.1", "images.1", "images.2"}


def test_what_cannot_be_mended_is_listed_by_field() -> None:
    cleaned = clean(article(title="園區(qū)的1?shù)量", body="產(chǎn)業(yè)發(fā)展錕斤拷锟斤拷"))
    (in_title,) = cleaned.damaged["title"]
    assert cleaned.title is not None
    assert cleaned.title[in_title.start : in_title.end] == "?shù)"
    assert "锟斤拷" in "".join(cleaned.body[spot.start : spot.end] for spot in cleaned.damaged["body"])
    assert all(spot.reason for spots in cleaned.damaged.values() for spot in spots)


def test_nothing_but_the_text_is_touched() -> None:
    raw = article(
        title="發(fā)展",
        body="產(chǎn)業(yè)發(fā)展",
        date=dt.date(2019, 2, 19),
        charset="gb18030",
        date_raw="2019-02-19",
    )
    cleaned = clean(raw)
    assert cleaned.title == "发展"
    same = ("site", "section", "native_id", "url", "date", "time", "date_raw", "charset", "injections", "date_missing")
    assert [getattr(raw, name) for name in same] == [getattr(cleaned, name) for name in same]
    assert raw.title == "發(fā)展", "the article that was given is not changed"


def test_cleaning_a_clean_article_changes_nothing() -> None:
    once = clean(extracted(PATHS[0]))
    twice = clean(once)
    assert texts(twice) == texts(once)
    assert twice.edits == {}


def test_read_is_extract_and_clean() -> None:
    html = "<h1>產(chǎn)業(yè)園區(qū)發(fā)展</h1><p>發(fā)布時(shí)間：2019-02-19</p><p>創(chuàng)新的會(huì)議召開。</p>"
    here = Page("http://www.nhtp.org/news/7.html", html.encode())
    assert read(here) == clean(extract(here, None))


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("園區(qū)发展?;，,国产av无码专区一二218日\n"), max_size=40))
def test_one_text_goes_back(text: str) -> None:
    edited = clean_text(text)
    assert edited.original == text
