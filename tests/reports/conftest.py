"""A rich judgement of the town: every verdict, long texts, hostile texts, two runs to compare."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from injections import CORPUS

from config.departments import Departments
from plan_data.loader import load_plan
from tasks.alerts.records import AlertEvent, WhyNot
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import (
    Baseline,
    CellEvidence,
    Commitment,
    Expected,
    Finding,
    Forecast,
    Judgement,
    LastKnown,
    PlanEvidence,
    Reason,
)
from tasks.reports.palette import meanings
from tasks.reports.view import build_view
from tasks.sheets.records import Counts, FileError, FileReading, Observation, RowError

AS_OF = date(2026, 11, 24)
JST = timezone(timedelta(hours=9))
MADE_AT = datetime(2026, 11, 24, 9, 5, tzinfo=JST)

#: Text that tries to be something else: markup, script, template, formula, link, mention, direction.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("http://evil.example/","押す")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "[開く](javascript:alert(1)) | `code` | **太字** https://evil.example/ www.evil.example a@evil.example",
    "折り返し\r\n二行目\x00\x0b\ud800\ufffe",
    "\u202eabc\u2066def",
    "</style></details></table><h1>見出し</h1>",
    *CORPUS.values(),
)
#: Verdict of each of the 29 事業 in plan order: every verdict at least once.
VERDICTS = (
    "on_track critical delayed at_risk done on_track on_track critical unreported ahead "
    "contradictory on_track unreported on_track at_risk delayed on_track on_track on_track at_risk "
    "on_track on_track unreported contradictory not_due at_risk done on_track on_track"
)
REASONS = {
    Verdict.CRITICAL: (ReasonCode.PAST_DUE, "「事業検討」の期限（令和8年3月31日）を238日過ぎています。", 238),
    Verdict.DELAYED: (
        ReasonCode.MILESTONE_OVERDUE,
        "節目「調達公告」の期限（令和8年8月31日）を85日過ぎています（ここまでの計画35%、報告20%）。",
        85,
    ),
    Verdict.CONTRADICTORY: (
        ReasonCode.FINISHED_IN_FUTURE,
        "完了日（令和9年2月1日）が報告を受けた日より後です。",
        None,
    ),
    Verdict.AT_RISK: (
        ReasonCode.BEHIND_PLANNED_VALUE,
        "進捗30%は、この日の計画値58%より28ポイント遅れています。",
        None,
    ),
    Verdict.UNREPORTED: (
        ReasonCode.NO_REPORT_THIS_CYCLE,
        "令和8年10月1日からの報告期間に報告がありません（最後の報告は令和8年7月10日）。",
        None,
    ),
    Verdict.ON_TRACK: (ReasonCode.KEPT, "計画どおり「運用」です。", None),
    Verdict.DONE: (ReasonCode.MET, "「導入」は令和8年11月10日に終わっています。", None),
    Verdict.AHEAD: (
        ReasonCode.MET_EARLY,
        "「導入」を期限（令和9年3月31日）より182日早く終えています（令和8年9月30日）。",
        182,
    ),
    Verdict.NOT_DUE: (
        ReasonCode.NOTHING_PLANNED,
        "今年度に行うことは計画になく、過年度の積み残しもありません。",
        None,
    ),
}
LONG = "関係課との協議に時間を要している。" * 30


def cell(raw: str, address: str = "F12", file: str = "税務課.xlsx") -> CellEvidence:
    """Evidence in a workbook."""
    return CellEvidence(
        file=file, sha256="9f86d081884c7d659a2feaa0c55ad015" * 2, sheet="進捗報告", cell=address, raw=raw
    )


def finding(project, verdict: Verdict, **changes) -> Finding:
    """The finding of one 事業 with the usual reason of its verdict."""
    code, text, days = REASONS[verdict]
    phase = project.phases["R8"].phase.value
    late = {Verdict.CRITICAL: 238, Verdict.DELAYED: 54}.get(verdict, 0)
    due_on = AS_OF - timedelta(days=late) if late else date(2027, 3, 31)
    ref = f"計画（R8.3）{project.id} {project.name} R8年度「{phase}」"
    rated = "順調" if verdict is not Verdict.UNREPORTED else None
    reasons = [
        Reason(
            code=code, text=text, days=days, verdict=verdict, evidence=(PlanEvidence(ref=ref), cell("30%"))
        )
    ]
    if rated and verdict.rank <= Verdict.AT_RISK.rank:
        gap = f"評価乖離：担当課の自己評価は「順調」ですが、判定は「{verdict.label}」です。"
        reasons.append(Reason(code=ReasonCode.SELF_RATING_GAP, text=gap, evidence=(cell("順調", "I12"),)))
    values = {
        "project_id": project.id,
        "project_name": project.name,
        "departments": project.departments,
        "verdict": verdict,
        "reasons": tuple(reasons),
        "expected": Expected(
            phase=phase, due_on=date(2027, 3, 31), progress=0.58 if phase == "導入" else None
        ),
        "reported": {"phase": phase, "progress": 0.3, "started_on": "2026-05-11"} if rated else {},
        "self_rating": rated,
        "forecast": Forecast(p50=date(2027, 5, 1), p80=date(2027, 6, 30)) if phase == "導入" else Forecast(),
        "baseline": Baseline(due_on=due_on, days_late=late),
        "commitment": None
        if verdict is Verdict.NOT_DUE
        else Commitment(phase=phase, fiscal_years=("R8",), due_on=due_on, days_late=late),
        "last_known": LastKnown(verdict=Verdict.AT_RISK, received_on=date(2026, 7, 10))
        if rated is None
        else None,
    }
    return Finding(**{**values, **changes})


@pytest.fixture(scope="session")
def plan():
    """The town's plan."""
    return load_plan("togitsu").in_force(AS_OF)


@pytest.fixture(scope="session")
def departments(plan):
    """The departments of the plan as the town might list them; 各所管課 is a group."""
    names = dict.fromkeys(d for _, _, p in plan.projects() for d in p.departments if d != "各所管課")
    entries = [{"name": name} for name in sorted(names)]
    return Departments.model_validate(
        {"departments": [*entries, {"name": "各所管課", "group": True, "members": [entries[0]["name"]]}]}
    )


@pytest.fixture(scope="session")
def judgement(plan):
    """Today's judgement: DX-03 carries the hostile texts, DX-08 the long ones."""
    findings = []
    for (_, _, project), word in zip(plan.projects(), VERDICTS.split(), strict=True):
        changes = {}
        if project.id == "DX-03":
            changes = {
                "project_name": f"書かない窓口{HOSTILE[0]}",
                "self_rating": HOSTILE[1],
                "reported": {
                    "phase": "導入",
                    "progress": 0.3,
                    "issue": HOSTILE[9],
                    "note": HOSTILE[7],
                    "remedy": HOSTILE[6],
                },
                "reasons": tuple(
                    Reason(
                        code=ReasonCode.MILESTONE_OVERDUE,
                        text=f"担当課の節目「{text}」の期限を85日過ぎています。",
                        days=85,
                        verdict=Verdict.DELAYED,
                        department=text,
                        evidence=(cell(text, "F1", f"{text}.xlsx"),),
                    )
                    for text in HOSTILE
                ),
            }
        if project.id == "DX-08":
            changes = {
                "reported": {
                    "phase": "運用",
                    "issue": LONG,
                    "remedy": LONG,
                    "held_count": 3,
                    "due_on": "2027-03-01",
                }
            }
        findings.append(finding(project, Verdict(word), **changes))
    return Judgement(
        town="togitsu", as_of=AS_OF, fiscal_year="R8", plan_revision="R8.3", findings=tuple(findings)
    )


@pytest.fixture(scope="session")
def previous(plan, judgement):
    """The run of the week before: DX-02 was not yet critical, DX-05 not yet done; DX-04 reported less."""
    was = {"DX-02": Verdict.DELAYED, "DX-05": Verdict.AT_RISK, "DX-09": Verdict.ON_TRACK}
    findings = [
        finding(plan.project(f.project_id), was.get(f.project_id, f.verdict)) for f in judgement.findings
    ]
    findings[3] = findings[3].model_copy(
        update={"reported": {"phase": "事業検討", "progress": 0.1}, "self_rating": "遅れ"}
    )
    return judgement.model_copy(update={"as_of": date(2026, 11, 17), "findings": tuple(findings)})


@pytest.fixture(scope="session")
def readings(judgement):
    """What was received: tidy files, one older version, one unreadable, rejected rows, hostile names."""
    made = []
    for number, department in enumerate(
        dict.fromkeys(d for f in judgement.findings for d in f.departments), start=1
    ):
        rows = [
            Observation(
                sheet="進捗報告", row=i + 5, project_id=f.project_id, department=department, fields={}
            )
            for i, f in enumerate(judgement.findings)
            if department in f.departments and f.verdict is not Verdict.UNREPORTED
        ]
        if department not in ("高齢者支援課", "総務課"):
            made.append(_file(f"{department}_進捗報告.xlsx", date(2026, 10, 5), number, rows))
    made.insert(0, _file("税務課_進捗報告.xlsx", date(2026, 7, 10), 90, []))
    broken = FileError(
        code="encrypted",
        message="パスワードで保護されているため、読み取れません。",
        remedy="パスワードを外して保存し直してください。",
    )
    made.append(_file("総務課_進捗報告.xlsx", date(2026, 10, 6), 91, []).model_copy(update={"error": broken}))
    errors = tuple(
        RowError(
            sheet=f"進捗{text}",
            cell=f"F{i}",
            code="not_a_date",
            message=f"完了日「{text}」は日付として読めません。「令和9年3月31日」のように記入してください。",
            raw=text,
            suggestion="令和9年3月31日" if i % 2 else None,
        )
        for i, text in enumerate(HOSTILE, start=1)
    )
    counts = Counts(rows=14, accepted=2, rejected=10, ignored=2)
    hostile = _file(f"{HOSTILE[1]}.xlsx", date(2026, 10, 7), 92, [])
    made.append(hostile.model_copy(update={"row_errors": errors, "counts": counts}))
    return made


def _file(name: str, received_on: date, number: int, rows) -> FileReading:
    counts = Counts(rows=len(rows) + 1, accepted=len(rows), rejected=0, ignored=1)
    return FileReading(
        file=name,
        sha256=f"{number:064x}",
        format="xlsx",
        received_on=received_on,
        observations=tuple(rows),
        counts=counts,
    )


@pytest.fixture(scope="session")
def events():
    """What was told of this run, and what was not."""
    return [
        AlertEvent(
            project_id="DX-09",
            kind="opened",
            before=None,
            after=Verdict.UNREPORTED,
            told=False,
            why_not=WhyNot.NO_RECIPIENT,
        ),
        AlertEvent(
            project_id="DX-02",
            kind="worsened",
            before=Verdict.DELAYED,
            after=Verdict.CRITICAL,
            told=True,
            why_not=None,
        ),
    ]


@pytest.fixture(scope="session")
def view(plan, judgement, readings, events, previous, departments):
    """The view of all that."""
    return build_view(
        plan,
        judgement,
        readings,
        events,
        previous,
        MADE_AT,
        since=date(2026, 10, 1),
        departments=departments,
        meanings=meanings(90, 30, 30),
    )
