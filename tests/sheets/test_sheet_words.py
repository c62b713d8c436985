"""Words: phases, ratings and budget steps; which 事業 and which 担当課 a text means."""

from __future__ import annotations

import re

import pytest
from department_books import togitsu

from config.crosswalk import Crosswalk
from config.town import load_town
from plan_data.loader import load_plan
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.matching import DepartmentIndex, ProjectIndex, match_department, match_project
from tasks.sheets.vocabulary import folding_to
from tasks.sheets.words import key, tidy

# What a phase cell says → the phase that is reported.
PHASES = [
    ("導入", "導入"),
    ("導入中", "導入"),
    (" 導 入 ", "導入"),
    ("検討中", "事業検討"),
    ("運用中", "運用"),
    ("本稼働済", "運用"),
    ("運用停止済", "運用停止"),
    ("継続中", "継続"),
    ("移行済", "移行完了"),
    ("未着手", "未着手"),
    ("完了", "完了"),
    ("導入（R8.10～）", "導入"),  # a note in brackets
    ("導入※1", "導入"),  # the plan's own note mark
    ("検討→導入", "導入"),  # the arrow's right side is where it stands
    ("事業検討 ⇒ 導入中", "導入"),
    ("検討->導入", "導入"),
    ("検討→導入→運用", "運用"),
    ("導入（10月契約予定）", "導入"),
    ("運用（一部）", "運用"),
    ("運用（導入済）", "運用"),
    ("【済】完了", "完了"),
    ("導入（予定）", "未着手"),  # as 導入予定
    ("導入（済）", "運用"),  # as 導入済
    # What lies ahead of a phase takes nothing back.
    ("導入（R9.4稼働予定）", "導入"),
    ("導入中（R9.3完了予定）", "導入"),
    ("検討中（令和8年12月終了予定）", "事業検討"),
    ("検討（R9.4導入予定）", "事業検討"),
    ("運用（R9.3終了予定）", "運用"),
]


@pytest.mark.parametrize(("text", "phase"), PHASES, ids=[t for t, _ in PHASES])
def test_it_reads_the_phase_a_cell_reports(text, phase):
    assert togitsu().vocabulary.phase(text) == phase


@pytest.mark.parametrize(
    ("text", "offered"), [("運用中中", "運用"), ("導入→", "導入"), ("来年考える", None), ("→", None)]
)
def test_it_refuses_an_unknown_phase_and_names_the_allowed_words(text, offered):
    fault = togitsu().vocabulary.phase(text)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.suggestion) == (RowCode.PHASE_UNKNOWN, offered)
    assert "事業検討・導入・運用" in fault.message


@pytest.mark.parametrize(
    "text",
    [
        *(
            "運用（R8.10予定）",
            "運用【予定】",
            "完了（予定）",
            "完了（未）",
            "運用※R9.4開始予定",
            "検討→導入（予定）",
        ),
        *(
            "運用（R9.4運用開始予定）",
            "導入（R9.4導入予定）",
            "検討中（R9.4開始予定）",
            "移行完了（R9.3完了予定）",
        ),
        *("検討→導入予定", "運用（停止中）", "運用（検討中）", "完了（中止）"),
    ],
)
def test_it_takes_no_phase_for_reached_that_its_own_note_takes_back(text):
    assert isinstance(togitsu().vocabulary.phase(text), Fault)


def test_it_says_that_the_note_is_what_keeps_a_word_from_being_taken():
    words = togitsu().vocabulary
    assert words.phase("運用（R8.10予定）").message.startswith("は注記があり今の段階か分からないため、次の")
    assert words.phase("検討→導入予定").message.startswith("は段階として読み取れないため、")


def test_it_takes_no_rating_and_no_budget_step_that_its_own_note_takes_back():
    words = togitsu().vocabulary
    assert words.self_rating("順調（一部遅れ）").code == RowCode.SELF_RATING_UNKNOWN
    assert words.self_rating("順調（計画どおり）") == "順調"
    assert words.self_rating("順調（R9.3完了予定）") == "順調"
    assert words.self_rating("完了（R9.3完了予定）").code == RowCode.SELF_RATING_UNKNOWN
    assert words.budget("要求済（3月議決予定）") == "要求済"
    assert words.budget("議決（3月予定）").code == RowCode.BUDGET_UNKNOWN
    assert words.budget("計上（R9当初）") == "要求済"


def test_it_reads_self_ratings_and_budget_steps():
    words = togitsu().vocabulary
    assert words.self_rating("△") == "やや遅れ"
    assert words.budget("要求済み") == "要求済"
    assert words.self_rating("普通").code == RowCode.SELF_RATING_UNKNOWN
    assert words.budget("町長次第").code == RowCode.BUDGET_UNKNOWN


# How a 事業 is written → its id and how that is known.
PROJECTS = [
    ("DX-03", "DX-03", "id"),
    ("ＤＸ－０３", "DX-03", "id"),
    ("dx3", "DX-03", "id"),
    ("書かない窓口", "DX-03", "exact"),
    ("書かない 窓口", "DX-03", "normalised"),
    ("①書かない窓口", "DX-03", "normalised"),
    ("・書かない窓口", "DX-03", "normalised"),
    ("【書かない窓口】", "DX-03", "normalised"),
    ("コンビニ交付(税証明)", "DX-02", "normalised"),
    ("ｺﾝﾋﾞﾆ交付（税証明）", "DX-02", "normalised"),
    ("コンビニ交付 税証明", "DX-02", "normalised"),
    ("コンビニ交付\n（税証明）", "DX-02", "normalised"),
    ("Ｌ Ｉ Ｎ Ｅ 決済機能", "DX-16", "normalised"),
    ("チケット販売システム", "DX-15", "exact"),
    ("チケット販売システム\u200b", "DX-15", "normalised"),
    ("デジタルウォ一キングイラストマップ", "DX-10", "normalised"),  # 一 for ー
    ("デジタルウォ－キングイラストマップ", "DX-10", "normalised"),
    ("DX-03 書かない窓口", "DX-03", "id"),
]


@pytest.mark.parametrize(("text", "project_id", "method"), PROJECTS, ids=[t for t, _, _ in PROJECTS])
def test_it_knows_a_project_by_every_certain_spelling(text, project_id, method):
    match = match_project(text, togitsu().projects)
    assert match is not None
    assert (match.project_id, match.method, match.score) == (project_id, method, 100)


@pytest.mark.parametrize(
    "text", ["書かない窓ロ", "コンビニ交付", "スマホ教室", "DX-99", "DX-04 書かない窓口", "", "窓口"]
)
def test_it_never_takes_a_likeness_for_a_match(text):
    assert match_project(text, togitsu().projects) is None


def test_it_offers_the_most_alike_names_best_first():
    near = togitsu().projects.suggestions("書かない窓ロ")
    assert near[0] == "書かない窓口"
    assert len(near) <= 3
    assert togitsu().projects.suggestions("ヰヱ") == ()


def test_it_follows_a_confirmed_ruling_of_the_crosswalk():
    ruling = {"decided_on": "2026-10-01", "by": "行政管理課", "reason": "改称のため"}
    crosswalk = Crosswalk.model_validate(
        {
            "projects": [{"text": "窓口ＤＸ", "project_id": "DX-03", **ruling}],
            "departments": [{"text": "住民課窓口係", "department": "住民環境課", **ruling}],
        }
    )
    match = ProjectIndex(load_plan("togitsu").revisions[-1], crosswalk).by_name("窓口 DX")
    assert match is not None
    assert (match.project_id, match.method) == ("DX-03", "crosswalk")
    departments = DepartmentIndex(load_town("togitsu").departments, crosswalk)
    assert match_department("住民課 窓口係", departments) == "住民環境課"


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("税務課", "税務課"),
        ("税 務 課", "税務課"),
        ("総務部税務課", "税務課"),
        ("税務課（内線123）", "税務課"),
        ("国保･健康増進課", "国保・健康増進課"),
        ("国保健康増進課", "国保・健康増進課"),
        ("観光課", None),
        ("課", None),
    ],
)
def test_it_knows_a_department_by_name_alias_and_division(text, department):
    assert match_department(text, togitsu().departments) == department


@pytest.mark.parametrize(
    ("text", "departments"),
    [
        ("行政管理課 社会教育課", ("行政管理課", "社会教育課")),
        ("行政管理課、社会教育課", ("行政管理課", "社会教育課")),
        ("行政管理課・社会教育課", ("行政管理課", "社会教育課")),
        ("行政管理課\n社会教育課", ("行政管理課", "社会教育課")),
        ("国保・健康増進課", ("国保・健康増進課",)),
        ("行政管理課、観光課", ()),
    ],
)
def test_it_takes_a_list_of_departments_apart(text, departments):
    assert togitsu().departments.match_all(text) == departments


@pytest.mark.parametrize(
    ("file", "department"),
    [
        ("税務課.xlsx", "税務課"),
        ("R8_第2四半期_税務課.xlsx", "税務課"),
        ("【税務課】進捗報告(R8).xlsx", "税務課"),
        ("税務課の進捗.xlsx", "税務課"),
        ("税務課/進捗.xlsx", "税務課"),
        ("R8/税務課/10月/進捗.xlsx", "税務課"),
        ("税務課/福祉課.xlsx", "福祉課"),  # the nearest name
        ("税務課と福祉課.xlsx", None),  # two are none
        ("進捗.xlsx", None),
        ("各所管課.xlsx", None),  # a group sends nothing
    ],
)
def test_it_finds_the_department_in_the_name_of_file_or_folder(file, department):
    assert togitsu().departments.of_path(file) == department


def test_it_keeps_a_text_as_written_but_for_what_nobody_sees():
    assert tidy("　①協議中\r\n\u200b（ベンダー） \u202e") == "①協議中\n（ベンダー）"


def test_it_overlooks_no_character_that_is_folded_to_a_letter_it_looks_for():
    letters = {"事", "取", "プ", "d", "n"}
    pattern = re.compile(folding_to(letters))
    planes = [chr(code) for code in (*range(0xD800), *range(0xE000, 0x10000), *range(0x1F100, 0x1F300))]
    folded = [sign for sign in planes if not letters.isdisjoint(key(sign))]
    assert len(folded) > 15
    assert all(map(pattern.search, folded))
    # Or it would look closer at every text.
    assert not any(map(pattern.search, "令和8年度の設計は、順調（9月30日）「済」・ー。１２Ａｂ"))


@pytest.mark.parametrize(
    "written",
    ["12 ぴったりサービス", "3．ぴったりサービス", "1-2 ぴったりサービス", "ア）ぴったりサービス", "第3 ぴったりサービス", "16_ぴったりサービス",
     "ぴったりサービス【継続】", "ぴったりサービス（新規）", "ぴったりサービス※新規", "ぴったりサービス※1", "【重点】ぴったりサービス★"],
)  # fmt: skip
def test_a_number_before_a_name_and_a_mark_behind_it_are_no_part_of_it(written):
    assert match_project(written, togitsu().projects).project_id == "DX-06"


@pytest.mark.parametrize(
    "written",
    [
        "100 ぴったりサービス",
        "R8 ぴったりサービス",
        "ぴったりサービス（全職員）",
        "ぴったりサービスの推進",
        "コンビニ交付（新規）",
        "コンビニ交付【継続】",
    ],
)
def test_what_may_be_a_part_of_a_project_or_another_is_asked_about(written):
    assert match_project(written, togitsu().projects) is None
