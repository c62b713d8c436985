"""Tables as departments build them: where they start, how their headers stack, what stands between the rows."""

from __future__ import annotations

import pytest
from department_books import HEADER, ROW, book, changed_row, codes, read_bytes, table, values

EXPECTED = {"phase": "導入", "progress": 0.45, "self_rating": "順調"}


def shifted(rows, down, right):
    return [[]] * down + [[None] * right + list(row) for row in rows]


# Ways to write the same one row. Each: the workbook, and the cell that holds the progress.
SAME_ROW = {
    "a plain table": (book(table(ROW)), "C4"),
    "the header in the first cell": (book([HEADER, ROW]), "C2"),
    "far down and to the right": (book(shifted([HEADER, ROW], 20, 7)), "J22"),
    "on the second sheet": (book([["表紙"], ["担当課：税務課"]], [HEADER, ROW]), "C2"),
    "under a title row": (book([["令和8年度　DX推進計画　進捗状況"], HEADER, ROW], merges=["A1:G1"]), "C3"),
    "under a row of labels": (book([["担当課", "税務課", "記入者", "山田", "報告日", "R8.11.1"], HEADER, ROW]), "C3"),
    "after blank rows": (book([HEADER, [], [], ROW]), "C4"),
    "with other columns between": (
        book([["No.", "施策", "事業名", "R7年度", "R8年度", "段階", "進捗率", "自己評価"],
              [1, "①", "コンビニ交付（税証明）", "事業検討", "導入", "導入", "45%", "順調"]]), "G2"),
    "with spaces and full width in the headers": (
        book([["事　業　名", "段 階", "進捗率（％）", "自己\n評価"], ["コンビニ交付（税証明）", "導入", "45%", "順調"]]), "C2"),
    "with a note mark in a header": (
        book([["事業名※1", "段階", "進捗率　※2", "自己評価"], ["コンビニ交付（税証明）", "導入", "45%", "順調"]]), "C2"),
    "with numbers before the headers": (
        book([["①事業名", "２．段階", "3 進捗率（％）", "(4) 自己評価"], ["コンビニ交付（税証明）", "導入", "45%", "順調"]]), "C2"),
    "with marks before the headers": (
        book([["【必須】事業名", "★段階", "◎ 進捗率", "・自己評価"], ["コンビニ交付（税証明）", "導入", "45%", "順調"]]), "C2"),
    "with 事業名／事業概要": (
        book([["事業名／事業概要", "段階", "進捗率", "自己評価"], ["コンビニ交付（税証明）", "導入", "45%", "順調"]]), "C2"),
    "in two header rows, merged": (
        book([["事業名", "進捗", None, "自己評価"], [None, "段階", "進捗率"], ["コンビニ交付（税証明）", "導入", "45%", "順調"]],
             merges=["A1:A2", "B1:C1", "D1:D2"]), "C3"),
    "in two header rows, not merged": (
        book([["事業名", "進捗", None, "自己評価"], [None, "段階", "進捗率", None], ["コンビニ交付（税証明）", "導入", "45%", "順調"]]), "C3"),
    "in two header rows with the names below": (
        book([["事業", None, "状況", None, None], ["No.", "事業名", "段階", "進捗率", "自己評価"],
              [1, "コンビニ交付（税証明）", "導入", "45%", "順調"]], merges=["A1:B1", "C1:E1"]), "D3"),
    "in three header rows": (
        book([["事業名", "令和8年度"], [None, "進捗", None, "評価"], [None, "段階", "進捗率", "自己評価"],
              ["コンビニ交付（税証明）", "導入", "45%", "順調"]], merges=["A1:A3", "B1:D1", "B2:C2"]), "C4"),
    "with the id alone": (book([["事業ID", "段階", "進捗率", "自己評価"], ["DX-02", "導入", "45%", "順調"]]), "C2"),
    "as fractions": (book([["事業名", "段階", "進捗率", "自己評価"], ["コンビニ交付（税証明）", "導入", 0.45, "順調"]]), "C2"),
    "as percent numbers": (book([["事業名", "段階", "進捗率(%)", "自己評価"], ["コンビニ交付（税証明）", "導入", 45, "順調"]]), "C2"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "cell"), SAME_ROW.values(), ids=SAME_ROW.keys())
def test_it_finds_the_same_row_however_the_table_is_built(tmp_path, data, cell):
    reading = read_bytes(tmp_path, data, "税務課.xlsx")
    assert (reading.error, reading.row_errors) == (None, ())
    (observation,) = reading.observations
    assert observation.project_id == "DX-02"
    assert observation.department == "税務課"
    assert {name: value for name, value in values(observation).items() if name in EXPECTED} == EXPECTED
    assert observation.fields["progress"].cell == cell
    assert f"{observation.row}" == "".join(c for c in cell if c.isdigit())


def test_it_names_columns_by_the_path_through_merged_headers(tmp_path):
    header = [
        ["事業名", "段階", "完了", None, "マイルストーン", None, None],
        [None, None, "予定日", "実績", "名称", "期限", "完了日"],
    ]
    row = ["コンビニ交付（税証明）", "導入", "R9.3.31", None, "契約", "R8.10.31", "R8.10.20"]
    merged = book([*header, row], merges=["A1:A2", "B1:B2", "C1:D1", "E1:G1"])
    stacked = book([*header, row])
    for data in (merged, stacked):
        (observation,) = read_bytes(tmp_path, data).observations
        assert {name: str(value) for name, value in values(observation).items()} == {
            "phase": "導入",
            "due_on": "2027-03-31",
            "milestone": "契約",
            "milestone_due_on": "2026-10-31",
            "milestone_done_on": "2026-10-20",
        }


# Group over column → the field a date below it is, None where it is not read at all.
GROUPS = [
    ("実績", "完了日", "finished_on"),
    ("計画", "完了日", "due_on"),  # a planned date must never read as done
    ("予定", "完了日", "due_on"),
    ("完了日", "予定", "due_on"),
    ("完了日", "実績", "finished_on"),
    ("計画", "着手日", None),
    ("実績", "着手日", "started_on"),
    ("前回", "完了日", None),  # how it stood before says nothing of now
    ("前年度", "着手日", None),
    (None, "完成日（予定）", "due_on"),  # in one cell
    (None, "完了日※1（予定）", "due_on"),  # behind a note mark
    (None, "完了日〈予定〉", "due_on"),  # in other brackets
    (None, "完了日※未定は空欄（予定）", "due_on"),  # behind a note
    (None, "完成日(予定)※1", "due_on"),
    (None, "完成日※1", "finished_on"),
    (None, "検討開始日（見込み）", None),
]


@pytest.mark.parametrize(("group", "name", "field"), GROUPS)
def test_it_tells_the_planned_from_the_done_by_the_group_above(tmp_path, group, name, field):
    data = book(
        [["事業名", "段階", group], [None, None, name], ["コンビニ交付（税証明）", "導入", "R8.6.1"]],
        merges=["A1:A2", "B1:B2"],
    )
    (observation,) = read_bytes(tmp_path, data).observations
    assert set(values(observation)) == {"phase", *([field] if field else [])}


def test_it_ignores_notes_totals_headings_examples_and_repeated_headers(tmp_path):
    rows = [
        ["（記入例）", "運用", "100%"],
        ["基本方針1　住民サービスの向上"],
        ROW,
        HEADER,  # a page break
        changed_row(事業名="地方公共団体情報システムの標準化", 段階="運用"),
        ["合計", None, "45%"],
        ["※ 進捗率は11月末の見込み"],
        ["（注）予算は除く", "補足"],
        [None, None, None, None, None, None, "以上"],
    ]
    reading = read_bytes(tmp_path, book(table(*rows)))
    assert [o.project_id for o in reading.observations] == ["DX-02", "DX-18"]
    assert codes(reading) == ["project_missing"]  # a remark in a column of its own is asked about
    assert reading.counts.model_dump() == {"rows": 9, "accepted": 2, "rejected": 1, "ignored": 6}


def test_it_ignores_an_example_row_even_where_it_names_a_project(tmp_path):
    header = ["区分", *HEADER]
    data = book([["担当課：税務課"], header, ["記入例", *changed_row(進捗率="100%")], ["1", *ROW]])
    reading = read_bytes(tmp_path, data)
    assert [o.row for o in reading.observations] == [4]
    assert reading.counts.ignored == 1


def test_it_fills_merged_department_cells_down_and_names_the_cell_that_holds_them(tmp_path):
    header = ["担当課", "事業名", "段階"]
    rows = [
        ["行政管理課", "LINE申請受付等システム", "運用"],
        [None, "ぴったりサービス", "運用"],
        [None, "オープンデータへの取組促進", "運用"],
        ["税務課", "コンビニ交付（税証明）", "導入"],
        [None, "書かない窓口", "導入"],  # not merged: nothing is known of its sender
    ]
    reading = read_bytes(tmp_path, book([header, *rows], merges=["A2:A4"]))
    assert [o.department for o in reading.observations] == ["行政管理課"] * 3 + ["税務課", None]


def test_it_gives_every_milestone_row_the_project_of_the_merged_cell(tmp_path):
    header = ["事業名", "段階", "節目", "節目期限", "節目完了日"]
    rows = [
        ["コンビニ交付（税証明）", "導入", "仕様確定", "R8.6.30", "R8.6.20"],
        [None, None, "調達公告", "R8.8.31", None],
        [None, None, "契約", "R8.10.31", None],
    ]
    reading = read_bytes(tmp_path, book([["担当課：税務課"], header, *rows], merges=["A3:A5", "B3:B5"]))
    assert [values(o)["milestone"] for o in reading.observations] == ["仕様確定", "調達公告", "契約"]
    assert {o.project_id for o in reading.observations} == {"DX-02"}
    assert {o.fields["phase"].cell for o in reading.observations} == {"B3"}
    assert [o.fields["milestone"].cell for o in reading.observations] == ["C3", "C4", "C5"]


def test_it_takes_ditto_marks_for_the_value_above(tmp_path):
    header = ["事業名", "担当課", "段階", "節目"]
    rows = [["コンビニ交付（税証明）", "税務課", "導入", "契約"], ["〃", "同上", "導入", "本稼働"]]
    reading = read_bytes(tmp_path, book([header, *rows]))
    assert [(o.project_id, o.department) for o in reading.observations] == [("DX-02", "税務課")] * 2


def test_it_reads_several_tables_on_one_sheet_each_with_its_own_label(tmp_path):
    rows = [
        *table(ROW),
        [],
        *table(
            ["書かない窓口", "R9.3.31", "検討中"],
            header=["事業名", "完了予定日", "現在の段階"],
            label="担当課：住民環境課",
        ),
    ]
    reading = read_bytes(tmp_path, book(rows))
    assert [(o.project_id, o.department, o.row) for o in reading.observations] == [
        ("DX-02", "税務課", 4),
        ("DX-03", "住民環境課", 9),
    ]


def test_it_reads_every_sheet_that_has_a_table_and_passes_over_the_others(tmp_path):
    reading = read_bytes(
        tmp_path,
        book(
            [["表紙"]],
            table(ROW),
            [["電話番号一覧"], ["氏名", "番号"]],
            table(["書かない窓口", "検討中"], label="担当課：住民環境課"),
        ),
    )
    assert [(o.sheet, o.project_id) for o in reading.observations] == [
        ("シート2", "DX-02"),
        ("シート4", "DX-03"),
    ]


def test_it_prefers_what_people_see_to_a_hidden_copy(tmp_path):
    old = table(changed_row(進捗率="10%"))
    reading = read_bytes(tmp_path, book(old, table(ROW), hidden=[0]))
    assert values(reading.observations[0])["progress"] == 0.45
    assert codes(reading) == ["duplicate_row"]


# Where the department stands → who reports the row.
SENDERS = {
    "a label with a colon": (book(table(ROW, label="担当課：税務課")), "x.xlsx", "税務課"),
    "a label with an ASCII colon": (book(table(ROW, label="所属: 税務課")), "x.xlsx", "税務課"),
    "a label with a space": (book(table(ROW, label="担当課　税務課")), "x.xlsx", "税務課"),
    "a label in brackets": (book(table(ROW, label="【担当課】税務課")), "x.xlsx", "税務課"),
    "a label with the name beside it": (book([["担当課", None, "税務課"], HEADER, ROW]), "x.xlsx", "税務課"),
    "a label beside a merged cell": (book([["担当課", None, "税務課"], HEADER, ROW], merges=["A1:B1"]), "x.xlsx", "税務課"),
    "a label with an alias": (book(table(ROW, label="担当課：税務")), "x.xlsx", "税務課"),
    "a label on the cover sheet": (book([["担当課：税務課"]], [HEADER, ROW]), "x.xlsx", "税務課"),
    "a column": (book([[*HEADER, "担当課"], [*ROW, "税務課"]]), "x.xlsx", "税務課"),
    "a column before a label": (book([["担当課：行政管理課"], [*HEADER, "担当課"], [*ROW, "税務課"]]), "x.xlsx", "税務課"),
    "the sheet's name": (book([HEADER, ROW], names=["税務課"]), "x.xlsx", "税務課"),
    "the file's name": (book([HEADER, ROW]), "R8_税務課.xlsx", "税務課"),
    "the folder's name": (book([HEADER, ROW]), "税務課/報告.xlsx", "税務課"),
    "a label before the file's name": (book(table(ROW)), "行政管理課.xlsx", "税務課"),
    "nowhere": (book([HEADER, ROW]), "x.xlsx", None),
    "a word that is no label": (book([["担当課長会議資料"], ["所属", "氏名"], HEADER, ROW]), "税務課.xlsx", "税務課"),
    "a column of another sheet": (book([["所属", "氏名"], ["福祉課", "山田"]], [HEADER, ROW]), "税務課.xlsx", "税務課"),
    "an empty label": (book([["担当課："], HEADER, ROW]), "x.xlsx", None),
}  # fmt: skip


@pytest.mark.parametrize(("data", "file", "department"), SENDERS.values(), ids=SENDERS.keys())
def test_it_finds_the_department_that_reports(tmp_path, data, file, department):
    reading = read_bytes(tmp_path, data, file)
    assert reading.row_errors == ()
    assert [o.department for o in reading.observations] == [department]


@pytest.mark.parametrize(
    ("cell", "file", "department"),
    [
        ("行政管理課 社会教育課", "社会教育課.xlsx", "社会教育課"),
        ("行政管理課\n社会教育課", "行政管理課.xlsx", "行政管理課"),
    ],
)
def test_it_takes_from_a_list_of_departments_the_one_that_sent_the_file(tmp_path, cell, file, department):
    data = book([["事業名", "担当課", "段階"], ["指定避難所等へのフリーWi-Fi整備", cell, "検討中"]])
    assert [o.department for o in read_bytes(tmp_path, data, file).observations] == [department]


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_it_goes_by_content_and_not_by_the_name(tmp_path, suffix):
    reading = read_bytes(tmp_path, book(table(ROW)), f"報告.{suffix}")
    assert (reading.format, reading.counts.accepted) == ("xlsx", 1)


def test_it_keeps_the_raw_text_and_the_true_type(tmp_path):
    data = book(
        table(["コンビニ交付 (税証明)", "導入中", "４５％", "Ｒ９．３．３１", None, "○", " 協議中 \n継続 "])
    )
    (observation,) = read_bytes(tmp_path, data).observations
    assert observation.match.method == "normalised"
    fields = observation.fields
    assert (fields["project_name"].value, fields["project_name"].raw) == (
        "コンビニ交付（税証明）",
        "コンビニ交付 (税証明)",
    )
    assert (fields["phase"].value, fields["phase"].raw) == ("導入", "導入中")
    assert (fields["progress"].value, fields["progress"].raw) == (0.45, "４５％")
    assert (str(fields["due_on"].value), fields["due_on"].raw) == ("2027-03-31", "Ｒ９．３．３１")
    assert (fields["note"].value, fields["note"].raw) == ("協議中\n継続", " 協議中 \n継続 ")
    assert "finished_on" not in fields
