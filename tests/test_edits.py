"""Edits are the one way in which text changes: replayed they give the text, reverted the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsparkcrawl.edits import Change, Damage, Edit, Edited, apply, edit, mark, places_of, revert


@st.composite
def changed(draw: st.DrawFn) -> Edited:
    """An arbitrary text after up to four batches of arbitrary changes."""
    edited = Edited(draw(st.text(max_size=40)))
    for batch in range(draw(st.integers(0, 4))):
        cuts = sorted(draw(st.lists(st.integers(0, len(edited.text)), max_size=6)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        edited = edit(edited, f"rule-{batch}", [Change(a, b, draw(st.text(max_size=5))) for a, b in pairs])
    return edited


@given(changed())
def test_reverting_gives_the_original_and_replaying_the_text(edited: Edited) -> None:
    assert apply(edited.original, edited.edits) == edited.text
    assert revert(edited.text, edited.edits) == edited.original


@given(st.data())
def test_the_place_of_an_edit_moves_with_the_text(data: st.DataObject) -> None:
    """What later edits put in right beside it may count to it, and nothing else does."""
    edited = edit(Edited("甲乙丙丁戊己庚辛"), "first", [Change(1, 2, ""), Change(3, 4, "疑"), Change(6, 6, "辰巳")])
    for batch in range(3):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(edited.text)), max_size=6)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        kept = edited.text.index("疑")
        changes = [Change(a, b, data.draw(st.text("xyz", max_size=3))) for a, b in pairs if not a <= kept < b]
        edited = edit(edited, f"rule-{batch}", changes)
    start, end = places_of(edited.edits, lambda one: one.after == "疑")[0]
    assert edited.text[start:end].strip("xyz") == "疑"
    everywhere = places_of(edited.edits, lambda one: True)
    assert len(everywhere) == len(edited.edits)
    assert all(0 <= a <= b <= len(edited.text) for a, b in everywhere)


def test_ten_thousand_places_are_moved_in_time() -> None:
    text = Edited("發(fā)" * 10_000)
    for rule, start in (("first", 1), ("second", 0)):
        length = len(text.text) // 10_000
        text = edit(
            text, rule, [Change(length * n + start, length * n + start + 1, "甲", "inferred") for n in range(10_000)]
        )
    assert len(places_of(text.edits, lambda one: one.rule == "first")) == 10_000


def test_a_change_that_changes_nothing_is_no_edit() -> None:
    assert edit(Edited("园区"), "rule", [Change(0, 1, "园")]).edits == ()


def test_start_counts_in_the_text_as_it_stood() -> None:
    edited = edit(Edited("abcd"), "rule", [Change(0, 1, "XYZ"), Change(2, 3, "")])
    assert edited.text == "XYZbd"
    assert [(e.start, e.before, e.after) for e in edited.edits] == [(0, "a", "XYZ"), (4, "c", "")]


@pytest.mark.parametrize("changes", [[Change(0, 2, "x"), Change(1, 3, "y")], [Change(2, 9, "")], [Change(2, 1, "z")]])
def test_changes_that_overlap_or_leave_the_text_are_refused(changes: list[Change]) -> None:
    with pytest.raises(ValueError, match="overlap or leave"):
        edit(Edited("abc"), "rule", changes)


@pytest.mark.parametrize("undo", [True, False])
def test_edits_of_another_text_are_refused(undo: bool) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        (revert if undo else apply)("abc", [Edit("rule", 1, "x", "y")])


def test_damage_moves_with_the_text_and_goes_when_it_is_touched() -> None:
    edited = mark(Edited("0123456789"), [Damage(2, 4, "why"), Damage(7, 9, "why")])
    edited = edit(edited, "rule", [Change(0, 1, "abc"), Change(3, 5, "")])
    assert [edited.text[d.start : d.end] for d in edited.damaged] == ["78"]


def test_ten_thousand_edits_replay_in_one_pass() -> None:
    edited = edit(Edited("ab" * 10_000), "rule", [Change(i, i + 1, "") for i in range(0, 20_000, 2)])
    assert len(edited.edits) == 10_000
    assert edited.original == "ab" * 10_000
