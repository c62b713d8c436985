"""Tables with the 事業 side by side, forms, 方眼紙 sheets, headers of many rows, dates in parts and as spans."""

from __future__ import annotations

from datetime import date

import pytest
from department_books import book, read_bytes

from tasks.sheets.grid import Grid
from tasks.sheets.spans import span_of

NAMES = ["LINE申請受付等システム", "ぴったりサービス"]


def values(reading):
    assert reading.error is None, reading.error
    return [
        {name.value: (field.value, field.cell) for name, field in row.fields.items()}
        for row in reading.observations
    ]


def test_it_reads_projects_that_stand_side_by_side(tmp_path):
    rows = [
        ["担当課：行政管理課"],
        [],
        ["事業名", *NAMES],
        ["段階", "運用", "検討→導入"],
        ["進捗率", "100%", "45%"],
        ["完了予定日", "R8.4.1", "R9.3.31"],
        ["備考", None, "協議中"],
    ]
    reading = read_bytes(tmp_path, book(rows))
    assert values(reading) == [
        {
            "project_name": (NAMES[0], "B3"),
            "phase": ("運用", "B4"),
            "progress": (1.0, "B5"),
            "due_on": (date(2026, 4, 1), "B6"),
        },
        {
            "project_name": (NAMES[1], "C3"),
            "phase": ("導入", "C4"),
            "progress": (0.45, "C5"),
            "due_on": (date(2027, 3, 31), "C6"),
            "note": ("協議中", "C7"),
        },
    ]
    assert [row.department for row in reading.observations] == ["行政管理課"] * 2
    assert [row.row for row in reading.observations] == [2, 3]
    assert reading.counts.rows == 2


def test_it_names_the_very_cell_that_is_wrong_in_a_column_of_its_own(tmp_path):
    rows = [["事業名", *NAMES], ["段階", "運用", "がんばり中"], ["完了日", "R8.4.1", "令和元年3月1日"]]
    reading = read_bytes(tmp_path, book(rows))
    assert [(e.cell, e.code, e.suggestion) for e in reading.row_errors] == [
        ("C2", "phase_unknown", None),
        ("C3", "date_wrong_era", "平成31年3月1日"),
    ]
    assert (reading.counts.accepted, reading.counts.rejected) == (1, 1)


def test_it_reads_forms_below_each_other_each_by_itself(tmp_path):
    form = [["事業名", NAMES[0]], ["担当課", "行政管理課"], ["段階", "運用"], ["完了日", "R8.4.1"]]
    other = [["事業名", NAMES[1]], ["担当課", "行政管理課"], ["段階", "導入"], ["進捗率", "45%"]]
    reading = read_bytes(tmp_path, book([*form, [], *other]))
    assert [(row.fields["phase"].value, row.fields["phase"].cell) for row in reading.observations] == [
        ("運用", "B3"),
        ("導入", "B8"),
    ]


def test_it_takes_no_explanation_of_the_columns_for_a_table(tmp_path):
    rows = [["事業名", "計画書の名称を記入"], ["段階", "現在の段階を記入"], ["進捗率", "0～100%"]]
    assert read_bytes(tmp_path, book(rows)).error.code == "no_table"


def test_it_turns_a_sheet_and_every_cell_keeps_its_address():
    grid = Grid("表", [["a", "b", "c"], ["d", "e", "f"]], top=4, left=26, merges=((0, 1, 1, 2),))
    turned = grid.turn()
    assert [[turned.address(r, c) for c in range(2)] for r in range(3)] == [
        ["AA5", "AA6"],
        ["AB5", "AB6"],
        ["AC5", "AC6"],
    ]
    assert turned.merges == ((1, 0, 2, 1),)
    assert turned.turn().rows == grid.rows


def test_it_reads_a_sheet_of_squared_paper(tmp_path):
    """方眼紙: every column is some narrow ones, header and values merged across them, two rows a line."""
    width = {"事業名": 6, "段階": 3, "進捗率": 2, "完了予定日": 4}
    lines = [list(width), [NAMES[0], "運用", "100%", "R8.4.1"], [NAMES[1], "導入", "45%", "R9.3.31"]]
    rows, merges = [], []
    for number, line in enumerate(lines):
        cells: list[object] = []
        for value, wide in zip(line, width.values(), strict=True):
            first, last = Grid("", [[""] * 40]).letters[len(cells)], len(cells) + wide - 1
            merges.append(f"{first}{2 * number + 1}:{Grid('', [[''] * 40]).letters[last]}{2 * number + 2}")
            cells += [value, *[None] * (wide - 1)]
        rows += [cells, []]
    reading = read_bytes(tmp_path, book(rows, merges=merges))
    assert [(v["phase"], v["progress"], v["due_on"]) for v in values(reading)] == [
        (("運用", "G3"), (1.0, "J3"), (date(2026, 4, 1), "L3")),
        (("導入", "G5"), (0.45, "J5"), (date(2027, 3, 31), "L5")),
    ]
    assert reading.counts.rows == 2


def test_it_reads_a_header_of_five_rows_by_its_path(tmp_path):
    rows = [
        [None, None, "令和8年度", None, None],
        ["事業名", "状況", "節目", None, None],
        [None, None, "予定と実績", None, None],
        [None, None, "名称", "計画", "実績"],
        [None, None, None, "完了日", "完了日"],
        [NAMES[0], "導入", "契約", "R8.10.31", "R8.10.20"],
    ]
    merges = ["C1:E1", "C2:E2", "C3:E3", "A2:A5", "B2:B5", "C4:C5"]
    (row,) = values(read_bytes(tmp_path, book(rows, merges=merges)))
    assert row["milestone"] == ("契約", "C6")
    assert row["milestone_due_on"] == (date(2026, 10, 31), "D6")
    assert row["milestone_done_on"] == (date(2026, 10, 20), "E6")


@pytest.mark.parametrize(
    "parts",
    [["令和", 9, "年", 3, "月", 31, "日"], ["令和", 9, 3, 31], ["R", "9", "3", "31"], ["令和9年3月31日"]],
)
def test_it_reads_a_date_that_is_split_across_cells_below_one_header(tmp_path, parts):
    rows = [["事業名", "段階", "完了予定日"], [NAMES[0], "導入", *parts]]
    reading = read_bytes(tmp_path, book(rows, merges=["C1:I1"]))
    (row,) = values(reading)
    assert row["due_on"] == (date(2027, 3, 31), "C2")


@pytest.mark.parametrize("header", [["完了日（令和）"], ["令和", "完了日"]], ids=["in brackets", "above"])
def test_it_takes_the_era_of_the_header_for_dates_without_one(tmp_path, header):
    two = len(header) == 2
    rows = [
        *([[None, None, "令和"]] if two else []),
        ["事業名", "段階", header[-1]],
        [NAMES[0], "運用", "7.10.1"],
        [NAMES[1], "運用", "H31.4.1"],
    ]
    reading = read_bytes(tmp_path, book(rows))
    assert [row["finished_on"][0] for row in values(reading)] == [date(2025, 10, 1), date(2019, 4, 1)]


SPANS = [
    ("R8下期", "2026-10-01", "2027-03-31"),
    ("令和8年度上半期", "2026-04-01", "2026-09-30"),
    ("R8第3四半期", "2026-10-01", "2026-12-31"),
    ("8年度4Q", "2027-01-01", "2027-03-31"),
    ("２０２６年度第二四半期", "2026-07-01", "2026-09-30"),
    ("8年度末", "2027-03-01", "2027-03-31"),
    ("令和8年度中", "2026-04-01", "2027-03-31"),
    ("令和元年度", "2019-04-01", "2020-03-31"),
    ("令和8年10月中旬", "2026-10-11", "2026-10-20"),
    ("R9.2月下旬", "2027-02-21", "2027-02-28"),
    ("R8.10", "2026-10-01", "2026-10-31"),
    ("R8下期までに", "2026-10-01", "2027-03-31"),
]


@pytest.mark.parametrize(("text", "first", "last"), SPANS, ids=[text for text, _, _ in SPANS])
def test_it_keeps_both_ends_of_a_planned_span(tmp_path, text, first, last):
    rows = [["事業名", "段階", "完了予定日"], [NAMES[0], "導入", text]]
    reading = read_bytes(tmp_path, book(rows))
    field = reading.observations[0].fields["due_on"]
    assert (field.value, field.first_day) == (date.fromisoformat(last), date.fromisoformat(first))
    document = reading.model_dump(mode="json")["observations"][0]["fields"]
    assert document["due_on"] == {"value": last, "raw": text, "cell": "C2", "first_day": first}
    assert "first_day" not in document["phase"]
    assert type(reading).model_validate_json(reading.model_dump_json()) == reading


@pytest.mark.parametrize(
    "text", ["8下期", "下期", "10月中旬", "平成32年度末", "R8.10頃", "令和8年", "R8.13中旬"]
)
def test_it_takes_no_span_whose_year_or_end_is_not_certain(text):
    assert span_of(text) is None


def test_it_never_takes_a_span_for_the_day_something_was_done(tmp_path):
    rows = [["事業名", "段階", "完了日"], [NAMES[0], "運用", "R8下期"]]
    assert [e.code for e in read_bytes(tmp_path, book(rows)).row_errors] == ["date_not_a_day"]
