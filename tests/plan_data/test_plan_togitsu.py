"""The transcription of 時津町DX推進計画, held against counts and an independent reading of the source."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from plan_data.loader import export, load_plan
from plan_data.model import Plan
from plan_data.phases import Phase

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("togitsu").in_force(date(2026, 11, 24))


def seed_rows() -> list[dict[str, str]]:
    # Made from the document's tab-separated tables by a parser that shares nothing with the YAML.
    with (HERE / "seed_cells.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def exported_rows(plan: Plan) -> list[dict[str, str]]:
    return [
        {
            "施策": str(measure["no"]),
            "事業名": project["name"],
            "担当課": " ".join(project["departments"]),
            **{year: cell["phase"] + (cell["note"] or "") for year, cell in project["phases"].items()},
        }
        for policy in export(plan)["policies"]
        for measure in policy["measures"]
        for project in measure["projects"]
    ]


@pytest.mark.parametrize("index", range(29), ids=[f"DX-{n + 1:02}" for n in range(29)])
def test_it_says_of_each_project_what_the_document_says(plan: Plan, index: int) -> None:
    assert exported_rows(plan)[index] == seed_rows()[index]


def test_it_has_all_rows_of_the_document_and_no_other(plan: Plan) -> None:
    assert len(seed_rows()) == len(exported_rows(plan)) == 29


def test_it_has_three_policies_ten_measures_and_eighty_seven_cells(plan: Plan) -> None:
    measures = [measure for _, measure in plan.measures()]
    assert len(plan.policies) == 3
    assert [measure.no for measure in measures] == list(range(1, 11))
    assert [len(measure.projects) for measure in measures] == [4, 2, 5, 2, 4, 1, 2, 4, 2, 3]
    assert sum(len(project.phases) for _, _, project in plan.projects()) == 87
    assert plan.fiscal_years == ("R7", "R8", "R9")


def test_it_numbers_the_projects_in_the_order_of_the_plan(plan: Plan) -> None:
    assert [project.id for _, _, project in plan.projects()] == [f"DX-{n:02}" for n in range(1, 30)]


def test_it_counts_the_phases_as_the_tables_do(plan: Plan) -> None:
    phases = Counter(cell.phase for _, _, project in plan.projects() for cell in project.phases.values())
    assert phases == {
        Phase.OPERATE: 50,
        Phase.CONTINUE: 15,
        Phase.INTRODUCE: 8,
        Phase.STUDY: 7,
        Phase.STOP: 2,
        Phase.NONE: 2,
        Phase.MIGRATE: 1,
        Phase.REVISE: 1,
        Phase.STRENGTHEN: 1,
    }


def test_it_has_each_policy_and_measure_with_its_texts(plan: Plan) -> None:
    assert all(policy.intro.endswith("。") for policy in plan.policies)
    for _, measure in plan.measures():
        for text in (measure.issues, measure.efforts, measure.vision):
            assert text.endswith("。"), measure.name


def test_it_has_the_period_and_both_editions(plan: Plan) -> None:
    assert (plan.period_start, plan.period_end) == (date(2025, 4, 1), date(2028, 3, 31))
    assert [(e.revision, e.held) for e in plan.editions] == [("R7.4", False), ("R8.3", True)]


def test_it_keeps_the_members_as_printed(plan: Plan) -> None:
    roles = {role.name: role.members for role in plan.headquarters}
    assert list(roles) == ["本部長", "副本部長", "本部長補佐", "本部員"]
    assert roles["本部長"] == ("副町長",)
    assert len(roles["副本部長"]) == 5
    assert len(roles["本部員"]) == 19
    assert roles["本部員"].count("時津保育所長") == 2


def test_it_has_five_measures_notes(plan: Plan) -> None:
    assert {(m.no, mark): note.title for _, m in plan.measures() for mark, note in m.notes.items()} == {
        (3, "※1"): "指定避難所へのフリーWi-Fi整備",
        (5, "※1"): "LINE決済機能導入",
        (8, "※1"): "庶務管理システム導入",
        (8, "※2"): "保育ICTサービス導入",
        (9, "※1"): "セキュリティ対策強化",
    }


def test_it_maps_the_measures_to_the_national_list(plan: Plan) -> None:
    assert len(plan.national_items) == 11
    assert {m.no: plan.national_item_names(m) for _, m in plan.measures()} == {
        1: ("マイナンバーカードの取得支援・利用の推進", "自治体フロントヤード改革の推進"),
        2: ("自治体フロントヤード改革の推進",),
        3: ("デジタル実装の取組の推進・地域社会のデジタル化",),
        4: ("デジタルデバイド対策",),
        5: ("公金収納におけるeL-QRの活用",),
        6: ("地方公共団体情報システムの標準化",),
        7: ("自治体のAIの利用促進",),
        8: (),
        9: ("セキュリティ対策の徹底",),
        10: (),
    }


FACTS = [
    # project, phase, achieved on, precision, completes
    ("DX-01", "運用", "2025-02-28", "month", True),
    ("DX-06", "運用", "2023-03-31", "fiscal_year", True),
    ("DX-05", "運用", "2024-03-31", "fiscal_year", True),
    ("DX-07", "運用", "2020-03-31", "fiscal_year", True),
    ("DX-08", "運用", "2023-03-31", "fiscal_year", True),
    ("DX-08", "運用停止", "2026-03-31", "month", True),
    ("DX-09", "運用", "2025-03-31", "fiscal_year", True),
    # Held before the plan began: meets no 継続 of the plan.
    ("DX-12", "継続", "2023-03-31", "fiscal_year", False),
    ("DX-14", "運用", "2023-03-31", "fiscal_year", True),
    ("DX-15", "運用", "2025-03-31", "fiscal_year", True),
    # 1, 17 and 2 of the 20 業務: only the last completes the migration.
    ("DX-18", "移行完了", "2025-11-10", "day", False),
    ("DX-18", "移行完了", "2026-01-05", "day", False),
    ("DX-18", "移行完了", "2026-02-24", "day", True),
    ("DX-19", "運用", "2023-03-31", "fiscal_year", True),
    ("DX-21", "運用", "2024-03-31", "fiscal_year", True),
    ("DX-22", "運用", "2025-03-31", "fiscal_year", True),
]


def test_it_records_the_dated_facts_of_the_text_and_no_other(plan: Plan) -> None:
    assert [
        (f.project_id, f.phase.value, f.achieved_on.isoformat(), f.precision, f.completes)
        for f in plan.achievements()
    ] == FACTS


SPACED = re.compile(r"[0-9A-Za-z] [一-龥ぁ-んァ-ヶ]|[一-龥ぁ-んァ-ヶ] [0-9A-Za-z]|[A-Z] [A-Z] ")


def test_it_is_free_of_the_scan_s_damage(plan: Plan) -> None:
    for text in spoken_texts(plan):
        assert not re.search(r"[\u0400-\u04ff\t]|  ", text), text
        assert not SPACED.search(text), text


def spoken_texts(plan: Plan) -> list[str]:
    texts = [section.text for section in plan.chapters] + [policy.intro for policy in plan.policies]
    for _, measure in plan.measures():
        texts += [measure.name, measure.issues, measure.efforts, measure.vision]
        texts += [part for note in measure.notes.values() for part in (note.title, note.text)]
        texts += [project.name for project in measure.projects]
    return texts


def test_it_notes_what_it_corrected_and_what_it_left_in_doubt(plan: Plan) -> None:
    corrected = [note for note in plan.transcription_notes if note.corrected]
    doubtful = [note for note in plan.transcription_notes if not note.corrected]
    assert {"デジタルデバイド対策", "LINE決済機能", "J-LIS教育研修"} <= {
        note.transcribed for note in corrected
    }
    whole = "\n".join(spoken_texts(plan))
    assert len(doubtful) == 5
    assert all(note.scanned in whole and note.reason for note in doubtful)
