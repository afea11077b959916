"""A paper as a Word file: authorities and tribunals edit in it.

Headings are styles, tables have heading rows that repeat, the language is British English. python-docx knows
no direction, language or page numbers: those few elements are set by name.
"""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from isp.web.print import direction
from isp.web.print.paper import (
    CARE,
    Answers,
    Block,
    Box,
    Bullets,
    Heading,
    Inside,
    NewPage,
    Note,
    Paper,
    Table,
    Text,
)

FONT = "Arial"
"""On every machine that opens Word files; the reader's own program finds letters that it lacks."""
LANGUAGE = "en-GB"
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIZES = {"Normal": (10.5, 18), "Heading 1": (22, 30), "Heading 2": (14, 24), "Heading 3": (11.5, 20)}


def as_word(paper: Paper, *, large: bool = False) -> bytes:
    """The paper as a .docx file; ``large``: every letter of it in 18 point or more."""
    document = Document()
    _prepare(document, paper, large=large)
    writing = _Writing(document)
    if paper.caption:
        writing.paragraph(paper.caption)
    document.add_heading(_clean(paper.kind), level=1)
    for one in paper.blocks:
        writing.block(one)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _clean(text: str) -> str:
    """Without the code points that no XML file can hold; they are drawn nowhere."""
    return _NOT_IN_XML.sub("", text)


def _prepare(document: Docx, paper: Paper, *, large: bool) -> None:
    facts = document.core_properties
    facts.title, facts.language = paper.title, LANGUAGE
    facts.author = facts.last_modified_by = facts.comments = facts.subject = facts.keywords = ""
    facts.created = facts.modified = paper.stamp.at.replace(tzinfo=None)
    for name, (usual, for_large) in _SIZES.items():
        style: Any = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(for_large if large else usual)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name != "Normal":
            style.font.color.rgb = None
            style.font.bold = True
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        language = defaults.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            defaults.append(language)
        language.set(qn("w:val"), LANGUAGE)
    _page(document, paper, large=large)


def _page(document: Docx, paper: Paper, *, large: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if paper.landscape and not large:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin = section.bottom_margin = Cm(1.9)
    size = Pt(18 if large else 8.5)
    foot = section.footer.paragraphs[0]
    for text in (paper.stamp.what, ". Page "):
        foot.add_run(_clean(text)).font.size = size
    _number(foot, "PAGE", size)
    foot.add_run(" of ").font.size = size
    _number(foot, "NUMPAGES", size)
    last = section.footer.add_paragraph()
    last.add_run(_clean(f"{paper.stamp.printed}. {CARE}")).font.size = size


def _number(paragraph: Paragraph, field: str, size: Pt) -> None:
    """A number that the reader's program works out: of the page, or of all pages."""
    run = paragraph.add_run()
    run.font.size = size
    for kind in ("begin", None, "end"):
        element = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            element.text = field
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)  # noqa: SLF001 the library has no name for it


class _Writing:
    """Blocks into a document."""

    def __init__(self, into: Docx) -> None:
        self.into = into

    def paragraph(self, text: str, style: str | None = None, *, bold: bool = False) -> Paragraph:
        """A paragraph in the direction in which its text is read, line ends kept."""
        made: Paragraph = self.into.add_paragraph(style=style)
        _write(made, text, bold=bold)
        return made

    def block(self, one: Block) -> None:
        match one:
            case Heading(text, level):
                made = self.into.add_paragraph(style=f"Heading {level}")
                _write(made, " ".join(text.split()))
            case Text(text) | Note(text):
                self.paragraph(text)
            case Bullets(texts):
                self.bullets(texts)
            case Answers(answers):
                self.answers(answers)
            case Table():
                self.table(one)
            case Inside(blocks) | Box(blocks):
                for inner in blocks:
                    self.block(inner)
            case NewPage():
                self.into.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def bullets(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            self.paragraph(text, "List Bullet")

    def answers(self, answers: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        """Each question in bold above its answer: a table would read worse, and edits worse."""
        for label, texts in answers:
            asked = self.paragraph(label, bold=True)
            asked.paragraph_format.keep_with_next = True
            asked.paragraph_format.space_after = Pt(1)
            if len(texts) > 1:
                self.bullets(texts)
            elif texts:
                self.paragraph(texts[0])

    def table(self, one: Table) -> None:
        made = self.into.add_table(rows=1, cols=len(one.head))
        made.style = "Table Grid"
        head = made.rows[0]
        for cell, text in zip(head.cells, one.head, strict=True):
            _write(cell.paragraphs[0], text, bold=True)
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 the library has no name for it
        for row in one.rows:
            for at, (cell, texts) in enumerate(zip(made.add_row().cells, row, strict=True)):
                _cell(cell, texts, bold=at == 0 and one.row_heads)
        self.into.add_paragraph()


def _cell(cell: Any, texts: tuple[str, ...], *, bold: bool) -> None:
    for at, text in enumerate(texts):
        _write(cell.paragraphs[0] if at == 0 else cell.add_paragraph(), text, bold=bold)


def _write(paragraph: Paragraph, text: str, *, bold: bool = False) -> None:
    run = paragraph.add_run(_clean(text))
    run.bold = bold or None
    found = direction.of(text)
    if found["dir"] == "rtl":
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # noqa: SLF001 no name for it either
        properties = run._r.get_or_add_rPr()  # noqa: SLF001
        properties.append(OxmlElement("w:rtl"))
        language = OxmlElement("w:lang")
        language.set(qn("w:bidi"), found["lang"])
        properties.append(language)
