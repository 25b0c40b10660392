"""Make a golden page: a saved page and what must be read from it, kept side by side for tests/test_sites.py.

    python -m tools.golden URL FILE CASE [--site NAME] [--content-type HEADER] [--fetched TIME]

FILE is a page as it came from URL; CASE is a folder below tests/sites, such as nhtp/shifted. What is read is printed
and written to article.json beside page.html.gz (the same bytes each time). Then read article.json, compare it with the
page by eye, and correct by hand what was read wrongly: from then on it is the truth, and the test holds reading to it.
Called again for the same case, it says which fields are read otherwise than before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zsparkcrawl.clean import read
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.items import Article, Page, plain
from zsparkcrawl.sites import site_named

__all__ = ["FIELDS", "SITES", "fields_of", "page_of", "read_case", "write_case"]

SITES = Path(__file__).parents[1] / "tests" / "sites"
FIELDS = (
    "site", "section", "native_id", "title", "date", "time", "date_raw", "date_precision", "date_missing", "author",
    "source", "editor", "photographer", "reviewers", "contributor", "date_basis", "body",
    "attachments", "images", "charset", "script", "injections", "inferred", "damaged",
)  # fmt: skip
"""What a golden page says of an article, one test each. "body" is a list of paragraphs; "inferred" lists field,
before and after of every edit that is not certain; "injections" the kinds, "damaged" the stretches left."""


def fields_of(article: Article) -> dict[str, Any]:
    """An article as article.json has it."""
    known: dict[str, Any] = plain(article)
    texts = {"title": article.title, "author": article.author, "source": article.source, "body": article.body}
    known["body"] = article.body.split("\n")
    known["script"] = article.diagnosis.script if article.diagnosis else None
    known["injections"] = [found.kind for found in article.injections]
    known["inferred"] = [
        [name, edit.before, edit.after]
        for name, edits in article.edits.items()
        for edit in edits
        if edit.certainty == "inferred"
    ]
    known["damaged"] = [
        [name, (texts.get(name) or "")[spot.start : spot.end]]
        for name, spots in article.damaged.items()
        for spot in spots
    ]
    return {name: known[name] for name in FIELDS}


def page_of(case: Path) -> Page:
    """The page of a case as it came."""
    said = json.loads((case / "article.json").read_text("utf-8"))["page"]
    fetched = dt.datetime.fromisoformat(said["fetched_at"]) if said["fetched_at"] else None
    return Page(said["url"], gzip.decompress((case / "page.html.gz").read_bytes()), said["content_type"], 200, fetched)


def read_case(case: Path) -> dict[str, Any]:
    """What is read of a case today."""
    name = json.loads((case / "article.json").read_text("utf-8"))["page"]["profile"]
    return fields_of(read(page_of(case), site_named(name) if name else None))


def write_case(case: Path, page: Page, profile: str | None = None) -> dict[str, Any]:
    """Write a case; the article's fields. Raises UnreadableError when the page holds no article."""
    article = fields_of(read(page, site_named(profile) if profile else None))
    said = {
        "url": page.url,
        "content_type": page.content_type,
        "fetched_at": page.fetched_at.isoformat() if page.fetched_at else None,
        "profile": profile,
    }
    case.mkdir(parents=True, exist_ok=True)
    (case / "page.html.gz").write_bytes(gzip.compress(page.body, 9, mtime=0))
    text = json.dumps({"page": said, "article": article}, ensure_ascii=False, indent=1)
    (case / "article.json").write_text(f"{text}\n", "utf-8")
    return article


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.golden", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="where the page was fetched")
    parser.add_argument("file", type=Path, help="the page as it came")
    parser.add_argument("case", help="folder below tests/sites, such as nhtp/shifted")
    parser.add_argument("--site", help="name of the site's profile; without it the host of the URL decides")
    parser.add_argument("--content-type", default="", help="the Content-Type header that came with the page")
    parser.add_argument("--fetched", type=dt.datetime.fromisoformat, help="when it was fetched, with its time zone")
    parser.add_argument("--sites", type=Path, default=SITES, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    case = given.sites / given.case
    before: dict[str, Any] = {}
    if (case / "article.json").exists():
        before = json.loads((case / "article.json").read_text("utf-8"))["article"]
    try:
        page = Page(given.url, given.file.read_bytes(), given.content_type, fetched_at=given.fetched)
        article = write_case(case, page, given.site)
    except (OSError, ZsparkError) as error:
        print(f"tools.golden: {error}", file=sys.stderr)
        return 1
    for name, value in article.items():
        changed = "  <- was otherwise" if before and before.get(name) != value else ""
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}{changed}")
    print(f"written to {case}; compare article.json with the page before it is committed")
    return 0


if __name__ == "__main__":
    sys.exit(run())
