"""Errors in .xls cells: found where the stream lies, and no damaged file stops the looking."""

from __future__ import annotations

from pathlib import Path

from department_books import togitsu
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.sheets.guard_xls import broken_cells

DATA = (Path(__file__).parent / "golden" / "error-cells-in-xls" / "workbook.xls").read_bytes()
FOUND = [{"C4": "#DIV/0!", "C5": "#N/A"}]


def test_it_finds_the_errors_with_their_addresses():
    assert broken_cells(DATA, togitsu().limits) == FOUND


def test_it_finds_none_in_a_sound_workbook():
    sound = Path(__file__).parent / "golden" / "date-in-xls" / "workbook.xls"
    assert broken_cells(sound.read_bytes(), togitsu().limits) == []


@given(
    st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(DATA)),
)
@settings(max_examples=100, deadline=None)
def test_it_says_nothing_of_a_damaged_file_and_never_fails(changes, length):
    data = bytearray(DATA)
    for place, byte in changes:
        data[place] = byte
    assert isinstance(broken_cells(bytes(data[:length]), togitsu().limits), list)
