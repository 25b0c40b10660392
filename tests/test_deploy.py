"""The examples for services: what they start is a command that there is, and they hold no secret."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from zsparkcrawl.cli import main
from zsparkcrawl.cli.crawl import crawl

DEPLOY = Path(__file__).parents[1] / "deploy"
SERVICE = DEPLOY / "zsparkcrawl-worker@.service"


def parsed(words: list[str]) -> dict[str, object]:
    """The options of `zsparkcrawl crawl` with these words."""
    assert words[0] == "crawl"
    return crawl.make_context("crawl", words[1:], parent=main.make_context("zsparkcrawl", ["crawl"])).params


def test_the_unit_starts_a_worker() -> None:
    (command,) = re.findall(r"^ExecStart=(.*)$", SERVICE.read_text("utf-8"), re.MULTILINE)
    program, *words = shlex.split(command)
    given = parsed(words)
    assert program.endswith("/bin/zsparkcrawl")
    assert (given["worker"], given["all_sites"], given["name"], given["every"]) == (True, True, "%H-%i", None)


def test_the_units_timer_leaves_nothing_to_chance() -> None:
    timer = ConfigParser(interpolation=None)
    timer.read(DEPLOY / "zsparkcrawl-worker@.timer", "utf-8")
    assert "RandomizedDelaySec" not in timer["Timer"], "workers are to come together"


def test_the_container_starts_a_worker_that_stays() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    (listed,) = re.findall(r"^    command: \[(.*)\]$", text, re.MULTILINE)
    given = parsed([word.strip().strip('"') for word in listed.split(",")])
    assert (given["worker"], given["all_sites"], given["every"]) == (True, True, 24.0)


@pytest.mark.parametrize(
    "path", sorted(path for path in DEPLOY.iterdir() if path.is_file()), ids=lambda path: path.name
)
def test_no_password_stands_in_an_example(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"://[^/\s]*:[^/\s]*@", text)
    assert not re.search(r"(?i)password *[:=] *['\"]?[a-z0-9]{6,}", text)
