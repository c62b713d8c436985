"""The JSON of a reading, written straight from what its cells give.

It is what ``FileReading`` writes and reads back; but a record for every value would take longer than all of
the reading. So the document is the hand-over, and whoever wants records makes them of it
(``FileReading.model_validate_json``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Literal

from tasks.sheets.records import Counts, FieldName, FileError, FileReading, Match, RowError

Hidden = Literal["sheet", "row", "column"] | None

_PLACES: tuple[Hidden, ...] = ("sheet", "row", "column")
_HIDDEN: dict[Hidden, bytes] = {None: b"}}"}
_HIDDEN |= {place: f'}},"hidden":"{place}"}}'.encode() for place in _PLACES}


def text(value: str) -> bytes:
    """Return the JSON of a text."""
    return encode_basestring(value).encode()


def opening(name: FieldName, address: str) -> bytes:
    """Return what stands before the value in the JSON of a field."""
    return f'"{name.value}":{{"cell":"{address}",'.encode()


def closing(value: date | float | int | str, raw: str, first_day: date | None = None) -> bytes:
    """Return the value and what stands behind it in the JSON of a field, with a comma at its end."""
    written = text(raw)
    if isinstance(value, str):
        given = written if value is raw or value == raw else text(value)
    else:
        given = (f'"{value.isoformat()}"' if isinstance(value, date) else repr(value)).encode()
    first = b',"first_day":"%b"' % first_day.isoformat().encode() if first_day else b""
    return b'"value":%b,"raw":%b%b},' % (given, written, first)


@lru_cache(maxsize=4096)
def name_closing(name: str, raw: str) -> bytes:
    """Return the ``closing`` of what names the 事業, the last field of its JSON."""
    return closing(name, raw)[:-1]


@lru_cache(maxsize=4096)
def _beginning(sheet: str) -> bytes:
    return b'{"sheet":' + text(sheet) + b',"row":'


@lru_cache(maxsize=4096)
def _whose(project_id: str, department: str | None, method: str, score: float) -> bytes:
    match = Match(method=method, score=score).model_dump_json()
    named = "null" if department is None else encode_basestring(department)
    project = encode_basestring(project_id)
    return f',"project_id":{project},"department":{named},"match":{match},"fields":{{'.encode()


def observation(
    sheet: str,
    row: int,
    whose: tuple[str, str | None, str, float],
    fields: bytes,
    hidden: Hidden = None,
) -> bytes:
    """Return the JSON of an observation.

    ``whose``: 事業, department, and method and score of its match. ``fields`` are ``"name":{…}`` each.
    """
    return b"%b%d%b%b%b" % (_beginning(sheet), row, _whose(*whose), fields, _HIDDEN[hidden])


def document(
    file: str,
    sha256: str,
    form: str,
    received_on: date,
    observations: Iterable[bytes],
    errors: Iterable[RowError],
    counts: Counts,
    notes: Iterable[str],
) -> bytes:
    """Return the JSON of a file that was read, UTF-8. ``form`` is its format."""
    parts = [
        b'{"file":%b,"sha256":%b,"format":%b' % (text(file), text(sha256), text(form)),
        b'"received_on":"%b","error":null' % received_on.isoformat().encode(),
        b'"observations":[%b]' % b",".join(observations),
        b'"row_errors":[%b]' % b",".join(error.model_dump_json().encode() for error in errors),
        b'"counts":%b' % counts.model_dump_json().encode(),
    ]
    remarks = b",".join(map(text, notes))
    if remarks:
        parts.append(b'"notes":[%b]' % remarks)
    return b",".join(parts) + b"}"


def failed_document(file: str, sha256: str, form: str, received_on: date, error: FileError) -> bytes:
    """Return the JSON of a file that could not be read, UTF-8."""
    reading = FileReading(file=file, sha256=sha256, format=form, received_on=received_on, error=error)
    return reading.model_dump_json().encode()
