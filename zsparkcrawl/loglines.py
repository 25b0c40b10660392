"""Log lines that nothing from outside can forge, and that show no secret."""

from __future__ import annotations

import errno
import logging
import re
from typing import Any

from zsparkcrawl.errors import ZsparkError

__all__ = ["LineRecord", "guard_log", "redacted", "visible"]

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What ends a line somewhere, steers a terminal, or turns the direction of writing; not newline and tab."""
_FULL = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO])
"""What a disk says that takes no more."""
_TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_SECRET = re.compile(
    rf"""(['"][A-Z0-9_]*(?:PASS|SECRET|TOKEN|AUTH|KEY|CREDENTIAL)[A-Z0-9_]*['"]:\s*)(?:\(\s*)?{_TEXT}(?:\s+{_TEXT})*\)?"""
)
"""A setting with such a name, as Python shows a dictionary; a long text stands there in pieces."""
_SHOWING = logging.Formatter()
_LOGIN = re.compile(r"""(://[^/\s:@'"]*):[^/\s@'"]+@""")


class LineRecord(logging.LogRecord):
    """A record that is one line: what page text or a server's words bring with them is shown and not obeyed. Only a
    template that has several lines, or a traceback, goes on below, indented. A fault that can be foreseen shows no
    traceback."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._told = ""
        error = self.exc_info[1] if self.exc_info else None
        if error is not None and _foreseen(error):
            self._told, self.exc_info = f": {type(error).__name__}: {error}", None
        elif self.exc_info and error is not None:
            self.exc_text = "    " + _lines(_SHOWING.formatException(self.exc_info), several=True)

    def getMessage(self) -> str:  # noqa: N802 - logging names it so
        """The message as it is to be shown."""
        several = bool(self.args) and "\n" in str(self.msg)
        return _lines(super().getMessage(), several=several) + _lines(self._told, several=False)


def guard_log() -> None:
    """From here on, all that this process logs is made of :class:`LineRecord`. Not by a formatter: Scrapy puts its
    handler up anew, with a formatter of its own, for each crawler."""
    logging.setLogRecordFactory(LineRecord)


def visible(text: str) -> str:
    r"""Text in which control characters are written as Python writes them; newlines and tabs stay.

    >>> visible("园区\x1b[31m")
    '园区\\x1b[31m'
    """
    return _STEERING.sub(lambda found: repr(found[0])[1:-1], text)


def redacted(text: str) -> str:
    """Text without the values of settings that are named like secrets, and without passwords in addresses.

    >>> redacted("{'HTTPAUTH_PASS': 'x', 'PROXY': 'http://user:x@host/'}")
    "{'HTTPAUTH_PASS': '***', 'PROXY': 'http://user:***@host/'}"
    """
    return _LOGIN.sub(r"\1:***@", _SECRET.sub(r"\1'***'", text))


def _lines(text: str, *, several: bool) -> str:
    return visible(redacted(text)).replace("\n", "\n    " if several else r"\n")


def _foreseen(error: BaseException) -> bool:
    return isinstance(error, ZsparkError) or (isinstance(error, OSError) and error.errno in _FULL)
