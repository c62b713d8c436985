"""What is tortured: events recorded with their messages, then sent by the dispatcher, with real transports."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from findings import judged
from sqlalchemy import select, text
from telling import message

from config.channels import Channels
from tasks.alerts.outbox import Dispatcher
from tasks.alerts.records import Message
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.smtp.transport import SmtpTransport
from tasks.alerts.transports.webhook.transport import WebhookTransport
from tasks.store.engine import open_store
from tasks.store.messages import Outbox, messages_add
from tasks.store.repositories import findings_put, run_add, run_find
from tasks.store.tables import messages, runs

BEGAN = datetime(2026, 11, 24, tzinfo=UTC)
#: Longer than any lease: what a killed sender held is free for the next one.
HOUR = timedelta(hours=1)
WAYS = ("mail", "mail", "chat")
CHANNELS = Channels.model_validate(
    {
        "channels": {
            "mail": {"kind": "smtp"},
            "chat": {"kind": "webhook", "allowed_hosts": ["127.0.0.1:1"], "body": {}},
        },
        "routes": [],
    }
)


@dataclass(frozen=True)
class Wire:
    """The other side: its ports, and the file of what it took."""

    smtp: int
    http: int
    log: Path

    def taken(self) -> list[tuple[str, bool]]:
        """Key and mark of everything taken, in order."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [(key, marked == "1") for _, key, marked in (line.split("\t") for line in lines)]


@contextmanager
def wire(folder: Path) -> Iterator[Wire]:
    """Start the other side."""
    log = folder / "taken.tsv"
    program = [sys.executable, str(Path(__file__).with_name("torture_wire.py")), str(log)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        ports = server.stdout.readline().split()
        yield Wire(int(ports[0]), int(ports[1]), log)
        server.stdin.close()
        server.wait(30)


def keys(event: int, ways: tuple[str, ...] = WAYS) -> list[str]:
    """The keys of an event's messages."""
    return [f"torture/{event}/{way}/{number}" for number, way in enumerate(ways)]


def record(url: str, event: int, ways: tuple[str, ...] = WAYS) -> None:
    """Record an event with its finding and its messages: all of it, or nothing; once, however often."""
    started_at = BEGAN + timedelta(seconds=event)
    judgement = judged("2026-11-24")
    with open_store(url).begin() as connection:
        if run_find(connection, judgement, "plain", started_at) is not None:
            return
        run_id = run_add(connection, judgement, "plain", started_at, BEGAN)
        findings_put(connection, run_id, judgement)
        made: list[Message] = [
            message(key=key, run_id=run_id, channel=way)
            for key, way in zip(keys(event, ways), ways, strict=True)
        ]
        messages_add(connection, made, due_at=BEGAN, recorded_at=BEGAN)


def dispatcher(url: str, other: Wire, now: datetime, rows: Outbox | None = None) -> Dispatcher:
    """The dispatcher as it is in use, with a clock that stands still."""
    address = f"127.0.0.1:{other.http}"
    transports = {
        "mail": SmtpTransport("127.0.0.1", other.smtp, "dx@example.jp", starttls=False),
        "chat": WebhookTransport(
            Door(f"http://{address}/", (address,)), {"title": "{subject}", "text": "{text}"}, "時津町"
        ),
    }
    return Dispatcher(
        rows or Outbox(open_store(url), "togitsu"), transports.__getitem__, lambda: now, CHANNELS
    )


def verdict(
    url: str, other: Wire, events: int, ways_of: Callable[[int], tuple[str, ...]] = lambda event: WAYS
) -> dict[str, int]:
    """Count what must be nought, and what is worth knowing; an assertion where a count must not be."""
    with open_store(url).begin() as connection:
        stored = list(connection.execute(select(messages.c.key, messages.c.state)))
        recorded = len(list(connection.execute(select(runs.c.id))))
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    expected = {
        key: message(key=key).idempotency_key
        for event in range(events)
        for key in keys(event, ways_of(event))
    }
    seen: Counter[str] = Counter()
    unmarked = 0
    for key, marked in other.taken():
        # The first copy may be marked too: nobody knew that an earlier one had not gone out.
        unmarked += seen[key] > 0 and not marked
        seen[key] += 1
    return {
        "events": events,
        "events_not_one_row": abs(recorded - events),
        "messages": len(expected),
        "rows_missing_or_doubled": len(set(expected) ^ {key for key, _ in stored})
        + len(stored)
        - len(dict(stored)),
        "rows_not_sent": sum(state != "sent" for _, state in stored),
        "lost": sum(seen[key] == 0 for key in expected.values()),
        "strange_keys": len(set(seen) - set(expected.values())),
        "wire_doubles": sum(count - 1 for count in seen.values()),
        "wire_doubles_not_marked": unmarked,
    }


#: What must be nought, always.
NOUGHT = (
    "events_not_one_row",
    "rows_missing_or_doubled",
    "rows_not_sent",
    "lost",
    "strange_keys",
    "wire_doubles_not_marked",
    "steps_survived",
    "freezes_missed",
    "keys_twice_unmarked",
    "race_wire_doubles",
)
