"""The pages of one article: its text with the evidence, its versions, what differs between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from zsparkcrawl.archive.articles.changes import CONTENT
from zsparkcrawl.rules import why_of
from zsparkcrawl.serve.asking import number_of, one_of
from zsparkcrawl.serve.marking import KINDS, MARKS, Mark, Marks, Paragraph, changes_of, field_segments, marked
from zsparkcrawl.serve.rendering import archive_of, page

__all__ = ["Asked", "article_page", "asked_for", "compared", "diff_page", "two_versions", "versions_page"]

VIEWS = ("repaired", "raw", "both")
_MARKED = ("title", "body", "author", "source", "editor", "photographer", "reviewers", "contributor")
_MOST_VERSIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """An article that was asked for: its row, all its versions, and the one that is meant."""

    article: Mapping[str, Any]
    versions: Sequence[Mapping[str, Any]]
    version: Mapping[str, Any]

    @property
    def row(self) -> Mapping[str, Any]:
        """The article as that version has it."""
        return {**self.article, **self.version, "id": self.article["id"]}


def asked_for(request: Request) -> Asked:
    """The article whose number stands in the address, in the version that the query names, or the latest. Raises
    HTTPException (404)."""
    archive, number = archive_of(request), str(request.path_params["id"])
    article = archive.article(number) if len(number) < 10 else None
    if article is None:
        raise HTTPException(404, f"there is no article {number[:20]}")
    versions = archive.versions_of(article["id"])
    wanted = number_of(request.query_params, "version", article["version"], _MOST_VERSIONS)
    for version in versions:
        if version["version"] == wanted:
            return Asked(article, versions, version)
    raise HTTPException(404, f"article {number} has no version {wanted}: there are 1 to {article['version']}")


def article_page(request: Request) -> Response:
    """An article with every repaired character marked: `view` (repaired, raw, both), `marks` (all, unsure, none),
    `version`."""
    asked, archive = asked_for(request), archive_of(request)
    view = one_of(request.query_params, "view", VIEWS)
    marks: Marks = next(each for each in MARKS if each == one_of(request.query_params, "marks", MARKS))
    row = archive.with_files(asked.row)
    edits = archive.edits_of(row["id"], row["version"])
    readings = archive.readings_of(row["id"], row["version"])
    fields = {name: _field(row, name, edits, marks, readings) for name in _MARKED}
    sizes = {file["sha256"]: file["size"] for file in archive.files_of(row["id"])}
    return page(
        request,
        "article.html",
        row=row,
        view=view,
        marks=marks,
        latest=asked.article["version"],
        versions=asked.versions,
        fields=fields,
        kinds=_kinds(fields.values()),
        rules=[(rule, number, why_of(rule)) for rule, number in Counter(one["rule"] for one in edits).most_common()],
        injections=archive.injections_of(row["id"], row["version"]),
        offered=[*(("", each) for each in row["attachments"]), *(("picture", each) for each in row["images"])],
        sizes=sizes,
        text_tag="zh-Hant" if (row["diagnosis"] or {}).get("script") == "traditional" else "zh-Hans",
    )


def versions_page(request: Request) -> Response:
    """The versions of an article, and a form that compares two."""
    asked = asked_for(request)
    return page(request, "versions.html", row=asked.article, versions=asked.versions)


def diff_page(request: Request) -> Response:
    """What differs between two versions of an article: `from` and `to`; without them the latest and the one before."""
    asked = asked_for(request)
    old, new = two_versions(request, asked)
    found = [(field, kind, changes_of(old[field], new[field])) for field, kind in compared(old, new)]
    return page(request, "diff.html", row=asked.article, versions=asked.versions, old=old, new=new, found=found)


def two_versions(request: Request, asked: Asked) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The two versions that a query names. Raises HTTPException (404)."""
    latest = asked.article["version"]
    first = number_of(request.query_params, "from", max(latest - 1, 1), _MOST_VERSIONS)
    second = number_of(request.query_params, "to", latest, _MOST_VERSIONS)
    by_number = {version["version"]: version for version in asked.versions}
    for number in (first, second):
        if number not in by_number:
            raise HTTPException(404, f"article {asked.article['id']} has no version {number}: there are 1 to {latest}")
    return by_number[first], by_number[second]


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The fields in which two versions differ, each with the kind of the change where it is known."""
    kinds = new["changed"] if new["version"] == old["version"] + 1 else {}
    return [(field, kinds.get(field)) for field in ("url", *CONTENT) if old[field] != new[field]]


def _field(
    row: Mapping[str, Any],
    name: str,
    edits: Sequence[Mapping[str, Any]],
    marks: Marks,
    readings: Sequence[Mapping[str, Any]],
) -> list[Paragraph]:
    own, told = ([one for one in rows if one["field"] == name] for rows in (edits, readings))
    return marked(field_segments(row[name], own, row["damaged"].get(name, [])), marks, told)


def _kinds(fields: Any) -> list[tuple[str, int]]:
    """How many marks of each kind there are, for the legend."""
    found = Counter(part.kind for lines in fields for line in lines for part in line if isinstance(part, Mark))
    return [(kind, found[kind]) for kind in KINDS if found[kind]]
