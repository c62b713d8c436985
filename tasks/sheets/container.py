"""The zip around a workbook: its directory checked before it is believed, its parts unpacked within limits.

calamine cannot be stopped once it allocates, and an abort would take the whole run with it; so what
can make it allocate without bound is looked for first (FACTS: hostile workbooks).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from tasks.sheets.faults import FileFault

if TYPE_CHECKING:
    from config.rules import ReaderLimits

MB = 1024 * 1024
_CHUNK = 1 * MB
_FEED = 64 * 1024
#: Bytes up to which a part once unpacked is kept for the next look at it.
KEPT = 1 * MB
#: Deflate packs at most 1032 bytes into one.
_BEST_RATIO = 1032


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as workbook.xml lists it; ``part`` is its name in the zip, None where it leads nowhere."""

    name: str
    part: str | None


class Container:
    """A zip whose directory has been checked: no part twice, none encrypted, not too much unpacked."""

    def __init__(self, data: bytes, limits: ReaderLimits) -> None:
        """Read the directory; raise FileFault where it cannot be trusted."""
        self.data = data
        self.limits = limits
        try:
            infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise FileFault("corrupt", reason="圧縮の構造が不完全") from error
        self._infos = {_plain_name(info.filename): info for info in infos}
        if len(self._infos) != len(infos):
            raise FileFault("corrupt", reason="同じ部品が二つある")
        # Nothing is unpacked to a file; but who writes such a name means harm.
        if any(".." in name.split("/") for name in self._infos if ".." in name):
            raise FileFault("corrupt", reason="部品の名前が圧縮ファイルの外を指している")
        if any(info.flag_bits & 1 for info in infos):
            raise FileFault("encrypted")
        self._kept: dict[str, bytes] = {}
        self._check_sizes()

    def __contains__(self, part: str) -> bool:
        return part in self._infos

    @property
    def names(self) -> Iterable[str]:
        """The names of all parts, in lower case."""
        return self._infos

    def size(self, part: str) -> int:
        """Return the unpacked size in bytes that the directory gives for a part, 0 for none."""
        info = self._infos.get(part)
        return info.file_size if info else 0

    def read(self, part: str) -> bytes:
        """Return a part unpacked, empty where there is none; raise FileFault where it cannot be unpacked."""
        if part in self._kept:
            return self._kept[part]
        content = b"".join(self.chunks(part)) if part in self._infos else b""
        if len(content) <= KEPT:
            self._kept[part] = content
        return content

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield a part unpacked in chunks of about 1 MB; more than the directory promised is a FileFault.

        zipfile stops quietly where the promise ends, calamine does not: so this unpacks by itself.
        """
        info = self._infos[part]
        start = info.header_offset + 30
        name_and_extra = self.data[start - 4 : start]
        start += int.from_bytes(name_and_extra[:2], "little") + int.from_bytes(name_and_extra[2:], "little")
        packed = memoryview(self.data)[start : start + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            unpacked: Iterator[bytes] = (bytes(packed[i : i + _CHUNK]) for i in range(0, len(packed), _CHUNK))
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            unpacked = _inflate(packed)
        else:
            raise FileFault("corrupt", reason="知らない圧縮方式")
        total = 0
        for chunk in unpacked:
            total += len(chunk)
            if total > info.file_size:
                raise FileFault("corrupt", reason="部品の大きさが目録と違う")
            yield chunk
        if total != info.file_size:
            raise FileFault("corrupt", reason="途中で切れている")

    def _check_sizes(self) -> None:
        limit = self.limits.max_unpacked_mb * MB
        if sum(info.file_size for info in self._infos.values()) > limit:
            raise FileFault("unpacks_too_large", limit=self.limits.max_unpacked_mb)
        # A directory can lie. A part that could unpack beyond the limit is unpacked once to see.
        for part, info in self._infos.items():
            if info.compress_size * _BEST_RATIO > limit:
                for _ in self.chunks(part):
                    pass


def _plain_name(name: str) -> str:
    # As calamine looks parts up: without regard to case, and with either slash.
    return name.replace("\\", "/").lstrip("/").lower()


def _inflate(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for i in range(0, len(packed), _FEED):
            pending: bytes | memoryview = packed[i : i + _FEED]
            while pending:
                yield stream.decompress(pending, _CHUNK)
                pending = stream.unconsumed_tail
        yield stream.flush()
    except zlib.error as error:
        raise FileFault("corrupt", reason="途中で切れている") from error


@dataclass(frozen=True, slots=True)
class Contents:
    """What workbook.xml says: the sheets in order, and whether dates count from 1904."""

    sheets: tuple[SheetPart, ...]
    date1904: bool


def contents(container: Container) -> Contents:
    """Return the sheets of an .xlsx with the parts they are in; raise FileFault where that is not clear."""
    listed, date1904 = _listed(
        container.read("xl/workbook.xml"), container.read("xl/_rels/workbook.xml.rels")
    )
    return Contents(
        tuple(SheetPart(name, part if part in container else None) for name, part in listed), date1904
    )


# Workbooks made of one template say the same here.
@lru_cache(maxsize=64)
def _listed(workbook: bytes, relations: bytes) -> tuple[tuple[tuple[str, str], ...], bool]:
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
    name = _plain_name(target)
    return name if name.startswith("xl/") else f"xl/{name}"
