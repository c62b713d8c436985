"""The document of ``shinchoku read --json``: exactly its shape, and the way back into ``judge``."""

from __future__ import annotations

import json

import pytest
from department_books import ROW, book, changed_row, read_bytes, table, togitsu
from pydantic import ValidationError

from tasks.sheets.documents import match_observations
from tasks.sheets.records import Counts, FieldName, FileReading, Observation, ReadDocument, ReportedPhase


@pytest.fixture
def reading(tmp_path):
    return read_bytes(tmp_path, book(table(ROW, changed_row(事業名="謎の事業"))), "税務課/報告.xlsx")


def test_it_writes_the_document_as_specified(reading):
    document = ReadDocument(files=(reading,)).model_dump(mode="json")
    observation = {
        "sheet": "シート1",
        "row": 4,
        "project_id": "DX-02",
        "department": "税務課",
        "match": {"method": "exact", "score": 100.0},
        "fields": {
            "project_name": {
                "value": "コンビニ交付（税証明）",
                "raw": "コンビニ交付（税証明）",
                "cell": "A4",
            },
            "phase": {"value": "導入", "raw": "導入", "cell": "B4"},
            "progress": {"value": 0.45, "raw": "45%", "cell": "C4"},
            "due_on": {"value": "2027-03-31", "raw": "R9.3.31", "cell": "D4"},
            "self_rating": {"value": "順調", "raw": "順調", "cell": "F4"},
        },
    }
    (error,) = document["files"][0].pop("row_errors")
    assert document == {
        "files": [
            {
                "file": "税務課/報告.xlsx",
                "sha256": "0" * 64,
                "format": "xlsx",
                "received_on": "2026-11-24",
                "error": None,
                "observations": [observation],
                "counts": {"rows": 2, "accepted": 1, "rejected": 1, "ignored": 0},
            }
        ]
    }
    assert error.keys() == {"sheet", "cell", "code", "message", "raw", "suggestion"}


def test_it_reads_its_own_document_back_as_the_same_records(reading):
    document = ReadDocument(files=(reading,))
    assert ReadDocument.model_validate_json(document.model_dump_json()) == document
    assert ReadDocument.model_validate(json.loads(document.model_dump_json())) == document


def test_it_types_what_the_reader_built_without_validation(reading):
    """The reader skips validation for speed; what it builds must pass it unchanged."""
    for observation in reading.observations:
        again = Observation.model_validate(observation.model_dump())
        assert again == observation
        assert {type(v.value) for v in again.fields.values()} <= {str, float, *map(type, [v.value for v in observation.fields.values()]), ReportedPhase, type(again.fields[FieldName.SELF_RATING].value)}  # fmt: skip


def row(**changes):
    fields = {
        "project_name": {"value": "コンビニ交付(税証明)", "raw": "x", "cell": "A5"},
        "phase": {"value": "導入", "raw": "導入"},
    }
    return Observation.model_validate({"sheet": "S", "row": 5, "fields": fields, **changes})


def reading_of(*rows, **changes):
    return FileReading(file="手.json", sha256="", format="json", observations=rows, **changes)


def test_it_fills_in_the_project_by_its_name_where_the_id_is_null():
    (matched,) = match_observations([reading_of(row())], togitsu())
    assert matched.observations[0].project_id == "DX-02"
    assert matched.observations[0].match.method == "normalised"
    assert matched.counts.model_dump() == {"rows": 1, "accepted": 1, "rejected": 0, "ignored": 0}


def test_it_leaves_a_reading_alone_in_which_all_projects_are_known():
    known = reading_of(row(project_id="DX-03"))
    assert match_observations([known], togitsu())[0] is known


@pytest.mark.parametrize(
    ("changes", "code", "raw"),
    [
        ({"fields": {"project_name": {"value": "謎", "raw": "謎", "cell": "A5"}}}, "unknown_project", "謎"),
        ({"fields": {"phase": {"value": "導入", "raw": "導入"}}}, "project_missing", ""),
        ({"project_id": "DX-99"}, "unknown_project", "DX-99"),
    ],
)
def test_it_tells_of_a_row_whose_project_stays_unknown(changes, code, raw):
    (matched,) = match_observations([reading_of(row(**changes), row())], togitsu())
    assert [o.project_id for o in matched.observations] == ["DX-02"]
    (error,) = matched.row_errors
    assert (error.cell, error.code, error.raw) == ("A5", code, raw)
    assert matched.counts == Counts(rows=2, accepted=1, rejected=1, ignored=0)


# A document with one fault → words of the refusal.
BROKEN = [
    ({"progress": {"value": 45, "raw": "45"}}, "between 0 and 1"),
    ({"held_count": {"value": -1, "raw": "-1"}}, "not be negative"),
    ({"finished_on": {"value": "R8.10.1", "raw": "R8.10.1"}}, "isoformat"),
    ({"phase": {"value": "たぶん導入", "raw": "x"}}, "ReportedPhase"),
    ({"phase": {"raw": "導入"}}, "needs value"),
    ({"phase": {"value": "導入", "raw": "導入", "sell": "B4"}}, "sell"),
    ({"phase": "導入"}, "needs value"),
]


@pytest.mark.parametrize(("fields", "words"), BROKEN)
def test_it_refuses_a_document_that_says_something_impossible(fields, words):
    with pytest.raises(ValidationError, match=words):
        row(fields=fields)


def test_it_refuses_counts_that_do_not_add_up():
    with pytest.raises(ValidationError, match="rows must equal"):
        Counts(rows=3, accepted=1, rejected=1, ignored=0)
