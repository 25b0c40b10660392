"""The index of a web archive: what is asked of a CDX server, and what its answers say. Pure functions.

Two kinds answer in the field. That of the Wayback Machine gives JSON arrays below a row of names, and a key by which
a long answer goes on. That of pywb, which Common Crawl runs, gives a JSON object in each line, and pages by number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

__all__ = [
    "Answered",
    "Dialect",
    "NoIndexError",
    "Row",
    "collapsed",
    "dialect_of",
    "page_count",
    "parse_answer",
    "question",
]

Dialect = Literal["keys", "pages"]
LIMIT = 3000
"""Rows of one answer; chosen: some 0.5 MB, and a kill costs no more than one of them."""
_FIELDS = "timestamp,original,mimetype,statuscode,digest,length"
_TIMESTAMP = re.compile(r"\d{14}", re.ASCII)
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}


class NoIndexError(Exception):
    """An answer that is none of an index; the message says what it is like."""


@dataclass(frozen=True, slots=True)
class Row:
    """A capture as an index tells of it."""

    url: str
    timestamp: str
    mime: str
    status: str
    digest: str
    place: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The rows of an answer, and the key by which it goes on."""

    rows: tuple[Row, ...]
    key: str | None = None


def question(  # noqa: PLR0913 - what a CDX server takes
    server: str,
    prefix: str,
    *,
    dialect: Dialect,
    since: str | None = None,
    until: str | None = None,
    resume: Mapping[str, Any] | None = None,
    limit: int = LIMIT,
) -> str:
    """The address that asks for the captures below a prefix, as www.nhtp.org/news/, of some time (timestamps).
    ``resume`` says where the answer is to go on: {"key": …} or {"page": …}; ``limit`` bounds the rows, where there are
    keys.

    >>> question("http://a.example/cdx", "x.example/news/", dialect="pages", resume={"page": 2})
    'http://a.example/cdx?url=x.example%2Fnews%2F&matchType=prefix&output=json&filter=%3Dstatus%3A200&page=2'
    """
    pairs = [("url", prefix), ("matchType", "prefix"), ("output", "json")]
    pairs += [(name, value) for name, value in (("from", since), ("to", until)) if value]
    if dialect == "keys":
        pairs += [("fl", _FIELDS), ("filter", "statuscode:200"), ("collapse", "digest")]
        pairs += [("limit", str(limit)), ("showResumeKey", "true")]
    else:
        pairs.append(("filter", "=status:200"))
    if resume:
        pairs += [
            (name, str(resume[known])) for known, name in (("key", "resumeKey"), ("page", "page")) if known in resume
        ]
    return f"{server}{'&' if '?' in server else '?'}{urlencode(pairs)}"


def dialect_of(body: bytes) -> Dialect:
    """Which kind of index gave an answer.

    >>> dialect_of(b'[["timestamp", "original"]]'), dialect_of(b'{"urlkey": "org,x)/"}')
    ('keys', 'pages')
    """
    return "keys" if body.lstrip()[:1] == b"[" else "pages"


def parse_answer(body: bytes, dialect: Dialect) -> Answered:
    """What an answer tells; rows that make no sense are left out. Raises NoIndexError when it is no answer of an index,
    or ends before its end."""
    try:
        text = body.decode("utf-8")
        if dialect == "keys":
            return _with_key(json.loads(text) if text.strip() else [])
        found = (json.loads(line) for line in text.splitlines() if line.strip())
        return Answered(tuple(row for each in found if (row := _row(each)) is not None))
    except (ValueError, RecursionError) as error:
        raise NoIndexError(f"it gave no answer of an index: {body[:60]!r}") from error


def page_count(body: bytes) -> int:
    """How many pages an answer has, by what the index says when asked for it; 1 when it does not know.

    >>> page_count(b'{"pages": 3, "pageSize": 5, "blocks": 12}'), page_count(b"?")
    (3, 1)
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return 1
    pages = told.get("pages") if isinstance(told, dict) else told
    return pages if isinstance(pages, int) and not isinstance(pages, bool) and 0 <= pages < 100_000 else 1


def collapsed(rows: Iterable[Row], before: tuple[str, str] | None = None) -> Iterator[Row]:
    """The rows without those whose address has the same body as in the row before; an index that is asked to do so need
    not. ``before`` are address and digest of what came before the first."""
    for row in rows:
        this = (row.url, row.digest)
        if not row.digest or this != before:
            yield row
        before = this


def _with_key(found: object) -> Answered:
    """The rows of an array of arrays: the first names the fields, an empty one goes before the key."""
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise ValueError("no array of arrays")
    if not found:
        return Answered(())
    names, rest, key = [str(name) for name in found[0]], found[1:], None
    if [] in rest:
        at = rest.index([])
        rest, behind = rest[:at], rest[at + 1 :]
        key = str(behind[0][0]) if behind and behind[0] else None
    rows = (_row(dict(zip(names, row, strict=False))) for row in rest)
    return Answered(tuple(row for row in rows if row is not None), key)


def _row(said: object) -> Row | None:
    if not isinstance(said, dict):
        raise ValueError("no object")  # noqa: TRY004 - told as any other nonsense
    known: dict[str, Any] = {_NAMES.get(str(name), str(name)): value for name, value in said.items()}
    facts = {name: str(known.get(name, "")) for name in ("url", "timestamp", "mime", "status", "digest")}
    if not facts["url"] or not _TIMESTAMP.fullmatch(facts["timestamp"]) or facts["status"] != "200":
        return None
    digest = facts.pop("digest").removeprefix("sha1:")
    return Row(**facts, digest="" if digest == "-" else digest, place=_place(known))


def _place(known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where the record of a capture lies in the archive's WARC files."""
    name, numbers = known.get("filename"), [str(known.get(each, "")) for each in ("offset", "length")]
    if not isinstance(name, str) or not name or not all(n.isascii() and n.isdigit() and len(n) < 16 for n in numbers):
        return None
    return {"filename": name, "offset": int(numbers[0]), "length": int(numbers[1])}
