"""The commands history and diff, as somebody at a terminal or in a pipe meets them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zsparkcrawl.archive import Archive
from zsparkcrawl.cli import main
from zsparkcrawl.items import Article, Attachment

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
FIRST = Article(
    "nhtp",
    "news",
    "1207",
    "http://www.nhtp.org/news/1207.html",
    title="园区新闻",
    date=dt.date(2019, 2, 19),
    body="第一段说的是园区今年新建的三座厂房。\n第二段说的是园区的道路和照明，以及沿河的绿化。\n第三段。",
)
SECOND = replace(
    FIRST,
    title="园区\x1b[31m要闻",
    source="健康报",
    body=FIRST.body.replace("三座", "四座").replace("\n第三段。", ""),
    attachments=(Attachment("附件.doc", "http://www.nhtp.org/a.doc"),),
)
THIRD = replace(SECOND, source="江畔日报")


@pytest.fixture
def archive(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ZSPARK_DATABASE", database)
    with Archive.open(database) as opened:
        run = opened.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
        for article in (FIRST, SECOND, THIRD):
            opened.store(article, run_id=run, capture_id=None, now=NOW)
        yield opened


def zspark(*arguments: object, color: bool = False) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], color=color)


def test_history_tells_each_version_with_the_kinds_of_its_changes(archive: Archive) -> None:
    result = zspark("history", "news/1207")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "version\tmade at\tmade by\trun\tchanged",
        "1\t2026-11-22T08:30:00Z\tsite\t1\t",
        "2\t2026-11-22T08:30:00Z\tsite\t1\ttitle: edited, source: edited, body: edited, attachments: edited",
        "3\t2026-11-22T08:30:00Z\tsite\t1\tsource: edited",
        "",
    ]
    archive.mark_gone(1, NOW, "404\non three visits")
    told = zspark("history", 1).stdout.splitlines()[-1]
    assert told == "gone since 2026-11-22T08:30:00Z: 404 on three visits"
    found = json.loads(zspark("history", 1, "--json").stdout)
    assert (found["id"], found["gone_at"]) == (1, "2026-11-22T08:30:00Z")
    assert [version["version"] for version in found["versions"]] == [1, 2, 3]
    assert found["versions"][2]["changed"] == {"source": "edited"}


@pytest.mark.usefixtures("archive")
def test_diff_shows_the_places_that_differ() -> None:
    result = zspark("diff", "news/1207", 1, 2)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "title: edited",
        "  园区[-新-]{+ [31m要+}闻",
        "source: edited",
        "  {+健康报+}",
        "body: edited",
        "  …一段说的是园区今年新建的[-三-]{+四+}座厂房。 第二段说的是园…",
        "  …和照明，以及沿河的绿化。[-¶第三段。-]",
        "attachments: edited",
        "  {+name=附件.doc url=http://www.nhtp.org/a.doc type=doc+}",
    ]


@pytest.mark.usefixtures("archive")
def test_diff_of_the_latest_and_of_versions_far_apart() -> None:
    assert zspark("diff", 1).stdout == "source: edited\n  [-健康-]{+江畔日+}报\n"
    assert zspark("diff", 1, 2).stdout == zspark("diff", 1, 2, 3).stdout == zspark("diff", 1).stdout
    assert zspark("diff", 1, 3, 3).stdout == "versions 3 and 3 do not differ\n"
    far = zspark("diff", 1, 1, 3).stdout.splitlines()
    assert far[2:4] == ["source", "  {+江畔日报+}"], "the kind is known from one version to the next"
    back = zspark("diff", 1, 3, 2).stdout
    assert back == "source\n  [-江畔日-]{+健康+}报\n"


@pytest.mark.usefixtures("archive")
def test_diff_as_json_and_in_colour() -> None:
    found = json.loads(zspark("diff", 1, 1, 2, "--json").stdout)
    assert (found["old"], found["new"]) == (1, 2)
    fields = {field["field"]: field for field in found["fields"]}
    assert fields["title"]["places"][0]["before"] == "新"
    assert fields["body"]["places"][0] == {
        "start": 13,
        "end": 14,
        "new_start": 13,
        "new_end": 14,
        "before": "三",
        "after": "四",
    }
    assert (fields["source"]["before"], fields["source"]["after"]) == (None, "健康报")
    assert "\x1b[31m[-健康-]\x1b[0m\x1b[32m{+江畔日+}\x1b[0m报" in zspark("diff", 1, color=True).stdout


@pytest.mark.usefixtures("archive")
def test_what_is_not_there_is_refused_in_one_line() -> None:
    for arguments, told in (
        (("history", "news/9"), "no article 'news/9'"),
        (("diff", "news/9"), "no article 'news/9'"),
        (("diff", 1, 1, 7), "has no version 7: there are 1 to 3"),
    ):
        result = zspark(*arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert told in line


def test_an_article_in_one_version_has_nothing_to_compare(archive: Archive) -> None:
    archive.store(replace(FIRST, native_id="8"), run_id=None, capture_id=None, now=NOW)
    result = zspark("diff", "news/8")
    assert result.exit_code == 1
    assert "article 'news/8' has one version only" in result.stderr
