"""What is told as 参考 of the commitments still in time: forecasts, milestone trend, early warning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.early_warning import SignalName
from tasks.progress.case import Case, Ground, ground
from tasks.progress.forecast import Basis
from tasks.progress.outlook import Prospect
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import CellEvidence
from tasks.progress.warning import SIGNAL_LABELS
from tasks.sheets.records import FieldName
from tasks.wareki import wareki

_TOLD_SIGNALS = 3


def signs(case: Case, found: Iterable[Prospect]) -> Iterator[Ground]:
    """Yield what is to be expected of the open commitments: forecasts, trends, early warnings."""
    for prospect in found:
        yield from _forecast(case, prospect)
        yield from _trend(case, prospect)
        yield from _warning(case, prospect)


def _forecast(case: Case, found: Prospect) -> Iterator[Ground]:
    """Yield a commitment that by its own pace will probably end late, past due or not.

    As long as the town has not let forecasts move verdicts, this is told but calls for nothing.
    """
    promise, expectation = found.outcome.promise, found.expectation
    if expectation.basis is Basis.PRIOR:
        return
    even, sure = ((day - promise.due_on).days for day in (expectation.p50, expectation.p80))
    if even >= case.rules.critical_days:
        verdict, days, odds, day = Verdict.CRITICAL, even, "五分五分", expectation.p50
    elif sure >= case.forecast_rules.verdict.at_risk_days:
        verdict, days, odds, day = Verdict.AT_RISK, sure, "8割方", expectation.p80
    else:
        return
    counts = case.forecast_rules.verdict.moves_verdict
    hint = "" if counts else "参考："
    text = f"{hint}報告の進み方では、完了は{odds}{wareki(day)}（計画の期限{wareki(promise.due_on)}より{days}日後）の見込みです。"
    evidence = case.latest.evidence(FieldName.PROGRESS, FieldName.MILESTONE_DONE_ON) if case.latest else ()
    yield ground(
        case,
        ReasonCode.FORECAST_PAST_DUE,
        text,
        verdict if counts else None,
        days=days,
        promise=promise,
        evidence=evidence,
    )


def _trend(case: Case, found: Prospect) -> Iterator[Ground]:
    """Yield, as 参考, a commitment whose expected end moves later from report to report."""
    seen = found.trend
    if seen is None or seen.drift == "flat":
        return
    first, last = found.comparable[0], found.comparable[-1]
    whose = "担当課の完了予定日" if last.basis == "own" else "報告の進み方から見込んだ完了の日"
    how = "一度に大きく" if seen.drift == "jumping" else "報告のたびに"
    text = (
        f"参考：{whose}が、{how}後ろへ動いています"
        f"（{wareki(first.ends_on)}から{wareki(last.ends_on)}へ、{seen.reports}回の報告で{seen.total_days}日）。"
    )
    code = ReasonCode.END_JUMPING if seen.drift == "jumping" else ReasonCode.END_RISING
    yield ground(
        case,
        code,
        text,
        None,
        days=seen.total_days,
        promise=found.outcome.promise,
        evidence=_evidence(found, FieldName.DUE_ON if last.basis == "own" else FieldName.PROGRESS),
    )


def _warning(case: Case, found: Prospect) -> Iterator[Ground]:
    """Yield, as 参考, a commitment whose early warning reaches the town's number of points."""
    warning = found.warning
    if warning is None or warning.score < case.forecast_rules.warning.told_from:
        return
    why = "、".join(SIGNAL_LABELS[SignalName(s.name)] for s in warning.signals[:_TOLD_SIGNALS])
    text = (
        f"参考：遅れの兆しがあります（{warning.score:.0f}点。{why}）。"
        f"模擬では、この点数の約{warning.probability:.0%}が期限に遅れました。"
    )
    yield ground(
        case,
        ReasonCode.EARLY_WARNING,
        text,
        None,
        promise=found.outcome.promise,
        evidence=_evidence(found, FieldName.PROGRESS, FieldName.DUE_ON, FieldName.SELF_RATING),
    )


def _evidence(found: Prospect, *names: FieldName) -> tuple[CellEvidence, ...]:
    return found.reports[-1].evidence(*names) if found.reports else ()
