"""対応記録: the steps by which people answer alerts, and let go of escalations that wait.

An alert is named by its number, by its 事業 (``DX-02``: everything open of it), or by both its 事業 and
its commitment (``DX-02/導入1``). ``at`` is the moment of the answer; it holds from that day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from config.site import Site
from tasks.alerts.answers import (
    Answer,
    AnswerError,
    AnswerKind,
    Decision,
    Held,
    HeldState,
    OpenAlert,
    last_day,
    spoken,
)
from tasks.alerts.compose import due_at, messages_about
from tasks.alerts.ladder import released
from tasks.alerts.recipients import recipients
from tasks.alerts.records import Episode
from tasks.alerts.telling import addressed
from tasks.sheets.matching import DepartmentIndex
from tasks.step import step
from tasks.store.answers import answer_add, answers_that_hold, hold_decide, holds_open
from tasks.store.engine import transaction
from tasks.store.episodes import episode_apply, events_add, open_episodes, telling_lock
from tasks.store.messages import messages_add
from tasks.store.repositories import judgement_get, latest_run

__all__ = ["Answer", "Decision", "Held", "OpenAlert", "ack", "open_alerts", "release", "snooze"]

_TOKYO = ZoneInfo("Asia/Tokyo")


@step(name="対応中の記録", description="通知に対応中であることを、担当者・理由・期限とともに記録します。")
def ack(
    site: Site, alert: str, owner: str, reason: str, expires_on: date | None, at: datetime
) -> tuple[Answer, ...]:
    """Record that somebody deals with an alert: it stops climbing and reminding until ``expires_on``.

    Without a day it holds as long as the town's escalation.yaml says. Raises AnswerError for an alert
    that is not open, an empty owner or reason, and a day that will not do.
    """
    return _answer(site, alert, AnswerKind.ACK, owner, reason, expires_on, at)


@step(name="保留の記録", description="通知を期限まで保留することを、担当者・理由とともに記録します。")
def snooze(
    site: Site, alert: str, owner: str, reason: str, expires_on: date | None, at: datetime
) -> tuple[Answer, ...]:
    """Record that an alert may rest until ``expires_on``: then it comes back, and says so.

    Raises AnswerError as ``ack`` does, and where the day is left out.
    """
    return _answer(site, alert, AnswerKind.SNOOZE, owner, reason, expires_on, at)


@step(name="通知の一覧", description="まだ解消していない通知を、回答と待っている日数とともに調べます。")
def open_alerts(site: Site, as_of: date) -> tuple[OpenAlert, ...]:
    """Return the open alerts in the order of the plan, with their answers and what waits for a decision."""
    with transaction(site.database_url) as connection:
        episodes = open_episodes(connection, site.town)
        answers = answers_that_hold(connection, site.town)
        held = holds_open(connection, site.town)
    projects = {p.id: p for _, _, p in site.plan_book.in_force(as_of).projects()}
    place = {project_id: n for n, project_id in enumerate(projects)}
    return tuple(
        OpenAlert(
            id=episode.id,
            project_id=episode.project_id,
            project_name=projects[episode.project_id].name if episode.project_id in projects else "",
            departments=projects[episode.project_id].departments if episode.project_id in projects else (),
            commitment=episode.commitment,
            verdict=episode.verdict,
            opened_on=episode.opened_on,
            days=_waited(site, episode, answers.get(episode.id), as_of),
            reached=episode.state.reached,
            answer=answers.get(episode.id),
            held=tuple(h for h in held if h.episode_id == episode.id),
        )
        for episode in sorted(episodes, key=lambda e: (place.get(e.project_id, len(place)), e.commitment))
    )


@step(
    name="上申の確認",
    description="副本部長以上への通知を送るか、やめるかを、確かめた人の名前とともに記録します。",
)
def release(
    site: Site, ids: tuple[int, ...], approver: str, decision: Decision, at: datetime, note: str = ""
) -> int:
    """Decide on escalations that wait (``OpenAlert.held``); return how many of them still did.

    What is to be sent goes into the outbox at once, with the findings of the latest run. Raises
    AnswerError for an empty approver.
    """
    by = spoken(approver, "確認者")
    with transaction(site.database_url) as connection:
        telling_lock(connection, site.town)
        wanted = [hold for hold in holds_open(connection, site.town) if hold.id in ids]
        latest = latest_run(connection, site.town)
        if not wanted or latest is None:
            return 0
        state = HeldState.RELEASED if decision is Decision.SEND else HeldState.STOPPED
        decided = hold_decide(connection, [hold.id for hold in wanted], state, at, by, note or None)
        _reach(connection, site, latest.id, wanted, decision, by, at)
        return decided


def _reach(
    connection: Connection,
    site: Site,
    run_id: int,
    wanted: Sequence[Held],
    decision: Decision,
    by: str,
    at: datetime,
) -> None:
    """Note that the rungs were reached, and tell them unless they are not to be told."""
    judgement = judgement_get(connection, run_id)
    episodes = {episode.id: episode for episode in open_episodes(connection, site.town)}
    index = DepartmentIndex(site.config.departments, site.config.crosswalk)
    told_to_whom = recipients(site.config.channels, site.config.people, site.config.departments)
    stored = []
    for hold in wanted:
        episode = episodes.get(hold.episode_id)
        if episode is None:
            continue
        (plan,) = addressed([released(episode, hold, decision, by)], judgement, told_to_whom, index)
        episode_apply(connection, site.town, run_id, judgement.as_of, plan.change)
        episodes[episode.id] = episode.model_copy(update={"state": plan.change.state})
        stored += [(episode.id, event) for event in plan.events]
    events_add(connection, run_id, stored)
    occasion = f"release-{min(hold.id for hold in wanted)}"
    events = [event for _, event in stored]
    messages = messages_about(site, judgement, run_id, events, (), told_to_whom, index, at, occasion)
    messages_add(
        connection, messages, due_at=lambda message: due_at(site, message, at), recorded_at=datetime.now(UTC)
    )


def _answer(
    site: Site,
    alert: str,
    kind: AnswerKind,
    owner: str,
    reason: str,
    expires_on: date | None,
    at: datetime,
) -> tuple[Answer, ...]:
    day = at.astimezone(_TOKYO).date()
    until = last_day(kind, expires_on, day, site.config.escalation.answers, site.config.calendar)
    who, why = spoken(owner, "対応者"), spoken(reason, "理由")
    with transaction(site.database_url) as connection:
        telling_lock(connection, site.town)
        return tuple(
            answer_add(connection, site.town, episode.id, kind, who, why, until, at, day)
            for episode in _named(connection, site.town, alert)
        )


def _named(connection: Connection, town: str, alert: str) -> Sequence[Episode]:
    episodes = open_episodes(connection, town)
    text = alert.strip()
    project_id, _, commitment = text.partition("/")
    found = [
        e
        for e in episodes
        if text == str(e.id) or (e.project_id == project_id and commitment in ("", e.commitment))
    ]
    if not found:
        known = "、".join(dict.fromkeys(e.project_id for e in episodes)) or "ありません"
        raise AnswerError(
            f"「{text}」という通知は、今はありません。`shinchoku alerts list` で確かめてください"
            f"（今ある通知の事業：{known}）。"
        )
    return found


def _waited(site: Site, episode: Episode, answer: Answer | None, as_of: date) -> int:
    since = episode.state.waiting_since
    if since is None or answer is not None:
        return 0
    return max(site.config.calendar.business_days_between(since, as_of), 0)
