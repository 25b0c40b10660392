"""What `zsparkcrawl crawl --dry-run` says: what a crawl would ask for, without network and without writing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from zsparkcrawl.spiders.plan import Plan

__all__ = ["rehearse"]

_SHALLOW = 2
"""Pages of a listing that a nightly crawl looks at where nothing is new."""


def rehearse(plans: Sequence[Plan], settings: BaseSettings) -> None:
    """Say for each crawl which listings it would walk, how many articles are due, and how long that takes at least.
    Raises ArchiveError when there is a database that cannot be read."""
    from zsparkcrawl.archive import Archive, database_url
    from zsparkcrawl.archive.database.opening import EmptyError
    from zsparkcrawl.extensions import environment

    archive: Archive | None = None
    try:
        archive = Archive.open(database_url(environment(settings)), readonly=True)
    except EmptyError:
        click.echo("no archive yet: all that the listings show is new")
    now = dt.datetime.now(dt.UTC)
    with archive or nullcontext():
        for made in plans:
            origin = urlsplit(made.start_url or "").netloc.casefold()
            due = archive.due(made.site.name, made.section.name, origin, now, full=made.full) if archive else {}
            for line in _lines(made, due, settings.getfloat("DOWNLOAD_DELAY")):
                click.echo(line)


def _lines(made: Plan, due: Mapping[str, int], delay: float) -> list[str]:
    name = f"{made.site.name} {made.section.name}"
    listings = [f"{name}: would walk {url}{' to its end' if made.full else ''}" for url in made.listings]
    if made.home:
        listings.append(f"{name}: and the listings that {made.home} links to")
    new, again, revisits = (due.get(kind, 0) for kind in ("new", "retries", "revisits"))
    requests = new + again + revisits + _SHALLOW * len(made.listings) + bool(made.home)
    minutes = math.ceil(requests * delay / 60)
    return [
        *listings,
        f"{name}: articles due: {new} new, {again} that failed before, {revisits} to look at again; and what the "
        "listings show for the first time",
        f"{name}: at least {requests} requests, {minutes} min at DOWNLOAD_DELAY={delay:g}",
    ]
