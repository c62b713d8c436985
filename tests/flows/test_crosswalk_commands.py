"""``shinchoku crosswalk``: an unclear name is shown with candidates, ruled on once, and then read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from department_books import book, table
from typer.testing import CliRunner

from flows.cli import app

DAY = ("--as-of", "2026-11-24")
BY = ("--by", "行政管理課", "--reason", "電話で確認")


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A town's configuration of its own, and an inbox in which a name is unclear in two files."""
    shutil.copytree("config/togitsu", tmp_path / "config" / "togitsu")
    monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(tmp_path / "config"))
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path / "home"))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    row = ["コンビニで税の証明", "導入", "45%", "R9.3.31", None, "順調", None]
    (inbox / "税務課_進捗.xlsx").write_bytes(book(table(row)))
    again = ["コンビニで　税の証明", *row[1:]]
    (inbox / "会計課_進捗.xlsx").write_bytes(book(table(again, label="担当課：会計課")))
    return tmp_path


def shinchoku(*args: str, typed: str = ""):
    return CliRunner().invoke(app, list(args), input=typed)


def review(*files: Path) -> list[dict]:
    done = shinchoku("crosswalk", "review", *map(str, files), *DAY, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["open"]


def test_it_asks_about_a_name_once_with_all_its_places_and_the_likest_first(town):
    (asked,) = review(*sorted((town / "inbox").iterdir()))
    assert {(p["file"], p["cell"]) for p in asked["places"]} == {
        ("会計課_進捗.xlsx", "A4"),
        ("税務課_進捗.xlsx", "A4"),
    }
    assert asked["choices"][0]["value"] == "DX-02"
    assert [c["likeness"] for c in asked["choices"]] == sorted(
        (c["likeness"] for c in asked["choices"]), reverse=True
    )


def test_a_ruling_makes_the_next_run_read_the_row(town):
    inbox = str(town / "inbox")
    run = ("run", "--inbox", inbox, "--engine", "plain", "--json", *DAY)
    first = json.loads(shinchoku(*run).stdout)
    assert {e["code"] for e in first["row_errors"]} >= {"unknown_project"}
    assert len(review()) == 1
    done = shinchoku("crosswalk", "rule", "コンビニで税の証明", "DX-02", *BY, *DAY)
    assert done.exit_code == 0 and "コンビニ交付（税証明）" in done.stdout
    # Ruled on, it is no longer open, though the file has not been read again yet.
    assert review() == []
    second = json.loads(shinchoku(*run).stdout)
    (tax,) = [f for f in second["files"] if f["file"] == "税務課_進捗.xlsx"]
    assert tax["counts"] == {"rows": 1, "accepted": 1, "rejected": 0, "ignored": 0}


def test_a_ruling_can_be_replaced_listed_and_taken_back(town):
    written = town / "config/togitsu/crosswalk.yaml"
    tax = town / "inbox" / "税務課_進捗.xlsx"
    rule = ("crosswalk", "rule", "コンビニで税の証明")
    assert shinchoku(*rule, "DX-03", *BY, *DAY).exit_code == 0
    again = shinchoku(*rule, "DX-02", *BY, *DAY)
    assert again.exit_code == 2
    assert "既にDX-03" in again.output and "--replace" in again.output
    done = shinchoku(*rule, "DX-02", "--replace", *BY, *DAY)
    assert done.exit_code == 0, done.output
    (kept,) = json.loads(shinchoku("crosswalk", "list", "--json").stdout)["projects"]
    assert (kept["text"], kept["project_id"]) == ("コンビニで税の証明", "DX-02")
    listed = shinchoku("crosswalk", "list", *DAY)
    assert "DX-02 コンビニ交付（税証明）" in listed.stdout and "電話で確認" in listed.stdout
    assert review(tax) == []
    # Spaced in another way it is the same text.
    done = shinchoku("crosswalk", "withdraw", "コンビニで　税の証明", *BY, *DAY)
    assert done.exit_code == 0, done.output
    assert len(review(tax)) == 1
    assert "記録した判断はありません" in shinchoku("crosswalk", "list", *DAY).stdout
    assert written.read_text("utf-8").count("# ") > Path("config/togitsu/crosswalk.yaml").read_text(
        "utf-8"
    ).count("# ")
    gone = shinchoku("crosswalk", "withdraw", "コンビニで税の証明", *BY, *DAY)
    assert gone.exit_code == 2 and "まだ記録されていません" in gone.output


#: What cannot be ruled, and the word by which a person is told.
REFUSED = [
    pytest.param(("あ", "DX-99"), "DX-01～DX-29", id="no such 事業"),
    pytest.param(("あ", "宇宙課"), "departments.yaml", id="no such 担当課"),
    pytest.param(("あ", "DX-02 DX-03 統合"), "統合", id="merged into two"),
    pytest.param((" ", "DX-02"), "表の文字が空", id="no text"),
]


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_it_refuses_what_means_nothing(town, words, told):
    before = (town / "config/togitsu/crosswalk.yaml").read_bytes()
    done = shinchoku("crosswalk", "rule", *words, *BY, *DAY)
    assert done.exit_code == 2 and told in done.output
    assert (town / "config/togitsu/crosswalk.yaml").read_bytes() == before


def test_it_takes_the_ruling_at_the_terminal(town, monkeypatch):
    monkeypatch.setattr("flows.cli_crosswalk.at_a_terminal", lambda: True)
    done = shinchoku(
        "crosswalk",
        "review",
        str(town / "inbox" / "税務課_進捗.xlsx"),
        *DAY,
        typed="行政管理課\n1\n担当課に確認\n",
    )
    assert done.exit_code == 0, done.output
    assert "DX-02" in (town / "config/togitsu/crosswalk.yaml").read_text("utf-8")
    assert review(town / "inbox" / "税務課_進捗.xlsx") == []


@pytest.fixture
def rulings(town):
    """The town with rows of one department that only rulings can place, and these rulings."""
    for path in (town / "inbox").iterdir():
        path.unlink()
    rows = [
        ["LINEと電子申請", "運用", "100%", None, "R8.4.1", "順調", None],
        ["GIS（道路）", "運用", "100%", None, "R8.4.1", "順調", None],
        ["GIS（上下水道）", "導入", "30%", "R9.3.31", None, "遅れ", None],
        ["庁舎LED化", "工事中", "大体", None, None, None, None],
    ]
    (town / "inbox" / "行政管理課_進捗.xlsx").write_bytes(book(table(*rows, label="担当課：行政管理課")))
    for text, meaning in (
        ("LINEと電子申請", "DX-05,DX-06"),
        ("GIS（道路）", "DX-22 統合"),
        ("GIS（上下水道）", "DX-22 統合"),
        ("庁舎LED化", "対象外"),
    ):
        done = shinchoku("crosswalk", "rule", text, meaning, *BY, *DAY)
        assert done.exit_code == 0, done.output
    return town


def test_rulings_on_split_merged_and_foreign_rows_are_judged_to_the_end(rulings):
    run = ("run", "--inbox", str(rulings / "inbox"), "--engine", "plain", "--json", *DAY)
    document = json.loads(shinchoku(*run).stdout)
    findings = {f["project_id"]: f for f in document["findings"]}
    (file,) = document["files"]
    # One row is counted once, whatever it reports of; the row that is none of the plan's is no fault.
    assert file["counts"] == {"rows": 4, "accepted": 3, "rejected": 0, "ignored": 1}
    assert document["row_errors"] == []
    # Split: each 事業 is judged by the one row.
    for project_id in ("DX-05", "DX-06"):
        assert findings[project_id]["reported"]["phase"] == "運用"
        assert findings[project_id]["verdict"] != "unreported"
    # Merged: the 事業 is as late as its latest part, whichever row that is.
    assert findings["DX-22"]["reported"]["phase"] == "導入"
    assert findings["DX-22"]["reported"]["progress"] == 0.3
    assert findings["DX-22"]["self_rating"] == "遅れ"


def test_a_row_that_is_none_of_the_plans_is_told_with_its_cell(rulings):
    done = shinchoku("read", str(rulings / "inbox" / "行政管理課_進捗.xlsx"), "--json", *DAY)
    (file,) = json.loads(done.stdout)["files"]
    assert file["notes"] == [
        "シート「シート1」のA7は、計画の対象外と確かめてあるため、報告として扱いません。"
    ]
    assert [(o["row"], o["project_id"]) for o in file["observations"]] == [
        (4, "DX-05"), (4, "DX-06"), (5, "DX-22"), (6, "DX-22")]  # fmt: skip


def test_nothing_that_is_ruled_is_open(rulings):
    assert review() == []
    assert review(rulings / "inbox" / "行政管理課_進捗.xlsx") == []


def test_two_rows_of_one_part_are_still_a_contradiction(rulings):
    rows = [["GIS（道路）", "運用", "100%"], ["GIS（道路）", "導入", "30%"]]
    path = rulings / "inbox" / "行政管理課_進捗.xlsx"
    path.write_bytes(book(table(*rows, label="担当課：行政管理課")))
    (file,) = json.loads(shinchoku("read", str(path), "--json", *DAY).stdout)["files"]
    assert [e["code"] for e in file["row_errors"]] == ["duplicate_row"]


def test_a_split_row_is_taken_for_those_that_the_sender_owns(rulings):
    done = shinchoku("crosswalk", "rule", "窓口まわり", "DX-02 DX-05", *BY, *DAY)
    assert done.exit_code == 0, done.output
    path = rulings / "inbox" / "税務課_進捗.xlsx"
    path.write_bytes(book(table(["窓口まわり", "導入", "30%"])))
    (file,) = json.loads(shinchoku("read", str(path), "--json", *DAY).stdout)["files"]
    assert [o["project_id"] for o in file["observations"]] == ["DX-02"]
    assert file["row_errors"] == []


def test_the_terminal_takes_several_candidates_and_the_kind(town, monkeypatch):
    monkeypatch.setattr("flows.cli_crosswalk.at_a_terminal", lambda: True)
    path = str(town / "inbox" / "税務課_進捗.xlsx")
    done = shinchoku("crosswalk", "review", path, *DAY, typed="行政管理課\n1 改名\n担当課に確認\n")
    assert done.exit_code == 0, done.output
    text = (town / "config/togitsu/crosswalk.yaml").read_text("utf-8")
    assert 'kind: "renamed"' in text
    assert review(Path(path)) == []
