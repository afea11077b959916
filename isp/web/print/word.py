"""A paper as a Word file: authorities and tribunals edit in it.

Headings are styles, tables have heading rows that repeat, the language is British English. python-docx knows
no direction, language, page numbers or borders: those few elements are set by name.
"""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.text.paragraph import Paragraph

from isp.web.print import direction
from isp.web.print.paper import (
    CARE,
    Answers,
    Block,
    Box,
    Bullets,
    Contents,
    Heading,
    Inside,
    Marked,
    NewPage,
    Note,
    Paper,
    Run,
    Table,
    Text,
)

STEP = 0.6
"""Centimetres by which a step is set in under its outcome."""
_AFTER_A_FRAME = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
    "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid",
    "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc",
    "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle",
    "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
"""What stands after a frame among a paragraph's properties (ECMA-376, part 1, 17.3.1.26): order counts."""
FONT = "Arial"
"""On every machine that opens Word files; the reader's own program finds letters that it lacks."""
LANGUAGE = "en-GB"
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIZES = {
    "Normal": (10.5, 18),
    "Heading 1": (22, 30),
    "Heading 2": (14, 24),
    "Heading 3": (11.5, 20),
    "Heading 4": (10.5, 18),
    "Footer": (8.5, 18),
}


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
        if name.startswith("Heading"):
            style.font.color.rgb = None
            style.font.bold, style.font.italic = True, False
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
    last = section.footer.add_paragraph(style="Footer")
    last.add_run(_clean(f"{paper.stamp.printed}. {CARE}")).font.size = size


def _number(paragraph: Paragraph, field: str, size: Pt) -> None:
    """A number that the reader's program works out: of the page, or of all pages."""
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        run.font.size = size
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
        self.is_new_page = False
        self.margin = 0.0
        """Centimetres by which what is written now is set in."""
        self.boxed = False

    def paragraph(self, text: str, style: str | None = None, *, bold: bool = False) -> Paragraph:
        """A paragraph in the direction in which its text is read, line ends kept."""
        made = self._add(style)
        _write(made, text, bold=bold)
        return made

    def _add(self, style: str | None) -> Paragraph:
        made: Paragraph = self.into.add_paragraph(style=style)
        if self.is_new_page:
            made.paragraph_format.page_break_before = True
            self.is_new_page = False
        if self.margin and style is not None and style.startswith("List"):
            made.paragraph_format.left_indent = Cm(self.margin + 0.63)
        elif self.margin:
            made.paragraph_format.left_indent = Cm(self.margin)
        if self.boxed:
            _frame(made)
        return made

    def block(self, one: Block) -> None:
        match one:
            case Heading(text, level):
                made = self._add(f"Heading {level}")
                _write(made, " ".join(text.split()))
            case Text(text) | Note(text):
                self.paragraph(text)
            case Bullets(texts):
                self.bullets(texts)
            case Answers(answers):
                self.answers(answers)
            case Table():
                self.table(one)
            case Contents(head, rows, widths):
                # Pages are known to the program that shows the file, and to nobody before.
                cells = tuple(tuple((cell,) for cell in row) for _, row in rows)
                self.table(Table(head, cells, widths))
            case Marked(runs):
                self.marked(runs)
            case Inside(blocks):
                self.margin += STEP
                self.every(blocks)
                self.margin -= STEP
            case Box(blocks):
                self.boxed = True
                self.every(blocks)
                self.boxed = False
            case NewPage():
                self.is_new_page = True

    def every(self, blocks: tuple[Block, ...]) -> None:
        for one in blocks:
            self.block(one)

    def marked(self, runs: tuple[Run, ...]) -> None:
        """A paragraph whose parts are marked each in its own way."""
        made = self._add(None)
        for one in runs:
            _write(made, one.text, bold=one.bold)
            written = made.runs[-1]
            written.italic = one.italic or None
            written.underline = one.underline or None
            written.font.strike = one.strike or None

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
        if self.is_new_page:
            self._add(None)
        made = self.into.add_table(rows=1, cols=len(one.head))
        made.style, made.autofit = "Table Grid", False
        head = made.rows[0]
        for cell, text in zip(head.cells, one.head, strict=True):
            _write(cell.paragraphs[0], text, bold=True)
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 the library has no name for it
        for row in one.rows:
            for at, (cell, texts) in enumerate(zip(made.add_row().cells, row, strict=True)):
                _cell(cell, texts, bold=at == 0 and one.row_heads)
        section = self.into.sections[0]
        line = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
        shares = one.widths or (1,) * len(one.head)
        for column, share in zip(made.columns, shares, strict=True):
            column.width = Emu(line * share // sum(shares))
            for cell in column.cells:
                cell.width = column.width
        for row in made.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 no name for it
        self.into.add_paragraph()


def _frame(paragraph: Paragraph) -> None:
    """A line around it; paragraphs that follow each other with the same line share one."""
    around = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        around.append(line)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 the library has no name for it
    properties.insert_element_before(around, *_AFTER_A_FRAME)


def _cell(cell: Any, texts: tuple[str, ...], *, bold: bool) -> None:
    for at, text in enumerate(texts):
        _write(cell.paragraphs[0] if at == 0 else cell.add_paragraph(), text, bold=bold)


def _write(paragraph: Paragraph, text: str, *, bold: bool = False) -> None:
    run = paragraph.add_run(_clean(text))
    run.bold = bold or None
    found = direction.of(text)
    if found["dir"] == "rtl":
        after = _AFTER_A_FRAME[_AFTER_A_FRAME.index("w:bidi") + 1 :]
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *after)  # noqa: SLF001
        properties = run._r.get_or_add_rPr()  # noqa: SLF001 nor for it
        properties.append(OxmlElement("w:rtl"))
        language = OxmlElement("w:lang")
        language.set(qn("w:bidi"), found["lang"])
        properties.append(language)
