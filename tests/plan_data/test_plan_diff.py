"""The differences of two revisions, 事業 by 事業."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plan_data import yaml_text
from plan_data.diff import Change, diff
from plan_data.loader import export, load_plan
from plan_data.model import Plan

SOUND = Path(__file__).parent / "faults" / "sound.yaml"
Edit = Callable[[dict[str, Any], list[dict[str, Any]]], object]


def data() -> dict[str, Any]:
    found: dict[str, Any] = yaml_text.to_data(yaml_text.compose(SOUND.read_text(encoding="utf-8")))
    return found


def edited(edit: Edit) -> Plan:
    changed = data()
    measure = changed["policies"][0]["measures"][0]
    edit(measure, measure["projects"])
    return Plan.model_validate(changed)


NEW = {"id": "KW-03", "name": "税証明", "departments": ["税務課"], "phases": {"R7": "—", "R8": "事業検討"}}

TABLE: list[tuple[str, Edit, list[Change]]] = [
    ("nothing", lambda m, p: None, []),
    (
        "a later phase",
        lambda m, p: p[1]["phases"].update(R8="事業検討"),
        [Change("KW-02", "R8年度", "導入", "事業検討")],
    ),
    (
        "a new name",
        lambda m, p: p[1].update(name="窓口"),
        [Change("KW-02", "事業名", "書かない窓口", "窓口")],
    ),
    (
        "another department",
        lambda m, p: p[1].update(departments=["税務課", "住民課"]),
        [Change("KW-02", "担当課", "住民課、税務課", "税務課、住民課")],
    ),
    ("one project less", lambda m, p: p.pop(1), [Change("KW-02", "事業", "書かない窓口", None)]),
    ("one project more", lambda m, p: p.append(NEW), [Change("KW-03", "事業", None, "税証明")]),
    ("another order", lambda m, p: p.reverse(), []),
    (
        "the number of the measure",
        lambda m, p: m.update(no=2, issues="", vision=""),
        [
            Change("KW-01", "施策", "① 窓口の改革", "② 窓口の改革"),
            Change("KW-02", "施策", "① 窓口の改革", "② 窓口の改革"),
            Change(None, "施策① これまでの取組", "令和6年度に予約システムを導入しました。", None),
            Change(None, "施策① ※1", "予約システム強化\n予約の種類を増やす。", None),
            Change(None, "施策② これまでの取組", None, "令和6年度に予約システムを導入しました。"),
            Change(None, "施策② ※1", None, "予約システム強化\n予約の種類を増やす。"),
        ],
    ),
    (
        "a text",
        lambda m, p: m.update(vision="便利な町。"),
        [Change(None, "施策① 目指すべき姿", None, "便利な町。")],
    ),
]


@pytest.mark.parametrize(("edit", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_it_tells_what_changed(edit: Edit, expected: list[Change]) -> None:
    assert list(diff(Plan.model_validate(data()), edited(edit))) == expected


def test_it_shows_a_note_mark_that_came_or_went() -> None:
    changed = data()
    measure = changed["policies"][0]["measures"][0]
    measure["projects"][0]["phases"]["R8"] = "強化"
    del measure["notes"]
    changes = diff(Plan.model_validate(data()), Plan.model_validate(changed))
    assert changes[0] == Change("KW-01", "R8年度", "強化※1", "強化")
    assert [change.what for change in changes[1:]] == ["施策① ※1"]


def test_it_compares_only_tables_with_an_exported_plan() -> None:
    plan = load_plan("togitsu").revisions[0]
    exported = Plan.model_validate(export(plan))
    assert diff(plan, exported) == diff(exported, plan) == diff(plan, plan) == ()


def test_it_shows_a_year_that_only_one_revision_has() -> None:
    longer = data()
    longer["period"]["end"] = "2028-03-31"
    for project in longer["policies"][0]["measures"][0]["projects"]:
        project["phases"]["R9"] = "運用"
    before, after = Plan.model_validate(data()), Plan.model_validate(longer)
    assert list(diff(before, after)) == [
        Change("KW-01", "R9年度", None, "運用"),
        Change("KW-02", "R9年度", None, "運用"),
    ]
    assert list(diff(after, before)) == [
        Change("KW-01", "R9年度", "運用", None),
        Change("KW-02", "R9年度", "運用", None),
    ]
