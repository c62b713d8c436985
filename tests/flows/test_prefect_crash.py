"""A run whose process is killed: marked, started anew once, every sheet judged, every change told once.

``make cockpit-torture`` does it 20 times.
"""

from __future__ import annotations

import importlib.util

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Running
from processes import ROOT

from flows.clock import now
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


def test_it_survives_kill_9_of_a_run(tmp_path):
    """In a home of its own, because the records are counted."""
    torture.some_rounds(tmp_path, ["run"], torture.random.Random(1))
