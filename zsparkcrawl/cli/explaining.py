"""`zsparkcrawl explain`: what stands behind each character of an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from zsparkcrawl.cli.archive import NotFoundError, database_option, echo_json, no_color_option, one_line, open_archive
from zsparkcrawl.cli.marking import LEGEND, Stretch, marked, stretches, visible
from zsparkcrawl.cli.witnessing import reading_lines, witness_lines
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.evidence import Segment, rival_of, segments_by_field
from zsparkcrawl.rules import why_of

__all__ = ["explain"]

_AROUND = 10
"""Characters that are shown on either side of a damaged place; chosen."""
_BASES = {
    "shown": "written in full where an article's date stands",
    "relative": "counted from the day on which the page was fetched",
    "completed": "completed by a year from the address or the metadata",
    "signature": "the date below the signature",
    "metadata": "the page's metadata alone",
}
_MISSING = {
    "absent": "the page shows none that can be trusted",
    "illegible": "what stands there cannot be read",
    "conflict": "the page shows several that contradict each other",
}
_NAMES = ("author", "source", "editor", "photographer", "reviewers", "contributor")
_MADE_BY = {
    "site": "fetched so",
    "reading": "old bytes, read anew",
    "import": "from a copy that somebody else kept",
    "witnesses": "told from several copies",
}
_VERSION = ("version", "made_at", "made_by", "run_id", "package", "changed")
_READING = ("charset", "charset_reason", "diagnosis")
_DATE = ("date", "time", "date_raw", "date_basis", "date_precision", "date_missing")
_CAPTURE = (
    "id", "url", "time", "status", "content_type", "charset", "declared_charset", "partial", "digest", "file",
    "offset", "length", "body_file", "body_offset", "lost",
)  # fmt: skip
_EDIT = ("field", "rule", "start", "before", "after", "certainty")
_WITNESS = (
    "id", "host", "url", "own", "capture_id", "first_seen", "last_seen", "standing", "kind", "apart", "edit_count",
    "inferred_count", "damage_count",
)  # fmt: skip
_PLACE = (
    "field", "position", "rank", "start", "end", "verdict", "basis", "certainty", "reading", "witnesses", "explained",
)  # fmt: skip
_DAY = {"date": None, "time": None}
_INJECTION = ("kind", "carrier", "domain", "phrase", "pages", "first_seen", "last_seen")


class UnfitError(ZsparkError):
    """The edits on record are not those of the text on record."""


@dataclass(frozen=True, slots=True)
class _Explained:
    """One version of an article with all that is known of how it came about."""

    article: Mapping[str, Any]
    versions: int
    state: Mapping[str, Any]
    edits: Sequence[Mapping[str, Any]]
    injections: Sequence[Mapping[str, Any]]
    capture: Mapping[str, Any] | None
    segments: Mapping[str, tuple[Segment, ...]]
    witnesses: Sequence[Mapping[str, Any]]
    readings: Sequence[Mapping[str, Any]]


@click.command()
@click.argument("key", metavar="URL|ID|SECTION/NUMBER")
@click.option("--version", "number", type=int, metavar="N", help="This version, not the latest.")
@click.option("--field", metavar="NAME", help="Only this text: title, body, author …")
@click.option("--whole", is_flag=True, help="Show long unchanged stretches as well.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: segments, fields, edits, capture.")
@no_color_option
@database_option
def explain(  # noqa: PLR0913, PLR0917 - its options
    key: str, number: int | None, field: str | None, whole: bool, as_json: bool, database: str | None
) -> None:
    """Show how an article's text came about: what stands on the page, what each rule made of it, and what is doubtful.

    {page→mended} is certain, {page⇢mended} inferred, [doubtful|perhaps] a reading that another one nearly beats,
    [damaged!] damaged and left so, {-spam-} cut out. Then: what each rule does, what stays damaged, where date and
    names were read from, what was kept out, and the capture that it rests on. Of an article with several copies each
    is told with its standing, and every place on which they differ: who reads what, and what decided. See `history`
    for the versions and `diff` for what differs between them.
    """
    found = _explained(key, number, database)
    if field is not None and field not in found.segments:
        raise NotFoundError(f"article {key!r} has no text {field!r}: it has {', '.join(found.segments)}")
    if as_json:
        echo_json(_as_json(found, field))
        return
    for line in _lines(found, field, whole=whole):
        click.echo(line)


def _explained(key: str, number: int | None, database: str | None) -> _Explained:
    with open_archive(database) as archive:
        article = archive.article(key)
        if article is None:
            raise NotFoundError(f"no article {key!r} in {archive.name}")
        versions = archive.versions_of(article["id"])
        wanted = article["version"] if number is None else number
        state = next((one for one in versions if one["version"] == wanted), None)
        if state is None:
            there = f"there are 1 to {len(versions)}"
            raise NotFoundError(f"article {key!r} in {archive.name} has no version {number}: {there}")
        edits = archive.edits_of(article["id"], state["version"])
        injections = archive.injections_of(article["id"], state["version"])
        witnesses = archive.witnesses_of(article["id"])
        readings = archive.readings_of(article["id"], state["version"])
        capture = None if state["capture_id"] is None else archive.capture(state["capture_id"])
    try:
        segments = segments_by_field(state, edits)
    except ValueError as error:
        raise UnfitError(f"article {key!r}, version {state['version']}: {error}: zsparkcrawl verify") from error
    return _Explained(article, len(versions), state, edits, injections, capture, segments, witnesses, readings)


def _as_json(found: _Explained, field: str | None) -> dict[str, Any]:
    state, capture = found.state, found.capture
    shown = {name: each for name, each in found.segments.items() if field in (None, name)}
    edits = [{name: one[name] for name in _EDIT} for one in found.edits if one["field"] in shown]
    return {
        **{name: found.article[name] for name in ("id", "site", "section", "native_id")},
        "url": state["url"],
        "versions": found.versions,
        **{name: state[name] for name in _VERSION},
        "fields": {name: _field_json(each) for name, each in shown.items()},
        "date": {name: state[name] for name in _DATE},
        "reading": {name: state[name] for name in _READING},
        "edits": edits,
        "rules": {rule: why_of(rule) for rule in dict.fromkeys(one["rule"] for one in edits)},
        "injections": [{name: one[name] for name in _INJECTION} for one in found.injections],
        "witnesses": [{name: one[name] for name in _WITNESS} for one in found.witnesses],
        "readings": [
            {name: one[name] for name in _PLACE} for one in found.readings if one["field"] in {**shown, **_DAY}
        ],
        "capture": None if capture is None else {name: capture[name] for name in _CAPTURE},
    }


def _field_json(segments: Sequence[Segment]) -> dict[str, Any]:
    return {
        "text": "".join(each.text for each in segments),
        "original": "".join(each.original for each in segments),
        "segments": [asdict(each) for each in segments],
    }


def _lines(found: _Explained, field: str | None, *, whole: bool) -> Iterator[str]:
    state = found.state
    number = f"{found.article['section']}/{found.article['native_id']}" if found.article["native_id"] else ""
    yield click.style(one_line(f"{state['url']}  {number}".rstrip()), bold=True)
    how = _MADE_BY[state["made_by"]]
    yield f"version {state['version']} of {found.versions}, {how}, stored {state['made_at']} by {state['package']}"
    shown = {name: list(stretches(each)) for name, each in found.segments.items() if field in (None, name)}
    yield click.style(LEGEND, dim=True)
    for name, each in shown.items():
        yield ""
        yield click.style(name, bold=True)
        yield from (f"  {line}" for line in marked(each, whole=whole).split("\n"))
    yield from _headed("What the rules did", _rules([one for one in found.edits if one["field"] in shown]))
    yield from _headed("What is doubtful or damaged", _doubts(shown))
    yield from _headed("The copies", witness_lines(found.witnesses) if field is None else ())
    told = [one for one in found.readings if one["field"] in shown or (field is None and one["field"] in _DAY)]
    yield from _headed("What they read", reading_lines(told, state))
    if field is None:
        yield from _headed("Where it was read from", _sources(found))
        yield from _headed("What was kept out", map(_injection, found.injections))
    yield from _headed("What it rests on", _capture(found))


def _headed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading with its lines; nothing when there are none."""
    first = True
    for line in lines:
        if first:
            yield ""
            yield click.style(heading, bold=True)
        first = False
        yield f"  {line}"


def _rules(edits: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each rule with what it does and its edits, equal ones told once."""
    for rule in dict.fromkeys(one["rule"] for one in edits):
        own = [one for one in edits if one["rule"] == rule]
        certainties = Counter(one["certainty"] for one in own)
        told = ", ".join(f"{count} {certainty}" for certainty, count in certainties.items())
        yield f"{click.style(one_line(rule), bold=True)}: {told}. {why_of(rule)}"
        alike = Counter((one["before"], one["after"], one["certainty"]) for one in own)
        pieces = [
            f"{visible(before)}{'⇢' if certainty == 'inferred' else '→'}{visible(after)}{f' x{count}' * (count > 1)}"
            for (before, after, certainty), count in alike.items()
        ]
        yield "    " + "  ".join(pieces)


def _doubts(shown: Mapping[str, Sequence[Stretch]]) -> Iterator[str]:
    """Each place that is doubtful or damaged, in its context, with the reason or the rival."""
    for name, found in shown.items():
        text = "".join(each.text for each in found)
        for stretch in found:
            start = stretch.start
            for segment in stretch.segments:
                for mark in segment.damaged:
                    a, b = start + mark.start, start + mark.end
                    before, after = visible(text[max(a - _AROUND, 0) : a]), visible(text[b : b + _AROUND])
                    place = click.style(f"[{visible(text[a:b])}]", fg="magenta" if rival_of(mark) else "red")
                    yield f"{name} {a}: …{before}{place}{after}…: {one_line(mark.reason)}"
                start += len(segment.text)


def _sources(found: _Explained) -> Iterator[str]:
    """Where each value was read from, as far as the archive knows."""
    state = found.state
    if state["date"] is not None:
        basis = _BASES.get(state["date_basis"] or "", "not on record")
        exact = f", exact to the {state['date_precision']}" if state["date_precision"] else ""
        moment = " ".join(filter(None, (state["date"], state["time"])))
        yield f"date: {one_line(moment)} from {visible(state['date_raw'] or '')!r}: {basis}{exact}"
    else:
        raw = f" from {visible(state['date_raw'])!r}" if state["date_raw"] else ""
        yield f"date: none{raw}: {_MISSING.get(state['date_missing'] or '', 'not on record why')}"
    for name in _NAMES:
        segments = found.segments.get(name)
        original = visible("".join(each.original for each in segments or ()))
        if state[name] is None:
            yield f"{name}: none: " + (f"nothing is left of {original!r}" if original else "the page names none")
        else:
            same = original == visible(state[name])
            yield f"{name}: {one_line(state[name])}: " + ("as the page has it" if same else f"from {original!r}")
    yield f"charset: {one_line(state['charset'] or 'unknown')}: {one_line(state['charset_reason'] or 'not on record')}"
    if diagnosis := state["diagnosis"]:
        kinds = [name for name in ("shifted", "cut") if diagnosis.get(name)]
        signs = "; ".join(one_line(each) for each in diagnosis.get("evidence", ()))
        yield f"diagnosis: {', '.join((one_line(diagnosis.get('script')), *kinds))}{f': {signs}' if signs else ''}"


def _injection(one: Mapping[str, Any]) -> str:
    where = " to ".join(filter(None, (one["carrier"], one["domain"])))
    return f"{one_line(one['kind'])} in {one_line(where)}: {visible(one['phrase'][:80])!r}"


def _capture(found: _Explained) -> Iterator[str]:
    one = found.capture
    if one is None:
        yield "no capture is on record"
        return
    yield f"capture {one['id']}: status {one['status']}, {one['time']}, {one_line(one['url'])}"
    yield f"file {one_line(one['file'])}, offset {one['offset']}, {one['length']} bytes, {one_line(one['digest'])}"
    if (one["body_file"], one["body_offset"]) != (one["file"], one["offset"]):
        yield f"its body: file {one_line(one['body_file'])}, offset {one['body_offset']}"
    if one["lost"]:
        yield f"lost: {one_line(one['lost'])}"
