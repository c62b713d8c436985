"""Word of the service itself to whoever looks after it: the daily report, a failed run, a heartbeat."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

from config.site import Site
from tasks.alerts import operation
from tasks.alerts.records import Message, MessageKind, MessageState
from tasks.alerts.wording import one_line
from tasks.step import step
from tasks.store.engine import transaction
from tasks.store.message_admin import sent_since, tally
from tasks.store.messages import message_add_once
from tasks.store.repositories import files_received_since, runs_since

#: Japan has no summer time, so that no time zone data is needed.
_JAPAN = timezone(timedelta(hours=9))


def tell_operator(site: Site, key: str, subject: str, text: str, at: datetime) -> bool:
    """Put one message to whoever looks after the service into the outbox, due at once.

    ``key`` names the occasion for ever: False, and nothing done, where it was told of before. The
    texts are for people, without secrets. Raises StoreError.
    """
    channels, people = site.config.channels, site.config.people
    role = channels.operation.audience
    person = people.get(role) or people.roles["事務局"]
    made = Message(
        key=f"{site.town}/operation/{key}",
        kind=MessageKind.OPERATION,
        town=site.town,
        as_of=at.astimezone(_JAPAN).date(),
        run_id=0,
        channel=channels.operator_channel,
        recipient=role,
        name=person.name,
        address=person.address,
        subject=one_line(subject),
        text=text,
        html=operation.html(text, subject),
        url=site.settings.report_base_url or "",
        created_at=at,
    )
    with transaction(site.database_url) as connection:
        return message_add_once(connection, made, datetime.now(UTC))


def report_due(site: Site, now: datetime) -> bool:
    """Say whether it is the hour of the 稼働報告: on a business day, from its time on."""
    at = site.config.channels.operation.report_at
    here = now.astimezone(_JAPAN)
    if at is None or not site.config.calendar.is_business_day(here.date()):
        return False
    return here.time() >= time.fromisoformat(at)


@step(
    name="稼働報告の作成",
    description="その日の稼働状況（実行の回数、受け付けた表、通知の数、次の予定）を、一日一通の報告にします。",
    timeout=60,
    retries=2,
)
def report_operation(site: Site, now: datetime, next_run: datetime | None) -> bool:
    """Put the day's 稼働報告 into the outbox; False where it is there already."""
    here = now.astimezone(_JAPAN)
    began = datetime.combine(here.date(), time(), _JAPAN)
    with transaction(site.database_url) as connection:
        ran = runs_since(connection, site.town, began)
        states = tally(connection, site.town)
        facts = operation.Facts(
            day=here.date(),
            runs=len(ran),
            last_run=ran[-1].astimezone(_JAPAN) if ran else None,
            files=len(files_received_since(connection, site.town, began)),
            sent=sent_since(connection, site.town, began),
            waiting=states[MessageState.WAITING] + states[MessageState.SENDING],
            dead_letters=states[MessageState.DEAD],
            next_run=next_run.astimezone(_JAPAN) if next_run is not None else None,
        )
    town_name = site.plan_book.in_force(here.date()).town_name
    return tell_operator(
        site, f"report/{here.date()}", operation.subject(facts, town_name), operation.text(facts), now
    )


@step(
    name="稼働の合図",
    description="正常に終わったことを、見守りのURL（SHINCHOKU_HEARTBEAT_URL）に知らせます。",
    timeout=120,
)
def heartbeat(site: Site) -> str:
    """Call the heartbeat URL; return what went wrong as a Japanese line, empty when nothing did.

    A failure is told, never raised: it is the watcher's own task to notice that no call came.
    """
    from tasks.alerts.transports.base import TransportError, revealed
    from tasks.alerts.transports.http import Door

    url, rules = site.settings.heartbeat_url, site.config.channels.operation.heartbeat
    if url is None or site.into_folder:
        return ""
    if rules is None:
        return "見守りのURLがありますが、channels.yaml の operation.heartbeat に allowed_hosts がありません。"
    try:
        door = Door(revealed(url), rules.allowed_hosts, rules.allowed_networks)
        door.receipt(door.call(rules.method, None, {}))
    except TransportError as error:
        return f"稼働の合図を送れませんでした。{error}"
    return ""
