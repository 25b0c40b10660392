"""How a crawl ended, judged from what it counted: the one place that knows the exit codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["COUNTS", "Outcome", "State", "counted", "judge", "judge_part", "worst"]

State = Literal["good", "suspicious", "failed"]

_EXIT_CODES: Mapping[State, int] = {"good": 0, "suspicious": 2, "failed": 1}
_SEVERITY: tuple[State, ...] = ("good", "suspicious", "failed")

_STOPPED = "stopped by a signal before it was done"

COUNTS = (
    "listings",
    "listings_failed",
    "listings_absent",
    "rows",
    "asked",
    "read",
    "failed",
    "lost",
    "unreadable",
    "challenge",
    "missing",
    "maintenance",
    "error",
    "spam",
    "empty",
    "shared",
    "strange",
    "outside",
    "new",
    "version",
    "unchanged",
    "captures",
    "item_errors",
    "bounded",
    "found",
    "not_modified",
    "vacant",
    "kept",
    "with_title",
    "with_date",
    "with_body",
    "injected",
    "injections",
    "damaged",
    "damages",
    "files",
    "files_failed",
    "file_bytes",
    "gaps",
)
"""What the parts of a crawl count, as zspark/<name> in Scrapy's stats.

``listings_absent`` are first pages of the profile that the site does not have; ``lost`` the failures that another day
may heal, unlike an article that is gone; ``challenge``, ``missing``, ``maintenance``, ``error``, ``spam`` and
``empty`` those of the unreadable pages that came with status 200 and are no article; ``shared`` those that other
addresses show as well, and ``strange`` those that tell another story than the article that is known; ``outside``
articles of another time than asked for; ``vacant`` numbers of which the site has no article, where numbers were tried.
``kept`` are the articles that were read from a page and kept; the counts behind it say how many of them are well
known, hold something foreign, or damage that no rule mends; ``injections`` and ``damages`` how much of it, at most 20
an article. ``files`` are attachments and pictures that came or were confirmed, ``files_failed`` those that could not
be had, ``file_bytes`` the bytes of answers. ``gaps`` are articles in several pages of which a page could not be had.
"""

_BOUNDED = "bounded"
_ASKED_FOR = frozenset([_BOUNDED, "closespider_itemcount", "closespider_pagecount", "closespider_timeout"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run: its state, the reason in a few words, and what was counted."""

    state: State
    reason: str
    counts: Mapping[str, int]
    faults: tuple[str, ...] = ()
    """Single pages that could not be read, and why: the first few."""
    part: bool = False
    """Whether it is that of one worker's part, or of what others did: somebody else tells of the whole."""

    @property
    def stopped(self) -> bool:
        """Whether a signal ended it."""
        return self.reason == _STOPPED

    @property
    def exit_code(self) -> int:
        """0 good, 1 failed, 2 suspicious."""
        return _EXIT_CODES[self.state]

    def line(self, name: str) -> str:
        """The closing line of the run called ``name``.

        >>> Outcome("good", "all read", {"read": 3, "new": 3, "listings": 1}).line("news")
        'news: good: all read; 3 articles (3 new, 0 changed, 0 unchanged) from 1 listing page'
        """
        count = {key: self.counts.get(key, 0) for key in COUNTS}
        if not (count["read"] or count["listings"]):
            return f"{name}: {self.state}: {self.reason}"
        return (
            f"{name}: {self.state}: {self.reason}; {_number(count['read'], 'article')} ({count['new']} new, "
            f"{count['version']} changed, {count['unchanged']} unchanged) from "
            f"{_number(count['listings'], 'listing page')}{_files(count)}"
        )

    def lines(self, name: str) -> list[str]:
        """The closing line, and below it the faults that it does not name, or that are what ended the run.

        >>> Outcome("good", "2 articles could not be fetched (last: b: 500)", {}, ("a: 404", "b: 500")).lines("news")
        ['news: good: 2 articles could not be fetched (last: b: 500)', '    a: 404']
        >>> Outcome("failed", "disk full", {}, ("a: disk full", "b: 404")).lines("news")
        ['news: failed: disk full', '    b: 404']
        """
        further = [fault for fault in self.faults if fault not in self.reason and self.reason not in fault]
        return [self.line(name), *(f"    {fault}" for fault in further)]


_NO_ARTICLE = {
    "challenge": "challenge",
    "missing": "missing page",
    "maintenance": "maintenance page",
    "error": "error page",
    "spam": "page of spam",
    "empty": "empty page",
}
_ENOUGH = 5
_LOST_SHARE = 0.5
"""A run that lost more than half of at least five articles is worth a look: a site loses single ones all the time."""


def counted(stats: Mapping[str, Any]) -> dict[str, int]:
    """What the parts of a crawl counted, without zeros.

    >>> counted({"zspark/rows": 3, "zspark/new": 0, "item_scraped_count": 3})
    {'rows': 3}
    """
    return {name: number for name in COUNTS if (number := int(stats.get(f"zspark/{name}", 0)))}


def judge(
    stats: Mapping[str, Any], finish: str, feed_faults: Iterable[str] = (), unusual: Iterable[str] = ()
) -> Outcome:
    """Judge a crawl by Scrapy's stats, its finish reason, what went wrong with the feeds, and what is unlike the runs
    before it.

    >>> judge({"zspark/listings": 1, "zspark/rows": 1, "zspark/read": 1}, "finished").reason
    'all read'
    >>> judge({}, "finished").state
    'failed'
    """
    kept, pages = counted(stats), tuple(stats.get("zspark/faults", ()))
    counts = dict.fromkeys(COUNTS, 0) | kept
    fault = next(filter(None, (_broken(stats, counts, finish), *feed_faults, _empty(stats, counts))), None)
    if fault:
        return Outcome("failed", fault, kept, pages)
    told = _good(stats, counts, finish)
    if odd := [*_odd(stats, counts), *unusual]:
        return Outcome("suspicious", ", ".join([*odd, *told]), kept, pages)
    lost = counts["failed"] + counts["unreadable"]
    most = counts["asked"] >= _ENOUGH and lost > _LOST_SHARE * counts["asked"]
    return Outcome(
        "suspicious" if most or counts["listings_failed"] else "good", ", ".join(told) or "all read", kept, pages
    )


def judge_part(stats: Mapping[str, Any], finish: str) -> Outcome:
    """Judge what one worker did in a run that others bring to its end: only what broke its own part counts.

    >>> judge_part({"zspark/read": 1}, "finished").reason
    'the other workers end the run'
    """
    kept, pages = counted(stats), tuple(stats.get("zspark/faults", ()))
    if fault := _broken(stats, dict.fromkeys(COUNTS, 0) | kept, finish):
        return Outcome("failed", fault, kept, pages, part=True)
    return Outcome("good", "the other workers end the run", kept, pages, part=True)


def worst(outcomes: Iterable[Outcome]) -> int:
    """The exit code of several runs: a failed one counts before a suspicious one. Nothing at all is a
    failure."""
    states = [outcome.state for outcome in outcomes]
    return _EXIT_CODES[max(states, key=_SEVERITY.index)] if states else _EXIT_CODES["failed"]


def _broken(stats: Mapping[str, Any], counts: Mapping[str, int], finish: str) -> str | None:
    """What broke the run itself, whatever it had read until then."""
    exceptions = sorted(
        key.removeprefix("spider_exceptions/")
        for key in stats
        if key.startswith("spider_exceptions/") and key != "spider_exceptions/count"
    )
    total = sum(int(stats[f"spider_exceptions/{name}"]) for name in exceptions)
    names = ", ".join(exceptions)
    said = {
        str(stats.get("zspark/fatal")): "zspark/fatal" in stats,
        _STOPPED: finish == "shutdown",
        f"the spider could not start ({names}): see the log": finish == "start_error",
        f"{_number(total, 'page')} met an error of the program ({names}): see the log": bool(exceptions),
        f"{_number(counts['item_errors'], 'article')} met an error of the program: see the log": bool(
            counts["item_errors"]
        ),
        f"ended early ({finish})": finish != "finished" and finish not in _ASKED_FOR,
    }
    return next((words for words, true in said.items() if true), None)


def _empty(stats: Mapping[str, Any], counts: Mapping[str, int]) -> str | None:
    """Why a run that ended in order has nothing to show."""
    last = stats.get("zspark/last_failure", "nothing was asked for")
    if not counts["listings"] and not counts["asked"]:
        return f"no listing page could be read: {last}"
    if counts["asked"] and not counts["read"] and counts["failed"] + counts["unreadable"]:
        return f"none of {_number(counts['asked'], 'article')} could be read: {last}"
    return None


def _odd(stats: Mapping[str, Any], counts: Mapping[str, int]) -> Iterator[str]:
    """What a run found that cannot be right, though nothing broke."""
    tried = counts["asked"] and not counts["listings"]  # numbers, without any listing
    if tried and not counts["read"]:
        yield f"none of {_number(counts['asked'], 'number')} has an article"
    if not counts["rows"] and not tried:
        yield f"no article is linked on {_number(counts['listings'], 'listing page')}"
    if counts["challenge"]:
        yield f"{_number(counts['challenge'], 'page')} of a challenge came instead of an article"
    if counts["shared"]:
        yield f"{_number(counts['shared'], 'article')} came as a page that other addresses show as well"
    if counts["strange"]:
        yield f"{_number(counts['strange'], 'article')} came as a page of another story"
    if counts["bounded"]:
        yield "stopped at the bound on listing pages (ZSPARK_LISTING_PAGES)"
    if "zspark/limit" in stats:
        yield f"stopped at {stats['zspark/limit']}, the next run goes on"


def _good(stats: Mapping[str, Any], counts: Mapping[str, int], finish: str) -> list[str]:
    """What is missing in a run that is good all the same."""
    said = []
    if counts["failed"]:
        said.append(f"{_number(counts['failed'], 'article')} could not be fetched")
    kinds = {words: counts[kind] for kind, words in _NO_ARTICLE.items() if counts[kind]}
    if none := sum(kinds.values()):
        told = ", ".join(_number(count, words) for words, count in kinds.items())
        said.append(f"{_number(none, 'page')} held no article ({told})")
    if unread := counts["unreadable"] - none - counts["shared"] - counts["strange"]:
        said.append(f"{_number(unread, 'page')} could not be read")
    if counts["gaps"]:
        said.append(f"{_number(counts['gaps'], 'article')} without all of its pages")
    # Scrapy drops a redirect to a page that was fetched already, and tells nobody.
    dropped = counts["asked"] - counts["read"] - counts["failed"] - counts["unreadable"] - counts["vacant"]
    if counts["vacant"]:
        said.append(f"{_number(counts['vacant'], 'number')} without an article")
    if dropped > 0 and finish == "finished":
        said.append(f"{_number(dropped, 'article')} led to a page already seen")
    if counts["listings_failed"]:
        said.append(f"{_number(counts['listings_failed'], 'listing page')} could not be read")
    if said and "zspark/last_failure" in stats:
        said[-1] += f" (last: {stats['zspark/last_failure']})"
    if finish in _ASKED_FOR and finish != _BOUNDED:
        said.append(f"ended early as asked for ({finish})")
    return said


def _files(count: Mapping[str, int]) -> str:
    """What the closing line says of files; nothing when there were none.

    >>> _files({"files": 3, "files_failed": 1})
    ', 3 files (1 more could not be had)'
    """
    if not count["files"] and not count["files_failed"]:
        return ""
    lost = f" ({count['files_failed']} more could not be had)" if count["files_failed"] else ""
    return f", {_number(count['files'], 'file')}{lost}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
