"""How quickly are the articles handed out, in how much memory, and how does that compare with what else one might use?

    python -m bench.export [--articles N]

Articles are made up at random (a body of 200 to 1,600 Chinese characters, half with a picture, a tenth with edits) and
put into a fresh archive. Each program then runs alone, as a process of its own, its start included: the command export
in each format, and beside it in the same run `sqlite3 -csv` and `sqlite3 -json` (Debian's, if it is here) and
pandas.read_sql().to_csv() on the same columns in the same order. Figures are the seconds that passed and those of the
processor, megabytes written a second of the processor, and the most memory that was in use. The others know nothing of
edits or of the bytes of pictures, and their CSV does not tell NULL from the empty text.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from bench.results import record
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.tables.schema import article_files, articles, edits, files, versions
from zsparkcrawl.export import COLUMNS

AT_ONCE = 2_000
MOMENT = "2026-11-22T08:30:00Z"
COUNTED = ("edit_count", "inferred_count", "damage_count")
ORDER = "a.section, a.date IS NULL, a.date, length(a.native_id), a.native_id, a.id"
CHARACTERS = "园区企业创新发展科技产业服务平台项目建设活动会议人才合作研究生物医药数据智能制造开放政策支持，。、"


@dataclass(frozen=True)
class Figure:
    """What one program needed: bytes written, seconds that passed and those of the processor, bytes of memory."""

    name: str
    written: int
    seconds: float
    worked: float
    memory: int

    def line(self) -> str:
        """The figures as a line."""
        return (
            f"{self.name:<24}{self.written / 1e6:>6.0f} MB {self.seconds:>6.1f} s {self.worked:>6.1f} s "
            f"{self.written / self.worked / 1e6:>6.1f} MB/s {self.memory / 2**20:>5.0f} MiB"
        )


def filled(folder: Path, number: int) -> Path:
    """A fresh archive of so many articles."""
    path = folder / "zspark.sqlite"
    with Archive.open(f"sqlite:///{path}") as archive, archive._writing() as connection:
        digest = "0" * 64
        came = {"sha256": digest, "size": 1, "type": "jpg", "path": f"files/00/{digest}", "first_seen": MOMENT}
        connection.execute(insert(files).values(came))
        for start in range(1, number + 1, AT_ONCE):
            rows: dict[Table, list[dict[str, Any]]] = {articles: [], versions: [], edits: [], article_files: []}
            for article in range(start, min(start + AT_ONCE, number + 1)):
                for table, row in rows_of(article, digest):
                    rows[table].append(row)
            for table, many in rows.items():
                if many:
                    connection.execute(insert(table), many)
    return path


def rows_of(number: int, digest: str) -> Iterator[tuple[Table, dict[str, Any]]]:
    """The rows of one made-up article, by table."""
    rng = random.Random(number)
    url = f"http://park.example/news/{number}.html"
    body = "".join(rng.choices(CHARACTERS, k=rng.randint(200, 1_600)))
    pictures = [{"url": f"{url}.jpg", "caption": None}] if number % 2 else []
    content = {name: None for name in (c.name for c in articles.c) if name in versions.c}
    content |= {"url": url, "title": body[:20], "date": str(dt.date(2010, 1, 1) + dt.timedelta(rng.randrange(5_000)))}
    content |= {"body": body, "source": "园区办公室", "attachments": [], "images": pictures}
    own = {"id": number, "site": "park", "section": "news", "native_id": str(number), "version": 1}
    yield articles, {**content, **own, "first_seen": MOMENT, "last_seen": MOMENT, "gone_at": None, "gone_reason": None}
    facts = {"made_at": MOMENT, "made_by": "site", "package": "0", "changed": {}, "diagnosis": None, "damaged": {}}
    made = 20 if number % 10 == 0 else 0
    counts = {"edit_count": made, "inferred_count": 0, "damage_count": 0, "injection_count": 0}
    yield versions, {**content, **facts, **counts, "article_id": number, "version": 1}
    for position in range(made):
        place = {"article_id": number, "version": 1, "field": "body", "position": position, "start": position * 5}
        yield edits, {**place, "rule": "annotations", "before": "(fā)", "after": "", "certainty": "certain"}
    if pictures:
        offered = {"article_id": number, "kind": "image", "url": f"{url}.jpg", "version": 1, "sha256": digest}
        yield article_files, {**offered, "first_seen": MOMENT, "last_seen": MOMENT}


# A process reports no less memory than the one had that started it, so a small one starts each.
STARTER = """
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[2:], stderr=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, file=told)
sys.exit(code)
"""


def run(name: str, command: Sequence[str], written: Path, *, into: bool = False) -> Figure:
    """One program, alone; ``into`` sends its output into the file that it does not write itself."""
    told = written.with_name("told")
    start = time.perf_counter()
    with (written if into else Path(os.devnull)).open("wb") as out:
        ended = subprocess.run([sys.executable, "-S", "-c", STARTER, told, *command], stdout=out, check=False)
    seconds = time.perf_counter() - start
    if ended.returncode:
        sys.exit(f"{name} ended with {ended.returncode}")
    worked, memory = told.read_text().split()
    found = Figure(name, written.stat().st_size, seconds, float(worked), int(memory))
    written.unlink()
    return found


def exports(database: Path) -> Iterator[Figure]:
    """The command export in each format."""
    kinds = ("jsonl", "csv", "json", "csv --raw", "parquet", "sqlite", "excel .csv", "excel .xlsx")
    for kind in kinds:
        form, *more = kind.split()
        suffix = more[0] if more and more[0].startswith(".") else f".{form}"
        out = database.with_name(f"out{suffix}")
        options = [word for word in more if word.startswith("--")]
        words = ["export", form, "-o", str(out), "--database", f"sqlite:///{database}", *options]
        yield run(f"export {kind}", [sys.executable, "-m", "zsparkcrawl", *words], out)


def others(database: Path) -> Iterator[Figure]:
    """What else one might use, on the same columns in the same order."""
    out = database.with_name("out")
    shown = ", ".join(f"{'v' if name in COUNTED else 'a'}.{name}" for name in COLUMNS)
    latest = "articles a JOIN versions v ON v.article_id = a.id AND v.version = a.version"
    query = f"SELECT {shown} FROM {latest} ORDER BY {ORDER}"  # noqa: S608 - of names alone
    if tool := shutil.which("sqlite3"):
        for form in ("-json", "-csv"):
            yield run(f"sqlite3 {form}", [tool, form, "-header", str(database), query], out, into=True)
    program = "import pandas, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
    program += "pandas.read_sql(sys.argv[2], c).to_csv(sys.argv[3], index=False)"
    yield run("pandas read_sql, to_csv", [sys.executable, "-c", program, str(database), query, str(out)], out)


def table(number: int, found: Sequence[Figure]) -> str:
    """All figures, and how the exports compare with the others."""
    by_name = {figure.name: figure for figure in found}
    lines = [f"{number} articles", f"{'':<30}written  passed processor    speed  memory"]
    lines += [*(figure.line() for figure in found), "", "processor time and memory, the other's over ours:"]
    for other, own in (
        ("sqlite3 -json", "export json"),
        ("sqlite3 -csv", "export csv"),
        ("pandas read_sql, to_csv", "export csv"),
    ):
        if other in by_name:
            ratio = by_name[other].worked / by_name[own].worked
            memory = by_name[other].memory / by_name[own].memory
            lines.append(f"{other:<26} / {own:<12} {ratio:5.2f}   memory {memory:5.2f}")
    return "\n".join(lines)


def main() -> None:
    """Fill an archive, run all, and write the figures down."""
    parser = argparse.ArgumentParser(prog="python -m bench.export")
    parser.add_argument("--articles", type=int, default=100_000)
    number = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        database = filled(Path(folder), number)
        found = [*exports(database), *others(database)]
    text = table(number, found)
    if number == 100_000:
        record("bench.export", text)
    else:
        print(text)


if __name__ == "__main__":
    main()
