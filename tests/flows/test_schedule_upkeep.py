"""What a real Prefect server holds after a deployment was registered anew, and after a time off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate

from config.business_days import BusinessCalendar
from config.schedules import Schedule
from flows.clock import TOKYO, now
from flows.schedule_upkeep import MADE_UP, put_right
from flows.schedules import BusinessDayTrigger, prefect_schedules

MORNING = {"id": "morning", "flow": "watch", "day": {"kind": "every_business_day"}, "time": "08:00"}
NOON = {"id": "noon", "flow": "watch", "day": {"kind": "weekly", "weekday": "水"}, "time": "12:00"}
CALENDAR = BusinessCalendar()


class Registered:
    """A deployment of its own on the server, that nobody executes."""

    def __init__(self, cockpit, client) -> None:
        self._cockpit, self._client = cockpit, client
        self.flow = client.create_flow_from_name("予定の試験")
        self.id = client.create_deployment(self.flow, "予定の試験", schedules=self._made(MORNING, NOON))

    def _made(self, *entries) -> list[DeploymentScheduleCreate]:
        made = prefect_schedules(
            [Schedule.model_validate(entry) for entry in entries], CALENDAR, now().date() - timedelta(days=30)
        )
        self.slugs = {each.slug for each in made}
        return made

    def register_again(self, *entries) -> None:
        """Register it with these entries, as Prefect's runner does at the next start."""
        made = [each.model_dump(mode="json", exclude_unset=True) for each in self._made(*entries)]
        self._client.update_deployment(self.id, DeploymentUpdate(schedules=made))

    def plan_runs(self, start, end) -> None:
        """Let the server plan the runs of this time, as it did before it was off."""
        asked = {"start_time": start.isoformat(), "end_time": end.isoformat(), "max_runs": 50}
        self._cockpit.ask("POST", f"/deployments/{self.id}/schedule", {**asked, "min_time": 864000})

    def runs(self, until):
        """Its runs that should have begun by then; the server plans more at any time."""
        wanted = {
            "deployments": {"id": {"any_": [str(self.id)]}},
            "flow_runs": {"expected_start_time": {"before_": until.isoformat()}},
        }
        return self._cockpit.ask("POST", "/flow_runs/filter", wanted)

    def due(self):
        """Its runs that should have begun by now."""
        return self.runs(now())

    def kept(self) -> set[str]:
        """The slugs of its schedules."""
        return {schedule.slug for schedule in self._client.read_deployment_schedules(self.id)}

    def put_right(self) -> None:
        put_right(self._client, self.id, self.slugs, now())


@pytest.fixture
def client(cockpit):
    with SyncPrefectClient(
        cockpit.api, auth_string=cockpit.auth, httpx_settings={"trust_env": False}
    ) as made:
        yield made


@pytest.fixture
def registered(cockpit, client):
    made = Registered(cockpit, client)
    yield made
    client.delete_flow(made.flow)


def test_it_plans_the_runs_of_the_town_and_the_scheduler(registered):
    start = now().replace(microsecond=0)
    registered.plan_runs(start, start + timedelta(days=9))
    entries = [Schedule.model_validate(entry) for entry in (MORNING, NOON)]
    expected = []
    for entry in entries:
        moment = BusinessDayTrigger(entry, CALENDAR).get_next_fire_time(None, start)
        while moment <= start + timedelta(days=9):
            expected.append(moment)
            moment = BusinessDayTrigger(entry, CALENDAR).get_next_fire_time(moment, start)
    planned = [
        type(start).fromisoformat(run["expected_start_time"])
        for run in registered.runs(start + timedelta(days=9))
    ]
    assert sorted(moment.astimezone(TOKYO) for moment in planned) == sorted(expected)


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([MORNING], id="one is gone"),
        pytest.param([{**MORNING, "time": "08:45"}, NOON], id="one has changed"),
        pytest.param([], id="none is left"),
        pytest.param([MORNING, NOON, {**NOON, "id": "wednesday"}], id="one is added"),
    ],
)
def test_it_keeps_the_schedules_of_the_file_and_makes_up_once(registered, entries):
    registered.plan_runs(now() - timedelta(days=14), now())
    assert len(registered.due()) > 5
    registered.register_again(*entries)
    registered.put_right()
    registered.put_right()
    assert registered.kept() == registered.slugs
    (run,) = registered.due()
    assert run["tags"] == [MADE_UP] and not run["auto_scheduled"] and run["state_type"] == "SCHEDULED"


def test_it_makes_up_once_also_when_it_is_cut_off_in_the_middle(registered, client, monkeypatch):
    registered.plan_runs(now() - timedelta(days=14), now())
    deleted = []

    def delete_one(run) -> None:
        if deleted:
            raise ConnectionError
        deleted.append(run)
        type(client).delete_flow_run(client, run)

    with monkeypatch.context() as cut, pytest.raises(ConnectionError):
        cut.setattr(client, "delete_flow_run", delete_one, raising=False)
        registered.put_right()
    registered.put_right()
    assert [run["tags"] for run in registered.due()] == [[MADE_UP]]


def test_it_makes_up_for_nothing_where_nothing_was_missed(registered):
    start = now()
    registered.plan_runs(start, start + timedelta(days=9))
    until = start + timedelta(days=9)
    before = {run["id"] for run in registered.runs(until)}
    registered.put_right()
    assert before and {run["id"] for run in registered.runs(until)} == before


def test_it_does_not_touch_what_an_admin_asked_for(registered, client):
    asked = client.create_flow_run_from_deployment(registered.id)
    registered.plan_runs(now() - timedelta(days=14), now())
    registered.put_right()
    assert {run["id"] for run in registered.due() if not run["tags"]} == {str(asked.id)}
    assert len(registered.due()) == 2
