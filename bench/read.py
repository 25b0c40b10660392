"""How well are pages read? Fields, body and speed, beside GNE and trafilatura on the same pages in the same run.

python -m bench.read

GNE is needed for this measure alone: `.venv/bin/python -m pip install gne`; `--ours` measures without the others and
records nothing.
`--layout NAME` shows what went wrong on the pages of one layout and measures nothing else.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.bounds import figures
from bench.layouts import Made, made_pages
from bench.results import record
from zsparkcrawl import Page, read
from zsparkcrawl.extract import extract
from zsparkcrawl.extract.dates import find_date

FIELDS = ("title", "date", "author", "source", "editor", "photographer", "reviewers")
PEER_FIELDS = ("title", "date", "author", "source")
ROUNDS = 3
"""Each reader goes over all pages so often; the fastest round counts."""

Fields = dict[str, str | None]
Reader = Callable[[Made], Fields]


def ours(page: Made) -> Fields:
    """What `read` makes of a page."""
    article = read(Page(page.url, page.body, "text/html", fetched_at=page.fetched_at), None)
    found: Fields = {name: getattr(article, name) for name in (*FIELDS, "body")}
    return found | {"date": article.date.isoformat() if article.date else None}


def _extracted(page: Made) -> Fields:
    extract(Page(page.url, page.body, "text/html", fetched_at=page.fetched_at), None)
    return {}


def peers() -> dict[str, Reader]:
    """The other readers. Raises ImportError when one is not installed."""
    import trafilatura
    from gne import GeneralNewsExtractor  # type: ignore[import-not-found]

    def gne(page: Made) -> Fields:
        found: Mapping[str, Any] = GeneralNewsExtractor().extract(page.body.decode())
        day = find_date(found.get("publish_time") or "")
        return {
            "title": found.get("title") or None,
            "date": day.date.isoformat() if day else None,
            "author": found.get("author") or None,
            "source": None,
            "body": found.get("content") or "",
        }

    def general(page: Made) -> Fields:
        found = trafilatura.bare_extraction(page.body.decode(), url=page.url, with_metadata=True)
        if found is None:
            return dict.fromkeys((*PEER_FIELDS, "body"))
        return {
            "title": found.title, "date": found.date, "author": found.author,
            "source": found.sitename, "body": found.text or "",
        }  # fmt: skip

    return {"GNE": gne, "trafilatura": general}


def overlap(truth: str, found: str) -> float:
    """F1 of two texts over their pairs of neighbouring characters, blanks left out.

    >>> overlap("园区 新闻", "园区新闻"), overlap("园区", "")
    (1.0, 0.0)
    """
    wanted, there = _pairs(truth), _pairs(found)
    common = (wanted & there).total()
    return 2 * common / max(wanted.total() + there.total(), 1)


def _pairs(text: str) -> Counter[str]:
    line = "".join(text.split())
    return Counter(line[at : at + 2] for at in range(len(line) - 1))


def judged(pages: Sequence[Made], found: Sequence[Fields], fields: Sequence[str]) -> dict[str, str]:
    """By field: how many of the pages are right, how many show a value that is none, and the mean F1 of the body."""
    figures: dict[str, str] = {}
    for name in fields:
        pairs = [(right_values(page, name), _plain(each.get(name))) for page, each in zip(pages, found, strict=True)]
        right = sum(value in known for known, value in pairs)
        invented = sum(known == {None} and value is not None for known, value in pairs)
        figures[name] = f"{right / len(pairs):6.1%} ({invented})"
    scores = [body_score(page, each["body"] or "") for page, each in zip(pages, found, strict=True)]
    return figures | {"body": f"{sum(scores) / len(scores):.4f}"}


def right_values(page: Made, name: str) -> set[str | None]:
    """The values of a field that are right on a page."""
    return {_plain(value) for value in (page.truth[name], *page.also.get(name, ()))}


def body_score(page: Made, body: str) -> float:
    """How much of a page's body was read, and nothing else: lines that may be counted to it or not are left out."""
    wanted = page.truth["body"] or ""
    kept = "\n".join(line for line in body.split("\n") if line not in page.may_be)
    return overlap(wanted, kept) if wanted or kept else 1.0


def _plain(value: str | None) -> str | None:
    """Names however they are kept apart."""
    return " ".join(value.replace("、", " ").split()) if value else None


def _speed(reader: Reader, pages: Sequence[Made]) -> float:
    """Pages a second."""
    best = 0.0
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for page in pages:
            reader(page)
        best = max(best, len(pages) / (time.perf_counter() - begin))
    return best


def show(pages: Sequence[Made]) -> None:
    """What is wrong, page by page."""
    for page in pages:
        found = ours(page)
        for name in FIELDS:
            if _plain(found[name]) not in right_values(page, name):
                print(f"{page.folder}/{page.layout} {page.url} {name}: {page.truth[name]!r} read as {found[name]!r}")
        score = body_score(page, found["body"] or "")
        if score < 0.995:
            wanted, there = (text.split("\n") for text in (page.truth["body"] or "", found["body"] or ""))
            print(f"{page.folder}/{page.layout} {page.url} body: {score:.3f}")
            print("   lost: ", [line[:40] for line in wanted if line not in there][:5])
            print("   added:", [line[:40] for line in there if line not in wanted][:8])


def measure(pages: Sequence[Made], others: Mapping[str, Reader]) -> str:
    """The tables of figures."""
    readers: dict[str, Reader] = {"zsparkcrawl": ours, **others}
    parts: list[str] = []
    for folder in ("all", "apart"):
        chosen = [page for page in pages if folder in {"all", page.folder}]
        rows = []
        for name, reader in readers.items():
            fields = FIELDS if reader is ours else PEER_FIELDS
            figures = judged(chosen, [reader(page) for page in chosen], fields)
            rows.append([name, *(figures.get(each, "-") for each in (*FIELDS, "body"))])
        count = len({page.layout for page in chosen})
        parts.append(f"{len(chosen)} pages of {count} layouts ({folder}): share right (values where there is none)\n")
        parts.append(table(["reader", *FIELDS, "body F1"], rows))
    rates = {name: _speed(reader, pages) for name, reader in (*readers.items(), ("zsparkcrawl, extract", _extracted))}
    slowest = rates.get("trafilatura", 0.0)
    rows = [[name, f"{rate:.0f}", f"{rate / slowest:.1f}" if slowest else "-"] for name, rate in rates.items()]
    parts.append("\nspeed\n")
    parts.append(table(["reader", "pages/s", "to trafilatura"], rows))
    return "\n".join(parts)


def bounds() -> str:
    """The table of the worst pages."""
    head = (
        "\ncost of the worst pages: seconds of the processor, peak memory of the process with all that is imported\n\n"
    )
    return head + table(["page", "MiB", "s", "MB", "what is read"], list(figures()))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under a head, each column as wide as its longest entry.

    >>> print(table(["reader", "date"], [["GNE", "98.0%"]]))
    reader   date
    GNE     98.0%
    """
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and record. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.read", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--layout", help="show what is wrong on the pages of this layout, or of this folder")
    parser.add_argument("--print", action="store_true", help="print the figures and record nothing")
    parser.add_argument("--ours", action="store_true", help="leave the other readers out")
    given = parser.parse_args(arguments)
    pages = list(made_pages())
    if given.layout:
        show([page for page in pages if given.layout in {page.layout, page.folder}])
        return 0
    try:
        others = {} if given.ours else peers()
    except ImportError as error:
        print(f"bench.read: {error.name} is not installed: python -m pip install gne trafilatura", file=sys.stderr)
        return 1
    text = measure(pages, others)
    if given.print or given.ours:
        print(text)
    else:
        record("bench.read", f"{text}\n{bounds()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
