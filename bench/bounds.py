"""What does the worst page cost? Seconds and peak memory of large and broken pages, each read in a process of its own.

python -m bench.bounds

`python -m bench.read` records these figures beside its own; `python -m bench.bounds NAME` reads one page.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from zsparkcrawl import Page, ZsparkError, read

__all__ = ["PAGES", "figures"]

ROUNDS = 2
"""Each page is read in so many processes, one after the other; the fastest counts."""

_URL = "http://www.nhtp.org/news/1207.html"
_HEAD = (
    "<html><head><title>园区召开半年工作会议</title></head><body><h1>园区召开半年工作会议</h1>"
    "<p>来源：江畔日报 发布时间：2019-02-19</p>"
)
_SENTENCE = "园区昨日召开半年工作会议，总结上半年的招商情况，并部署下半年的重点项目。"
_TOLD = f"<p>{_SENTENCE}</p>"
_MIB = 1 << 20
_LARGE, _HALF = 8 * _MIB, 9 * _MIB // 2


def _filled(size: int, piece: str) -> str:
    """So many bytes of a piece."""
    return piece * (size // len(piece.encode()))


def _links() -> str:
    return "".join(f"<li><a href='http://h{n}.example/n{n}.html'>园区单位{n}</a></li>" for n in range(113_000))


PAGES: dict[str, Callable[[], str]] = {
    "8 MiB of paragraphs": lambda: _filled(_LARGE, _TOLD),
    "8 MiB of lines (<br>)": lambda: "<p>" + _filled(_LARGE, f"{_SENTENCE}<br>"),
    "8 MiB of rows": lambda: "<table>" + _filled(_LARGE, f"<tr><td>招商</td><td>{_SENTENCE}</td></tr>"),
    "8 MiB in one line": lambda: "<p>" + _filled(_LARGE, _SENTENCE),
    "113,000 foreign links": _links,
    "60,000 <div> deep": lambda: "<div>" * 60_000 + _TOLD + "</div>" * 60_000,
    "60,000 <span> deep": lambda: "<span>" * 60_000 + _TOLD,
    "200,000 tags of junk": lambda: "".join(f"园<i id='ab{n // 2:06}'>区</i>" for n in range(200_000)),
    "30,000 dated lines": lambda: "<h2>园区要闻</h2>园区 2019-02-19 江畔日报<br>" * 30_000,
    "200,000 lines, 200 deep": lambda: "<div>" * 200 + "园区新闻<br>" * 200_000,
    "4.5 MiB of <p>": lambda: _filled(_HALF, "<p>"),
    "4.5 MiB of <b>": lambda: _filled(_HALF, "<b>"),
    "4.5 MiB of <td>": lambda: "<table><tr>" + _filled(_HALF, "<td>"),
    "290,000 <p>园</p>": lambda: "<p>园</p>" * 290_000,
    "4.5 MiB of <": lambda: _filled(_HALF, "<"),
    "4.5 MiB of &": lambda: _filled(_HALF, "&"),
    "4.5 MiB of &#22253;": lambda: "<p>" + _filled(_HALF, "&#22253;"),
    "4.5 MiB of 园": lambda: _filled(_HALF, "园"),
    "4.5 MiB of comments": lambda: _filled(_HALF, "<!-- 园区 -->"),
    "280,000 attributes": lambda: "<p " + "".join(f"a{n}='园' " for n in range(280_000)) + ">园</p>",
    "4.5 MiB of styles": lambda: _filled(_HALF, "<p style='color:red;width:10px'>园区</p>"),
}
"""What stands on each page behind its heading, its byline and one sentence."""


def figures() -> Iterator[list[str]]:
    """By page: its name, its megabytes, seconds, peak memory in MB, and what came of it."""
    for name in PAGES:
        words = [sys.executable, "-m", "bench.bounds", name]
        said = [
            subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip().split("\t")
            for _ in range(ROUNDS)
        ]
        yield [name, *min(said, key=lambda row: float(row[1]))]


def _once(name: str) -> list[str]:
    """Read one page in this process."""
    with suppress(ZsparkError):
        read(Page(_URL, (_HEAD + _TOLD).encode()))  # what is loaded once is no cost of the page
    body = (_HEAD + _TOLD + PAGES[name]()).encode()
    begin = time.process_time()
    try:
        outcome = f"{len(read(Page(_URL, body)).body)} characters"
    except ZsparkError as error:
        outcome = str(error)
    took = time.process_time() - begin
    return [f"{len(body) / _MIB:.1f}", f"{took:.2f}", f"{_peak():.0f}", outcome]


def _peak() -> float:
    """The most memory that this process had, in MB. The kernel's own account: what getrusage says begins with the
    memory of the process that started this one."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main(arguments: Sequence[str]) -> int:
    """Print the figures of one page or of all. Returns the exit code."""
    if arguments:
        print("\t".join(_once(arguments[0])))
        return 0
    for row in figures():
        print(f"{row[0]:24}" + "".join(f"{cell:>8}" for cell in row[1:4]), f" {row[4]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
