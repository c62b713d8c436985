"""The commands as another program calls them: exit codes, one JSON document, one line of fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from plan_data.loader import export, load_plan

HEADERS = ["事業名", "現在の段階", "進捗率", "完了予定日", "自己評価"]


def shinchoku(*args: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, with its own home."""
    code = "import sys; from flows.cli import main; sys.argv[0] = 'shinchoku'; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "SHINCHOKU_HOME": str(home), "PYTHONUTF8": "1", **environ},
    )


def sheet(path: Path, *rows: list, department: str = "税務課") -> Path:
    """Write a tidy department workbook."""
    book = Workbook()
    page = book.active
    page.title = "進捗"
    page.append([f"担当課：{department}"])
    page.append(HEADERS)
    for row in rows:
        page.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


TAX = ["コンビニ交付（税証明）", "導入", "60%", "令和9年2月26日", "順調"]


def test_it_exports_the_plan_as_one_json_document(tmp_path):
    done = shinchoku("plan", "export", "--json", home=tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, export(load_plan("togitsu").revisions[-1]))


def test_it_shows_the_plan_and_its_check_to_a_person(tmp_path):
    shown = shinchoku("plan", "show", home=tmp_path)
    assert shown.returncode == 0
    assert "施策①" in shown.stdout and "コンビニ交付（税証明）" in shown.stdout and "導入※1" in shown.stdout
    checked = shinchoku("plan", "check", home=tmp_path)
    assert checked.returncode == 0
    assert "書かない窓口" in checked.stdout and "時津保育所長" in checked.stdout


def test_it_reads_judges_and_leaves_no_trace(tmp_path):
    path = sheet(tmp_path / "税務課.xlsx", TAX)
    read = shinchoku("read", str(path), "--as-of", "2026-11-10", "--json", home=tmp_path / "home")
    document = json.loads(read.stdout)
    (file,) = document["files"]
    assert read.returncode == 0 and file["error"] is None
    assert file["counts"] == {"rows": 1, "accepted": 1, "rejected": 0, "ignored": 0}
    assert file["received_on"] == "2026-11-10"
    (row,) = file["observations"]
    assert (row["project_id"], row["department"], row["row"]) == ("DX-02", "税務課", 3)
    assert row["fields"]["progress"] == {"value": 0.6, "raw": "60%", "cell": "C3"}
    assert row["fields"]["due_on"] == {"value": "2027-02-26", "raw": "令和9年2月26日", "cell": "D3"}

    saved = tmp_path / "read.json"
    saved.write_text(read.stdout, encoding="utf-8")
    judged = shinchoku(
        "judge", "--observations", str(saved), "--as-of", "2026-11-12", "--json", home=tmp_path / "home"
    )
    result = json.loads(judged.stdout)
    assert judged.returncode == 0
    assert (result["as_of"], result["fiscal_year"], result["plan_revision"]) == ("2026-11-12", "R8", "R8.3")
    assert len(result["findings"]) == 29 and sum(result["counts"].values()) == 29
    finding = next(f for f in result["findings"] if f["project_id"] == "DX-02")
    assert finding["verdict"] == "on_track"
    assert {
        "kind": "cell",
        "file": "税務課.xlsx",
        "sha256": file["sha256"],
        "sheet": "進捗",
        "cell": "B3",
        "raw": "導入",
    } in [e for r in finding["reasons"] for e in r["evidence"]]
    assert not (tmp_path / "home" / "shinchoku.db").exists()


def test_it_matches_by_name_where_a_document_names_no_id(tmp_path):
    path = sheet(tmp_path / "税務課.xlsx", TAX)
    document = json.loads(shinchoku("read", str(path), "--json", home=tmp_path).stdout)
    document["files"][0]["observations"][0]["project_id"] = None
    saved = tmp_path / "read.json"
    saved.write_text(json.dumps(document), encoding="utf-8")
    judged = shinchoku("judge", "--observations", str(saved), "--json", home=tmp_path)
    finding = next(f for f in json.loads(judged.stdout)["findings"] if f["project_id"] == "DX-02")
    assert finding["reported"]["progress"] == 0.6


def test_it_judges_against_an_exported_plan(tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(shinchoku("plan", "export", "--json", home=tmp_path).stdout, encoding="utf-8")
    path = sheet(tmp_path / "税務課.xlsx", TAX)
    saved = tmp_path / "read.json"
    saved.write_text(shinchoku("read", str(path), "--json", home=tmp_path).stdout, encoding="utf-8")
    arguments = ("judge", "--observations", str(saved), "--as-of", "2026-11-24", "--json")
    own = json.loads(shinchoku(*arguments, "--plan", str(plan), home=tmp_path).stdout)
    assert len(own["findings"]) == 29 and own["plan_revision"] == "R8.3"


def test_it_runs_in_english_and_without_a_terminal_in_one_json_document(tmp_path):
    sheet(tmp_path / "inbox" / "税務課.xlsx", TAX)
    done = shinchoku(
        "run", "--inbox", str(tmp_path / "inbox"), "--as-of", "2026-11-24", "--json", home=tmp_path / "home"
    )
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert "単体で実行します" in done.stderr
    assert Path(document["reports"]["html"]).is_file() and Path(document["reports"]["workbook"]).is_file()
    assert document["messages"]["failed"] == 0
    assert list((tmp_path / "home" / "outbox").glob("*.eml"))


def test_it_exits_1_under_strict_with_findings(tmp_path):
    sheet(tmp_path / "inbox" / "税務課.xlsx", TAX)
    arguments = ("run", "--inbox", str(tmp_path / "inbox"), "--as-of", "2026-11-24", "--json")
    assert shinchoku(*arguments, "--strict", home=tmp_path / "home").returncode == 1


# Wrong use and unreadable input: the arguments, and what the one line must say.
FAULTS = [
    ("an inbox that is not there", ("run", "--inbox", "nowhere"), "nowhere"),
    ("an inbox that is a file", ("run", "--inbox", __file__), "フォルダ"),
    ("a day that is none", ("run", "--as-of", "2026-02-30"), "2026-11-24"),
    ("an unknown town", ("plan", "show", "--town", "nagasaki"), "togitsu"),
    ("an unknown engine", ("run", "--engine", "dask"), "plain"),
    ("no Prefect server", ("run", "--engine", "prefect"), "shinchoku up"),
    ("a file that is not there", ("read", "nofile.xlsx"), "nofile.xlsx"),
    ("a workbook that is not one", ("read", __file__), "test_command_line.py"),
    ("a document that is not one", ("judge", "--observations", __file__), "read --json"),
    ("a plan that is not one", ("plan", "diff", __file__, __file__), "test_command_line.py"),
]


@pytest.mark.parametrize(("args", "says"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_it_says_in_one_line_what_is_wrong_and_exits_2(tmp_path, args, says):
    done = shinchoku(*args, home=tmp_path / "home")
    lines = [line for line in done.stderr.splitlines() if line.startswith("shinchoku:")]
    assert (done.returncode, len(lines)) == (2, 1), done.stderr
    assert says in lines[0] and "Traceback" not in done.stderr


def test_it_says_so_when_the_home_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "inbox").mkdir()
    done = shinchoku("run", "--inbox", str(tmp_path / "inbox"), home=tmp_path / "file" / "home")
    assert done.returncode == 2
    assert "SHINCHOKU_HOME" in done.stderr and "Traceback" not in done.stderr


def test_it_runs_on_an_empty_inbox_and_says_so(tmp_path):
    (tmp_path / "inbox").mkdir()
    done = shinchoku(
        "run", "--inbox", str(tmp_path / "inbox"), "--as-of", "2026-11-24", home=tmp_path / "home"
    )
    assert done.returncode == 0
    assert "受付フォルダに表がありません" in done.stdout


def test_it_refuses_an_unknown_setting_by_its_name(tmp_path):
    done = shinchoku("plan", "show", home=tmp_path, SHINCHOKU_INBOXX="x")
    assert done.returncode == 2
    assert "SHINCHOKU_INBOXX" in done.stderr and "SHINCHOKU_INBOX" in done.stderr
