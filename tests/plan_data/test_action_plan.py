"""Action plans: loading, what is refused and where, what is in force, the schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from action_plans import PLAN, SAMPLE, SAMPLES, WRITTEN

import plan_data
from plan_data import yaml_text
from plan_data.action_plan import FOLDER, ActionPlan, ActionPlanBook, load_action_plans
from plan_data.action_plan_schema import SCHEMA_FILE, action_plan_schema
from plan_data.loader import load_plan
from plan_data.phases import Phase
from plan_data.source import SourceError

Town = Callable[..., Path]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Return a function that writes files (name, text) as the action plans of the town, and returns the root."""

    def write(*files: tuple[str, str]) -> Path:
        folder = tmp_path / "togitsu" / FOLDER
        folder.mkdir(parents=True)
        for name, text in files:
            (folder / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def decision(decided_on: str, *projects: str, fiscal_year: str = "R8") -> str:
    items = "".join(f"\n  - {{ project_id: {p}, held_target: {n} }}" for n, p in enumerate(projects, 1))
    return f"fiscal_year: {fiscal_year}\ndecided_on: {decided_on}\nprojects:{items or ' []'}\n"


# --- loading ------------------------------------------------------------------------------------------
def test_it_loads_the_sample_which_is_marked_and_empty() -> None:
    assert "見本" in SAMPLE.read_text(encoding="utf-8")
    book = load_action_plans("togitsu", PLAN, SAMPLES)
    assert [plan.projects for plan in book.plans] == [()]


def test_it_loads_the_example_in_the_sample_once_written_out(town: Town) -> None:
    book = load_action_plans("togitsu", PLAN, town(("r8.yaml", WRITTEN)))
    actions = book.in_force("DX-04", "R8", date(2026, 5, 20))
    assert actions is not None
    assert [(step.by.isoformat(), step.weight) for step in actions.steps] == [
        ("2026-07-31", 0.25),
        ("2026-11-30", 0.5),
        ("2027-03-26", 1.0),
    ]
    assert (actions.kpis[0].target, actions.kpis[0].unit) == (3, "日")
    activity = book.in_force("DX-29", "R8", date(2026, 5, 20))
    assert activity is not None
    assert activity.held_target == 4


def test_the_first_town_has_no_invented_action_plan() -> None:
    assert load_action_plans("togitsu", PLAN) == ActionPlanBook("togitsu")


def test_it_is_no_revision_of_the_plan(town: Town) -> None:
    root = town(("r8.yaml", WRITTEN))
    source = Path(plan_data.__file__).parent / "togitsu" / "r8-03.yaml"
    (root / "togitsu" / source.name).write_bytes(source.read_bytes())
    assert load_plan("togitsu", root).revisions == (PLAN,)


# --- what is in force -----------------------------------------------------------------------------------
# 事業, fiscal year, day; the held_target that counts (None: nothing decided)
@pytest.mark.parametrize(
    ("project_id", "fiscal_year", "as_of", "target"),
    [
        pytest.param("DX-01", "R8", "2026-05-19", None, id="the day before the first decision"),
        pytest.param("DX-01", "R8", "2026-05-20", 1, id="the day of the decision"),
        pytest.param("DX-02", "R8", "2026-09-30", 2, id="the day before the second decision"),
        pytest.param("DX-02", "R8", "2026-10-01", 1, id="replaced by the second"),
        pytest.param("DX-01", "R8", "2026-10-01", 1, id="not touched by the second"),
        pytest.param("DX-01", "R9", "2026-10-01", None, id="another fiscal year"),
        pytest.param("DX-04", "R8", "2026-10-01", None, id="another project"),
    ],
)
def test_it_counts_what_was_decided_by_the_day(
    town: Town, project_id: str, fiscal_year: str, as_of: str, target: int | None
) -> None:
    # The file names are in the wrong order: the day of the decision counts.
    root = town(
        ("b.yaml", decision("2026-05-20", "DX-01", "DX-02")), ("a.yaml", decision("2026-10-01", "DX-02"))
    )
    book = load_action_plans("togitsu", PLAN, root)
    actions = book.in_force(project_id, fiscal_year, date.fromisoformat(as_of))
    assert (actions.held_target if actions else None) == target


# --- faults -----------------------------------------------------------------------------------------------
# the edit of the example (text, its replacement); the key; words of the sentence
FAULTS = [
    pytest.param("fiscal_year: R8", "fiscal_year: 令和8年度", "fiscal_year", ["書き方"], id="a year in words"),
    pytest.param("decided_on: 2026-05-20", "decided_on: 5月20日", "decided_on", ["日付"], id="no date"),
    pytest.param("decided_on: 2026-05-20\n", "", "decided_on", ["必要なキー"], id="no decision day"),
    pytest.param("project_id: DX-04", "project_id: DX-30", "projects.0.project_id", ["DX-30", "DX-01～DX-29"], id="a project the plan lacks"),
    pytest.param("project_id: DX-04", "project_id: dx3", "projects.0.project_id", ["書き方"], id="a malformed id"),
    pytest.param("project_id: DX-29", "project_id: DX-04", "projects.1.project_id", ["DX-04", "二つ"], id="a project twice"),
    pytest.param("by: 2026-07-31", "by: 2026-03-31", "projects.0.steps.0.by", ["2026-04-01～2027-03-31"], id="the day before the fiscal year"),
    pytest.param("by: 2027-03-26", "by: 2027-04-01", "projects.0.steps.2.by", ["2026-04-01～2027-03-31"], id="the day after the fiscal year"),
    pytest.param("by: 2027-03-31", "by: 2027-04-01", "projects.0.kpis.0.by", ["2026-04-01～2027-03-31"], id="a target after the fiscal year"),
    pytest.param("by: 2026-11-30", "by: 2026-07-31", "projects.0.steps.1.by", ["契約", "より後の日"], id="two steps on a day"),
    pytest.param("by: 2026-11-30", "by: 2026-11-31", "projects.0.steps.1.by", ["日付"], id="a day that does not exist"),
    pytest.param("weight: 0.5", "weight: 0.25", "projects.0.steps.1.weight", ["契約", "0.25 より大きく"], id="weights that stand still"),
    pytest.param("weight: 0.5", "weight: 50", "projects.0.steps.1.weight", ["1.0以下"], id="a weight in percent"),
    pytest.param("weight: 0.5", "weight: true", "projects.0.steps.1.weight", ["数値"], id="a weight that is none"),
    pytest.param("weight: 1.0", "weight: 0.9", "projects.0.steps.2.weight", ["1.0"], id="less than all"),
    pytest.param("name: 契約", "name: 仕様確定", "projects.0.steps.1.name", ["仕様確定", "二つ"], id="a name twice"),
    pytest.param("name: 契約", "naem: 契約", "projects.0.steps.1.naem", ["name"], id="a misspelt key"),
    pytest.param("target: 3", "target: 多い", "projects.0.kpis.0.target", ["数値"], id="a target in words"),
    pytest.param("unit: 日, ", "", "projects.0.kpis.0.unit", ["必要なキー"], id="a target without a unit"),
    pytest.param("held_target: 4", "held_target: 0", "projects.1.held_target", ["1以上"], id="held no time"),
    pytest.param("held_target: 4", "steps: []", "projects.1", ["いずれも"], id="nothing in it"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "says"), FAULTS)
def test_it_names_file_line_and_key_of_a_fault(
    town: Town, old: str, new: str, key: str, says: list[str]
) -> None:
    assert WRITTEN.count(old) == 1
    text = WRITTEN.replace(old, new)
    with pytest.raises(SourceError) as caught:
        load_action_plans("togitsu", PLAN, town(("r8.yaml", text)))
    fault = caught.value
    assert fault.file.endswith("togitsu/action_plans/r8.yaml")
    assert fault.key == key
    assert all(word in str(fault) for word in says), str(fault)
    edited_line = WRITTEN[: WRITTEN.index(old)].count("\n") + 1
    # What is wrong with a whole mapping, or missing in it, is told where that begins: a line above.
    line_above = key == "projects.1" or (key == "decided_on" and not new)
    assert fault.line == edited_line - line_above


def test_it_refuses_a_fiscal_year_the_plan_lacks(town: Town) -> None:
    text = decision("2026-05-20", "DX-01", fiscal_year="R10")
    with pytest.raises(SourceError) as caught:
        load_action_plans("togitsu", PLAN, town(("r10.yaml", text)))
    assert (caught.value.line, caught.value.key) == (1, "fiscal_year")
    assert caught.value.allowed == PLAN.fiscal_years


def test_it_refuses_two_decisions_of_one_day_about_one_project(town: Town) -> None:
    same = decision("2026-05-20", "DX-01", "DX-02"), decision("2026-05-20", "DX-04", "DX-02")
    with pytest.raises(SourceError) as caught:
        load_action_plans("togitsu", PLAN, town(("a.yaml", same[0]), ("b.yaml", same[1])))
    assert caught.value.file.endswith("b.yaml")
    assert (caught.value.line, caught.value.key) == (5, "projects.1.project_id")
    assert "a.yaml" in str(caught.value)


def test_it_takes_decisions_of_one_day_about_different_projects(town: Town) -> None:
    root = town(
        ("a.yaml", decision("2026-05-20", "DX-01")), ("b.yaml", decision("2026-05-20", "DX-02")),
        ("c.yaml", decision("2026-05-20", "DX-01", fiscal_year="R9")),
    )  # fmt: skip
    assert len(load_action_plans("togitsu", PLAN, root).plans) == 3


# --- the schema -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(action_plan_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_it_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == action_plan_schema(), (
        "run: python -m plan_data.action_plan_schema"
    )


def test_the_schema_takes_the_sample_and_the_example(validator: jsonschema.Draft202012Validator) -> None:
    for text in (SAMPLE.read_text(encoding="utf-8"), WRITTEN):
        validator.validate(yaml_text.to_data(yaml_text.compose(text)))


@pytest.mark.parametrize(
    ("old", "new"),
    [("weight: 0.5", "weight: 50"), ("name: 契約", "naem: 契約"), ("project_id: DX-04", "project_id: dx3")],
)
def test_the_schema_refuses_what_loading_refuses(
    validator: jsonschema.Draft202012Validator, old: str, new: str
) -> None:
    assert list(validator.iter_errors(yaml_text.to_data(yaml_text.compose(WRITTEN.replace(old, new)))))


def test_it_is_named_by_the_first_line_of_a_file_in_its_place() -> None:
    place = Path(plan_data.__file__).parent / "togitsu" / FOLDER
    first = SAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert (place / first.partition("$schema=")[2]).resolve() == SCHEMA_FILE


def test_the_schema_explains_every_field_in_japanese() -> None:
    schema = json.loads(action_plan_schema())
    for definition in (schema, *schema["$defs"].values()):
        assert not definition["title"].isascii()
        assert all(not field["title"].isascii() for field in definition["properties"].values())


def test_the_example_fits_the_plan() -> None:
    plan = ActionPlan.model_validate(yaml_text.to_data(yaml_text.compose(WRITTEN)))
    assert [PLAN.project(actions.project_id).phases["R8"].phase for actions in plan.projects] == [
        Phase.INTRODUCE,
        Phase.CONTINUE,
    ]
