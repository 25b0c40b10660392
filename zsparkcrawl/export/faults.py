"""What goes wrong when a table is handed out."""

from __future__ import annotations

from zsparkcrawl.errors import ZsparkError

__all__ = ["ColumnsError", "ExportError", "FormError"]


class ExportError(ZsparkError):
    """The table could not be written."""


class ColumnsError(ExportError):
    """Columns were asked for that there are not."""

    exit_code = 2


class FormError(ExportError):
    """A format was asked for that there is not, or that what was named cannot take."""

    exit_code = 2
