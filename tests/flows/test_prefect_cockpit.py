"""進捗監視 in a real cockpit: the form, the run, its artifacts, its schedule, and a clean end."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prefect.server.events.schemas.automations import EventTrigger as ServerTrigger
from prefect.server.events.schemas.events import RelatedResource, Resource
from processes import free_port, wait_for
from real_cockpit import START_SECONDS, UP, Cockpit, start_up

from flows.automations import SILENT_SECONDS, automations

AS_OF = "2026-11-24"
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


@pytest.fixture(scope="module")
def watched(cockpit, sample_inbox):
    """One run of 進捗監視 on the sample inbox, as an admin starts it."""
    return cockpit.run({"town": "togitsu", "mode": "本番", "as_of": AS_OF, "inbox": str(sample_inbox)})


def test_it_runs_to_its_end_under_a_name_that_says_town_and_day(watched):
    assert watched["state_type"] == "COMPLETED", watched["state"]
    assert watched["name"] == "進捗監視 時津町 R8-11-24"


def test_it_shows_its_verdicts_beside_the_run_in_japanese(cockpit, watched):
    artifacts = {artifact["key"]: artifact for artifact in cockpit.of_run("artifacts", watched["id"])}
    assert {"togitsu-verdicts", "togitsu-departments", "togitsu-changes"} <= set(artifacts)
    for artifact in artifacts.values():
        assert JAPANESE.search(artifact["description"])
    verdicts = artifacts["togitsu-verdicts"]["data"]
    assert (
        "書かない窓口" in verdicts.encode().decode("unicode_escape", "replace") or "書かない窓口" in verdicts
    )


def test_it_reads_each_file_in_a_task_of_its_own_named_in_japanese(cockpit, watched, sample_inbox):
    files = {f"読取り {path.name}" for path in sample_inbox.glob("見本*.xlsx")}

    def read():
        # By whichever run of this cockpit met them first: none reads them again.
        tasks = cockpit.ask("POST", "/task_runs/filter", {"task_runs": {"name": {"any_": sorted(files)}}})
        return {task["name"] for task in tasks} == files

    # The server records task runs a moment after they ended.
    wait_for(read, 20)
    assert all(JAPANESE.search(task["name"]) for task in cockpit.of_run("task_runs", watched["id"]))


def test_it_writes_the_report_into_the_home_of_the_cockpit(cockpit, watched):
    assert (cockpit.home / "reports" / "togitsu" / AS_OF / "report.html").is_file()


def test_it_fails_with_a_reason_in_japanese_where_the_inbox_is_not_there(cockpit, tmp_path):
    run = cockpit.run({"town": "togitsu", "as_of": AS_OF, "inbox": str(tmp_path / "無い")})
    assert run["state_type"] == "FAILED"
    assert JAPANESE.search(run["state"]["message"])
    # Whoever looks after the service hears of it, once.
    told = wait_for(lambda: _operator_messages(cockpit), 60)
    assert any(run["name"] in subject and "失敗" in subject for subject in told)


def _operator_messages(cockpit):
    with closing(sqlite3.connect(cockpit.home / "shinchoku.db")) as records:
        rows = records.execute("SELECT document FROM messages WHERE key LIKE '%/operation/%'").fetchall()
    return [json.loads(row)["subject"] for (row,) in rows]


def test_it_watches_for_runs_that_fall_silent_by_one_automation(cockpit):
    sends = cockpit.deployment("通知の送信")["id"]
    named = {"automations": {"name": {"any_": [each.name for each in automations("togitsu", UUID(sends))]}}}
    (kept,) = cockpit.ask("POST", "/automations/filter", named)
    assert kept["enabled"] and kept["trigger"]["within"] == SILENT_SECONDS
    marks, tells = kept["actions"]
    assert marks["state"] == "CRASHED" and tells["deployment_id"] == sends


@pytest.mark.parametrize(("flow", "watched_over"), [("進捗監視", True), ("上申の承認", False)])
def test_it_lets_a_run_wait_for_a_decision_as_long_as_it_takes(flow, watched_over):
    """A suspended run's last sign of life can come after the event that it is suspended."""
    (automation,) = automations("togitsu", uuid4())
    trigger = ServerTrigger.model_validate(automation.trigger.model_dump(mode="json"))
    run = Resource({"prefect.resource.id": "prefect.flow-run.1"})
    labels = {"prefect.resource.id": "prefect.flow.1", "prefect.resource.role": "flow"}
    related = [
        RelatedResource({**labels, "prefect.resource.name": flow}),
        RelatedResource({"prefect.resource.id": "prefect.tag.時津町", "prefect.resource.role": "tag"}),
    ]
    assert trigger.covers_resources(run, related) is watched_over


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"password": "x"}, id="a field it does not know"),
        pytest.param({"mode": "本気"}, id="a choice it does not offer"),
        pytest.param({"town": "nagayo"}, id="a town it does not serve"),
        pytest.param({"as_of": 20261124}, id="a day that is none"),
    ],
)
def test_it_refuses_what_the_form_does_not_offer(cockpit, wrong):
    path = f"/deployments/{cockpit.deployment()['id']}/create_flow_run"
    order = {"as_of": AS_OF, **wrong}
    assert cockpit.try_to_ask("POST", path, {"parameters": {"order": order}}).status_code == 409


def test_it_tries_by_itself_where_nothing_is_said_and_tells_nobody(cockpit, sample_inbox):
    run = cockpit.run({"town": "togitsu", "as_of": AS_OF, "inbox": str(sample_inbox)})
    assert run["state_type"] == "COMPLETED", run["state"]
    assert run["name"] == "進捗監視（試行） 時津町 R8-11-24"
    shown = cockpit.of_run("artifacts", run["id"])
    assert {a["key"] for a in shown} >= {"togitsu-trial-verdicts", "togitsu-trial-changes"}
    (bar,) = [a for a in shown if a["type"] == "progress"]
    assert (bar["description"], float(bar["data"])) == ("終わりました", 100.0)
    # The progress bar is of the run alone, and stands under no name.
    named = [a["description"] for a in shown if a["type"] != "progress"]
    assert [text for text in named if not text.startswith("【試行】")] == []
    assert list((cockpit.home / "trial-試行" / "reports").rglob("report.html"))


def test_it_judges_a_cycle_again_for_one_department(cockpit, watched):
    entry = next(each for each in offered(cockpit, "再現")["cycle"]["enum"] if each)
    run = cockpit.run({"cycle": entry, "department": "住民環境課"}, "再現")
    assert run["state_type"] == "COMPLETED", run["state"]
    (shown,) = cockpit.of_run("artifacts", run["id"])
    assert shown["key"] == "togitsu-replay" and "住民環境課" in shown["description"]
    rows = json.loads(shown["data"])
    assert rows and all("住民環境課" in row["担当課"] for row in rows)


@pytest.mark.parametrize("wrong", [{"department": "ない課"}, {"cycle": "2026-10-02 令和8年10月2日から"}])
def test_it_refuses_a_department_and_a_cycle_that_are_none(cockpit, wrong):
    path = f"/deployments/{cockpit.deployment('再現')['id']}/create_flow_run"
    assert cockpit.try_to_ask("POST", path, {"parameters": {"order": wrong}}).status_code == 409


def offered(cockpit, name):
    """The fields of a deployment's form."""
    schema = cockpit.deployment(name)["parameter_openapi_schema"]
    (model,) = [m for m in schema["definitions"].values() if "properties" in m]
    return model["properties"]


def test_it_creates_and_executes_the_runs_of_a_schedule(cockpit, sample_inbox):
    """With SQLAlchemy 2.1 the scheduler creates none, and with a newer FastAPI the server dies."""
    deployment = f"/deployments/{cockpit.deployment()['id']}"
    soon = datetime.now(UTC) + timedelta(seconds=8)
    wanted = {
        "schedule": {"interval": 86400, "anchor_date": soon.isoformat()},
        "active": True,
        "parameters": {"order": {"mode": "本番", "as_of": AS_OF, "inbox": str(sample_inbox)}},
    }
    (schedule,) = cockpit.ask("POST", f"{deployment}/schedules", [wanted])
    # The scheduler looks at changed deployments every 5 s, at the others every minute.
    cockpit.ask("PATCH", deployment, {"paused": False})
    try:
        scheduled = wait_for(lambda: _auto_scheduled(cockpit, soon), 60)
        assert len(scheduled) > 1, "the days after are scheduled too"
        assert cockpit.ended(scheduled[0]["id"])["state_type"] == "COMPLETED"
    finally:
        cockpit.ask("DELETE", f"{deployment}/schedules/{schedule['id']}")


def _auto_scheduled(cockpit, first):
    """The runs that were scheduled for ``first`` and whole days after; the town's own schedules have other times."""
    runs = cockpit.ask("POST", "/flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
    waits = {
        run["id"]: datetime.fromisoformat(run["expected_start_time"]) - first
        for run in runs
        if run["auto_scheduled"]
    }
    return [run for run in runs if run["id"] in waits and not waits[run["id"]] % timedelta(days=1)]


def test_it_starts_runs_once_and_stops_without_leaving_a_process(tmp_path, sample_inbox):
    home, port = tmp_path / "home", free_port()
    with start_up(home, port) as process:
        process.says(UP, START_SECONDS)
        assert f"http://127.0.0.1:{port}" in process.said()
        run = Cockpit(process, home, port).run({"mode": "本番", "as_of": AS_OF, "inbox": str(sample_inbox)})
        assert run["state_type"] == "COMPLETED", run["state"]
        process.process.terminate()
        assert process.process.wait(30) == 0
        assert process.family() == {}
    assert not (home / "prefect" / "cockpit.json").exists()
    assert (home / "prefect" / "encryption.key").stat().st_mode & 0o077 == 0
