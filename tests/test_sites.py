"""Golden pages: each page under tests/sites and what must be read from it, field by field.

A new case is made by `python -m tools.golden URL FILE CASE`; its article.json is then compared with the page by eye.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tools.golden import FIELDS, SITES, page_of, read_case, run, write_case

CASES = sorted(path.parent for path in SITES.glob("*/*/article.json"))


def name_of(case: Path) -> str:
    return case.relative_to(SITES).as_posix()


@pytest.fixture(scope="module")
def readings() -> dict[Path, dict[str, Any]]:
    """Every page is read once, whatever the number of its fields."""
    return {case: read_case(case) for case in CASES}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_golden_page(case: Path, field: str, readings: dict[Path, dict[str, Any]]) -> None:
    expected = json.loads((case / "article.json").read_text("utf-8"))["article"]
    assert readings[case][field] == expected[field]


def test_there_are_cases() -> None:
    assert {name_of(case) for case in CASES} >= {
        "nhtp/attachments-gbk",
        "nhtp/mirror-hidden-links",
        "nhtp/plain-cell",
        "nhtp/shifted",
        "other/english",
        "other/traditional",
    }


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_case_is_whole(case: Path) -> None:
    said = json.loads((case / "article.json").read_text("utf-8"))
    assert set(said["article"]) == set(FIELDS)
    assert sorted(path.name for path in case.iterdir()) == ["article.json", "page.html.gz"]
    packed = (case / "page.html.gz").read_bytes()
    assert packed[4:8] == bytes(4), "no time is stored, so that the same page gives the same file"
    assert packed == gzip.compress(page_of(case).body, 9, mtime=0)


def test_the_shifted_page_is_what_it_is_called() -> None:
    text = page_of(SITES / "nhtp/shifted").body.decode()
    assert text.count("擔(dān)當(dāng)?shù)母刹筷?duì)伍") == 2
    assert "<p>　　218日" in text
    assert "(CMO)" in text
    assert "国产av无码专区" in text


def test_the_tool_makes_a_case_and_tells_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "saved.html"
    page.write_text("<h1>园区新闻</h1><p>来源：中山日报 发布时间：2019-02-19</p><p>健康基地召开会议。</p>", "utf-8")
    words = ["http://www.nhtp.org/news/7.html", str(page), "nhtp/new", "--sites", str(tmp_path)]
    assert run(words) == 0
    said = capsys.readouterr().out
    assert 'title: "园区新闻"' in said
    assert "was otherwise" not in said
    case = tmp_path / "nhtp/new"
    first = {path.name: path.read_bytes() for path in case.iterdir()}
    assert read_case(case) == json.loads(first["article.json"])["article"]
    assert run(words) == 0
    assert {path.name: path.read_bytes() for path in case.iterdir()} == first
    page.write_text("<h1>园区要闻</h1><p>来源：中山日报 发布时间：2019-02-19</p><p>健康基地召开会议。</p>", "utf-8")
    capsys.readouterr()
    assert run(words) == 0
    changed = [line for line in capsys.readouterr().out.splitlines() if line.endswith("was otherwise")]
    assert changed == ['title: "园区要闻"  <- was otherwise']


@pytest.mark.parametrize("content", [b"", None])
def test_the_tool_refuses_in_one_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "saved.html"
    if content is not None:
        page.write_bytes(content)
    assert run(["http://www.nhtp.org/news/7.html", str(page), "nhtp/new", "--sites", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "nhtp").exists()


def test_a_profile_that_is_not_there(tmp_path: Path) -> None:
    from zsparkcrawl.sites import UnknownSiteError

    with pytest.raises(UnknownSiteError):
        write_case(tmp_path / "x", page_of(SITES / "nhtp/shifted"), "no-such-site")
