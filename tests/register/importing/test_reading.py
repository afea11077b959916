"""From bytes to a sheet: whatever an office exports is read, and whatever is no list is refused in words."""

import contextlib
import csv
import io
import time
import zipfile
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isp.register.importing import mapping
from isp.register.importing.problems import Unreadable
from isp.register.importing.reading import MAX_BYTES, read
from isp.register.importing.writing import neutral, write


def lines_of(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


# ------------------------------------------------------------------------------------ what is read


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_with_every_delimiter_is_read(encoding, told, delimiter):
    text = f"UPN{delimiter}Surname\r\nB801200005001{delimiter}Sørensen’s\r\n"
    sheet = read(lines_of(text, encoding))
    assert sheet.headers == ("UPN", "Surname")
    assert [(row.line, row.cells) for row in sheet.rows] == [(2, ("B801200005001", "Sørensen’s"))]
    assert (sheet.encoding, sheet.delimiter) == (told, delimiter)


def test_a_quoted_cell_may_run_over_lines_and_later_rows_keep_their_line_numbers():
    sheet = read(b'Name,Note\r\nA,"one\r\ntwo, ""three"""\r\nB,x\r\n')
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (2, ("A", 'one\r\ntwo, "three"')),
        (4, ("B", "x")),
    ]


def test_blank_lines_are_skipped_and_do_not_shift_line_numbers():
    sheet = read(b"\nName,Year\n\n,,\nA,1\n   \nB,2\n")
    assert [row.line for row in sheet.rows] == [5, 7]
    assert sheet.header_line == 2


def test_lines_may_end_as_they_did_on_old_macintoshes():
    assert [row.line for row in read(b"Name,Year\rA,1\rB,2\r").rows] == [2, 3]


def test_a_title_above_the_headers_is_left_out_and_said():
    sheet = read(b"Pupils on roll\n\nUPN,Surname,Year\nB801200005001,Ash,3\n", known=mapping.is_known)
    assert sheet.headers == ("UPN", "Surname", "Year")
    assert sheet.notes == ("Line 1 was taken for a title and left out: “Pupils on roll”.",)
    assert sheet.rows[0].line == 4


def test_a_title_with_a_comma_in_it_is_a_title_still():
    sheet = read(
        b"Pupils, autumn 2026\nUPN,Surname,Forename,Year\na,b,c,d\ne,f,g,h\n", known=mapping.is_known
    )
    assert sheet.headers == ("UPN", "Surname", "Forename", "Year")


def test_commas_in_the_cells_of_a_semicolon_file_do_not_mislead():
    sheet = read(b"Group;Pupils\n7A;x,y\n7B;z,w\n", known=mapping.is_known)
    assert sheet.rows[0].cells == ("7A", "x,y")


def test_lists_in_the_cells_of_a_comma_file_do_not_mislead():
    sheet = read(b"Group,Pupils\n7A,x;y;z\n7B,x;y;z\n", known=mapping.is_known)
    assert (sheet.delimiter, sheet.rows[0].cells) == (",", ("7A", "x;y;z"))


def test_the_line_by_which_excel_names_the_delimiter_is_obeyed():
    sheet = read(b"sep=;\r\nUPN;Year\r\na,b;1\r\n")
    assert (sheet.headers, sheet.rows[0].line, sheet.rows[0].cells) == (("UPN", "Year"), 3, ("a,b", "1"))
    assert sheet.notes == ()


def test_a_single_column_is_a_list_too():
    sheet = read(b"Surname\nAsh\nBirch\n")
    assert [row.cells for row in sheet.rows] == [("Ash",), ("Birch",)]


def test_empty_columns_beside_the_table_are_left_out_and_a_nameless_full_one_is_called_by_its_place():
    sheet = read(b"Name,,Year,\nA,x,1,\nB,,2,\n")
    assert sheet.headers == ("Name", "Column 2", "Year")
    assert sheet.rows[1].cells == ("B", "", "2")


def test_formulae_stay_the_text_they_are():
    sheet = read(b'Name,Note\n=1+1,"=HYPERLINK(""http://x.example"")"\n@SUM(A1),-2\n')
    assert sheet.rows[0].cells == ("=1+1", '=HYPERLINK("http://x.example")')
    assert sheet.rows[1].cells == ("@SUM(A1)", "-2")


def test_rows_that_do_not_fit_are_reported_by_line_and_the_others_are_read():
    sheet = read(b"Name,Year,Class\nA,1,3O\nB,2\nC,3,3O,extra\nD,4,4E,\n")
    assert [row.line for row in sheet.rows] == [2, 5]
    assert [str(problem) for problem in sheet.problems] == [
        (
            "Line 3: this row has 2 cells, and there are 3 columns. "
            "Fill the row, or take it out if it is not part of the list."
        ),
        (
            "Line 4: this row has 4 cells, and there are 3 columns. "
            "A cell with a comma in it may need quotation marks around it."
        ),
    ]


# ---------------------------------------------------------------------------------- what is refused


def workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("pupils.csv", "UPN,Surname")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (workbook(), "This is an Excel workbook. Save it as CSV"),
        (archive(), "This is a compressed file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
            "an older Office file, perhaps an Excel workbook",
        ),
        (b"%PDF-1.7\n", "This is a PDF"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"\x89PNG\r\n\x1a\n\0", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"{\\rtf1 UPN}", "word processor"),
        (b"SQLite format 3\0", "database"),
        (b"UPN,Sur\0name\n", "not a text file"),
        ("UPN,Surname\nx,y\n".encode("utf-16-le"), "not a text file"),
        ("UPN,Surname\nx,y\n".encode("utf-32"), "not a text file"),
        (b"\xff\xfeU", "letters cannot be read"),
        (b"UPN\n\x81\x8d\n", "letters cannot be read"),
        (
            b"<html><table><tr><td>UPN</td></tr></table></html>",
            "a web page, though its name may say otherwise",
        ),
        (b"<?xml version='1.0'?><CTfile/>", "an XML file"),
        (b"," * 2_000_000, "a line of more than 1,000,000 characters"),
        (b"UPN,Note\nx," + b"y" * 200_000 + b"\n", "Line 2: a cell here is longer than any list has"),
        (b"", "This file is empty"),
        (b"\xef\xbb\xbf \r\n \r\n", "This file is empty"),
        (b",,,\n,,,\n", "This file is empty"),
        (b"sep=;\r\n", "This file is empty"),
        (b"UPN,Surname,Year\r\n", "column names and no rows"),
        (b"UPN,Surname,surname\na,b,c\n", "Two columns are called “surname” .2 and 3."),
        (b'UPN,Surname\nx,"Ash\ny,Birch\n', "Line 2: a quotation mark is opened here and never closed"),
        (b'UPN,Surname\nx,"Ash"x\n', "Line 2: there is text between a closing quotation mark and the next"),
        (("a," * 501 + "b\n" + "1," * 501 + "2\n").encode(), "502 columns"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(data, says):
    with pytest.raises(Unreadable, match=says):
        read(data)
    with pytest.raises(Unreadable, match=says):
        read(io.BytesIO(data))


class Endless:
    """A stream of 200 MB that counts what is taken from it."""

    def __init__(self, start: bytes, size: int = 200_000_000) -> None:
        self.start, self.left, self.taken = start, size, 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole stream was asked for"
        size = min(size, self.left)
        piece = (self.start + b"B801200005001,Ash,3\n" * (size // 20 + 1))[:size]
        self.start = b""
        self.left -= size
        self.taken += size
        return piece


def test_a_file_of_200_mb_is_refused_in_words_without_being_read_whole():
    stream = Endless(b"UPN,Surname,Year\n")
    with pytest.raises(Unreadable, match="larger than 20 MB"):
        read(stream)
    assert stream.taken == MAX_BYTES + 1


def test_a_workbook_of_200_mb_is_known_by_its_first_piece():
    stream = Endless(workbook())
    with pytest.raises(Unreadable, match="Excel workbook"):
        read(stream)
    assert stream.taken <= 256 * 1024


def test_more_rows_than_a_school_has_are_refused():
    data = b"UPN,Year\n" + b"x,1\n" * 20_001
    with pytest.raises(Unreadable, match="more than 20,000 rows"):
        read(data)
    assert len(read(data[: -len(b"x,1\n")]).rows) == 20_000


def test_ten_thousand_rows_are_read_quickly():
    data = b"UPN,Surname,Forename,Year\n" + b'B801200005001,"Ash, Birch",Rowan,3\n' * 10_000
    started = time.perf_counter()
    assert len(read(data, known=mapping.is_known).rows) == 10_000
    assert time.perf_counter() - started < 2


# ------------------------------------------------------------------------------------ there and back

letters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff")
headers = st.lists(
    st.from_regex(r"[A-Za-z][A-Za-z ]{0,10}[A-Za-z]", fullmatch=True),
    min_size=2,
    max_size=6,
    unique_by=lambda text: " ".join(text.split()).casefold(),
)
breaks = st.sampled_from(["\n", "\r\n", ", ", "; ", "\t", '"', "'"])


@st.composite
def tables(draw, alphabet):
    head = draw(headers)
    cell = st.text(alphabet, max_size=8) | st.tuples(st.text(alphabet, max_size=4), breaks).map("".join)
    filled = st.text(st.sampled_from("abcxyz"), min_size=1, max_size=4)
    rows = draw(
        st.lists(
            st.tuples(filled, *([cell] * (len(head) - 1))).map(list),
            min_size=1,
            max_size=8,
        )
    )
    return head, rows


def written(head, rows, delimiter, end, quoting):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([head, *rows])
    return out.getvalue()


dialects = st.tuples(
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)


def expected(head):
    return tuple(" ".join(header.split()) for header in head)


@given(tables(letters), dialects, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_unicode_table_comes_back_cell_for_cell(table, dialect, encoding):
    head, rows = table
    sheet = read(written(head, rows, *dialect).encode(encoding))
    assert sheet.headers == expected(head)
    assert [list(row.cells) for row in sheet.rows] == rows


@given(tables(st.sampled_from("aéñöÅ’“–£ €žŸ ")), dialects)
def test_a_table_in_windows_1252_comes_back_cell_for_cell(table, dialect):
    head, rows = table
    data = written(head, rows, *dialect).encode("cp1252")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        assume(data.isascii())
    sheet = read(data)
    assert sheet.headers == expected(head)
    assert [list(row.cells) for row in sheet.rows] == rows


@given(st.binary(max_size=400))
def test_any_bytes_are_a_sheet_or_a_sentence(data):
    with contextlib.suppress(Unreadable):
        sheet = read(data)
        assert all(len(row.cells) == len(sheet.headers) for row in sheet.rows)


# ------------------------------------------------------------------------------------- the way out


@pytest.mark.parametrize(
    "text", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＠x"]
)
def test_text_that_a_spreadsheet_would_calculate_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@given(st.lists(st.text(letters, min_size=1, max_size=12), min_size=2, max_size=5))
def test_nothing_that_is_written_begins_like_a_formula(cells):
    rows = list(csv.reader(io.StringIO(write(["a"] * len(cells), [cells]).decode("utf-8-sig"), newline="")))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in rows[1])
    assert [cell.removeprefix("'") for cell in rows[1]] == [cell.removeprefix("'") for cell in cells]


def test_dates_numbers_and_yes_or_no_are_written_as_people_read_them():
    data = write(
        ["Name", "Born", "Count", "Care"], [["Ash", date(2015, 3, 4), -2, True], [None, None, 0, False]]
    )
    assert data == b"\xef\xbb\xbfName,Born,Count,Care\r\nAsh,04/03/2015,-2,Yes\r\n,,0,No\r\n"
    with pytest.raises(ValueError, match="a row of 1 cells under 2 headers"):
        write(["a", "b"], [["x"]])
