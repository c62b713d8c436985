"""The automations of the cockpit, as data; written out anew at each start."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from flows.release import RELEASE

#: Seconds between two signs of life of a run; a run that is silent for three of them is gone.
HEARTBEAT_SECONDS = 30
SILENT_SECONDS = 90

_ENDS = ("Completed", "Failed", "Cancelled", "Crashed", "Paused", "Suspended")


#: Marked first, told of then: both actions begin at the same moment.
_TOLD_AFTER = timedelta(seconds=5)


def automations(town: str, deliver: UUID) -> tuple[AutomationCore, ...]:
    """Return what the server does by itself; ``deliver`` is the deployment of 通知の送信 of the town.

    The runs of the serving process are marked by it (see recovery); this is for a run that the command
    line started and whose machine or terminal was lost. A run of 上申の承認 waits for days without a process,
    and its only sign of life can arrive after the event that says so: it is left alone.
    通知の送信 tells whoever looks after the service of a run that was marked (see prefect_word).
    """
    return (
        AutomationCore(
            name="応答のなくなった実行を中断とする",
            description=f"{SILENT_SECONDS}秒の間、動いている印のない実行に「Crashed」の印を付け、管理者に知らせます。",
            trigger=EventTrigger(
                after={"prefect.flow-run.heartbeat"},
                expect={"prefect.flow-run.heartbeat", *(f"prefect.flow-run.{end}" for end in _ENDS)},
                match={"prefect.resource.id": ["prefect.flow-run.*"]},
                match_related={
                    "prefect.resource.role": ["flow"],
                    "prefect.resource.name": [f"!{RELEASE}"],
                },
                for_each={"prefect.resource.id"},
                posture=Posture.Proactive,
                threshold=1,
                within=timedelta(seconds=SILENT_SECONDS),
            ),
            actions=[
                ChangeFlowRunState(
                    state=StateType.CRASHED, message=f"{SILENT_SECONDS}秒の間、応答がありませんでした。"
                ),
                RunDeployment(
                    deployment_id=deliver, parameters={"order": {"town": town}}, schedule_after=_TOLD_AFTER
                ),
            ],
        ),
    )


def put_in_place(client: SyncPrefectClient, town: str, deliver: UUID) -> None:
    """Make each automation what it is here, whatever an earlier start left."""
    for wanted in automations(town, deliver):
        for left in client.read_automations_by_name(wanted.name):
            client.delete_automation(left.id)
        client.create_automation(wanted)
