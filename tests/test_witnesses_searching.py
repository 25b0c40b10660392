"""What stood there that no copy's repair came to: all pages are read at once, byte by byte."""

from __future__ import annotations

import random

import pytest

from bench.damage import damage, random_host
from bench.sample_truth import truths
from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.clean import clean_text
from zsparkcrawl.edits import Edited
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.witnesses import CollatedText, Witness, collate
from zsparkcrawl.witnesses.searching import bits_against, texts_of
from zsparkcrawl.witnesses.stream import Stream
from zsparkcrawl.witnesses.wording import Wording

ARTICLE = "园区昨日举办开放日活动，居民到场参观，并在窗口领取了材料。"


def collated(*witnesses: Witness) -> CollatedText:
    return collate(witnesses).texts["body"]


def mirror(number: int, text: str) -> Witness:
    host = f"www.mirror{number}.example"
    return Witness(host, diagnosis=diagnose(text), texts={"body": clean_text(text)})


@pytest.mark.parametrize("seed", range(10))
def test_what_a_tool_made_of_a_line_can_have_come_of_it(seed: int) -> None:
    lines = [line for each in truths() for line in each.body.split("\n") if 30 < len(line) < 120]
    chance = random.Random(seed)
    for line in chance.sample(lines, 12):
        shown = damage(line, random_host(chance))
        assert bits_against(line, [Stream(shown, diagnose(shown).annotated)]) is not None, shown


def test_another_line_cannot_have_left_what_is_shown() -> None:
    pages = [Stream("當?shù)母刹筷?duì)伍"), Stream("當的干部隊伍")]
    assert bits_against("当的干部队伍", pages) == 0.0
    assert bits_against("当的干部队五", pages) is None
    assert bits_against("当的干部队伍们", pages) is None


def test_pinyin_that_is_missing_speaks_against_a_text() -> None:
    annotated = {"隊": frozenset({"duì"})}
    assert bits_against("队伍", [Stream("隊(duì)伍", annotated)]) == 0.0
    assert bits_against("队伍", [Stream("隊伍", annotated)]) == 12.0


def test_what_two_pages_leave_is_what_both_can_have_come_of() -> None:
    """Where the first shows nothing, the other has two marks, each for a pair of bytes that was lost."""
    alone = texts_of([Stream("三輪車?yán)鞣N包裹")], "", "停在", Wording(""), 6)
    both = texts_of([Stream("三輪車?yán)鞣N包裹"), Stream("三輪車?yán)??鞣N包裹")], "", "停在", Wording(""), 6)
    assert "三轮车拉各种包裹" in alone
    assert "三轮车拉各种包裹" not in both
    assert next(iter(both)) == "三轮车拉着各种包裹"


def test_a_text_that_no_repair_came_to_is_found() -> None:
    shown = (
        "三輪車?yán)鞣N包裹停在園區(qū)門口，保安上前詢問了情況。",
        "三輪車?yán)??鞣N包裹停在園區(qū)門口，保安上前詢問(wèn)了情況。",
    )
    truth = "三轮车拉着各种包裹停在园区门口，保安上前询问了情况。"
    witnesses = [mirror(number, text) for number, text in enumerate(shown)]
    assert truth not in [clean_text(text).text for text in shown]
    body = collated(*witnesses)
    assert body.text == truth
    entry = next(each for each in body.entries if each.rivals)
    assert (entry.verdict, entry.certainty, entry.basis) == ("disputed", "inferred", "likelihood")
    assert collated(*reversed(witnesses)).text == truth


def test_one_page_alone_is_left_to_its_repair() -> None:
    """Copies that show the same have no more to say than one of them."""
    shown = "三輪車?yán)鞣N包裹停在園區(qū)門口，保安上前詢問了情況。"
    body = collated(mirror(0, shown), mirror(1, shown))
    assert body.text == clean_text(shown).text


def test_a_name_that_the_article_has_elsewhere_is_likelier() -> None:
    without, knowing = Wording(""), Wording("翟岩民到场参观。")
    assert knowing.bits("翟岩民", "“", "表示") < without.bits("翟岩民", "“", "表示")
    assert knowing.bits("翟岩民", "“", "表示") < knowing.bits("但性民", "“", "表示")


def test_quotations_of_a_paragraph_are_counted_as_a_whole() -> None:
    wording = Wording("")
    closed = wording.bits("很好。”", "他说：“今年的工作", "由于大风") - wording.bits(
        "很好。”", "他说：今年的工作", "由于大风"
    )
    assert closed == -6.0


def test_a_line_of_spam_on_each_host_is_outvoted_by_the_others() -> None:
    """Each put in something else at one place: of what one has, two know nothing."""
    texts = (ARTICLE + "某某网址大全", ARTICLE + "另外一家彩票资料", ARTICLE)
    copies = [
        Witness(f"m{n}.mirror{n}.example", diagnosis=Diagnosis("simplified"), texts={"body": Edited(text)})
        for n, text in enumerate(texts)
    ]
    collation = collate(copies)
    assert collation.texts["body"].text == ARTICLE
    assert {each.witness for each in collation.apart} == {0, 1}


def test_the_same_sentence_in_two_of_three_is_no_spam_of_one() -> None:
    texts = (ARTICLE + "下次活动另行通知。", ARTICLE + "下次活动另行通知。", ARTICLE)
    copies = [
        Witness(f"m{n}.mirror{n}.example", diagnosis=Diagnosis("simplified"), texts={"body": Edited(text)})
        for n, text in enumerate(texts)
    ]
    assert collated(*copies).text == texts[0]


def test_a_version_is_told_from_a_copy_that_tells_no_other_story() -> None:
    """The copy that changed a word stands first, and has as much for certain as the others."""
    texts = (ARTICLE.replace("居民", "北湖"), ARTICLE, ARTICLE)
    copies = [
        Witness(f"m{n}.mirror{n}.example", diagnosis=Diagnosis("simplified"), texts={"body": Edited(text)})
        for n, text in enumerate(texts)
    ]
    body = collated(*copies)
    assert (body.text, body.best, body.edited.original, body.edited.edits) == (ARTICLE, 1, ARTICLE, ())
