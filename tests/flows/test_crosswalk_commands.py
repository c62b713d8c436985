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


#: What cannot be ruled, and the word by which a person is told.
REFUSED = [
    pytest.param(("あ", "DX-99"), "DX-01～DX-29", id="no such 事業"),
    pytest.param(("あ", "宇宙課"), "departments.yaml", id="no such 担当課"),
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
