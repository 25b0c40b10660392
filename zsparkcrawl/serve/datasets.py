"""A metadata file for datasette, so that it shows the database with its meaning: https://docs.datasette.io"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zsparkcrawl.archive.database.opening import VERSION_TABLE
from zsparkcrawl.archive.tables.describing import comments

__all__ = ["datasette_metadata"]

_TABLES: Mapping[str, Mapping[str, Any]] = {
    "articles": {
        "title": "Articles 文章",
        "label_column": "title",
        "sort_desc": "date",
        "facets": ["section", "site", "source", "date_missing"],
        "size": 50,
    },
    "versions": {"title": "Versions 版本", "sort_desc": "made_at", "facets": ["made_by", "package", "charset"]},
    "edits": {"title": "Edits 修改", "facets": ["rule", "certainty", "field"]},
    "injections": {
        "title": "Injections 外来内容",
        "label_column": "phrase",
        "sort_desc": "pages",
        "facets": ["kind", "carrier", "domain"],
    },
    "injection_pages": {"title": "Pages of injections 外来内容所在"},
    "runs": {"title": "Runs 抓取", "sort_desc": "id", "facets": ["section", "state"]},
    "captures": {
        "title": "Captures 存档响应",
        "sort_desc": "id",
        "label_column": "url",
        "facets": ["status", "charset"],
    },
    "seen": {"title": "Listings 列表所见", "sort_desc": "last_seen", "label_column": "title"},
    "frontier": {"title": "Frontier 待抓取", "label_column": "url", "facets": ["state", "kind", "section"]},
    "files": {"title": "Files 文件", "sort_desc": "size", "facets": ["type"]},
    "article_files": {"title": "Files of articles 文章附件", "label_column": "name", "facets": ["kind"]},
}
"""How the tables that people look at are shown; all others are of use to the program alone."""

_QUERIES: Mapping[str, Mapping[str, str]] = {
    "needed_repair": {
        "title": "What the articles needed by way of repair 修复情况",
        "sql": "select a.id, a.date, a.title, v.edit_count, v.inferred_count, v.damage_count from articles a "
        "join versions v on v.article_id = a.id and v.version = a.version "
        "order by v.damage_count desc, v.edit_count desc",
    },
    "by_month": {
        "title": "Articles by month 每月篇数",
        "sql": "select substr(date, 1, 7) as month, section, count(*) as articles from articles "
        "where date is not null group by 1, 2 order by 1",
    },
    "edits_of": {
        "title": "The edits of an article 一篇文章的修改",
        "sql": "select field, position, rule, start, before, after, certainty from edits "
        "where article_id = :article_id order by version desc, field, position",
    },
}


def datasette_metadata(database: str = "zspark") -> dict[str, Any]:
    """The metadata for a database whose file has this name, without its ending. What only the program uses is hidden.

    >>> datasette_metadata()["databases"]["zspark"]["tables"]["articles"]["columns"]["editor"]
    'the responsible editor; never taken for the author'
    """
    shown: dict[str, Any] = {VERSION_TABLE: {"hidden": True}}
    for name, (comment, columns) in comments().items():
        described = {"description": f"{comment[:1].upper()}{comment[1:]}.", "columns": dict(columns)}
        shown[name] = {**described, **_TABLES.get(name, {"hidden": True})}
    return {
        "title": "Park news archive 园区新闻档案",
        "description": "Articles of a science park's website, with every change of their text on record. NULL means "
        "that the page does not say; moments are UTC.",
        "databases": {database: {"tables": shown, "queries": {name: dict(query) for name, query in _QUERIES.items()}}},
    }
