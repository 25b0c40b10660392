"""Faults that can be foreseen: each has one clear line and an honest exit code, and never a traceback."""

from __future__ import annotations

__all__ = ["ZsparkError"]


class ZsparkError(Exception):
    """Something that the user or the world did, told in one line. ``exit_code`` is what a command ends with."""

    exit_code = 1
