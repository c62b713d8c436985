"""A run whose process is killed: marked, started anew once, every sheet judged, every change told once.

``make cockpit-torture`` does it 20 times.
"""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from contextlib import closing

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Crashed, Running
from processes import ROOT

from flows.clock import now
from flows.prefect_word import tell_of_crashes
from flows.recovery import AGAIN, recover

SPEC = importlib.util.spec_from_file_location("torture_cockpit", ROOT / "tests/torture/cockpit.py")
torture = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(torture)


@pytest.fixture
def client(cockpit):
    with SyncPrefectClient(
        cockpit.api, auth_string=cockpit.auth, httpx_settings={"trust_env": False}
    ) as made:
        yield made


@pytest.fixture
def deployment(client):
    """A deployment of its own, that nobody executes."""
    flow = client.create_flow_from_name("後始末の試験")
    yield client.create_deployment(flow, "後始末の試験")
    client.delete_flow(flow)


def test_it_marks_what_was_at_work_and_starts_it_anew_once(client, deployment):
    left = client.create_flow_run_from_deployment(deployment, parameters={"order": {"as_of": "2026-11-24"}})
    client.set_flow_run_state(left.id, Running(), force=True)
    waiting = client.create_flow_run_from_deployment(deployment)
    (made,) = recover(client, [deployment], now())
    assert client.read_flow_run(left.id).state.is_crashed()
    assert client.read_flow_run(waiting.id).state.is_scheduled()
    assert made.parameters == left.parameters and made.tags == [AGAIN]
    (same,) = recover(client, [deployment], now())
    assert same.id == made.id


def test_it_leaves_a_run_alone_that_crashes_a_second_time(client, deployment):
    left = client.create_flow_run_from_deployment(deployment, tags=[AGAIN])
    client.set_flow_run_state(left.id, Running(), force=True)
    assert recover(client, [deployment], now()) == []
    assert client.read_flow_run(left.id).state.is_crashed()


def test_it_tells_once_of_a_run_that_was_marked_from_outside(client, deployment, tmp_path, monkeypatch):
    """Nobody is left who would run the hooks of such a run."""
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path))
    kinds = {
        "自動で1回だけ": client.create_flow_run_from_deployment(deployment, name="始めての中断"),
        "続けて中断": client.create_flow_run_from_deployment(deployment, name="二度目", tags=[AGAIN]),
    }
    for run in kinds.values():
        client.set_flow_run_state(run.id, Running(), force=True)
        client.set_flow_run_state(run.id, Crashed(message="サーバの停止"), force=True)
    assert tell_of_crashes(client, now()) >= len(kinds)
    assert tell_of_crashes(client, now()) == 0
    with closing(sqlite3.connect(tmp_path / "shinchoku.db")) as records:
        rows = records.execute("SELECT key, document FROM messages").fetchall()
    told = {key: json.loads(document) for key, document in rows}
    for words, run in kinds.items():
        message = told[f"togitsu/operation/crashed/{run.id}"]
        assert run.name in message["subject"]
        assert words in message["text"] and "サーバの停止" in message["text"]


def test_it_survives_kill_9_of_the_run_of_its_serving_process_and_of_the_server(tmp_path):
    """In a home of its own, because the records are counted."""
    torture.some_rounds(tmp_path, list(torture.VICTIMS), torture.random.Random(1))
