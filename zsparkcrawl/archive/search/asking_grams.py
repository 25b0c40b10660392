"""How a query is answered on PostgreSQL: what the index finds, see :mod:`zsparkcrawl.archive.search.grams`, is looked
into, and ranked by the same formula as everywhere. Each function works in the transaction that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from zsparkcrawl.archive.articles.selecting import Filters, select_meant
from zsparkcrawl.archive.search.grams import GRAMS, forms_of, keys_of
from zsparkcrawl.archive.search.matching import K1, LEAST, RANK_DIGITS, WEIGHTS, B, weight_of
from zsparkcrawl.archive.search.queries import FIELDS, All, AnyOf, Query, Without, Word, words_of
from zsparkcrawl.archive.tables.schema import articles, search_state

__all__ = ["ask", "count", "select_ids", "select_ranked"]

_ROOM = "64MB"
"""Memory in which the server notes what the index finds: when it is short it notes pages, and must look at all on
them."""
# Not to compile what is asked: for a few thousand texts that takes longer than the answer.
_BEGIN = select(
    search_state.c.articles,
    search_state.c.characters,
    func.set_config("work_mem", _ROOM, True),
    func.set_config("jit", "off", True),
)
_MANY_FORMS = 8
"""From so many on they are made others character by character, and not one form after the other; chosen."""
_a = articles.c
_grams: ColumnElement[Any] = literal_column(GRAMS, ARRAY(Integer))


def ask(connection: Connection, query: Query, filters: Filters, limit: int, offset: int) -> list[tuple[float, int]]:
    """Rank and number of the articles that are found: the best first; of equal ones the latest first, and then by
    number."""
    found = select_ranked(connection, query).cte("found")
    shown = select(found.c.rank, found.c.id).where(found.c.id.in_(select_meant(filters)))
    order = (found.c.rank, found.c.date.desc().nulls_last(), found.c.id)
    rows = connection.execute(shown.order_by(*order).limit(limit).offset(offset))
    return [(rank, number) for rank, number in rows]


def count(connection: Connection, query: Query, filters: Filters) -> int:
    """How many articles are found."""
    found = select_ids(connection, query).subquery()
    wanted = select(func.count()).select_from(found).where(found.c.id.in_(select_meant(filters)))
    return int(connection.execute(wanted).scalar_one())


def select_ids(connection: Connection, query: Query) -> Select[Any]:
    """The numbers of the articles that a query finds, in no order."""
    _begin(connection)
    return _select(_Texts.of(forms_of(connection, _characters(query))), query, _a.id)


def select_ranked(connection: Connection, query: Query) -> Select[Any]:
    """The articles that a query finds, in no order: id, date, and rank, of which the best is the least."""
    number, characters = _begin(connection)
    words = words_of(query)
    texts = _Texts.of(forms_of(connection, _characters(query)))
    counts = [texts.counted(word).label(f"n{number}") for number, word in enumerate(words)]
    found = _select(texts, query, _a.id, _a.date, texts.length().label("length"), *counts).cte("having")
    if isinstance(query, Word):  # what is found is what has it
        n = cast(select(func.count()).select_from(found).scalar_subquery(), Float)
        log = func.ln(func.greatest((float(number) - n + 0.5) / (n + 0.5), literal(1.0)))
        weights: list[ColumnElement[float]] = [func.coalesce(func.nullif(log, 0.0), literal(LEAST))]
    else:
        weights = [literal(weight_of(_having(connection, texts, word), number)) for word in words]
    mean = characters / number if number else 1.0
    long = literal(K1) * (literal(1 - B) + literal(B) * found.c.length / literal(mean))
    parts = (
        weight * (found.c[f"n{at}"] * literal(K1 + 1)) / (found.c[f"n{at}"] + long) for at, weight in enumerate(weights)
    )
    rank = func.round(cast(-sum(parts, literal(0.0)), Numeric), RANK_DIGITS)
    return select(found.c.id, found.c.date, cast(rank, Float).label("rank"))


def _begin(connection: Connection) -> tuple[int, int]:
    """Set the server up for what follows in this transaction; returns how many articles there are, and how many
    characters these have."""
    number, characters, *_ = connection.execute(_BEGIN).one()
    return number, characters


def _having(connection: Connection, texts: _Texts, word: Word) -> int:
    """How many articles have a word."""
    return int(connection.execute(_select(texts, word, func.count())).scalar_one())


def _select(texts: _Texts, query: Query, *columns: ColumnElement[Any]) -> Select[Any]:
    found = select(*columns).select_from(articles.join(texts.made, true()))
    return found.where(_by_index(query, texts.forms), texts.says(query))


def _by_index(query: Query, forms: Mapping[str, str]) -> ColumnElement[bool]:
    """What the index finds: never too little."""
    match query:
        case Word(text, _):
            return and_(
                *(_grams.op("&&", is_comparison=True)(literal(keys, ARRAY(Integer))) for keys in keys_of(text, forms))
            )
        case All(parts):
            return and_(*(_by_index(part, forms) for part in parts))
        case AnyOf(parts):
            return or_(*(_by_index(part, forms) for part in parts))
        case Without(wanted, _):
            return _by_index(wanted, forms)


@dataclass(frozen=True)
class _Texts:
    """The texts of an article with all forms of the characters that are looked for made one: fetched and made once for
    each article, however often they are looked into."""

    forms: Mapping[str, str]
    made: FromClause

    @classmethod
    def of(cls, known: Mapping[str, str]) -> _Texts:
        forms = {form: one for one, each in known.items() for form in each if form != one}
        plain: Mapping[str, Column[Any]] = {name: _a[name] for name in FIELDS}
        named = [func.coalesce(_made(text, forms), "").label(name) for name, text in plain.items()]
        return cls(known, select(*named).offset(0).correlate(articles).lateral("texts"))

    def says(self, query: Query) -> ColumnElement[bool]:
        """Whether the article is meant."""
        match query:
            case Word(text, field):
                return or_(*(func.strpos(self.made.c[name], text) > 0 for name in _fields(field)))
            case All(parts):
                return and_(*map(self.says, parts))
            case AnyOf(parts):
                return or_(*map(self.says, parts))
            case Without(wanted, unwanted):
                return and_(self.says(wanted), not_(self.says(unwanted)))

    def length(self) -> ColumnElement[int]:
        return sum((func.char_length(self.made.c[name]) for name in FIELDS[1:]), func.char_length(self.made.c.body))

    def counted(self, word: Word) -> ColumnElement[float]:
        """How often a word stands in the article, each field by its weight."""
        parts = (
            cast(_times(self.made.c[name], word.text), Float) * literal(WEIGHTS[name]) for name in _fields(word.field)
        )
        return sum(parts, literal(0.0))


def _made(text: ColumnElement[Any], forms: Mapping[str, str]) -> ColumnElement[Any]:
    """A text with forms of characters made others."""
    if not forms:
        return func.concat(text, literal("", Text))  # so the server keeps what it fetched
    if len(forms) > _MANY_FORMS:
        return func.translate(text, "".join(forms), "".join(forms.values()))
    for form, one in forms.items():
        text = func.replace(text, form, one)
    return text


def _fields(named: str | None) -> Sequence[str]:
    return FIELDS if named is None else (named,)


def _times(text: ColumnElement[Any], word: str) -> ColumnElement[Any]:
    """How often a word stands in a text, also where it begins inside of itself."""
    if any(word.startswith(word[place:]) for place in range(1, len(word))):
        # It has only letters, digits and characters beyond ASCII, none of which means something to the server.
        places = func.regexp_matches(text, f"(?={word})", "g").table_valued("place")
        return select(func.count()).select_from(places).scalar_subquery()
    left = func.octet_length(func.replace(text, word, ""))
    return (func.octet_length(text) - left) // len(word.encode())


def _characters(query: Query) -> set[str]:
    match query:
        case Word(text, _):
            return set(text)
        case All(parts) | AnyOf(parts):
            return set().union(*map(_characters, parts))
        case Without(wanted, unwanted):
            return _characters(wanted) | _characters(unwanted)
