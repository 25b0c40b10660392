"""The index of the search on PostgreSQL: a GIN index over the characters of each article and over each two of them that
stand side by side. The server keeps it in step by itself.

It goes by the texts as they are. What :func:`alike` takes for the same is seen to when something is looked for: there
all forms of a character are named. A character is entered as its number; two go into one of 65,536 numbers, so that the
index stays small (all pairs by themselves took 2.0 times the text, these 1.6; measured at 30,000 articles). What it
finds is a little too much, so the texts found are looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, delete, func, insert, select, text, update

from zsparkcrawl.archive.search.queries import FIELDS
from zsparkcrawl.archive.tables.schema import articles, search_state
from zsparkcrawl.chinese.alike import alike_to

__all__ = ["GRAMS", "VERSION", "add", "build", "change", "drop", "fault", "forms_of", "keys_of"]

VERSION = "grams 1"
"""By which rules of this module the index is made: to be counted up with them."""

_INDEX = "ix_articles_grams"
_PAIRS, _SPREAD, _NUMBERS = 1 << 21, 40503, 1 << 16
"""Pairs are numbered from beyond the last character; the spread is an odd number near 65,536 times the golden ratio."""
_ROOM = "512MB"
"""Memory in which the index is made: with 64 MB it took a third longer (measured at 3,000 articles)."""

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION zspark_grams(body text, title text, author text, source text) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000 AS $$
    SELECT array_agg(ascii(one))
        || array_agg(({_PAIRS} + ((ascii(one)::bigint * {_SPREAD} + ascii(next)) & {_NUMBERS - 1}))::integer)
    FROM (SELECT string_to_array(
        body || E'\\x01' || coalesce(title, '') || E'\\x01' || coalesce(author, '') || E'\\x01'
        || coalesce(source, '') || E'\\x01', NULL)) AS made (signs),
        unnest(signs, signs[2:]) AS pairs (one, next)
    WHERE next IS NOT NULL
$$
"""  # noqa: S608 - numbers of this module
GRAMS = "zspark_grams(articles.body, articles.title, articles.author, articles.source)"
_MAKE = f"CREATE INDEX {_INDEX} ON articles USING gin ({GRAMS.replace('articles.', '')})"
# To sample the numbers of thousands of articles would cost the server seconds and tell it nothing that it needs.
_NO_SAMPLES = f"ALTER INDEX {_INDEX} ALTER COLUMN 1 SET STATISTICS 0"

_MOST_FORMS = 2000
"""Pairs of forms that are named for one pair of characters; for more, each character is looked for by itself. Chosen:
two Latin letters have some 600."""
_MOST_PAIRS = 24
"""Pairs of one word that are asked for: the rest of a long one is looked into anyhow. Chosen."""

_THERE = text(
    "SELECT form FROM unnest(CAST(:forms AS text[])) AS form WHERE EXISTS "  # noqa: S608 - names of this module
    f"(SELECT FROM articles WHERE {GRAMS} && ARRAY[ascii(form)])"
)

_c = articles.c
_LENGTH = sum((func.coalesce(func.char_length(_c[name]), 0) for name in FIELDS[1:]), func.char_length(_c.body))
_COUNTED = select(func.count(), func.coalesce(func.sum(_LENGTH), 0))
_OURS = search_state.c.version == VERSION
_ADD = (
    update(search_state)
    .where(_OURS)
    .values(
        articles=search_state.c.articles + bindparam("more", type_=Integer),
        characters=search_state.c.characters + bindparam("longer", type_=Integer),
    )
)


def drop(connection: Connection) -> None:
    """Take the index away, as before many articles are entered at once."""
    connection.execute(delete(search_state))
    connection.exec_driver_sql(f"DROP INDEX IF EXISTS {_INDEX}")


def build(connection: Connection) -> int:
    """Make the index, and return how many articles there are."""
    connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{_ROOM}'")
    drop(connection)
    connection.exec_driver_sql(_FUNCTION)
    connection.exec_driver_sql(_MAKE)
    connection.exec_driver_sql(_NO_SAMPLES)
    number, characters = connection.execute(_COUNTED).one()
    connection.execute(insert(search_state).values(version=VERSION, articles=number, characters=characters))
    return int(number)


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Count a new article."""
    connection.execute(_ADD, {"more": 1, "longer": _length(row)})


def change(connection: Connection, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Count what an article says now in place of what it said before."""
    if (longer := _length(new) - _length(old)) != 0:
        connection.execute(_ADD, {"more": 0, "longer": longer})


def fault(connection: Connection) -> str | None:
    """What is counted wrongly, in one line."""
    told = connection.execute(select(search_state.c.articles, search_state.c.characters)).one()
    there = connection.execute(_COUNTED).one()
    if tuple(told) == tuple(there):
        return None
    return f"counts {told[0]} articles with {told[1]} characters, and there are {there[0]} with {there[1]}"


def forms_of(connection: Connection, characters: Iterable[str]) -> dict[str, str]:
    """By character, as :func:`alike` has it, its forms: those of all that it takes for the same which some
    article has, and itself. An archive of texts in Simplified has few others."""
    known = {one: alike_to(one) for one in characters}
    others = [form for one, forms in known.items() for form in forms if form != one]
    there = set(connection.execute(_THERE, {"forms": others}).scalars()) if others else set()
    return {one: "".join(form for form in forms if form == one or form in there) for one, forms in known.items()}


def keys_of(word: str, known: Mapping[str, str]) -> list[list[int]]:
    """What to ask of the index for a word, given the forms of its characters: an article that has it has a number of
    each list.

    >>> keys_of("区", {"区": "区區"}) == [[ord("区"), ord("區")]]
    True
    >>> [len(each) for each in keys_of("园区", {"园": "园園", "区": "区區"})]
    [4]
    """
    forms = [known[character] for character in word]
    if len(forms) == 1:
        return [sorted(map(ord, forms[0]))]
    asked: list[list[int]] = []
    for one, following in list(dict.fromkeys(pairwise(forms)))[:_MOST_PAIRS]:
        if len(one) * len(following) <= _MOST_FORMS:
            asked.append(sorted({_pair(a, b) for a in one for b in following}))
        else:
            asked += [sorted(map(ord, one)), sorted(map(ord, following))]
    return asked


def _pair(one: str, following: str) -> int:
    return _PAIRS + (ord(one) * _SPREAD + ord(following)) % _NUMBERS


def _length(row: Mapping[str, Any]) -> int:
    return sum(len(row[name] or "") for name in FIELDS)
