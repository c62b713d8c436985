"""Answers to alerts from the forms of a real cockpit: 対応記録, and 上申の承認 that waits without a process."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

import pytest
from processes import wait_for

from tasks.store.engine import open_store
from tasks.store.episodes import open_episodes

AS_OF = "2026-11-24"


def records(cockpit):
    """The cockpit's own store."""
    return open_store(f"sqlite:///{cockpit.home / 'shinchoku.db'}")


@pytest.fixture(scope="module")
def watched(cockpit, sample_inbox):
    """A run that opened alerts."""
    run = cockpit.run({"town": "togitsu", "mode": "本番", "as_of": AS_OF, "inbox": str(sample_inbox)})
    assert run["state_type"] == "COMPLETED", run["state"]
    with records(cockpit).begin() as connection:
        return open_episodes(connection, "togitsu")


@pytest.fixture
def choice(cockpit, watched):
    """The alert's 事業 as the form offers it."""
    schema = cockpit.deployment("対応記録")["parameter_openapi_schema"]
    (model,) = [m for name, m in schema["definitions"].items() if "properties" in m]
    (entry,) = [
        e for e in model["properties"]["project"]["enum"] if e.startswith(f"{watched[0].project_id} ")
    ]
    return entry


def test_it_records_an_answer_from_the_form_and_shows_it(cockpit, choice):
    order = {"project": choice, "kind": "対応中", "owner": "税務課", "reason": "業者と日程を調整中"}
    run = cockpit.run(order, "対応記録")
    assert run["state_type"] == "COMPLETED", run["state"]
    assert run["name"].startswith(f"対応記録（対応中）{choice[:5]} 時津町 R")
    (shown,) = cockpit.of_run("artifacts", run["id"])
    assert shown["key"] == "togitsu-alerts"
    assert "業者と日程を調整中" in str(json.loads(shown["data"]))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"project": "DX-99 ない事業"}, id="no such project"),
        pytest.param({"owner": " 　"}, id="nobody"),
        pytest.param({"reason": ""}, id="no reason"),
        pytest.param({"business_days": 61}, id="too long"),
        pytest.param({"kind": "無視"}, id="no such answer"),
    ],
)
def test_it_refuses_a_wrong_answer_in_the_form(cockpit, choice, wrong):
    order = {"project": choice, "owner": "税務課", "reason": "調整中", **wrong}
    path = f"/deployments/{cockpit.deployment('対応記録')['id']}/create_flow_run"
    assert cockpit.try_to_ask("POST", path, {"parameters": {"order": order}}).status_code == 409


def waits(cockpit, held):
    """The run of 上申の承認 that waits for this escalation, when it is suspended."""

    def look():
        wanted = {"flow_runs": {"idempotency_key": {"any_": [f"release togitsu {held}"]}}}
        runs = cockpit.ask("POST", "/flow_runs/filter", wanted)
        return [run for run in runs if run["state_name"] == "Suspended"]

    return wait_for(look, 240, (cockpit.home / "prefect/serving.log").read_text)[0]


def decided(cockpit, held):
    """What the records say of an escalation: state, by whom."""
    with closing(sqlite3.connect(cockpit.home / "shinchoku.db")) as connection:
        row = "SELECT state, decided_by, note FROM held_escalations WHERE id = ?"
        return connection.execute(row, (held,)).fetchone()


def run_as_of(cockpit, inbox, day):
    """A run of the watch as of a day, and the escalations that wait after it."""
    order = {"town": "togitsu", "mode": "本番", "as_of": day, "inbox": str(inbox)}
    assert cockpit.run(order)["state_type"] == "COMPLETED"
    with closing(sqlite3.connect(cockpit.home / "shinchoku.db")) as connection:
        return [id_ for (id_,) in connection.execute("SELECT id FROM held_escalations WHERE state = 'held'")]


def test_it_asks_the_secretariat_once_and_records_who_decided(cockpit, watched, sample_inbox):
    """A month without an answer: the ladder reaches 副本部長, and waits."""
    *_, left, held = run_as_of(cockpit, sample_inbox, "2026-12-24")
    assert held in run_as_of(cockpit, sample_inbox, "2026-12-24")
    run = waits(cockpit, held)
    assert re.search(r"上申の承認 DX-\d\d→(副)?本部長", run["name"])
    resume = f"/flow_runs/{run['id']}/resume"
    # Prefect answers a refused resume with 200 and says why.
    for refused in ({}, {"decision": "送る"}, {"decision": "送る", "approver": " "}):
        answer = cockpit.ask("POST", resume, {"run_input": refused})
        assert answer["status"] == "REJECT", answer
    assert decided(cockpit, held)[0] == "held"
    given = {"decision": "送らない", "approver": "行政管理課 課長", "note": "課から回答があった"}
    assert cockpit.ask("POST", resume, {"run_input": given})["status"] == "ACCEPT"
    assert cockpit.ended(run["id"])["state_type"] == "COMPLETED"
    assert decided(cockpit, held) == ("stopped", "行政管理課 課長", "課から回答があった")
    # The other one is decided by the town's rule when its time is over; its run then ends by itself.
    other = waits(cockpit, left)
    assert left not in run_as_of(cockpit, sample_inbox, "2027-01-12")
    assert cockpit.ask("GET", f"/flow_runs/{other['id']}")["state_type"] == "COMPLETED"
