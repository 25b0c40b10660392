"""Whose files or pictures are those of an article that has several copies: pure functions.

What the site itself offers goes before all others. Behind that a list counts as often as hosts show it, and no list
does that leads to a host which is neither the site's nor one of the copies': such a link is what hijackers put in.
"""

from __future__ import annotations

from collections.abc import Sequence

from zsparkcrawl.archive.articles.file_addresses import plain_address
from zsparkcrawl.archive.witnesses.testimony import Kept, host_of
from zsparkcrawl.sites import site_for_url

__all__ = ["source_of_list"]

_ENOUGH = 2
"""Mirrors that must show a list where the site's own copies have none. Chosen: one alone may have added it."""


def source_of_list(name: str, copies: Sequence[Kept], best: Kept) -> Kept | None:
    """The copy whose list ("attachments" or "images") is the article's: the site's own, with the fewest doubts in its
    names; else the one that most hosts show. None when there is nothing to show that may be trusted."""
    own = [each for each in copies if each.own]
    if having := [each for each in own if each.content[name]]:
        return _surest(name, having, best)
    hosts = {each.host for each in copies}
    groups: dict[tuple[str, ...], list[Kept]] = {}
    for each in copies:
        if not _leads_out(name, each, hosts):
            shown = tuple(plain_address(item["url"], [each.url]) for item in each.content[name])
            groups.setdefault(shown, []).append(each)
    if own:
        groups = {shown: found for shown, found in groups.items() if shown and _votes(found) >= _ENOUGH}
    if not groups:
        return None
    most = max(groups, key=lambda shown: (_votes(groups[shown]), bool(shown), shown))
    return _surest(name, groups[most], best)


def _surest(name: str, copies: Sequence[Kept], best: Kept) -> Kept:
    return min(copies, key=lambda each: (_doubts(name, each), each is not best))


def _votes(copies: Sequence[Kept]) -> int:
    return len({each.host for each in copies})


def _leads_out(name: str, copy: Kept, hosts: set[str]) -> bool:
    """Whether a list has an item on a host that is neither a site's nor one that shows the article."""
    urls = [str(item["url"]) for item in copy.content[name]]
    return any(host_of(url) not in hosts and site_for_url(url) is None for url in urls)


def _doubts(name: str, copy: Kept) -> int:
    inferred = sum(one["certainty"] == "inferred" and one["field"].startswith(f"{name}.") for one in copy.edits)
    marks = copy.facts["damaged"].items()
    return int(inferred) + sum(len(found) for field, found in marks if field.startswith(f"{name}."))
