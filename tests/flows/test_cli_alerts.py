"""Answering from the command line: what a clerk types, and what is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from findings import finding, judged
from typer.testing import CliRunner

from config.settings import settings
from config.site import Site
from flows.cli import app
from tasks.alerts.steps import record
from tasks.progress.reasons import Verdict


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in a home where DX-02 is late since 2026-11-24."""
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path))
    site = Site(town="togitsu", settings=settings())
    site.prepare()
    at = datetime(2026, 11, 24, tzinfo=UTC)
    record(site, judged("2026-11-24", finding("DX-02", Verdict.DELAYED)), "plain", at, ())
    # The clock of the answers; the file of the alerts stays as it is.
    monkeypatch.setattr("flows.clock.now", lambda: at)
    return lambda *args: CliRunner().invoke(app, list(args))


def listed(run):
    return json.loads(run("alerts", "list", "--json", "--as-of", "2026-11-26").stdout)["alerts"]


def test_it_acknowledges_an_alert_by_its_project_and_lists_it(run):
    (before,) = listed(run)
    assert (before["project_id"], before["answer"], before["days"]) == ("DX-02", None, 2)
    done = run("ack", "DX-02", "--owner", "税務課", "--reason", "業者と調整中")
    assert done.exit_code == 0 and "対応中（税務課、令和8年12月22日（火）まで）" in done.stdout
    (after,) = listed(run)
    assert (after["answer"]["owner"], after["days"]) == ("税務課", 0)
    shown = run("alerts", "list", "--as-of", "2026-11-26").stdout
    assert "DX-02" in shown and "対応中" in shown


def test_it_snoozes_by_number_and_answers_in_one_json_document(run):
    number = str(listed(run)[0]["id"])
    done = run(
        "snooze", number, "--owner", "税務課", "--reason", "議決待ち", "--until", "2026-12-01", "--json"
    )
    (answer,) = json.loads(done.stdout)["answers"]
    assert (answer["kind"], answer["expires_on"]) == ("snooze", "2026-12-01")


# what is typed                                                                        what is said
FAULTS = [
    (("ack", "DX-09", "--owner", "a", "--reason", "b"), "「DX-09」という通知は、今はありません"),
    (("ack", "DX-02", "--owner", "a", "--reason", " "), "理由が空です"),
    (("snooze", "DX-02", "--owner", "a", "--reason", "b", "--until", "12/1"), "日付ではありません"),
    (("alerts", "release", "1", "--by", "川", "--decision", "yes"), "send"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), FAULTS)
def test_it_says_in_one_line_what_to_do_and_exits_2(run, typed, said):
    done = run(*typed)
    assert done.exit_code == 2
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_it_says_that_nothing_waits_for_a_decision(run):
    assert "もうありません" in run("alerts", "release", "1", "--by", "川", "--decision", "send").stdout
