"""`zsparkcrawl crawl`: all sections of one site or more, one after the other, for cron."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.notifying import Send, sender, tell
from zsparkcrawl.outcome import Outcome, worst
from zsparkcrawl.spiders.plan import DEFAULT_SITE, ArgumentError, Plan, plan

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from zsparkcrawl.cli.working import Picking

__all__ = ["crawl"]

_RUNS = 200
"""Runs that are looked through for how each section ended before."""


@click.command()
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="NAME",
    help=f"A site's profile; may be repeated. Default: {DEFAULT_SITE}.",
)
@click.option("--all-sites", is_flag=True, help="All sites that have a profile.")
@click.option("--section", "sections", multiple=True, help="Only this section; may be repeated. Default: all.")
@click.option("--full", is_flag=True, help="Look at every listing page, also where all articles are known.")
@click.option("--no-files", is_flag=True, help="Leave out the attachments and pictures of articles.")
@click.option(
    "--start-url",
    "start_urls",
    multiple=True,
    metavar="URL",
    help="Begin at this listing; needs one --section. May be repeated.",
)
@click.option("--mirrors", is_flag=True, help="The known mirrors of the site as well, each after the site itself.")
@click.option("--dry-run", is_flag=True, help="Only say what would be asked for: no network, nothing written.")
@click.option("--worker", is_flag=True, help="Share the work with others that do the same, on PostgreSQL.")
@click.option(
    "--name", metavar="NAME", envvar="ZSPARK_WORKER_NAME", help="Name of the worker. Default: host and process."
)
@click.option("--every", type=click.FloatRange(min=0), metavar="HOURS", help="As a worker: stay, and begin again then.")
@click.option("-s", "settings", multiple=True, metavar="NAME=VALUE", help="A Scrapy setting; may be repeated.")
def crawl(sites: Sequence[str], all_sites: bool, sections: Sequence[str], dry_run: bool, **given: Any) -> None:
    """Crawl all sections of a site, or of several, one after the other.

    Says nothing when all is well and nobody looks on. Exit code: 0 good, 1 failed, 2 suspicious or bad
    usage, 3 another crawl is at work. The sections share a lock and an end: the worst counts."""
    from zsparkcrawl.cli.working import Picking, as_worker, stay, without_every
    from zsparkcrawl.extensions import environment
    from zsparkcrawl.keeping import Keeping

    jobs = _jobs(_sites(sites, all_sites), sections, given)
    effective = _settings(given["settings"])
    if not given["worker"] and given["every"] is not None:
        raise ArgumentError("--every is for a --worker; for a crawl that works alone there are cron and timers")
    lapse = as_worker(effective, given["name"]) if given["worker"] else None
    if dry_run:
        from zsparkcrawl.cli.rehearsal import rehearse

        rehearse([job.plan for job in jobs], effective)
        return
    if given["every"] is not None:
        stay(given["every"], without_every(sys.argv[1:]))
        return
    send = sender(os.environ)
    try:
        keeping = Keeping.hold(environment(effective), lapse=lapse)
    except ZsparkError as error:
        if error.exit_code == 1:  # the night is lost; that another crawl is at work is no fault
            _tell(send, [f"crawl: failed: {error}"])
        raise
    try:
        runs = [run for run in keeping.archive.latest_runs(_RUNS) if run["kind"] == "crawl"]
        before = {_place(run): run["state"] for run in reversed(runs)}
        ended = _crawl(effective, jobs, None if lapse is None else Picking(keeping.archive))
    finally:
        keeping.release()
    for job, outcome in ended:
        if sys.stderr.isatty() or outcome.state != "good" or not (outcome.part or outcome.reason == "all read"):
            click.echo("zsparkcrawl: " + "\n".join(outcome.lines(job.name)), err=True)
    _tell(send, list(_news(ended, before)))
    sys.exit(worst(outcome for _, outcome in ended))


def _place(run: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return run["site"], run["section"], run["start_url"]


def _news(ended: Iterable[tuple[_Job, Outcome]], before: Mapping[tuple[str, str, str | None], str]) -> Iterator[str]:
    """What is worth a notice: what ended badly, and what is good again."""
    for job, outcome in ended:
        state = before.get((job.plan.site.name, job.section, job.plan.start_url), "good")
        if outcome.part:
            continue  # whoever ends the run tells
        if outcome.state != "good":
            yield "\n".join(outcome.lines(job.name))
        elif state not in ("good", "running"):
            yield f"{job.name}: good again (was {state})"


def _tell(send: Send | None, news: Sequence[str]) -> None:
    """Send a notice, if there is something to tell and somebody to tell it to. That it fails is a line and no more."""
    if send is not None and news and (fault := tell(send, "zsparkcrawl: " + "\n".join(news))):
        click.echo(f"zsparkcrawl: {fault}", err=True)


@dataclass(frozen=True, slots=True)
class _Job:
    """The crawl of one section: what it is called, the spider's name and arguments, and the plan that they make."""

    name: str
    section: str
    arguments: Mapping[str, str]
    plan: Plan


def _sites(named: Sequence[str], all_sites: bool) -> list[str]:
    from zsparkcrawl.sites import site_names

    if named and all_sites:
        raise ArgumentError("--all-sites leaves nothing for --site to name")
    return site_names() if all_sites else list(dict.fromkeys(named)) or [DEFAULT_SITE]


def _jobs(sites: Sequence[str], sections: Sequence[str], options: Mapping[str, Any]) -> list[_Job]:
    """The crawls that are asked for, checked before the first begins."""
    from zsparkcrawl.sites import site_named

    pairs = [(site, section) for site in sites for section in dict.fromkeys(sections) or site_named(site).sections]
    starts = list(dict.fromkeys(options["start_urls"]))
    if starts and len(pairs) > 1:
        raise ArgumentError("--start-url is the listing of one section: name it with --section")
    flags = {"full": "1" if options["full"] else None, "files": "0" if options["no_files"] else None}
    jobs = []
    for site, section in pairs:
        name = f"{site} {section}" if len(sites) > 1 else section
        known = site_named(site).mirror_urls(section) if options["mirrors"] else []
        for start in (*(starts or [None]), *known):
            given = {"site": site, "start_url": start, **flags}
            arguments = {name: value for name, value in given.items() if value}
            further = start in known or len(starts) > 1
            where = f"{name} {urlsplit(start).netloc}" if start and further else name
            jobs.append(_Job(where, section, arguments, plan(section, arguments)))
    return jobs


def _settings(given: Sequence[str]) -> Settings:
    from scrapy.settings import Settings

    settings = Settings()
    # By name and not through scrapy.cfg: cron starts in another folder.
    settings.setmodule("zsparkcrawl.settings", priority="project")
    settings.set("ZSPARK_KEEP", True, priority="command")
    # The closing line tells each fault once; at WARNING the mail of a bad night would tell it twice.
    settings.set("LOG_LEVEL", "ERROR", priority="project")
    settings.set("ZSPARK_PROGRESS", True, priority="project")
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise ArgumentError(f"-s takes NAME=VALUE, not {pair!r}")
        if name in ("ZSPARK_NOTIFY", "ZSPARK_SMTP"):
            raise ArgumentError(f"{name} is taken from the environment alone: other users see a command's arguments")
        settings.set(name, value, priority="cmdline")
    return settings


def _crawl(settings: Settings, jobs: Sequence[_Job], picking: Picking | None) -> list[tuple[_Job, Outcome]]:
    """One run after the other in one reactor: at once they would ask the site twice as fast as it was
    promised. A worker picks the next by where the others are."""
    from scrapy.crawler import AsyncCrawlerProcess

    from zsparkcrawl.commands.turns import Turns

    process = AsyncCrawlerProcess(settings)
    if missing := [job.section for job in jobs if job.section not in process.spider_loader.list()]:
        raise ArgumentError(f"section {missing[0]!r} has no spider")
    turns = Turns(process, lambda job: (process.create_crawler(job.section), job.arguments), list(jobs))
    if picking is not None:
        turns.pick = lambda waiting: picking.next([job.plan for job in waiting])
        turns.done_by_others = lambda job: picking.done(job.plan)
    return turns.run()
