"""The report: its figures are those of a recount, its page needs nothing else and lets nothing in."""

import datetime as dt
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.sample_site import page as sample_page
from bench.sample_site import page_sources, recipes, truths
from tests.raw import change
from zsparkcrawl import Page, read
from zsparkcrawl.archive import Archive, database_url
from zsparkcrawl.cli import main
from zsparkcrawl.items import Article, Injection
from zsparkcrawl.report import figures, page
from zsparkcrawl.report.counting import gaps_of, months_between, numbering_of, rules_of, runs_of, spam_of
from zsparkcrawl.report.numbers import Monthly, Numbers
from zsparkcrawl.report.plots import PLOTS
from zsparkcrawl.report.tables import TABLES
from zsparkcrawl.report.words import ACCOUNTS, RULES, STATES, WORDS
from zsparkcrawl.rules import RULES as ALL_RULES
from zsparkcrawl.sites import site_named
from zsparkcrawl.spam.families import FAMILIES

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script>\"'><img src=http://evil.example/x> $\\frac{1}{2}$"
ROOT = Path(__file__).parents[1]


ONE_DATABASE = pytest.mark.parametrize("shared_database", ["sqlite"], indirect=True, scope="module")
"""For tests of what is made of numbers: these are the same with both, as other tests see."""


def sample_articles() -> Iterator[Article]:
    sources, known = page_sources(), recipes().pages
    for number, truth in enumerate(truths()):
        host = "www.nhtp.org" if number % 3 else "nhtp.org"
        yield read(
            Page(f"http://{host}{truth.path}", sample_page(sources[truth.path], known[truth.path])), site_named("nhtp")
        )


@pytest.fixture(scope="module")
def sample(shared_database: str) -> Iterator[Archive]:
    """An archive of the sample articles, with three runs, of which one failed."""
    with Archive.open(shared_database) as archive:
        for number, state in enumerate(("good", "failed", "good")):
            moment = NOW + dt.timedelta(days=20 * number)
            run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=moment)
            ended = moment + dt.timedelta(seconds=90 * (number + 1))
            archive.end_run(run, state=state, reason=HOSTILE, counts={"read": 5, "failed": number}, ended=ended)
        for article in sample_articles():
            archive.store(article, run_id=1, capture_id=None, now=NOW)
        yield archive


def url_of(archive: Archive) -> str:
    return archive.name if "://" in archive.name else f"sqlite:///{archive.name}"


@pytest.fixture(scope="module")
def numbers(sample: Archive) -> Numbers:
    return figures(sample)


def recounted(archive: Archive) -> list[tuple[dict[str, object], list[Counter[str]]]]:
    found = []
    for row in archive.articles():
        edits = archive.edits_of(row["id"], row["version"])
        found.append((dict(row), [Counter(one["rule"] for one in edits), Counter(one["certainty"] for one in edits)]))
    return found


def test_the_headline_is_that_of_a_recount(sample: Archive, numbers: Numbers) -> None:
    rows = recounted(sample)
    head = numbers.headline
    assert head.articles == len(rows) == len(truths())
    for name, column in (("dated", "date"), ("with_author", "author"), ("with_source", "source")):
        assert getattr(head, name) == sum(row[column] is not None for row, _ in rows)
    assert head.characters == sum(len(str(row["body"])) + len(str(row["title"] or "")) for row, _ in rows)
    assert head.edits == sum(rules.total() for _, (rules, _) in rows)
    assert head.inferred == sum(certainty["inferred"] for _, (_, certainty) in rows)
    assert head.untouched == sum(not rules for _, (rules, _) in rows)
    assert head.damaged == sum(bool(row["damage_count"]) for row, _ in rows)
    assert head.injected == sum(bool(row["injection_count"]) for row, _ in rows)
    days = sorted(str(row["date"]) for row, _ in rows if row["date"])
    assert (head.first_day, head.last_day) == (days[0], days[-1])


def test_months_periods_hosts_and_rules_are_those_of_a_recount(sample: Archive, numbers: Numbers) -> None:
    rows = recounted(sample)
    months = Counter((str(row["date"])[:7], row["section"]) for row, _ in rows if row["date"])
    assert {(each.month, each.section): each.articles for each in numbers.months} == months
    assert numbers.step == "year"
    authors = Counter(str(row["date"])[:4] for row, _ in rows if row["date"] and row["author"])
    assert {each.period: each.author for each in numbers.fill if each.author} == authors
    edits: Counter[tuple[str, str]] = Counter()
    for row, (rules, _) in rows:
        for rule, count in rules.items():
            edits[str(row["date"])[:4], rule] += count
    assert {(each.period, each.rule): each.edits for each in numbers.repairs} == edits
    assert sum(each.certain + each.inferred for each in numbers.rules) == numbers.headline.edits
    hosts = Counter(str(row["url"]).split("/")[2] for row, _ in rows)
    assert Counter({host: sum(e.articles for e in numbers.hosts if e.host == host) for host in hosts}) == hosts
    assert numbers.hosts[0].host == "www.nhtp.org"
    assert sum(each.spots for each in numbers.states) == numbers.headline.spots


def test_spam_is_counted_by_what_it_sells(numbers: Numbers) -> None:
    families = {each.family for each in numbers.spam}
    assert {"porn", "gambling"} <= families <= set(FAMILIES)
    assert {each.month for each in numbers.spam} == {"2026-11"}
    rows = [
        {"kind": "line", "phrase": "澳门赌场", "month": month, "injections": 1, "pages": 3}
        for month in ("2026-01", "2026-02")
    ]
    assert [(each.family, each.month, each.pages) for each in spam_of(rows)] == [
        ("gambling", "2026-01", 3),
        ("gambling", "2026-02", 3),
    ]


def test_gaps_and_missing_numbers() -> None:
    assert months_between("2026-02", "2026-01") == []
    months = [Monthly("2025-11", "news", 1), Monthly("2025-12", "notices", 1), Monthly("2026-01", "news", 1)]
    assert [(gap.section, gap.first, gap.last) for gap in gaps_of(months)] == [("news", "2025-12", "2025-12")]
    rows = [{"site": "nhtp", "section": "news", "native_id": number} for number in ("3", "4", "9", "10", "qnsq/7", "x")]
    (found,) = numbering_of(rows, several=False)
    assert (found.lowest, found.highest, found.stored, found.missing, found.ranges) == (3, 10, 4, 4, ((5, 8),))
    assert found.coverage == (1, 1, 0, 0, 0, 0, 1, 1)
    many = [{"site": "nhtp", "section": "news", "native_id": str(number)} for number in range(1, 2001, 3)]
    (found,) = numbering_of(many, several=True)
    assert found.section == "nhtp news"
    assert (len(found.ranges), found.ranges_in_all, found.missing) == (20, 666, 1999 - 667)
    assert sum(found.coverage) / len(found.coverage) == pytest.approx(1 / 3, abs=0.01)


def test_an_article_without_a_date_counts_where_its_listing_puts_it(database: str) -> None:
    article = Article(
        "nhtp", "news", "7", "http://www.nhtp.org/news/7.html", "园区", body="正文。", date_missing="absent"
    )
    with Archive.open(database) as archive:
        archive.store(article, run_id=None, capture_id=None, now=NOW)
        alone = figures(archive)
        assert (alone.months, alone.undated, alone.fill) == ((), 1, ())
        assert page(alone)
        change(
            archive,
            "INSERT INTO frontier (site, section, origin, kind, url, state, first_seen, listed_date, article_id) "
            "VALUES ('nhtp', 'news', '', 'article', 'u', 'read', 't', '2026-03-05', 1)",
        )
        listed = figures(archive)
    assert [(each.month, each.articles) for each in listed.months] == [("2026-03", 1)]
    assert (listed.undated, listed.step) == (0, "month")
    assert [(each.period, each.articles, each.date) for each in listed.fill] == [("2026-03", 1, 0)]


def test_only_the_latest_state_of_an_article_counts(database: str) -> None:
    first = Article("nhtp", "news", "7", "http://www.nhtp.org/news/7.html", "园区", dt.date(2026, 3, 5), body="正文。")
    with Archive.open(database) as archive:
        archive.store(replace(first, author="林青"), run_id=None, capture_id=None, now=NOW)
        archive.store(replace(first, body="新的正文。"), run_id=None, capture_id=None, now=NOW)
        found = figures(archive)
    assert (found.headline.articles, found.headline.versions, found.headline.with_author) == (1, 2, 0)
    assert found.headline.characters == len("园区新的正文。")


class Reader(HTMLParser):
    """Keeps the elements, the attributes and the text of a page, and whether each element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@ONE_DATABASE
def test_the_page_needs_nothing_else_and_runs_nothing(numbers: Numbers) -> None:
    text = page(numbers)
    assert len(text.encode()) < 500_000
    reader = parsed(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(reader.tags)
    ids = [value for _, name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for tag, name, value in reader.attributes:
        assert not name.startswith("on")
        assert name != "style", f"a style of its own in {tag}"
        if name in ("href", "src", "for", "aria-labelledby"):
            assert (value or "").lstrip("#") in ids
    assert "url(" not in re.sub(r'clip-path="url\(#\w+\)"', "", text)
    assert "@import" not in text


def test_what_pages_say_is_shown_as_text(tmp_path: Path) -> None:
    article = Article(
        "nhtp", "news", "7", f"http://{HOSTILE}/news/7.html", HOSTILE, dt.date(2026, 3, 5), body=HOSTILE,
        injections=(Injection("line", HOSTILE, "evil.example", "div"),),
    )  # fmt: skip
    with Archive.open(f"sqlite:///{tmp_path}/a.sqlite") as archive:
        for section in ("news", 'x" style="}body{', "<b>$x^{2}$栏目" + "很长" * 40):
            archive.store(replace(article, section=section), run_id=None, capture_id=None, now=NOW)
        run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
        archive.end_run(run, state="failed", reason=HOSTILE, counts={}, ended=NOW)
        text = page(figures(archive))
    reader = parsed(text)
    assert reader.tags["script"] == reader.tags["img"] == 0
    assert HOSTILE in reader.text
    assert 'x" style="}body{' in reader.text
    assert "}body{" not in text.partition("<style>")[2].partition("</style>")[0].replace("\n", "")


@ONE_DATABASE
def test_every_plot_has_a_title_a_caption_and_its_numbers(numbers: Numbers) -> None:
    reader = parsed(page(numbers))
    shown = reader.tags["svg"]
    assert shown == reader.tags["title"] - 1 >= len(PLOTS) - 1
    assert reader.tags["figure"] == reader.tags["figcaption"] == len(PLOTS) == len(TABLES)
    assert reader.tags["table"] == sum(bool(table(numbers).rows) for table in TABLES.values())
    text = "".join(reader.text)
    for name in PLOTS:
        assert all(word in text for word in (*WORDS[f"head_{name}"], *WORDS[f"note_{name}"]))


@ONE_DATABASE
def test_a_page_in_one_language_speaks_no_other(numbers: Numbers) -> None:
    chinese, english = page(numbers, "zh"), page(numbers, "en")
    assert '<html lang="zh-CN">' in chinese
    assert '<html lang="en">' in english
    heads = [WORDS[name] for name in WORDS if name.startswith(("head_", "note_"))]
    assert all(zh in chinese and en not in chinese for zh, en in heads)
    assert all(en.replace("'", "&#x27;") in english or en.replace("'", "&#39;") in english for _, en in heads)
    assert not any(zh in english for zh, _ in heads)
    assert "<input" not in chinese


def test_every_word_that_figures_hold_is_said_in_both_languages() -> None:
    assert {*FAMILIES, *STATES, *ACCOUNTS, "stored"} <= set(WORDS)
    assert set(RULES) == set(ALL_RULES)
    for zh, en in WORDS.values():
        assert zh
        assert en
        assert en.isascii()


def test_the_same_archive_gives_the_same_bytes(sample: Archive, numbers: Numbers) -> None:
    told = page(numbers)
    program = (
        "import sys; from zsparkcrawl.archive import Archive; from zsparkcrawl.report import figures, page\n"
        "with Archive.open(sys.argv[1], readonly=True) as archive: sys.stdout.buffer.write(page(figures(archive)).encode())"
    )
    environ = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "TZ": "America/Lima"}
    command = [sys.executable, "-c", program, url_of(sample)]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode() == told


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@ONE_DATABASE
def test_text_and_figures_stand_out_in_light_and_in_dark(numbers: Numbers) -> None:
    css = page(numbers).partition("<style>")[2].partition("</style>")[0]
    roots = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    assert len(roots) == 2
    for root in roots:
        colours = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", root))
        for ground in ("--paper", "--card"):
            for name in ("--ink", "--soft", "--link"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
            for name in (name for name in colours if name.startswith("--series-")):
                assert contrast(colours[name], colours[ground]) >= 3, (name, ground)
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) <= set(re.findall(r"(--[\w-]+): ", css))
    assert "#0a0b" not in css


def zspark(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_writes_a_page_or_json(sample: Archive, numbers: Numbers, tmp_path: Path) -> None:
    database = ("--database", url_of(sample))
    out = tmp_path / "report.html"
    result = zspark("report", *database, "-o", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{numbers.headline.articles} articles in {out}\n"
    assert out.read_text("utf-8") == page(numbers)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    told = json.loads(zspark("report", *database, "--json").stdout)
    assert told == json.loads(json.dumps(asdict(numbers)))
    assert zspark("report", *database, "--lang", "zh").stdout == page(numbers, "zh")


def test_faults_are_told_in_one_line(sample: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(f"sqlite:///{tmp_path}/empty.sqlite"):
        pass
    with sqlite3.connect(tmp_path / "other.sqlite") as connection:
        connection.execute("CREATE TABLE songs (id INTEGER)")
    connection.close()
    good = url_of(sample)
    for database, arguments, told in (
        (f"sqlite:///{tmp_path}/empty.sqlite", (), "holds no article"),
        (f"sqlite:///{tmp_path}/other.sqlite", (), "belongs to another program"),
        (f"sqlite:///{tmp_path}/missing.sqlite", (), "no database at"),
        (good, ("-o", tmp_path / "no" / "report.html"), "cannot write"),
        (good, ("-o", tmp_path), "cannot write"),
    ):
        result = zspark("report", "--database", database, *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert told in line

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = zspark("report", "--database", good)
    assert result.exit_code == 1
    assert 'pip install "zsparkcrawl[report]"' in result.stderr


def test_database_comes_from_the_environment(sample: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSPARK_DATABASE", url_of(sample))
    assert database_url(dict(os.environ)) == url_of(sample)
    assert json.loads(zspark("report", "--json").stdout)["sites"] == ["nhtp"]


def test_rules_and_runs_from_rows() -> None:
    rows = [
        {"month": None, "rule": "gbk", "certainty": "inferred", "edits": 2},
        {"month": "2026-01", "rule": "gbk", "certainty": "certain", "edits": 3},
        {"month": "2026-01", "rule": "units", "certainty": "inferred", "edits": 9},
    ]
    assert [(each.rule, each.certain, each.inferred) for each in rules_of(rows)] == [("units", 0, 9), ("gbk", 3, 2)]
    run = {
        "id": 2,
        "site": "nhtp",
        "section": "news",
        "started": "2026-11-22T00:00:00Z",
        "ended": None,
        "state": "died",
        "reason": None,
        "counts": {},
    }
    ended = {
        **run,
        "id": 1,
        "ended": "2026-11-22T00:01:30Z",
        "state": "good",
        "counts": {"read": 4, "failed": 1, "unreadable": 2},
    }
    first, second = runs_of([run, ended], several=False)
    assert (first.id, first.seconds, first.read, first.failed) == (1, 90, 4, 3)
    assert (second.seconds, second.reason, second.failed) == (None, "", 0)


@ONE_DATABASE
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium is installed")
def test_a_browser_shows_it_without_scripts_at_any_width(numbers: Numbers, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(page(numbers), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for width in (360, 390, 1280):
            context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
            tab, asked = context.new_page(), []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.goto(path.as_uri())
            assert asked == [path.as_uri()]
            chinese, english = (tab.get_by_text(word, exact=True).first for word in WORDS["head_fill"])
            assert chinese.is_visible()
            assert english.is_visible()
            tab.click("label[for=choose-en]")
            assert not chinese.is_visible()
            assert english.is_visible()
            tab.click("label[for=choose-zh]")
            assert chinese.is_visible()
            assert not english.is_visible()
            for plot in tab.locator("svg").all():
                box = plot.bounding_box()
                assert box is not None
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width
            context.close()
        browser.close()
