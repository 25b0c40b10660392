"""The archive in a notebook: rows and frames with types, and the ways it refuses."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import polars
import pytest

import zsparkcrawl
from tests.conftest import IN_SQLITE
from tests.raw import url_of
from zsparkcrawl.archive import Archive, ArchiveError
from zsparkcrawl.archive.exports.dictionary import article_columns
from zsparkcrawl.edits import Edit
from zsparkcrawl.export import ColumnsError
from zsparkcrawl.extras import ExtraMissingError
from zsparkcrawl.items import Article, Image
from zsparkcrawl.notebook import ArchiveReader, NoArticleError, open_archive

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
FULL = Article(
    "nhtp",
    "news",
    "7",
    "http://park.example/news/7.html",
    title="产业园区",
    date=dt.date(1899, 5, 6),
    time=dt.time(8, 5),
    body="正文",
    images=(Image("http://park.example/1.jpg", "图"),),
    edits={"title": (Edit("annotations", 1, "(yè)", ""),)},
)
BARE = Article("nhtp", "news", "8", "http://park.example/news/8.html")


@pytest.fixture
def place(data: Path) -> Path | str:
    """What `open_archive` takes: the file of SQLite, or the URL of a server's database."""
    with Archive.open(url_of(data)) as archive:
        for article in (FULL, BARE):
            archive.store(article, run_id=None, capture_id=None, now=NOW)
    return data / "zspark.sqlite" if "sqlite" in url_of(data) else url_of(data)


def test_articles_have_types(place: Path | str) -> None:
    with zsparkcrawl.open_archive(place) as archive:
        full, bare = archive.articles(raw=True)
        assert (full["date"], full["time"], full["first_seen"]) == (FULL.date, FULL.time, NOW)
        assert (full["title"], full["title_raw"], full["images"]) == (
            "产业园区",
            "产(yè)业园区",
            [{"url": "http://park.example/1.jpg", "caption": "图"}],
        )
        assert (bare["date"], bare["title"], bare["title_raw"], bare["body"]) == (None, None, None, "")
        assert (archive.count(), archive.count(repaired=True), archive.count(section="notices")) == (2, 1, 0)


def test_a_frame_of_pandas(place: Path | str) -> None:
    with open_archive(place) as archive:
        frame = archive.frame(columns=list(article_columns()))
        empty = archive.frame(section="notices")
    assert {name: str(frame[name].dtype) for name in ("title", "version", "date", "first_seen", "gone_at")} == {
        "title": "string",
        "version": "Int64",
        "date": "datetime64[s]",
        "first_seen": "datetime64[s, UTC]",
        "gone_at": "datetime64[s, UTC]",
    }
    assert (frame["date"][0].date(), frame["time"][0], frame["body"][1]) == (FULL.date, FULL.time, "")
    assert frame["title"].isna().tolist() == frame["date"].isna().tolist() == [False, True]
    assert (len(empty), str(empty["date"].dtype)) == (0, "datetime64[s]")


def test_a_frame_of_polars(place: Path | str) -> None:
    with open_archive(place) as archive:
        frame = archive.frame("polars", columns=list(article_columns()))
        empty = archive.frame("polars", section="notices")
    assert [frame.schema[name] for name in ("title", "version", "date", "time", "first_seen")] == [
        polars.String,
        polars.Int64,
        polars.Date,
        polars.Time,
        polars.Datetime("ms", "UTC"),
    ]
    assert (frame["date"].to_list(), frame["time"].to_list()) == ([FULL.date, None], [FULL.time, None])
    assert frame["images"][0][0]["caption"] == "图"
    assert (frame["body"][1], len(empty), empty.schema["date"]) == ("", 0, polars.Date)


def test_edits_and_versions(place: Path | str) -> None:
    with open_archive(url_of(place.parent) if isinstance(place, Path) else place) as archive:
        assert [edit["before"] for edit in archive.edits("news/7")] == ["(yè)"]
        assert archive.edits(1, version=2) == []
        assert [version["title"] for version in archive.versions(FULL.url)] == ["产业园区"]
        with pytest.raises(NoArticleError, match="no article 'news/9'"):
            archive.versions("news/9")
        assert str(place) in repr(archive)


@pytest.mark.usefixtures("place")
def test_the_archive_of_the_environment() -> None:
    with open_archive() as archive:
        assert archive.count() == 2


@IN_SQLITE
def test_it_refuses_in_one_line(place: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArchiveError, match="no database at"):
        open_archive(tmp_path / "none.sqlite")
    with open_archive(place) as archive:
        with pytest.raises(ColumnsError, match="no column 'nonsense'"):
            next(archive.articles(columns=["nonsense"]))
        with pytest.raises(ValueError, match="no engine 'excel'"):
            archive.frame("excel")  # type: ignore[call-overload]
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(ExtraMissingError, match=r"pip install \"zsparkcrawl\[pandas\]\""):
            archive.frame()
        with pytest.raises(TypeError):
            archive.count(colour="red")  # type: ignore[call-arg]


def test_repairing_a_text_loads_no_sql() -> None:
    program = (
        "import sys, zsparkcrawl; zsparkcrawl.repair('园区'); assert 'sqlalchemy' not in sys.modules; "
        "assert zsparkcrawl.open_archive.__name__ == 'open_archive'; assert 'sqlalchemy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1])
    assert "open_archive" in zsparkcrawl.__all__
    assert isinstance(zsparkcrawl.open_archive, type(open_archive))
    assert not hasattr(zsparkcrawl, "nonsense")
    assert ArchiveReader.__doc__


@IN_SQLITE
@pytest.mark.parametrize("name", ["since", "until", "as_of"])
@pytest.mark.parametrize("value", ["2019-01-01", dt.datetime(2019, 1, 1, tzinfo=dt.UTC)])
def test_days_are_days(place: Path | str, name: str, value: object) -> None:
    """A moment compared with days would leave out its own day without a word."""
    with open_archive(place) as reader, pytest.raises(TypeError, match=f"{name} is a datetime.date, and not"):
        list(reader.articles(**{name: value}))  # type: ignore[arg-type]
