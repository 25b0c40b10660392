"""What can go wrong with a whole run over collections, or with one of its files: each has one clear line."""

from __future__ import annotations

from zsparkcrawl.errors import ZsparkError

__all__ = ["BulkError", "BusyError", "ChoiceError", "SourceError", "UnfitError"]


class BulkError(ZsparkError):
    """The run cannot go on: the disk is full, a worker was killed, a cluster is gone. What is done stays done."""


class ChoiceError(ZsparkError):
    """What was asked for makes no sense: no such input, two inputs of one name, a folder inside itself."""

    exit_code = 2


class BusyError(ZsparkError):
    """Another process writes into the same folder."""

    exit_code = 3


class SourceError(ZsparkError):
    """One file cannot be worked on; the others are."""


class UnfitError(ZsparkError):
    """One record cannot be worked on, and why; it is kept as it came."""
