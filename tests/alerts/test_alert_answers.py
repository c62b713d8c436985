"""Answers to alerts: recorded with owner, reason and last day, and refused where they will not do."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import DATABASES, empty_database
from findings import finding, judged

import config
from config.settings import settings
from config.site import Site
from tasks.alerts.answering import ack, open_alerts, release, snooze
from tasks.alerts.answers import AnswerError, AnswerKind, Decision
from tasks.alerts.steps import record
from tasks.progress.reasons import Verdict

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 09:00 in Tokyo
DAY = date(2026, 11, 24)


@pytest.fixture(params=DATABASES)
def site(request, tmp_path):
    """A town in which DX-02 and DX-03 are late."""
    folder = tmp_path / "config" / "togitsu"
    shutil.copytree(Path(config.__file__).parent / "togitsu", folder)
    with empty_database(request.param, tmp_path) as url:
        environ = {
            "SHINCHOKU_HOME": str(tmp_path / "home"),
            "SHINCHOKU_CONFIG_ROOT": str(folder.parent),
            "SHINCHOKU_DATABASE_URL": url,
        }
        site = Site(town="togitsu", settings=settings(environ))
        site.prepare()
        late = [finding(i, Verdict.DELAYED) for i in ("DX-03", "DX-02")]
        record(site, judged("2026-11-24", *late), "plain", NINE, ())
        yield site


def test_it_lists_open_alerts_in_the_order_of_the_plan_with_their_answers(site):
    listed = open_alerts(site, DAY)
    assert [(a.project_id, a.verdict, a.answer) for a in listed] == [
        ("DX-02", Verdict.DELAYED, None),
        ("DX-03", Verdict.DELAYED, None),
    ]
    assert listed[0].project_name and listed[0].departments
    (given,) = ack(site, "DX-02", " 税務課  山 ", "業者と日程を調整中", None, NINE)
    assert (given.kind, given.owner, given.reason) == (AnswerKind.ACK, "税務課 山", "業者と日程を調整中")
    assert given.expires_on == date(2026, 12, 22)  # 20 business days
    assert [a.answer for a in open_alerts(site, DAY)] == [given, None]


def test_it_keeps_one_answer_an_alert_the_last_one(site):
    (first,) = ack(site, "DX-02", "税務課", "調整中", date(2026, 12, 1), NINE)
    number = str(first.episode_id)
    (second,) = snooze(site, number, "税務課", "入札の公告待ち", date(2026, 12, 4), NINE + timedelta(hours=1))
    assert (second.kind, second.episode_id) == (AnswerKind.SNOOZE, first.episode_id)
    assert open_alerts(site, DAY)[0].answer == second


# what is asked                                                          what is said
REFUSED = [
    pytest.param(lambda s: ack(s, "DX-09", "税務課", "理由", None, NINE), "DX-02、DX-03", id="no such alert"),
    pytest.param(lambda s: ack(s, "DX-02/導入9", "税務課", "理由", None, NINE), "alerts list", id="no such commitment"),
    pytest.param(lambda s: ack(s, "DX-02", "  ", "理由", None, NINE), "対応者が空", id="nobody"),
    pytest.param(lambda s: ack(s, "DX-02", "税務課", "\n", None, NINE), "理由が空", id="no reason"),
    pytest.param(lambda s: snooze(s, "DX-02", "税務課", "理由", None, NINE), "--until", id="a snooze without a day"),
    pytest.param(lambda s: ack(s, "DX-02", "税務課", "理由", date(2026, 11, 23), NINE), "過ぎています", id="the day before"),
    pytest.param(lambda s: ack(s, "DX-02", "税務課", "理由", date(2027, 3, 1), NINE), "2027-02-25", id="too far away"),
    pytest.param(lambda s: release(s, (1,), "", Decision.SEND, NINE), "確認者が空", id="nobody releases"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "said"), REFUSED)
def test_it_refuses_in_one_line_and_records_nothing(site, ask, said):
    with pytest.raises(AnswerError) as refused:
        ask(site)
    assert said in str(refused.value) and "\n" not in str(refused.value)
    assert all(a.answer is None for a in open_alerts(site, DAY))


def test_it_takes_the_day_of_tokyo(site):
    late_evening = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # 00:30 on the 25th
    with pytest.raises(AnswerError):
        ack(site, "DX-02", "税務課", "理由", DAY, late_evening)
    (given,) = ack(site, "DX-02", "税務課", "理由", date(2026, 11, 25), late_evening)
    assert given.expires_on == date(2026, 11, 25)
