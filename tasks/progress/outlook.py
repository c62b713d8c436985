"""What the forecast says of the open commitments of a case."""

from __future__ import annotations

from collections.abc import Iterator

from plan_data.phases import fiscal_year_start
from tasks.progress.case import Case, Ground, ground
from tasks.progress.forecast import Basis, Outlook, forecast
from tasks.progress.ladder import earned_history
from tasks.progress.outcomes import Outcome, State
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Forecast
from tasks.sheets.records import FieldName
from tasks.wareki import wareki


def outlook_of(case: Case, outcome: Outcome) -> Outlook | None:
    """Return the outlook of an open commitment; None where it has no ladder or is not open."""
    promise, ladder = outcome.promise, case.ladder(outcome.promise)
    if outcome.state is not State.OPEN or not ladder:
        return None
    history = earned_history(promise, case.reports, ladder)
    return forecast(ladder, fiscal_year_start(promise.years[-1]), history, case.as_of, case.forecast_rules)


def forecast_of(case: Case, outcome: Outcome | None) -> Forecast:
    """Return the forecast of a finding: that of the commitment that decides it."""
    found = outlook_of(case, outcome) if outcome else None
    return Forecast(p50=found.p50, p80=found.p80) if found else Forecast()


def forecasts(case: Case) -> Iterator[Ground]:
    """Yield the open commitments that by their own pace will probably end late, past due or not.

    As long as the town has not let forecasts move verdicts, this is told but calls for nothing.
    """
    for outcome in case.open:
        found = outlook_of(case, outcome)
        if found is None or found.basis is Basis.PRIOR:
            continue
        promise = outcome.promise
        even, sure = ((day - promise.due_on).days for day in (found.p50, found.p80))
        if even >= case.rules.critical_days:
            verdict, days, odds, day = Verdict.CRITICAL, even, "五分五分", found.p50
        elif sure >= case.forecast_rules.verdict.at_risk_days:
            verdict, days, odds, day = Verdict.AT_RISK, sure, "8割方", found.p80
        else:
            continue
        counts = case.forecast_rules.verdict.moves_verdict
        hint = "" if counts else "参考："
        text = f"{hint}報告の進み方では、完了は{odds}{wareki(day)}（計画の期限{wareki(promise.due_on)}より{days}日後）の見込みです。"
        yield ground(
            case,
            ReasonCode.FORECAST_PAST_DUE,
            text,
            verdict if counts else None,
            days=days,
            promise=promise,
            evidence=case.latest.evidence(FieldName.PROGRESS, FieldName.MILESTONE_DONE_ON)
            if case.latest
            else (),
        )
