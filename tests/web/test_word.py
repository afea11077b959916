"""The same papers as Word files: headings are styles, heading rows repeat, in British English."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn

from isp.web.print.paper import (
    Answers,
    Box,
    Bullets,
    Heading,
    Inside,
    NewPage,
    Note,
    Paper,
    Stamp,
    Table,
    Text,
)
from isp.web.print.word import as_word

STAMP = Stamp(
    "AP", "AP, version 3, code 1A2B-3C4D-5E6F", "Sara Example, SENCO", datetime(2026, 7, 1, tzinfo=UTC)
)


def of(*blocks, large=False, **more):
    paper = Paper("Individual support plan", STAMP, blocks, caption="Ava Planted", **more)
    return Document(io.BytesIO(as_word(paper, large=large)))


def styled(document):
    return [(one.style.name, one.text) for one in document.paragraphs if one.text]


def test_headings_are_styles():
    inside = Inside((Heading("A step", 3), Text("By July")))
    assert styled(of(Heading("Outcomes"), inside, Bullets(("one", "two")))) == [
        ("Normal", "Ava Planted"),
        ("Heading 1", "Individual support plan"),
        ("Heading 2", "Outcomes"),
        ("Heading 3", "A step"),
        ("Normal", "By July"),
        ("List Bullet", "one"),
        ("List Bullet", "two"),
    ]


def test_a_tables_first_row_is_marked_as_its_heading():
    table = Table(("What", "Who"), ((("Visit",), ("Sara", "Tom")),))
    [made] = of(table).tables
    marks = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in made.rows]
    assert marks == [True, False]
    assert [[cell.text for cell in row.cells] for row in made.rows] == [
        ["What", "Who"],
        ["Visit", "Sara\nTom"],
    ]


def test_a_tables_columns_are_as_wide_as_on_paper_and_no_row_is_split():
    rows = tuple(((f"{at}",), ("Why it was made",)) for at in range(3))
    [made] = of(Table(("Which", "Why"), rows, widths=(1, 3))).tables
    widths = [round(column.width.cm, 1) for column in made.columns]
    assert widths == [4.3, 12.9]
    assert all(row.cells[1].width == made.columns[1].width for row in made.rows)
    assert all(row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in made.rows)


def test_every_level_of_heading_is_black_upright_and_in_the_documents_own_letters():
    document = of(Heading("one"), Heading("two", 3), Heading("three", 4))
    for level in (1, 2, 3, 4):
        font = document.styles[f"Heading {level}"].font
        assert (font.name, font.bold, font.italic, font.color.rgb) == ("Arial", True, False, None)
        assert font.color.theme_color is None


def test_what_nobody_may_miss_is_framed_and_a_step_is_set_in():
    document = of(
        Box((Heading("Must know"), Bullets(("Nuts",)))),
        Inside((Heading("A step"), Text("By July"))),
        Text("End"),
    )
    frames = [
        one.text for one in document.paragraphs if one._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}") is not None
    ]
    assert frames == ["Must know", "Nuts"]
    margins = {one.text: one.paragraph_format.left_indent for one in document.paragraphs}
    assert margins["A step"] == margins["By July"] > 0
    assert margins["End"] is None


def test_a_new_page_begins_with_what_stands_on_it():
    document = of(
        Text("one"), NewPage(), Heading("two"), Text("three"), NewPage(), Table(("a",), ((("b",),),))
    )
    new = [one.text for one in document.paragraphs if one.paragraph_format.page_break_before]
    assert new == ["two", ""]


ORDER = ("pStyle", "keepNext", "pageBreakBefore", "pBdr", "bidi", "spacing", "ind")


def test_a_paragraphs_properties_stand_in_the_order_that_the_format_asks_for():
    """Word calls a file damaged where they do not."""
    urdu = "یہ بچہ"
    inner = (Heading(urdu), Bullets((urdu,)), Answers(((urdu, (urdu,)),)))
    document = of(NewPage(), Box(inner), Inside(inner), NewPage(), Inside((Box((Text(urdu),)),)))
    for paragraph in document.element.body.iter(qn("w:pPr")):
        names = [child.tag.rpartition("}")[2] for child in paragraph]
        assert names == [name for name in ORDER if name in names]


def test_it_is_in_british_english_titled_and_says_nobodys_name():
    document = of(Text("one"))
    facts = document.core_properties
    assert (facts.title, facts.language) == ("Individual support plan, AP", "en-GB")
    assert (facts.author, facts.last_modified_by, facts.comments) == ("", "", "")
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB"


def test_each_page_says_what_it_is_and_who_printed_it():
    foot = of(Text("one")).sections[0].footer
    assert foot.paragraphs[0].text == "AP, version 3, code 1A2B-3C4D-5E6F. Page  of "
    assert [one.text for one in foot._element.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert "Printed by Sara Example, SENCO on 1 July 2026 at 01:00" in foot.paragraphs[1].text


def test_the_page_is_a4():
    for landscape, width, height in ((False, 21.0, 29.7), (True, 29.7, 21.0)):
        section = of(Text("one"), landscape=landscape).sections[0]
        assert section.page_width is not None
        assert section.page_height is not None
        assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (width, height)


def test_large_print_is_eighteen_point_or_more():
    document = of(Heading("one"), Heading("two", 3), Text("three"), Note("four"), large=True)
    sizes = [document.styles[name].font.size.pt for name in ("Normal", "Heading 1", "Heading 2", "Heading 3")]
    sizes += [run.font.size.pt for one in document.sections[0].footer.paragraphs for run in one.runs]
    assert min(sizes) >= 18
    assert all(run.font.size is None for one in document.paragraphs for run in one.runs)


@pytest.mark.parametrize("text", ["یہ بچہ", "العائلة مهمة"])
def test_what_is_read_from_right_to_left_says_so(text):
    paragraph = of(Text(text)).paragraphs[-1]
    assert paragraph._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    run = paragraph.runs[0]._r.find(qn("w:rPr"))
    assert run.find(qn("w:rtl")) is not None
    assert run.find(qn("w:lang")).get(qn("w:bidi")) == ("ur" if text.startswith("یہ") else "ar")


TYPED = [
    "<w:p>&amp; ]]> <!-- x",
    "{ MERGEFIELD x } =1+1 \\fldrslt",
    "nonsense￾ here\x0b",
    "Line\nline\n\nparagraph 😀",
]


@pytest.mark.parametrize("typed", TYPED)
def test_whatever_was_typed_is_words(typed):
    document = of(Text(typed), Answers(((typed, (typed,)),)), Box((Text(typed),)), NewPage())
    kept = re.sub("[￾\x0b]", "", typed)
    assert [one.text for one in document.paragraphs].count(kept) == 4
    assert not document.element.body.findall(f".//{qn('w:fldChar')}")


def test_the_file_carries_no_macro_and_nothing_from_elsewhere():
    made = zipfile.ZipFile(io.BytesIO(as_word(Paper("Plan", STAMP, (Text("one"),)))))
    names = made.namelist()
    assert not [name for name in names if "vba" in name.casefold() or "activex" in name.casefold()]
    for name in names:
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in made.read(name)
