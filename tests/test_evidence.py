"""The segments behind a text: joined they give it and the page's own words, and each tells how it came about."""

import inspect
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.sample_site import page, page_sources, recipes, truths
from zsparkcrawl import Page, extract
from zsparkcrawl.clean import TEXT_FIELDS, clean, clean_text, recovered_title
from zsparkcrawl.edits import Change, Damage, Edit, Edited, edit, mark
from zsparkcrawl.evidence import Segment, segments_of
from zsparkcrawl.repair import RULES as REPAIR_RULES
from zsparkcrawl.repair.misread import mark_unreadable
from zsparkcrawl.rules import RULES, why_of
from zsparkcrawl.sites import site_named
from zsparkcrawl.spam import RULES as SPAM_RULES


@st.composite
def cleaned(draw: st.DrawFn) -> Edited:
    """An arbitrary text after some batches of arbitrary changes and marks, each on what the last one left."""
    edited = Edited(draw(st.text("abc", max_size=30)))
    for batch in range(draw(st.integers(0, 6))):
        cuts = sorted(draw(st.lists(st.integers(0, len(edited.text)), max_size=8)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        changes = [Change(a, b, draw(st.text("xyz", max_size=4))) for a, b in pairs]
        edited = edit(edited, f"rule-{batch}", changes)
        ends = sorted(draw(st.lists(st.integers(0, len(edited.text)), max_size=4)))
        edited = mark(edited, [Damage(a, b, f"why {batch}") for a, b in pairwise(ends) if a < b])
    return edited


def check(edited: Edited) -> tuple[Segment, ...]:
    found = segments_of(edited.text, edited.edits, edited.damaged)
    assert "".join(each.text for each in found) == edited.text
    assert "".join(each.original for each in found) == edited.original
    for each in found:
        assert (each.text != each.original) == bool(each.rules) == (each.certainty is not None)
        assert each.text or each.original
        assert (each.kind == "cut") == (not each.text)
        assert bool(each.damaged) == (each.kind in ("damaged", "doubtful"))
        assert all(0 <= one.start < one.end <= len(each.text) for one in each.damaged)
        assert bool(each.why) == (each.kind != "untouched")
    return found


@given(cleaned())
def test_joined_they_give_the_clean_text_and_the_pages_own(edited: Edited) -> None:
    found = check(edited)
    marked = [
        (start + one.start, start + one.end, one.reason)
        for each, start in zip(found, starts_of(found), strict=True)
        for one in each.damaged
    ]
    shown = {(place, reason) for start, end, reason in marked for place in range(start, end)}
    assert shown == {(place, one.reason) for one in edited.damaged for place in range(one.start, one.end)}


def starts_of(found: tuple[Segment, ...]) -> list[int]:
    starts = [0]
    for each in found:
        starts.append(starts[-1] + len(each.text))
    return starts[:-1]


@given(cleaned())
def test_what_no_edit_touched_is_its_own_segment(edited: Edited) -> None:
    """An edit counts to a segment as far as it reaches and no farther: at most so many segments are changed."""
    changed = [each for each in segments_of(edited.text, edited.edits) if each.rules]
    assert len(changed) <= len(edited.edits)
    assert sum(len(each.original) for each in changed) <= sum(len(one.before) for one in edited.edits)
    assert sum(len(each.text) for each in changed) <= sum(len(one.after) for one in edited.edits)


def test_every_text_of_every_sample_article() -> None:
    sources, known = page_sources(), recipes().pages
    kinds: set[str] = set()
    for truth in truths():
        url = f"http://www.nhtp.org{truth.path}"
        raw = extract(Page(url, page(sources[truth.path], known[truth.path])), site_named("nhtp"))
        article = clean(raw)
        for name in TEXT_FIELDS:
            if (text := getattr(article, name)) is not None:
                edits, damaged = article.edits.get(name, ()), article.damaged.get(name, ())
                found = check(Edited(text, edits, damaged, getattr(raw, name)))
                kinds |= {each.kind for each in found}
                assert {rule for each in found for rule in each.rules} <= {one.rule for one in edits} <= set(RULES)
    assert kinds >= {"untouched", "certain", "inferred", "cut", "doubtful"}


def test_edits_on_top_of_each_other_are_one_segment() -> None:
    edited = edit(Edited("甲?乙"), "gbk", [Change(1, 2, "幹部", "inferred")])
    edited = edit(edited, "simplified", [Change(1, 2, "干")])
    first, second, third = check(edited)
    assert (first, third) == (Segment("甲", "甲"), Segment("乙", "乙"))
    assert (second.original, second.text, second.kind) == ("?", "干部", "inferred")
    assert second.rules == ("gbk", "simplified")
    assert second.why == f"{why_of('gbk')} {why_of('simplified')}"


def test_edits_side_by_side_stay_apart() -> None:
    found = check(clean_text("產(chǎn)業(yè)園區(qū)發(fā)展"))
    assert [(each.original, each.text) for each in found[:4]] == [
        ("產", "产"),
        ("(chǎn)", ""),
        ("業", "业"),
        ("(yè)", ""),
    ]


def test_what_a_later_rule_undid_is_untouched() -> None:
    edited = edit(edit(Edited("甲乙"), "one", [Change(0, 1, "丙")]), "two", [Change(0, 1, "甲")])
    assert check(edited) == (Segment("甲乙", "甲乙"),)


def test_a_doubtful_place_names_its_rival_and_where_it_stands() -> None:
    edited = edit(Edited("在?里"), "gbk", [Change(1, 2, "园区", "inferred")])
    second = check(mark(edited, [Damage(2, 3, "doubtful, perhaps: 圈")]))[1]
    assert (second.kind, second.certainty) == ("doubtful", "inferred")
    assert second.damaged == (Damage(1, 2, "doubtful, perhaps: 圈"),)
    assert second.why.endswith("Doubtful, perhaps: 圈.")


@pytest.mark.parametrize(
    "edits",
    [
        [Edit("rule", 1, "x", "y")],
        [Edit("rule", 9, "x", "")],
        [Edit("one", 0, "x", "ab"), Edit("two", 0, "zb", "ab")],
    ],
)
def test_edits_of_another_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="do not f"):
        segments_of("abc", edits)


def test_time_grows_with_text_and_edits_and_not_with_their_product() -> None:
    """Each edit before the last one is the worst order: ten thousand runs of one edit."""

    def seconds(number: int) -> float:
        edits = [Edit("simplified", place, "發", "发") for place in reversed(range(0, 4 * number, 4))]
        damaged = [Damage(place, place + 2, "why") for place in range(1, 4 * number, 4)]
        begun = time.process_time()
        assert len(segments_of("发展园区" * number, edits, damaged)) == 3 * number
        return time.process_time() - begun

    few = min(seconds(1000) for _ in range(3))
    assert seconds(8000) < 40 * few


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_called_as_in_its_edits(name: str) -> None:
    assert f'"{name}"' in inspect.getsource(RULES[name])


def test_every_rule_has_a_name() -> None:
    assert {*REPAIR_RULES, *SPAM_RULES} - {mark_unreadable} == set(RULES.values()) - {recovered_title}
