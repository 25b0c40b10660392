"""Is the database sound? Not only its pages: also what its rows say of one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from zsparkcrawl.archive.search.indexing import index_faults
from zsparkcrawl.archive.tables.schema import articles, captures, edits, versions
from zsparkcrawl.edits import Edit, revert

__all__ = ["check_database"]

_AT_ONCE = 200


def check_database(connection: Connection) -> Iterator[str]:
    """Each fault in one line. The first kind of fault that makes the others meaningless ends the search."""
    if connection.dialect.name == "sqlite":
        damaged = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        yield from (f"integrity_check: {' '.join(line.split())}" for line in damaged)
        if damaged:
            return
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"row {row} of {table} refers to a row of {parent} that is not there"
    yield from _wrong_revisits(connection)
    yield from _wrong_versions(connection)
    yield from _wrong_edits(connection)
    yield from index_faults(connection)


def _wrong_revisits(connection: Connection) -> Iterator[str]:
    body = captures.alias("body")
    wrong = or_(body.c.revisit_of.is_not(None), body.c.url != captures.c.url, body.c.digest != captures.c.digest)
    found = select(captures.c.id, body.c.id).join(body, captures.c.revisit_of == body.c.id).where(wrong)
    for capture, of in connection.execute(found.order_by(captures.c.id)):
        yield f"capture {capture} has its body from capture {of}, which has none of this address and digest"


def _wrong_versions(connection: Connection) -> Iterator[str]:
    latest = select(func.max(versions.c.version)).where(versions.c.article_id == articles.c.id).scalar_subquery()
    wrong = select(articles.c.id, articles.c.version, latest).where(or_(latest.is_(None), latest != articles.c.version))
    for article, version, last in connection.execute(wrong.order_by(articles.c.id)):
        yield f"article {article} is in version {version}, and the last one kept is {last}"
    same = and_(edits.c.article_id == versions.c.article_id, edits.c.version == versions.c.version)
    counted = select(func.count()).where(same).scalar_subquery()
    miscounted = select(versions.c.article_id, versions.c.version, versions.c.edit_count, counted)
    for article, version, told, there in connection.execute(miscounted.where(versions.c.edit_count != counted)):
        yield f"article {article}, version {version}: {there} edits are kept, and {told} were made"


def _wrong_edits(connection: Connection) -> Iterator[str]:
    # The text is asked for once a version, and not with each of its edits, of which a long page has thousands.
    order = (edits.c.article_id, edits.c.version, edits.c.field, edits.c.position)
    with connection.execute(select(edits).order_by(*order), execution_options={"yield_per": _AT_ONCE}) as rows:
        for (article, version), of_version in groupby(rows, lambda row: (row.article_id, row.version)):
            of_number = select(versions).where(versions.c.article_id == article, versions.c.version == version)
            texts = connection.execute(of_number).one()._asdict()
            for field, made in groupby(of_version, lambda row: row.field):
                try:
                    undone = [Edit(row.rule, row.start, row.before, row.after, row.certainty) for row in made]
                    revert(_text(texts, field), undone)
                except (ValueError, LookupError) as error:
                    yield f"article {article}, version {version}: the edits of {field} cannot be undone: {error}"


def _text(row: Mapping[str, Any], field: str) -> str:
    """The text of a field, or of an item of one, as in attachments.0."""
    kind, _, number = field.partition(".")
    value = row[kind]
    if number:
        value = value[int(number)]["name" if kind == "attachments" else "caption"]
    return value or ""
