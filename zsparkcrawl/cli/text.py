"""`zsparkcrawl repair | despam | clean | read`: text and saved pages, without database or network."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from zsparkcrawl.bulk.mending import Mending, mend, on_record
from zsparkcrawl.charset import decode
from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.edits import Edited
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.items import Diagnosis, Page, plain

__all__ = ["clean", "despam", "read", "repair"]

Mend = Callable[[str], tuple[Edited, Diagnosis]]


class InputError(ZsparkError):
    """What was given to read is not what was announced."""


def _text_command(name: str, summary: str, mender: Callable[[], Mend]) -> click.Command:
    @click.command(name, help=summary)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), default="-")
    @click.option(
        "--json", "as_json", is_flag=True, help="Print text, edits, damaged and diagnosis as one JSON object."
    )
    @click.option(
        "--jsonl",
        is_flag=True,
        help='Each line is a JSON object with a "text"; print it mended, with "edits" and "damaged" (if any).',
    )
    def command(file: Path, as_json: bool, jsonl: bool) -> None:
        if as_json and jsonl:
            raise click.UsageError("--json and --jsonl exclude each other")
        if jsonl:
            _each_line(file, mender())
            return
        edited, diagnosis = mender()(_text_of(file))
        if as_json:
            _print(_json(_record(edited, diagnosis)) + "\n")
        else:
            _print(edited.text)

    return command


def _mending(mending: Mending) -> Mend:
    def one(text: str) -> tuple[Edited, Diagnosis]:
        edited, diagnosis = mend({"text": text}, mending)
        return edited["text"], diagnosis

    return one


def _despam() -> Mend:
    from zsparkcrawl.spam import despam

    def one(text: str) -> tuple[Edited, Diagnosis]:
        diagnosis = diagnose(text)
        return despam(text, diagnosis), diagnosis

    return one


_TEXT = "Text comes from FILE or, without one, from standard input; the result goes to standard output."
repair = _text_command("repair", f"Mend damaged text. {_TEXT}", lambda: _mending("repair"))
despam = _text_command("despam", f"Cut injected spam out of text. {_TEXT}", _despam)
clean = _text_command("clean", f"Mend damaged text and cut injected spam. {_TEXT}", lambda: _mending("clean"))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--url", required=True, help="Where the page was fetched: for its section, its number and its links.")
@click.option("--site", "site_name", help="The site's profile; without it the URL's host decides.")
@click.option("--content-type", default="", help="The Content-Type header that came with the page.")
@click.option("--fetched", help="When it was fetched, as 2024-05-06T08:30+08:00: what 3天前 is counted from.")
def read(file: Path, url: str, site_name: str | None, content_type: str, fetched: str | None) -> None:
    """Read one saved page: its article as JSON, with all fields, edits and the diagnosis."""
    from zsparkcrawl.clean import read as read_page
    from zsparkcrawl.sites import site_named

    try:
        urlsplit(url)
    except ValueError as error:
        raise InputError(f"{url!r} is no address: {error}") from error
    page = Page(url, _bytes_of(file), content_type, fetched_at=_moment(fetched))
    article = read_page(page, site_named(site_name) if site_name else None)
    _print(_json(plain(article)) + "\n")


def _moment(text: str | None) -> dt.datetime | None:
    """A moment with its offset, None when none is given."""
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError(f"--fetched must be a moment with its offset, as 2024-05-06T08:30+08:00, not {text!r}")
    return moment


def _bytes_of(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error


def _text_of(file: Path) -> str:
    """The text of a file in whatever charset; what does not decode becomes U+FFFD and is said on standard error."""
    body = _bytes_of(file)
    decoded = decode(body)
    if lost := decoded.text.count("\ufffd") - body.count(b"\xef\xbf\xbd"):
        if lost > 0:
            click.echo(
                f"zsparkcrawl: read as {decoded.charset}; {lost} bytes do not decode and show as U+FFFD", err=True
            )
    elif decoded.charset != "utf-8":
        click.echo(f"zsparkcrawl: read as {decoded.charset}", err=True)
    return decoded.text


def _each_line(file: Path, mended: Mend) -> None:
    with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
        for number, line in enumerate(source, 1):
            if line.strip():
                _print(_json(_mended_record(number, line, mended)) + "\n")


def _mended_record(number: int, line: bytes, mended: Mend) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number} is no JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise InputError(f'line {number} is no JSON object with a "text"')
    edited, _ = mended(record["text"])
    record.pop("damaged", None)
    return record | {"text": edited.text, **on_record({"text": edited}, ["text"])}


def _record(edited: Edited, diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "text": edited.text,
        "edits": plain(edited.edits),
        "damaged": [{**plain(d), "text": edited.text[d.start : d.end]} for d in edited.damaged],
        "diagnosis": plain(diagnosis),
    }


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # A lone surrogate cannot be written as UTF-8; escaped, JSON can hold it.
    return text if text.isascii() or _encodes(text) else json.dumps(value)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
