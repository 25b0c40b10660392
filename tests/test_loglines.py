"""Log lines: nothing from outside may forge one, and no secret may stand in one."""

from __future__ import annotations

import errno
import logging
import sys
from pprint import pformat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.loglines import LineRecord, redacted

FORMATTER = logging.Formatter("[%(levelname)s] %(message)s")
FORGED = "园区开放日\r\n[CRITICAL] forged\x1b[31m\u2028[CRITICAL] forged"


def logged(message: object, *arguments: Any, error: BaseException | None = None) -> str:
    raised = (type(error), error, error.__traceback__) if error else None
    return FORMATTER.format(LineRecord("scrapy.x", logging.INFO, __file__, 1, message, arguments, raised))


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error):
        return sys.exc_info()[1]  # type: ignore[return-value]


@pytest.mark.parametrize("arguments", [("Ignored %s", FORGED), (f"Ignored {FORGED}",), ("%(a)s", {"a": FORGED})])
def test_what_a_page_says_stays_in_its_line(arguments: tuple[Any, ...]) -> None:
    line = logged(*arguments)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert r"园区开放日\r\n[CRITICAL] forged\x1b[31m\u2028[CRITICAL] forged" in line


@given(st.text(alphabet=st.sampled_from("a园\n\r\t\x0b\x0c\x1c\x85\u2028\u2029\u202e\x1b[")), st.booleans())
def test_no_text_breaks_out(text: str, several: bool) -> None:
    template = "Enabled things:\n%(things)s" if several else "Scraped %(things)s"
    lines = logged(template, {"things": text}).splitlines()
    assert lines[0].startswith("[INFO] ")
    assert len(lines) == 1 or several
    assert all(line.startswith("    ") for line in lines[1:])


def test_what_scrapy_lists_keeps_its_lines() -> None:
    assert logged("Enabled things:\n%(things)s", {"things": "['a',\n 'b']"}) == (
        "[INFO] Enabled things:\n    ['a',\n     'b']"
    )


def test_a_traceback_is_indented_with_what_its_error_says() -> None:
    lines = logged("it broke", error=raised(ValueError(FORGED))).split("\n")
    assert lines[0] == "[INFO] it broke"
    assert "Traceback (most recent call last):" in lines[1]
    assert not [line for line in lines[1:] if not line.startswith("    ")]


@pytest.mark.parametrize(
    "error", [ZsparkError("database x: disk full"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_a_foreseeable_fault_has_no_traceback(error: Exception) -> None:
    assert logged("it broke", error=raised(error)) == f"[INFO] it broke: {type(error).__name__}: {error}"


def test_another_error_of_the_system_has_one() -> None:
    assert "Traceback" in logged("it broke", error=raised(OSError(errno.ENOENT, "no such file")))


SETTINGS = {
    "AWS_ACCESS_KEY_ID": "hunter2",
    "AWS_SECRET_ACCESS_KEY": "hunter2'\"\n",
    "FTP_PASSWORD": "hunter2",
    "HTTPAUTH_PASS": "hunter2 " * 30,
    "FEEDS": {"s3://me:hunter2@bucket/x.csv": {"format": "csv"}},
    "ZSPARK_DATABASE": "postgresql://park:hunter2@db.example/park",
    "ROBOTSTXT_USER_AGENT": "zsparkcrawl",
    "USER_AGENT": "zsparkcrawl/1 +https://example.org/",
}


def test_no_secret_is_shown() -> None:
    line = logged("Overridden settings:\n%(settings)s", {"settings": pformat(SETTINGS)})
    assert "hunter2" not in line
    assert line.count("***") == 6
    assert "'ROBOTSTXT_USER_AGENT': 'zsparkcrawl'" in line
    assert "+https://example.org/" in line


@pytest.mark.parametrize("text", ["http://park.example/news/7.html", "mailto:park@example.org", "at 10:20 @ the gate"])
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text
