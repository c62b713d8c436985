"""Answers to alerts from the forms of a real cockpit: 対応記録, and 上申の承認 that waits without a process."""

from __future__ import annotations

import json

import pytest

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
