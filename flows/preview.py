"""What would be sent now: the watch's last steps on a copy of the records, and what waits in the outbox."""

from __future__ import annotations

from datetime import date

from config.site import Site
from flows.clock import now
from flows.rehearsal import rehearsal
from tasks.alerts.previews import Preview, preview_of, samples_of
from tasks.alerts.records import Message, MessageState
from tasks.alerts.steps import record
from tasks.progress.steps import judge_town
from tasks.store.engine import transaction
from tasks.store.message_admin import rows


def previews(site: Site, as_of: date, *, samples: bool) -> list[Preview]:
    """Return every message that a run as of this day would send now, of the tables received so far.

    With ``samples`` also what the first of them would look like as a resend and by the fallback, and a
    稼働報告. Nothing is recorded and nothing sent. Raises RehearsalError, StoreError, SourceError.
    """
    with rehearsal(site) as acting:
        record(acting, judge_town(acting, as_of), "plain", now(), ())
        with transaction(acting.database_url) as connection:
            waiting = rows(connection, site.town, (MessageState.WAITING, MessageState.SENDING))
    found = [(_at_home(row.message, acting, site), row.resend) for row in waiting]
    made = [
        preview_of(site, message, resend=resend).numbered(number)
        for number, (message, resend) in enumerate(found, start=1)
    ]
    if samples and found:
        made += samples_of(site, found[0][0], now())
    return made


def _at_home(message: Message, acting: Site, site: Site) -> Message:
    """Return a message whose links lead to the real home's report, where they led to the rehearsal's."""
    there, here = (each.reports.absolute().as_uri() for each in (acting, site))
    moved = {name: getattr(message, name).replace(there, here) for name in ("text", "html", "url")}
    return message.model_copy(update=moved)
