"""What somebody looks for: a small language of words, and the tree that it means. Pure: no database.

    产业 园区             both (AND may stand between)
    产业 OR 园区          one of them at least
    园区 NOT 招聘         園區 -招聘: the one without the other
    "产业 园区"           “产业 园区”: exactly this, the blank included
    标题:园区             in the title; also with brackets and quotes behind the colon
    (a OR b) c            brackets group; AND binds closer than OR

A word is found wherever it stands in the text, inside of longer ones too: Chinese does not say where a word ends.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zsparkcrawl.chinese.alike import alike
from zsparkcrawl.errors import ZsparkError

__all__ = ["FIELDS", "All", "AnyOf", "Query", "QueryError", "Without", "Word", "parse", "quoted", "words_of"]

FIELDS = ("body", "title", "author", "source")
"""What is searched, when a query names no field."""

_NAMES = {
    **{name: name for name in FIELDS},
    "标题": "title",
    "正文": "body",
    "作者": "author",
    "来源": "source",
}
_LONGEST, _MOST_WORDS, _DEEPEST = 1000, 64, 12
"""Characters, words and brackets inside of one another that a query may have. FTS5's own parser gives up at about 20
levels; the rest is chosen."""

_BETWEEN = r'\s\u3000"“()（）'
_PIECE = re.compile(
    rf"""
    [\s\u3000]+
  | "(?P<straight>(?:[^"]|"")*)"
  | “(?P<curly>[^”]*)”
  | (?P<opened>["“])
  | (?P<bracket>[()（）])
  | (?P<run>[^{_BETWEEN}]+)
    """,
    re.VERBOSE,
)
_MINUS = re.compile(r"[-－](?![\s\u3000)）]|$)")
"""A minus in front of something."""


class QueryError(ZsparkError):
    """A query cannot be understood; the message says why, in one line."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters to be found as it stands: ``text`` as :func:`alike` has it, ``field`` one of FIELDS, or None
    for any."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part is to be found in the article, in whichever field."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part at least is to be found."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """``wanted`` is to be found, ``unwanted`` is not."""

    wanted: Query
    unwanted: Query


Query = Word | All | AnyOf | Without


def parse(text: str) -> Query:
    """The tree that a query means. Raises QueryError for one that is empty, too long, only says what is not wanted, or
    lacks a quote or a bracket.

    >>> parse("產業 -招聘")
    Without(wanted=Word(text='产业', field=None), unwanted=Word(text='招聘', field=None))
    >>> parse("标题:(园区 OR 基地)")
    AnyOf(parts=(Word(text='园区', field='title'), Word(text='基地', field='title')))
    >>> parse("(园区")
    Traceback (most recent call last):
    ...
    zsparkcrawl.archive.search.queries.QueryError: a bracket ( is not closed
    """
    if len(text) > _LONGEST:
        raise QueryError(f"the query has {len(text)} characters: at most {_LONGEST} are understood")
    return _Parser(_tokens(text)).whole()


def quoted(text: str) -> str:
    """A text as a query that looks for exactly this.

    >>> quoted('the "C" word')
    '"the ""C"" word"'
    """
    return '"' + text.replace('"', '""') + '"'


def words_of(query: Query) -> tuple[Word, ...]:
    """The words that may be found in a hit, each once: those that are not wanted are left out.

    >>> [word.text for word in words_of(parse("a OR (b -c) a"))]
    ['a', 'b']
    """
    return tuple(dict.fromkeys(_words(query)))


def _words(query: Query) -> Iterator[Word]:
    match query:
        case Word():
            yield query
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _words(part)
        case Without(wanted, _):
            yield from _words(wanted)


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind``: word, field, AND, OR, NOT, ( or )."""

    kind: str
    text: str = ""


_BRACKETS = {"(": "(", "（": "(", ")": ")", "）": ")"}


def _tokens(text: str) -> Iterator[_Token]:
    for match in _PIECE.finditer(text):
        kind = match.lastgroup
        if kind == "straight":
            yield _phrase(match["straight"].replace('""', '"'))
        elif kind == "curly":
            yield _phrase(match["curly"])
        elif kind == "opened":
            raise QueryError(f"a quote {match['opened']} is not closed")
        elif kind == "bracket":
            yield _Token(_BRACKETS[match["bracket"]])
        elif kind == "run":
            yield from _run(match)


def _phrase(text: str) -> _Token:
    if not text:
        raise QueryError("there is nothing between the quotes")
    return _Token("word", text)


def _run(match: re.Match[str]) -> Iterator[_Token]:
    """What characters without a blank between them say: an operator, or a word, perhaps with a minus or a field."""
    text = match["run"]
    if text in ("AND", "OR", "NOT"):
        yield _Token(text)
        return
    if _MINUS.match(match.string, match.start()):
        yield _Token("NOT")
        text = text[1:]
    name, colon, rest = text.replace("：", ":").partition(":")
    if colon and (field := _NAMES.get(alike(name))) is not None:
        yield _Token("field", field)
        text = rest and text[-len(rest) :]
    if text:
        yield _Token("word", text)


class _Parser:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: Iterable[_Token]) -> None:
        self._tokens = deque(tokens)
        self._words = self._depth = 0

    def whole(self) -> Query:
        """All of it."""
        if not self._tokens:
            raise QueryError("the query is empty")
        query = self._any_of(None)
        if self._tokens:
            raise QueryError("a bracket ) was never opened")
        return query

    def _peek(self) -> str | None:
        return self._tokens[0].kind if self._tokens else None

    def _any_of(self, field: str | None) -> Query:
        parts = [self._all_of(field)]
        while self._peek() == "OR":
            self._tokens.popleft()
            parts.append(self._all_of(field))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all_of(self, field: str | None) -> Query:
        wanted: list[Query] = []
        unwanted: list[Query] = []
        while self._peek() not in (None, "OR", ")"):
            if self._peek() == "AND":
                if not wanted and not unwanted:
                    raise QueryError("nothing stands before AND")
                self._tokens.popleft()
            is_wanted = True
            while self._peek() == "NOT":
                self._tokens.popleft()
                is_wanted = not is_wanted
            (wanted if is_wanted else unwanted).append(self._one(field))
        if not wanted:
            raise QueryError(
                "the query says only what is not wanted" if unwanted else "something to look for is missing"
            )
        query = wanted[0] if len(wanted) == 1 else All(tuple(wanted))
        if not unwanted:
            return query
        return Without(query, unwanted[0] if len(unwanted) == 1 else AnyOf(tuple(unwanted)))

    def _one(self, field: str | None) -> Query:
        kind = self._peek()
        if kind not in ("word", "field", "("):
            raise QueryError(f"something to look for is missing {f'before {kind}' if kind else 'at the end'}")
        token = self._tokens.popleft()
        if kind == "field":
            return self._one(token.text)
        if kind == "word":
            self._words += 1
            if self._words > _MOST_WORDS:
                raise QueryError(f"the query has more than {_MOST_WORDS} words")
            return Word(alike(token.text), field)
        return self._group(field)

    def _group(self, field: str | None) -> Query:
        """What stands in brackets; the one that opens them is read."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(f"more than {_DEEPEST} brackets stand inside of one another")
        query = self._any_of(field)
        if not self._tokens:
            raise QueryError("a bracket ( is not closed")
        self._tokens.popleft()
        self._depth -= 1
        return query
