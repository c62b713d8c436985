"""What an .xlsx says of itself: its sheets in order, the parts they are in, how its dates count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from tasks.sheets.container import KEPT, Container, plain_name
from tasks.sheets.faults import FileFault
from tasks.sheets.remembered import Remembered

_ROW_END = b"</row>"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as workbook.xml lists it; ``part`` is its name in the zip, None where it leads nowhere."""

    name: str
    part: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What workbook.xml says: the sheets in order, and whether dates count from 1904."""

    sheets: tuple[SheetPart, ...]
    date1904: bool


def contents(container: Container) -> Contents:
    """Return the sheets of an .xlsx with the parts they are in; raise FileFault where that is not clear."""
    listed, date1904 = _contents.of(container, _CONTENTS, lambda: _listed(*map(container.read, _CONTENTS)))
    return Contents(
        tuple(SheetPart(name, part if part in container else None) for name, part in listed), date1904
    )


_CONTENTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_Listed = tuple[tuple[tuple[str, str], ...], bool]
_contents: Remembered[_Listed] = Remembered()


def _listed(workbook: bytes, relations: bytes) -> _Listed:
    """Return the sheets' names with the parts they should be in, and whether dates count from 1904."""
    targets: dict[str, str] = {}
    for _, attributes in elements(relations, "Relationship"):
        if attributes.get("Id") in targets:
            raise FileFault("corrupt", reason="シートの対応表に重複がある")
        targets[attributes.get("Id", "")] = _part_of(attributes.get("Target", ""))
    sheets: list[tuple[str, str]] = []
    date1904 = False
    for tag, attributes in elements(workbook, "sheet", "workbookPr"):
        if tag == "sheet":
            sheets.append((attributes.get("name", ""), targets.get(attributes.get("id", ""), "")))
        else:
            date1904 = attributes.get("date1904") in ("1", "true")
    return tuple(sheets), date1904


def elements(xml: bytes, *tags: str) -> list[tuple[str, dict[str, str]]]:
    """Return local name and attributes (by local name) of the elements with these local names, in order.

    Raise FileFault where the XML is broken or declares a document type: no workbook needs one, and
    that is where entity attacks live.
    """
    found: list[tuple[str, dict[str, str]]] = []
    if not xml:
        return found

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local in tags:
            found.append((local, {name.rpartition(":")[2]: value for name, value in attributes.items()}))

    def doctype(*_: object) -> None:
        raise FileFault("corrupt", reason="許されない宣言（DOCTYPE）を含む")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # an unknown encoding is a LookupError
        raise FileFault("corrupt", reason="中身のXMLが壊れている") from error
    return found


def _part_of(target: str) -> str:
    name = plain_name(target)
    return name if name.startswith("xl/") else f"xl/{name}"


def pieces(container: Container, sheet: SheetPart) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces that end with a whole row, so that no cell is cut in two."""
    if sheet.part and container.size(sheet.part) <= KEPT:
        yield container.read(sheet.part)
        return
    parts: list[bytes] = []
    for chunk in container.chunks(sheet.part) if sheet.part else ():
        cut = chunk.rfind(_ROW_END) + len(_ROW_END)
        if cut >= len(_ROW_END):
            yield b"".join([*parts, chunk[:cut]])
            parts = [chunk[cut:]]
        else:
            parts.append(chunk)
    yield b"".join(parts)
