"""Write the generated parts of docs/*.md, each from the code that it describes.

    python -m tools.docs            writes them
    python -m tools.docs --check    writes nothing; exits with 1 and names each file that is out of step

A part stands between `<!-- begin: NAME -->` and `<!-- end: NAME -->`; :data:`PARTS` has its maker under NAME. The
rest of a file is written by hand and left alone.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import itertools
import re
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from zsparkcrawl import settings
from zsparkcrawl.archive.exports.dictionary import article_columns
from zsparkcrawl.archive.tables.describing import describe
from zsparkcrawl.archive.tables.schema import articles, versions
from zsparkcrawl.cli import COMMANDS, main
from zsparkcrawl.export import COLUMNS
from zsparkcrawl.feeds import FIELDS
from zsparkcrawl.repair import RULES as REPAIR_RULES
from zsparkcrawl.rules import RULES
from zsparkcrawl.serve.routes import addresses
from zsparkcrawl.spam import RULES as SPAM_RULES

__all__ = ["PARTS", "PartError", "renewed"]

ROOT = Path(__file__).parents[1]
WIDTH = 110
"""Characters of a line of help: fixed, so that the terminal of whoever writes the docs does not show in them."""

SHOWN_SETTINGS = (
    "ROBOTSTXT_OBEY",
    "AUTOTHROTTLE_ENABLED",
    "AUTOTHROTTLE_START_DELAY",
    "DOWNLOAD_DELAY",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "DOWNLOAD_TIMEOUT",
    "DOWNLOAD_MAXSIZE",
    "REDIRECT_MAX_TIMES",
    "ZSPARK_PAGES",
    "ZSPARK_HOURS",
    "ZSPARK_FAILURES",
    "ZSPARK_PATIENCE",
    "ZSPARK_LISTING_PAGES",
    "ZSPARK_LAPSE",
    "ZSPARK_FILE_BYTES",
    "ZSPARK_FILES_BYTES",
    "LOG_LEVEL",
)

_BEGIN = re.compile(r"^<!-- (?:begin: (?P<name>[\w-]+)|(?P<schema>schema:begin)\b[^>]*) -->$", re.MULTILINE)
_WORD = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`|``([^`]+)``")
_CODE = re.compile(r"(`[^`]*`)")

Rule = Callable[..., object]


class PartError(Exception):
    """A file's markers do not fit the parts there are; told in one line."""


def repair_rules() -> str:
    """The rules of repair, in the order in which they are applied."""
    return _rules(REPAIR_RULES)


def spam_rules() -> str:
    """The rules of despam, in the order in which they are applied."""
    return _rules(SPAM_RULES)


def command_help() -> str:
    """What `--help` says of `zsparkcrawl` and of each of its commands."""
    group = _context(main, "zsparkcrawl")
    shown = [f"```text\n{main.get_help(group)}\n```"]
    for name in COMMANDS:
        command = main.get_command(group, name)
        if command is None:  # COMMANDS is what the group is made of
            raise PartError(f"zsparkcrawl has no command {name}")
        own = _context(command, name, group)
        shown.append(f"### zsparkcrawl {name}\n\n```text\n{command.get_help(own)}\n```")
        for below, each in command.commands.items() if isinstance(command, click.Group) else ():
            shown.append(f"### zsparkcrawl {name} {below}\n\n```text\n{each.get_help(_context(each, below, own))}\n```")
    return "\n\n".join(shown)


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    given = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    return click.Context(command, parent=parent, info_name=name, **given)


def export_columns() -> str:
    """The columns of `zsparkcrawl export`, in their order, and behind them those that can be chosen besides."""
    known = article_columns()
    names = (*COLUMNS, *(name for name in known if name not in COLUMNS))
    rows = ((f"`{c.name}`", c.meaning, c.chinese, c.meaning_chinese) for c in (known[name] for name in names))
    return _table(("column", "meaning", "名称", "含义"), rows)


def feed_columns() -> str:
    """The columns of `scrapy crawl … -O`, in their order."""
    return _table(("column", "meaning"), _meanings(FIELDS))


def shown_settings() -> str:
    """The settings of the project that an operator may want to know: their values, and what they mean."""
    meanings = _said_of_settings()
    if untold := [name for name in SHOWN_SETTINGS if name not in meanings]:
        raise PartError(f"nothing says what setting {untold[0]} means")
    rows = ((f"`{name}`", f"`{getattr(settings, name)!r}`", meanings[name]) for name in SHOWN_SETTINGS)
    return _table(("setting", "value", "meaning"), rows)


def _said_of_settings() -> dict[str, str]:
    """The first sentence of what stands below each setting in its module."""
    body = ast.parse(inspect.getsource(settings)).body
    said = {}
    for above, below in itertools.pairwise(body):
        match above, below:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                said[name] = re.split(r"\. |\.$", " ".join(text.split()))[0]
    return said


def viewer_addresses() -> str:
    """The addresses of the viewer, and what each gives."""
    return _table(("address", "what it gives"), ((f"`{path}`", meaning) for path, meaning in addresses()))


def import_layers() -> str:
    """Who may import whom, as the contract in pyproject.toml says."""
    facts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = facts["tool"]["importlinter"]["contracts"]
    layers: Sequence[str] = next(one["layers"] for one in contracts if one["type"] == "layers")
    return "```text\n" + "\n".join(layer.replace("zsparkcrawl.", "") for layer in layers) + "\n```"


PARTS: Mapping[str, Callable[[], str]] = {
    "repair-rules": repair_rules,
    "spam-rules": spam_rules,
    "command-help": command_help,
    "export-columns": export_columns,
    "feed-columns": feed_columns,
    "settings": shown_settings,
    "viewer-addresses": viewer_addresses,
    "import-layers": import_layers,
    "schema": lambda: describe().strip(),
}
"""Name of a part -> what makes it."""


def renewed(text: str) -> str:
    """A file's text with its generated parts made anew. Raises PartError.

    >>> renewed("nothing is generated here")
    'nothing is generated here'
    >>> renewed("<!-- begin: nonsense -->\\n<!-- end: nonsense -->")
    Traceback (most recent call last):
    ...
    tools.docs.PartError: no part is called 'nonsense'
    """
    pieces: list[str] = []
    read = 0
    for begin in _BEGIN.finditer(text):
        name = begin["name"] or "schema"
        end = f"<!-- end: {name} -->" if begin["name"] else "<!-- schema:end -->"
        if name not in PARTS:
            raise PartError(f"no part is called {name!r}")
        if begin.start() < read or (position := text.find(f"\n{end}", begin.end())) < 0:
            raise PartError(f"part {name!r} has no end of its own")
        pieces += (text[read : begin.end()], "\n\n", PARTS[name](), "\n")
        read = position
    return "".join([*pieces, text[read:]])


def run(arguments: Sequence[str] | None = None) -> int:
    """Write or check the docs. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 when out of step")
    check = parser.parse_args(arguments).check
    stale = 0
    for path in sorted((ROOT / "docs").glob("*.md")):
        text = path.read_text("utf-8")
        name = path.relative_to(ROOT).as_posix()
        try:
            new = renewed(text)
        except PartError as error:
            sys.stderr.write(f"{name}: {error}\n")
            return 1
        if new != text and check:
            stale += 1
            sys.stderr.write(f"{name} is out of step with the code: run python -m tools.docs\n")
        elif new != text:
            path.write_text(new, "utf-8")
    return 1 if stale else 0


def _rules(rules: Iterable[Rule]) -> str:
    return "\n\n".join(
        f"### {_rule_name(rule)}\n\n`{rule.__name__}`: {_prose(inspect.getdoc(rule) or '')}" for rule in rules
    )


def _rule_name(rule: Rule) -> str:
    """What the rule is called in the edits that it makes."""
    return next((name for name, each in RULES.items() if each is rule), "(marks only)")


def _prose(docstring: str) -> str:
    """A docstring as Markdown: its examples become blocks, the rest is wrapped anew."""
    return "\n\n".join(_paragraph(paragraph) for paragraph in docstring.split("\n\n"))


def _paragraph(text: str) -> str:
    if text.startswith(">>>"):
        return f"```pycon\n{text}\n```"
    plain = _WORD.sub(lambda match: f"`{match[1] or match[2]}`", " ".join(text.split()))
    pieces = _CODE.split(plain)
    pieces[::2] = (piece.replace("&", "&amp;").replace("<", "&lt;") for piece in pieces[::2])
    return textwrap.fill("".join(pieces), 118, break_long_words=False, break_on_hyphens=False)


def _meanings(columns: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the columns mean, as the comments of the tables have it."""
    for name in columns:
        column = articles.columns.get(name)
        if column is None:
            column = versions.columns.get(name)
        if column is None or not column.comment:
            raise PartError(f"no table says what column {name} means")
        yield f"`{name}`", column.comment


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    escaped = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *escaped))


if __name__ == "__main__":
    sys.exit(run())
