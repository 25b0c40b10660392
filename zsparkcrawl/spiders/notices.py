"""`scrapy crawl notices`."""

from __future__ import annotations

from zsparkcrawl.spiders.park import ParkSpider


class NoticesSpider(ParkSpider):
    """The park's notices."""

    name = section = "notices"
