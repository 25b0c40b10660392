"""`scrapy crawl news`."""

from __future__ import annotations

from zsparkcrawl.spiders.park import ParkSpider


class NewsSpider(ParkSpider):
    """The park's news."""

    name = section = "news"
