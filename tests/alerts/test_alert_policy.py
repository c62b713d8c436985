"""What is worth telling, as time lines: one line a day, the verdict with its reasons, and what is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from findings import finding, judged, reason
from hypothesis import given
from hypothesis import strategies as st

from tasks.alerts.policy import ALERTING, plan_events
from tasks.alerts.records import Episode, EventKind
from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V

START = date(2026, 11, 24)


class Watch:
    """One 事業 from day to day, with the episodes the policy's own changes result in."""

    def __init__(self):
        self.episodes: dict[str, Episode] = {}
        self.ids = 0

    def day(self, judgement):
        planned = plan_events(judgement, list(self.episodes.values()))
        for plan in planned:
            self._apply(plan.change, judgement.as_of)
        return [plan.event for plan in planned if plan.event is not None]

    def _apply(self, change, as_of):
        was = self.episodes.pop(change.project_id, None)
        assert change.episode_id == (was.id if was else None)
        if change.verdict is not None:
            self.ids += was is None
            self.episodes[change.project_id] = Episode(
                id=was.id if was else self.ids,
                project_id=change.project_id,
                verdict=change.verdict,
                reasons=change.reasons,
                opened_on=was.opened_on if was else as_of,
                changed_on=as_of,
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
            (V.DELAYED, [late[0]], "opened - delayed"),  # re-opened: a new episode
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
    watch = Watch()
    for number, (verdict, reasons, expected) in enumerate(line):
        events = watch.day(on(number, verdict, *reasons))
        without_codes = [told(e) if "+" in expected else told(e).partition(" +")[0] for e in events]
        assert without_codes == ([expected] if expected else []), f"day {number}"


def test_it_opens_an_episode_for_every_verdict_to_be_told_and_for_no_other():
    assert {v.value for v in ALERTING} == {"critical", "delayed", "contradictory", "at_risk", "unreported"}
    for verdict in V:
        events = Watch().day(on(0, verdict))
        assert [e.kind for e in events] == ([EventKind.OPENED] if verdict in ALERTING else [])


def test_it_names_the_reasons_of_a_first_alert_by_the_finding_not_as_news():
    (event,) = Watch().day(on(0, V.AT_RISK, risk, budget))
    assert (event.new_reasons, event.told, event.why_not) == ((), True, None)


def test_it_keeps_the_order_of_the_plan():
    ids = ["DX-07", "DX-01", "DX-03"]
    planned = plan_events(judged("2026-11-24", *(finding(i, V.DELAYED) for i in ids)), [])
    assert [p.event.project_id for p in planned] == ids


verdicts = st.sampled_from(list(V))
states = st.dictionaries(st.sampled_from([f"DX-{n:02d}" for n in range(1, 6)]), verdicts)
histories = st.lists(states, max_size=8)


@given(histories)
def test_it_always_says_nothing_the_second_time_and_pairs_openings_with_recoveries(history):
    watch = Watch()
    opened: dict[str, int] = {}
    for number, state in enumerate(history):
        judgement = judged(
            (START + timedelta(days=number)).isoformat(), *(finding(i, v) for i, v in sorted(state.items()))
        )
        events = watch.day(judgement)
        assert len({e.project_id for e in events}) == len(events)
        for event in events:
            change = {EventKind.OPENED: 1, EventKind.RECOVERED: -1}.get(event.kind, 0)
            opened[event.project_id] = opened.get(event.project_id, 0) + change
            assert (event.before is None) is (event.kind is EventKind.OPENED)
            assert (event.after in ALERTING) is (event.kind is not EventKind.RECOVERED)
            assert not (event.kind is EventKind.IMPROVED and event.after.rank <= event.before.rank)
        assert watch.day(judgement) == []
        # What is open is exactly what is wrong today.
        wrong = {i for i, v in state.items() if v in ALERTING}
        assert {i for i, n in opened.items() if n} == wrong == set(watch.episodes)
        assert all(n in (0, 1) for n in opened.values())
