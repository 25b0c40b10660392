"""`zsparkcrawl crawl`: all sections of a site, one after the other, for cron."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from zsparkcrawl.outcome import Outcome, worst
from zsparkcrawl.spiders.plan import DEFAULT_SITE, ArgumentError, plan

if TYPE_CHECKING:
    import asyncio

    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

__all__ = ["crawl"]


@click.command()
@click.option("--site", default=DEFAULT_SITE, show_default=True, help="The site's profile.")
@click.option("--section", "sections", multiple=True, help="Only this section; may be repeated. Default: all.")
@click.option("--full", is_flag=True, help="Look at every listing page, also where all articles are known.")
@click.option("--no-files", is_flag=True, help="Leave out the attachments and pictures of articles.")
@click.option("--start-url", metavar="URL", help="Begin at this listing; needs one --section.")
@click.option("-s", "settings", multiple=True, metavar="NAME=VALUE", help="A Scrapy setting; may be repeated.")
def crawl(  # noqa: PLR0913, PLR0917 - click hands over all options
    site: str, sections: Sequence[str], full: bool, no_files: bool, start_url: str | None, settings: Sequence[str]
) -> None:
    """Crawl all sections of a site, one after the other.

    Says nothing when all is well and nobody looks on. Exit code: 0 good, 1 failed, 2 suspicious or bad
    usage, 3 another crawl is at work. The sections share a lock and an end: the worst counts."""
    from zsparkcrawl.extensions import environment
    from zsparkcrawl.keeping import Keeping
    from zsparkcrawl.sites import site_named

    flags = {"full": "1" if full else None, "files": "0" if no_files else None}
    arguments = {"site": site, "start_url": start_url, **flags}
    wanted = list(sections) or list(site_named(site).sections)
    for section in wanted:
        plan(section, arguments)
    if start_url and len(wanted) > 1:
        raise ArgumentError("--start-url is the listing of one section: name it with --section")
    effective = _settings(settings)
    keeping = Keeping.hold(environment(effective))
    try:
        outcomes = _crawl(effective, wanted, {name: value for name, value in arguments.items() if value})
    finally:
        keeping.release()
    for section, outcome in outcomes:
        if sys.stderr.isatty() or (outcome.state, outcome.reason) != ("good", "all read"):
            click.echo(f"zsparkcrawl: {outcome.line(section)}", err=True)
    sys.exit(worst(outcome for _, outcome in outcomes))


def _settings(given: Sequence[str]) -> Settings:
    from scrapy.settings import Settings

    settings = Settings()
    # By name and not through scrapy.cfg: cron starts in another folder.
    settings.setmodule("zsparkcrawl.settings", priority="project")
    settings.set("ZSPARK_KEEP", True, priority="command")
    settings.set("LOG_LEVEL", "WARNING", priority="project")
    settings.set("ZSPARK_PROGRESS", True, priority="project")
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise ArgumentError(f"-s takes NAME=VALUE, not {pair!r}")
        settings.set(name, value, priority="cmdline")
    return settings


def _crawl(settings: Settings, sections: Sequence[str], arguments: dict[str, str]) -> list[tuple[str, Outcome]]:
    """One run after the other in one reactor: at once they would ask the site twice as fast as it was
    promised."""
    from scrapy.crawler import AsyncCrawlerProcess

    from zsparkcrawl.extensions import end_of

    process = AsyncCrawlerProcess(settings)
    if missing := [section for section in sections if section not in process.spider_loader.list()]:
        raise ArgumentError(f"section {missing[0]!r} has no spider")
    waiting = list(sections)
    begun: list[tuple[Crawler, asyncio.Task[None]]] = []

    def begin() -> None:
        crawler = process.create_crawler(waiting.pop(0))
        task = process.crawl(crawler, **arguments)
        begun.append((crawler, task))
        task.add_done_callback(partial(done, crawler))

    def done(crawler: Crawler, task: asyncio.Task[None]) -> None:
        if waiting and not end_of(crawler, task).stopped:
            begin()

    begin()
    process.start()
    # A signal at the very beginning stops the reactor under the first crawl: that has ended, too.
    outcomes = [end_of(crawler, task) for crawler, task in begun]
    outcomes += [Outcome("failed", "not begun: stopped by a signal", {}) for _ in waiting]
    return list(zip(sections, outcomes, strict=True))
