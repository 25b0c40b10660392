"""`zsparkcrawl witnesses` and `zsparkcrawl candidates`: the copies of an article, and what may be one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal

import click

from zsparkcrawl.cli.archive import (
    NotFoundError,
    database_option,
    echo_json,
    one_line,
    open_archive,
    table,
)
from zsparkcrawl.cli.marking import visible

__all__ = ["candidates", "reading_lines", "witness_lines", "witnesses"]

_AROUND = 8
"""Characters that are shown on either side of a place; chosen."""
_VERDICTS = {"agreed": "agreed", "decided": "decided", "disputed": "disputed", "gap": "no copy has it"}
_BASES = {
    "agreement": "all read the same",
    "own": "the site itself tells",
    "bytes": "only this can have left what the copies show",
    "certainty": "a copy has it for certain",
    "votes": "more independent copies",
    "likelihood": "the likelier text",
}


@click.command()
@click.argument("key", metavar="URL|ID|SECTION/NUMBER")
@click.option("--json", "as_json", is_flag=True, help="As JSON: each copy with its content, edits and damage.")
@database_option
def witnesses(key: str, as_json: bool, database: str | None) -> None:
    """List the copies of an article: where and when each stood, how damaged it is, and whether it supports the
    article's text or tells another story.

    Copies are the site's own, those of mirrors, and those of web archives; see `explain` for what they read.
    """
    with open_archive(database) as archive:
        article = archive.article(key)
        if article is None:
            raise NotFoundError(f"no article {key!r} in {archive.name}")
        found = archive.witnesses_of(article["id"])
    if as_json:
        echo_json(found)
        return
    columns = ("id", "host", "own", "first_seen", "last_seen", "edits", "inferred", "damaged", "standing", "url")
    table(columns, [_row(each) for each in found])
    click.echo(f"{article['disputed']} places disputed, {article['gaps']} that no copy has")


@click.command()
@click.option("--confirm", type=int, metavar="N", help="Candidate N is a copy: from now on it is a witness.")
@click.option("--reject", type=int, metavar="N", help="Candidate N is another article, and is not shown again.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@database_option
def candidates(confirm: int | None, reject: int | None, as_json: bool, database: str | None) -> None:
    """List pages without a number that may be copies of an article, the likest first.

    They are found by title, date and text, and are never joined before a person says so: with --confirm N or
    --reject N.
    """
    if confirm is not None and reject is not None:
        raise click.UsageError("a candidate is confirmed or rejected, one at a time")
    now = dt.datetime.now(dt.UTC)
    with open_archive(database, readonly=False) as archive:
        number = confirm if reject is None else reject
        if number is not None:
            state: Literal["confirmed", "rejected"] = "rejected" if confirm is None else "confirmed"
            try:
                made = archive.decide(number, state, now=now)
            except KeyError as error:
                raise NotFoundError(f"no open candidate {number} in {archive.name}") from error
            click.echo(f"candidate {number} {state}{', a new version' if made else ''}")
            return
        archive.find_candidates(now)
        found = archive.candidates()
    if as_json:
        echo_json(found)
        return
    columns = ("id", "share", "title", "date", "article", "copy")
    table(columns, [_candidate(each) for each in found])


def witness_lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line for each copy; none when there is but one."""
    if len(found) < 2:
        return
    for each in found:
        stands = each["standing"] + (f": {each['kind']}" if each["kind"] else "")
        doubts = f"{each['inferred_count']} inferred, {each['damage_count']} damaged"
        own = ", the site's own" if each["own"] else ""
        yield f"[{each['id'] or 1}] {one_line(each['host'])}{own}: {each['first_seen']}, {doubts}: {stands}"
        for place in each["apart"]:
            yield f"    {place['field']} {place['start']}: {place['kind']}: {visible(place['reading'][:80])!r}"


def reading_lines(found: Iterable[Mapping[str, Any]], state: Mapping[str, Any]) -> Iterator[str]:
    """Each place on which the copies differ, in its context, with who reads what; by the rows of the table readings."""
    for (field, _), rows in groupby(found, key=lambda row: (row["field"], row["position"])):
        first, *others = rows
        text = state[field] or ""
        before, after = text[max(first["start"] - _AROUND, 0) : first["start"]], text[first["end"] :][:_AROUND]
        shown = click.style(f"[{visible(text[first['start'] : first['end']])}]", bold=True)
        place = f"…{visible(before)}{shown}{visible(after)}…" if isinstance(text, str) else ""
        why = f"{_VERDICTS[first['verdict']]}, {first['certainty']}: {_BASES[first['basis']]}"
        yield f"{field} {first['start']}: {place}: {why}"
        for row in (first, *others):
            readers = " ".join(map(str, row["witnesses"])) or "none"
            shows = f" ({' '.join(map(str, row['explained']))} may show damage of it)" if row["explained"] else ""
            reading = "nothing" if row["reading"] in (None, "") else repr(visible(row["reading"]))
            yield f"    [{readers}] {reading}{shows}"


def _row(each: Mapping[str, Any]) -> list[object]:
    stands = each["standing"] + (f": {each['kind']}" if each["kind"] else "")
    counts = [each["edit_count"], each["inferred_count"], each["damage_count"]]
    own = "yes" if each["own"] else "no"
    return [each["id"], each["host"], own, each["first_seen"], each["last_seen"], *counts, stands, each["url"]]


def _candidate(each: Mapping[str, Any]) -> list[object]:
    title = "the same" if each["same_title"] else "another"
    date = {None: "unknown", True: "the same", False: "another"}[each["same_date"]]
    return [each["id"], f"{each['share']} %", title, date, each["article_url"], each["copy_url"]]
