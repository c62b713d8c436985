"""Workbooks broken at random, from good ones, always the same for one seed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

_NUMBER = re.compile(rb"\d+")
_ATTRIBUTE = re.compile(rb'"[^"<>]{0,40}"')
_NUMBERS = (b"0", b"-1", b"1", b"16385", b"1048577", b"4294967296", b"99999999999999999999", b"1e308", b"")
_TEXTS = (
    b'""',
    b'"A0"',
    b'"XFD1048576"',
    b'"s"',
    b'"../../x"',
    b'"rId999"',
    b'"\xff"',
    b'"&amp;&#x0;"',
    b'"e"',
)
#: Bytes of a part that are changed in place; a longer one is changed at its beginning.
_REACH = 200_000


def _flipped(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 40)):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data))]


def _gap(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data))
    return data[:start] + data[start + random.randint(1, 400) :]


def _doubled(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data))
    piece = data[start : start + random.randint(1, 4000)]
    return data[: start + len(piece)] + piece * random.randint(1, 20) + data[start + len(piece) :]


def _replaced(pattern: re.Pattern[bytes], values: Sequence[bytes]) -> Callable[[Random, bytes], bytes]:
    def change(random: Random, data: bytes) -> bytes:
        head, rest = data[:_REACH], data[_REACH:]
        found = [*pattern.finditer(head)]
        for match in sorted(
            random.sample(found, min(len(found), random.randint(1, 12))), key=lambda m: -m.start()
        ):
            head = head[: match.start()] + random.choice(values) + head[match.end() :]
        return head + rest

    return change


_WHOLE = {"flipped": _flipped, "cut": _cut, "gap": _gap, "doubled": _doubled}
_INSIDE = {
    **{f"part {name}": change for name, change in _WHOLE.items()},
    "part numbers": _replaced(_NUMBER, _NUMBERS),
    "part attributes": _replaced(_ATTRIBUTE, _TEXTS),
}
KINDS = (*_WHOLE, *_INSIDE, "part gone", "part of another", "part twice")


def mutated(random: Random, data: bytes, other: bytes, kind: str) -> bytes:
    """Return a workbook broken in this way; ``other`` gives parts. What is no zip is broken as a whole."""
    parts = _parts(data)
    if kind in _WHOLE or not parts:
        return _WHOLE.get(kind, random.choice([*_WHOLE.values()]))(random, data)
    at = random.randrange(len(parts))
    name, content = parts[at]
    if kind in _INSIDE:
        parts[at] = (name, _INSIDE[kind](random, content) if content else b"x")
    elif kind == "part gone":
        del parts[at]
    elif kind == "part twice":
        parts.append((name, random.choice(parts)[1]))
    else:
        foreign = [
            content for named, content in _parts(other) if named.rpartition(".")[2] == name.rpartition(".")[2]
        ]
        parts[at] = (name, random.choice(foreign) if foreign else b"")
    return _zip(parts)


def _parts(data: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(name, archive.read(name)) for name in archive.namelist() if not name.endswith("/")]
    except Exception:
        return []


def _zip(parts: Sequence[tuple[str, bytes]]) -> bytes:
    import warnings

    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # the same name twice is what is wanted
        for name, content in parts:
            # Always of one moment: by the clock, the same file would be another two seconds later.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
