"""``shinchoku layout learn``: a proposal is shown or saved, and the next run reads by it, old files too."""

from __future__ import annotations

import json
import shutil

import pytest
from department_books import book
from typer.testing import CliRunner

from flows.cli import app

DAY = ("--as-of", "2026-11-24")
ODD = [
    ["12月分"],
    ["やること", "いまどう", "どこまで"],
    ["コンビニ交付（税証明）", "導入", "45%"],
]


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A town's configuration of its own, and an inbox with a workbook that cannot be read by itself."""
    shutil.copytree("config/togitsu", tmp_path / "config" / "togitsu")
    monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(tmp_path / "config"))
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path / "home"))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "税務課_進捗11月.xlsx").write_bytes(book(ODD, names=["報告"]))
    return tmp_path


def shinchoku(*args: str):
    return CliRunner().invoke(app, [*args, *DAY])


def run(town) -> dict:
    done = shinchoku("run", "--inbox", str(town / "inbox"), "--engine", "plain", "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def finding(document: dict) -> dict:
    return next(f for f in document["findings"] if f["project_id"] == "DX-02")


def test_a_learnt_layout_makes_the_next_run_read_the_file_it_could_not(town):
    workbook = town / "inbox" / "税務課_進捗11月.xlsx"
    assert finding(run(town))["reported"] == {}
    saved = shinchoku("layout", "learn", str(workbook), "--by", "行政管理課", "--save", "税務課")
    assert (saved.exit_code, "税務課.yaml に保存しました" in saved.stdout) == (0, True), saved.output
    text = (town / "config/togitsu/layouts/税務課.yaml").read_text("utf-8")
    assert 'department: "税務課"' in text
    assert 'files: ["税務課_進捗*月.xlsx"]' in text
    # The file has not changed; how it is read has.
    assert finding(run(town))["reported"]["progress"] == 0.45


def test_a_changed_layout_reads_anew(town):
    workbook = town / "inbox" / "税務課_進捗11月.xlsx"
    shinchoku("layout", "learn", str(workbook), "--save", "税務課")
    path = town / "config/togitsu/layouts/税務課.yaml"
    run(town)
    path.write_text(path.read_text("utf-8").replace("progress:", "note:"), "utf-8")
    assert "progress" not in finding(run(town))["reported"]


def test_it_never_writes_over_another_layout(town):
    workbook = str(town / "inbox" / "税務課_進捗11月.xlsx")
    shinchoku("layout", "learn", workbook, "--save", "税務課")
    again = shinchoku("layout", "learn", workbook, "--save", "税務課")
    assert (again.exit_code, "既にあります" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        pytest.param(["no-such.xlsx"], "ファイルがありません", id="no file"),
        pytest.param(["{book}", "--department", "税務科"], "税務科", id="no such department"),
        pytest.param(["{book}", "--save", "../x"], "名前に使えません", id="a name that leads elsewhere"),
    ],
)
def test_it_says_what_is_wrong_with_an_order(town, args, says):
    workbook = str(town / "inbox" / "税務課_進捗11月.xlsx")
    done = shinchoku("layout", "learn", *(arg.format(book=workbook) for arg in args))
    assert (done.exit_code, says in done.stderr) == (2, True), done.output


def test_it_gives_the_proposal_as_one_document(town):
    workbook = town / "inbox" / "税務課_進捗11月.xlsx"
    document = json.loads(shinchoku("layout", "learn", str(workbook), "--json").stdout)
    assert document["tables"][0]["fields"]["project_name"] == ["やること"]
    assert document["counts"]["accepted"] == 1
    assert document["yaml"].startswith("# yaml-language-server")


def test_whoever_meets_an_odd_workbook_is_told_of_layouts(town):
    done = shinchoku("run", "--inbox", str(town / "inbox"), "--engine", "plain")
    assert "shinchoku layout learn" in done.stdout
    shinchoku("layout", "learn", str(town / "inbox" / "税務課_進捗11月.xlsx"), "--save", "税務課")
    done = shinchoku("run", "--inbox", str(town / "inbox"), "--engine", "plain")
    assert "shinchoku layout learn" not in done.stdout
