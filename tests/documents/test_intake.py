"""What may come in: sound files of each kind; and what must not, each refused in words."""

from __future__ import annotations

import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from isp.documents.intake import Taken, pictures, take_in
from isp.kernel.errors import Invalid
from tests.documents import files

MOST = 20 * 1024 * 1024


def take(data: bytes, name: str) -> Taken:
    return take_in(io.BytesIO(data), name, MOST)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(Invalid) as refused:
        take(data, name)
    assert refused.value.errors.keys() == {"file"}
    sentence = refused.value.errors["file"]
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (files.pdf(pages=2), "report.pdf", "pdf"),
        (files.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), "report.PDF", "pdf"),
        (files.word("One", "Two"), "letter.docx", "docx"),
        (files.odt(), "letter.odt", "odt"),
        ("Größe: 1,20 m\n\tund so weiter; 3 < 4\n".encode(), "notes.txt", "txt"),
        (b"\xef\xbb\xbfwith a mark\r\n", "notes.txt", "txt"),
    ],
    ids=["pdf", "pdf packed", "word", "odt", "text", "text with a mark"],
)
def test_a_sound_file_is_kept_byte_for_byte(data, name, kind):
    taken = take(data, name)
    assert (taken.type, taken.size) == (kind, len(data))
    assert taken.stream.read() == data


def colour(picture: Image.Image, x: int, y: int) -> str:
    """Red or blue, whichever is stronger there."""
    spot = picture.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return "red" if spot[0] > spot[2] else "blue"


@pytest.mark.parametrize("name", ["me.jpg", "ME.JPEG"])
def test_a_photograph_with_gps_keeps_the_picture_and_nothing_that_came_with_it(name):
    data = files.photograph()
    assert files.SECRET_PLACE.encode() in data
    kept = take(data, name).stream.read()
    assert files.SECRET_PLACE.encode() not in kept
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (60, 40)
        assert not picture.getexif()
        assert "comment" not in picture.info
        assert colour(picture, 5, 20) == "red"


def test_a_png_with_words_hidden_in_it_loses_them():
    kept = take(files.photograph("PNG"), "work.png").stream.read()
    assert files.SECRET_PLACE.encode() not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size, dict(picture.info)) == ("PNG", (60, 40), {})


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photograph_taken_sideways_stands_upright(turned):
    data = files.photograph(turned=turned)
    with Image.open(io.BytesIO(take(data, "me.jpg").stream.read())) as picture:
        assert picture.size == ((40, 60) if turned > 4 else (60, 40))
        seen = {
            side: colour(picture, *at)
            for side, at in {
                "left": (4, picture.height // 2),
                "right": (picture.width - 5, picture.height // 2),
                "top": (picture.width // 2, 4),
                "bottom": (picture.width // 2, picture.height - 5),
            }.items()
        }
    red_is = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
    assert seen[red_is[turned]] == "red"


def test_what_hangs_on_behind_a_picture_is_not_kept():
    behind = files.word("hidden")
    for data, name in ((files.photograph(), "a.jpg"), (files.photograph("PNG"), "a.png")):
        kept = take(data + behind + b"<script>alert(1)</script>", name).stream.read()
        assert b"PK\x03\x04" not in kept
        assert b"<script>" not in kept


def test_a_picture_larger_than_a_page_needs_is_made_smaller():
    kept = take(files.photograph(size=(9000, 100)), "wide.jpg").stream.read()
    with Image.open(io.BytesIO(kept)) as picture:
        assert max(picture.size) <= pictures.LONGEST


@pytest.mark.parametrize("size", [(100_000, 100_000), (65_000, 1_000), (2_000_000, 100)])
def test_a_picture_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(size):
    assert "smaller size" in refusal(files.huge_png(*size), "bomb.png")


def test_a_picture_cut_short_is_refused():
    assert "damaged" in refusal(files.photograph(size=(600, 600))[:2000], "cut.jpg")
    assert "damaged" in refusal(files.huge_png(100, 100), "short.png")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "empty.pdf", "empty"),
        (files.EXECUTABLE, "run.exe", "Choose PDF"),
        (files.EXECUTABLE, "report.pdf", "Choose PDF"),
        (files.ELF, "report.docx", "Choose PDF"),
        (files.SVG, "drawing.svg", "SVG"),
        (files.SVG, "drawing.png", "SVG"),
        (files.SVG, "drawing.txt", "web page"),
        (files.HTML, "page.html", "web page"),
        (files.HTML, "page.txt", "web page"),
        (files.HTML, "page.pdf", "web page"),
        (files.GIF_AND_SCRIPT, "dance.gif", "Choose PDF"),
        (files.GIF_AND_SCRIPT, "dance.png", "Choose PDF"),
        (b"#!/bin/sh\nrm -rf /\n", "run.txt", "program"),
        (b"{\\rtf1 hello}", "letter.txt", "another kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old.doc", "old Word"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 60, "IMG_1.HEIC", "JPEG"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 60, "IMG_1.jpg", "HEIC"),
        (files.pdf(), "report.docx", "does not end"),
        (files.word(), "letter.pdf", "does not end"),
        (files.word(), "letter.docm", "macros"),
        (files.photograph(), "photograph.png", "does not end"),
        (files.photograph("PNG"), "no-ending", "does not end"),
        (b"\xff\xfeT\x00e\x00x\x00t\x00", "wide.txt", "Choose PDF"),
        (b"not \x00 text", "nul.txt", "Choose PDF"),
    ],
)
def test_what_is_none_of_these_is_refused(data, name, words):
    assert words in refusal(data, name)


# -- PDF ----------------------------------------------------------------------------------------------------


Made = Callable[[], Any]
N, S, D, A = pikepdf.Name, pikepdf.String, pikepdf.Dictionary, pikepdf.Array


def script() -> Any:
    return D(S=N.JavaScript, JS=S("app.alert(1)"))


def launch() -> Any:
    return D(S=N.Launch, F=S("cmd.exe"))


def link() -> Any:
    return D(Type=N.Annot, Subtype=N.Link, A=launch())


def attach(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = files.EXECUTABLE


def root(key: str, value: Made) -> Callable[[pikepdf.Pdf], None]:
    """Puts this, as an object of its own, into the catalogue."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root[key] = made.make_indirect(value())

    return change


def on_page(key: str, value: Made) -> Callable[[pikepdf.Pdf], None]:
    """Puts this into the page itself."""

    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj[key] = value()

    return change


DOING = {
    "on opening": (root("/OpenAction", script), "a script"),
    "on closing": (root("/AA", lambda: D(WC=script())), "a script"),
    "by name": (root("/Names", lambda: D(JavaScript=D(Names=A([S("a"), script()])))), "a script"),
    "on the page": (on_page("/AA", lambda: D(O=launch())), "starts a program"),
    "on a link": (on_page("/Annots", lambda: A([link()])), "starts a program"),
    "sending": (root("/OpenAction", lambda: D(S=N.SubmitForm)), "sends what is typed"),
    "going inside": (root("/OpenAction", lambda: D(S=N.GoToE)), "other files"),
    "xfa": (root("/AcroForm", lambda: D(XFA=S("x"), Fields=A([]))), "form with scripts"),
    "attached": (attach, "other files"),
    "film": (on_page("/Annots", lambda: A([D(Subtype=N.RichMedia)])), "a film"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("doing", DOING)
def test_a_pdf_that_could_do_something_is_refused_however_it_is_packed(doing, packed):
    change, words = DOING[doing]
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert words in refusal(files.pdf(change, object_stream_mode=mode), "form.pdf")


def test_a_pdf_that_is_an_archive_as_well_is_refused():
    assert "behind its end" in refusal(files.pdf() + files.word(), "both.pdf")
    with_comment = io.BytesIO(files.pdf())
    with zipfile.ZipFile(with_comment, "a") as archive:
        archive.writestr("evil.html", "<script>")
        archive.comment = b"%%EOF\n"
    assert "behind its end" in refusal(with_comment.getvalue(), "both.pdf")


def test_a_pdf_with_a_page_of_html_before_or_behind_it_is_refused():
    assert refusal(files.HTML + files.pdf(), "page.pdf")
    assert "behind its end" in refusal(files.pdf() + files.HTML, "page.pdf")


def test_a_pdf_with_a_password_is_refused():
    locked = files.pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    assert "password" in refusal(locked, "locked.pdf")


def test_a_damaged_pdf_is_refused():
    assert refusal(b"%PDF-1.7\nnothing\n%%EOF\n", "broken.pdf")
    assert refusal(files.pdf()[:-200] + b"%%EOF\n", "broken.pdf")


# -- Word and OpenDocument -----------------------------------------------------------------------------------

ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
_RELS = "word/_rels/document.xml.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_relation(kind: str, target: str, mode: str = "External") -> bytes:
    data = files.word()
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        rels = held.read(_RELS).decode()
    one = f'<Relationship Id="rId99" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return files.zipped(data, {_RELS: rels.replace("</Relationships>", one + "</Relationships>").encode()})


def with_text(put_in: str) -> bytes:
    data = files.word("HERE")
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        text = held.read("word/document.xml").decode()
    return files.zipped(data, {"word/document.xml": text.replace("<w:t>HERE</w:t>", put_in).encode()})


def test_a_word_file_with_a_link_to_a_page_is_kept():
    assert take(with_relation("hyperlink", "https://www.gov.uk/send"), "letter.docx").type == "docx"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (files.zipped(files.word(), {"word/vbaProject.bin": b"x"}), "macros"),
        (files.zipped(files.word(), {"word/embeddings/oleObject1.xlsx": b"x"}), "another file"),
        (files.zipped(files.word(), {"word/afchunk.htm": b"x"}), "another file"),
        (with_relation("attachedTemplate", "https://evil.example/t.dotm"), "from elsewhere"),
        (with_relation("image", "https://evil.example/pixel.png"), "from elsewhere"),
        (with_relation("hyperlink", "file:///c:/windows/calc.exe"), "from elsewhere"),
        (with_relation("hyperlink", "javascript:alert(1)"), "from elsewhere"),
        (with_relation("oleObject", "embeddings/x.docx", "Internal"), "another file"),
        (with_text("<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\cmd</w:instrText>"), "a field"),
        (with_text('</w:r><w:fldSimple w:instr=" INCLUDEPICTURE x "/><w:r>'), "a field"),
        (
            files.zipped(files.word(), {"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "damaged",
        ),
        (files.zipped(files.word(), {"word/document.xml": b"<w:not closed"}), "damaged"),
        (files.zipped(files.word(), {"[Content_Types].xml": b"<Types/>"}), "template"),
        (files.word()[:-30], "damaged"),
        (files.word() + b"<script>alert(1)</script>", "damaged"),
        (b"PK\x03\x04%PDF-1.4" + files.word(), "damaged"),
        (files.zipped(files.word(), {"../../evil.xml": b"<a/>"}), "locked"),
    ],
)
def test_a_word_file_that_could_do_something_is_refused(data, words):
    assert words in refusal(data, "letter.docx")


def test_a_macro_file_renamed_is_refused():
    data = files.word()
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        types = held.read("[Content_Types].xml").decode()
    macro = types.replace(
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert "macros" in refusal(files.zipped(data, {"[Content_Types].xml": macro.encode()}), "letter.docx")


def test_a_zip_bomb_is_refused():
    assert "unpacks" in refusal(files.zip_bomb(), "bomb.docx")


def test_a_zip_of_other_things_is_refused():
    assert "one by one" in refusal(files.zipped(files.word(), {"[Content_Types].xml": None}), "letter.docx")
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for number in range(4000):
            made.writestr(f"word/{number}.xml", "<a/>")
        made.writestr("[Content_Types].xml", "<Types/>")
    assert "damaged" in refusal(kept.getvalue(), "many.docx")


@pytest.mark.parametrize(
    "parts",
    [
        {"Basic/Standard/Module1.xml": b"<a/>"},
        {"Scripts/python/evil.py": b"x"},
        {"content.xml": b'<a xmlns:l="l"><b l:href="https://evil.example/pixel.png"/></a>'},
        {"content.xml": b"<a><event-listener/></a>"},
        {"META-INF/manifest.xml": b"<a><encryption-data/></a>"},
        {"content.xml": ENTITY},
    ],
)
def test_an_open_document_that_could_do_something_is_refused(parts):
    assert refusal(files.odt(parts), "letter.odt")


# -- anything -----------------------------------------------------------------------------------------------

SOUND = [
    (files.pdf(), "a.pdf"),
    (files.word(), "a.docx"),
    (files.odt(), "a.odt"),
    (files.photograph(), "a.jpg"),
]


def taken_or_refused(data: bytes, name: str) -> bool:
    """Whether it was taken. Any other failure than a refusal goes through."""
    try:
        return take(data, name).size > 0
    except Invalid:
        return False


@given(st.sampled_from(SOUND), st.data())
def test_a_file_that_was_spoilt_anywhere_is_taken_or_refused_and_nothing_else(sound, data):
    whole, name = sound
    at = data.draw(st.integers(0, len(whole) - 1))
    put = data.draw(st.binary(min_size=1, max_size=8))
    assert taken_or_refused(whole[:at] + put + whole[at + len(put) :], name) in (True, False)


@given(st.binary(max_size=300), st.sampled_from([".pdf", ".docx", ".odt", ".jpg", ".png", ".txt", ""]))
def test_any_bytes_are_taken_or_refused_and_nothing_else(data, ending):
    assert taken_or_refused(data, f"a{ending}") in (True, False)


def pdf_bomb(megabytes: int = 1500) -> bytes:
    """A PDF of some megabyte whose objects unpack to so many."""
    pack = zlib.compressobj(9)
    begun = pack.compress(b"5 0 6 20 <</A 1>> <</A 1>>") + pack.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same megabyte is always the same bytes.
    block = pack.compress(b" " * (1 << 20)) + pack.flush(zlib.Z_FULL_FLUSH)
    held = begun + block * megabytes + pack.flush()
    made = bytearray(b"%PDF-1.5\n")
    at = {}
    for number, body in (
        (1, b"<</Type/Catalog/Pages 2 0 R>>"),
        (2, b"<</Type/Pages/Kids[]/Count 0>>"),
        (
            3,
            b"<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
            % (len(held), held),
        ),
    ):
        at[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    rows = [(0, 0, 255), *((1, at[n], 0) for n in (1, 2, 3)), (1, start, 0), (2, 3, 0), (2, 3, 1)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    made += b"4 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n" % (
        len(table),
        table,
    )
    made += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


def test_a_pdf_that_unpacks_to_too_much_is_refused_and_takes_no_memory_of_ours():
    data = pdf_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "could not be looked at" in refusal(data, "bomb.pdf")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
