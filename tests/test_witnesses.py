"""One text from several copies: what they decide together, what they do not, and who tells another story."""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import random
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.damage import damage, random_host
from bench.repair import NARROW, distance
from bench.sample_truth import truths
from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.clean import clean_text
from zsparkcrawl.edits import Change, Damage, Edit, Edited, edit, revert
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.witnesses import CollatedText, Collation, Witness, collate
from zsparkcrawl.witnesses.aligning import align, gaps
from zsparkcrawl.witnesses.explaining import shown_bytes
from zsparkcrawl.witnesses.families import families
from zsparkcrawl.witnesses.origin import Origin

TRUTH = (
    "江畔科技园昨日举办开放日活动，共有300名居民到场参观。\n"
    "活动由园区服务中心主办，介绍了新药研发的流程和设备。\n"
    "园区负责人王小明表示，今后每个季度都会举办一次。\n"
    "报名的居民可以在服务中心的窗口领取材料，地点不变。\n"
    "下一次活动的时间定在9月12日，欢迎各位居民参加。"
)
TURNED = Diagnosis("turned", cut=True)


def witness(text: str, host: str, own: bool = False, time: dt.datetime | None = None) -> Witness:
    return Witness(host, own=own, time=time, diagnosis=diagnose(text), texts={"body": clean_text(text)})


def mirrors(*texts: str) -> list[Witness]:
    return [witness(text, f"www.mirror{number}.example") for number, text in enumerate(texts)]


def body(collation: Collation) -> CollatedText:
    return collation.texts["body"]


@cache
def articles() -> tuple[str, ...]:
    return tuple(each.body for each in truths() if len(each.body) > 200)


def damaged(truth: str, seed: int) -> str:
    host = random_host(random.Random(seed))
    return "\n".join(damage(line, host) for line in truth.split("\n"))


copies = st.tuples(st.integers(0, 30), st.lists(st.integers(0, 10_000), min_size=1, max_size=5, unique=True))


def silently_wrong(truth: str, collated: CollatedText) -> int:
    """Characters that are wrong where the apparatus says nothing of a dispute or a gap."""
    text = collated.text.translate(NARROW)
    codes = difflib.SequenceMatcher(None, truth, text, autojunk=False).get_opcodes()
    is_open = [each for each in collated.entries if each.verdict in ("disputed", "gap")]
    return sum(
        max(b - a, d - c)
        for kind, a, b, c, d in codes
        if kind != "equal" and not any(each.start <= d and c <= each.end for each in is_open)
    )


@settings(deadline=None, derandomize=True, max_examples=60)
@given(copies)
def test_together_they_are_never_worse_than_the_best_alone(made: tuple[int, list[int]]) -> None:
    """But where the copies leave it open and the result says so: there likelihood may take the worse of two."""
    truth = articles()[made[0] % len(articles())]
    witnesses = mirrors(*(damaged(truth, seed) for seed in made[1]))
    collated = body(collate(witnesses))
    wide = truth.translate(NARROW)
    alone = [distance(wide, each.texts["body"].text.translate(NARROW)) for each in witnesses if each.texts["body"]]
    assert silently_wrong(wide, collated) <= min(alone)
    assert distance(wide, collated.text.translate(NARROW)) <= min(alone) + collated.disputed


@settings(deadline=None, derandomize=True, max_examples=40)
@given(copies, st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_every_change_leads_back(
    made: tuple[int, list[int]], chance: random.Random
) -> None:
    truth = articles()[made[0] % len(articles())]
    witnesses = mirrors(*(damaged(truth, seed) for seed in made[1]))
    first = collate(witnesses)
    chance.shuffle(witnesses)
    assert collate(witnesses) == first
    collated = body(first)
    best = first.witnesses[collated.best].texts["body"]
    assert best is not None
    assert collated.edited.original == revert(collated.edited.text, collated.edited.edits) == best.text
    assert collated.edited.text == collated.text
    assert "".join(each.reading.text for each in collated.entries) == collated.text
    assert [(each.start, each.end) for each in collated.entries] == list(
        itertools.pairwise([0, *(each.end for each in collated.entries)])
    )
    assert all(0 <= one.start < one.end <= len(collated.text) for one in collated.edited.damaged)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(copies)
def test_one_witness_or_the_same_again_gives_that_witness(made: tuple[int, list[int]]) -> None:
    truth = articles()[made[0] % len(articles())]
    (one,) = mirrors(damaged(truth, made[1][0]))
    edited = one.texts["body"]
    assert edited is not None
    alone = body(collate([one]))
    assert (alone.text, alone.edited.edits, alone.edited.damaged) == (edited.text, (), edited.damaged)
    same = [replace(one, host=f"www.mirror{number}.example") for number in range(3)]
    assert body(collate(same)).text == edited.text
    again = Witness("again.example", diagnosis=one.diagnosis, texts={"body": alone.edited})
    assert body(collate([again])).text == alone.text


def test_what_is_collated_once_stays_so() -> None:
    witnesses = mirrors(*(damaged(articles()[0], seed) for seed in range(3)))
    once = body(collate(witnesses))
    assert body(collate([Witness("x.example", texts={"body": once.edited})])).text == once.text


def test_no_witness_and_empty_fields() -> None:
    assert collate([]).texts == {}
    empty = Witness("a.example", texts={"body": Edited(""), "title": None})
    assert body(collate([empty])).text == "" and "title" not in collate([empty]).texts
    both = collate([empty, witness(TRUTH, "b.example")])
    assert body(both).text == TRUTH and both.apart == ()


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.integers(0, 30), st.integers(0, 10_000))
def test_what_damage_leaves_is_explained_by_the_text(article: int, seed: int) -> None:
    host = random_host(random.Random(seed))
    for line in articles()[article % len(articles())].split("\n"):
        if len(shown := damage(line, host)) <= 400:
            assert shown_bytes(line, shown) is not None


@pytest.mark.parametrize("shown", ["園區舉辦開放日", "園區(qū)舉辦開放日", "园区举办开放日"])
def test_another_text_is_not_explained(shown: str) -> None:
    assert shown_bytes("园区举办开放日", shown) is not None
    assert shown_bytes("园区举行开放日", shown) is None
    assert shown_bytes("园区举办开放", shown) is None
    assert shown_bytes("园区举办开放日活动", shown) is None


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 30), st.integers(0, 10_000))
def test_the_way_back_leads_to_the_page(article: int, seed: int) -> None:
    edited = clean_text(damaged(articles()[article % len(articles())], seed))
    if {each.rule for each in edited.edits} <= {"gbk", "annotations", "simplified"}:
        origin = Origin(edited)
        assert origin.shown(0, len(edited.text)) == edited.original
        place = seed % len(edited.text)
        start, end = origin.bounds(place, place + 1)
        assert start <= place < end
        parts = [(a, b) for a, b in ((0, start), (start, end), (end, len(edited.text))) if a < b]
        assert "".join(origin.shown(a, b) or "" for a, b in parts) == edited.original


@given(st.text("甲乙丙丁\n", max_size=60), st.text("甲乙丙丁\n", max_size=60))
def test_blocks_are_the_same_in_both_texts_and_apart(one: str, other: str) -> None:
    blocks = align(one, other)
    assert all(one[a : a + n] == other[b : b + n] and n > 0 for a, b, n in blocks)
    assert all(first.start + first.length <= then.start for first, then in itertools.pairwise(blocks))
    others = sorted((each.other, each.other + each.length) for each in blocks)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(others))
    covered = sum(each.length for each in blocks)
    assert covered + sum(gap.end - gap.start for gap in gaps(blocks, len(one), len(other))) == len(one)


def test_a_reading_that_none_has_is_decided_by_the_bytes_of_both() -> None:
    """The one page lost the first byte of 。, the other both of 现: only 。现 can have left what both show."""
    before, behind = "园区的工作", "在开始了，请到窗口领取材料"
    start = len(before)
    made = (
        (
            f"{before}专现{behind}",
            Edit("gbk", start, ",F", "专现", "inferred"),
            Damage(start, start + 1, "doubtful, perhaps: 。"),
        ),
        (
            f"{before}。见{behind}",
            Edit("gbk", start, "。?", "。见", "inferred"),
            Damage(start + 1, start + 2, "doubtful, perhaps: 电"),
        ),
    )
    witnesses = [
        Witness(f"{n}.mirror{n}.example", diagnosis=TURNED, texts={"body": Edited(text, (each,), (mark,))})
        for n, (text, each, mark) in enumerate(made)
    ]
    collated = body(collate(witnesses))
    assert collated.text == f"{before}。现{behind}"
    entry = next(each for each in collated.entries if each.basis == "bytes" and each.rivals)
    assert entry.verdict == "decided" and entry.reading.witnesses == () and entry.reading.explained == (0, 1)
    assert body(collate(witnesses[:1])).text == made[0][0]


def test_what_is_certain_beats_what_two_infer_alike() -> None:
    text = "园区?疾炱陂g的工作"
    guessed = edit(Edited(text), "gbk", [Change(2, 8, "海考察期间", "inferred")])
    unsure = [Witness(f"m{n}.mirror{n}.example", diagnosis=TURNED, texts={"body": guessed}) for n in range(2)]
    sure = witness("园区。考察期间的工作", "www.clean.example")
    collated = body(collate([*unsure, sure]))
    assert collated.text == "园区。考察期间的工作" and collated.disputed == 0
    assert {each.certainty for each in collated.entries} == {"certain"}


def test_what_no_copy_has_is_a_gap() -> None:
    lost = Edited("共有3?0名居民", (), (Damage(3, 4, "an ASCII character was lost here"),))
    witnesses = [Witness(f"m{n}.mirror{n}.example", diagnosis=TURNED, texts={"body": lost}) for n in range(2)]
    collated = body(collate(witnesses))
    assert (collated.text, collated.gaps) == ("共有3?0名居民", 1)
    assert [(one.start, one.end) for one in collated.edited.damaged] == [(3, 4)]
    told = body(collate([*witnesses, witness("共有300名居民", "www.clean.example")]))
    assert (told.text, told.gaps, told.edited.damaged) == ("共有300名居民", 0, ())


def test_copies_that_differ_alike_are_disputed() -> None:
    collated = body(collate(mirrors(TRUTH, TRUTH.replace("王小明", "李大山"))))
    (entry,) = (each for each in collated.entries if each.verdict == "disputed")
    assert {entry.reading.text, entry.rivals[0].text} == {"王小明", "李大山"} and entry.certainty == "inferred"
    assert len(collated.edited.damaged) == 1
    assert collated.edited.damaged[0].reason == f"doubtful, perhaps: {entry.rivals[0].text}"


@pytest.mark.parametrize(("was", "becomes"), [("王小明", "李大山"), ("300名", "800名"), ("服务中心", "联络小组")])
def test_a_mirror_that_tells_otherwise_is_told_apart(was: str, becomes: str) -> None:
    collation = collate(mirrors(TRUTH, TRUTH.replace(was, becomes), TRUTH))
    assert body(collation).text == TRUTH
    assert {(each.witness, each.kind) for each in collation.apart} == {(1, "tampering")}


def test_the_site_itself_outranks_mirrors_that_lie_alike() -> None:
    lie = TRUTH.replace("王小明", "李大山").replace("300", "800")
    own = witness(TRUTH, "www.park.example", own=True)
    collation = collate([*mirrors(lie), witness(lie, "other.example"), own])
    assert body(collation).text == TRUTH
    assert {each.kind for each in collation.apart} == {"edit"}  # two that know nothing of each other: an older wording
    alone = collate([*mirrors(lie), own])
    assert body(alone).text == TRUTH and {each.kind for each in alone.apart} == {"tampering"}


def test_what_the_site_changed_later_is_its_own_edit() -> None:
    first = witness(TRUTH, "www.park.example", own=True, time=dt.datetime(2019, 3, 1, tzinfo=dt.UTC))
    later = TRUTH.replace("9月12日", "9月15日")
    then = witness(later, "www.park.example", own=True, time=dt.datetime(2020, 3, 1, tzinfo=dt.UTC))
    collation = collate([then, first, *mirrors(TRUTH)])
    assert body(collation).text == TRUTH
    assert [(each.kind, each.reading) for each in collation.apart] == [("edit", "5")]
    assert body(collate([then, first])).text == later


def test_copies_of_one_family_are_one_vote() -> None:
    lie = TRUTH.replace("王小明", "李大山")
    liars = [witness(lie, f"m{number}.liar.example") for number in range(3)]
    assert body(collate([*liars, *mirrors(TRUTH, TRUTH)])).text == TRUTH


def test_copies_with_the_same_damage_are_one_family() -> None:
    one, other = (damaged(articles()[0], seed) for seed in (3, 4))
    assert families(mirrors(one, one, other)) == (0, 0, 1)
    assert families(mirrors(one, one.replace("园", "圆"), other)) == (0, 0, 1)
    assert families(mirrors(TRUTH, TRUTH)) == (0, 1)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_paragraphs_come_and_go(order: tuple[int, ...]) -> None:
    lines = TRUTH.split("\n")
    lacking = "\n".join([*lines[:2], *lines[3:]])
    longer = "\n".join([*lines[:3], "另据江畔镇介绍，北湖社区的材料将另行公布。", *lines[3:]])
    witnesses = mirrors(TRUTH, lacking, longer)
    collation = collate([witnesses[number] for number in order])
    assert body(collation).text == TRUTH
    assert [(each.kind, each.reading.strip("\n")) for each in collation.apart] == [
        ("tampering", "另据江畔镇介绍，北湖社区的材料将另行公布。")
    ]


def test_a_copy_in_another_order_and_one_that_was_cut_off() -> None:
    lines = TRUTH.split("\n")
    moved = "\n".join([*lines[3:], *lines[:3]])
    short = TRUTH.encode("gbk")[:127].decode("gbk", "ignore")
    assert body(collate(mirrors(moved, TRUTH, TRUTH))).text == TRUTH
    assert body(collate(mirrors(short, short, TRUTH))).text == TRUTH
    assert body(collate(mirrors(short, TRUTH.replace("王小明", "?小明"), TRUTH))).text == TRUTH


def test_another_text_is_kept_apart() -> None:
    other = "北湖社区今天发布通知，青松路将在月底前完成路面维修，请过往车辆绕行。" * 2
    collation = collate(mirrors(TRUTH, other, TRUTH))
    assert body(collation).text == TRUTH
    assert [(each.witness, each.kind) for each in collation.apart] == [(1, "another text")]


def test_narrow_marks_and_traditional_are_no_readings() -> None:
    narrow = TRUTH.translate(NARROW)
    assert body(collate(mirrors(narrow, narrow, TRUTH))).text == TRUTH
    short = "江畔科技園昨日舉辦開放日活動，共有300名居民到場參觀。"
    copy = Witness("www.mirror9.example", texts={"body": Edited(short)})
    assert body(collate([copy, *mirrors(TRUTH)])).text == TRUTH


def test_a_mark_that_a_cut_may_have_left_is_open() -> None:
    cut = Edited("领导说园区工作很好！\n记者到园区采访。")
    copies = [Witness(f"m{n}.mirror{n}.example", diagnosis=TURNED, texts={"body": cut}) for n in range(2)]
    collated = body(collate(copies))
    assert collated.text == cut.text
    assert [each.rivals[0].text for each in collated.entries if each.verdict == "disputed"] == ["。”"]
    told = body(collate([*copies, witness("领导说园区工作很好。”\n记者到园区采访。", "www.clean.example")]))
    assert (told.text, told.disputed) == ("领导说园区工作很好。”\n记者到园区采访。", 0)
    meant = body(collate([*copies, witness(cut.text, "www.clean.example")]))
    assert (meant.text, meant.disputed) == (cut.text, 0)


def test_names_are_taken_whole_and_nothing_is_no_vote() -> None:
    names = ("王小明", None, "李大山", "李大山")
    witnesses = [
        Witness(f"m{n}.mirror{n}.example", texts={"author": Edited(name) if name else None})
        for n, name in enumerate(names)
    ]
    assert collate(witnesses).texts["author"].text == "李大山"
    assert collate(witnesses[:2]).texts["author"].text == "王小明"
    assert collate(witnesses[:3]).texts["author"].disputed == 1


def test_the_date_of_most_and_none_where_it_is_open() -> None:
    days = [dt.date(2019, 2, 19)] * 3 + [dt.date(2019, 2, 18), None]
    witnesses = [Witness(f"m{n}.mirror{n}.example", values={"date": day}) for n, day in enumerate(days)]
    value = collate(witnesses).values["date"]
    assert (value.value, value.verdict, value.witnesses) == (days[0], "decided", (0, 1, 2))
    assert collate(witnesses[2:]).values["date"].value is None
    assert collate(witnesses[2:]).disputed == 1
    own = replace(witnesses[3], own=True)
    assert collate([*witnesses[:3], own]).values["date"].value == days[3]


def test_the_same_damage_in_most_copies_outvotes_nothing() -> None:
    truth = articles()[1]
    bad, good = damaged(truth, 11), damaged(truth, 12)
    witnesses = mirrors(bad, bad, bad, good)
    alone = [distance(truth, each.texts["body"].text) for each in witnesses if each.texts["body"]]
    assert distance(truth, body(collate(witnesses)).text) <= min(alone)
