"""The plan check: what is odd in the document, with its place; each rule found and not found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plan_data import yaml_text
from plan_data.check import Oddity, Severity, check
from plan_data.loader import export, load_plan
from plan_data.model import Plan
from plan_data.oddity import OddityCode

SOUND = Path(__file__).parent / "faults" / "sound.yaml"
C = OddityCode

OF_THE_DOCUMENT = [
    # code, place, part of the sentence
    (C.NO_INTRODUCTION, "第5章 施策① 事業概要の表 書かない窓口", "「導入」の年度がありません"),
    (
        C.NOTE_CITED_BEYOND_ITS_TEXT,
        "第5章 施策③ 事業概要の表 デジタルウォーキングイラストマップ",
        "引く事業は2件",
    ),
    (C.MEMBER_LISTED_TWICE, "第3章 2. 本部員", "「時津保育所長」が2度"),
    (C.DEPARTMENT_OUTSIDE_HEADQUARTERS, "第5章 事業概要の表 担当課「各所管課」", "どの課を指すか"),
    (C.TEXT_DOUBTFUL, "第1章 1. ①", "改革の基本方針"),
    (C.TEXT_DOUBTFUL, "第2章 2.", "5年間をめぐり"),
    (C.TEXT_DOUBTFUL, "第5章 施策② 現状・課題", "効率化を実現は困難"),
    (C.TEXT_DOUBTFUL, "第5章 施策③ 現状・課題", "取り組みするために"),
    (C.TEXT_DOUBTFUL, "第5章 施策③ 目指すべき姿", "成長の主演"),
    (
        C.NAME_SPELLED_DIFFERENTLY,
        "第5章 施策③ 事業概要の表 指定避難所等へのフリーWi-Fi整備",
        "「指定避難所へのフリーWi-Fi整備」",
    ),
    (C.DEPARTMENT_NOT_AMONG_MEMBERS, "第5章 事業概要の表 担当課「行政管理課」", "17事業の担当課"),
    (C.DEADLINE_ALREADY_MET, "第5章 施策⑥ 現状・課題", "令和8年2月24日"),
    (C.PERIOD_UNLIKE_NATIONAL, "第2章 2. 計画の位置付けと推進期間", "3年間のまま"),
    (C.ACTION_PLAN_APART, "第3章 1. 計画の推進", "アクションプラン"),
    (C.EDITION_NOT_HELD, "表紙", "R7.4"),
    (C.NAME_NOT_IN_TEXT, "第5章 施策① 事業概要の表 コンビニ交付（税証明）", "説明がありません"),
    (C.NAME_NOT_IN_TEXT, "第5章 施策① 事業概要の表 カード交付管理システム", "説明がありません"),
    (
        C.NAME_SPELLED_DIFFERENTLY,
        "第5章 施策② 事業概要の表 LINE申請受付等システム",
        "「LINE申請受付システム」",
    ),
    (C.NAME_NOT_IN_TEXT, "第5章 施策③ 事業概要の表 デジタルウォーキングイラストマップ", "説明がありません"),
    (C.NAME_NOT_IN_TEXT, "第5章 施策⑤ 事業概要の表 eL-QRを活用した公金収納", "説明がありません"),
    (C.FACT_AFTER_ISSUE, "第5章 施策③ これまでの取組", "令和8年3月31日"),
    (
        C.NO_RECORD_OF_PAST_YEAR,
        "第5章 施策③ 事業概要の表 デジタルウォーキングイラストマップ",
        "R7年度に「導入」",
    ),
    (C.NO_RECORD_OF_PAST_YEAR, "第5章 施策⑤ 事業概要の表 LINE決済機能", "R7年度に「導入」"),
    (C.NO_RECORD_OF_PAST_YEAR, "第5章 施策⑧ 事業概要の表 庶務管理システム", "R7年度に「導入」"),
    (C.NO_RECORD_OF_PAST_YEAR, "第5章 施策⑨ 事業概要の表 情報セキュリティポリシー", "R7年度に「改定」"),
    (
        C.NATIONAL_ITEM_NOT_TAKEN_UP,
        "第1章 1. ③ 自治体DXの重点取組事項",
        "共通化等の推進」に当たる施策がありません",
    ),
    (C.NATIONAL_ITEM_NOT_TAKEN_UP, "第1章 1. ③ 自治体DXの重点取組事項", "「テレワークの推進」"),
    (
        C.NATIONAL_ITEM_NOT_TAKEN_UP,
        "第1章 1. ③ 自治体DXの取組とあわせて取り組むデジタル社会の実現に向けた取組",
        "規制の点検・見直し",
    ),
    (C.MEASURE_WITHOUT_NATIONAL_ITEM, "第5章 施策⑧ 行政内部のデジタル改革", "国の取組事項"),
    (C.MEASURE_WITHOUT_NATIONAL_ITEM, "第5章 施策⑩ 職員研修の充実", "国の取組事項"),
]


def test_it_reports_the_document_s_oddities_with_their_places_and_no_other() -> None:
    found = check(load_plan("togitsu").revisions[0])
    assert [(oddity.code, oddity.place) for oddity in found] == [
        (code, place) for code, place, _ in OF_THE_DOCUMENT
    ]
    for oddity, (_, _, part) in zip(found, OF_THE_DOCUMENT, strict=True):
        assert part in oddity.text


def test_it_puts_what_must_be_confirmed_first() -> None:
    severities = [oddity.severity for oddity in check(load_plan("togitsu").revisions[0])]
    assert severities == sorted(severities, key=lambda severity: severity is not Severity.CONFIRM)
    assert severities.count(Severity.CONFIRM) == 9


def test_it_finds_in_an_exported_plan_only_what_its_tables_show() -> None:
    exported = Plan.model_validate(export(load_plan("togitsu").revisions[0]))
    assert {oddity.code for oddity in check(exported)} == {C.NO_INTRODUCTION}


# ---------------------------------------------------------------- one change at a time to a sound plan


def sound() -> dict[str, Any]:
    data: dict[str, Any] = yaml_text.to_data(yaml_text.compose(SOUND.read_text(encoding="utf-8")))
    data["policies"][0]["measures"][0]["issues"] = "予約の強化と書かない窓口を進めます。"
    return data


def measure(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["policies"][0]["measures"][0]
    return found


def project(data: dict[str, Any], index: int) -> dict[str, Any]:
    found: dict[str, Any] = measure(data)["projects"][index]
    return found


def codes(data: dict[str, Any]) -> list[OddityCode]:
    return [oddity.code for oddity in oddities(data)]


def oddities(data: dict[str, Any]) -> tuple[Oddity, ...]:
    return check(Plan.model_validate(data))


def test_it_finds_nothing_in_a_plan_without_oddities() -> None:
    assert codes(sound()) == []


@pytest.mark.parametrize(
    ("phases", "odd"),
    [
        pytest.param(["事業検討", "運用"], True, id="studied, then in service"),
        pytest.param(["事業検討", "導入"], False, id="studied, then introduced"),
        pytest.param(["事業検討", "事業検討"], False, id="studied twice"),
        pytest.param(["導入", "運用"], False, id="introduced, then in service"),
        pytest.param(["事業検討", "移行完了"], False, id="studied, then migrated"),
    ],
)
def test_it_misses_the_year_of_introduction(phases: list[str], odd: bool) -> None:
    data = sound()
    project(data, 1)["phases"] = dict(zip(("R7", "R8"), phases, strict=True))
    assert (C.NO_INTRODUCTION in codes(data)) is odd


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("予約システム強化", "増やす。", [], id="the name and a phase"),
        pytest.param("予約システムの強化", "増やす。", [], id="the name in a phrase"),
        pytest.param("予約等システム強化", "増やす。", [C.NAME_SPELLED_DIFFERENTLY], id="nearly the name"),
        pytest.param("機能の追加", "予約システムを増やす。", [], id="the name in the text only"),
        pytest.param("機能の追加", "増やす。", [C.NOTE_CITED_BEYOND_ITS_TEXT], id="something else"),
    ],
)
def test_it_compares_a_note_with_who_cites_it(title: str, text: str, expected: list[OddityCode]) -> None:
    data = sound()
    measure(data)["notes"]["※1"] = {"title": title, "text": text}
    assert codes(data) == expected


@pytest.mark.parametrize(
    ("cell", "issues", "done", "expected"),
    [
        # The plan of the small town speaks of R7 and R8 and was issued on 2025-04-01.
        pytest.param("R8", "令和8年度までに移行する。", None, [], id="as the table says"),
        pytest.param(
            "R8", "令和7年度末までに移行する。", None, [C.DEADLINE_AGAINST_TABLE], id="table a year later"
        ),
        pytest.param("R7", "令和8年度までに移行する。", None, [], id="table a year before"),
        pytest.param(
            "R8",
            "令和6年度までに移行する。",
            "2025-03-31",
            [C.DEADLINE_AGAINST_TABLE, C.DEADLINE_ALREADY_MET],
            id="met on the last day",
        ),
        pytest.param(
            "R8",
            "令和6年度までに移行する。",
            "2025-04-01",
            [C.DEADLINE_AGAINST_TABLE, C.DEADLINE_MISSED],
            id="missed by a day",
        ),
        pytest.param("R8", "いずれ移行する。", None, [], id="no deadline stated"),
    ],
)
def test_it_holds_the_stated_deadline_against_table_and_facts(
    cell: str, issues: str, done: str | None, expected: list[OddityCode]
) -> None:
    data = sound()
    measure(data)["issues"] = f"書かない窓口。{issues}"
    project(data, 1)["phases"] = {"R7": "事業検討", "R8": "事業検討"} | {cell: "移行完了"}
    if done is not None:
        fact = dict(measure(data)["achievements"][0], project_id="KW-02", phase="移行完了", achieved_on=done)
        measure(data)["achievements"].append(fact)
    deadline = {C.DEADLINE_AGAINST_TABLE, C.DEADLINE_MISSED, C.DEADLINE_ALREADY_MET}
    assert [code for code in codes(data) if code in deadline] == expected


@pytest.mark.parametrize(
    ("achieved_on", "odd"),
    [("2025-03-31", False), ("2025-04-01", True), ("2025-04-02", True)],
    ids=["the day before the issue", "the day of the issue", "the day after"],
)
def test_it_takes_a_fact_from_after_the_issue_for_an_intention(achieved_on: str, odd: bool) -> None:
    data = sound()
    measure(data)["achievements"][0]["achieved_on"] = achieved_on
    assert (C.FACT_AFTER_ISSUE in codes(data)) is odd


@pytest.mark.parametrize(
    ("revised_on", "phase", "fact", "odd"),
    [
        pytest.param("2025-03-31", "導入", None, False, id="the year lies ahead"),
        pytest.param("2025-04-01", "導入", None, True, id="the year has begun"),
        pytest.param("2026-03-01", "導入", "導入", False, id="told as introduced"),
        pytest.param("2026-03-01", "導入", "運用", False, id="told as in service"),
        pytest.param("2026-03-01", "事業検討", None, False, id="a study leaves no date"),
        pytest.param("2026-03-01", "運用", None, False, id="nothing to complete"),
    ],
)
def test_it_misses_the_record_of_what_the_past_year_planned(
    revised_on: str, phase: str, fact: str | None, odd: bool
) -> None:
    data = sound() | {"revised_on": revised_on}
    project(data, 1)["phases"]["R7"] = phase
    if fact is not None:
        entry = dict(
            measure(data)["achievements"][0], project_id="KW-02", phase=fact, achieved_on="2026-02-24"
        )
        measure(data)["achievements"].append(entry)
    assert (C.NO_RECORD_OF_PAST_YEAR in codes(data)) is odd


def test_it_finds_a_name_that_the_text_shortens_or_never_says() -> None:
    data = sound()
    project(data, 1)["name"] = "書かない等窓口"
    assert codes(data) == [C.NAME_SPELLED_DIFFERENTLY]
    project(data, 1)["name"] = "ロボット"
    assert codes(data) == [C.NAME_NOT_IN_TEXT]


def test_it_holds_the_departments_against_the_headquarters() -> None:
    data = sound() | {
        "headquarters": [
            {"name": "補佐", "members": ["税務課長"]},
            {"name": "本部員", "members": ["住民課長"]},
        ]
    }
    assert codes(data) == [C.DEPARTMENT_NOT_AMONG_MEMBERS]
    project(data, 0)["departments"] = ["各課"]
    assert codes(data) == [C.DEPARTMENT_OUTSIDE_HEADQUARTERS, C.DEPARTMENT_NOT_AMONG_MEMBERS]


def test_it_finds_a_member_listed_twice_only_within_one_role() -> None:
    roles: list[dict[str, Any]] = [
        {"name": "補佐", "members": ["税務課長"]},
        {"name": "本部員", "members": ["住民課長", "税務課長"]},
    ]
    assert C.MEMBER_LISTED_TWICE not in codes(sound() | {"headquarters": roles})
    roles[1]["members"].append("住民課長")
    assert C.MEMBER_LISTED_TWICE in codes(sound() | {"headquarters": roles})


@pytest.mark.parametrize(
    ("statement", "odd"),
    [
        ("令和7年4月から令和9年3月までの2年間", False),
        ("令和7年4月から令和9年3月までの3年間", True),
        ("令和7年4月から令和10年3月までの2年間", True),
        ("令和7年度から始める", False),
    ],
    ids=["as the tables", "another number of years", "another end", "no span stated"],
)
def test_it_holds_the_stated_period_against_the_tables(statement: str, odd: bool) -> None:
    data = sound()
    data["period"]["statement"] = statement
    assert (codes(data) == [C.PERIOD_STATED_OTHERWISE]) is odd


def test_it_finds_national_items_and_measures_that_do_not_meet() -> None:
    data = sound()
    measure(data)["national_items"] = []
    assert codes(data) == [C.NATIONAL_ITEM_NOT_TAKEN_UP, C.MEASURE_WITHOUT_NATIONAL_ITEM]


def test_it_reads_no_clock() -> None:
    plan = Plan.model_validate(sound())
    assert plan.in_force_from == date(2025, 4, 1)
    assert check(plan) == check(plan)
