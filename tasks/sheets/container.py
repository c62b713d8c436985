"""The zip around a workbook: its directory checked before it is believed, its parts unpacked within limits.

calamine cannot be stopped once it allocates, and an abort would take the whole run with it; so what
can make it allocate without bound is looked for first (FACTS: hostile workbooks).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tasks.sheets.directory import Part, directory, stored
from tasks.sheets.faults import FileFault

if TYPE_CHECKING:
    from config.rules import ReaderLimits

MB = 1024 * 1024
_CHUNK = 1 * MB
_FEED = 64 * 1024
#: Bytes up to which a part once unpacked is kept for the next look at it.
KEPT = 1 * MB
#: Bytes, packed and unpacked, of parts that are likely to be met again, and how many of them are remembered.
_TEMPLATE, _TEMPLATE_UNPACKED, _MOST = 4 * 1024, 64 * 1024, 256
_unpacked: dict[tuple[bytes, int, int], bytes] = {}
#: How the parts end that tell what is in the cells, and how those begin that do not.
_TELLING, _APART = (".xml", ".rels"), ("xl/theme/", "docprops/", "customxml/", "xl/drawings/", "xl/media/")
#: Deflate packs at most 1032 bytes into one.
_BEST_RATIO = 1032


#: How a part is packed, how large it is said to be, and its packed bytes.
Packed = tuple[int, int, bytes] | None


class Container:
    """A zip whose directory has been checked: no part twice, none encrypted, not too much unpacked."""

    def __init__(self, data: bytes, limits: ReaderLimits) -> None:
        """Read the directory; raise FileFault where it cannot be trusted."""
        self.data = data
        self.limits = limits
        parts = directory(data)
        self._parts = {plain_name(part.name): part for part in parts}
        if len(self._parts) != len(parts):
            raise FileFault("corrupt", reason="同じ部品が二つある")
        # Nothing is unpacked to a file; but who writes such a name means harm.
        if any(".." in name.split("/") for name in self._parts if ".." in name):
            raise FileFault("corrupt", reason="部品の名前が圧縮ファイルの外を指している")
        if any(part.flags & 1 for part in parts):
            raise FileFault("encrypted")
        self._kept: dict[str, bytes] = {}
        self._check_sizes()

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    @property
    def names(self) -> Iterable[str]:
        """The names of all parts, in lower case."""
        return self._parts

    def size(self, part: str) -> int:
        """Return the unpacked size in bytes that the directory gives for a part, 0 for none."""
        listed = self._parts.get(part)
        return listed.size if listed else 0

    def packed(self, part: str) -> Packed:
        """Return a part as it lies in the file: what is equal here is equal unpacked. None for no part."""
        listed = self._parts.get(part)
        return (listed.method, listed.size, bytes(self._packed(listed))) if listed else None

    def read(self, part: str) -> bytes:
        """Return a part unpacked, empty where there is none; raise FileFault where it cannot be unpacked."""
        if part in self._kept:
            return self._kept[part]
        listed = self._parts.get(part)
        if listed is None:
            return b""
        packed = self._packed(listed)
        if len(packed) > _TEMPLATE:
            content = b"".join(self.chunks(part))
        else:
            # The same in all workbooks of a program or a template: styles, the list of contents.
            known = bytes(packed), listed.method, listed.size
            content = _unpacked.get(known, b"")
            if not content:
                content = b"".join(self.chunks(part))
                if len(_unpacked) >= _MOST:
                    _unpacked.clear()
                # A few packed bytes can be megabytes of blanks, and those are no template.
                if len(content) <= _TEMPLATE_UNPACKED:
                    _unpacked[known] = content
        if len(content) <= KEPT:
            self._kept[part] = content
        return content

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield a part unpacked in chunks of about 1 MB; more than the directory promised is a FileFault.

        zipfile stops quietly where the promise ends, calamine does not: so this unpacks by itself.
        """
        listed = self._parts[part]
        packed = self._packed(listed)
        if listed.method == zipfile.ZIP_STORED:
            unpacked: Iterator[bytes] = (bytes(packed[i : i + _CHUNK]) for i in range(0, len(packed), _CHUNK))
        elif listed.method == zipfile.ZIP_DEFLATED:
            unpacked = _inflate(packed)
        else:
            raise FileFault("corrupt", reason="知らない圧縮方式")
        total = 0
        for chunk in unpacked:
            total += len(chunk)
            if total > listed.size:
                raise FileFault("corrupt", reason="部品の大きさが目録と違う")
            yield chunk
        if total != listed.size:
            raise FileFault("corrupt", reason="途中で切れている")

    def unpacked(self) -> bytes:
        """Return the workbook with those parts that tell what is in its cells, unpacked, so that nobody does it again.

        A large one is returned as it is: it would be held twice.
        """
        if sum(part.size for part in self._parts.values()) > KEPT:
            return self.data
        needed = [name for name in self._parts if name.endswith(_TELLING) and not name.startswith(_APART)]
        return stored((self._parts[name], self.read(name)) for name in needed)

    def _packed(self, part: Part) -> memoryview:
        start = part.offset + 30
        name_and_extra = self.data[start - 4 : start]
        start += int.from_bytes(name_and_extra[:2], "little") + int.from_bytes(name_and_extra[2:], "little")
        return memoryview(self.data)[start : start + part.packed]

    def _check_sizes(self) -> None:
        limit = self.limits.max_unpacked_mb * MB
        if sum(part.size for part in self._parts.values()) > limit:
            raise FileFault("unpacks_too_large", limit=self.limits.max_unpacked_mb)
        # A directory can lie. A part that could unpack beyond the limit is unpacked once to see.
        for name, part in self._parts.items():
            if part.packed * _BEST_RATIO > limit:
                for _ in self.chunks(name):
                    pass


def plain_name(name: str) -> str:
    """Return a part's name as calamine looks it up: without regard to case, and with either slash."""
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
