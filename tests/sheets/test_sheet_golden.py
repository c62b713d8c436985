"""Golden cases: each workbook has one difficulty, and expected.json says what a person reads in it.

``golden/make.py`` rebuilds the workbooks; expected.json is reviewed by eye, never taken over unread.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from department_books import TODAY, togitsu

from tasks.sheets.reading import read_file
from tasks.sheets.records import ReadDocument

CASES = sorted(path.parent for path in (Path(__file__).parent / "golden").glob("*/expected.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_reads_what_a_person_reads(case):
    (path,) = case.glob("workbook.*")
    reading = read_file(path, f"報告/{path.name}", "0" * 64, TODAY, togitsu())
    (document,) = ReadDocument(files=(reading,)).model_dump(mode="json")["files"]
    del document["sha256"], document["received_on"]
    assert document == json.loads((case / "expected.json").read_text("utf-8"))


def test_it_has_an_expectation_for_every_workbook():
    workbooks = (Path(__file__).parent / "golden").glob("*/workbook.*")
    assert sorted(path.parent for path in workbooks) == CASES
    assert len(CASES) >= 60
