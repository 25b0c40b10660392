"""The formats: which there are, which module writes each, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from zsparkcrawl.archive.views.loading import Beside
from zsparkcrawl.export.faults import FormError

__all__ = ["FORMATS", "Form", "Format", "form_of", "writer_of"]

Format = Literal["csv", "excel", "json", "jsonl", "parquet", "sqlite"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Form:
    """How a format is written: by a function of a module of this package that is given the rows, a stream of bytes or
    the path of a file that is not there yet, and the headings; and what the rows must carry besides the columns."""

    module: str
    function: str = "write"
    into: Literal["stream", "path"] = "stream"
    beside: tuple[Beside, ...] = ()
    text: bool = True
    """Whether a person can read it on a terminal."""


_FORMS: Mapping[Format, Form] = {
    "csv": Form("as_csv"),
    "excel": Form("as_excel"),
    "json": Form("as_json", "write_array"),
    "jsonl": Form("as_json", "write_lines"),
    "parquet": Form("as_parquet", text=False),
    "sqlite": Form("as_sqlite", into="path", beside=("edits", "injections"), text=False),
}
_WORKBOOK = Form("as_workbook", into="path", text=False)


def form_of(form: Format, out: Path | BinaryIO) -> Form:
    """How a format is written into a file or a stream: Excel's is a workbook when the file's name ends in .xlsx.
    Raises FormError when there is no such format, or when it is not for what was named.

    >>> form_of("excel", Path("a.xlsx")).module, form_of("excel", Path("a.csv")).module
    ('as_workbook', 'as_excel')
    """
    if form not in _FORMS:
        raise FormError(f"no format {form!r}: there are {', '.join(FORMATS)}")
    meant = _FORMS[form]
    if form == "excel" and isinstance(out, Path):
        if out.suffix.lower() not in (".csv", ".xlsx"):
            raise FormError(f"a table for Excel is written to a .csv or a .xlsx, and {out} is neither")
        meant = _WORKBOOK if out.suffix.lower() == ".xlsx" else meant
    if meant.into == "path" and not isinstance(out, Path):
        raise FormError(f"{form} is written to a file and not to a stream: name one with -o")
    if not meant.text and not isinstance(out, Path) and out.isatty():
        raise FormError(f"{form} is nothing to read on a terminal: name a file with -o")
    return meant


def writer_of(form: Form) -> Callable[..., int]:
    """The function that writes a format; its module, and with it any library, is loaded now."""
    writer: Callable[..., int] = getattr(import_module(f"zsparkcrawl.export.{form.module}"), form.function)
    return writer
