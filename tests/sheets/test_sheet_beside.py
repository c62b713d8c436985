"""Tables beside each other on one sheet, headers repeated with other words above, and sheets of other years."""

from __future__ import annotations

from datetime import date

import pytest
from department_books import book, codes, read_bytes

from tasks.sheets.periods import set_aside

LINE, PITTARI, OPEN = "LINE申請受付等システム", "ぴったりサービス", "オープンデータへの取組促進"
LABEL = ["担当課：行政管理課"]
TWO = ["事業名", "段階"]

#: Rows whose three 事業 stand beside each other, and the cell of the second's phase.
BESIDE = {
    "with a gap": ([LABEL, [*TWO, None, *TWO], [LINE, "導入", None, PITTARI, "導入"], [OPEN, "継続"]], "E3"),
    "without a gap": ([LABEL, TWO * 2, [LINE, "導入", PITTARI, "導入"], [OPEN, "継続"]], "D3"),
    "three of them": ([LABEL, TWO * 3, [LINE, "導入", PITTARI, "導入", OPEN, "継続"]], "D3"),
    "above a wider table": (
        [LABEL, TWO * 2, [LINE, "導入", PITTARI, "導入"], [], [*TWO, "完了日", "備考"], [OPEN, "継続"]], "D3"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "cell"), BESIDE.values(), ids=BESIDE.keys())
def test_it_reads_tables_beside_each_other(tmp_path, rows, cell):
    reading = read_bytes(tmp_path, book(rows))
    assert (reading.error, reading.row_errors) == (None, ())
    phases = {o.project_id: o.fields["phase"] for o in reading.observations}
    assert {one: phase.value for one, phase in phases.items()} == {
        "DX-05": "導入",
        "DX-06": "導入",
        "DX-07": "継続",
    }
    assert phases["DX-06"].cell == cell


def test_tables_beside_each_other_have_their_own_headers_and_labels(tmp_path):
    shared = "指定避難所等へのフリーWi-Fi整備"
    rows = [
        ["担当課：行政管理課", None, None, None, "担当課：社会教育課"],
        ["事業名", "進捗", None, None, "事業名", "進捗", None],
        [None, "段階", "進捗率", None, None, "段階", "進捗率"],
        [shared, "導入", "45%", None, shared, "導入", "60%"],
    ]
    merges = ["A2:A3", "B2:C2", "E2:E3", "F2:G2"]
    reading = read_bytes(tmp_path, book(rows, merges=merges))
    found = [(o.department, o.fields["progress"].cell) for o in reading.observations]
    assert found == [("行政管理課", "C4"), ("社会教育課", "G4")]


def test_a_table_that_says_one_thing_twice_stays_one_table(tmp_path):
    rows = [LABEL, ["事業名", "段階", "段階"], [LINE, "導入", "運用"]]
    assert codes(read_bytes(tmp_path, book(rows))) == ["column_twice"]


def test_a_repeated_header_may_say_so_in_its_upper_row(tmp_path):
    rows = [LABEL, [None, "進捗", None], [*TWO, "進捗率"], [LINE, "導入", "45%"],
            [None, "進捗（続き）", None], [*TWO, "進捗率"], [PITTARI, "運用", "100%"]]  # fmt: skip
    reading = read_bytes(tmp_path, book(rows, merges=["B2:C2", "B5:C5"]))
    assert (reading.row_errors, reading.counts.accepted, reading.counts.ignored) == ((), 2, 2)


def test_a_row_above_a_repeated_header_is_no_part_of_it_where_it_says_something_else(tmp_path):
    rows = [LABEL, [None, "進捗"], TWO, [LINE, "導入"], [None, "運用"], TWO, [PITTARI, "運用"]]
    assert codes(read_bytes(tmp_path, book(rows))) == ["project_missing"]


@pytest.mark.parametrize(
    "names", [("令和7年度", "令和8年度"), ("前回", "今回"), ("前年度分", "報告"), ("R9", "R8")]
)
def test_the_sheet_of_another_year_is_told_counted_and_not_read(tmp_path, names):
    old, new = ([LABEL, TWO, [LINE, phase]] for phase in ("運用", "導入"))
    reading = read_bytes(tmp_path, book([*old, [OPEN, "継続"]], new, names=names))
    assert [(o.sheet, o.fields["phase"].value) for o in reading.observations] == [(names[1], "導入")]
    assert (reading.row_errors, reading.counts.ignored) == ((), 2)
    assert f"シート「{names[0]}」は、別の時期又は前回の表" in reading.notes[0]


@pytest.mark.parametrize(
    ("names", "on", "aside"),
    [
        (["R6年度", "R7年度"], date(2026, 4, 10), {"R6年度"}),
        (["令和元年度", "2019年度"], date(2026, 11, 24), set()),
        (["R7年度"], date(2026, 11, 24), set()),
        (["前回"], date(2026, 11, 24), set()),
        (["R9年度", "R10年度"], date(2026, 11, 24), set()),
        # Months, quarters and halves: the newest begun by then.
        (["R8.10", "R8.11"], date(2026, 11, 24), {"R8.10"}),
        (["10月", "11月", "12月"], date(2026, 11, 24), {"10月", "12月"}),
        (["12月分", "1月分"], date(2027, 1, 20), {"12月分"}),
        (
            ["進捗状況（10月末時点）", "進捗状況（１１月末時点）"],
            date(2026, 11, 24),
            {"進捗状況（10月末時点）"},
        ),
        (["令和8年度3月", "令和8年度4月"], date(2027, 3, 31), {"令和8年度4月"}),
        (["R8年度 前期", "R8年度 後期"], date(2026, 11, 24), {"R8年度 前期"}),
        (["第２四半期", "第3四半期", "第4四半期"], date(2026, 11, 24), {"第２四半期", "第4四半期"}),
        (["上半期", "下半期"], date(2026, 9, 30), {"下半期"}),
        # Twice the same month; and names that say more than a month.
        (["11月1日", "11月15日"], date(2026, 11, 24), set()),
        (["9月補正", "12月補正"], date(2026, 12, 24), set()),
        (["1月号の原稿", "2月"], date(2027, 2, 24), set()),
        (["13月", "11月"], date(2026, 11, 24), set()),
        (["R7年度", "R8年度"], date(2026, 3, 31), {"R8年度"}),
        (["令和8年度", "税務課"], date(2026, 11, 24), set()),
    ],
)
def test_it_sets_aside_what_the_names_of_sheets_say_is_not_this_years(names, on, aside):
    assert set_aside(names, set(names), set(names), on) == aside


def test_of_months_the_newest_that_reports_is_read_and_the_others_are_told(tmp_path):
    sheets = [[LABEL, TWO, [LINE, phase], [PITTARI, None]] for phase in ("事業検討", "導入", None)]
    reading = read_bytes(tmp_path, book(*sheets, names=["9月", "10月", "11月"]))
    assert [(o.sheet, o.fields["phase"].value) for o in reading.observations] == [("10月", "導入")]
    assert (codes(reading), reading.counts.ignored) == (["nothing_reported"], 4)
    assert reading.notes[0].startswith("シート「9月」、シート「11月」は、別の時期又は前回の表")


def test_of_months_none_is_set_aside_where_none_reports():
    names = ["10月", "11月"]
    assert set_aside(names, set(names), set(), date(2026, 11, 24)) == set()


def test_a_hidden_year_sets_no_other_aside():
    names = ["令和7年度", "令和8年度", "報告"]
    assert set_aside(names, {"令和7年度", "報告"}, set(names), date(2026, 11, 24)) == {"令和8年度"}


@pytest.mark.parametrize(("hidden", "read"), [(0, "令和8年度"), (1, "令和7年度")])
def test_no_sheet_is_set_aside_for_one_that_people_do_not_see(tmp_path, hidden, read):
    old, new = ([LABEL, TWO, [LINE, phase]] for phase in ("運用", "導入"))
    reading = read_bytes(tmp_path, book(old, new, names=["令和7年度", "令和8年度"], hidden=[hidden]))
    assert [o.sheet for o in reading.observations] == [read]
