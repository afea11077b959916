"""Word and OpenDocument files, ZIPs of XML: kept as they are, where nothing in them runs or calls."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as ET

from isp.documents.intake.refusing import Refused

MOST_PARTS = 3_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_OF_XML = 60 * 1024 * 1024
RATIO, RATIO_FROM = 120, 2 * 1024 * 1024
_PIECE = 1 << 20
_END = b"PK\x05\x06"
_WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ODT = b"application/vnd.oasis.opendocument.text"
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_FIELD = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON)\b")
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)

DAMAGED = "This file is damaged, so it could not be looked at. Open it, save it again, and choose that."
AS_PDF = "Save it as PDF, and choose that."
TOO_MUCH = f"This file unpacks to more than can be looked at. {AS_PDF}"


def kind_of(stream: IO[bytes]) -> str:
    """Docx or odt. Raises Refused for any other ZIP."""
    with _opened(stream) as held:
        names = set(held.namelist())
        if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
            return "docx"
        if "mimetype" in names and b"".join(_unpacked(held, held.getinfo("mimetype"))).strip() == _ODT:
            return "odt"
    raise Refused(
        "This is a ZIP or another kind of file in one, not a Word file. Send what is in it one by one."
    )


def check_word(stream: IO[bytes]) -> None:
    """Raise Refused unless it is a Word document without macros, other files in it, or calls elsewhere."""
    with _opened(stream) as held:
        _check_parts(stream, held)
        for name in held.namelist():
            low = name.lower()
            if "vbaproject" in low or "vbadata" in low or "/activex/" in low or low.endswith(".bin"):
                raise Refused(f"This Word file holds macros or a program. {AS_PDF}")
            if (
                "/embeddings/" in low
                or "/afchunk" in low
                or low.endswith((".htm", ".html", ".mht", ".rtf", ".svg"))
            ):
                raise Refused(f"This Word file has another file inside it. {AS_PDF}")
        _check_types(held)
        for name in held.namelist():
            if name.lower().endswith(".rels"):
                _check_relations(held, name)
            elif name.lower().startswith("word/") and name.lower().endswith(".xml"):
                _check_fields(held, name)


def check_odt(stream: IO[bytes]) -> None:
    """Raise Refused unless it is an OpenDocument text without macros, other files, or calls elsewhere."""
    with _opened(stream) as held:
        _check_parts(stream, held)
        for name in held.namelist():
            if name.startswith(("Basic/", "Scripts/", "Object", "ObjectReplacements/")) or name.endswith(
                ".svg"
            ):
                raise Refused(f"This file holds macros or another file. {AS_PDF}")
        if "content.xml" not in held.namelist():
            raise Refused(DAMAGED)
        for name in ("META-INF/manifest.xml", "content.xml", "styles.xml", "settings.xml", "meta.xml"):
            if name in held.namelist():
                _check_open_document(held, name)


def _opened(stream: IO[bytes]) -> zipfile.ZipFile:
    stream.seek(0)
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as failure:
        raise Refused(DAMAGED) from failure


def _check_parts(stream: IO[bytes], held: zipfile.ZipFile) -> None:
    """One ZIP from the first byte to the last, of so many parts, none of which unpacks to too much."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 22))
    tail = stream.read(22)
    stream.seek(0)
    if tail[:4] != _END or b"%PDF" in stream.read(2048):
        raise Refused(DAMAGED)
    parts = held.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or len({name.lower() for name in names}) != len(names):
        raise Refused(DAMAGED)
    # Laid over one another, a few bytes would unpack to any number of parts.
    if sum(part.compress_size for part in parts) > size or min(part.header_offset for part in parts) != 0:
        raise Refused(DAMAGED)
    total = 0
    for part in parts:
        if part.flag_bits & 0x1 or part.filename.startswith("/") or ".." in part.filename.split("/"):
            raise Refused("This file is locked with a password or damaged. Save it again, and choose that.")
        for piece in _unpacked(held, part):
            total += len(piece)
            if total > MOST_UNPACKED:
                raise Refused(TOO_MUCH)


def _unpacked(held: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's bytes, piece by piece, as long as they stay within what its packed size makes likely."""
    count = 0
    for piece in _pieces(held, part):
        count += len(piece)
        if count > RATIO_FROM and count > RATIO * max(1, part.compress_size):
            raise Refused(TOO_MUCH)
        yield piece


def _pieces(held: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with held.open(part) as opened:
            while piece := opened.read(_PIECE):
                yield piece
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as failure:
        raise Refused(DAMAGED) from failure
    except (NotImplementedError, RuntimeError) as failure:  # an unknown way of packing; a password
        raise Refused(DAMAGED) from failure


def _xml(held: zipfile.ZipFile, name: str) -> Iterator[ET.Element]:
    """The elements of a part. No document type: entities grow, and may call elsewhere."""
    part = held.getinfo(name)
    if part.file_size > MOST_OF_XML:
        raise Refused(TOO_MUCH)
    text = b"".join(_unpacked(held, part))
    if text.startswith(_WIDE) or b"\x00" in text[:64] or _DOCTYPE.search(text):
        raise Refused(DAMAGED)
    try:
        for _, element in ET.iterparse(io.BytesIO(text), ("end",)):  # noqa: S314 (no document type)
            yield element
    except (ET.ParseError, ValueError, LookupError) as failure:
        raise Refused(DAMAGED) from failure


def _check_types(held: zipfile.ZipFile) -> None:
    types = [str(one.get("ContentType", "")) for one in _xml(held, "[Content_Types].xml")]
    if _WORD_MAIN not in types or any("macroEnabled" in one or "oleObject" in one for one in types):
        raise Refused(f"This Word file is a template or holds macros. {AS_PDF}")


def _check_relations(held: zipfile.ZipFile, name: str) -> None:
    for one in _xml(held, name):
        kind = str(one.get("Type", "")).rpartition("/")[2].lower()
        if kind in ("afchunk", "oleobject", "vbaproject", "control", "package", "subdocument"):
            raise Refused(f"This Word file has another file inside it. {AS_PDF}")
        if str(one.get("TargetMode", "")).lower() != "external":
            continue
        if kind != "hyperlink" or not _LINK.match(str(one.get("Target", ""))):
            raise Refused(
                "This Word file fetches something from elsewhere when it is opened (a template or a picture "
                f"that it points to). {AS_PDF}"
            )


def _check_fields(held: zipfile.ZipFile, name: str) -> None:
    said: list[str] = []
    for one in _xml(held, name):
        tag = one.tag.rpartition("}")[2]
        if tag == "instrText":
            said.append(one.text or "")
        elif tag == "fldSimple":
            said.append(next((v for k, v in one.attrib.items() if k.rpartition("}")[2] == "instr"), ""))
            said.append(" ; ")
        elif tag == "fldChar":
            said.append(" ; ")
    # Word joins what several runs say: so do we.
    if _FIELD.search("".join(said).upper()):
        raise Refused(f"This Word file holds a field that fetches or starts something. {AS_PDF}")


def _check_open_document(held: zipfile.ZipFile, name: str) -> None:
    for one in _xml(held, name):
        tag = one.tag.rpartition("}")[2]
        if tag == "encryption-data":
            raise Refused("This file is locked with a password. Save it without one, and choose that.")
        if tag in ("event-listener", "script", "dde-source", "object", "object-ole", "plugin", "applet"):
            raise Refused(f"This file holds macros or another file. {AS_PDF}")
        if tag == "a":
            continue
        for key, value in one.attrib.items():
            outside = key.rpartition("}")[2] == "href" and (
                ":" in value or value.startswith(("/", "\\", ".."))
            )
            if outside and one.tag.rpartition("}")[2] != "template":
                raise Refused(f"This file fetches something from elsewhere when it is opened. {AS_PDF}")
