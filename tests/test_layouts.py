"""Pages of many makes: what reading was tuned on is read exactly, and the rest at least as well as before."""

import pytest

from bench.layouts import Layout, Made, layouts, made_pages
from bench.read import FIELDS, body_score, right_values
from zsparkcrawl.extract import extract
from zsparkcrawl.items import Article, Page

PAGES = tuple(made_pages())
TUNED = [page for page in PAGES if page.folder == "tuned"]
APART = [page for page in PAGES if page.folder == "apart"]
FLOORS = {
    "title": 62, "date": 63, "author": 63, "source": 63, "editor": 63, "photographer": 63, "reviewers": 63, "body": 62,
}  # fmt: skip
"""Pages apart that are right, by field: they only rise."""


def article_of(page: Made) -> Article:
    return extract(Page(page.url, page.body, "text/html", fetched_at=page.fetched_at), None)


def values_of(article: Article) -> dict[str, str | None]:
    """The values of an article by field, names kept apart by blanks."""
    found: dict[str, str | None] = {name: getattr(article, name) for name in FIELDS}
    found |= {"date": article.date.isoformat() if article.date else None, "precision": article.date_precision}
    found |= {"contributor": article.contributor}
    return {name: " ".join(value.replace("、", " ").split()) if value else None for name, value in found.items()}


@pytest.mark.parametrize("page", TUNED, ids=lambda page: f"{page.layout}-{page.url.rpartition('/')[2]}")
def test_a_page_that_reading_was_tuned_on(page: Made) -> None:
    article = article_of(page)
    found = values_of(article)
    assert {name: found[name] for name in FIELDS if found[name] not in right_values(page, name)} == {}
    assert body_score(page, article.body) > 0.995
    for name in ("precision", "contributor"):
        assert not page.also.get(name) or found[name] in page.also[name]


@pytest.mark.parametrize(
    "layout",
    [layout for layout in layouts() if layout.facts.get("truth", {}).keys() & {"attachments", "images"}],
    ids=lambda layout: layout.name,
)
def test_files_and_captions_of_a_whole_page(layout: Layout) -> None:
    (page,) = (page for page in PAGES if page.layout == layout.name)
    article, truth = article_of(page), layout.facts["truth"]
    assert [each.name for each in article.attachments] == truth.get("attachments", [])
    if "images" in truth:
        assert [each.caption or "" for each in article.images] == truth["images"]


@pytest.mark.parametrize("name", FLOORS)
def test_pages_apart_are_read_as_well_as_before(name: str) -> None:
    articles = [(page, article_of(page)) for page in APART]
    if name == "body":
        right = sum(body_score(page, article.body) > 0.98 for page, article in articles)
    else:
        right = sum(values_of(article)[name] in right_values(page, name) for page, article in articles)
    assert right >= FLOORS[name]


def test_about_a_third_of_the_layouts_stands_apart() -> None:
    assert 0.25 < sum(layout.folder == "apart" for layout in layouts()) / len(layouts()) < 0.4
