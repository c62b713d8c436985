"""A simulated year of the whole town: nothing that had to climb is missed, and little is said."""

from __future__ import annotations

import pytest
from alert_year import TOWN, business_days, expected, simulate, told

from tasks.alerts.records import EventKind, WhyNot


@pytest.fixture(scope="module", params=[1, 2])
def year(request):
    return simulate(request.param)


def test_it_misses_no_escalation_and_makes_none_up(year):
    wanted = expected(year)
    assert len(wanted) > 30, "a year in which hardly anything climbs shows nothing"
    assert {audience for _, audience, _ in wanted} >= {"事務局", "本部長補佐", "副本部長"}
    assert wanted - told(year) == set()
    assert told(year) - wanted == set()


def test_it_sends_at_least_four_fifths_less_than_a_mail_a_finding_and_run(year):
    assert year.mails.total() <= 0.2 * year.naive.total()
    secretariat = [sum(n for (r, _), n in c.items() if r == "事務局") for c in (year.mails, year.naive)]
    assert secretariat[0] <= 0.2 * secretariat[1]


def test_it_sends_nobody_more_than_one_message_a_day(year):
    open_days = {month: 0 for month in range(1, 13)}
    for day in business_days(year.days[0], year.days[-1]):
        open_days[day.month] += 1
    assert all(n <= open_days[month] for (_, month), n in year.mails.items())


def test_it_shows_every_way_of_keeping_back_and_records_each(year):
    kept = {event.why_not for _, event in year.line.events if not event.told}
    assert {WhyNot.FLAPPING, WhyNot.INHIBITED, WhyNot.HELD} <= kept
    assert all((event.why_not is None) is event.told for _, event in year.line.events)


def test_it_reminds_no_oftener_than_the_town_says(year):
    most = max(rule.at_most for rule in TOWN.escalation.reminders.by_verdict.values())
    lives: dict[str, int] = {}
    for _, event in year.line.events:
        if event.kind in (EventKind.OPENED, EventKind.REOPENED, EventKind.WORSENED, EventKind.ANSWER_ENDED):
            lives[event.project_id] = 0
        elif event.kind is EventKind.REMINDED:
            lives[event.project_id] = lives.get(event.project_id, 0) + 1
            assert lives[event.project_id] <= most
