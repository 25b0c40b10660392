"""What the parts of :class:`zsparkcrawl.archive.Archive` stand on: its connections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Engine

__all__ = ["Connected"]


class Connected(ABC):
    """Something with an open database. Its parts say what can be asked; the archive itself has the connections."""

    name: str
    _engine: Engine

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]:
        """A transaction that may write, or the one that is under way."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads, or the one that is under way."""

    @abstractmethod
    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]:
        """The rows of a query, one after the other."""
