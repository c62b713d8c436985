"""What happens to an alert over the business days: reminders, the ladder, answers, files, flapping.

Each line is a scenario: on the named business days (0 is Tuesday 2026-11-24) the state changes or something
is told; on every business day between the watch runs as well and must say nothing. 課 局 補 副 長 are those
who hear: 担当課, 事務局, 本部長補佐, 副本部長, 本部長.
"""

from __future__ import annotations

from datetime import date

import pytest
from findings import cell, finding, judged, reason
from telling import CALENDAR, RULES, routes
from time_line import Line, shown

from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V

START = date(2026, 11, 24)
SILENT = reason(C.NEVER_REPORTED, V.UNREPORTED)
UNREADABLE = reason(C.FILE_UNREADABLE, None, evidence=(cell("", "", "税務課.xlsx"),))
BEHIND = reason(C.BEHIND_PLANNED_VALUE, V.AT_RISK, commitment="導入1")
BUDGET = reason(C.BUDGET_NOT_REQUESTED, V.AT_RISK, commitment="運用1")
LATE = reason(C.PAST_DUE, V.DELAYED, commitment="導入1")

#: What a word of a scenario finds; anything else is a verdict with its usual reason.
FOUND = {
    "silent": (V.UNREPORTED, SILENT),
    "broken": (V.UNREPORTED, SILENT, UNREADABLE),
    "behind": (V.AT_RISK, BEHIND),
    "behind+budget": (V.AT_RISK, BEHIND, BUDGET),
    "late+budget": (V.DELAYED, LATE, BUDGET),
    "late+silent": (V.DELAYED, LATE, SILENT),
    "budget": (V.AT_RISK, BUDGET),
}

# business day, what is found or done, what is told ("": nothing)
SCENARIOS = [
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (5, "", "escalated:局 reminded:課"),  # the 事務局 is asked to see to it
            (10, "", "escalated:補 reminded:課"),
            (15, "", "reminded:課"),  # the third and last one
            (20, "", "escalated!held:局"),  # the 事務局 may look at it for a business day
            (21, "", "escalated:副"),
            (40, "", "escalated!held:局"),
            (41, "", "escalated:長"),
            (60, "", ""),  # everybody knows; nothing more is said
            (61, "on_track", "recovered:課局補副長"),
            (62, "", ""),
        ],
        id="nobody ever answers a delay",
    ),
    pytest.param(
        [
            (0, "critical", "opened:課局"),
            (3, "", "escalated:局 reminded:課"),
            (5, "", "escalated:補"),
            (6, "", "reminded:課"),
            (9, "", "reminded:課"),
            (10, "", "escalated!held:局"),
            (11, "", "escalated:副"),
            (12, "", "reminded:課"),  # the fourth and last
            (20, "", "escalated!held:局"),
            (21, "", "escalated:長"),
            (30, "", ""),
        ],
        id="what is critical climbs faster",
    ),
    pytest.param(
        [
            (0, "at_risk", "opened:課局"),
            (10, "", "escalated:局 reminded:課"),
            (20, "", "escalated:補 reminded:課"),
            (80, "", ""),  # 注意 never goes higher
        ],
        id="a risk stays below the heads of 部",
    ),
    pytest.param(
        [
            (0, "at_risk", "opened:課局"),
            (6, "delayed", "worsened:課局 escalated:局"),  # six days unanswered: the delay's time has come
            (10, "", "escalated:補"),
            (11, "", "reminded:課"),
            (12, "on_track", "recovered:課局補"),
        ],
        id="it worsens unanswered: the days go on counting",
    ),
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (3, "ack until 13", ""),  # nothing reminds, nothing climbs
            (13, "", ""),  # the last day on which it holds
            (14, "", "answer_ended:課局"),
            (19, "", "escalated:局 reminded:課"),  # five business days after that
            (20, "done", "recovered:課局"),
        ],
        id="an ack runs out",
    ),
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (1, "ack until 30", ""),
            (4, "critical", "worsened:課局"),  # the answer was to something better
            (7, "", "escalated:局 reminded:課"),
            (8, "ack until 30", ""),
            (31, "", "answer_ended:課局"),
            (32, "on_track", "recovered:課局"),
        ],
        id="it worsens in spite of an ack",
    ),
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (1, "snooze until 8", ""),
            (3, "at_risk", "improved!snoozed"),  # recorded, with its reason
            (9, "", "answer_ended:課局"),  # it comes back and says so, with the verdict of today
            (10, "on_track", "recovered:課局"),
        ],
        id="a snooze",
    ),
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (1, "snooze until 20", ""),
            (2, "on_track", "recovered:課局"),
            (4, "delayed", "reopened:課局"),  # the answer ended with the recovery
            (5, "", "escalated:局"),  # and the days count from the beginning
            (9, "", "reminded:課"),
            (10, "", "escalated:補"),
            (11, "done", "recovered:課局補"),
        ],
        id="it recovers during a snooze, and comes back",
    ),
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (2, "on_track", "recovered:課局"),
            (12, "delayed", "reopened:課局 escalated:局 escalated:補"),  # ten business days later
            (13, "on_track", "recovered:課局補"),
            (24, "delayed", "opened:課局"),  # eleven: a new trouble
        ],
        id="it comes back within the time to re-open, and after it",
    ),
    pytest.param(
        [
            (0, "broken", "opened!inhibited"),  # the file's own notice is told
            (2, "silent", "opened:課局"),  # mended, and still nobody spoke of it
            (7, "", "escalated:局 reminded:課"),  # its days began when it was told
            (8, "on_track", "recovered:課局"),
        ],
        id="a file is mended and says nothing",
    ),
    pytest.param(
        [
            (0, "broken", "opened!inhibited"),
            (3, "", "opened:課局"),  # broken for longer than the town waits
            (8, "", "escalated:局 reminded:課"),
            (9, "done", "recovered:課局"),
        ],
        id="a file stays broken",
    ),
    pytest.param(
        [
            (0, "broken", "opened!inhibited"),
            (1, "on_track", "recovered!never_told"),  # nobody heard of it, so nobody hears of its end
            (9, "", ""),
        ],
        id="a file is mended in time",
    ),
    pytest.param(
        [
            (0, "delayed", "opened:課局"),
            (1, "on_track", "recovered:課局"),
            (2, "delayed", "reopened:課局"),
            (3, "on_track", "recovered!flapping"),  # the fourth change in ten business days
            (4, "delayed", "reopened!flapping"),
            (5, "", "escalated:局"),  # flapping hides nothing from the ladder
            (9, "", "flappedx2:課局"),  # five business days without a change: told in one piece
            (10, "", "escalated:補"),
            (14, "", "reminded:課"),
            (15, "on_track", "recovered:課局補"),
        ],
        id="it flaps and settles on the bad side",
    ),
    pytest.param(
        [
            (0, "at_risk", "opened:課局"),
            (1, "on_track", "recovered:課局"),
            (2, "at_risk", "reopened:課局"),
            (3, "on_track", "recovered!flapping"),
            (8, "", "flappedx1:課局"),  # settled, and well
            (20, "", ""),
        ],
        id="it flaps and settles well",
    ),
    pytest.param(
        [
            (0, "at_risk", "opened:課局"),
            (1, "on_track", "recovered:課局"),
            (2, "at_risk", "reopened:課局"),
            (3, "on_track", "recovered!flapping"),
            (4, "critical", "reopened:課局 escalated:局"),  # worse than all that was told: at once
            (5, "", "escalated:補"),
            (7, "", "reminded:課"),
            (8, "on_track", "recovered!flapping"),
            (13, "", "flappedx1:課局補"),
        ],
        id="it flaps and then is worse than ever",
    ),
    pytest.param(
        [
            (0, "behind", "opened@導入1:課局"),
            (1, "behind+budget", "opened@運用1:課局"),  # another commitment, another episode
            (2, "late+budget", "worsened@導入1:課局"),
            (3, "budget", "recovered@導入1:課局"),
            (4, "on_track", "recovered@運用1:課局"),
        ],
        id="two commitments of one 事業",
    ),
    pytest.param(
        [
            (0, "silent", "opened:課局"),
            (1, "late+silent", "opened@導入1:課局"),
            (2, "behind", "improved@導入1:課局 recovered:課局"),  # it was heard from
            (3, "done", "recovered@導入1:課局"),
        ],
        id="silence is of the 事業, a delay of its commitment",
    ),
]  # fmt: skip


def bd(number: int) -> date:
    return CALENDAR.add_business_days(START, number)


def found(day: date, word: str):
    verdict, *reasons = FOUND.get(word) or (V(word),)
    return judged(day.isoformat(), finding("DX-02", verdict, *reasons))


def play(scenario, line: Line) -> list[tuple[int, str]]:
    """Run the watch on every business day of a scenario and return what was told on which."""
    script, state, told = {n: word for n, word, _ in scenario}, "on_track", []
    for number in range(scenario[-1][0] + 1):
        word = script.get(number, "")
        if " until " in word:
            kind, _, last = word.partition(" until ")
            line.answer(kind, bd(int(last)))
        elif word:
            state = word
        events = line.look(found(bd(number), state))
        told += [(number, " ".join(map(shown, events)))] if events else []
    return told


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_tells_this_on_these_days_and_nothing_on_the_others(scenario):
    assert play(scenario, Line()) == [(number, said) for number, _, said in scenario if said]


@pytest.mark.parametrize("verdict", ["critical", "delayed", "contradictory", "unreported", "at_risk"])
@pytest.mark.parametrize("days", [7, 25, 60])
def test_it_catches_up_after_days_without_a_run(verdict, days):
    """A machine that was off tells late, and less, but everybody who had to hear of it has."""
    every_day, once = Line(), Line()
    play([(0, verdict, ""), (days + 1, "", "")], every_day)
    for number in (0, days, days + 1):
        once.look(found(bd(number), verdict))
    assert [e.state.reached for e in once.open] == [e.state.reached for e in every_day.open]


def test_it_stops_an_undecided_escalation_where_the_town_says_so():
    stop = RULES.model_copy(update={"hold": RULES.hold.model_copy(update={"if_undecided": "stop"})})
    line = Line(rules=stop)
    told = play([(0, "critical", ""), (30, "", "")], line)
    assert [said for number, said in told if number in (10, 11, 21)] == [
        "escalated!held:局",
        "escalated!stopped",
        "escalated!stopped",
    ]
    assert not line.holds


def test_it_holds_nothing_where_the_town_does_not_want_to():
    free = RULES.model_copy(update={"hold": RULES.hold.model_copy(update={"audiences": ()})})
    assert (10, "escalated:副") in play([(0, "critical", ""), (10, "", "")], Line(rules=free))


@pytest.mark.parametrize("word", ["on_track", "at_risk", "ack"])
def test_it_lets_a_held_escalation_go_that_is_no_longer_needed(word):
    line = Line()
    play([(0, "critical", ""), (10, "", "")], line)
    assert line.holds
    if word == "ack":
        line.answer("ack", bd(20))
    told = [shown(e) for e in line.look(found(bd(11), "critical" if word == "ack" else word))]
    assert not line.holds and "escalated:副" not in told


def test_it_records_that_nobody_is_there_for_a_rung_and_climbs_on():
    line = Line(recipients=routes(("担当課", ["delayed"]), ("副本部長", ["delayed"])))
    told = play([(0, "delayed", ""), (21, "", "")], line)
    assert told[0] == (0, "opened:課")
    assert (5, "escalated!no_recipient reminded:課") in told
    assert told[-1] == (21, "escalated:副")


def test_it_counts_no_closed_day():
    line = Line()
    line.look(found(date(2026, 12, 25), "delayed"))  # a Friday; 12/29 to 1/3 are closed
    for day in (26, 27, 28, 29, 30, 31):
        assert line.look(found(date(2026, 12, day), "delayed")) == []
    for day in (4, 5, 6):
        assert line.look(found(date(2027, 1, day), "delayed")) == []
    assert [shown(e) for e in line.look(found(date(2027, 1, 7), "delayed"))] == [
        "escalated:局",
        "reminded:課",
    ]
