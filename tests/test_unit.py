"""The service and the timers of docs/running-it.md: the command is one that there is, and may do what it has to."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

import click
import pytest

from tests.serving import FAST, ORDINARY, ROOT, Site, command, ended
from zsparkcrawl.cli import main

PAGE = (ROOT / "docs" / "running-it.md").read_text(encoding="utf-8")
BLOCKS = [match[1] for match in re.finditer(r"```ini\n(.*?)```", PAGE, re.DOTALL)]


def parsed(text: str) -> ConfigParser:
    unit = ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    return unit


SERVICE = parsed(next(block for block in BLOCKS if "[Service]" in block))["Service"]
COMMANDS = [SERVICE["ExecStart"], *re.findall(r"^[\d* ]+ cd \S+ && ([^>|\n]+)", PAGE, re.MULTILINE)]
"""What systemd and cron are told to run."""


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_one_that_there_is(line: str) -> None:
    program, name, *words = shlex.split(line)
    assert PurePosixPath(program).parts[-3:] == (".venv", "bin", "zsparkcrawl")
    found = main.get_command(click.Context(main), name)
    assert found is not None
    found.make_context(name, words)  # raises a usage error for what it does not take


def test_commands_of_nights_are_there_and_write_into_the_data_folder() -> None:
    names = [shlex.split(line)[1] for line in COMMANDS]
    assert sorted(names) == ["backup", "crawl", "crawl", "crawl", "verify"]
    redirected = re.findall(r"^[\d* ]+ cd .*> (\S+)", PAGE, re.MULTILINE)
    assert all(path.startswith("data/") for path in redirected)
    assert len(redirected) == 2


def test_the_data_folder_is_what_the_service_may_write() -> None:
    data = Path(SERVICE["WorkingDirectory"]) / "data"
    assert SERVICE["ReadWritePaths"].split() == [str(data)]
    assert SERVICE["ProtectSystem"] == "strict"
    assert SERVICE["ExecStart"].startswith(SERVICE["WorkingDirectory"])
    assert f"-m 0750 {data}\n" in PAGE, "and it is made once, for its user"


RESTRICTED = f"""
import os, resource, sys
os.umask(0o{SERVICE["UMask"]})
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, (str, bytes)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written(os.fsdecode(path))
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.truncate"):
        for path in arguments[:2] if event == "os.rename" else arguments[:1]:
            if isinstance(path, (str, bytes)):
                written(os.fsdecode(path))
    elif event == "sqlite3.connect":
        written(os.fsdecode(arguments[0]).removeprefix("file:").partition("?")[0])
def written(path):
    whole = os.path.realpath(path)
    allowed = (os.environ["ZSPARK_DATA"], "/dev/", "/proc/", os.environ["TMPDIR"])
    if not whole.startswith(tuple(map(os.path.realpath, allowed))) and "__pycache__" not in whole:
        sys.stderr.write(f"WROTE {{whole}}\\n")
sys.addaudithook(watch)
"""


def restricted(tmp_path: Path, **environ: str) -> tuple[Path, list[str]]:
    """Crawl as the service does; the data folder, and what else was written."""
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    for folder in (data, temporary):
        folder.mkdir()
    with Site(ORDINARY) as site:
        words = ("crawl", "news", "-a", f"start_url={site.url}/news/", *FAST)
        more = {"TMPDIR": str(temporary), "HOME": "/nonexistent", **environ}
        end = ended(command(data, *words, code=RESTRICTED, cold=True, **more), data)
    assert end.code == 0, end.err
    return data, [line for line in end.err.splitlines() if line.startswith("WROTE")]


def test_a_crawl_writes_nothing_but_what_the_service_may(tmp_path: Path) -> None:
    """Python tells of every file that it opens for writing."""
    data, wrote = restricted(tmp_path)
    assert wrote == []
    assert {path.stat().st_mode & 0o007 for path in data.rglob("*") if path.is_file()} == {0}, "UMask"


def test_a_database_elsewhere_needs_a_place_of_its_own(tmp_path: Path) -> None:
    place = tmp_path / "elsewhere.sqlite"
    _, wrote = restricted(tmp_path, ZSPARK_DATABASE=f"sqlite:///{place}")
    assert f"WROTE {place}" in wrote
