"""What changed between the state of an article that is kept and the one that was read now: pure functions.

Each field that differs gets a :data:`Kind`. Only what can be told from the two states is claimed:

- ``reading``: the same bytes were read, or old ones anew; so our rules read them otherwise.
- ``hijacked``: the page is damaged or holds injections now, did not before, and text or a name was lost with it.
- ``hijack undone``: it was so before and is not now, and what was lost is back; or the damaged text stood for the text
  that is clean now.
- ``template``: the site's frame changed. Lines at the beginning or the end of the body came or went which other
  articles of the site show as well; lines are broken otherwise; a name stands in another field than before; a time
  came to the date, or went.
- ``edited``: any other difference; the site's own words are others.
- ``collated``: the copies of the article together tell it otherwise, or for certain.
- None, in a version that other fields make: the field's text differs only as damage, counts and blanks do.

Another damage of the same text is no change: see :mod:`zsparkcrawl.archive.articles.sameness`. A damaged copy never
takes the place of a clean one, and a clean one takes the place of a damaged one as ``hijack undone``. What several
damaged copies tell together: see :mod:`zsparkcrawl.archive.witnesses.telling`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from zsparkcrawl.archive.articles.comparing import Difference, differences
from zsparkcrawl.archive.articles.copies import Copy
from zsparkcrawl.archive.articles.file_addresses import plain_address
from zsparkcrawl.archive.articles.sameness import unexplained
from zsparkcrawl.edits import Damage, Edit

__all__ = ["CONTENT", "KINDS", "Kind", "State", "changes", "changes_by_others", "edge_lines"]

Kind = Literal["edited", "hijacked", "hijack undone", "template", "reading", "collated"]
KINDS: tuple[Kind, ...] = ("edited", "hijacked", "hijack undone", "template", "reading", "collated")

CONTENT = (
    "title", "date", "time", "author", "source", "editor", "body", "attachments", "images",
    "photographer", "reviewers", "contributor",
)  # fmt: skip
"""The fields that make a version: when none changed the article is unchanged."""
_NAMES = ("author", "source", "editor", "photographer", "reviewers", "contributor")
_LISTS = ("attachments", "images")
_MOMENTS = ("date", "time")
_LOST_LEAST = 12
"""Characters of text that must be gone before a hijack is said to have taken them: chosen, longer than most words that
a site changes."""
_EDGE_LONGEST = 120
_EDGE_MOST = 8
"""Lines of how many characters, and how many of them, are looked for in other articles: a frame is short. Chosen."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of an article as the tables have it: its content, and by field the record of its text.

    ``damaged`` says whether the page was turned, annotated, cut or mended in any other way; ``injected`` whether
    something foreign was kept out of it.
    """

    content: Mapping[str, Any]
    edits: Mapping[str, Sequence[Edit]] = field(default_factory=dict)
    marks: Mapping[str, Sequence[Damage]] = field(default_factory=dict)
    damaged: bool = False
    injected: bool = False

    def copy(self, name: str, text: str | None = None) -> Copy:
        """The text of a field with its record; ``text`` for an item such as "attachments.0"."""
        text = self.content[name] if text is None else text
        return Copy(text or "", self.edits.get(name, ()), self.marks.get(name, ()), self.damaged)


def changes(
    old: State, new: State, *, same_bytes: bool = False, reading: bool = False, common: Collection[str] = ()
) -> dict[str, Kind | None]:
    """Which fields changed, and how; nothing when the article is unchanged.

    ``same_bytes``: both states were read from the same bytes; then every difference counts, for it is our rules' own.
    ``reading``: the new state was made by reading old bytes anew. ``common`` are those of :func:`edge_lines` that other
    articles of the site show as well.

    >>> kept = State({**dict.fromkeys(CONTENT), "url": "http://x.example/1", "title": "园区新闻", "body": "第一段。"})
    >>> changes(kept, State({**kept.content, "title": "园区要闻", "url": "http://mirror.example/1"}))
    {'title': 'edited'}
    >>> changes(kept, State({**kept.content, "body": "第一段。\\n点击：7"}))
    {}
    """
    differing = [name for name in CONTENT if _differs(name, old, new)]
    if same_bytes:
        return dict.fromkeys(differing, "reading")
    kinds = {name: _kind(name, old, new, common) for name in differing}
    if not any(kinds.values()):
        return {}
    if reading:
        return {name: "reading" if kind else None for name, kind in kinds.items()}
    return {**kinds, **dict.fromkeys(_moved_names(old, new), "template")}


def changes_by_others(old: State, new: State) -> dict[str, Kind | None]:
    """Which fields the copies of an article together tell otherwise than it is kept, or more or less for certain.

    >>> guess = [Edit("gbk", 3, "?", "事", "inferred")]
    >>> kept = State({**dict.fromkeys(CONTENT), "url": "", "body": "园区人事"}, {"body": guess})
    >>> changes_by_others(kept, State(kept.content)), changes_by_others(kept, kept)
    ({'body': 'collated'}, {})
    """
    items = sorted({*old.edits, *new.edits, *old.marks, *new.marks}.difference(CONTENT))
    differing = [name for name in CONTENT if _differs(name, old, new) or _doubts(name, old) != _doubts(name, new)]
    differing += [name.partition(".")[0] for name in items if _doubts(name, old) != _doubts(name, new)]
    return dict.fromkeys(differing, "collated")


def _doubts(name: str, state: State) -> tuple[int, list[tuple[int, int]]]:
    """How many edits of a text are inferred, and where it is marked as damaged."""
    inferred = sum(one.certainty == "inferred" for one in state.edits.get(name, ()))
    return inferred, sorted((mark.start, mark.end) for mark in state.marks.get(name, ()))


def edge_lines(old: str, new: str) -> tuple[str, ...]:
    """The lines at the beginning or the end of a body that came or went, if they are such as a frame has.

    >>> edge_lines("第一段。\\n第二段。", "本站消息\\n第一段。\\n第二段。\\n（完）")
    ('本站消息', '（完）')
    >>> edge_lines("第一段。\\n第二段。", "第一段。\\n插入。\\n第二段。")
    ()
    """
    found: list[str] = []
    for each in differences(old, new):
        if not _at_edge(each, old, new):
            return ()
        found += _lines(old[each.start : each.end]) + _lines(new[each.new_start : each.new_end])
    fits = len(found) <= _EDGE_MOST and all(len(line) <= _EDGE_LONGEST for line in found)
    return tuple(dict.fromkeys(found)) if fits else ()


def _differs(name: str, old: State, new: State) -> bool:
    """Whether a field differs at all. What both pages tell as counted from the day of the visit (3天前) does not: the
    count is coarser from visit to visit."""
    was, is_now = old.content, new.content
    if name in _LISTS:
        before, after = _files(name, old, new)
        return before != after
    if name in _MOMENTS and was.get("date_basis") == is_now.get("date_basis") == "relative":
        return False
    return bool(was[name] != is_now[name])


def _kind(name: str, old: State, new: State, common: Collection[str]) -> Kind | None:
    """How one field changed that differs, None when only as damage, counts or blanks do."""
    if name in _LISTS:
        return _files_kind(name, old, new)
    if name in _MOMENTS:
        return _moment_kind(name, old, new)
    was, is_now = old.content[name], new.content[name]
    if not was or not is_now:
        return _came_or_went(bool(was), old, new)
    return _text_kind(old.copy(name), new.copy(name), old, new, common)


def _text_kind(was: Copy, is_now: Copy, old: State, new: State, common: Collection[str]) -> Kind | None:
    found, by_damage = unexplained(was, is_now)
    if not found:
        return "hijack undone" if by_damage and was.damaged and not is_now.damaged else None
    lost = sum(each.end - each.start for each in found)
    gained = sum(each.new_end - each.new_start for each in found)
    if _worse(old, new) and _is_loss(lost, gained, len(was.text)):
        return "hijacked"
    if _worse(new, old) and _is_loss(gained, lost, len(is_now.text)):
        return "hijack undone"
    return "template" if _is_frame(found, was.text, is_now.text, common) else "edited"


def _worse(old: State, new: State) -> bool:
    """Whether the second state is hijacked and the first was not."""
    return (new.damaged and not old.damaged) or (new.injected and not old.injected)


def _is_loss(lost: int, gained: int, length: int) -> bool:
    """Whether text went and next to none took its place; or half of the text is gone, whatever stands there."""
    return lost >= _LOST_LEAST and (gained * 4 <= lost or lost * 2 >= length)


def _is_frame(found: Iterable[Difference], old: str, new: str, common: Collection[str]) -> bool:
    """Whether lines are only broken otherwise, or all that differs are lines at the edges that others show as well."""
    if "".join(old.split()) == "".join(new.split()):
        return True
    lines = edge_lines(old, new)
    return bool(lines) and set(lines) <= set(common)


def _came_or_went(was_there: bool, old: State, new: State) -> Kind:
    """The kind of a value that is there in one of two states."""
    if was_there:
        return "hijacked" if _worse(old, new) else "edited"
    return "hijack undone" if _worse(new, old) else "edited"


def _moment_kind(name: str, old: State, new: State) -> Kind | None:
    """The kind of another day or time.

    A date that damage made illegible is no other date. A time that comes or goes beside the same day is a matter of the
    site's form.
    """
    was, is_now = old.content, new.content
    if name == "time" and was["date"] == is_now["date"] and (was["time"] is None or is_now["time"] is None):
        return "template"
    for state, other in ((old, new), (new, old)):
        if state.damaged and state.content["date"] is None and state.content.get("date_missing") == "illegible":
            return "hijack undone" if state is old and not other.damaged else None
    if was[name] is None or is_now[name] is None:
        return _came_or_went(was[name] is not None, old, new)
    return "edited"


def _files(name: str, *states: State) -> list[list[tuple[str | None, str]]]:
    """The names and addresses of the files or pictures of each state, without what changes by itself."""
    label = "name" if name == "attachments" else "caption"
    pages = [state.content["url"] for state in states]
    return [
        [(each[label], plain_address(each["url"], pages)) for each in state.content[name] or ()] for state in states
    ]


def _files_kind(name: str, old: State, new: State) -> Kind | None:
    was, is_now = _files(name, old, new)
    if [url for _, url in was] == [url for _, url in is_now]:
        kinds = {
            _text_kind(old.copy(f"{name}.{n}", a or ""), new.copy(f"{name}.{n}", b or ""), old, new, ())
            for n, ((a, _), (b, _)) in enumerate(zip(was, is_now, strict=True))
            if a != b
        }
        return next((kind for kind in KINDS if kind in kinds), None)
    before, after = {url for _, url in was}, {url for _, url in is_now}
    if after < before:
        return _came_or_went(True, old, new)
    return _came_or_went(False, old, new) if before < after else "edited"


def _moved_names(old: State, new: State) -> list[str]:
    """The fields of names whose value stands in another one now: the site calls it otherwise.

    >>> empty = dict.fromkeys(CONTENT)
    >>> _moved_names(State({**empty, "author": "张三"}), State({**empty, "editor": "张三"}))
    ['author', 'editor']
    """
    was, is_now = old.content, new.content
    gone = [name for name in _NAMES if was[name] and not is_now[name]]
    come = [name for name in _NAMES if is_now[name] and not was[name]]
    pairs = [(a, b) for a in gone for b in come if was[a] == is_now[b]]
    return list(dict.fromkeys(name for pair in pairs for name in pair))


def _at_edge(each: Difference, old: str, new: str) -> bool:
    """Whether a difference is whole lines before all others or behind them."""
    head = each.start == each.new_start == 0
    tail = each.end == len(old) and each.new_end == len(new)
    if not head and not tail:
        return False
    texts = ((old, each.start, each.end), (new, each.new_start, each.new_end))
    cut = [text[end - 1 : end] if head else text[start : start + 1] for text, start, end in texts if start < end]
    return all(sign == "\n" for sign in cut) or (head and tail)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]
