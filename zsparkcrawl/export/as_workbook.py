"""A workbook (.xlsx) of three sheets: the articles, what of their texts goes on, and what the columns mean.

Days, times and moments (UTC) are such, numbers are numbers, and every text is a text: none becomes a formula or a
link, also when somebody edits the cell. An unknown value is no cell, an empty text is a cell with an empty text. A text
longer than a cell holds is shown on coloured ground and goes on in the sheet "continued", with the row and column it
belongs to: put together, the parts are the text. Bytes are the same each time: the file's dates are fixed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zsparkcrawl.archive.exports.dictionary import typed
from zsparkcrawl.export.as_json import to_json
from zsparkcrawl.export.choosing import Heading
from zsparkcrawl.export.faults import ExportError
from zsparkcrawl.export.guarding import CELL_LONGEST, cell_length, escape, is_formula_like
from zsparkcrawl.extras import extra

__all__ = ["write"]

_ROWS = 1_048_576
"""Rows that a sheet of Excel has."""
_PART = 16_000
"""Characters of a part of a long text: as UTF-16 they are at most 32,000 units, and no character is cut in two."""
_ESCAPE_LONGEST = len("_xHHHH_")
"""Units that one character takes at most."""
_CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the date that stands for none in a ZIP file
_FIRST_DAY = dt.date(1900, 3, 1)
"""Excel's calendar has a 29th of February 1900, so earlier days would be shown wrong; they are written as text."""

_WIDTHS = {"title": 44, "body": 60, "url": 36, "author": 14, "source": 18, "section": 9, "native_id": 11}
_KIND_WIDTHS = {"day": 11, "time": 9, "moment": 19, "integer": 9, "list": 24, "text": 14}
"""Widths of columns, in characters. Chosen."""
_SHAPES = {"day": "yyyy-mm-dd", "time": "hh:mm:ss", "moment": "yyyy-mm-dd hh:mm:ss"}


def write(rows: Iterable[Mapping[str, Any]], path: Path, columns: Sequence[Heading]) -> int:
    """Write rows to a file, and return how many. Raises ExtraMissingError without xlsxwriter, ExportError when there
    are more rows than a sheet has, and OSError."""
    library = extra("xlsxwriter", "excel")
    with TemporaryDirectory(dir=path.parent, prefix=".") as folder:  # where there is room for the file, too
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        book = library.Workbook(str(path), options)
        book.set_properties({"created": _CREATED})
        try:
            number = _Sheets(book, columns).fill(rows)
            book.close()
        except library.exceptions.FileCreateError as error:
            raise error.args[0] from error  # the OSError it was made of
        finally:
            for sheet in book.worksheets():  # when it failed they are open, and cannot be closed on a full disk
                with suppress(OSError):
                    sheet.row_data_fh.close()
    return number


class _Sheets:
    """The sheets of a workbook that is being written, row by row."""

    def __init__(self, book: Any, columns: Sequence[Heading]) -> None:
        self._book, self._columns = book, columns
        self._formats = {kind: book.add_format({"num_format": shape}) for kind, shape in _SHAPES.items()}
        self._quoted = book.add_format({"quote_prefix": True})
        self._long = book.add_format({"bg_color": "#FFF2CC", "quote_prefix": True})
        head = book.add_format({"bold": True, "bottom": 1})
        self._articles, self._rest = self._sheet("articles"), self._sheet("continued")
        self._rest_row = 0
        for place, heading in enumerate(columns):
            name = heading.column.name.removesuffix("_raw")
            self._articles.set_column(place, place, _WIDTHS.get(name) or _KIND_WIDTHS[heading.column.kind])
        self._heads = [(self._articles, [heading.label for heading in columns])]
        self._heads.append((self._rest, ["row", "column", "part", "text"]))
        for sheet, names in self._heads:
            sheet.freeze_panes(1, 0)
            for place, name in enumerate(names):
                sheet.write_string(0, place, name, head)
        self._rest.set_column(3, 3, 100)
        self._describe(head)

    def fill(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write rows, and return how many."""
        number = 0
        for row in rows:
            number += 1
            if number >= _ROWS:
                raise ExportError(f"a sheet holds {_ROWS - 1} articles: filter them, or write another format")
            for place, heading in enumerate(self._columns):
                value = row[heading.column.name]
                if value is not None:
                    self._write(number, place, value)
        self._articles.autofilter(0, 0, number, len(self._columns) - 1)
        return number

    def _sheet(self, name: str) -> Any:
        # The library's own escape of _x005F_x000D_ is read back as another text, so the sheets have ours.
        library = extra("xlsxwriter.worksheet", "excel")
        ours = type("Sheet", (library.Worksheet,), {"_escape_control_characters": staticmethod(escape)})
        return self._book.add_worksheet(name, ours)

    def _write(self, row: int, place: int, value: Any) -> None:
        heading = self._columns[place]
        kind = heading.column.kind
        if kind == "integer":
            self._articles.write_number(row, place, value)
        elif kind in _SHAPES and (moment := _moment(value, kind)) is not None:
            self._articles.write_datetime(row, place, moment, self._formats[kind])
        else:
            text = value if isinstance(value, str) else to_json(value)
            first, *others = _parts(text)
            self._write_text(self._articles, row, place, first, self._long if others else None)
            for part, other in enumerate(others, 2):
                self._continue(row, heading.label, part, other)

    def _continue(self, row: int, label: str, part: int, text: str) -> None:
        self._rest_row += 1
        if self._rest_row >= _ROWS:
            raise ExportError("there are more long texts than a sheet has rows: filter them, or write another format")
        self._rest.write_number(self._rest_row, 0, row + 1)  # as the spreadsheet counts rows
        self._rest.write_string(self._rest_row, 1, label)
        self._rest.write_number(self._rest_row, 2, part)
        self._write_text(self._rest, self._rest_row, 3, text, None)

    def _write_text(self, sheet: Any, row: int, place: int, text: str, shape: Any) -> None:
        if shape is None and is_formula_like(text):
            shape = self._quoted
        if text.startswith("<r>"):  # the library takes it for markup of its own and would write it as it is
            sheet.write_rich_string(row, place, text[0], text[1], text[2:], *([shape] if shape else []))
        else:
            sheet.write_string(row, place, text, shape)

    def _describe(self, head: Any) -> None:
        sheet = self._sheet("columns")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 2, 18)
        sheet.set_column(3, 4, 70)
        lines = [("column", "name", "名称", "meaning", "含义")]
        for heading in self._columns:
            column = heading.column
            lines.append((heading.label, column.name, column.chinese, column.meaning, column.meaning_chinese))
        for row, cells in enumerate(lines):
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, None if row else head)


def _moment(value: str, kind: Any) -> dt.date | dt.time | dt.datetime | None:
    """The value as the library takes it; None for what no cell can hold as a day or a time."""
    try:
        found = typed(value, kind)
    except ValueError:
        return None
    if isinstance(found, dt.datetime):
        found = found.replace(tzinfo=None)
        return found if found.date() >= _FIRST_DAY else None
    return None if isinstance(found, dt.date) and found < _FIRST_DAY else found


def _parts(text: str) -> Iterator[str]:
    """A text in parts that a cell holds each; most are whole."""
    if len(text) * _ESCAPE_LONGEST <= CELL_LONGEST or _written_length(text) <= CELL_LONGEST:
        yield text
        return
    start = 0
    while start < len(text):
        part = text[start : start + _PART]
        while _written_length(part) > CELL_LONGEST:
            part = part[: len(part) // 2]
        yield part
        start += len(part)


def _written_length(text: str) -> int:
    """The length of a text in a cell, with room for its escapes."""
    return cell_length(escape(text))
