"""The spider to compare with: it walks the same listings and parses the title of each page, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Spider
from scrapy.http import Request, Response

__all__ = ["BareSpider"]


class BareSpider(Spider):
    """Argument: start_url."""

    name = "bare"

    def __init__(self, start_url: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.start_urls = [start_url]

    def parse(self, response: Response) -> Iterator[Request | dict[str, str | None]]:
        """Follow all links of a listing into the section."""
        for link in response.css("a::attr(href)").getall():
            if link.startswith("/news/index_"):
                yield response.follow(link)
            elif link.startswith("/news/") and link.endswith(".html"):
                yield response.follow(link, self.parse_article)

    def parse_article(self, response: Response) -> Iterator[dict[str, str | None]]:
        """Only the title."""
        yield {"title": response.css("title::text").get()}
