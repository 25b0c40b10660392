"""`zsparkcrawl explain`: every edit is shown with its rule, what is doubtful with its rival, and where all was read from."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.conftest import IN_SQLITE
from tests.raw import change, url_of
from zsparkcrawl import Damage, Injection
from zsparkcrawl.archive import Archive, Captured
from zsparkcrawl.clean import clean
from zsparkcrawl.cli import main
from zsparkcrawl.cli.marking import marked, stretches, visible
from zsparkcrawl.edits import Change, Edited, edit, mark, revert
from zsparkcrawl.evidence import segments_of
from zsparkcrawl.items import Article

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
SPAM = "亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区"
RAW = Article(
    site="nhtp",
    section="news",
    native_id="1207",
    url="http://www.nhtp.org/news/1207.html",
    title="產(chǎn)業(yè)園區(qū)發(fā)展",
    date=dt.date(2026, 3, 5),
    date_raw="2026-03-05 \x1b[31m",
    date_precision="day",
    date_basis="shown",
    author="陳(chén)小明",
    body=f"一支忠誠干凈擔(dān)當(dāng)?shù)母刹筷?duì)伍。\n218日，關(guān)于創(chuàng)新的會(huì)議召開。\n{SPAM}",
    charset="gb18030",
    charset_reason="the bytes decide",
    injections=(Injection("foreign-link", "点击\x1b]0;这里", "ember-win.example", "a"),),
)
FIRST = clean(RAW)
SECOND = clean(replace(RAW, title="產(chǎn)業(yè)園區(qū)新聞", date=None, date_missing="conflict", date_basis=None))
SHAPES = Captured(
    url=RAW.url,
    time=NOW,
    status=200,
    content_type="text/html",
    digest="sha1:ABC",
    file="a.warc.gz",
    offset=7,
    length=99,
)


@pytest.fixture
def archive(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive with one article in two versions."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    with Archive.open(url_of(data)) as opened:
        capture = opened.add_capture(SHAPES)
        for article in (FIRST, SECOND):
            opened.store(article, run_id=None, capture_id=capture, now=NOW)
        yield opened


def zspark(*arguments: object, color: bool = False) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], color=color)


@pytest.mark.usefixtures("archive")
def test_the_text_is_shown_with_every_edit_and_why() -> None:
    result = zspark("explain", "news/1207", "--version", 1)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == f"{RAW.url}  news/1207"
    assert "version 1 of 2, fetched so, stored 2026-11-22T08:30:00Z" in lines[1]
    assert "  {產(chǎn)業(yè)園區(qū)發(fā)→产业园区发}展" in lines
    assert "  {陳(chén)→陈}小明" in lines
    assert f"{{-¶{SPAM}-}}" in result.stdout
    told = [line.strip() for line in lines]
    assert "annotations: 10 certain. Take out the pinyin" in " ".join(told)
    assert any(line.startswith("units: 1 inferred. Put the 月 back") for line in told)
    assert "date: 2026-03-05 from '2026-03-05 <U+001B>[31m': written in full" in result.stdout
    assert "author: 陈小明: from '陳(chén)小明'" in told
    assert "source: none: the page names none" in told
    assert "charset: gb18030: the bytes decide" in told
    assert "foreign-link in a to ember-win.example: '点击<U+001B>]0;这里'" in told
    assert "capture 1: status 200, 2026-11-22T08:30:00Z, http://www.nhtp.org/news/1207.html" in told
    assert "file a.warc.gz, offset 7, 99 bytes, sha1:ABC" in told
    assert "\x1b" not in result.stdout


@pytest.mark.usefixtures("archive")
def test_the_latest_version_counts_and_a_missing_date_says_why() -> None:
    for key in (1, RAW.url):
        result = zspark("explain", key)
        assert "version 2 of 2" in result.stdout
        assert "date: none from '2026-03-05 <U+001B>[31m': the page shows several that contradict" in result.stdout


@pytest.mark.usefixtures("archive")
def test_json_tells_segments_edits_fields_and_capture() -> None:
    found = json.loads(zspark("explain", 1, "--version", 1, "--json").stdout)
    assert (found["version"], found["versions"], found["capture"]["digest"]) == (1, 2, "sha1:ABC")
    for name in ("title", "author", "body"):
        field = found["fields"][name]
        assert (field["text"], field["original"]) == (getattr(FIRST, name), getattr(RAW, name))
        assert "".join(each["text"] for each in field["segments"]) == field["text"]
        assert "".join(each["original"] for each in field["segments"]) == field["original"]
    assert {each["rule"] for each in found["edits"]} == set(found["rules"])
    assert found["date"]["date_basis"] == "shown"
    assert found["injections"][0]["domain"] == "ember-win.example"
    alone = json.loads(zspark("explain", 1, "--field", "title", "--json").stdout)
    assert list(alone["fields"]) == ["title"]
    assert {each["field"] for each in alone["edits"]} == {"title"}


@IN_SQLITE
@pytest.mark.usefixtures("archive")
def test_colours_are_for_terminals_and_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "\x1b[32m{產(chǎn)業(yè)園區(qū)發(fā)→产业园区发}\x1b[0m"
        in zspark("explain", 1, "--version", 1, color=True).stdout
    )
    plain = zspark("explain", 1).stdout
    assert zspark("explain", 1, "--no-color", color=True).stdout == plain
    assert "\x1b[31m" not in zspark("diff", 1, "--no-color", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert zspark("explain", 1, color=True).stdout == plain
    assert "\x1b[" not in zspark("diff", 1, color=True).stdout


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("news/9",), "no article 'news/9'"),
        ((1, "--version", 7), "has no version 7: there are 1 to 2"),
        ((1, "--version", 0), "has no version 0: there are 1 to 2"),
        ((1, "--field", "editor"), "has no text 'editor': it has title, author, body"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(arguments: tuple[object, ...], told: str) -> None:
    result = zspark("explain", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert told in line


def test_a_record_that_does_not_fit_is_told_in_one_line(archive: Archive) -> None:
    change(archive, "UPDATE edits SET after = '甲乙' WHERE version = 2 AND field = 'title'")
    result = zspark("explain", 1)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert "article '1', version 2: the edits do not f" in line


def test_long_unchanged_stretches_are_shortened_unless_they_are_wanted() -> None:
    edited = edit(Edited("甲" * 200 + "發" + "乙" * 200), "simplified", [Change(200, 201, "发")])
    found = list(stretches(segments_of(edited.text, edited.edits)))
    short = click.unstyle(marked(found, whole=False))
    assert short == "…176…" + "甲" * 24 + "{發→发}" + "乙" * 24 + "…176…"
    assert click.unstyle(marked(found, whole=True)) == "甲" * 200 + "{發→发}" + "乙" * 200
    healthy = list(stretches(segments_of("甲" * 500)))
    assert marked(healthy, whole=False) == "甲" * 500


def test_each_kind_of_place_has_a_mark_of_its_own() -> None:
    edited = edit(Edited("甲?乙丙??\u200b丁" + "戊"), "gbk", [Change(1, 2, "园区", "inferred")])
    edited = edit(edited, "spam-phrase", [Change(9, 10, "")])
    edited = edit(edited, "invisible", [Change(7, 8, "")])
    marks = [Damage(2, 3, "doubtful, perhaps: 圈"), Damage(5, 6, "an ASCII character was lost here")]
    edited = mark(edited, [*marks, Damage(6, 7, "doubtful, perhaps: 。")])
    shown = click.unstyle(marked(list(stretches(segments_of(edited.text, edited.edits, edited.damaged))), whole=True))
    assert shown == "甲{?⇢园[区|圈]}乙丙[?!][?|。]{<U+200B>→}丁{-戊-}"
    both = [Damage(0, 2, "doubtful, perhaps: 圈"), Damage(1, 3, "misread more than once")]
    shown = click.unstyle(marked(list(stretches(segments_of("园区里", (), both))), whole=True))
    assert shown == "[园|圈][区|圈!][里!]"
    assert revert(edited.text, edited.edits) == "甲?乙丙??\u200b丁戊"


def test_what_a_page_says_does_not_steer_the_terminal() -> None:
    hostile = "园\x1b[2J\u202e区\x9b31m"
    edited = edit(Edited(hostile + "發"), "simplified", [Change(len(hostile), len(hostile) + 1, "发\x07")])
    shown = marked(list(stretches(segments_of(edited.text, edited.edits))), whole=True)
    assert not {"\x9b", "\u202e", "\x07"} & set(shown)
    assert "\x1b[2J" not in shown
    assert visible("\x1b") == "<U+001B>"
