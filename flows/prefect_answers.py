"""対応記録 and 上申の承認 as Prefect flows: people's answers, from forms in the UI."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import flow_run
from prefect.states import Completed
from pydantic import Field

from config.settings import settings
from config.site import Site
from flows.answer import SPOKEN, AnswerOrder, answer
from flows.clock import TOKYO, now, today
from flows.forms import chosen_id
from flows.prefect_engine import PrefectEngine
from flows.prefect_names import run_name
from flows.prefect_secrets import with_blocks
from flows.prefect_word import tell_failed
from flows.release import RELEASE, ReleaseOrder, asked, decide, question, waiting

#: A suspended run outlives the time to decide by this much; then Prefect gives it up as failed.
_AFTERWARDS = timedelta(days=14)
SETTLED = "決定の期限が過ぎたか、ほかで決定されたため、ここでの承認は要らなくなりました。"


def _answer_name() -> str:
    order = AnswerOrder.model_validate(flow_run.parameters["order"])
    return run_name(f"対応記録（{order.kind}）{chosen_id(order.project)}", order.town, today())


@flow(
    name="対応記録",
    description="知らせのあった事業について、だれが、なぜ、いつまで対応（保留）するかを記録します。",
    flow_run_name=_answer_name,
)
def answer_flow(order: AnswerOrder) -> int:
    """Record an answer; return how many alerts it answers."""
    site = Site(order.town, settings())
    site.prepare()
    return len(answer(PrefectEngine(), site, order, now()))


class ReleaseDecision(RunInput):
    """What is asked of the person who decides. Nothing has a default: an empty form decides nothing."""

    decision: Literal["送る", "送らない"] = Field(title="決定", description="この通知を送るかどうかです。")
    approver: str = Field(
        title="確認した人",
        description="決定した人の名前です。記録に残ります。",
        min_length=1,
        max_length=60,
        pattern=SPOKEN,
    )
    note: str = Field(
        "", title="備考", description="送らないときは、その理由を書いてください。", max_length=400
    )


def _release_name() -> str:
    order = ReleaseOrder.model_validate(flow_run.parameters["order"])
    found = asked(Site(order.town, settings()), order, today())
    what = f" {found[0].project_id}→{found[1].audience}" if found is not None else ""
    return run_name(f"{RELEASE}{what}", order.town, today())


@flow(
    name=RELEASE,
    description=(
        "副本部長以上への通知を送る前に、事務局が確かめます。実行の画面の「Resume」を押し、決定と名前を入れてください。"
        "期限までに決定がないときは、設定（escalation.yaml）のとおりにします。"
    ),
    flow_run_name=_release_name,
    on_failure=[tell_failed],
)
def release_flow(order: ReleaseOrder) -> str:
    """Wait, without a process, for the decision on one escalation; record it. Runs anew when resumed."""
    site = Site(order.town, with_blocks(settings()))
    site.prepare()
    found = asked(site, order, today())
    if found is None:
        return "待っている上申はありません。"
    alert, held = found
    deadline = datetime.combine(held.hold_until, time.max, TOKYO) + _AFTERWARDS
    decision = suspend_flow_run(
        wait_for_input=ReleaseDecision.with_initial_data(description=question(site, alert, held)),
        timeout=max(int((deadline - now()).total_seconds()), 60),
        key=f"release-{held.id}",
    )
    decided = decide(PrefectEngine(), site, held, decision.decision, decision.approver, decision.note, now())
    return f"「{decision.decision}」を記録しました。" if decided else SETTLED


def ask_for_releases(site: Site, day: date) -> None:
    """Start a run of 上申の承認 for each escalation that waits, once; end those that need no answer any more.

    Does nothing where the server does not serve that flow.
    """
    town_name = site.plan_book.in_force(day).town_name
    held = {pair[1].id for pair in waiting(site, day)}
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(f"{RELEASE}/{RELEASE} {town_name}").id
        except ObjectNotFound:
            return
        for number in sorted(held):
            client.create_flow_run_from_deployment(
                deployment,
                parameters={"order": {"town": site.town, "held": number}},
                idempotency_key=f"release {site.town} {number}",
            )
        for run in _suspended(client, DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))):
            if run.parameters["order"].get("held", 0) not in {0, *held}:
                client.set_flow_run_state(run.id, Completed(message=SETTLED), force=True)


def _suspended(client: SyncPrefectClient, deployment: DeploymentFilter) -> list[FlowRun]:
    paused = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED]))
    return client.read_flow_runs(deployment_filter=deployment, flow_run_filter=FlowRunFilter(state=paused))
