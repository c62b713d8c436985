"""What to do next: the view, boiled down to a few tasks for the secretariat."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plan_data.record import record
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.reports.records import LATE, ProjectView, ReportView

_BUDGET = frozenset({ReasonCode.BUDGET_NOT_REQUESTED, ReasonCode.BUDGET_NOT_ADOPTED})


@record
class NextStep:
    """One thing to do: a sentence, and the 事業 it is about (with their entries to go to)."""

    text: str
    projects: tuple[ProjectView, ...] = ()
    names: tuple[str, ...] = ()


def next_steps(view: ReportView) -> tuple[NextStep, ...]:
    """Return what the secretariat has to do, most urgent first; empty when there is nothing."""
    unreadable = tuple(f.file for f in view.unreadable)
    sent_back = tuple(dict.fromkeys(row.file for row in view.rejected))
    silent = tuple(department.name for department in view.silent)
    steps = (
        _about(view, lambda p: p.verdict in LATE, "遅れの理由と回復の見込みを担当課に確かめる。"),
        _about(view, lambda p: p.verdict is Verdict.CONTRADICTORY, "報告の食い違いを担当課に確かめる。"),
        NextStep("報告のない担当課に督促する。", names=silent),
        NextStep("読めなかったファイルの再提出を求める。", names=unreadable),
        NextStep("差し戻した行の訂正を求める。", names=sent_back),
        _about(view, lambda p: _has(p, _BUDGET), "来年度の予算の手続を担当課に確かめる。"),
        _about(
            view,
            lambda p: p.verdict is Verdict.AT_RISK and not _has(p, _BUDGET),
            "遅れの兆しについて、対応を担当課と相談する。",
        ),
        _about(view, lambda p: p.optimistic, "自己評価と判定の違いを担当課に伝える。"),
    )
    return tuple(step for step in steps if step.projects or step.names)


def _about(view: ReportView, chosen: Callable[[ProjectView], bool], text: str) -> NextStep:
    return NextStep(text, projects=tuple(p for p in view.projects if chosen(p)))


def _has(project: ProjectView, codes: Sequence[ReasonCode] | frozenset[ReasonCode]) -> bool:
    return any(reason.code in codes for reason in project.finding.reasons)
