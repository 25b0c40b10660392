"""A data set that can be cited: one folder with the tables of an archive, what they mean, what they cover and lack, how
good their texts are, and how the whole is cited and checked.

The same archive gives the same bytes with the same versions of the libraries: nothing depends on the clock, the
machine, the folder, or the order in which rows were written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.extras import extra
from zsparkcrawl.package.citation import citation
from zsparkcrawl.package.coverage import coverage_rows, missing_rows
from zsparkcrawl.package.descriptor import descriptor
from zsparkcrawl.package.facts import (
    Facts,
    Said,
    default_title,
    one_line,
    program,
    selection_of,
    sources_of,
    version_of,
)
from zsparkcrawl.package.faults import NothingPackedError, PackageError
from zsparkcrawl.package.figures import Figures
from zsparkcrawl.package.folder import SUMS, checksums, digests, whole_folder, write_zip
from zsparkcrawl.package.markdown import dictionary
from zsparkcrawl.package.observing import Observed
from zsparkcrawl.package.quality import quality_of
from zsparkcrawl.package.readme import description, licence, readme
from zsparkcrawl.package.writing import BY_ARTICLE, DATA, dictionary_rows, write_packed, write_table
from zsparkcrawl.whole_file import whole_path

__all__ = ["BY_ARTICLE", "NothingPackedError", "PackageError", "Packed", "Said", "make_package"]


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packaged: articles, and the version that the package has."""

    articles: int
    version: str


def make_package(  # noqa: PLR0913 - all but the first two are said by name
    archive: Archive,
    out: Path,
    *,
    filters: Filters | None = None,
    said: Said | None = None,
    data: Path | None = None,
    zipped: Path | None = None,
    step: Callable[[], object] = lambda: None,
) -> Packed:
    """Make a package of the articles meant in a folder, and in a ZIP file as well with ``zipped``. With ``data``, the
    archive's data folder, the bytes of attachments and images are in it too. ``step`` is called BY_ARTICLE times for
    each article.

    The folder takes its place when it is whole: on failure, what was there before is still there, and nothing else.
    Raises NothingPackedError when no article is meant, PackageError for a folder that is something else or cannot be
    written, ExtraMissingError without pyarrow, and ArchiveError.
    """
    extra("pyarrow.parquet", "parquet")  # told before anything is read
    meant = filters or Filters()
    with archive.at_one_moment(), _told(out), whole_folder(out) as folder:
        if not archive.count(meant):
            raise NothingPackedError(_nothing(archive))
        (folder / DATA).mkdir()
        observed = write_packed(archive, folder, meant, step, data)
        figures, sites = _figures(archive, meant, folder, observed)
        facts = replace(_facts(meant, said or Said(), folder, observed, sites), files=data is not None)
        _write_papers(folder, facts, figures)
        with whole_path(zipped) if zipped else nullcontext() as path:
            if path is not None:
                write_zip(folder, path, facts.name, facts.created)
    return Packed(observed.rows["articles"], facts.version)


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """Tell what the disk refuses in one line."""
    try:
        yield
    except OSError as error:
        raise PackageError(f"cannot write {out}: {error.strerror or error}") from error


def _nothing(archive: Archive) -> str:
    if archive.count():
        return f"no article in {archive.name} is of this kind: there is nothing to package"
    return f"no article is kept in {archive.name} yet: crawl first"


def _figures(archive: Archive, filters: Filters, folder: Path, observed: Observed) -> tuple[Figures, tuple[str, ...]]:
    """The figures of the package, whose small tables are written on the way, and its sites."""
    tally = archive.tally_articles(filters)
    with closing(archive.native_ids(filters)) as numbers:
        missing = list(missing_rows(tally, numbers))
    small: dict[str, list[dict[str, Any]]] = {
        "coverage": list(coverage_rows(tally)),
        "missing": missing,
        "dictionary": list(dictionary_rows()),
    }
    for name, rows in small.items():
        write_table(folder, name, rows)
        observed.rows[name] = len(rows)
    with closing(archive.tally_edits(filters)) as edits, closing(archive.tally_injections(filters)) as injections:
        quality = quality_of(tally, list(edits), injections, observed)
    return Figures(small["coverage"], missing, quality), tuple(sorted({row["site"] for row in tally}))


def _facts(filters: Filters, said: Said, folder: Path, observed: Observed, sites: tuple[str, ...]) -> Facts:
    sources = sources_of(sites)
    tables = {
        name: each for name, each in digests(folder).items() if name.endswith(".csv") and "dictionary" not in name
    }
    return Facts(
        title=one_line(said.title or "") or default_title(sources),
        creators=tuple(filter(None, map(one_line, said.creators))),
        licence=one_line(said.licence or "") or None,
        created=observed.moment,
        version=version_of(observed.moment, tables),
        program=program(),
        selection=selection_of(filters),
        sources=sources,
        sites=sites,
    )


def _write_papers(folder: Path, facts: Facts, figures: Figures) -> None:
    """What is written about the tables; the checksums last."""
    about = description(facts, figures)
    papers = {
        "README.md": readme(facts, figures),
        "DICTIONARY.md": dictionary(),
        "LICENSE.md": licence(facts),
        "CITATION.cff": citation(facts, about),
        "quality.json": _json({"version": facts.version, "as_of": facts.created, **asdict(figures.quality)}),
    }
    for name, text in papers.items():
        (folder / name).write_bytes(text.encode())
    (folder / "datapackage.json").write_bytes(_json(descriptor(facts, about, digests(folder))).encode())
    (folder / SUMS).write_bytes(checksums(digests(folder)))


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
