"""Commands on the versions of an article: history, diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zsparkcrawl.cli.archive import (
    NotFoundError,
    database_option,
    echo_json,
    no_color_option,
    one_line,
    open_archive,
    table,
)

if TYPE_CHECKING:
    from zsparkcrawl.archive import Archive
    from zsparkcrawl.archive.articles.comparing import Difference

__all__ = ["diff", "history"]

_AROUND = 12
"""Characters that are shown on either side of a change; chosen."""
_CAUSES = ("version", "made_at", "made_by", "run_id", "capture_id", "package", "changed")


@click.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@database_option
def history(key: str, as_json: bool, database: str | None) -> None:
    """Show the versions of an article: when each was made, by what, and which fields changed in which way.

    KEY is its number here, its URL, or section/number as in news/1207. `diff` shows what differs between two versions,
    `explain --version N` how the text of one came about.
    """
    with open_archive(database) as archive:
        article, versions = _found(archive, key)
    if as_json:
        marks = {name: article[name] for name in ("id", "url", "first_seen", "last_seen", "gone_at", "gone_reason")}
        echo_json({**marks, "versions": [{name: one[name] for name in _CAUSES} for one in versions]})
        return
    columns = ("version", "made_at", "made_by", "run_id", "changed")
    rows = [[*(one[name] for name in columns[:-1]), _told(one["changed"])] for one in versions]
    table(["version", "made at", "made by", "run", "changed"], rows)
    if article["gone_at"]:
        click.echo(f"gone since {article['gone_at']}: {one_line(article['gone_reason'])}")


@click.command()
@click.argument("key")
@click.argument("first", metavar="[V1", type=int, required=False)
@click.argument("second", metavar="V2]", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON: by field the places that differ, or both values.")
@no_color_option
@database_option
def diff(key: str, first: int | None, second: int | None, as_json: bool, database: str | None) -> None:
    """Show what differs between two versions of an article: [-what went-] and {+what came+}.

    Without V1 and V2 the latest and the one before; with V1 alone, that and the latest.
    """
    with open_archive(database) as archive:
        _, versions = _found(archive, key)
        name = archive.name
    latest = versions[-1]["version"]
    if first is None and latest == 1:
        raise NotFoundError(f"article {key!r} has one version only")
    numbers = (latest - 1, latest) if first is None else (first, latest if second is None else second)
    by_number = {one["version"]: one for one in versions}
    for number in numbers:
        if number not in by_number:
            raise NotFoundError(f"article {key!r} in {name} has no version {number}: there are 1 to {latest}")
    old, new = (by_number[number] for number in numbers)
    fields = list(_differing(old, new))
    kinds = new["changed"] if numbers[1] - numbers[0] == 1 else {}
    if as_json:
        changed = [_as_json(field, old[field], new[field], kinds) for field in fields]
        echo_json({"old": numbers[0], "new": numbers[1], "fields": changed})
        return
    for field in fields:
        click.secho(f"{field}{_suffix(kinds, field)}", bold=True)
        for line in _shown(old[field], new[field]):
            click.echo(f"  {line}")
    if not fields:
        click.echo(f"versions {numbers[0]} and {numbers[1]} do not differ")


def _found(archive: Archive, key: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    article = archive.article(key)
    if article is None:
        raise NotFoundError(f"no article {key!r} in {archive.name}")
    return article, archive.versions_of(article["id"])


def _told(changed: Mapping[str, str | None]) -> str:
    """The changed fields with their kinds.

    >>> _told({"title": "edited", "body": None})
    'title: edited, body'
    """
    return ", ".join(f"{field}{_suffix(changed, field)}" for field in changed)


def _suffix(kinds: Mapping[str, str | None], field: str) -> str:
    return f": {kinds[field]}" if kinds.get(field) else ""


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    from zsparkcrawl.archive.articles.changes import CONTENT

    return (field for field in ("url", *CONTENT) if old[field] != new[field])


def _as_json(field: str, old: object, new: object, kinds: Mapping[str, str | None]) -> dict[str, Any]:
    from dataclasses import asdict

    from zsparkcrawl.archive.articles.comparing import differences

    told: dict[str, Any] = {"field": field, "kind": kinds.get(field)}
    if not isinstance(old, str) or not isinstance(new, str):
        return {**told, "before": old, "after": new}
    places = [
        {**asdict(each), "before": old[each.start : each.end], "after": new[each.new_start : each.new_end]}
        for each in differences(old, new)
    ]
    return {**told, "places": places}


def _shown(old: object, new: object) -> Iterator[str]:
    """The changes of one field: of texts each place with what stands around it, of lists what went and came."""
    from zsparkcrawl.archive.articles.comparing import differences

    if isinstance(old, str) and isinstance(new, str):
        found = differences(old, new)
        for group in _near(found):
            yield _place(old, new, group)
    elif isinstance(old, list) and isinstance(new, list):
        yield from (_went(each) for each in old if each not in new)
        yield from (_came(each) for each in new if each not in old)
        if sorted(map(str, old)) == sorted(map(str, new)):
            yield "in another order"
    else:
        yield (_went(old) if old is not None else "") + (_came(new) if new is not None else "")


def _near(found: Sequence[Difference]) -> Iterator[list[Difference]]:
    """Changes that stand so near to each other that they are shown as one place."""
    group: list[Difference] = []
    for each in found:
        if group and each.start - group[-1].end > 2 * _AROUND:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _place(old: str, new: str, group: Sequence[Difference]) -> str:
    start, end = max(group[0].start - _AROUND, 0), group[-1].end
    pieces = ["…" * (start > 0), one_line(old[start : group[0].start])]
    for number, each in enumerate(group):
        pieces += [_went(old[each.start : each.end]) if each.start < each.end else ""]
        pieces += [_came(new[each.new_start : each.new_end]) if each.new_start < each.new_end else ""]
        following = group[number + 1].start if number + 1 < len(group) else end + _AROUND
        pieces.append(one_line(old[each.end : following]))
    return "".join([*pieces, "…" * (end + _AROUND < len(old))])


def _went(value: object) -> str:
    return click.style(f"[-{_visible(value)}-]", fg="red")


def _came(value: object) -> str:
    return click.style(f"{{+{_visible(value)}+}}", fg="green")


def _visible(value: object) -> str:
    return one_line(value.replace("\n", "¶") if isinstance(value, str) else value)
