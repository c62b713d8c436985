"""What an admin sees in Prefect."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from tasks.alerts.answers import OpenAlert
from tasks.progress.reasons import Verdict
from tasks.reports.alerts_table import alerts_artifact
from tasks.reports.artifacts import artifacts

URL = "file:///srv/進捗 報告/(1)/report.html"


@pytest.fixture(scope="module")
def made(view):
    return {a.key: a for a in artifacts(view, URL)}


def test_its_keys_are_of_the_town_and_of_the_letters_prefect_allows(made, view):
    assert list(made) == ["togitsu-verdicts", "togitsu-departments", "togitsu-changes"]
    odd = artifacts(replace(view, town="nagayo_cho"))
    assert all(re.fullmatch("[a-z0-9-]+", a.key) for a in odd)


def test_its_tables_are_json_with_the_same_columns_in_every_row(made):
    for key in ("togitsu-verdicts", "togitsu-departments"):
        rows = json.loads(json.dumps(made[key].content, ensure_ascii=False))
        assert len({tuple(row) for row in rows}) == 1
    assert len(made["togitsu-verdicts"].content) == 29


def test_its_tables_hold_nothing_that_one_ui_takes_for_markdown(made):
    for row in made["togitsu-verdicts"].content:
        for value in row.values():
            assert not re.search(r"[<>\[\]|`*_@\\]", str(value))
    hostile = next(row for row in made["togitsu-verdicts"].content if "DX-03" in row["事業"])
    assert hostile["事業"] == "DX-03 書かない窓口＜script＞alert(1)＜/script＞"


def test_it_tells_what_changed_with_links_to_the_entries(made):
    text = made["togitsu-changes"].content
    address = "file:///srv/%E9%80%B2%E6%8D%97%20%E5%A0%B1%E5%91%8A/%281%29/report.html"
    assert f"[報告を開く]({address})" in text
    assert re.search(rf"\*\*悪化\*\* \[DX-02 [^\]]+\]\({re.escape(address)}#DX-02\)：遅延 → 重大な遅延", text)


def test_it_marks_up_nothing_that_came_from_a_spreadsheet(made):
    text = made["togitsu-changes"].content
    assert "<" not in text
    assert "javascript:" not in text
    # A backslash before the colon keeps an address from becoming a link.
    assert not re.search(r"(?<!\\):/*evil\.example/", text)
    assert r"＜script＞alert\(1\)＜/script＞" in text


def test_it_links_to_nothing_without_an_address(view):
    text = artifacts(view)[2].content
    assert "](" not in text
    assert "DX-02 コンビニ交付（税証明）" in text


def test_it_says_so_where_nothing_changed(view):
    calm = replace(view, projects=tuple(p for p in view.projects if p.calm), silent=(), files=(), rejected=())
    text = artifacts(calm)[2].content
    assert text.count("ありません。") == 4


def test_it_tells_two_alerts_of_one_project_apart():
    day = date(2026, 11, 24)
    about = ("導入1", "運用1", "")
    alerts = [
        OpenAlert(
            id=number,
            project_id="DX-23",
            project_name="庶務管理システム",
            departments=("総務課",),
            commitment=commitment,
            verdict=Verdict.CRITICAL,
            opened_on=day,
            days=0,
            reached=(),
            answer=None,
            held=(),
        )
        for number, commitment in enumerate(about, 1)
    ]
    rows = alerts_artifact("togitsu", alerts, day).content
    assert [row["段階"] for row in rows] == ["導入1", "運用1", "事業全体"]
