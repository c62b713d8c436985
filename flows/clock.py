"""The only clock: everything below the flows takes the day as an argument."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """Return the present moment in Asia/Tokyo."""
    return datetime.now(TOKYO)


def today() -> date:
    """Return the present day in Asia/Tokyo."""
    return now().date()
