"""Findings in one line, for the tests of what is told about them."""

from __future__ import annotations

from datetime import date

from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import (
    Baseline,
    CellEvidence,
    Commitment,
    Expected,
    Finding,
    Forecast,
    Judgement,
    PlanEvidence,
    Reason,
)

CODES = {
    Verdict.CRITICAL: ReasonCode.PAST_DUE,
    Verdict.DELAYED: ReasonCode.MILESTONE_OVERDUE,
    Verdict.CONTRADICTORY: ReasonCode.FINISHED_IN_FUTURE,
    Verdict.AT_RISK: ReasonCode.BEHIND_PLANNED_VALUE,
    Verdict.UNREPORTED: ReasonCode.NO_REPORT_THIS_CYCLE,
    Verdict.ON_TRACK: ReasonCode.UNDER_WAY,
    Verdict.DONE: ReasonCode.MET,
    Verdict.AHEAD: ReasonCode.MET_EARLY,
    Verdict.NOT_DUE: ReasonCode.NOTHING_PLANNED,
}


def cell(raw: str, address: str = "C3", file: str = "税務課.xlsx", sheet: str = "報告") -> CellEvidence:
    """A cell of a workbook."""
    return CellEvidence(file=file, sha256="a" * 64, sheet=sheet, cell=address, raw=raw)


def reason(code: ReasonCode, verdict: Verdict | None, text: str = "理由です。", **more) -> Reason:
    """A reason with a cell and a plan cell for evidence, unless told otherwise."""
    evidence = (PlanEvidence(ref="togitsu@R8.3 DX-02 R8: 導入"), cell("２０％"))
    return Reason(**{"code": code, "text": text, "verdict": verdict, "evidence": evidence, **more})


def finding(project_id: str, verdict: Verdict, *reasons: Reason, **more) -> Finding:
    """A finding; without reasons it has the usual one of its verdict."""
    values = {
        "project_id": project_id,
        "project_name": f"事業{project_id[-2:]}",
        "departments": ("税務課",),
        "verdict": verdict,
        "reasons": reasons or (reason(CODES[verdict], verdict),),
        "expected": Expected(phase="導入", due_on=date(2027, 3, 31), progress=0.58),
        "reported": {},
        "self_rating": None,
        "forecast": Forecast(),
        "baseline": Baseline(),
        "commitment": Commitment(phase="導入", fiscal_years=("R8",), due_on=date(2027, 3, 31)),
    }
    return Finding(**{**values, **more})


def judged(as_of: str, *findings: Finding) -> Judgement:
    """A judgement of 時津町."""
    return Judgement(
        town="togitsu",
        as_of=date.fromisoformat(as_of),
        fiscal_year="R8",
        plan_revision="R8.3",
        findings=findings,
    )
