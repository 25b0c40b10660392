"""Floors under the exactness of the sample site, read in one process: they only rise."""

from collections import Counter

import pytest

from bench.sample_compare import compare
from bench.sample_site import page, page_sources, recipes, truths
from zsparkcrawl import Page, read

FLOORS = {"title": 54, "date": 54, "author": 54, "source": 54, "attachments": 54, "captions": 54, "body": 51}


@pytest.fixture(scope="module")
def exact() -> Counter[str]:
    """Articles that are exact, by field."""
    known, sources = recipes().pages, page_sources()
    counts: Counter[str] = Counter()
    for truth in truths():
        article = read(Page(f"http://www.nhtp.org{truth.path}", page(sources[truth.path], known[truth.path])))
        row = {
            "title": article.title,
            "date": article.date,
            "author": article.author,
            "source": article.source,
            "body": article.body,
            "attachments": [{"name": each.name} for each in article.attachments],
            "images": [{"caption": each.caption} for each in article.images],
        }
        found = compare(truth, row, narrowed=known[truth.path].narrowed)
        counts.update(name for name in FLOORS if getattr(found, name))
    return counts


@pytest.mark.parametrize("field", FLOORS)
def test_the_sample_comes_home_as_exactly_as_before(exact: Counter[str], field: str) -> None:
    assert exact[field] >= FLOORS[field]
