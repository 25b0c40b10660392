"""Repair: cases as data in four files, and what holds for every text."""

import datetime as dt
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.damage import damage, family_1, random_host
from zsparkcrawl import diagnose, repair, revert
from zsparkcrawl.edits import Edited, apply

CASES = Path(__file__).parent / "repair"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((CASES / f"{name}.json").read_text("utf-8"))]


def repaired(case: dict[str, str]) -> Edited:
    published = dt.date.fromisoformat(case["published"]) if "published" in case else None
    return repair(case["text"], diagnose(case["text"], published=published))


@pytest.mark.parametrize("case", [*cases("in_the_wild"), *cases("synthetic")])
def test_damage_is_mended(case: dict[str, str]) -> None:
    assert repaired(case).text == case["repaired"]


@pytest.mark.parametrize("case", cases("negative"))
def test_healthy_text_comes_back_without_an_edit(case: dict[str, str]) -> None:
    assert repaired(case) == Edited(case["text"])


@pytest.mark.xfail(strict=True, reason="damage that is known and not mended yet: a cure announces itself here")
@pytest.mark.parametrize("case", cases("known_failures"))
def test_known_failures(case: dict[str, str]) -> None:
    assert repaired(case).text == case["repaired"]


PIECES = st.sampled_from(
    [
        "發(fā)",
        "區(qū)",
        "?shù)",
        "\ufffd(duì)",
        "母刹筷",
        "?",
        "(",
        ")",
        "，",
        "；",
        "?疾",
        "園區",
        "关于",
        "\n",
        "218日",
        "&nbsp;",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join)))
@settings(max_examples=300, deadline=None)
def test_every_repair_can_be_undone_and_replayed(text: str) -> None:
    edited = repair(text)
    assert revert(edited.text, edited.edits) == text
    assert apply(text, edited.edits) == edited.text
    assert all(0 <= damaged.start < damaged.end <= len(edited.text) for damaged in edited.damaged)


SENTENCES = (
    "会议指出，要打造一支敢担当的干部队伍，以高质量发展推动产业转型升级。考察期间，专家组走访了三家企业。",
    "现在，园区已有医疗器械企业八十余家；“十四五”期间将新建厂房二十万平方米，确保活动用房充足！",
    "随着项目推进，著名学者的著作《健康产业研究》出版发行，对于研发(R&D)投入，园区给予补助。",
)


@pytest.mark.parametrize("seed", range(12))
def test_damaged_text_is_undone_replayed_and_not_mended_twice(seed: int) -> None:
    rng = random.Random(seed)
    text = damage("\n".join(rng.sample(SENTENCES, 3)), random_host(rng))
    edited = repair(text)
    assert revert(edited.text, edited.edits) == text
    assert apply(text, edited.edits) == edited.text
    assert repair(edited.text).text == edited.text


def test_inferred_is_said_to_be_inferred() -> None:
    certain = repair("打造一支忠誠擔(dān)當(dāng)?shù)母刹筷?duì)伍。")
    inferred = repair("會議結束?疾炱陂g共走訪三家企業。")
    assert {e.certainty for e in certain.edits} == {"certain"}
    assert [e.certainty for e in inferred.edits if e.rule == "gbk"] == ["inferred"]


def test_what_cannot_be_explained_is_marked_and_left() -> None:
    edited = repair("產(chǎn)業(yè)園區(qū)的1?shù)量")
    assert "?shù)" in edited.text
    assert [edited.text[d.start : d.end] for d in edited.damaged] == ["?shù)"]


@pytest.mark.parametrize("piece", ["?", "\ufffd", "(", "?疾", "！，", "園區?漆", "?shù)", "(shù)", "當(dāng)?shù)"])
def test_text_made_to_last_comes_to_an_end(piece: str) -> None:
    """The search has a bound for each text; without one for each text, 1,000 characters of ！， took four minutes."""
    text = "園區(qū)發(fā)展" + piece * 120
    edited = repair(text)
    assert revert(edited.text, edited.edits) == text


SENTENCES = (
    "园区企业发展很快。考察期间大家说了不少。创新的话题很多。产业规模持续扩大。规划已经做好。各方都很关注。服务也在改进。"
    "后续的事项不少。进度很快。团队稳定。机会很多。环境优美。达标的企业不断增加。"
)


def cut(sentence: str, *, cuts: bool) -> tuple[Edited, bool, bool]:
    """The last paragraph of a page mended, and whether the page is known to be cut, or not to be."""
    host = replace(family_1(60), cuts=cuts, orphan="")
    texts = [damage(text, host) for text in (SENTENCES, sentence)]
    found = diagnose(*texts)
    return repair(texts[1], found), found.cut, found.uncut


def test_a_quotation_that_a_cut_left_open_is_closed() -> None:
    edited, is_cut, _ = cut("负责人说：“火灾原因正在调查。”", cuts=True)
    assert (edited.text, is_cut) == ("负责人说：“火灾原因正在调查。”", True)
    assert "inferred" in {made.certainty for made in edited.edits}


def test_where_no_cut_is_a_quotation_stays_open() -> None:
    edited, is_cut, is_uncut = cut("负责人说：“火灾原因正在调查！", cuts=False)
    assert (edited.text, is_cut, is_uncut) == ("负责人说：“火灾原因正在调查！", False, True)
    assert not edited.damaged


@pytest.mark.parametrize(
    ("shown", "doubtful"), [("他著有新書", ["著"]), ("他對園區的執著", ["着"]), ("隨著發展", []), ("著名企業", [])]
)
def test_where_the_two_zhe_are_near_the_other_is_named(shown: str, doubtful: list[str]) -> None:
    edited = repair(f"{shown}，關于產業園區的企業發展")
    assert [edited.text[one.start : one.end] for one in edited.damaged] == doubtful
    assert all(one.reason.startswith("doubtful, perhaps: ") for one in edited.damaged)
