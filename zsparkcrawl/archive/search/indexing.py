"""The index of the search, and how it is kept in step: each function works in the transaction given to it.

On PostgreSQL it is that of :mod:`zsparkcrawl.archive.search.grams`; what follows is about SQLite.

FTS5's own tokenizers do not serve Chinese: `unicode61` takes a sentence for a word, `trigram` finds nothing shorter
than three characters. So each character goes in as a word of its own, also a mark or a line end, and what is looked
for is asked as a phrase: it is found exactly where these characters stand side by side. :func:`alike` sees to it that
the tokenizer `ascii`, for which everything beyond ASCII belongs to a word, needs no more than blanks in between.

The index holds no text (`content=''`): to take an article out, the texts must be named that were put in.
`search_entries` has their digest, so that the index is never told wrong ones; it counts as out of step instead.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from zsparkcrawl.archive.search import grams
from zsparkcrawl.archive.search.matching import Texts, texts_of
from zsparkcrawl.archive.search.queries import FIELDS
from zsparkcrawl.archive.tables.schema import articles, search_entries, search_state
from zsparkcrawl.chinese.alike import alike_version

__all__ = [
    "INDEX",
    "Progress",
    "add_entry",
    "can_index",
    "change_entry",
    "index_faults",
    "is_ready",
    "rebuild",
    "renew",
    "spaced",
]

INDEX = "article_search"
"""The virtual table; its columns are the fields, its rows have the numbers of the articles."""

Progress = Callable[[int, int], None]
"""Is told how many articles of how many are done."""

_FORM = "1"
"""By which rules of this module the index is made: to be counted up with them."""
_AT_ONCE = 200
_ROOM = 64 << 20
"""Bytes of memory in which FTS5 collects while the index is made. With its own 1 MiB it writes and merges so many parts
that 10,000 articles took 3.0 s, not 2.1 s, and left a file a third larger."""
_DEFAULT_ROOM, _DEFAULT_MERGE = 1 << 20, 4
"""What FTS5 begins with."""

_COLUMNS = ", ".join(FIELDS)
_PUT = f"INSERT INTO {INDEX}(rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - names of this module
_TAKE = f"INSERT INTO {INDEX}({INDEX}, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?)"  # noqa: S608
_SET = f"INSERT INTO {INDEX}({INDEX}, rank) VALUES (?, ?)"  # noqa: S608
_MAKE = f"CREATE VIRTUAL TABLE {INDEX} USING fts5({_COLUMNS}, content='', tokenize='ascii')"
_OUT_OF_STEP = "`zsparkcrawl search --rebuild` makes it anew"


def spaced(text: str) -> str:
    """A text, as :func:`alike` has it, in the form in which the index takes it.

    >>> spaced("产业园区")
    '产 业 园 区'
    """
    return text.replace("", " ")[1:-1]  # 3 ns a character; str.join takes 30


def is_ready(connection: Connection) -> bool:
    """Whether the index is there, in step, and made by the rules of this program."""
    return can_index(connection) and _is_kept(connection)


def renew(connection: Connection) -> None:
    """Make the index anew when it is not ready: after an update, say, that brought other rules."""
    if not can_index(connection):
        connection.execute(delete(search_state))  # it will not be kept in step
    elif not _is_kept(connection):
        rebuild(connection)


def rebuild(connection: Connection, progress: Progress | None = None) -> int:
    """Make the index from the articles, and return how many there are."""
    whole = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    if _on_server(connection):
        grams.build(connection)
        if progress is not None:
            progress(whole, whole)
        return int(whole)
    done = 0
    connection.execute(delete(search_state))
    connection.execute(delete(search_entries))
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {INDEX}")
    connection.exec_driver_sql(_MAKE)
    connection.exec_driver_sql(_SET, [("hashsize", _ROOM), ("automerge", 0)])
    for rows in _texts(connection).partitions():
        given = [(row["id"], texts_of(row)) for row in rows]
        connection.exec_driver_sql(_PUT, [_values(number, texts) for number, texts in given])
        digests = [{"article_id": number, "digest": _digest(texts)} for number, texts in given]
        connection.execute(insert(search_entries), digests)
        done += len(rows)
        if progress is not None:
            progress(done, whole)
    connection.exec_driver_sql(_SET, [("hashsize", _DEFAULT_ROOM), ("automerge", _DEFAULT_MERGE)])
    connection.execute(insert(search_state).values(version=_version()))
    return done


def add_entry(connection: Connection, article_id: int, row: Mapping[str, Any]) -> None:
    """Put a new article into the index."""
    if _on_server(connection):
        grams.add(connection, row)
    elif _is_kept(connection):
        texts = texts_of(row)
        connection.exec_driver_sql(_PUT, _values(article_id, texts))
        connection.execute(_ADD_ENTRY, {"article_id": article_id, "digest": _digest(texts)})


def change_entry(connection: Connection, article_id: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Put what an article says now into the index in place of what it said before."""
    if _on_server(connection):
        grams.change(connection, old, new)
        return
    before, after = texts_of(old), texts_of(new)
    if before == after or not _is_kept(connection):
        return
    same = search_entries.c.article_id == article_id
    if connection.execute(select(search_entries.c.digest).where(same)).scalar() != _digest(before):
        connection.execute(delete(search_state))
        return
    connection.exec_driver_sql(_TAKE, _values(article_id, before))
    connection.exec_driver_sql(_PUT, _values(article_id, after))
    connection.execute(update(search_entries).where(same).values(digest=_digest(after)))


def index_faults(connection: Connection) -> Iterator[str]:
    """Where the index does not say what the articles say, each fault in one line. Every character is counted."""
    if not can_index(connection):
        return
    if not _is_kept(connection):
        yield f"the search index is out of step with the articles and not used: {_OUT_OF_STEP}"
        return
    if _on_server(connection):
        if (fault := grams.fault(connection)) is not None:
            yield f"the search index {fault}: {_OUT_OF_STEP}"
        return
    wrong: list[int] = []
    times, having = Counter[str](), Counter[str]()
    entered = connection.execute(select(search_entries.c.article_id, search_entries.c.digest))
    digests = {row.article_id: row.digest for row in entered}
    for rows in _texts(connection).partitions():
        for row in rows:
            texts = texts_of(row)
            if digests.get(row["id"]) != _digest(texts):
                wrong.append(row["id"])
            found = Counter("".join(texts.values()))
            times.update(found)
            having.update(found.keys())
    if wrong:
        which = f"article {wrong[0]}" + (f" and {len(wrong) - 1} more" if wrong[1:] else "")
        yield f"the search index does not hold what {which} says: {_OUT_OF_STEP}"
    elif (unlike := _unlike(connection, times, having)) is not None:
        yield f"the search index does not count {unlike!r} as the articles do: {_OUT_OF_STEP}"


def _unlike(connection: Connection, times: Mapping[str, int], having: Mapping[str, int]) -> str | None:
    """The first character that stands elsewhere in the index than in the articles."""
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, {INDEX}, row)")
    try:
        counted = connection.exec_driver_sql("SELECT term, doc, cnt FROM temp.search_terms")
        there = {term: (articles, number) for term, articles, number in counted}
    finally:
        connection.exec_driver_sql("DROP TABLE temp.search_terms")
    meant = {term: (having[term], number) for term, number in times.items()}
    return min((term for term, _ in there.items() ^ meant.items()), default=None)


_ADD_ENTRY = insert(search_entries)
_MODULE = "SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'"
_KEPT = select(exists().where(search_state.c.version == bindparam("version")))


def can_index(connection: Connection) -> bool:
    """Whether this is PostgreSQL, or a SQLite that was built with FTS5."""
    return _on_server(connection) or bool(connection.exec_driver_sql(_MODULE).scalar())


def _on_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _is_kept(connection: Connection) -> bool:
    """Whether articles are to be entered. A database is opened for writing by :func:`renew`: so it is not kept where
    there is no FTS5."""
    version = grams.VERSION if _on_server(connection) else _version()
    return bool(connection.execute(_KEPT, {"version": version}).scalar())


def _version() -> str:
    return f"{_FORM} {alike_version()}"


def _texts(connection: Connection) -> Any:
    wanted = select(articles.c.id, *(articles.c[name] for name in FIELDS)).order_by(articles.c.id)
    return connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}).mappings()


def _values(article_id: int, texts: Texts) -> tuple[object, ...]:
    return (article_id, *(spaced(texts[name]) if name in texts else None for name in FIELDS))


def _digest(texts: Texts) -> str:
    parts = "\0".join(texts.get(name, "\1") for name in FIELDS)  # neither of the two is in any text
    return hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()
