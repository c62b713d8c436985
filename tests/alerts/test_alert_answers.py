"""Answers to alerts: recorded with owner, reason and last day, and refused where they will not do."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import DATABASES, empty_database
from findings import finding, judged
from sqlalchemy import select

import config
from config.settings import settings
from config.site import Site
from tasks.alerts.answering import ack, open_alerts, release, snooze
from tasks.alerts.answers import AnswerError, AnswerKind, Decision
from tasks.alerts.steps import record
from tasks.progress.reasons import Verdict
from tasks.store.engine import open_store
from tasks.store.tables import messages

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


CHANNELS = "channels:\n  mail: { kind: folder }\nroutes:\n" + "".join(
    f"  - {{ audience: {audience}, channel: mail, verdicts: all }}\n"
    for audience in ("事務局", "担当課", "本部長補佐", "副本部長", "本部長")
)


def waited(site, business_days: int, *projects: str):
    """Record a run so many business days after the first, everything still late."""
    day = site.config.calendar.add_business_days(DAY, business_days)
    at = NINE + (day - DAY)
    found = [finding(i, Verdict.DELAYED) for i in projects or ("DX-03", "DX-02")]
    return record(site, judged(day.isoformat(), *found), "plain", at, ()), day, at


def messages_to(site, role: str) -> list[str]:
    with open_store(site.database_url).begin() as connection:
        rows = connection.execute(
            select(messages).where(messages.c.recipient == role).order_by(messages.c.id)
        )
        return [row.document["text"] for row in rows]


@pytest.fixture
def climbed(site):
    """Twenty business days unanswered: two escalations wait for the 事務局."""
    (site.config.path("channels")).write_text(CHANNELS, encoding="utf-8")
    fresh = Site(town="togitsu", settings=site.settings)
    _, day, at = waited(fresh, 20)
    return fresh, day, at


def test_it_holds_what_goes_to_the_heads_and_asks_the_secretariat(climbed):
    site, day, _ = climbed
    held = [h for alert in open_alerts(site, day) for h in alert.held]
    assert [h.audience for h in held] == ["副本部長", "副本部長"]
    assert messages_to(site, "副本部長:総務部") == []
    (*_, asked) = messages_to(site, "事務局")
    assert "送る前に確かめていただきたいもの（2件）" in asked and "副本部長へ：【遅延】DX-02" in asked


@pytest.mark.parametrize(("decision", "told"), [(Decision.SEND, 1), (Decision.STOP, 0)])
def test_it_tells_at_once_what_is_released_and_never_what_is_stopped(climbed, decision, told):
    site, day, at = climbed
    ids = tuple(h.id for alert in open_alerts(site, day) for h in alert.held)
    assert release(site, ids, "事務局 川", decision, at + timedelta(hours=2)) == 2
    assert release(site, ids, "事務局 川", decision, at + timedelta(hours=3)) == 0  # decided once
    texts = messages_to(site, "副本部長:総務部")
    assert len(texts) == told
    if told:
        assert "回答をお待ちしているもの（2件）" in texts[0] and "DX-02" in texts[0] and "DX-03" in texts[0]
    assert all(alert.reached[-1] == "副本部長" and not alert.held for alert in open_alerts(site, day))
    waited(site, 21)
    assert len(messages_to(site, "副本部長:総務部")) == told  # the next run does not say it again


def test_it_sends_what_nobody_decided_on_the_next_business_day(climbed):
    site, _, _ = climbed
    waited(site, 21)
    assert len(messages_to(site, "副本部長:総務部")) == 1


def test_it_keeps_an_answered_alert_still_until_its_last_day(site):
    ack(site, "DX-02", "税務課", "調整中", date(2026, 12, 10), NINE)
    recorded, *_ = waited(site, 5)
    assert {(e.project_id, e.kind.value) for e in recorded.events} == {
        ("DX-03", "escalated"),
        ("DX-03", "reminded"),
    }
    recorded, day, _ = waited(site, 13)  # 2026-12-11
    assert (day, "DX-02", "answer_ended") in {(day, e.project_id, e.kind.value) for e in recorded.events}
    assert open_alerts(site, day)[0].answer is None


def test_it_ends_the_answer_with_the_trouble(site):
    ack(site, "DX-02", "税務課", "調整中", None, NINE)
    waited(site, 1, "DX-03")
    waited(site, 2)
    assert [a.answer for a in open_alerts(site, DAY)] == [None, None]
