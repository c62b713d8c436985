"""The directory of a zip: what parts it has, where each lies, and how large it says it is.

Most are plain, and read here in a tenth of the time that zipfile takes; at the least sign of anything
else zipfile is asked, so that both see the same.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from tasks.sheets.faults import FileFault

# APPNOTE.TXT of the zip format, 4.3.7, 4.3.12 and 4.3.16.
_LOCAL = Struct("<4sHHHHHLLLHH")
_ENTRY = Struct("<4sHHHHHHLLLHHHHHLL")
_END = Struct("<4sHHHHLLH")
_LOCATOR_64 = b"PK\x06\x07"
_LOCATOR_64_SIZE = 20
#: The highest version that zipfile reads, and where a size or an offset stands elsewhere.
_VERSION, _ELSEWHERE = 63, 0xFFFFFFFF
#: The version that nothing but names and sizes needs, the sign of names in UTF-8, and 1980-01-01.
_PLAIN_VERSION, _UTF8, _FIRST_DATE = 20, 1 << 11, 0x21


class Part(NamedTuple):
    """A part as the directory lists it; ``offset`` is where its own header begins, sizes are in bytes."""

    name: str
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int


def directory(data: bytes) -> list[Part]:
    """Return the parts of a zip in order; raise FileFault where it has no directory that can be read."""
    plain = _plain(data)
    if plain is not None:
        return plain
    try:
        infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise FileFault("corrupt", reason="圧縮の構造が不完全") from error
    return [
        Part(i.filename, i.flag_bits, i.compress_type, i.CRC, i.compress_size, i.file_size, i.header_offset)
        for i in infos
    ]


def stored(parts: Iterable[tuple[Part, bytes]]) -> bytes:
    """Return a zip of parts with their contents, which are not packed."""
    written: list[bytes] = []
    listed: list[bytes] = []
    at = 0
    for part, content in parts:
        name = part.name.encode()
        flags = 0 if part.name.isascii() else _UTF8
        told = (flags, 0, 0, _FIRST_DATE, part.checksum, len(content), len(content), len(name), 0)
        head = _LOCAL.pack(b"PK\x03\x04", _PLAIN_VERSION, *told) + name
        listed.append(
            _ENTRY.pack(b"PK\x01\x02", _PLAIN_VERSION, _PLAIN_VERSION, *told, 0, 0, 0, 0, at) + name
        )
        written += (head, content)
        at += len(head) + len(content)
    entries = b"".join(listed)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(listed), len(listed), len(entries), at, 0)
    return b"".join([*written, entries, end])


def _plain(data: bytes) -> list[Part] | None:
    """Return the parts where the directory ends the file, without comments, extras and anything of zip64; else None."""
    end = len(data) - _END.size
    if end < _LOCATOR_64_SIZE or data.startswith(_LOCATOR_64, end - _LOCATOR_64_SIZE):
        return None
    mark, disk, first_disk, here, count, size, at, comment = _END.unpack_from(data, end)
    if mark != b"PK\x05\x06" or disk or first_disk or comment or here != count or at + size != end:
        return None
    parts: list[Part] = []
    for _ in range(count):
        if at + _ENTRY.size > end:
            return None
        (
            mark,
            _,
            version,
            flags,
            method,
            _,
            _,
            checksum,
            packed,
            unpacked,
            length,
            extra,
            comment,
            _,
            _,
            _,
            offset,
        ) = _ENTRY.unpack_from(data, at)
        name = data[at + _ENTRY.size : at + _ENTRY.size + length]
        is_plain = mark == b"PK\x01\x02" and version <= _VERSION and not extra and not comment
        if not is_plain or _ELSEWHERE in (packed, unpacked, offset) or not name.isascii() or b"\0" in name:
            return None
        parts.append(Part(name.decode(), flags, method, checksum, packed, unpacked, offset))
        at += _ENTRY.size + length
    return parts if at == end else None
