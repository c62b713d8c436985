"""Servers and disks that fail, from the outbox to the wire: nothing is lost, and a double says that it is one."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from findings import judged
from servers import http_sink, smtp_server
from sqlalchemy import event
from telling import message

from config.channels import Channels
from tasks.alerts.outbox import Dispatcher
from tasks.alerts.records import MessageState
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.smtp.transport import SmtpTransport
from tasks.alerts.transports.webhook.transport import WebhookTransport
from tasks.store.engine import connected, open_store
from tasks.store.errors import StoreError
from tasks.store.message_admin import rows
from tasks.store.messages import Outbox, messages_add
from tasks.store.repositories import run_add

NINE = datetime(2026, 11, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHANNELS = Channels.model_validate(
    {
        "channels": {
            "mail": {"kind": "smtp"},
            "chat": {"kind": "webhook", "allowed_hosts": ["127.0.0.1:1"], "body": {}},
        },
        "routes": [],
    }
)


def ways(smtp: int, http: int) -> dict[str, object]:
    """The transports, to servers at these ports."""
    address = f"127.0.0.1:{http}"
    return {
        "mail": SmtpTransport("127.0.0.1", smtp, "dx@example.jp", starttls=False, silent_seconds=2.0),
        "chat": WebhookTransport(
            Door(f"http://{address}/", (address,), answer_seconds=0.2), {"title": "{subject}"}, "時津町"
        ),
    }


class Office:
    """A store with messages, and both ways out of it."""

    def __init__(self, store, smtp: int, http: int, *keys: str):
        self.store, self.now = store, NINE
        self.ways = ways(smtp, http)
        with store.begin() as connection:
            run = run_add(connection, judged("2026-11-24"), "plain", NINE, NINE)
            made = [message(key=key, run_id=run, channel=key.partition("/")[0]) for key in keys]
            messages_add(connection, made, due_at=NINE, recorded_at=NINE)

    def dispatch(self, after: timedelta = timedelta(0)):
        self.now += after
        outbox = Outbox(self.store, "togitsu")
        return Dispatcher(outbox, self.ways.__getitem__, lambda: self.now, CHANNELS).run()

    def state(self) -> MessageState:
        with self.store.begin() as connection:
            return rows(connection, "togitsu")[0].state


def taken(box, sink) -> list[bool]:
    """Every copy that was taken by mail or over the web: whether it said that it may be a second one."""
    mails = [mail["X-Shinchoku-Resend"] is not None for _, mail in box.received]
    posts = [headers.get("X-Shinchoku-Resend") is not None for _, headers, _ in sink.posts]
    return mails + posts


WAITING, DEAD = MessageState.WAITING, MessageState.DEAD
# way     what the server does                       then it is   copies taken in the end, each marked or not
BREAKS = [
    ("mail", {"answers": {"RCPT": "421 closing"}},     WAITING,     [False]),
    ("mail", {"answers": {"RCPT": "450 greylisted"}},  WAITING,     [False]),
    ("mail", {"answers": {"RCPT": "550 unknown"}},     DEAD,        []),
    ("mail", {"answers": {"DATA": "421 closing"}},     WAITING,     [False]),
    ("mail", {"answers": {"DATA": "452 full"}},        WAITING,     [False]),
    ("mail", {"answers": {"DATA": "554 spam"}},        DEAD,        []),
    ("mail", {"hang_up": True},                        WAITING,     [False, True]),
    ("chat", {"status": 429},                          WAITING,     [False, False]),
    ("chat", {"status": 503},                          WAITING,     [False, False]),
    ("chat", {"status": 500},                          WAITING,     [False, True]),
    ("chat", {"status": 502},                          WAITING,     [False, True]),
    ("chat", {"status": 400},                          DEAD,        [False]),
    ("chat", {"hang_up": True},                        WAITING,     [False, True]),
    ("chat", {"delay": 0.6},                           WAITING,     [False, True]),
]  # fmt: skip


@pytest.mark.parametrize(("way", "fault", "state", "copies"), BREAKS, ids=lambda v: str(v)[:40])
def test_it_gets_over_a_server_that_fails(store, way, fault, state, copies):
    with smtp_server() as box, http_sink() as sink:
        office = Office(store, box.port, sink.port, f"{way}/1")
        server, sound = (box, vars(box).copy()) if way == "mail" else (sink, vars(sink).copy())
        for name, value in fault.items():
            setattr(server, name, value)
        assert office.dispatch().sent == 0 and office.state() is state
        for name in fault:
            setattr(server, name, sound[name])
        office.dispatch(HOUR)
        assert taken(box, sink) == copies
        assert office.state() is (DEAD if state is DEAD else MessageState.SENT)


def test_it_gets_over_an_outage_of_three_days(store):
    """Every hour for 72 hours nobody answers; then everything goes out, once, and nothing is marked."""
    with smtp_server() as box, http_sink() as sink:
        office = Office(store, 1, 1, "mail/1", "chat/1", "mail/2")
        for _ in range(72):
            assert office.dispatch(HOUR).sent == 0
        office.ways = ways(box.port, sink.port)
        deliveries = [office.dispatch(HOUR) for _ in range(6)]
        assert sum(done.sent for done in deliveries) == 3
        assert deliveries[-1].waiting == deliveries[-1].dead_letters == 0
        assert taken(box, sink) == [False, False, False]


# --- the disk ---


@contextmanager
def full_disk():
    """No file of this process can grow: every write to the database's log fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def sqlite(tmp_path):
    """A store in a file."""
    url = f"sqlite:///{tmp_path / 'shinchoku.db'}"
    yield open_store(url)
    connected(url).engine.dispose()


def test_it_sends_nothing_it_cannot_write_down_first(sqlite):
    with smtp_server() as box, http_sink() as sink:
        office = Office(sqlite, box.port, sink.port, "mail/1")
        with full_disk(), pytest.raises(StoreError, match="空き"):
            office.dispatch()
        assert taken(box, sink) == [] and office.state() is WAITING
        assert office.dispatch().sent == 1
        assert taken(box, sink) == [False]


def test_it_sends_again_marked_what_it_could_not_write_down_afterwards(sqlite):
    with smtp_server() as box, http_sink() as sink:
        office = Office(sqlite, box.port, sink.port, "mail/1")
        real = office.ways["mail"]

        class FillsTheDisk:
            seconds, pause = real.seconds, 0.0

            def send(self, outgoing):
                receipt = real.send(outgoing)
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
                return receipt

        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        office.ways["mail"] = FillsTheDisk()
        try:
            with pytest.raises(StoreError, match="空き"):
                office.dispatch()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert office.state() is MessageState.SENDING
        office.ways["mail"] = real
        assert office.dispatch(HOUR).sent == 1
        assert taken(box, sink) == [False, True]


def test_it_records_all_or_nothing_on_a_full_disk(sqlite):
    with full_disk(), pytest.raises(StoreError, match="空き"):
        Office(sqlite, 1, 1, *(f"mail/{number}" for number in range(500)))
    with sqlite.begin() as connection:
        assert rows(connection, "togitsu") == []


def test_it_sends_nothing_from_a_database_it_may_not_write_to(sqlite):
    with smtp_server() as box, http_sink() as sink:
        office = Office(sqlite, box.port, sink.port, "mail/1")

        def read_only(connection, _):
            connection.execute("PRAGMA query_only=ON")

        sqlite.engine.dispose()
        event.listen(sqlite.engine, "connect", read_only)
        with pytest.raises(StoreError, match="書き込めません"):
            office.dispatch()
        event.remove(sqlite.engine, "connect", read_only)
        sqlite.engine.dispose()
        assert taken(box, sink) == [] and office.dispatch().sent == 1
