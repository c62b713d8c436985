"""What is worth telling, as time lines: one line a day, the verdict with its reasons, and what is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from findings import finding, judged, reason
from hypothesis import given
from hypothesis import strategies as st
from telling import CALENDAR, RULES
from time_line import Line

from tasks.alerts.policy import ALERTING, plan_events
from tasks.alerts.records import EventKind
from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V

START = date(2026, 11, 24)
#: Time alone says nothing here, and nothing is damped: both have their own time lines.
CHANGES_ALONE = RULES.model_copy(
    update={
        "ladder": (),
        "reminders": RULES.reminders.model_copy(update={"by_verdict": {}}),
        "flapping": RULES.flapping.model_copy(update={"changes": 50}),
    }
)


def on(number: int, verdict: V | None, *reasons):
    as_of = (START + timedelta(days=number)).isoformat()
    return judged(as_of, *([finding("DX-02", verdict, *reasons)] if verdict else []))


late = [reason(C.PAST_DUE, V.DELAYED, f"{n}日過ぎています。", days=n) for n in range(1, 5)]
risk, budget = reason(C.BEHIND_PLANNED_VALUE, V.AT_RISK), reason(C.BUDGET_NOT_REQUESTED, V.AT_RISK)
gap = reason(C.SELF_RATING_GAP, None)
silent = reason(C.NO_REPORT_THIS_CYCLE, V.UNREPORTED)
of_tax, of_welfare = (reason(C.PAST_DUE, V.DELAYED, department=name) for name in ("税務課", "福祉課"))
whole = reason(C.PAST_DUE, V.DELAYED)

# day by day: verdict, its reasons → what is told that day ("": nothing)
TIME_LINES = [
    pytest.param(
        [
            (V.ON_TRACK, [], ""),
            (V.DELAYED, [late[0]], "opened - delayed"),
            (V.DELAYED, [late[1]], ""),  # another day late is no change
            (V.DELAYED, [late[2]], ""),
            (V.CRITICAL, [], "worsened delayed critical"),
            (V.CRITICAL, [], ""),
            (V.AT_RISK, [], "improved critical at_risk"),
            (V.ON_TRACK, [], "recovered at_risk on_track"),
            (V.ON_TRACK, [], ""),  # told once
            (V.DELAYED, [late[0]], "reopened - delayed"),  # the same trouble again
        ],
        id="from the first day late to the second time",
    ),
    pytest.param(
        [
            (V.AT_RISK, [risk], "opened - at_risk"),
            (V.AT_RISK, [risk, budget], "changed at_risk at_risk +budget_not_requested"),
            (V.AT_RISK, [budget], ""),  # a reason went away: nothing to do
            (V.AT_RISK, [budget, risk], "changed at_risk at_risk +behind_planned_value"),  # and came back
            (V.AT_RISK, [risk, budget], ""),  # in another order
            (V.AT_RISK, [risk, budget, gap], ""),  # 評価乖離 moves nothing
        ],
        id="reasons come and go under one verdict",
    ),
    pytest.param(
        [
            (V.UNREPORTED, [silent], "opened - unreported"),
            (V.UNREPORTED, [silent], ""),
            (V.AT_RISK, [risk], "worsened unreported at_risk +behind_planned_value"),
            (V.UNREPORTED, [silent], "changed at_risk unreported +no_report_this_cycle"),  # silence is no improvement
            (V.DONE, [], "recovered unreported done"),
        ],
        id="silence",
    ),
    pytest.param(
        [
            (V.DELAYED, [whole], "opened - delayed"),
            (V.CONTRADICTORY, [], "changed delayed contradictory +finished_in_future"),  # nor is a doubt
            (V.AT_RISK, [risk], "improved contradictory at_risk +behind_planned_value"),
        ],
        id="doubt",
    ),
    pytest.param(
        [
            (V.DELAYED, [of_tax], "opened - delayed"),
            (V.DELAYED, [of_tax, of_welfare], "changed delayed delayed +past_due"),
            (V.DELAYED, [of_welfare], ""),
            (V.DELAYED, [whole], ""),  # only its department is no longer named
            (V.DELAYED, [of_tax], ""),
        ],
        id="several departments with the same reason",
    ),
    pytest.param(
        [(V.CRITICAL, [], "opened - critical"), (None, [], "recovered critical not_due"), (None, [], "")],
        id="a revision takes the 事業 out of the plan",
    ),
    pytest.param([(V.DONE, [], ""), (V.AHEAD, [], ""), (V.NOT_DUE, [], ""), (V.ON_TRACK, [], "")], id="nothing wrong"),
]  # fmt: skip


def told(event) -> str:
    new = "".join(f" +{code.value}" for code in event.new_reasons)
    return f"{event.kind.value} {event.before.value if event.before else '-'} {event.after.value}{new}"


@pytest.mark.parametrize("line", TIME_LINES)
def test_it_tells_of_changes_alone(line):
    watch = Line(rules=CHANGES_ALONE)
    for number, (verdict, reasons, expected) in enumerate(line):
        events = watch.look(on(number, verdict, *reasons))
        without_codes = [told(e) if "+" in expected else told(e).partition(" +")[0] for e in events]
        assert without_codes == ([expected] if expected else []), f"day {number}"


def test_it_opens_an_episode_for_every_verdict_to_be_told_and_for_no_other():
    assert {v.value for v in ALERTING} == {"critical", "delayed", "contradictory", "at_risk", "unreported"}
    for verdict in V:
        events = Line().look(on(0, verdict))
        assert [e.kind for e in events] == ([EventKind.OPENED] if verdict in ALERTING else [])


def test_it_names_the_reasons_of_a_first_alert_by_the_finding_not_as_news():
    (event,) = Line().look(on(0, V.AT_RISK, risk, budget))
    assert (event.new_reasons, event.told, event.why_not) == ((), True, None)


def test_it_keeps_the_order_of_the_plan():
    ids = ["DX-07", "DX-01", "DX-03"]
    planned = plan_events(judged("2026-11-24", *(finding(i, V.DELAYED) for i in ids)), [], RULES, CALENDAR)
    assert [p.change.project_id for p in planned] == ids


verdicts = st.sampled_from(list(V))
keys = st.sampled_from([None, "導入1", "運用1"])
reasons = st.builds(
    lambda v, key: reason(C.PAST_DUE, v, commitment=key), st.sampled_from(sorted(ALERTING)), keys
)
troubles = st.lists(reasons, max_size=3)
states = st.dictionaries(st.sampled_from([f"DX-{n:02d}" for n in range(1, 4)]), troubles)
answers = st.sampled_from([None, None, "ack", "snooze"])
histories = st.lists(st.tuples(states, answers, st.integers(1, 6)), max_size=10)


def found(project_id: str, because: list):
    worst = min((r.verdict for r in because), key=lambda v: v.rank, default=V.ON_TRACK)
    return finding(project_id, worst, *because)


@given(histories)
def test_it_always_says_nothing_the_second_time_and_keeps_one_episode_a_commitment(history):
    line, as_of = Line(), START
    for state, answer, gap_days in history:
        as_of += timedelta(days=gap_days)
        judgement = judged(as_of.isoformat(), *(found(i, because) for i, because in sorted(state.items())))
        line.look(judgement)
        assert line.look(judgement) == []
        # What is open is exactly what is wrong today.
        wrong = {(i, r.commitment or "") for i, because in state.items() for r in because}
        assert {(e.project_id, e.commitment) for e in line.open} == wrong
        if answer:
            line.answer(answer, as_of + timedelta(days=4))
            assert line.look(judgement) == []


@given(histories)
def test_it_always_tells_an_end_once_and_only_to_those_who_heard_of_the_trouble(history):
    line, as_of = Line(), START
    heard: dict[tuple[str, str], set[str]] = {}
    for state, _, gap_days in history:
        as_of += timedelta(days=gap_days)
        judgement = judged(as_of.isoformat(), *(found(i, because) for i, because in sorted(state.items())))
        for event in line.look(judgement):
            key = (event.project_id, event.commitment)
            assert (event.after in ALERTING) is (
                event.kind is not EventKind.RECOVERED
            ) or event.kind is EventKind.FLAPPED
            assert not (event.kind is EventKind.IMPROVED and event.after.rank <= event.before.rank)
            assert event.told is (event.why_not is None) and (not event.told or event.recipients)
            if event.kind is EventKind.RECOVERED and event.told:
                assert set(event.recipients) <= heard.get(key, set())
            elif event.told:
                heard.setdefault(key, set()).update(event.recipients)
