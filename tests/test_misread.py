"""Text read with the wrong charset: every way there and back, what stays in doubt is marked, and what is good stays."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.damage import Host, damage, family_1, family_2
from bench.misread import Kind, Manner, kinds, pairs, stretches, traditional, whole
from bench.repair import Tally, judge
from zsparkcrawl import repair, revert
from zsparkcrawl.edits import Edited, apply
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.misread import mark_unreadable, reread_misread
from zsparkcrawl.repair.misread.guesses import Known, choice
from zsparkcrawl.repair.paths import DOUBTFUL

SENTENCES = (
    "3月12日上午，园区召开安全生产工作会议，研究部署下一阶段的重点任务。",
    "会议指出，各单位要提高认识，加强管理，切实做好夏季防火和防汛工作。",
    "目前园区已有医药企业八十余家，“十四五”期间将新建厂房20万平方米。",
    "考察组一行参观了展厅，并与企业代表座谈，对园区的发展给予充分肯定。",
    "招商部负责人介绍说，今年以来共签约项目15个，总投资超过三十亿元。",
)
EXACT = [
    kind for kind in kinds() if not kind.lossy and "nothing lost" not in kind.name and "GBK as Big5" not in kind.name
]
LOSSY = [kind for kind in kinds() if kind.lossy]


def name_of(kind: Kind) -> str:
    return kind.name


def rng() -> random.Random:
    return random.Random(7)


@pytest.mark.parametrize("kind", EXACT, ids=name_of)
@pytest.mark.parametrize("text", SENTENCES)
def test_what_lost_nothing_comes_back(kind: Kind, text: str) -> None:
    truth = traditional(text) if kind.traditional else text
    damaged = whole(truth, kind, rng())
    assert damaged is not None
    assert reread_misread(Edited(damaged), Diagnosis()).text == truth


@pytest.mark.parametrize("kind", LOSSY, ids=name_of)
@pytest.mark.parametrize("manner", [whole, stretches])
def test_what_lost_bytes_comes_back_mostly_and_the_rest_is_marked(kind: Kind, manner: Manner) -> None:
    tally = Tally()
    for text in SENTENCES:
        damaged = manner(text, kind, rng())
        assert damaged is not None
        edited = repair(damaged)
        tally.add(text, edited.text)
        judge(tally, text, edited, str)
    assert tally.wrong <= tally.characters * 0.06
    assert tally.marked_places >= tally.wrong_places * 0.8


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("kind", [*EXACT, *LOSSY], ids=name_of)
def test_it_can_be_undone_and_is_not_done_twice(kind: Kind, text: str) -> None:
    truth = traditional(text) if kind.traditional else text
    damaged = stretches(truth, kind, rng()) or whole(truth, kind, rng())
    assert damaged is not None
    edited = reread_misread(Edited(damaged), Diagnosis())
    assert revert(edited.text, edited.edits) == damaged
    assert apply(damaged, edited.edits) == edited.text
    assert reread_misread(Edited(edited.text), Diagnosis()).text == edited.text


def test_certain_is_what_the_bytes_decide_and_inferred_what_likelihood_does() -> None:
    edited = repair(pairs("两种产品都走上生产线，".encode(), "gbk", "?", private=True))
    certainties = {made.after: made.certainty for made in edited.edits}
    assert certainties["，"] == "inferred"
    assert certainties["产品都走上生产线"] == "certain"


def test_what_is_the_only_possible_character_is_beyond_doubt() -> None:
    chosen = choice(("中",), "新闻", "心", Known())
    assert (chosen.char, chosen.rival, chosen.lead > 10) == ("中", "", True)


def test_what_is_nearly_as_likely_as_another_is_marked_doubtful() -> None:
    edited = repair("与会的有" + pairs("郝".encode() + "㐂".encode()[:2], "gb18030", "\ufffd") + "先生")
    assert [(damaged.start, damaged.end) for damaged in edited.damaged] == [(5, 6)]
    assert all(damaged.reason.startswith(DOUBTFUL) for damaged in edited.damaged)


def test_a_name_that_stands_elsewhere_helps() -> None:
    shown = pairs("园区主任采晓".encode() + "云".encode()[:2], "gbk", "\ufffd")
    alone, beside = repair(shown + "到会。"), repair("采晓云介绍了园区。" + shown + "到会。")
    assert "采晓云到会" not in alone.text
    assert "采晓云到会" in beside.text


def test_a_mark_that_swallowed_an_ascii_character_says_so() -> None:
    text = "2019年3月12日，园区召开会议，研究部署安全工作。"
    edited = repair(pairs(text.encode(), "gbk", "?", swallows=True, private=True))
    assert edited.text == "2019年?月?2日，园区召开会议，研究部署安全工作。"
    assert {(edited.text[d.start : d.end], d.reason) for d in edited.damaged} == {
        ("?", "an ASCII character was lost here")
    }


@pytest.mark.parametrize(
    "text", ["闂傚倸鍊", "园区閺備即妞堟稉顓炵妇发布", "Ã¦â€“Â°Ã©â€”Â»Ã¤Â¸Â", "公告锟斤拷锟斤拷", "公告嚙踝蕭"]
)
def test_what_was_misread_more_than_once_is_marked_and_left(text: str) -> None:
    edited = repair(text)
    assert edited.text == text
    assert edited.damaged


def test_a_line_that_speaks_of_codes_keeps_what_it_shows() -> None:
    edited = repair("编码不对时会显示ÐÂÎÅÖÐÐÄ。\n标题：ÐÂÎÅÖÐÐÄ")
    assert edited.text == "编码不对时会显示ÐÂÎÅÖÐÐÄ。\n标题：新闻中心"


@pytest.mark.parametrize("host", [family_1(127), family_2()], ids=lambda host: host.name)
def test_what_a_rewriting_tool_damaged_is_not_its_business(host: Host) -> None:
    for text in SENTENCES:
        damaged = Edited(damage(text, host))
        assert reread_misread(damaged, Diagnosis()) == damaged


PIECES = st.sampled_from(
    [
        "鏂伴椈",
        "涓",
        "锛?",
        "銆�",
        "€",
        "?",
        "�",
        "ÐÂÎÅ",
        "æ–°",
        "é",
        "Ã",
        "Ŀ¼",
        "£¬",
        "¡¡",
        "穝籇",
        "いみ",
        "锟斤拷",
        "園區",
        "园区",
        "3",
        " ",
        "\n",
        "A",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@settings(max_examples=300, deadline=None)
def test_every_change_can_be_undone_and_replayed(text: str) -> None:
    edited = mark_unreadable(reread_misread(Edited(text), Diagnosis()), Diagnosis())
    assert revert(edited.text, edited.edits) == text
    assert apply(text, edited.edits) == edited.text
    assert all(0 <= damaged.start < damaged.end <= len(edited.text) for damaged in edited.damaged)
    assert reread_misread(Edited(edited.text), Diagnosis()).text == edited.text


@pytest.mark.parametrize("piece", ["鏂", "?", "Ã", "�", "涓?", "é»", "¡¡", "Ŀ", "穝", "锟斤拷", "园区鏂伴椈"])
def test_text_made_to_last_takes_time_by_its_length(piece: str) -> None:
    """A tenth of a megabyte; a search that grew with the square of the length would take hours."""
    text = piece * (100_000 // len(piece.encode()))
    start = time.process_time()  # of the processor: a busy machine is not a slow search
    reread_misread(Edited(text), Diagnosis())
    assert time.process_time() - start < 30
