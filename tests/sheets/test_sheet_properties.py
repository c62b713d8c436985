"""What holds for any sheet: every row is counted once, and the order of rows and sheets says nothing."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from department_books import HEADER, book, read_bytes, table, togitsu
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CELL = st.one_of(
    st.none(),
    st.sampled_from(
        ["導入", "検討→導入", "約5割", "45%", "R8.10.1", "R8.10", "令和元年3月", "順調", "-", "#N/A", "合計", "※注", "〃", "事業名", "段階"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.floats(-10, 1e6, allow_nan=False),
    st.dates(date(1990, 1, 1), date(2099, 1, 1)),
    st.booleans(),
)  # fmt: skip
NAME = st.one_of(st.sampled_from(sorted(togitsu().projects.names.values())), CELL)
ROWS = st.lists(st.tuples(NAME, *[CELL] * (len(HEADER) - 1)), max_size=8)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(*sheets, label="担当課：税務課"):
    with tempfile.TemporaryDirectory() as folder:
        return read_bytes(Path(folder), book(*[table(*rows, label=label) for rows in sheets]))


def is_filled(row):
    return any(value is not None and not (isinstance(value, str) and not value.split()) for value in row)


def told(reading):
    """What was read, without where it stood."""
    rows = [
        (o.project_id, o.department, sorted((n, str(f.value), f.raw) for n, f in o.fields.items()))
        for o in reading.observations
    ]
    errors = [
        (e.code, e.raw, e.suggestion, e.message.replace("シート2", "シート1")) for e in reading.row_errors
    ]
    return sorted(rows), sorted(errors, key=str), reading.counts


@QUICK
@given(ROWS)
def test_it_counts_every_filled_row_exactly_once(rows):
    reading = read(rows)
    counts = reading.counts
    assert counts.rows == counts.accepted + counts.rejected + counts.ignored
    if reading.error is None:
        assert counts.accepted == len(reading.observations)
        assert counts.rejected <= len(reading.row_errors)
        assert counts.rows <= sum(map(is_filled, rows))
        rejected = {(error.sheet, error.cell) for error in reading.row_errors}
        assert len(rejected) >= (1 if counts.rejected else 0)


def different_projects(draw_row):
    """Rows of different 事業, so that none repeats another."""
    return st.lists(draw_row, max_size=6, unique_by=lambda row: row[0])


NAMED = st.sampled_from(sorted(togitsu().projects.names.values()))
STATUS = st.tuples(
    NAMED,
    st.sampled_from(["導入", "運用中", "がんばり中", None]),
    st.sampled_from(["45%", "約5割", "100%", None]),
    st.sampled_from(["R8.10.1", "10月中旬", "R9.3", None]),
    st.sampled_from(["R8.10.1", "R8.10", None]),
    st.sampled_from(["順調", "遅れ", "まあまあ", None]),
    st.sampled_from(["協議中", None]),
)


@QUICK
@given(rows=different_projects(STATUS), data=st.data())
def test_it_reads_the_same_whatever_the_order_of_the_rows(rows, data):
    shuffled = data.draw(st.permutations(rows))
    assert told(read(rows)) == told(read(shuffled))


@QUICK
@given(rows=different_projects(STATUS), cut=st.integers(0, 6))
def test_it_reads_the_same_whatever_the_order_of_the_sheets(rows, cut):
    one, other = rows[:cut], rows[cut:]
    assert told(read(one, other)) == told(read(other, one))
    assert read(one, other).counts == read(rows).counts
