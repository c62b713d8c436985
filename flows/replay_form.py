"""再現 from a form: the judgements of a reporting cycle made again, for all or one 担当課, shown as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.engines import Engine
from flows.forms import chosen_id
from flows.replay import Replayed, replayed, timeline
from plan_data.mendable import MendableError
from tasks.progress.records import Finding
from tasks.progress.silence import cycle_start
from tasks.reports.artifacts import Artifact, artifact_prefix, mark
from tasks.reports.text import plain_cell
from tasks.wareki import wareki, wareki_short

#: Two years of quarters; further back `shinchoku replay` goes.
CYCLES = 8


class ReplayError(MendableError):
    """Why nothing can be shown of a cycle, and what to do: one Japanese line."""


class ReplayOrder(BaseModel):
    """What an admin asks of 再現; the Prefect form is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        title="再現",
        json_schema_extra={
            "description": "期間の開庁日ごとに判定を作り直して示します。何も記録せず、だれにも知らせません。"
        },
    )

    town: str = Field(
        "togitsu",
        title="自治体",
        description="設定フォルダの名前です。",
        json_schema_extra={"choices": "towns"},
    )
    cycle: str = Field(
        "",
        title="照会の期間",
        description="空欄なら今の期間です。",
        json_schema_extra={"choices": "cycles"},
    )
    department: str = Field(
        "", title="担当課", description="空欄なら全ての課です。", json_schema_extra={"choices": "departments"}
    )


def cycles(site: Site, day: date) -> list[str]:
    """Return the reporting cycles a form offers on a day, the newest first: each by its first day."""
    return [f"{first} {wareki(first)}から" for first in _firsts(site, day)]


def replay_cycle(engine: Engine, site: Site, order: ReplayOrder, day: date) -> int:
    """Show how the verdicts of a cycle moved; return on how many days the record says otherwise.

    Raises ReplayError where the cycle has no business day yet or is too long ago, and StoreError.
    """
    firsts = _firsts(site, day)
    first = date.fromisoformat(chosen_id(order.cycle)) if order.cycle else firsts[0]
    if first not in firsts:
        raise ReplayError(
            f"{wareki(first)}からの期間は、この画面では作り直せません。`shinchoku replay` を使ってください。"
        )
    place = firsts.index(first)
    last = firsts[place - 1] - timedelta(days=1) if place else day
    days = tuple(replayed(site, first, last, None))
    if not days:
        raise ReplayError("期間に開庁日がありません。1つ前の期間を選んでください。")
    engine.publish(lambda: [replay_artifact(site.town, days, order.department)])
    return sum(bool(each.differences) for each in days)


def replay_artifact(town: str, days: Sequence[Replayed], department: str) -> Artifact:
    """Return what became of each 事業 (of one 担当課, where one is named) in these days, as a table."""
    lines = timeline(days)
    rows = [_row(lines[f.project_id], days) for f in days[-1].judgement.findings if _is_of(f, department)]
    span = f"{wareki_short(days[0].judgement.as_of)}～{wareki_short(days[-1].judgement.as_of)}"
    whose = f"、{department}" if department else ""
    return Artifact(f"{artifact_prefix(town)}-replay", "table", f"判定の移り変わり（{span}{whose}）", rows)


def _is_of(finding: Finding, department: str) -> bool:
    return department in ("", *finding.departments)


def _row(line: Sequence[tuple[date, Finding]], days: Sequence[Replayed]) -> dict[str, Any]:
    newest = line[-1][1]
    differing = [
        wareki_short(day.judgement.as_of)
        for day in days
        if any(d.project_id == newest.project_id for d in day.differences)
    ]
    return {
        "今の判定": mark(newest.verdict),
        "事業": plain_cell(f"{newest.project_id} {newest.project_name}"),
        "移り変わり": " → ".join(f"{wareki_short(day)} {finding.verdict.label}" for day, finding in line),
        "記録との違い": "、".join(differing) or "—",
        "担当課": plain_cell("、".join(newest.departments)),
    }


def _firsts(site: Site, day: date) -> list[date]:
    config = site.config
    found = [cycle_start(day, config.rules, config.calendar)]
    while len(found) < CYCLES:
        found.append(cycle_start(found[-1] - timedelta(days=1), config.rules, config.calendar))
    return found
