"""Writing the message as XML, a person at a time, in a year's order; and the schema that the files
keep to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from isp.exchange.sen2.message import ELEMENTS, Field, Header, Person, field_by_tag
from isp.exchange.sen2.years import Year

BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n'


def as_xml(header: Header, persons: Iterable[Person], year: Year) -> Iterator[str]:
    """The whole message in pieces: the head, one piece a person, the end."""
    yield BEGIN + _header(header) + "<Persons>\n"
    for person in persons:
        parts: list[str] = []
        _element(parts, "Person", person, year)
        parts.append("\n")
        yield "".join(parts)
    yield "</Persons>\n</Message>\n"


def as_text(value: Any) -> str:
    """A value as the message writes it."""
    if value is True:
        return "1"
    if value is False:
        return "0"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _header(header: Header) -> str:
    def line(tag: str, value: Any) -> str:
        return "" if value is None else f"<{tag}>{_safe(as_text(value))}</{tag}>"

    collection = (
        line("Collection", "SEN2") + line("Year", header.year) + line("ReferenceDate", header.reference_date)
    )
    source = (
        line("SourceLevel", "L")
        + line("LEA", header.lea)
        + line("SoftwareCode", header.software)
        + line("Release", header.release)
        + line("SerialNo", f"{header.serial:03d}")
        + line("DateTime", header.made_at)
        + line("DMO", header.dmo)
        + line("DCO", header.dco)
        + line("DSCO", header.dsco)
    )
    return f"<Header><CollectionDetails>{collection}</CollectionDetails><Source>{source}</Source></Header>\n"


def _safe(text: str) -> str:
    """Escaped, without the control characters that no XML may have."""
    if text.isalnum():
        return text
    return escape("".join(c for c in text if c >= " " or c in "\t\n"))


def _element(parts: list[str], tag: str, value: Any, year: Year) -> None:
    parts.append(f"<{tag}>")
    for name, opening, closing, inner in _plan(tag, year):
        held = getattr(value, name)
        if held is None:
            continue
        if inner == "many":
            for one in held:
                _element(parts, opening, one, year)
        elif inner == "one":
            _element(parts, opening, held, year)
        elif held != "":
            parts.append(f"{opening}{_safe(as_text(held))}{closing}")
    parts.append(f"</{tag}>")


_PLANS: dict[tuple[int, str, str], tuple[tuple[str, str, str, str], ...]] = {}


def _plan(tag: str, year: Year) -> tuple[tuple[str, str, str, str], ...]:
    key = year.year, year.setting_tag, tag
    found = _PLANS.get(key)
    if found is None:
        found = _PLANS[key] = tuple(_step(one, year) for one in _fields(tag, year))
    return found


def _fields(element: str, year: Year) -> list[Field]:
    known = field_by_tag(element)
    return [known[tag.lower()] for tag in year.order[element]]


def _step(one: Field, year: Year) -> tuple[str, str, str, str]:
    if one.kind in ("one", "many"):
        return one.name, one.tag, "", one.kind
    tag = year.as_written(one.tag)
    return one.name, f"<{tag}>", f"</{tag}>", one.kind


# -- the schema ----------------------------------------------------------------------------------------------

_TYPES = {"date": "xs:date", "bool": "Flag", "int": "xs:integer", "text": "Text", "datetime": "xs:dateTime"}
_OF_TEXT = '<xs:restriction base="xs:string">'
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- The SEN2 return of {year} as isp writes and checks it, made from sen2-{year}.toml.
     Not the department's own. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:simpleType name="Text">{text}<xs:minLength value="1"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Flag">
    {text}<xs:enumeration value="0"/><xs:enumeration value="1"/></xs:restriction>
  </xs:simpleType>
"""
_MESSAGE = """  <xs:element name="Message">
    <xs:complexType><xs:sequence>
      <xs:element name="Header" type="Header"/>
      <xs:element name="Persons">
        <xs:complexType><xs:sequence>
          <xs:element name="Person" type="Person" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType>
      </xs:element>
    </xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>
"""


def schema_text(year: Year) -> str:
    """Our own XSD for a year: order, what is needed, codes and patterns, from the same data that writes."""
    parts = [_HEAD.format(year=year.year, text=_OF_TEXT), _schema_header(year)]
    for element in ELEMENTS:
        parts.append(f'  <xs:complexType name="{element}"><xs:sequence>\n')
        parts += [_schema_field(element, one, year) for one in _fields(element, year)]
        parts.append("  </xs:sequence></xs:complexType>\n")
    parts.append(_MESSAGE)
    return "".join(parts)


def _schema_header(year: Year) -> str:
    needed = year.needed["Header"]

    def field(tag: str, kind: str, least: int = 1) -> str:
        held = year.codes_of("Header", tag)
        inner = _enumerated(sorted(held)) if held else None
        return _line(tag, kind, least, 1, inner)

    collection = (
        _line("Collection", "Text", 1, 1, _enumerated(["SEN2"]))
        + _line("Year", "xs:integer", 1, 1, _enumerated([str(year.year)], "xs:integer"))
        + _line("ReferenceDate", "xs:date", 1, 1, None)
    )
    source = (
        _line("SourceLevel", "Text", 1, 1, _enumerated(["L"]))
        + _line("LEA", "Text", 1, 1, _pattern(year.patterns["LEA"]))
        + field("SoftwareCode", "Text")
        + field("Release", "Text", 0)
        + _line("SerialNo", "Text", 1, 1, _pattern("[0-9]{3,}"))
        + field("DateTime", "xs:dateTime")
        + "".join(field(tag, "Text", int(tag in needed)) for tag in ("DMO", "DCO", "DSCO"))
    )
    return (
        '  <xs:complexType name="Header"><xs:sequence>\n'
        + _group("CollectionDetails", collection)
        + _group("Source", source)
        + "  </xs:sequence></xs:complexType>\n"
    )


def _group(tag: str, inner: str) -> str:
    begin = f'    <xs:element name="{tag}"><xs:complexType><xs:sequence>\n'
    return begin + inner + "    </xs:sequence></xs:complexType></xs:element>\n"


def _schema_field(element: str, one: Field, year: Year) -> str:
    if one.kind in ("one", "many"):
        most = str(year.most.get(one.tag, "unbounded")) if one.kind == "many" else "1"
        return f'    <xs:element name="{one.tag}" type="{one.tag}" minOccurs="0" maxOccurs="{most}"/>\n'
    codes = year.codes_of(element, one.tag)
    inner = None
    if codes:
        inner = _enumerated(sorted(codes))
    elif one.tag in year.patterns:
        inner = _pattern(year.patterns[one.tag])
    least = int(one.tag in year.needed[element])
    return _line(year.as_written(one.tag), _TYPES[one.kind], least, 1, inner)


def _line(tag: str, kind: str, least: int, most: int, inner: str | None) -> str:
    occurs = f'minOccurs="{least}" maxOccurs="{most}"'
    if inner is None:
        return f'    <xs:element name="{tag}" type="{kind}" {occurs}/>\n'
    return f'    <xs:element name="{tag}" {occurs}><xs:simpleType>{inner}</xs:simpleType></xs:element>\n'


def _enumerated(values: list[str], base: str = "xs:string") -> str:
    each = "".join(f'<xs:enumeration value="{one}"/>' for one in values)
    return f'<xs:restriction base="{base}">{each}</xs:restriction>'


def _pattern(pattern: str) -> str:
    return f'<xs:restriction base="xs:string"><xs:pattern value="{pattern}"/></xs:restriction>'
