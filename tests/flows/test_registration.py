"""What a start sends to a real Prefect server: what it does not hold already, and nothing else."""

from __future__ import annotations

import functools
import shutil
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from processes import ROOT

from flows import deployments as deployments_module
from flows import registration
from flows.clock import now
from flows.deployments import deployments
from flows.schedule_upkeep import MADE_UP, behind

#: A town nobody serves: its deployments stand beside those of the cockpit.
TOWN_NAME = "試験町"
FIRST, SECOND = uuid4(), uuid4()
WATCH, SAMPLE = f"進捗監視 {TOWN_NAME}", f"見本 {TOWN_NAME}"


def wanted():
    """What a start of now would have: one deployment with a schedule and one without."""
    return [each for each in deployments("togitsu", TOWN_NAME) if each.name in (WATCH, SAMPLE)]


#: What every start of one day has; computing it takes a second.
usual = functools.cache(wanted)


class Town:
    """What the server holds of the town, and what the starts sent to it."""

    def __init__(self, client, sent) -> None:
        self.client, self.sent = client, sent
        self.runner = Runner(name="試験", pause_on_shutdown=False)

    def start(self, wanted=None):
        """Register as a start does; return the names of what was sent."""
        self.sent.clear()
        self.ids = registration.register(self.client, self.runner, wanted or usual(), now())
        return list(self.sent)

    def read(self):
        """The deployments of the town as the server has them."""
        names = DeploymentFilter(name=DeploymentFilterName(any_=[WATCH, SAMPLE]))
        return self.client.read_deployments(deployment_filter=names)

    def held(self):
        """All the server says of each deployment, but for its numbers and times."""
        found = {}
        for each in self.read():
            dumped = each.model_dump(mode="json", exclude={"id", "created", "updated", "version_id"})
            dumped["pull_steps"] = dumped["pull_steps"] or None
            for part in (*dumped["schedules"], dumped["global_concurrency_limit"]):
                for name in ("id", "created", "updated", "deployment_id", "name"):
                    part.pop(name, None)
            found[each.name] = dumped
        return found

    def touched(self):
        """When each was last changed."""
        return {each.name: (each.id, each.updated) for each in self.read()}

    def change(self, what):
        """Change 進捗監視 as a person does in the browser."""
        answer = self.client.request("PATCH", "/deployments/{id}", path_params={"id": self.ids[0]}, json=what)
        answer.raise_for_status()

    def schedule(self):
        (only,) = self.client.read_deployment_schedules(self.ids[0])
        return only


@pytest.fixture(scope="module")
def client(cockpit):
    with (
        temporary_settings({PREFECT_API_URL: cockpit.api, PREFECT_API_AUTH_STRING: cockpit.auth}),
        SyncPrefectClient(
            cockpit.api, auth_string=cockpit.auth, httpx_settings={"trust_env": False}
        ) as client,
    ):
        yield client
        for each in client.read_deployments():
            if each.name in (WATCH, SAMPLE):
                client.delete_deployment(each.id)


@pytest.fixture
def town(client, monkeypatch):
    sent = []
    apply = RunnerDeployment.aapply

    async def noted(self, *args):
        sent.append(self.name)
        return await apply(self, *args)

    monkeypatch.setattr(RunnerDeployment, "aapply", noted)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Town(client, sent)
    made.start()
    assert len(made.held()) == 2
    return made


def test_it_sends_nothing_where_nothing_has_changed(town):
    before, ids = town.touched(), town.ids
    assert town.start() == []
    assert town.touched() == before and town.ids == ids


def test_it_sends_nothing_on_the_next_day_of_the_month_either(town, monkeypatch):
    day = now().date()
    monkeypatch.setattr(deployments_module, "today", lambda: day.replace(day=1 if day.day > 1 else 2))
    assert town.start(wanted()) == []


EDITS = [
    pytest.param({"description": "手で直した説明"}, id="description"),
    pytest.param({"paused": True}, id="paused"),
    pytest.param({"tags": ["手で付けた"]}, id="tags"),
    pytest.param({"parameters": {"order": {"town": "togitsu", "mode": "本番"}}}, id="what Quick run takes"),
    pytest.param({"enforce_parameter_schema": False}, id="wrong entries let in"),
    pytest.param({"parameter_openapi_schema": {"type": "object", "properties": {}}}, id="form"),
    pytest.param({"concurrency_limit": 5}, id="runs at once"),
    pytest.param({"concurrency_options": {"collision_strategy": "CANCEL_NEW"}}, id="what a second run does"),
    pytest.param({"entrypoint": "flows.prefect_app.sample_flow"}, id="entrypoint"),
    pytest.param({"version": "手で"}, id="version"),
    pytest.param({"job_variables": {"env": {"A": "1"}}}, id="environment"),
    pytest.param({"pull_steps": [{"prefect.deployments.steps.run_shell_script": {}}]}, id="pull steps"),
]


@pytest.mark.parametrize("what", EDITS)
def test_it_puts_right_what_was_edited_by_hand_and_sends_only_that(town, what):
    before = town.held()
    town.change(what)
    assert town.held() != before
    assert town.start() == [WATCH]
    assert town.held() == before


def _switch_off(town) -> None:
    town.client.update_deployment_schedule(town.ids[0], town.schedule().id, active=False)


def _move(town) -> None:
    moved = town.schedule().schedule.model_copy(update={"timezone": "UTC"})
    town.client.update_deployment_schedule(town.ids[0], town.schedule().id, schedule=moved)


def _delete(town) -> None:
    town.client.delete_deployment_schedule(town.ids[0], town.schedule().id)


def _add(town) -> None:
    town.client.create_deployment_schedules(town.ids[0], [(town.schedule().schedule, True)])


@pytest.mark.parametrize("edit", [_switch_off, _move, _delete, _add])
def test_it_puts_right_a_schedule_that_was_edited_by_hand(town, edit):
    before = town.held()
    edit(town)
    assert town.held() != before
    assert town.start() == [WATCH]
    assert town.held() == before


def test_it_registers_anew_what_was_deleted_by_hand(town):
    before = town.held()
    town.client.delete_deployment(town.ids[1])
    assert town.start() == [SAMPLE]
    assert town.held() == before


def test_it_sends_the_schedules_of_a_file_that_was_changed(town, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "config" / "togitsu", tmp_path / "config" / "togitsu")
    file = tmp_path / "config" / "togitsu" / "schedules.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"08:00"', '"07:45"'), encoding="utf-8")
    monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(tmp_path / "config"))
    assert town.start(wanted()) == [WATCH]
    assert town.schedule().slug == "毎営業日 7:45（morning_watch）"
    assert town.start(wanted()) == []


class Cut(Exception):
    """Stands for a kill."""


def test_it_completes_what_was_cut_off_between_two_deployments(town, monkeypatch):
    for its_id in town.ids:
        town.client.delete_deployment(its_id)

    def cut(deployment) -> None:
        if town.sent:
            raise Cut
        return Runner.add_deployment(town.runner, deployment)

    with monkeypatch.context() as patched, pytest.raises(Cut):
        patched.setattr(town.runner, "add_deployment", cut)
        town.start()
    (done,) = town.sent
    assert town.start() == [name for name in (WATCH, SAMPLE) if name != done]


def test_it_completes_what_was_cut_off_before_its_schedules_were_put_right(town, monkeypatch):
    before = town.held()
    _add_another(town)

    def cut(*_):
        raise Cut

    with monkeypatch.context() as patched, pytest.raises(Cut):
        patched.setattr(registration, "put_right", cut)
        town.start()
    assert town.held() != before, "nothing was left to complete"
    assert town.start() == [WATCH]
    assert town.held() == before


def _add_another(town) -> None:
    """A schedule with a name of its own, which registering leaves where it is."""
    schedule = town.schedule().schedule.model_dump(mode="json")
    body = [{"schedule": schedule, "active": True, "slug": "手で足した"}]
    answer = town.client.request(
        "POST", "/deployments/{id}/schedules", path_params={"id": town.ids[0]}, json=body
    )
    answer.raise_for_status()


def test_it_makes_up_once_for_what_was_missed_where_it_sends_nothing(town, cockpit, monkeypatch):
    begun = now() - timedelta(days=40)
    monkeypatch.setattr(deployments_module, "today", begun.date)
    long_since = wanted()
    town.start(long_since)
    asked = {"start_time": begun.isoformat(), "end_time": now().isoformat(), "max_runs": 50}
    cockpit.ask("POST", f"/deployments/{town.ids[0]}/schedule", {**asked, "min_time": 864000})
    assert town.start(long_since) == []
    assert town.start(long_since) == []
    due = {
        "deployments": {"id": {"any_": [str(town.ids[0])]}},
        "flow_runs": {"expected_start_time": {"before_": now().isoformat()}},
    }
    (run,) = cockpit.ask("POST", "/flow_runs/filter", due)
    assert set(run["tags"]) == {MADE_UP, *usual()[0].tags}


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        pytest.param(0, set(), id="none"),
        pytest.param(199, {FIRST}, id="all the server has"),
        pytest.param(200, {FIRST, SECOND}, id="a full page"),
    ],
)
def test_it_looks_at_every_deployment_where_the_server_may_have_left_some_out(waiting, expected):
    client = SimpleNamespace(read_flow_runs=lambda **_: [SimpleNamespace(deployment_id=FIRST)] * waiting)
    assert behind(client, [FIRST, SECOND], now()) == expected
