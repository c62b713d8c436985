"""What the reader reads from the simulated nation is what was meant, row by row, with its cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from config.settings import settings
from config.site import Site
from tasks.samples.national import National
from tasks.samples.national_layouts import LAYOUTS
from tasks.sheets.reading import read_file, reading_context

RECEIVED = date(2026, 10, 10)


@cache
def world():
    """The simulated nation, the reader's context, and two files of each layout (96 in all)."""
    site = Site("togitsu", settings({}))
    plan = site.plan_book.revisions[-1]
    national = National(plan, site.config, seed=7)
    found = {number: [] for number in range(LAYOUTS)}
    for file in national.files(1900):
        if len(found[file.layout.number]) < 2:
            found[file.layout.number].append(file)
        elif all(len(files) == 2 for files in found.values()):
            break
    return national, reading_context(plan, site.config), found


def disagreements(file, reading) -> Iterator[str]:
    """Yield every difference between a file's truth and its reading."""
    if reading.error:
        yield f"{reading.error.code}: {reading.error.message}"
        return
    expected = {row.fault for row in file.rows if row.fault}
    told = {(error.cell, str(error.code)) for error in reading.row_errors}
    yield from (f"not told: {fault}" for fault in sorted(expected - told))
    yield from (f"told without reason: {fault}" for fault in sorted(told - expected))
    read = {observation.row: observation for observation in reading.observations}
    for row in file.rows:
        if not row.fault:
            yield from _differences(row, read.pop(row.row, None), file.layout.sheet)
    yield from (f"row {number} was no report" for number in read)


def _differences(row, seen, sheet) -> Iterator[str]:
    if seen is None:
        yield f"row {row.row} was not accepted"
        return
    said = (seen.sheet, seen.project_id, seen.department)
    if said != (sheet, row.project_id, row.department):
        yield f"row {row.row} is {(sheet, row.project_id, row.department)}, read as {said}"
    for name in sorted(row.values.keys() | {str(field) for field in seen.fields}):
        meant, got = row.values.get(name), seen.fields.get(name)
        if meant is None or got is None or (meant.value, meant.cell) != (_plain(got.value), got.cell):
            yield f"row {row.row} {name}: meant {meant}, read {got}"


def _plain(value):
    """A value as the truth gives it: of shares, six digits."""
    return round(value, 6) if isinstance(value, float) else value


@pytest.mark.parametrize("number", range(LAYOUTS), ids=lambda number: f"layout {number}")
def test_it_reads_what_was_meant(number, tmp_path):
    national, context, found = world()
    assert len(found[number]) == 2
    for file in found[number]:
        path = tmp_path / file.file.replace("/", "_")
        path.write_bytes(national.workbook(file))
        reading = read_file(path, file.file, "0" * 64, RECEIVED, context)
        assert list(disagreements(file, reading)) == [], file.file
        faulty = sum(row.fault is not None for row in file.rows)
        assert (reading.counts.accepted, reading.counts.rejected) == (len(file.rows) - faulty, faulty)


def test_it_meets_rows_to_be_sent_back():
    _, _, found = world()
    faults = {row.fault[1] for files in found.values() for file in files for row in file.rows if row.fault}
    assert len(faults) >= 8
