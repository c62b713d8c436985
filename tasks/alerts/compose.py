"""From events to messages: one digest a recipient, its key, the report it links to, and when it may leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from config.site import Site
from tasks.alerts.digest import GONE, digest, senders
from tasks.alerts.recipients import Recipient
from tasks.alerts.records import AlertEvent, EventKind, Message, WhyNot
from tasks.alerts.sending import may_leave_at
from tasks.progress.records import Judgement
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.records import Counts, FileError, FileReading

_GONE = FileError(
    code=GONE,
    message="前に受け付けた表が、受付フォルダにありません。",
    remedy="新しい表を提出するか、同じ名前で戻してください。",
)


def report_url(site: Site, judgement: Judgement) -> str:
    """Return where the report of a day is read: below ``report_base_url``, else the file itself."""
    below = f"{judgement.town}/{judgement.as_of.isoformat()}/report.html"
    base = site.settings.report_base_url
    return f"{base.rstrip('/')}/{below}" if base else (site.reports / below).absolute().as_uri()


def due_at(site: Site, message: Message, now: datetime) -> datetime:
    """Return when a message may leave: at once into a folder, else in the town's hours."""
    if site.config.channels.channels[message.channel].kind == "folder":
        return now
    return may_leave_at(now, site.config.escalation.sending, site.config.calendar)


def messages_about(
    site: Site,
    judgement: Judgement,
    run_id: int,
    events: Sequence[AlertEvent],
    received: Sequence[FileReading],
    told_to_whom: Sequence[Recipient],
    index: DepartmentIndex,
    created_at: datetime,
    occasion: str = "",
) -> list[Message]:
    """Return one message for each recipient there is something to tell.

    ``occasion`` tells apart what one run says at several times; it is a part of the key.
    """
    # Here, not above: a run that has nothing to tell needs no words.
    from tasks.alerts.wording import wording

    url = report_url(site, judgement)
    town_name = site.plan_book.in_force(judgement.as_of).town_name
    made = []
    for recipient in told_to_whom:
        found = digest(judgement, events, received, recipient, index)
        if found is None:
            continue
        words = wording(found, town_name, url, site.config.escalation)
        place = f"{judgement.town}/{judgement.as_of}/{run_id}/{recipient.channel}/{recipient.role}"
        made.append(
            Message(
                key=f"{place}/{occasion}" if occasion else place,
                town=judgement.town,
                as_of=judgement.as_of,
                run_id=run_id,
                channel=recipient.channel,
                recipient=recipient.role,
                name=recipient.name,
                address=recipient.address,
                subject=words.subject,
                text=words.text,
                html=words.html,
                url=url,
                created_at=created_at,
            )
        )
    return made


def gone_by_department(
    readings: Sequence[FileReading], gone: Collection[str], index: DepartmentIndex
) -> dict[str, str]:
    """Return the missing file of each department none of whose files is in the inbox any more."""
    newest = {reading.file: reading for reading in readings}.values()
    there = {d for r in newest if r.file not in gone for d in senders(r, index)}
    lost = {d: r.file for r in newest if r.file in gone for d in senders(r, index)}
    return {department: file for department, file in lost.items() if department not in there}


def gone_notices(
    readings: Sequence[FileReading], gone: Collection[str], events: Sequence[AlertEvent]
) -> list[FileReading]:
    """Return the missing files that keep a silence back from this run on, as files to be told of."""
    begun = (EventKind.OPENED, EventKind.REOPENED)
    files = {e.file for e in events if e.why_not is WhyNot.INHIBITED and e.kind in begun}
    newest = {reading.file: reading for reading in readings if reading.file in files and reading.file in gone}
    nothing = {"error": _GONE, "row_errors": (), "counts": Counts(rows=0, accepted=0, rejected=0, ignored=0)}
    return [reading.model_copy(update=nothing) for reading in newest.values()]
