"""The archive in a notebook: its articles one by one, or as a frame of pandas or polars.

>>> import tempfile, datetime as dt
>>> from zsparkcrawl import Article, open_archive
>>> from zsparkcrawl.archive import Archive
>>> folder = tempfile.TemporaryDirectory()
>>> path = f"{folder.name}/zspark.sqlite"
>>> article = Article("nhtp", "news", "7", "http://park.example/news/7.html", "园区开放日", dt.date(2024, 5, 6))
>>> with Archive.open(f"sqlite:///{path}") as made:
...     made.store(article, run_id=None, capture_id=None, now=dt.datetime(2024, 5, 7, tzinfo=dt.UTC))
'new'
>>> with open_archive(path) as archive:
...     for row in archive.articles(section="news", since=dt.date(2024, 1, 1), columns=["date", "title"]):
...         print(row)
{'date': datetime.date(2024, 5, 6), 'title': '园区开放日'}
>>> folder.cleanup()
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack, overload

from zsparkcrawl.archive import Archive, Filters, database_url
from zsparkcrawl.archive.articles.selecting import FilterWords
from zsparkcrawl.archive.database.naming import file_url
from zsparkcrawl.archive.exports.dictionary import Column, article_columns, typed
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.export import COLUMNS, article_rows, chosen_columns
from zsparkcrawl.extras import extra

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["ArchiveReader", "NoArticleError", "open_archive"]


class NoArticleError(ZsparkError):
    """What was asked for is not in the archive."""


def open_archive(path_or_url: str | os.PathLike[str] | None = None) -> ArchiveReader:
    """Open an archive to be read: a file of SQLite, or an SQLAlchemy URL; without either the one that ZSPARK_DATABASE
    or ZSPARK_DATA name, else data/zspark.sqlite. A context manager; nothing is ever written.

    Raises ArchiveError, in one line: there is none, it is another program's, or it is newer or older than this program.
    """
    if path_or_url is None:
        url = database_url(os.environ)
    else:
        named = os.fspath(path_or_url)
        url = named if "://" in named else file_url(Path(named))
    return ArchiveReader(Archive.open(url, readonly=True))


class ArchiveReader:
    """An archive that is open to be read. Made by :func:`open_archive`.

    Filters are given by name: section, site, text, source, author (texts); since, until, as_of (``datetime.date``);
    clean, repaired, disputed, gaps (True or False); gone (True, False or None); witnesses (a number or None). What they
    mean says
    :class:`zsparkcrawl.archive.Filters`. Every method raises ArchiveError when the database refuses.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<archive {self._archive.name}>"

    def close(self) -> None:
        """Close the database. Iterators that were not read to the end end now."""
        self._archive.close()

    def count(self, **filters: Unpack[FilterWords]) -> int:
        """How many articles are meant."""
        return self._archive.count(Filters(**filters))

    def articles(
        self, *, columns: Sequence[str] = COLUMNS, raw: bool = False, **filters: Unpack[FilterWords]
    ) -> Iterator[dict[str, Any]]:
        """The articles meant, one at a time, by section, date (unknown last) and number. Memory does not grow with
        their number.

        Each is a dict by column: texts are str, ``date`` is ``datetime.date``, ``time`` is ``datetime.time`` in the
        site's zone, ``first_seen``, ``last_seen`` and ``gone_at`` are aware ``datetime`` in UTC, counts and version are
        int, attachments and images lists of dicts. What is not known is None. With ``raw`` each text is followed by the
        page's own, as ``title_raw``. Raises ColumnsError for a column there is not.
        """
        names = chosen_columns(",".join(columns), raw=raw)
        kinds = [(name, article_columns()[name].kind) for name in names]
        with closing(article_rows(self._archive, Filters(**filters), names)) as rows:
            for row in rows:
                yield {name: typed(row[name], kind) for name, kind in kinds}

    @overload
    def frame(
        self,
        engine: Literal["pandas"] = "pandas",
        *,
        columns: Sequence[str] = COLUMNS,
        raw: bool = False,
        **filters: Unpack[FilterWords],
    ) -> pandas.DataFrame: ...

    @overload
    def frame(
        self,
        engine: Literal["polars"],
        *,
        columns: Sequence[str] = COLUMNS,
        raw: bool = False,
        **filters: Unpack[FilterWords],
    ) -> polars.DataFrame: ...

    def frame(
        self,
        engine: Literal["pandas", "polars"] = "pandas",
        *,
        columns: Sequence[str] = COLUMNS,
        raw: bool = False,
        **filters: Unpack[FilterWords],
    ) -> Any:
        """The articles meant as a frame, all in memory: a row each, in the order of :meth:`articles`.

        In pandas texts are ``string``, whole numbers ``Int64``, ``date`` is ``datetime64[s]``, moments are
        ``datetime64[s, UTC]``, and times and lists are objects; in polars String, Int64, Date, Datetime (ms, UTC), Time
        and List of Struct. What is not known is the engine's own null: NA, NaT, None, null.

        Raises ExtraMissingError when the engine is not installed, ColumnsError for a column there is not, ValueError
        for another engine.
        """
        if engine not in ("pandas", "polars"):
            raise ValueError(f"no engine {engine!r}: there are pandas and polars")
        library = extra(engine, engine)
        names = chosen_columns(",".join(columns), raw=raw)
        values: dict[str, list[Any]] = {name: [] for name in names}
        for row in self.articles(columns=names, **filters):
            for name, value in row.items():
                values[name].append(value)
        described = [article_columns()[name] for name in names]
        return (_pandas if engine == "pandas" else _polars)(library, described, values)

    def edits(self, key: int | str, version: int | None = None) -> list[Mapping[str, Any]]:
        """The edits of one article, in its latest or another version: by field, in the order in which they were made.

        ``key`` is its number here, its URL, or section/number as in "news/1207". Each edit has field, position, rule,
        start (the first character, in the text as it then stood), before, after, and certainty: certain or inferred.
        Raises NoArticleError.
        """
        article = self._article(key)
        return self._archive.edits_of(article["id"], article["version"] if version is None else version)

    def versions(self, key: int | str) -> list[Mapping[str, Any]]:
        """All states of one article, the first first, with the columns of the table versions, as docs/schema.md has
        them: days and moments are ISO text. Raises NoArticleError."""
        return self._archive.versions_of(self._article(key)["id"])

    def _article(self, key: int | str) -> Mapping[str, Any]:
        found = self._archive.article(str(key))
        if found is None:
            raise NoArticleError(f"no article {key!r} in {self._archive.name}")
        return found


def _pandas(pandas: Any, columns: Sequence[Column], values: Mapping[str, list[Any]]) -> Any:
    kinds = {
        "text": "string",
        "integer": "Int64",
        "day": "datetime64[s]",
        "moment": pandas.DatetimeTZDtype("s", "UTC"),
    }
    made = {c.name: pandas.Series(values[c.name], dtype=kinds.get(c.kind, "object")) for c in columns}
    return pandas.DataFrame(made)


def _polars(polars: Any, columns: Sequence[Column], values: Mapping[str, list[Any]]) -> Any:
    kinds = {
        "text": polars.String,
        "integer": polars.Int64,
        "day": polars.Date,
        "time": polars.Time,
        "moment": polars.Datetime("ms", "UTC"),
    }
    made = []
    for c in columns:
        items = c.items
        kind = polars.List(polars.Struct(dict.fromkeys(items, polars.String))) if items else kinds[c.kind]
        made.append(polars.Series(c.name, values[c.name], dtype=kind))
    return polars.DataFrame(made)
