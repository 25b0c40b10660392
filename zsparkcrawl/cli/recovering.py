"""`zsparkcrawl recover`: what a web archive has of a site."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from zsparkcrawl.cli.archive import one_line
from zsparkcrawl.cli.options import DayType
from zsparkcrawl.cli.progress import progress
from zsparkcrawl.cli.stopping import terminable
from zsparkcrawl.errors import ZsparkError

if TYPE_CHECKING:
    from zsparkcrawl.archive.crawling.recovering import Wanting
    from zsparkcrawl.keeping import Keeping
    from zsparkcrawl.recovering.asking import Patient
    from zsparkcrawl.recovering.planning import Planner
    from zsparkcrawl.recovering.recovery import Recovery
    from zsparkcrawl.recovering.sources import Source

__all__ = ["recover"]

_LEAST_DELAY = 1.0
"""Seconds between two questions to a public archive, as a crawl keeps to with the site itself."""
_EXIT_CODES = {"good": 0, "suspicious": 2, "failed": 1}
_SHOWN = {
    "captures": "captures fetched",
    "known": "known before",
    "partial": "without their end",
    "missing": "missing",
    "failed": "failed",
    "not_now": "put off",
    "read": "articles read",
    "new": "new",
    "version": "changed",
    "unchanged": "unchanged",
    "older": "older than what is kept",
    "listings": "listings",
    "files": "files",
    "unreadable": "without an article",
    "damaged": "damaged",
}


class WantedError(ZsparkError):
    """What was asked for makes no sense."""

    exit_code = 2


@click.command()
@click.option(
    "--from", "source", required=True, metavar="ARCHIVE", help="wayback, commoncrawl, or the URL of a CDX server."
)
@click.option("--site", default="nhtp", show_default=True, metavar="NAME", help="The site's profile.")
@click.option("--section", "sections", multiple=True, help="Only this section; may be repeated. Default: all.")
@click.option("--host", "hosts", multiple=True, help="This host instead of the site's, as a mirror's; may be repeated.")
@click.option("--since", type=DayType("first"), help="Only what was captured on this day, month or year, or later.")
@click.option("--until", type=DayType("last"), help="Only what was captured on this day, month or year, or earlier.")
@click.option("--limit", type=click.IntRange(min=1), help="Fetch so many captures at most; another run goes on.")
@click.option("--delay", type=click.FloatRange(min=0), default=_LEAST_DELAY, show_default=True, help="Seconds between.")
@click.option("--patience", type=click.FloatRange(min=0), default=300.0, show_default=True, help="Seconds to wait.")
@click.option("--captures", metavar="URL", help="Below which the raw captures are, as URL/20190219000000id_/http://…")
@click.option("--warcs", metavar="URL", help="Below which the WARC files are that the index names.")
@click.option("--dry-run", is_flag=True, help="Only ask the index what there is, and how long it takes.")
def recover(source: str, site: str, since: dt.date | None, until: dt.date | None, **given: Any) -> None:
    """Fetch what a web archive has of a site's articles and listings, and of the files that the articles offer.

    Asks one question at a time, and waits as the archive says. What is found is entered first: a run that was
    stopped, or killed, goes on where it was. Exit code: 0 good, 1 failed, 2 suspicious (captures did not come, or could
    not be used) or bad usage, 3 another process is at work.
    """
    from zsparkcrawl.archive.crawling.recovering import Wanting
    from zsparkcrawl.recovering.sources import source_named
    from zsparkcrawl.sites import site_named

    archive = source_named(source, captures=given["captures"], warcs=given["warcs"])
    profile = site_named(site)
    if since and until and since > until:
        raise WantedError(f"since {since} is later than until {until}")
    if archive.public and given["delay"] < _LEAST_DELAY:
        raise WantedError(f"{source} is asked once in {_LEAST_DELAY:g} s at most")
    sections = tuple(dict.fromkeys(given["sections"])) or tuple(profile.sections)
    if strange := [name for name in sections if name not in profile.sections]:
        raise WantedError(f"site {site!r} has no section {strange[0]!r}: it has {', '.join(profile.sections)}")
    bounds = (f"{since:%Y%m%d}000000" if since else None, f"{until:%Y%m%d}235959" if until else None)
    wanting = Wanting(archive.index, site, sections, *bounds)
    hosts = tuple(dict.fromkeys(host.lower() for host in given["hosts"])) or profile.hosts
    if given["dry_run"]:
        _rehearse(archive, wanting, hosts, given)
        return
    state = _recover(archive, wanting, hosts, given)
    sys.exit(_EXIT_CODES[state])


def _rehearse(source: Source, wanting: Wanting, hosts: tuple[str, ...], given: Mapping[str, Any]) -> None:
    """Say what the archive has, and how long it would take."""
    from zsparkcrawl.recovering.asking import NotNowError
    from zsparkcrawl.recovering.planning import IndexFaultError

    known = _known(wanting)
    planner = _planner(source, wanting, hosts, given, lambda _section, _question: {})
    found: dict[tuple[str, str], str] = {}
    try:
        with progress("index") as step:
            for answer in planner.pages():
                found |= {(one.url, one.timestamp): one.kind for one in answer.holdings}
                step()
    except NotNowError as error:
        raise IndexFaultError(f"the index does not answer now: {error}") from error
    finally:
        planner.patient.fetcher.close()
    new = {key: kind for key, kind in found.items() if key not in known}
    kinds = ", ".join(f"{list(new.values()).count(kind)} of {name}" for kind, name in _KINDS.items())
    pages = len({url for url, _ in new})
    click.echo(f"{len(new)} captures to be fetched, of {pages} pages: {kinds}; {len(found) - len(new)} known before")
    seconds = min(len(new), given["limit"] or len(new)) * given["delay"]
    click.echo(f"that takes {_span(seconds)} at least, one in {given['delay']:g} s; files of articles come on top")


_KINDS = {"article": "articles", "part": "further pages", "listing": "listings"}


def _known(wanting: Wanting) -> set[tuple[str, str]]:
    """What was found before; nothing where there is no archive yet."""
    from zsparkcrawl.archive import Archive, database_url
    from zsparkcrawl.archive.database.opening import EmptyError

    try:
        with Archive.open(database_url(os.environ), readonly=True) as archive:
            return archive.known_holdings(wanting)
    except EmptyError:
        return set()


def _span(seconds: float) -> str:
    """A time in words.

    >>> _span(59), _span(720), _span(9000)
    ('59 seconds', '12 minutes', '2.5 hours')
    """
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"


def _recover(source: Source, wanting: Wanting, hosts: tuple[str, ...], given: Mapping[str, Any]) -> str:
    from zsparkcrawl.keeping import Keeping

    keeping = Keeping.hold(os.environ)
    try:
        recovery = _recovery(keeping, source, wanting, hosts, given)
        state, reason = "failed", "stopped before it was done"
        try:
            with terminable():
                with progress("index") as step:
                    recovery.plan(step)
                with progress("recover", lambda: keeping.archive.standing_holdings(wanting)["waiting"]) as step:
                    recovery.fetch(step)
            state, reason = recovery.outcome()
        finally:
            recovery.planner.patient.fetcher.close()
            recovery.runs.end(state, reason, recovery.reader.counts)
        counts = recovery.counts + recovery.reader.total()
        summary = ", ".join(f"{counts[name]} {label}" for name, label in _SHOWN.items() if counts[name])
        click.echo(f"recover: {state}: {one_line(reason)}; {summary or 'nothing fetched'}")
        return state
    finally:
        keeping.release()


def _recovery(
    keeping: Keeping, source: Source, wanting: Wanting, hosts: tuple[str, ...], given: Mapping[str, Any]
) -> Recovery:
    from zsparkcrawl.archive import captures_folder
    from zsparkcrawl.recovering.copying import Copier
    from zsparkcrawl.recovering.ledger import CopyRuns
    from zsparkcrawl.recovering.reading import CopyReader
    from zsparkcrawl.recovering.recovery import FRESH, Recovery
    from zsparkcrawl.recovering.taking import Taker
    from zsparkcrawl.sites import site_named

    archive, now = keeping.archive, keeping.now

    def known(url: str, timestamp: str) -> int | None:
        row = archive.holding(wanting, url, timestamp)
        return row["capture_id"] if row else None

    def state(section: str, question: str) -> Mapping[str, Any] | None:
        return archive.query(wanting, section, question, fresh=now() - FRESH)

    planner = _planner(source, wanting, hosts, given, state)
    arguments = {"from": source.name, **{name: str(value) for name, value in given.items() if value}}
    return Recovery(
        archive=archive,
        wanting=wanting,
        planner=planner,
        taker=Taker(source, planner.patient, known),
        copier=Copier(archive, keeping.captures, now),
        reader=CopyReader(archive, captures_folder(os.environ), _tell, now, site_named(wanting.site)),
        runs=CopyRuns(archive, "recover", arguments, now),
        files=keeping.files,
        now=now,
        tell=_tell,
        limit=given["limit"],
    )


def _planner(
    source: Source,
    wanting: Wanting,
    hosts: tuple[str, ...],
    given: Mapping[str, Any],
    state: Callable[[str, str], Mapping[str, Any] | None],
) -> Planner:
    from zsparkcrawl.recovering.planning import Planner
    from zsparkcrawl.sites import site_named

    return Planner(source, _patient(source, given), site_named(wanting.site), hosts, wanting, state)


def _patient(source: Source, given: Mapping[str, Any]) -> Patient:
    from zsparkcrawl.recovering.asking import Patient
    from zsparkcrawl.recovering.fetching import Fetcher
    from zsparkcrawl.settings import USER_AGENT

    contact = os.environ.get("ZSPARK_CONTACT")
    agent = f"{USER_AGENT} +{contact}" if contact else USER_AGENT
    return Patient(Fetcher(source.hosts, given["delay"], agent), _now, given["patience"])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _tell(line: str) -> None:
    click.echo(f"zsparkcrawl: {one_line(line)}", err=True)
