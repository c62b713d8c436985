"""An admin at a real browser: runs 進捗監視 from the form, opens what it shows, answers, releases.

Collected where there is a Chromium (see conftest); CI installs one.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from browsing import FLAGS, choose, fill, log_in, open_form, open_resume, page_of, submit, ui
from playwright.sync_api import expect, sync_playwright
from processes import wait_for

AS_OF = "2026-11-24"
#: Ten business days without an answer: one 事業 climbs to 副本部長, and waits.
LATER = "2026-12-08"


@pytest.fixture(scope="module")
def page(cockpit):
    """A page at which the admin has logged in."""
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS) as browser,
        page_of(browser, 1280, 1200) as (made, hosts),
    ):
        log_in(made, cockpit)
        yield made
        assert hosts == {f"127.0.0.1:{cockpit.port}"}, "the UI asked somebody else"


@pytest.fixture(scope="module")
def watched(cockpit, page, sample_inbox):
    """A run that was started from the form, its kind chosen from the drop-down."""
    open_form(page, cockpit, "進捗監視", {"town": "togitsu", "as_of": AS_OF, "inbox": str(sample_inbox)})
    choose(page, "実行の種類", "本番")
    return cockpit.ended(submit(page, cockpit))


def test_an_admin_starts_the_watch_and_opens_what_it_shows(cockpit, page, watched):
    assert watched["state_type"] == "COMPLETED", watched["state"]
    assert watched["parameters"]["order"]["mode"] == "本番"
    page.goto(f"{ui(cockpit)}/runs/flow-run/{watched['id']}")
    expect(page.get_by_text("進捗監視 時津町 R8-11-24").first).to_be_visible()
    expect(page.get_by_text("Completed").first).to_be_visible()
    page.get_by_text("Artifacts", exact=True).first.click()
    page.get_by_text("togitsu-verdicts").first.click()
    expect(page.get_by_text("書かない窓口").first).to_be_visible()


def test_an_admin_answers_an_alert_by_the_form(cockpit, page, watched):
    open_form(page, cockpit, "対応記録")
    choose(page, "事業", "DX-03 書かない窓口")
    fill(page, "対応者", "住民環境課")
    fill(page, "理由", "業者と日程を調整中")
    run = cockpit.ended(submit(page, cockpit))
    assert run["state_type"] == "COMPLETED", run["state"]
    assert run["parameters"]["order"]["project"] == "DX-03 書かない窓口"
    (shown,) = cockpit.of_run("artifacts", run["id"])
    said = str(json.loads(shown["data"]))
    assert "住民環境課" in said
    assert "業者と日程を調整中" in said


def test_an_admin_releases_an_escalation_that_waits(cockpit, page, watched, sample_inbox):
    order = {"town": "togitsu", "mode": "本番", "as_of": LATER, "inbox": str(sample_inbox)}
    assert cockpit.run(order)["state_type"] == "COMPLETED"
    run = wait_for(lambda: suspended(cockpit), 120)[0]
    # Whatever else is starting meanwhile, one click is enough.
    dialog = open_resume(page, cockpit, run["id"])
    expect(dialog.get_by_text("回答がありません")).to_be_visible()
    choose(page, "決定", "送る")
    fill(page, "確認した人", "行政管理課 課長")
    dialog.get_by_role("button", name="Submit").click()
    assert cockpit.ended(run["id"])["state_type"] == "COMPLETED"
    with closing(sqlite3.connect(cockpit.home / "shinchoku.db")) as records:
        wanted = "SELECT state, decided_by FROM held_escalations WHERE id = ?"
        decided = records.execute(wanted, (run["parameters"]["order"]["held"],)).fetchone()
    assert decided == ("released", "行政管理課 課長")


def suspended(cockpit):
    """The runs that wait for a decision."""
    runs = cockpit.ask("POST", "/flow_runs/filter", {})
    return [run for run in runs if run["state_name"] == "Suspended"]
