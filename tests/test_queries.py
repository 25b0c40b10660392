"""The language of queries, the fold, and whether reading finds what a query means."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsparkcrawl.archive.search.asking import expression
from zsparkcrawl.archive.search.matching import matches, places
from zsparkcrawl.archive.search.queries import All, AnyOf, Query, QueryError, Without, Word, parse, quoted, words_of
from zsparkcrawl.archive.search.snippets import snippets
from zsparkcrawl.chinese.alike import _ALIKE, LINE_END, _others, alike

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("园区", Word("园区")),
        ("園區", Word("园区")),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a\u3000b", All((A, B))),
        ("a OR b", AnyOf((A, B))),
        ("a OR b c", AnyOf((A, All((B, C))))),
        ("(a OR b) c", All((AnyOf((A, B)), C))),
        ("（a OR b）c", All((AnyOf((A, B)), C))),
        ("a NOT b", Without(A, B)),
        ("a AND NOT b", Without(A, B)),
        ("-b a", Without(A, B)),
        ("a －b -c", Without(A, AnyOf((B, C)))),
        ("a -(b c)", Without(A, All((B, C)))),
        ('a -"b"', Without(A, B)),
        ("a NOT NOT b", All((A, B))),
        ("a-b", Word("a－b")),
        ("a - b", All((A, Word("－"), B))),
        ('"a b"', Word("a\u3000b")),
        ("“a b”", Word("a\u3000b")),
        ('"say ""a"""', Word("say\u3000＂a＂")),
        ('"AND"', Word("and")),
        ("and or", All((Word("and"), Word("or")))),
        ("title:a", Word("a", "title")),
        ("Title：a", Word("a", "title")),
        ("標題:園區", Word("园区", "title")),
        ('标题:"a b"', Word("a\u3000b", "title")),
        ("作者:(a OR b)", AnyOf((Word("a", "author"), Word("b", "author")))),
        ("title:(a body:b)", All((Word("a", "title"), Word("b", "body")))),
        ("a -来源:b", Without(A, Word("b", "source"))),
        ("10:30", Word("10：30")),
        ("http://a", Word("http：／／a")),
        ("title:title:a", Word("title：a", "title")),
        ("a title：b", All((A, Word("b", "title")))),
    ],
)
def test_what_a_query_means(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the query is empty"),
        (" \u3000", "the query is empty"),
        ('"a', 'a quote " is not closed'),
        ("“a", "a quote “ is not closed"),
        ('a ""', "there is nothing between the quotes"),
        ("(a", "a bracket ( is not closed"),
        ("（a", "a bracket ( is not closed"),
        ("a)", "a bracket ) was never opened"),
        ("()", "something to look for is missing"),
        ("-a", "the query says only what is not wanted"),
        ("NOT a", "the query says only what is not wanted"),
        ("a OR -b", "the query says only what is not wanted"),
        ("a (NOT b)", "the query says only what is not wanted"),
        ("OR a", "something to look for is missing"),
        ("a OR", "something to look for is missing"),
        ("AND a", "nothing stands before AND"),
        ("a AND", "something to look for is missing at the end"),
        ("a AND OR b", "something to look for is missing before OR"),
        ("a NOT", "something to look for is missing at the end"),
        ("title:", "something to look for is missing at the end"),
        ("title: OR a", "something to look for is missing before OR"),
        ("title:" * 2 + "(", "something to look for is missing"),
        ("字" * 1001, "the query has 1001 characters: at most 1000 are understood"),
        ("字 " * 65, "the query has more than 64 words"),
        ("(" * 13 + "a", "more than 12 brackets stand inside of one another"),
    ],
)
def test_what_cannot_be_understood_is_told_in_a_line(text: str, reason: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value) == reason
    assert caught.value.exit_code == 2


@given(st.text(st.characters(), min_size=1, max_size=40))
def test_a_quoted_text_is_looked_for_as_it_is(text: str) -> None:
    assert parse(quoted(text)) == Word(alike(text))


@given(st.text(st.sampled_from('ab园"“”()（）-: \u3000\nORANDT标题:'), max_size=30))
def test_every_text_is_understood_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert "\n" not in str(error)
    else:
        assert words_of(query)
        assert all(word.text for word in words_of(query))


@settings(max_examples=300)
@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30))
def test_a_part_becomes_a_part(left: str, right: str) -> None:
    """The fold is character by character: what is found in a text is found in every longer one."""
    assert alike(left + right) == alike(left) + alike(right)
    assert len(alike(left)) == len(left)


def test_every_character_is_a_word_for_the_index() -> None:
    """FTS5's tokenizer `ascii` takes as words what is a letter or digit or beyond ASCII, and makes capitals small."""
    folded = {alike(chr(number)) for number in range(sys.maxunicode + 1)}
    assert {sign for sign in folded if sign < "\x80"} == set("0123456789abcdefghijklmnopqrstuvwxyz")
    assert all(len(sign) == 1 for sign in folded)
    assert not any("\ud800" <= sign <= "\udfff" for sign in folded)
    assert "".join(folded).encode()


def test_what_is_passed_over_is_what_stays() -> None:
    """To go by runs is only quicker: one by one each character becomes the same."""
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert alike(every) == every.translate(_ALIKE)
    assert len(_others().sub("", every)) > 15_000


def test_what_is_taken_for_the_same() -> None:
    assert alike("產業園區臺灣看著") == "产业园区台湾看着"
    assert alike("ＡbＣ１２") == "abc12"
    assert alike("(a+b)=3.5%") == alike("（ａ＋ｂ）＝３．５％")
    assert alike("a b") == alike("a\u3000b") == alike("a\xa0b") == alike("a\tb")
    assert alike("a\nb") == f"a{LINE_END}b" != alike("a b")
    assert alike("乾隆")[0] == alike("乾燥")[0] == alike("干")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("园区 张", True),
        ("园区张", False),
        ("标题:张", False),
        ("作者:张 OR 标题:李", True),
        ("园区 -孵化", False),
        ("园区 -作者:孵化", True),
        ("区\n", True),
        ('"区\n"', False),
        ("段第", False),
        ('"段\n第"', True),
    ],
)
def test_reading_finds_what_is_meant(text: str, found: bool) -> None:
    texts = {"title": "产业园区", "body": alike("孵化器一段\n第二段"), "author": "张三"}
    assert matches(parse(text), texts) is found


def test_the_expression_has_no_characters_of_the_language_of_fts5() -> None:
    text = """x" OR y' - {title}: ^ * NEAR(a b) + \\ ; --"""
    made = expression(parse(quoted(text)))
    assert made[0] == made[-1] == '"'
    assert all(sign == " " or sign.isalnum() or sign > "\x7f" for sign in made[1:-1])


# -- hits in their context --


def test_hits_are_shown_in_every_field_the_title_first() -> None:
    row = {"title": "產業園區", "body": "第一段\n園区里的孵化器", "author": None, "source": "健康报"}
    title, body = snippets(parse("园区 孵化器 -张"), row)
    assert (title.field, title.text, title.spans) == ("title", "產業園區", ((2, 4),))
    assert (body.field, body.start, body.spans, body.more) == ("body", 0, ((4, 6), (8, 11)), False)
    assert list(body.pieces()) == [("第一段\n", False), ("園区", True), ("里的", False), ("孵化器", True)]


def test_what_is_not_wanted_is_not_marked_and_fields_are_kept_to() -> None:
    row = {"title": "园区", "body": "园区招商", "author": None, "source": None}
    assert [made.field for made in snippets(parse("标题:园区"), row)] == ["title"]
    assert [list(made.pieces()) for made in snippets(parse("正文:商 -标题:招"), row)] == [
        [("园区招", False), ("商", True)]
    ]


def test_the_context_is_where_most_words_stand_together() -> None:
    body = "园区" + "，" * 200 + "园区" + "。" * 30 + "孵化器" + "；" * 200
    (made,) = snippets(parse("园区 孵化器"), {"title": None, "body": body, "author": None, "source": None})
    assert (made.start, made.more, len(made.text)) == (182, True, 80)
    assert [made.text[start:end] for start, end in made.spans] == ["园区", "孵化器"]
    assert body[made.start :].startswith(made.text)


@given(st.text(st.sampled_from("园区a, \n"), max_size=300), st.text(st.sampled_from("园区a"), min_size=1, max_size=90))
def test_hits_are_where_they_are_said_to_be(body: str, word: str) -> None:
    made = snippets(Word(word), {"title": None, "body": body, "author": None, "source": None})
    assert bool(made) == (word in body)
    for snippet in made:
        assert body[snippet.start :].startswith(snippet.text)
        assert snippet.more == (snippet.start + len(snippet.text) < len(body))
        assert "".join(text for text, _ in snippet.pieces()) == snippet.text
        begun = [place - snippet.start for place in places(body, word)]
        inside = {n for at in begun for n in range(at, at + len(word)) if 0 <= n < len(snippet.text)}
        assert inside == {n for start, end in snippet.spans for n in range(start, end)}
        assert inside
