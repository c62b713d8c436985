"""One due entry of ``shinchoku schedule``: its flow is run plainly, and a line says how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from config.check import check_town
from config.settings import settings
from config.site import Site
from flows.clock import now
from flows.cockpit_state import cockpit_url
from plan_data.mendable import MendableError

if TYPE_CHECKING:
    from types import TracebackType

_MESSAGE_LENGTH = 300


def run_due(town: str, flow: str, label: str) -> None:
    """Run one entry's flow as of today, unless the cockpit of this home does; tell how it ended in a line.

    Settings and configuration are read anew. Whatever fails, the scheduler goes on.
    """
    try:
        site = Site(town, settings())
        if cockpit_url(site.home) is not None:
            say(f"予定「{label}」：コックピットが動いているため、ここでは動かしません。")
            return
        say(f"予定「{label}」：始めます。")
        outcome = FLOWS[flow](site, now().date())
    except Exception as fault:
        say(f"予定「{label}」：失敗しました。{_explained(fault)}")
    else:
        say(f"予定「{label}」：終わりました。{outcome}")


def _watch(site: Site, as_of: date) -> str:
    from flows.engines import PlainEngine
    from flows.watch import watch
    from tasks.store.engine import open_store

    ready(site, as_of)
    for warning in open_store(site.database_url).warnings:
        say(f"注意: {warning}")
    result = watch(PlainEngine(), site, site.inbox, as_of)
    told = sum(event.told for event in result.events)
    unsent = result.delivery.failed + result.delivery.waiting
    return (
        f"受け付けた表{len(result.readings)}件、知らせた変化{told}件、送れていない通知{unsent}件、"
        f"報告書 {result.files.html} {' '.join((*result.delivery.problems, result.heartbeat))}"
    )


def _deliver(site: Site, as_of: date) -> str:
    from flows.deliver import deliver_only, outcome
    from flows.engines import PlainEngine

    ready(site, as_of)
    return outcome(deliver_only(PlainEngine(), site))


def ready(site: Site, as_of: date) -> None:
    """Make the folders and check the town's files, as every run does; raise MendableError."""
    site.prepare()
    for fault in check_town(site.config, site.plan_book.in_force(as_of)):
        raise fault


#: What an entry's ``flow`` runs: given the site and the day, it returns what to say of it.
FLOWS: dict[str, Callable[[Site, date], str]] = {"watch": _watch, "deliver": _deliver}


def _explained(fault: Exception) -> str:
    """Return the fault on one line; for one nobody foresaw also its kind and the place in the program."""
    if isinstance(fault, MendableError):
        return str(fault)
    return f"{type(fault).__name__}: {str(fault)[:_MESSAGE_LENGTH]}（{_place(fault.__traceback__)}）"


def _place(at: TracebackType | None) -> str:
    place = "場所不明"
    while at is not None:
        place = f"{Path(at.tb_frame.f_code.co_filename).name} {at.tb_lineno}行目"
        at = at.tb_next
    return place


def say(text: str) -> None:
    """Print one line with the time; what came from a file's name or content cannot break it."""
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    print(f"{now():%Y-%m-%d %H:%M} {line}", flush=True)
