"""A PDF read back as a screen reader would: its tag tree with the words of each tag, title and language."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf

_HEX = re.compile(rb"<([0-9A-Fa-f]*)>")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)


@dataclass
class Tag:
    """An element of the tag tree. ``kind`` is its standard type, after the document's role map."""

    kind: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Tag | str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for one in self.inside:
            if isinstance(one, str):
                yield one
            else:
                yield from one._texts()

    def all(self, *kinds: str) -> list[Tag]:
        """Every element of these kinds, in reading order."""
        found = [self] if self.kind in kinds else []
        for one in self.inside:
            if isinstance(one, Tag):
                found += one.all(*kinds)
        return found


class Read:
    """A whole document."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pdf = pikepdf.open(io.BytesIO(data))
        self._texts: dict[tuple[Any, int], str] = {}
        self.no_such_letter = 0
        self.page_words: list[str] = []
        self.font_names: set[str] = set()
        self.smallest = 1_000.0
        """The size of the smallest letters, in points."""
        self.longest_line = 0
        """How many letters stand in the fullest line."""
        for page in self.pdf.pages:
            self._read(page)

    @property
    def title(self) -> str:
        return str(self.pdf.docinfo.get("/Title", ""))

    @property
    def language(self) -> str:
        return str(self.pdf.Root.get("/Lang", ""))

    @property
    def is_tagged(self) -> bool:
        return "/MarkInfo" in self.pdf.Root and bool(self.pdf.Root.MarkInfo.get("/Marked", False))

    @property
    def ua_part(self) -> str | None:
        """The part of PDF/UA that the document claims."""
        with self.pdf.open_metadata() as metadata:
            return metadata.get("pdfuaid:part")

    @property
    def metadata(self) -> str:
        """All that it says of itself: document information and XMP."""
        xmp = self.pdf.Root.Metadata.read_bytes().decode("utf-8")
        return " ".join([xmp, *(str(value) for value in self.pdf.docinfo.values())])

    @cached_property
    def tree(self) -> Tag:
        root = self.pdf.Root.StructTreeRoot
        return self._tag(root, "Root", {str(k): str(v) for k, v in root.get("/RoleMap", {}).items()})

    @property
    def words(self) -> str:
        """What is read out, in order."""
        return self.tree.words

    def headings(self) -> list[tuple[str, str]]:
        return [(tag.kind, tag.words) for tag in self.tree.all("H1", "H2", "H3", "H4")]

    def _tag(self, element: Any, kind: str, roles: dict[str, str], page: Any = None) -> Tag:
        page = element.get("/Pg", page)
        tag = Tag(kind, {name: str(element[name]) for name in ("/Lang", "/Alt") if name in element})
        held = element.get("/A")
        for one in held if isinstance(held, pikepdf.Array) else [held] if held is not None else []:
            if isinstance(one, pikepdf.Dictionary):
                tag.attributes |= {str(name): str(value) for name, value in one.items()}
        for child in self._children(element):
            if isinstance(child, int):
                tag.inside.append(self._texts.get((page.objgen, child), ""))
            elif child.get("/Type") == "/MCR":
                where = child.get("/Pg", page)
                tag.inside.append(self._texts.get((where.objgen, int(child.MCID)), ""))
            elif "/S" in child:
                name = str(child.S)
                tag.inside.append(self._tag(child, roles.get(name, name).lstrip("/"), roles, page))
        return tag

    @staticmethod
    def _children(element: Any) -> list[Any]:
        held = element.get("/K")
        if held is None:
            return []
        return list(held) if isinstance(held, pikepdf.Array) else [held]

    def _read(self, page: Any) -> None:
        """The words of a page, by the number of the marked content that they stand in."""
        resources = page.obj.Resources
        fonts = {name: _letters(font) for name, font in resources.get("/Font", {}).items()}
        self.font_names |= {
            str(font.BaseFont).partition("+")[2] for font in resources.get("/Font", {}).values()
        }
        stack: list[tuple[Any, list[str]]] = []
        spoken: list[str] = []
        letters: dict[int, str] = {}
        size = scale = 1.0
        for instruction in pikepdf.parse_content_stream(page):
            operands: list[Any] = list(instruction.operands)
            name = str(instruction.operator)
            if name in ("BDC", "BMC"):
                stack.append((_properties(operands, resources), []))
            elif name == "EMC":
                text = self._ended(page, *stack.pop())
                (stack[-1][1] if stack else spoken).append(text)
            elif name == "Tf":
                letters, size = fonts[str(operands[0])], float(operands[1])
            elif name == "Tm":
                scale = abs(float(operands[3]))
            elif name in ("Tj", "TJ") and stack:
                self.smallest = min(self.smallest, size * scale)
                listed = operands[0] if name == "TJ" else operands
                shown = [self._said(bytes(one), letters) for one in listed if isinstance(one, pikepdf.String)]
                self.longest_line = max(self.longest_line, len("".join(shown)))
                stack[-1][1].extend(shown)
        self.page_words.append(" ".join(" ".join(spoken).split()))

    def _ended(self, page: Any, properties: Any, held: list[str]) -> str:
        """The words of a marked content that ends here, kept under its number."""
        text = str(properties.ActualText) if "/ActualText" in properties else "".join(held)
        if "/MCID" in properties:
            key = (page.obj.objgen, int(properties.MCID))
            self._texts[key] = self._texts.get(key, "") + text
        return text

    def _said(self, codes: bytes, letters: dict[int, str]) -> str:
        said = []
        for at in range(0, len(codes), 2):
            glyph = int.from_bytes(codes[at : at + 2], "big")
            self.no_such_letter += glyph == 0
            said.append(letters.get(glyph, ""))
        return "".join(said)


def _properties(operands: list[Any], resources: Any) -> Any:
    """Of a marked content: its dictionary, which may lie among the page's resources."""
    held = operands[1] if len(operands) > 1 else {}
    return resources.Properties[str(held)] if isinstance(held, pikepdf.Name) else held


def _letters(font: Any) -> dict[int, str]:
    """From a font's ToUnicode map."""
    found: dict[int, str] = {}
    if "/ToUnicode" not in font:
        return found
    for kind, body in _BLOCK.findall(font.ToUnicode.read_bytes()):
        codes = [bytes.fromhex(one.decode()) for one in _HEX.findall(body)]
        step = 2 if kind == b"bfchar" else 3
        for at in range(0, len(codes) - step + 1, step):
            first, text = int.from_bytes(codes[at], "big"), codes[at + step - 1].decode("utf-16-be")
            last = first if kind == b"bfchar" else int.from_bytes(codes[at + 1], "big")
            for offset in range(last - first + 1):
                found[first + offset] = text[:-1] + chr(ord(text[-1]) + offset) if offset else text
    return found
