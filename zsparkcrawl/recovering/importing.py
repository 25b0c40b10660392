"""Taking over the pages of known sites from WARC files: records -> captures -> listings, articles, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from w3lib.url import safe_url_string

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.files.store import FileStore
from zsparkcrawl.recovering.answers import REDIRECTS, OddAnswerError
from zsparkcrawl.recovering.belonging import Place, place_of, plain_url
from zsparkcrawl.recovering.copies import Bodies, Copy, NoCopyError, copy_of
from zsparkcrawl.recovering.copying import Copier
from zsparkcrawl.recovering.filing import lacking_files, reread_files, target_of
from zsparkcrawl.recovering.ledger import CopyRuns
from zsparkcrawl.recovering.reading import CopyReader
from zsparkcrawl.recovering.records import Fault, Head, Record, records
from zsparkcrawl.sites import SiteProfile

__all__ = ["Importer", "survey"]

_KINDS = frozenset(["response", "revisit", "resource"])
_OK = 200
_PASSES = 3
"""How often the WARC files are walked for the files of articles: a redirect may lead to a record further ahead."""

Tell = Callable[[str], None]
Step = Callable[[], None]


def survey(paths: Sequence[Path], of_site: SiteProfile | None, tell: Tell, step: Step) -> Counter[str]:
    """What the WARC files have of known sites, by kind: articles, parts, listings, "other" for all else. Nothing is
    kept. ``tell`` is told of each fault, which count as faults."""
    counts = Counter({"article": 0, "part": 0, "listing": 0, "other": 0, "faults": 0})

    def look(head: Head) -> bool:
        if head.kind in _KINDS:
            place = _place(head, of_site)
            counts["other" if place is None else place.kind] += 1
            step()
        return False

    def fault(line: str) -> None:
        counts["faults"] += 1
        tell(line)

    for _ in _walked(paths, look, fault):
        pass  # no head is wanted: each is only looked at
    return counts


@dataclass
class Importer:
    """Takes over what WARC files have of known sites. ``of_site`` is whose pages those are that stand on a host of no
    profile. ``on_failure`` is told of each fault and of each capture that gives no article, in one line."""

    archive: Archive
    copier: Copier
    reader: CopyReader
    runs: CopyRuns
    files: FileStore
    on_failure: Tell
    of_site: SiteProfile | None = None
    counts: Counter[str] = field(default_factory=Counter)
    """captures that are new, known ones, faults, records without a body, of another status; files."""

    def __post_init__(self) -> None:
        self._found: set[tuple[str, int]] = set()
        self._bodies = Bodies(self.archive, self.reader.folder)
        self._later: list[tuple[Record, Place]] = []

    def run(self, paths: Sequence[Path], step: Step = lambda: None) -> None:
        """Take over the pages, read them, and take over the files that articles offer."""
        for record in _walked(paths, lambda head: self._is_wanted(head, step), self._fault):
            place = _place(record.head, self.of_site)
            if place is not None:
                self._enter(record, place, postpone=True)
        for record, place in self._later:  # the body that a revisit speaks of may lie behind it, or in another file
            self._enter(record, place, postpone=False)
        self.reader.read([number for _, number in sorted(self._found)], step)
        self._take_files(paths, step)

    def _is_wanted(self, head: Head, step: Step) -> bool:
        step()
        return head.kind in _KINDS and _place(head, self.of_site) is not None

    def _enter(self, record: Record, place: Place, *, postpone: bool) -> None:
        copy = self._copy(record, place if postpone else None)
        if copy is None:
            return
        if copy.answer.status != _OK:
            self.counts["other_status"] += 1
            return
        self._keep(copy, record, place.site.name, place.section)

    def _keep(self, copy: Copy, record: Record, site: str, section: str) -> None:
        run = self.runs.number(site, section)
        kept = self.copier.keep(copy.url, copy.time, copy.answer, run_id=run)
        self._bodies.met(record.head, kept.capture_id)
        self._found.add((copy.time.isoformat(), kept.capture_id))
        self.counts["captures" if kept.new else "known"] += 1
        self.runs.count(site, section, "captures", int(kept.new))

    def _copy(self, record: Record, postponed: Place | None = None) -> Copy | None:
        """What a record holds; None when that cannot be told, which is counted. A revisit whose body was not met yet
        waits."""
        try:
            return copy_of(record, self._bodies, self.copier.now())
        except NoCopyError as error:
            if postponed is not None and record.head.kind == "revisit":
                self._later.append((record, postponed))
            else:
                self.counts["no_body"] += 1
                self.on_failure(f"{record.head.url}: {error}")
        except OddAnswerError as error:
            self._fault(f"{record.head.url}: {error}")
        return None

    def _take_files(self, paths: Sequence[Path], step: Step) -> None:
        """Take over the files that articles of the sites offer, as far as they never came, and what leads to them."""
        sites = {site for site, _ in self.runs.counts} | {site for site, _ in self.reader.counts}
        lacking = {address: (site, of) for site in sites for address, of in lacking_files(self.archive, site).items()}
        sought = dict(lacking)
        for _ in range(_PASSES):
            if not (ahead := self._files_of(paths, sought, step)):
                break
            sought = ahead
            lacking |= ahead
        captures = self.reader.folder
        done = reread_files(self.archive, captures, self.files, on_failure=self.on_failure, only=lacking.keys())
        self.counts.update(files=done.files, damaged=done.damaged)

    def _files_of(
        self, paths: Sequence[Path], sought: dict[str, tuple[str, str]], step: Step
    ) -> dict[str, tuple[str, str]]:
        """Enter the records of some addresses; returns where redirects among them lead, as far as that is new."""
        ahead: dict[str, tuple[str, str]] = {}
        if not sought:
            return ahead

        def is_sought(head: Head) -> bool:
            step()
            return head.kind in _KINDS and _address(head) in sought

        for record in _walked(paths, is_sought, lambda _: None):  # the first walk has told of all faults
            copy = self._copy(record)
            if copy is None or copy.answer.status not in REDIRECTS | {_OK}:
                continue
            site, article = sought[_address(record.head)]
            place = place_of(article, self.of_site)
            self._keep(copy, record, site, place.section if place else "")
            if copy.answer.status in REDIRECTS:
                target = target_of(copy.url, copy.answer.header("location"))
                if target is not None and target not in sought:
                    ahead[target] = sought[_address(record.head)]
        return ahead

    def _fault(self, line: str) -> None:
        self.counts["faults"] += 1
        self.on_failure(line)


def _place(head: Head, of_site: SiteProfile | None) -> Place | None:
    url = plain_url(head.url)
    return place_of(url, of_site) if url else None


def _address(head: Head) -> str:
    """An address as a crawl would ask for it."""
    url = plain_url(head.url)
    return safe_url_string(url) if url else ""


def _walked(
    paths: Iterable[Path], wanted: Callable[[Head], bool], on_fault: Callable[[str], object]
) -> Iterator[Record]:
    for path in paths:
        try:
            with path.open("rb") as file:
                for found in records(file, wanted):
                    if isinstance(found, Fault):
                        on_fault(f"{path}: at byte {found.position}: {found.message}")
                    else:
                        yield found
        except OSError as error:
            on_fault(f"{path}: {error.strerror}")
