"""Golden cases: each workbook has one difficulty, and expected.json says what a person reads in it.

``golden/make.py`` rebuilds the workbooks; expected.json is reviewed by eye, never taken over unread.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from department_books import TODAY, togitsu

from config.layouts import Layout
from plan_data.source import load_yaml
from tasks.sheets.given_layout import Layouts
from tasks.sheets.reading import read_file
from tasks.sheets.records import ReadDocument

CASES = sorted(path.parent for path in (Path(__file__).parent / "golden").glob("*/expected.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_reads_what_a_person_reads(case):
    assert read(case, with_layout(case)) == json.loads((case / "expected.json").read_text("utf-8"))


def read(case, context):
    (path,) = case.glob("workbook.*")
    reading = read_file(path, f"報告/{path.name}", "0" * 64, TODAY, context)
    (document,) = ReadDocument(files=(reading,)).model_dump(mode="json")["files"]
    del document["sha256"], document["received_on"]
    return document


def with_layout(case):
    path = case / "layout.yaml"
    named = {case.name: load_yaml(path, Layout)} if path.exists() else {}
    return replace(togitsu(), layouts=Layouts(named))


@pytest.mark.parametrize(
    "case", [case for case in CASES if (case / "layout.yaml").exists()], ids=lambda case: case.name
)
def test_it_needs_the_layout_of_a_case_that_has_one(case):
    assert read(case, togitsu()) != json.loads((case / "expected.json").read_text("utf-8"))


def test_it_has_an_expectation_for_every_workbook():
    workbooks = (Path(__file__).parent / "golden").glob("*/workbook.*")
    assert sorted(path.parent for path in workbooks) == CASES
    assert len(CASES) >= 60
