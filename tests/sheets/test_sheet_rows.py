"""Rows that are taken, and rows that go back: the cell, one sentence, and a value to offer."""

from __future__ import annotations

import pytest
from department_books import HEADER, ROW, book, changed_row, codes, read_bytes, table, values

from tasks.sheets.faults import RowCode

# One fault each: the row, and of its error the cell, the code, the offered value, and words of its sentence.
FAULTS = [
    ({"事業名": "書かない窓ロ"}, "A4", "unknown_project", "書かない窓口", "計画の事業として確認できない"),
    ({"事業名": "町民文化祭"}, "A4", "unknown_project", None, "計画書の事業名で記入"),
    ({"事業名": None}, "A4", "project_missing", None, "事業名が空欄"),
    (
        {"事業名": "書かない窓口"},
        "A1",
        "not_owner",
        "住民環境課",
        "担当課は住民環境課であり、税務課の報告としては",
    ),
    ({"段階": "がんばり中"}, "B4", "phase_unknown", None, "段階「がんばり中」は"),
    ({"進捗率": "約5割"}, "C4", "percent_vague", "50%", "「50%」のように"),
    ({"進捗率": "120%"}, "C4", "percent_out_of_range", None, "0%から100%までの範囲にない"),
    ({"進捗率": "半分くらい"}, "C4", "percent_unreadable", None, "進捗率として読み取れない"),
    ({"進捗率": "1"}, "C4", "percent_unclear", None, "1%とも100%とも"),
    ({"完了予定日": "10月中旬"}, "D4", "date_not_a_day", None, "完了予定日「10月中旬」は"),
    ({"完了日": "R8.10"}, "E4", "date_not_a_day", None, "完了日「R8.10」は"),
    ({"完了日": "令和元年3月"}, "E4", "date_wrong_era", "平成31年3月", "「平成31年3月」に改め"),
    ({"完了日": "平成32年4月1日"}, "E4", "date_wrong_era", "令和2年4月1日", "その元号にない"),
    ({"完了日": "令和8年2月30日"}, "E4", "date_impossible", None, "暦にない日付"),
    ({"完了日": "7.10.1"}, "E4", "date_unclear", None, "元号又は西暦の年が分からない"),
    ({"完了日": "業者の回答待ち"}, "E4", "date_unreadable", None, "説明は備考に"),
    ({"自己評価": "まあまあ"}, "F4", "self_rating_unknown", None, "順調・やや遅れ・遅れ・完了"),
]


@pytest.mark.parametrize(
    ("changes", "cell", "code", "offered", "words"), FAULTS, ids=[f"{c} {d}" for d, _, c, _, _ in FAULTS]
)
def test_it_rejects_a_row_with_the_cell_a_sentence_and_a_value_to_offer(
    tmp_path, changes, cell, code, offered, words
):
    reading = read_bytes(tmp_path, book(table(changed_row(**changes))))
    assert reading.observations == ()
    (error,) = reading.row_errors
    assert (error.sheet, error.cell, error.code, error.suggestion) == ("シート1", cell, code, offered)
    assert words in error.message
    assert error.message.endswith("。")
    assert error.message.count("。") == 1
    if code not in ("project_missing", "not_owner"):
        assert error.raw == next(str(value) for value in changes.values())
    assert reading.counts.model_dump() == {"rows": 1, "accepted": 0, "rejected": 1, "ignored": 0}


def test_it_lists_every_fault_of_a_row_and_counts_the_row_once(tmp_path):
    row = changed_row(段階="？？？", 進捗率="約5割", 完了予定日="10月中旬")
    reading = read_bytes(tmp_path, book(table(row, changed_row(事業名="地方公共団体情報システムの標準化"))))
    assert [(e.cell, e.code) for e in reading.row_errors] == [
        ("B4", "phase_unknown"),
        ("C4", "percent_vague"),
        ("D4", "date_not_a_day"),
    ]
    assert reading.counts.model_dump() == {"rows": 2, "accepted": 1, "rejected": 1, "ignored": 0}


def test_it_accepts_what_a_month_says_of_a_planned_date(tmp_path):
    reading = read_bytes(tmp_path, book(table(changed_row(完了予定日="R8.10"))))
    assert str(values(reading.observations[0])["due_on"]) == "2026-10-31"
    assert reading.observations[0].fields["due_on"].raw == "R8.10"


@pytest.mark.parametrize("null", ["-", "－", "―", "…", "不詳", "要確認", "TBD", "#N/A", "未定", "　", ""])
def test_it_leaves_out_a_field_that_says_there_is_no_value(tmp_path, null):
    reading = read_bytes(tmp_path, book(table(changed_row(完了日=null))))
    assert "finished_on" not in reading.observations[0].fields


def test_it_asks_for_a_report_where_the_departments_own_row_is_empty(tmp_path):
    blank = ["コンビニ交付（税証明）", None, "-", None, None, None, "別紙のとおり"]
    reading = read_bytes(tmp_path, book(table(blank)))
    assert codes(reading) == ["nothing_reported"]
    assert reading.row_errors[0].cell == "A4"


def test_it_passes_over_the_empty_rows_of_others_in_a_prefilled_sheet(tmp_path):
    reading = read_bytes(tmp_path, book(table(ROW, ["書かない窓口"], ["庶務管理システム"])))
    assert reading.row_errors == ()
    assert reading.counts.model_dump() == {"rows": 3, "accepted": 1, "rejected": 0, "ignored": 2}


@pytest.mark.parametrize(
    ("label", "code", "offered"),
    [
        ("担当課：税務部", "unknown_department", "税務課"),
        ("担当課：行政管理課、総務課", "department_unclear", None),
    ],
)
def test_it_points_at_the_label_that_names_no_one_department(tmp_path, label, code, offered):
    reading = read_bytes(tmp_path, book(table(ROW, label=label)))
    (error,) = reading.row_errors
    assert (error.cell, error.code, error.suggestion) == ("A1", code, offered)


def test_it_rejects_a_row_whose_own_department_is_unknown(tmp_path):
    header = [*HEADER, "担当課"]
    reading = read_bytes(
        tmp_path,
        book(table([*ROW, "観光課"], [*changed_row(事業名="書かない窓口"), "住民環境課"], header=header)),
    )
    assert [(e.cell, e.code) for e in reading.row_errors] == [("H4", "unknown_department")]
    assert [o.department for o in reading.observations] == ["住民環境課"]


def test_it_takes_anyone_as_owner_of_what_all_departments_share(tmp_path):
    row = changed_row(事業名="地方公共団体情報システムの標準化", 段階="運用")
    reading = read_bytes(tmp_path, book(table(row, label="担当課：産業振興課")))
    assert [o.department for o in reading.observations] == ["産業振興課"]


def test_it_rejects_an_id_and_a_name_that_contradict_each_other(tmp_path):
    header = ["事業ID", "事業名", "段階"]
    reading = read_bytes(
        tmp_path, book([["担当課：税務課"], header, ["DX-03", "コンビニ交付（税証明）", "導入"]])
    )
    assert [(e.cell, e.code) for e in reading.row_errors] == [("B3", "project_conflict")]
    assert "DX-03（書かない窓口）" in reading.row_errors[0].message


def test_it_takes_the_id_where_the_name_is_of_the_departments_own_making(tmp_path):
    header = ["事業ID", "事業名", "段階"]
    reading = read_bytes(
        tmp_path, book([["担当課：税務課"], header, ["DX-02", "証明書のコンビニ交付", "導入"]])
    )
    assert (reading.observations[0].project_id, reading.observations[0].match.method) == ("DX-02", "id")


def test_it_passes_over_a_number_of_the_departments_own_beside_a_known_name(tmp_path):
    header = ["管理番号", "事業名", "段階"]
    reading = read_bytes(
        tmp_path, book([["担当課：税務課"], header, ["税-7", "コンビニ交付（税証明）", "導入"]])
    )
    assert reading.observations[0].match.method == "exact"


# Two rows for one 事業 by one department → what becomes of the second.
DUPLICATES = [
    (ROW, {"accepted": 1, "rejected": 0, "ignored": 1}),  # word for word
    (
        changed_row(進捗率="45 %", 完了予定日="2027-03-31"),
        {"accepted": 1, "rejected": 0, "ignored": 1},
    ),  # the same values
    (changed_row(進捗率="60%"), {"accepted": 1, "rejected": 1, "ignored": 0}),
]


@pytest.mark.parametrize(("second", "counts"), DUPLICATES)
def test_it_takes_one_row_of_two_for_the_same_project(tmp_path, second, counts):
    reading = read_bytes(tmp_path, book(table(ROW, second)))
    assert reading.counts.model_dump() == {"rows": 2, **counts}
    assert reading.observations[0].row == 4
    if counts["rejected"]:
        (error,) = reading.row_errors
        assert (error.cell, error.code) == ("A5", "duplicate_row")
        assert "シート「シート1」のA4" in error.message


def test_it_names_the_first_rows_sheet_where_the_second_stands_on_another(tmp_path):
    reading = read_bytes(tmp_path, book(table(ROW), table(changed_row(進捗率="60%")), names=["報告", "追加"]))
    assert "シート「報告」のA4" in reading.row_errors[0].message
    assert reading.row_errors[0].sheet == "追加"


def test_it_takes_several_rows_of_different_milestones(tmp_path):
    header = ["事業名", "段階", "節目", "節目期限"]
    rows = [
        ["コンビニ交付（税証明）", "導入", None, None],
        ["コンビニ交付（税証明）", "導入", "契約", "R8.10.31"],
        ["コンビニ交付（税証明）", "導入", "本稼働", "R9.3.31"],
        ["コンビニ交付（税証明）", "導入", "契約", "R8.11.30"],  # the same milestone again, differently
    ]
    reading = read_bytes(tmp_path, book([["担当課：税務課"], header, *rows]))
    assert reading.counts.accepted == 3
    assert [(e.cell, e.code) for e in reading.row_errors] == [("A6", "duplicate_row")]


def test_it_takes_the_rows_of_two_departments_for_one_project(tmp_path):
    row = ["指定避難所等へのフリーWi-Fi整備", "検討中"]
    data = book([["事業名", "段階", "担当課"], [*row, "行政管理課"], [*row, "社会教育課"]])
    assert [o.department for o in read_bytes(tmp_path, data).observations] == ["行政管理課", "社会教育課"]


def test_it_rejects_two_columns_of_one_meaning_that_differ(tmp_path):
    header = ["事業名", "段階", "進捗率", "達成率", "備考", "特記事項"]
    same = ["コンビニ交付（税証明）", "導入", "45%", "45%", "あ", "い"]
    differ = ["コンビニ交付（税証明）", "導入", "45%", "60%", "あ", "い"]
    (observation,) = read_bytes(tmp_path, book([["担当課：税務課"], header, same])).observations
    assert values(observation)["note"] == "あ"
    reading = read_bytes(tmp_path, book([["担当課：税務課"], header, differ]))
    assert [(e.cell, e.code) for e in reading.row_errors] == [("D3", "column_twice")]


def test_it_shortens_a_long_text_in_the_sentence_but_keeps_it_raw(tmp_path):
    text = "業者と\n協議中。" * 50
    (error,) = read_bytes(tmp_path, book(table(changed_row(完了日=text)))).row_errors
    assert error.raw == text
    assert len(error.message) < 150
    assert "\n" not in error.message


def test_it_has_a_test_for_every_row_code():
    tested = {code for _, _, code, _, _ in FAULTS} | {
        "unknown_department", "department_unclear", "project_conflict", "duplicate_row", "nothing_reported", "column_twice",
    }  # fmt: skip
    # The rest is in test_sheet_files (errors, formulas), test_sheet_shares and test_sheet_words.
    elsewhere = {"error_value", "formula_not_calculated", "count_unreadable", "budget_unknown"}
    assert tested | elsewhere == set(RowCode)


#: A faulty row, and the 事業 that its error names: only one that is certain.
WHOSE = [
    pytest.param(changed_row(進捗率="110%"), "DX-02", id="a faulty cell"),
    pytest.param([*changed_row()[:1], *[None] * 5, "x"], "DX-02", id="nothing reported"),
    pytest.param(changed_row(事業名="書かない窓口"), "DX-03", id="another department's 事業"),
    pytest.param(changed_row(事業名="宇宙旅行の予約"), None, id="no such 事業"),
]


@pytest.mark.parametrize(("row", "project_id"), WHOSE)
def test_a_row_error_says_whose_row_it_is(tmp_path, row, project_id):
    (error,) = read_bytes(tmp_path, book(table(row))).row_errors
    assert error.project_id == project_id
    assert ("project_id" in error.model_dump()) is (project_id is not None)
