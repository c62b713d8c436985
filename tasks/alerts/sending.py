"""When a message may leave: in the town's hours, on a day it is open. Pure; nothing is ever dropped."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.business_days import BusinessCalendar
from config.escalation import Sending

_TOKYO = ZoneInfo("Asia/Tokyo")


def may_leave_at(now: datetime, rules: Sending, calendar: BusinessCalendar) -> datetime:
    """Return ``now`` if a message may leave then, else the next moment at which it may.

    ``not_before`` and ``not_after`` are the first and the last minute of the day's hours.
    """
    local = now.astimezone(_TOKYO)
    opens, closes = time.fromisoformat(rules.not_before), time.fromisoformat(rules.not_after)
    day = local.date()
    open_day = rules.on_closed_days or calendar.is_business_day(day)
    if open_day and opens <= local.time().replace(second=0, microsecond=0) <= closes:
        return now
    if not (open_day and local.time() < opens):
        day += timedelta(days=1)
        day = day if rules.on_closed_days else calendar.next_business_day(day)
    return datetime.combine(day, opens, _TOKYO)
