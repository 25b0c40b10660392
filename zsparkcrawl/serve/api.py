"""The same as JSON, for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from zsparkcrawl.serve.articles import asked_for, compared, two_versions
from zsparkcrawl.serve.asking import number_of, wish_of
from zsparkcrawl.serve.marking import field_segments, pieces_of
from zsparkcrawl.serve.rendering import archive_of

__all__ = [
    "article",
    "articles",
    "diff",
    "edits",
    "facets",
    "injections",
    "runs",
    "segments",
    "status",
    "versions",
    "witnesses",
]

_CAUSES = ("version", "made_at", "made_by", "run_id", "capture_id", "package", "changed", "edit_count", "damage_count")
_READING = (
    "field", "position", "rank", "start", "end", "verdict", "basis", "certainty", "reading", "witnesses", "explained",
)  # fmt: skip
_MOST_RUNS = 1000


def articles(request: Request) -> Response:
    """A page of the articles that fit (parameters as in /): `total`, `page`, `pages`, `articles`, each with its counts,
    the beginning of its text, and what of it the query found."""
    wish, archive = wish_of(request.query_params), archive_of(request)
    total = archive.facets(wish.selection).total
    rows = archive.browse(wish.selection, order=wish.order, limit=wish.size, offset=wish.offset)
    found = [{**row, "snippets": [asdict(snippet) for snippet in row["snippets"]]} for row in rows]
    pages = max(1, math.ceil(total / wish.size))
    return _json({"total": total, "page": wish.page, "pages": pages, "size": wish.size, "articles": found})


def facets(request: Request) -> Response:
    """How many articles fit (parameters as in /), and by facet how many with each of its values."""
    found = archive_of(request).facets(wish_of(request.query_params).selection)
    return _json({"total": found.total, "facets": {name: dict(values) for name, values in found.counts.items()}})


def article(request: Request) -> Response:
    """All columns of an article, with the files it offers: `version`."""
    asked, archive = asked_for(request), archive_of(request)
    return _json({**archive.with_files(asked.row), "files": archive.files_of(asked.article["id"])})


def edits(request: Request) -> Response:
    """Every edit of an article's texts in its order, field by field, and what stays damaged: `version`."""
    row = asked_for(request).row
    return _json(
        {**_named(row), "edits": archive_of(request).edits_of(row["id"], row["version"]), "damaged": row["damaged"]}
    )


def segments(request: Request) -> Response:
    """The texts of an article cut into segments, each with the page's own characters, the rules and why: `version`."""
    row = asked_for(request).row
    made = archive_of(request).edits_of(row["id"], row["version"])
    fields = [*dict.fromkeys(["title", "body", *(one["field"] for one in made), *row["damaged"]])]
    found = {
        name: [
            asdict(segment)
            for segment in field_segments(
                row[name], [one for one in made if one["field"] == name], row["damaged"].get(name, [])
            )
        ]
        for name in fields
        if isinstance(row.get(name), str)
    }
    return _json({**_named(row), "fields": found})


def injections(request: Request) -> Response:
    """The foreign things that were kept out of an article: `version`."""
    row = asked_for(request).row
    return _json({**_named(row), "injections": archive_of(request).injections_of(row["id"], row["version"])})


def witnesses(request: Request) -> Response:
    """The copies of an article, each with its own content, edits, damage and standing, and the readings on which they
    differ, by the numbers of the witnesses: `version`."""
    row, archive = asked_for(request).row, archive_of(request)
    readings = [{name: one[name] for name in _READING} for one in archive.readings_of(row["id"], row["version"])]
    return _json({**_named(row), "witnesses": archive.witnesses_of(row["id"]), "readings": readings})


def versions(request: Request) -> Response:
    """The versions of an article: when each was stored, why, and which fields changed how."""
    asked = asked_for(request)
    told = [{name: one[name] for name in _CAUSES} for one in asked.versions]
    return _json({"id": asked.article["id"], "gone_at": asked.article["gone_at"], "versions": told})


def diff(request: Request) -> Response:
    """What differs between two versions of an article: `from` and `to`; without them the latest and the one before."""
    asked = asked_for(request)
    old, new = two_versions(request, asked)
    fields = []
    for field, kind in compared(old, new):
        told: dict[str, Any] = {"field": field, "kind": kind, "before": old[field], "after": new[field]}
        if isinstance(old[field], str) and isinstance(new[field], str):
            told["pieces"] = [asdict(piece) for piece in pieces_of(old[field], new[field])]
        fields.append(told)
    return _json({"id": asked.article["id"], "from": old["version"], "to": new["version"], "fields": fields})


def runs(request: Request) -> Response:
    """The latest runs, newest first: `size` (at most 1000)."""
    return _json({"runs": archive_of(request).latest_runs(number_of(request.query_params, "size", 50, _MOST_RUNS))})


def status(request: Request) -> Response:
    """How the archive stands, by section."""
    found = asdict(archive_of(request).status(last_runs=0))
    return _json({name: found[name] for name in ("sections", "captures", "warning")})


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "url", "version")}


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), media_type="application/json; charset=utf-8")
