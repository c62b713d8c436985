"""Action plans as the rows of a sheet, and back: what is offered, taken and refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from action_plans import PLAN, WRITTEN
from hypothesis import given
from hypothesis import strategies as st

from plan_data import yaml_text
from plan_data.action_plan import ActionPlan, ActionPlanBook
from plan_data.action_plan_rows import COLUMNS, Imported, actions_of, rows_of
from plan_data.action_plan_text import as_yaml
from plan_data.phases import Phase

# --- the sheet ------------------------------------------------------------------------------------------
DECIDED = date(2026, 5, 20)


def numbered(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The rows as they stand below a heading in row 1."""
    return dict(enumerate(rows, 2))


def sheet(*rows: str) -> dict[int, dict[str, Any]]:
    """Rows written ``R8|DX-04|節目|仕様確定|2026-07-31|0.25||``, numbered from 2."""
    columns = ("年度", "事業ID", "種別", "名称", "期限", "累計の割合", "目標値", "単位")
    made = []
    for text in rows:
        cells: dict[str, Any] = dict(zip(columns, text.split("|"), strict=True))
        for column in ("累計の割合", "目標値"):
            if cells[column].replace(".", "").isdecimal():
                cells[column] = float(cells[column])
        made.append(cells)
    return numbered(made)


def imported(rows: dict[int, dict[str, Any]]) -> Imported:
    return actions_of(rows, PLAN, "R8", DECIDED)


def test_it_offers_a_blank_row_for_every_project_that_has_something_to_do() -> None:
    rows = rows_of(PLAN, ActionPlanBook("togitsu"), "R8", DECIDED)
    busy = [p.id for _, _, p in PLAN.projects() if p.phases["R8"].phase is not Phase.NONE]
    assert [row["事業ID"] for row in rows] == busy
    assert all(tuple(row) == COLUMNS and row["種別"] is None for row in rows)
    assert imported(numbered(rows)) == Imported(
        ActionPlan(fiscal_year="R8", decided_on=DECIDED, projects=()), ()
    )


def test_it_writes_what_is_in_force_and_reads_it_back() -> None:
    plan = ActionPlan.model_validate(yaml_text.to_data(yaml_text.compose(WRITTEN)))
    rows = rows_of(PLAN, ActionPlanBook("togitsu", (plan,)), "R8", DECIDED)
    filled = [row for row in rows if row["種別"] is not None]
    assert [(row["事業ID"], row["種別"]) for row in filled] == [
        ("DX-04", "節目"),
        ("DX-04", "節目"),
        ("DX-04", "節目"),
        ("DX-04", "指標"),
        ("DX-29", "回数"),
    ]
    assert imported(numbered(rows)) == Imported(plan, ())


def test_it_takes_what_a_sheet_makes_of_dates_counts_and_blanks() -> None:
    rows = sheet(" R8 |DX-04|節目|本稼働||1.0||", "R8|DX-29|回数||||4.0|", "R8|DX-01||||||")
    rows[2]["期限"] = datetime(2027, 3, 26)  # noqa: DTZ001 (a sheet knows no time zone)
    found = imported(rows)
    assert found.faults == ()
    assert found.plan is not None
    assert found.plan.projects[0].steps[0].by == date(2027, 3, 26)
    assert found.plan.projects[1].held_target == 4


# the rows; then the row, column and words of each fault
ROW_FAULTS = [
    pytest.param(["R9|DX-04|節目|本稼働|2027-03-26|1.0||"], [(2, "年度", "R9")], id="another year"),
    pytest.param(["|DX-04|節目|本稼働|2027-03-26|1.0||"], [(2, "年度", "空欄")], id="no year"),
    pytest.param(["R8|DX-30|節目|本稼働|2027-03-26|1.0||"], [(2, "事業ID", "DX-30")], id="a project the plan lacks"),
    pytest.param(["R8|DX-04|目標|本稼働|2027-03-26|1.0||"], [(2, "種別", "目標")], id="an unknown kind"),
    pytest.param(["R8|DX-04||本稼働|2027-03-26|1.0||"], [(2, "種別", "空欄")], id="no kind"),
    pytest.param(["R8|DX-04|節目|本稼働||1.0||"], [(2, "期限", "空欄")], id="no day"),
    pytest.param(["R8|DX-04|節目|本稼働|来春|1.0||"], [(2, "期限", "日付")], id="a day in words"),
    pytest.param(["R8|DX-04|節目|本稼働|2027-04-01|1.0||"], [(2, "期限", "R8年度の日")], id="after the year"),
    pytest.param(["R8|DX-04|節目|本稼働|2027-03-26|100||"], [(2, "累計の割合", "1.0以下")], id="a weight in percent"),
    pytest.param(["R8|DX-04|節目|本稼働|2027-03-26|全部||"], [(2, "累計の割合", "数値")], id="a weight in words"),
    pytest.param(["R8|DX-04|節目|本稼働|2027-03-26|1.0|5|"], [(2, "目標値", "空欄にして")], id="a column of another kind"),
    pytest.param(["R8|DX-04|指標|件数|2027-03-31||1200|"], [(2, "単位", "空欄です")], id="a target without a unit"),
    pytest.param(["R8|DX-29|回数||||1.5|"], [(2, "目標値", "整数")], id="held one and a half times"),
    pytest.param(["R8|DX-29|回数||||4|", "R8|DX-29|回数||||5|"], [(3, "種別", "二つ")], id="held twice as often"),
    pytest.param(["R8|DX-04|節目|契約|2026-11-30|0.5||", "R8|DX-04|節目|本稼働|2027-03-26|0.9||"], [(3, "累計の割合", "1.0")], id="less than all"),
    pytest.param(["R8|DX-04|節目|本稼働|2027-03-26|0.5||", "R8|DX-04|節目|契約|2026-11-30|1.0||"], [(3, "期限", "より後の日")], id="out of order"),
    # The bad row is told, not that the ladder lacks its end because of it; the other 事業 is looked at as well.
    pytest.param(["R8|DX-04|節目|契約|2026-11-30|0.5||", "R8|DX-04|節目|本稼働||1.0||", "R8|DX-29|回数||||0|"], [(3, "期限", "空欄"), (4, "目標値", "1以上")], id="two projects"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "faults"), ROW_FAULTS)
def test_it_names_row_and_column_of_a_fault(rows: list[str], faults: list[tuple[int, str, str]]) -> None:
    found = imported(sheet(*rows))
    assert found.plan is None
    assert [(fault.row, fault.column) for fault in found.faults] == [fault[:2] for fault in faults]
    for fault, (_, _, says) in zip(found.faults, faults, strict=True):
        assert says in fault.message


def test_it_refuses_to_import_for_a_year_the_plan_lacks() -> None:
    with pytest.raises(ValueError, match="R6"):
        actions_of({}, PLAN, "R6", DECIDED)


# --- round trips --------------------------------------------------------------------------------------
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and not set(name) & set("\n") and bool(name.strip())
)
R8_DAYS = st.dates(date(2026, 4, 1), date(2027, 3, 31))


@st.composite
def projects(draw: st.DrawFn, project_id: str) -> dict[str, Any]:
    days = sorted(draw(st.sets(R8_DAYS, max_size=5)))
    inner = draw(
        st.sets(st.floats(1e-7, 0.999), min_size=max(len(days) - 1, 0), max_size=max(len(days) - 1, 0))
    )
    names = draw(st.lists(NAMES, min_size=len(days), max_size=len(days), unique=True))
    weights = [*sorted(inner), 1.0][-len(days) :] if days else []
    kpi = st.fixed_dictionaries(
        {"name": NAMES, "unit": NAMES, "target": st.floats(-1e300, 1e300), "by": R8_DAYS}
    )
    return {
        "project_id": project_id,
        "steps": [{"name": n, "by": d, "weight": w} for n, d, w in zip(names, days, weights, strict=True)],
        "kpis": draw(st.lists(kpi, max_size=3, unique_by=lambda k: (k["name"], k["by"]))),
        "held_target": draw(st.integers(1, 400)),
    }


PLANS = st.builds(
    lambda chosen: ActionPlan.model_validate(
        {"fiscal_year": "R8", "decided_on": DECIDED, "projects": chosen}
    ),
    st.lists(st.sampled_from(["DX-01", "DX-04", "DX-29"]), unique=True)
    .map(sorted)
    .flatmap(lambda ids: st.tuples(*map(projects, ids))),
)


@given(PLANS)
def test_its_text_loads_as_the_same_plan(plan: ActionPlan) -> None:
    text = as_yaml(plan)
    assert ActionPlan.model_validate(yaml_text.to_data(yaml_text.compose(text))) == plan
    assert text.splitlines()[0] == WRITTEN.splitlines()[0]


@given(PLANS)
def test_its_sheet_reads_as_the_same_plan(plan: ActionPlan) -> None:
    rows = rows_of(PLAN, ActionPlanBook("togitsu", (plan,)), "R8", DECIDED)
    assert imported(numbered(rows)) == Imported(plan, ())
