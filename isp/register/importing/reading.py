"""From bytes to a sheet: headers, and rows with their line numbers. Nothing is understood yet, only read.

Read: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252; comma, semicolon or tab; quoted
cells with line breaks. A file that is too large is refused from its stream, of which no more than the limit
is read.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from isp.register.importing.problems import Problem, Unreadable, count_of

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 500
_CHUNK = 256 * 1024
_DELIMITERS = (",", ";", "\t")
_LONGEST_LINE = 1_000_000  # characters; a line of twenty million commas would fill the memory
_SAMPLE = 40  # records looked at to tell the delimiter
_TITLE_LINES = 3
_SAVE_AS = "Save it as CSV (in Excel: File, Save As, “CSV UTF-8”) and choose that file."

# The first bytes of what people choose by mistake.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", f"This is an older Office file, perhaps an Excel workbook. {_SAVE_AS}"),
    (b"%PDF", "This is a PDF, and a PDF has no columns to read. Export the list again as CSV."),
    (b"{\\rtf", "This is a word processor's document. Export the list again as CSV."),
    (b"\x1f\x8b", "This is a compressed file. Unpack it and choose the CSV file inside."),
    (b"7z\xbc\xaf", "This is a compressed file. Unpack it and choose the CSV file inside."),
    (b"\x89PNG", "This is a picture. Export the list again as CSV."),
    (b"\xff\xd8\xff", "This is a picture. Export the list again as CSV."),
    (b"SQLite format 3", "This is a database. Export the list from it as CSV."),
)


class Readable(Protocol):
    """A stream of bytes, as an upload or an open file is."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Row:
    """The cells under the headers, as they stand in the file. `line` is where the row begins, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read. `problems` are rows that do not fit the headers (they are not in `rows`).

    `encoding` is "UTF-8", "UTF-16" or "Windows-1252"; `notes` are sentences about what was left out.
    """

    headers: tuple[str, ...]
    header_line: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...]


def read(
    source: bytes | Readable,
    *,
    known: Callable[[str], bool] | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Sheet:
    """Read a file. Raises Unreadable, whose message says what the file is and what to do.

    `known` tells a column name that means something to us (mapping.is_known): it decides between delimiters
    where the file alone does not. From a stream no more than `max_bytes` and one byte is read.
    """
    text, encoding = _decoded(_bytes_of(source, max_bytes))
    forced = re.match(r"sep=([,;\t])\r?\n", text)
    best = _best_layout(text, (forced[1],) if forced else _DELIMITERS, known or _nothing)
    records = _records(text, best.delimiter)
    notes = []
    for _ in range(best.skipped + bool(forced)):
        line, cells = next(records)
        if not forced or line > 1:
            notes.append(f"Line {line} was taken for a title and left out: “{' '.join(cells).strip()[:80]}”.")
    header_line, raw = next(records, (0, []))
    if not raw:
        raise _empty()
    fitting, problems = _rows(records, len(raw), max_rows)
    headers, rows = _named(raw, fitting)
    if not rows and not problems:
        raise Unreadable(
            "This file has column names and no rows under them. Choose a file with the list in it."
        )
    return Sheet(headers, header_line, rows, problems, encoding, best.delimiter, tuple(notes))


def _nothing(_header: str) -> bool:
    return False


def _bytes_of(source: bytes | Readable, max_bytes: int) -> bytes:
    if isinstance(source, bytes):
        _refuse_what_is_no_text(source[:_CHUNK])
        if len(source) > max_bytes:
            raise _too_large(max_bytes)
        return source
    parts: list[bytes] = []
    size = 0
    while part := source.read(min(_CHUNK, max_bytes + 1 - size)):
        if not parts:
            _refuse_what_is_no_text(part)
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise _too_large(max_bytes)
    return b"".join(parts)


def _empty() -> Unreadable:
    return Unreadable("This file is empty. Export the list again, and choose the new file.")


def _too_large(max_bytes: int) -> Unreadable:
    return Unreadable(
        f"This file is larger than {max_bytes // 1_000_000} MB, which no list of one school is. "
        "Check that it is the right file; if it is, split it into several."
    )


def _refuse_what_is_no_text(head: bytes) -> None:
    if head.startswith(b"PK\x03\x04"):
        workbook = b"xl/" in head or b"workbook" in head
        raise Unreadable(
            f"This is an Excel workbook. {_SAVE_AS}"
            if workbook
            else f"This is a compressed file or an Office document. If it is a spreadsheet: {_SAVE_AS}"
        )
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            raise Unreadable(sentence)
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"This is not a text file. If it is a spreadsheet: {_SAVE_AS}")


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text, encoding = data.decode("utf-16"), "UTF-16"
        else:
            try:
                text, encoding = data.decode("utf-8-sig"), "UTF-8"
            except UnicodeDecodeError:
                text, encoding = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        raise Unreadable(f"This file's letters cannot be read. {_SAVE_AS}") from None
    if "\0" in text:
        raise Unreadable(f"This is not a text file. If it is a spreadsheet: {_SAVE_AS}")
    if max(map(len, text.splitlines()), default=0) > _LONGEST_LINE:
        raise Unreadable(f"This file has a line of more than {_LONGEST_LINE:,} characters, so it is no list.")
    start = text[:200].lstrip().casefold()
    if start.startswith(("<!doctype html", "<html", "<table")):
        raise Unreadable(
            f"This is a web page, though its name may say otherwise. Open it in Excel. {_SAVE_AS}"
        )
    if start.startswith("<?xml"):
        raise Unreadable(
            "This is an XML file, perhaps a Common Transfer File. Export the list as CSV instead."
        )
    if not text.strip(' \t\r\n,;"'):
        raise _empty()
    return text, encoding


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line it begins on.

    Raises Unreadable at one that cannot be parsed.
    """
    # strict: without it, a quotation mark that is never closed swallows the rest of the file as one cell.
    parser = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = parser.line_num + 1
        try:
            cells = next(parser)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"Line {line}: {_about(error)}") from None
        if any(cell and not cell.isspace() for cell in cells):
            yield line, cells


def _about(error: csv.Error) -> str:
    if "expected after" in str(error):
        return "there is text between a closing quotation mark and the next column. Export the file again."
    if "field larger" in str(error):
        return "a cell here is longer than any list has. A quotation mark may be opened and never closed."
    return "a quotation mark is opened here and never closed. Close it, or export the file again."


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    skipped: int
    width: int
    known: int
    agreeing: float

    def rank(self) -> tuple[int, bool, bool, float, int]:
        return (self.known, self.width > 1, not self.skipped, self.agreeing, self.width)


def _best_layout(text: str, delimiters: tuple[str, ...], known: Callable[[str], bool]) -> _Layout:
    layouts = [_layout(text, delimiter, known) for delimiter in delimiters]
    return max(layouts, key=_Layout.rank)


def _layout(text: str, delimiter: str, known: Callable[[str], bool]) -> _Layout:
    sample: list[list[str]] = []
    try:
        for line, cells in itertools.islice(_records(text, delimiter), _SAMPLE):
            if line > 1 or not re.fullmatch(r"sep=[,;\t]?", cells[0]):
                sample.append(cells)
    except Unreadable:
        pass  # what was read up to there is enough to tell; reading in earnest will say where it broke
    if not sample:
        return _Layout(delimiter, 0, 0, 0, 0.0)
    skipped = 0
    while skipped < _TITLE_LINES and _is_title(sample[skipped:]):
        skipped += 1
    header = sample[skipped]
    widths = Counter(len(cells) for cells in sample[skipped:])
    return _Layout(
        delimiter,
        skipped,
        len(header),
        sum(known(cell) for cell in header),
        widths[len(header)] / (len(sample) - skipped),
    )


def _is_title(records: list[list[str]]) -> bool:
    """Whether the first record is a line above the headers: one filled cell, and several in the next
    record.
    """
    if len(records) < 2:
        return False
    filled, below = (sum(bool(cell.strip()) for cell in cells) for cells in records[:2])
    if filled == 1 and below > 1:
        return True
    # "Pupils, autumn 2026" above twelve columns falls into two cells; the next lines agree with each other.
    return len(records) > 2 and 2 * len(records[0]) <= len(records[1]) == len(records[2])


def _rows(
    records: Iterator[tuple[int, list[str]]], width: int, max_rows: int
) -> tuple[list[Row], tuple[Problem, ...]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in records:
        if len(rows) + len(problems) >= max_rows:
            raise Unreadable(
                f"This file has more than {max_rows:,} rows. "
                "Check that it is the right one; if it is, split it into several."
            )
        # A spreadsheet writes empty cells beside the table for every column anybody ever typed in.
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]  # noqa: PLW2901 - the same row, trimmed
        if len(cells) == width:
            rows.append(Row(line, tuple(cells)))
        else:
            problems.append(Problem(line, None, _ragged(len(cells), width)))
    return rows, tuple(problems)


def _ragged(found: int, width: int) -> str:
    sentence = f"this row has {count_of(found, 'cell')}, and there are {count_of(width, 'column')}."
    if found > width:
        return f"{sentence} A cell with a comma in it may need quotation marks around it."
    return f"{sentence} Fill the row, or take it out if it is not part of the list."


def _named(raw: list[str], rows: list[Row]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Headers in one form; a column with neither a name nor anything in it is left out."""
    if len(raw) > MAX_COLUMNS:
        raise Unreadable(f"This file has {len(raw):,} columns. Export only the ones that are needed.")
    headers = [" ".join(header.split()) for header in raw]
    keep = [
        index
        for index, header in enumerate(headers)
        if header or any(row.cells[index].strip() for row in rows)
    ]
    named = tuple(headers[index] or f"Column {index + 1}" for index in keep)
    first: dict[str, int] = {}
    for place, header in zip(keep, named, strict=True):
        if header.casefold() in first:
            raise Unreadable(
                f"Two columns are called “{header}” ({first[header.casefold()] + 1} and {place + 1}). "
                "Rename one of them, or take it out."
            )
        first[header.casefold()] = place
    if len(keep) == len(raw):
        return named, tuple(rows)
    return named, tuple(Row(row.line, tuple(row.cells[index] for index in keep)) for row in rows)
