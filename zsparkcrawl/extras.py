"""Libraries that come with an extra of the package, and may be missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from zsparkcrawl.errors import ZsparkError

__all__ = ["ExtraMissingError", "extra"]


class ExtraMissingError(ZsparkError):
    """A library that only some uses need is not installed; the message says how to get it."""


def extra(module: str, name: str) -> ModuleType:
    """The module of a library that the package's extra of this name brings. Raises ExtraMissingError.

    >>> extra("json", "excel").__name__
    'json'
    >>> extra("no_such_module", "excel")
    Traceback (most recent call last):
    zsparkcrawl.extras.ExtraMissingError: no_such_module is not installed: pip install "zsparkcrawl[excel]"
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != library:
            raise  # the library is there, and lacks something of its own
        raise ExtraMissingError(f'{library} is not installed: pip install "zsparkcrawl[{name}]"') from error
