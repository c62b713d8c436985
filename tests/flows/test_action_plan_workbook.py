"""The アクションプラン as a workbook: out, edited as a department would, back, and out again the same."""

from __future__ import annotations

import json
import zipfile
from datetime import date

import openpyxl
import pytest

from config.settings import settings
from config.site import Site
from flows.action_plans import export_actions, import_actions
from plan_data.action_plan import load_action_plans

MAY = date(2026, 5, 20)
HEAD = 4


@pytest.fixture
def site():
    return Site(town="togitsu", settings=settings({}))


@pytest.fixture
def exported(site, tmp_path, capsys):
    file = tmp_path / "アクションプラン.xlsx"
    assert export_actions(site, file, "R8", MAY, tmp_path / "plans", as_json=True) == 0
    capsys.readouterr()
    return file


def edited(file, **cells):
    """Write values into the sheet by address, as a spreadsheet program would."""
    book = openpyxl.load_workbook(file)
    for address, value in cells.items():
        book.active[address] = value
    book.save(file)
    return file


def taken_over(site, file, tmp_path, capsys, day=MAY):
    code = import_actions(site, file, day, tmp_path / "plans", as_json=True)
    return code, json.loads(capsys.readouterr().out)


def rows(file):
    return list(openpyxl.load_workbook(file).active.iter_rows(min_row=HEAD, values_only=True))


def row_of(file, project_id, nth=0):
    """The number of the nth row of a 事業."""
    found = [HEAD + i for i, row in enumerate(rows(file)) if row[1] == project_id]
    return found[nth]


def test_it_is_prefilled_with_the_default_ladder_and_checks_what_is_entered(exported):
    introduced = [row for row in rows(exported) if row[1] == "DX-02" and row[5]]
    assert [(row[6], row[8]) for row in introduced] == [
        ("仕様確定", 0.2), ("調達公告", 0.35), ("契約", 0.5), ("構築・試験", 0.8), ("本稼働", 1),
    ]  # fmt: skip
    assert introduced[0][7].date() == date(2026, 6, 30)
    assert [row[9] for row in rows(exported) if row[1] == "DX-12" and row[5] == "回数"] == [1]
    sheet = openpyxl.load_workbook(exported).active
    assert sheet.protection.sheet and sheet["A5"].protection.locked and not sheet["F5"].protection.locked
    assert {v.type for v in sheet.data_validations.dataValidation} == {"list", "date", "decimal"}


def test_a_sheet_left_as_it_was_decides_nothing(site, exported, tmp_path, capsys):
    code, document = taken_over(site, exported, tmp_path, capsys)
    assert (code, document["file"], document["projects"]) == (0, None, [])
    assert not (tmp_path / "plans").exists()


def test_what_is_filled_in_comes_back_and_goes_out_the_same(site, exported, tmp_path, capsys):
    first, kpi, held = row_of(exported, "DX-02"), row_of(exported, "DX-01"), row_of(exported, "DX-12")
    edited(
        exported,
        **{f"H{first}": "令和8年7月31日", f"I{first}": "25%"},
        **{
            f"F{kpi}": "指標",
            f"G{kpi}": "交付件数",
            f"H{kpi}": date(2027, 3, 31),
            f"J{kpi}": 1200,
            f"K{kpi}": "件",
        },
        **{f"J{held}": 4},
    )
    code, document = taken_over(site, exported, tmp_path, capsys)
    assert (code, document["projects"]) == (0, ["DX-01", "DX-02", "DX-12"])
    plan = site.plan_book.in_force(MAY)
    book = load_action_plans("togitsu", plan, tmp_path / "plans")
    step = book.in_force("DX-02", "R8", MAY).steps[0]
    assert (step.by, step.weight) == (date(2026, 7, 31), 0.25)
    assert book.in_force("DX-01", "R8", MAY).kpis[0].target == 1200
    assert book.in_force("DX-12", "R8", MAY).held_target == 4
    again = tmp_path / "again.xlsx"
    export_actions(site, again, "R8", MAY, tmp_path / "plans", as_json=True)
    capsys.readouterr()
    assert taken_over(site, again, tmp_path, capsys)[1]["projects"] == []
    third = tmp_path / "third.xlsx"
    export_actions(site, third, "R8", MAY, tmp_path / "plans", as_json=True)
    assert again.read_bytes() == third.read_bytes()


def test_going_back_to_the_default_is_a_decision_too(site, exported, tmp_path, capsys):
    untouched = exported.read_bytes()
    edited(exported, **{f"J{row_of(exported, 'DX-12')}": 4})
    taken_over(site, exported, tmp_path, capsys)
    exported.write_bytes(untouched)
    code, document = taken_over(site, exported, tmp_path, capsys, date(2026, 6, 1))
    assert (code, document["projects"]) == (0, ["DX-12"])


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        pytest.param("H", "来春ごろ", "日付", id="no date"),
        pytest.param("H", "2026/2/30", "暦にない", id="no such day"),
        pytest.param("H", "令和7年6月30日", "R8年度の日ではありません", id="a day of another year"),
        pytest.param("I", 20, "", id="a share above one"),
        pytest.param("I", "半分", "数ではありません", id="a share in words"),
        pytest.param("F", "目標", "使えません", id="no such kind"),
        pytest.param("G", None, "空欄", id="no name"),
        pytest.param("I", "=1/5", "計算式", id="a formula never calculated"),
        pytest.param("B", "DX-99", "使えません", id="no such 事業"),
    ],
)
def test_a_fault_names_its_cell_and_what_would_do(site, exported, tmp_path, capsys, column, value, says):
    cell = f"{column}{row_of(exported, 'DX-02')}"
    code, document = taken_over(site, edited(exported, **{cell: value}), tmp_path, capsys)
    assert code == 1
    assert cell in [fault["cell"] for fault in document["faults"]]
    assert any(says in fault["message"] for fault in document["faults"])
    assert all(fault["remedy"] for fault in document["faults"])
    assert not (tmp_path / "plans").exists()


def test_every_fault_of_a_sheet_is_told_at_once(site, exported, tmp_path, capsys):
    cells = {f"H{row_of(exported, p)}": "未定" for p in ("DX-02", "DX-04", "DX-11")}
    _, document = taken_over(site, edited(exported, **cells), tmp_path, capsys)
    assert {fault["cell"] for fault in document["faults"]} == set(cells)


def test_a_name_that_looks_like_a_formula_stays_text(site, exported, tmp_path, capsys):
    cell = f"G{row_of(exported, 'DX-02')}"
    book = openpyxl.load_workbook(exported)
    book.active[cell].value, book.active[cell].data_type = "=HYPERLINK(1)", "s"
    book.save(exported)
    assert taken_over(site, exported, tmp_path, capsys)[0] == 0
    again = tmp_path / "again.xlsx"
    export_actions(site, again, "R8", MAY, tmp_path / "plans", as_json=True)
    assert "=HYPERLINK(1)" in [row[6] for row in rows(again)]
    with zipfile.ZipFile(again) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
