"""`zsparkcrawl demo`: the main job on the bundled sample site, and how exactly its articles came home.

The programs that it starts are this project's own, with arguments from this file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from zsparkcrawl.errors import ZsparkError

__all__ = ["demo"]

_SECTIONS = {"news": "/news/", "notices": "/zcgg/"}
"""Spider -> where its section's listing begins on the sample site."""
_MAKER = ("-m", "bench.sample_site")
_COMPARED = ("title", "date", "author", "source", "body", "strict", "attachments", "captions")
_LABELS = {"strict": "body, full-width marks unfolded"}


class DemoError(ZsparkError):
    """The demo cannot do its work here."""


@dataclass(frozen=True, slots=True)
class _Tally:
    """What the archive holds of one section. All but `damage` count articles."""

    articles: int = 0
    dated: int = 0
    author: int = 0
    source: int = 0
    repaired: int = 0
    despammed: int = 0
    damage: int = 0
    """Spots that no rule could mend."""


@click.command()
def demo() -> None:
    """Crawl the bundled sample site into data/demo and show what came home.

    Works in a checkout of the project. Wipes data/demo, and touches nothing else that was crawled. Exit
    code: 0 when both spiders did their work, otherwise 1."""
    from zsparkcrawl.archive import Archive
    from zsparkcrawl.export import export_articles

    root = _root()
    folder = _fresh(root / "data" / "demo")
    database, table = _database(folder), folder / "articles.csv"
    with _served(root) as address:
        click.echo(f"The sample site is served at {address}")
        ends = {spider: _crawl(spider, address + path, root, folder) for spider, path in _SECTIONS.items()}
    with Archive.open(database) as archive:
        tallies = {spider: _tally(archive, spider) for spider in _SECTIONS}
        written = export_articles(archive, table, "csv")
    _show(tallies)
    click.echo(f"Database: {_shown(folder / 'zspark.sqlite')}\nCSV: {_shown(table)} ({written} articles)\n")
    _show_exactness(_compared(root, database))
    failed = [spider for spider, code in ends.items() if code]
    if failed:
        raise DemoError(f"the crawl of {' and '.join(failed)} did not end well")
    if not written:
        raise DemoError("nothing came home")


def _root() -> Path:
    """The checkout: the folder one stands in, or the one this package is installed from."""
    for folder in (Path.cwd(), Path(__file__).resolve().parents[2]):
        if (folder / "bench" / "sample_site.py").is_file() and (folder / "data" / "sample" / "truth").is_dir():
            return folder
    raise DemoError("the demo needs a checkout of the project: there is no data/sample/truth here")


def _fresh(folder: Path) -> Path:
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise DemoError(f"cannot empty {_shown(folder)}: {error.strerror}") from error
    return folder


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@contextmanager
def _served(root: Path) -> Iterator[str]:
    """The address of the sample site, made anew and served by a process of its own until the block ends."""
    command = [sys.executable, *_MAKER, "serve"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, text=True, stdin=pipe, stdout=pipe) as server:  # noqa: S603
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            address = server.stdout.readline().strip()
            if not address:
                raise DemoError("the sample site could not be made: see above")
            yield address
        finally:
            server.stdin.close()  # this is how it is told to stop


def _crawl(spider: str, start_url: str, root: Path, folder: Path) -> int:
    """Run a spider as a user does, without delays: the site is on this machine. Returns its exit code."""
    settings = {
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
        "LOG_LEVEL": "WARNING",
        "ZSPARK_PROGRESS": 1,
        "ZSPARK_DATA": folder,
        "ZSPARK_DATABASE": _database(folder),
    }
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy", "crawl", spider, "-a", f"start_url={start_url}", *given]
    # A proxy of this machine is for other machines.
    environ = os.environ | {"no_proxy": "127.0.0.1", "SCRAPY_SETTINGS_MODULE": "zsparkcrawl.settings"}
    return subprocess.run(command, cwd=root, env=environ, check=False).returncode  # noqa: S603


def _database(folder: Path) -> str:
    from zsparkcrawl.archive import database_url

    return database_url({"ZSPARK_DATA": str(folder)})


def _tally(archive: Any, section: str) -> _Tally:
    from zsparkcrawl.archive import Filters

    rows = list(archive.articles(Filters(section=section)))
    rules = [{edit["rule"] for edit in archive.edits_of(row["id"], row["version"])} for row in rows]
    spam = [{name for name in names if name.startswith("spam-")} for names in rules]
    return _Tally(
        articles=len(rows),
        dated=_filled(rows, "date"),
        author=_filled(rows, "author"),
        source=_filled(rows, "source"),
        repaired=sum(bool(names - cut) for names, cut in zip(rules, spam, strict=True)),
        despammed=sum(bool(cut or row["injection_count"]) for row, cut in zip(rows, spam, strict=True)),
        damage=sum(row["damage_count"] for row in rows),
    )


def _filled(rows: Sequence[Mapping[str, Any]], column: str) -> int:
    return sum(row[column] is not None for row in rows)


def _show(tallies: Mapping[str, _Tally]) -> None:
    from rich.console import Console
    from rich.table import Table

    heads = ("articles", "dated", "author", "source", "repaired", "spam out", "damage left")
    table = Table("section")
    for head in heads:
        table.add_column(head, justify="right")
    for section, tally in tallies.items():
        numbers = (getattr(tally, name) for name in _Tally.__slots__)
        table.add_row(section, *map(str, numbers))
    Console().print(table)


def _compared(root: Path, database: str) -> Mapping[str, Any]:
    command = [sys.executable, *_MAKER, "compare", "--json", "--database", database]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=False)  # noqa: S603
    if done.returncode:
        raise DemoError("the comparison with the truth failed: see above")
    result: Mapping[str, Any] = json.loads(done.stdout)
    return result


def _show_exactness(result: Mapping[str, Any]) -> None:
    expected = result["expected"]
    click.echo(f"{result['came_home']} of {expected} articles came home. Exactly as they were written:")
    for name in _COMPARED:
        count, label = result["exact"][name], _LABELS.get(name, name)
        click.echo(f"  {label:<32}{count:>3} of {expected}  {count / max(expected, 1):>6.1%}")
    home, paragraphs = result["paragraphs"]
    click.echo(f"  paragraphs of the bodies      {home:>5} of {paragraphs}  {home / max(paragraphs, 1):>6.1%}")
    click.echo(f"  ({result['folded']} pages show full-width marks as ASCII; their bodies are compared folded)")
    for each in result["differing"]:
        for name, difference in each["differences"].items():
            click.echo(f"  {each['path']}: {name} {difference}")
    for path in result["missing"]:
        click.echo(f"  {path}: missing")
