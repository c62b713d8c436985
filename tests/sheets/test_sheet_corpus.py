"""Real workbooks, not made for this project: each is read or answered, and its dates mean what it shows.

They are read where they lie beside the project, if they lie there; the golden workbooks always are.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from department_books import TODAY, book, togitsu

from config.town import load_town
from plan_data.loader import load_plan
from tasks.sheets.dates import read_date
from tasks.sheets.grid import Grid
from tasks.sheets.losses import LOSS_CODES
from tasks.sheets.pool import ContextSource, Job, ReadingPool
from tasks.sheets.reader_key import reader_key
from tasks.sheets.workbook import open_workbook

REAL = Path(__file__).parents[3] / "shared" / "corpus"
FILES = [
    *sorted((Path(__file__).parent / "golden").glob("*/workbook.*")),
    *sorted(path for path in REAL.glob("*/*") if path.is_file()),
]
#: A date written out in Western digits at the start of what a cell shows, whatever time follows it.
SHOWN = re.compile(r"((?:19|20)\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")


def test_every_real_workbook_is_read_or_answered_and_costs_no_process():
    plan, town = load_plan("togitsu").in_force(TODAY), load_town("togitsu")
    source = ContextSource.of(plan, town, reader_key(plan, town))
    with ReadingPool(town.rules.reader) as pool:
        readings = list(pool.read_many([Job(p, p.name, "0" * 64, TODAY, source) for p in FILES]))
    assert len(readings) == len(FILES) >= 60
    for path, reading in zip(FILES, readings, strict=True):
        if reading.error is not None:
            assert reading.error.code not in LOSS_CODES, path
            assert reading.error.message and reading.error.remedy, path
        else:
            assert reading.counts.rows > 0, path


#: The layout of the real sheets that show beside each cell how it is displayed.
LIKE_THEM = book(
    [
        ["題"],
        ["No.", "テストケース", "テスト結果"],
        [1, date(2012, 2, 29), "H24.2.29"],
        [2, date(2016, 3, 1), "2016/3/1 1:58 AM"],
    ],
    names=["書式（日付）"],
)


def cells_with_what_they_show(grid: Grid):
    """Yield the cells and displayed texts of a sheet of such a layout."""
    for top, row in enumerate(grid.rows):
        if "テストケース" in row and "テスト結果" in row:
            cell, text = row.index("テストケース"), row.index("テスト結果")
            yield from ((r[cell], r[text]) for r in grid.rows[top + 1 :] if isinstance(r[text], str))


def shown_day(text: str) -> date | None:
    """The day a displayed text names, by our own reading or, of a longer text, by its digits."""
    day = read_date(text)
    if isinstance(day, date):
        return day
    found = SHOWN.match(text)
    return date(*map(int, found.groups())) if found and int(found[2]) <= 12 else None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LIKE_THEM, id="made"),
        *(
            pytest.param(path.read_bytes(), id=path.name)
            for path in FILES
            if path.parent.name == "cellformatter"
        ),
    ],
)
def test_a_date_cell_is_the_day_that_the_spreadsheet_shows(data):
    workbook = open_workbook(data, togitsu().limits, "workbook")
    pairs = [
        (cell, day)
        for grid in workbook.grids
        for cell, text in cells_with_what_they_show(grid)
        # Templates show what a cell left empty would; and a day that nobody can mean is refused.
        if isinstance(cell, date) and (day := shown_day(text)) is not None and 1950 <= day.year < 2100
    ]
    assert [(cell, day) for cell, day in pairs if read_date(cell) != day] == []
    assert pairs or data is not LIKE_THEM
