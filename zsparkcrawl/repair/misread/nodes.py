"""Readings as the search for misread text goes on: paths, and the nodes of which they are made."""

from __future__ import annotations

__all__ = ["Node", "Path"]


class Node:
    """Text that was completed at ``place``; ``options`` are the characters that it may be when bytes were lost, none of
    them when an ASCII character is unknown, None when nothing was lost. ``bits`` is what it costs so far, ``standing``
    whether it is what is shown."""

    def __init__(  # noqa: PLR0913, PLR0917 - made a hundred times a character, where names cost
        self,
        before: Node | None,
        place: int,
        text: str,
        bits: float,
        standing: bool,
        options: tuple[str, ...] | None = None,
    ) -> None:
        self.before = before
        self.place = place
        self.text = text
        self.bits = bits
        self.standing = standing
        self.options = options


class Path:
    """One reading so far: bits, the last two characters in Simplified, the bytes of the character that is begun, the
    last node, whether it takes what is shown for good text, and how many lost characters it ends in. Never changed."""

    def __init__(  # noqa: PLR0913, PLR0917 - as above
        self,
        cost: float,
        context: str,
        begun: tuple[bytes, ...],
        node: Node | None,
        standing: bool,
        in_a_row: int,
    ) -> None:
        self.cost = cost
        self.context = context
        self.begun = begun
        self.node = node
        self.standing = standing
        self.in_a_row = in_a_row
