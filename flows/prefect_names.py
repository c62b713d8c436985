"""How runs are called in the lists an admin reads."""

from __future__ import annotations

from datetime import date

from config.settings import settings
from config.site import Site
from tasks.wareki import wareki_short


def run_name(what: str, town: str, day: date) -> str:
    """Return 「進捗監視 時津町 R8-11-24」."""
    return f"{what} {Site(town, settings()).plan_book.in_force(day).town_name} {wareki_short(day)}"
