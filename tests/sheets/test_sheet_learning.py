"""A layout proposed from a workbook: reads it as before, and says what it is unsure of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from department_books import TODAY, book, togitsu

from flows.layouts import loaded_back
from tasks.sheets.given_layout import Layouts
from tasks.sheets.layout_text import layout_data, layout_yaml
from tasks.sheets.learner import learn_file
from tasks.sheets.reading import read_file

GOLDEN = Path(__file__).parent / "golden"
NAMES = ["LINE申請受付等システム", "ぴったりサービス", "オープンデータへの取組促進"]


def read(path, layouts=None):
    context = replace(togitsu(), layouts=Layouts(layouts or {}))
    return read_file(path, f"報告/{path.name}", "0" * 64, TODAY, context)


def learnt(path):
    """The YAML learnt from a workbook, as `shinchoku layout learn` writes it."""
    proposal = learn_file(path, f"報告/{path.name}", "0" * 64, TODAY, togitsu())
    data = layout_data(proposal.tables, path.name, proposal.format, None, TODAY, "事務局")
    return layout_yaml(data, proposal, "togitsu"), proposal


def reads_well(case):
    (path,) = case.glob("workbook.*")
    return not (case / "layout.yaml").exists() and read(path).error is None


#: A layout tells no label of one of several tables that share their rows: the proposal says that it reads otherwise.
SHARING = "two-tables-beside-each-other"
CASES = [
    case
    for case in sorted(GOLDEN.glob("*/"))
    if list(case.glob("workbook.*")) and reads_well(case) and case.name != SHARING
]


def test_it_says_so_where_a_layout_cannot_read_what_is_read_without():
    (path,) = (GOLDEN / SHARING).glob("workbook.*")
    text, proposal = learnt(path)
    assert not proposal.agrees
    assert "この案で読んだ結果は、案を使わずに読んだ結果と同じではありません" in text
    assert len(proposal.tables) == 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_reads_with_the_learnt_layout_what_it_reads_without(case):
    (path,) = case.glob("workbook.*")
    text, proposal = learnt(path)
    plainly, given = read(path), read(path, {"案": loaded_back(text)})
    assert given.observations == plainly.observations
    assert given.row_errors == plainly.row_errors
    assert given.counts == plainly.counts
    assert proposal.agrees
    assert not any(table.guessed for table in proposal.tables)


def test_it_learns_from_most_golden_cases():
    assert len(CASES) >= 60


def saved(folder, *sheets, **how):
    path = folder / "報告R8.11.xlsx"
    path.write_bytes(book(*sheets, **how))
    return path


def test_it_offers_what_an_unknown_column_could_be(tmp_path):
    path = saved(tmp_path, [
        ["担当課：行政管理課"], ["事業名", "段階", "いまの様子", "めど"],
        [NAMES[0], "運用", "順調", "R9.3.31"], [NAMES[1], "導入", "やや遅れ", "R9.2.28"]])  # fmt: skip
    text, _ = learnt(path)
    assert (
        "# 確かめる: C2 見出し「いまの様子」は「自己評価」かもしれません（「順調」など、2個の値のうち2個がそう読めます）。"
        in text
    )
    assert '      # self_rating: "いまの様子"' in text
    assert '      # due_on: "めど"' in text
    # What is only offered is not read.
    assert set(loaded_back(text).tables[0].fields) == {"project_name", "phase"}


def test_it_guesses_a_table_without_a_known_header_and_says_so(tmp_path):
    path = saved(tmp_path, [
        ["担当課：行政管理課"], ["やること", "いまどう", "どこまで", "いつまで"],
        [NAMES[0], "運用", "100%", "R9.3.31"], [NAMES[1], "導入", "45%", "R9.2.28"]])  # fmt: skip
    assert read(path).error.code == "no_table"
    text, proposal = learnt(path)
    assert "確かめる: この表は見出しから見付けられず" in text
    assert "2行のうち受付2・差戻し0・対象外0" in text
    assert proposal.counts.accepted == 2
    reading = read(path, {"案": loaded_back(text)})
    assert [(o.row, o.project_id, o.fields["phase"].value, o.fields["progress"].value) for o in reading.observations] == [
        (3, "DX-05", "運用", 1.0), (4, "DX-06", "導入", 0.45)]  # fmt: skip


def test_it_guesses_a_table_of_projects_side_by_side(tmp_path):
    path = saved(tmp_path, [
        ["担当課：行政管理課"], [None, *NAMES], ["いま", "運用", "導入", "継続"], ["めど", None, "R9.3.31", None]])  # fmt: skip
    text, _ = learnt(path)
    assert '    orientation: "columns"' in text
    reading = read(path, {"案": loaded_back(text)})
    assert [(o.row, o.fields["phase"].cell) for o in reading.observations] == [
        (2, "B3"),
        (3, "C3"),
        (4, "D3"),
    ]


def test_it_offers_an_era_and_the_meaning_of_words(tmp_path):
    path = saved(tmp_path, [
        ["担当課：行政管理課"], ["事業名", "完了日", "自己評価"], [NAMES[0], "8.4.1", "A"], [NAMES[1], None, "B"]])  # fmt: skip
    text, _ = learnt(path)
    assert "    # era: 令和" in text
    assert '    #   self_rating: {"A": …, "B": …}  # 順調・やや遅れ・遅れ・完了のどれか' in text
    meant = text.replace("    # era", "    era").replace("    # words", "    words")
    meant = meant.replace(
        '    #   self_rating: {"A": …, "B": …}', '      self_rating: {"A": 順調, "B": 遅れ}'
    )
    reading = read(path, {"案": loaded_back(meant)})
    assert reading.row_errors == ()
    assert [o.fields["self_rating"].value for o in reading.observations] == ["順調", "遅れ"]


def test_it_stands_for_the_next_months_file_as_well(tmp_path):
    text, _ = learnt(saved(tmp_path, [["担当課：行政管理課"], ["事業名", "段階"], [NAMES[0], "運用"]]))
    assert loaded_back(text).files == ("報告R*.*.xlsx",)
