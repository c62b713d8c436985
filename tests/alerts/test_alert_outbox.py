"""Sending what lies in the outbox: in which order, once, and what becomes of what fails."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from findings import judged
from telling import message

from config.channels import Channels
from tasks.alerts.fallback import fallback_of
from tasks.alerts.outbox import LEASE_MARGIN, Dispatcher
from tasks.alerts.records import Claimed, Delivery, MessageKind, MessageState
from tasks.alerts.retry import backoff
from tasks.alerts.transports.base import Fault, Receipt, TransportError
from tasks.store.message_admin import drop, rows, tally, try_again
from tasks.store.messages import Outbox, messages_add, messages_of_run
from tasks.store.repositories import run_add

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOOK = {"kind": "webhook", "allowed_hosts": ["127.0.0.1:80"], "body": {}}


def rules(**delivery) -> Channels:
    """A town with a mail and a chat channel, and these rules of delivery."""
    return Channels.model_validate(
        {"channels": {"mail": {"kind": "smtp"}, "hook": HOOK}, "routes": [], "delivery": delivery}
    )


class Channel:
    """A transport that does as it is told: each send takes the next of ``outcomes``, then succeeds."""

    def __init__(self, *outcomes, seconds: float = 30.0, pause: float = 0.0, receipt=Receipt.DELIVERED):
        self.outcomes = list(outcomes)
        self.seconds = seconds
        self.pause = pause
        self.receipt = receipt
        self.sent: list[tuple[str, bool]] = []
        self.lock = threading.Lock()

    def send(self, outgoing):
        with self.lock:
            self.sent.append((outgoing.message.key, outgoing.resend))
            outcome = self.outcomes.pop(0) if self.outcomes else None
        if callable(outcome):
            outcome()
        elif isinstance(outcome, BaseException):
            raise outcome
        elif outcome is not None:
            raise TransportError(f"送れません（{outcome}）。", outcome)
        return self.receipt


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now=NINE):
        self.now = now

    def __call__(self):
        return self.now


class Post:
    """A store with messages in its outbox, and what dispatches them."""

    def __init__(self, store, *keys: str, channels=None, rules=rules()):  # noqa: B008 - frozen
        self.store, self.clock, self.rules = store, Clock(), rules
        self.slept: list[float] = []
        self.channels = channels or {"mail": Channel()}
        self.rows = Outbox(store, "togitsu")
        with store.begin() as connection:
            self.run_id = run_add(connection, judged("2026-11-24"), "plain", NINE, NINE)
            made = [message(key=key, run_id=self.run_id, channel=key.partition("/")[0]) for key in keys]
            messages_add(connection, made, due_at=NINE, recorded_at=NINE)

    def dispatch(self, at=timedelta(0)) -> Delivery:
        self.clock.now = NINE + at
        return Dispatcher(self.rows, self._connect, self.clock, self.rules, self._sleep).run()

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += timedelta(seconds=seconds)

    def _connect(self, channel):
        if channel not in self.channels:
            raise TransportError("経路がありません。", Fault.UNREACHABLE)
        return self.channels[channel]

    @property
    def mail(self) -> Channel:
        return self.channels["mail"]

    def states(self) -> list[str]:
        with self.store.begin() as connection:
            return list(connection.exec_driver_sql("SELECT state FROM messages ORDER BY id").scalars())


def counts(delivery: Delivery) -> tuple[int, int, int, int]:
    return delivery.sent, delivery.retried, delivery.failed, delivery.waiting


def test_it_sends_everything_once_oldest_first(store):
    post = Post(store, "mail/1", "mail/2", "mail/3")
    assert counts(post.dispatch()) == (3, 0, 0, 0)
    assert post.mail.sent == [("mail/1", False), ("mail/2", False), ("mail/3", False)]
    assert counts(post.dispatch(timedelta(days=9))) == (0, 0, 0, 0)
    assert len(post.mail.sent) == 3 and set(post.states()) == {MessageState.SENT}


def test_it_holds_no_transaction_open_while_a_message_is_on_its_way(store):
    post = Post(store, "mail/1")

    def look_and_write():
        # On SQLite this would wait in vain, were a transaction open.
        assert post.rows.open() == 1
        assert post.states() == [MessageState.SENDING]
        assert post.rows.due(NINE) == []

    post.mail.outcomes = [look_and_write]
    assert counts(post.dispatch()) == (1, 0, 0, 0)


# day line: how the sends end → what each dispatch comes to (sent, retried, failed, waiting), what went out marked
OUTCOMES = [
    pytest.param([Fault.TRANSIENT, None], [(0, 1, 0, 1), (1, 0, 0, 0)], [False, False], id="transient, then success"),
    pytest.param([Fault.UNREACHABLE, None], [(0, 1, 0, 1), (1, 0, 0, 0)], [False, False], id="unreachable, then there"),
    pytest.param([Fault.UNKNOWN, None], [(0, 1, 0, 1), (1, 0, 0, 0)], [False, True], id="unknown, so a resend"),
    pytest.param([Fault.UNKNOWN, Fault.TRANSIENT, None], [(0, 1, 0, 1), (0, 1, 0, 1), (1, 0, 0, 0)], [False, True, True], id="once unknown it stays a resend"),
    pytest.param([Fault.PERMANENT], [(0, 0, 1, 0), (0, 0, 0, 0)], [False], id="permanent: dead, and never tried again"),
    pytest.param([RuntimeError("himitsu"), None], [(0, 1, 0, 1), (1, 0, 0, 0)], [False, True], id="a fault of our own"),
]  # fmt: skip


@pytest.mark.parametrize(("outcomes", "deliveries", "marked"), OUTCOMES)
def test_it_deals_with_each_kind_of_failure(store, outcomes, deliveries, marked):
    post = Post(store, "mail/1", channels={"mail": Channel(*outcomes)})
    for number, expected in enumerate(deliveries):
        delivery = post.dispatch(timedelta(days=number))
        assert counts(delivery) == expected
        assert bool(delivery.problems) is (expected[1] + expected[2] > 0)
        assert "himitsu" not in "".join(delivery.problems)
    assert [resend for _, resend in post.mail.sent] == marked


def test_it_waits_longer_after_each_failure(store):
    post = Post(store, "mail/1", channels={"mail": Channel(*[Fault.TRANSIENT] * 9)})
    at, second = timedelta(0), timedelta(seconds=1)
    for attempt in range(1, 8):
        wait = backoff(post.rules.delivery, attempt, "mail/1")
        assert counts(post.dispatch(at)) == (0, 1, 0, 1)
        assert counts(post.dispatch(at + wait - second)) == (0, 0, 0, 1)
        at += wait


def test_it_tries_the_other_messages_after_a_transient_or_permanent_failure(store):
    post = Post(
        store, "mail/1", "mail/2", "mail/3", channels={"mail": Channel(Fault.TRANSIENT, Fault.PERMANENT)}
    )
    assert counts(post.dispatch()) == (1, 1, 1, 1)
    assert post.states() == [MessageState.WAITING, MessageState.DEAD, MessageState.SENT]


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.UNKNOWN])
def test_it_leaves_a_channel_alone_that_is_down_and_goes_on_with_the_others(store, fault):
    channels = {"mail": Channel(fault), "hook": Channel()}
    post = Post(store, "mail/1", "hook/1", "mail/2", "hook/2", channels=channels)
    assert counts(post.dispatch()) == (2, 1, 0, 2)
    assert len(post.mail.sent) == 1
    # What was not tried has not spent an attempt: it goes as soon as the channel is back.
    assert counts(post.dispatch(2 * MINUTE)) == (2, 0, 0, 0)


def test_it_keeps_what_has_no_channel_and_says_so(store):
    post = Post(store, "gone/1", "mail/1")
    delivery = post.dispatch()
    assert counts(delivery) == (1, 0, 0, 1) and delivery.problems == ("経路がありません。",)
    post.channels["gone"] = Channel()
    assert counts(post.dispatch()) == (1, 0, 0, 0)


def test_it_sends_again_marked_what_a_sender_that_died_may_have_sent(store):
    """kill -9 between the send and its mark: nothing runs after it, not even an exception handler."""

    class Killed(BaseException):
        pass

    post = Post(store, "mail/1", "mail/2", channels={"mail": Channel(Killed())})
    with pytest.raises(Killed):
        post.dispatch()
    lease = timedelta(seconds=post.mail.seconds) + LEASE_MARGIN
    # While the lease lasts the sender may still be at it: nobody touches its message.
    assert counts(post.dispatch(lease - timedelta(seconds=1))) == (1, 0, 0, 1)
    assert counts(post.dispatch(lease)) == (1, 0, 0, 0)
    assert post.mail.sent == [("mail/1", False), ("mail/2", False), ("mail/1", True)]


def test_it_leases_a_message_for_longer_than_its_send_can_take(store):
    leases = []

    class Watched(Outbox):
        def claim(self, message_id, now, lease):
            leases.append(lease)
            return super().claim(message_id, now, lease)

    post = Post(store, "mail/1", channels={"mail": Channel(seconds=300.0)})
    post.rows = Watched(store, "togitsu")
    post.dispatch()
    assert leases == [timedelta(seconds=360)]


def test_it_does_not_touch_what_another_sender_took_over(store):
    """A sender that woke up after its lease learns that the row is no longer its own."""
    post = Post(store, "mail/1")
    slow = post.rows.claim(*_first(post), NINE, MINUTE)
    quick = post.rows.claim(slow.id, NINE + MINUTE, MINUTE)
    assert quick.resend and not slow.resend and quick.attempts == 2
    assert not post.rows.sent(slow, NINE + MINUTE)
    assert not post.rows.retry(slow, "…", NINE, unknown=False)
    assert not post.rows.dead(slow, "…", NINE)
    assert post.states() == [MessageState.SENDING]
    assert post.rows.sent(quick, NINE + MINUTE) and post.states() == [MessageState.SENT]


def _first(post: Post) -> tuple[int]:
    return (post.rows.due(NINE)[0][0],)


def test_it_sends_each_message_once_however_many_dispatch_at_once(store):
    keys = [f"mail/{number}" for number in range(60)]
    post = Post(store, *keys)
    start = threading.Barrier(8)
    deliveries = []

    def race():
        start.wait()
        deliveries.append(Dispatcher(Outbox(store, "togitsu"), post._connect, Clock(), rules()).run())

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert Counter(key for key, _ in post.mail.sent) == Counter(keys)
    assert sum(d.sent for d in deliveries) == 60 and set(post.states()) == {MessageState.SENT}


def test_it_takes_no_message_of_another_town(store):
    post = Post(store, "mail/1")
    assert Outbox(store, "nagayo").due(NINE) == [] and Outbox(store, "nagayo").open() == 0
    assert len(post.rows.due(NINE)) == 1


def test_it_refuses_a_second_message_with_the_same_key(store):
    from sqlalchemy.exc import IntegrityError

    post = Post(store, "mail/1")
    with pytest.raises(IntegrityError), store.begin() as connection:
        messages_add(connection, [message(key="mail/1", run_id=post.run_id)], due_at=NINE, recorded_at=NINE)
    with store.begin() as connection:
        assert [m.key for m in messages_of_run(connection, post.run_id)] == ["mail/1"]


class FakeRows:
    """The outbox as a list, written by hand: what the dispatcher asks, and in which order."""

    def __init__(self, *claims: Claimed | None):
        self.claims = list(claims)
        self.calls: list[str] = []

    def due(self, now, after=0):
        return [(number, "mail") for number in range(1, len(self.claims) + 1) if number > after]

    def claim(self, message_id, now, lease):
        self.calls.append(f"claim {message_id}")
        return self.claims[message_id - 1]

    def sent(self, claimed, at, *, accepted):
        assert not accepted
        self.calls.append(f"sent {claimed.id}")
        return True

    def open(self):
        return 0

    def dead_letters(self):
        return 0


def test_it_claims_sends_and_only_then_marks():
    claimed = Claimed(id=1, claim="x", attempts=1, resend=False, queued_at=NINE, message=message())
    rows = FakeRows(None, claimed)
    channel = Channel(lambda: rows.calls.append("send"))
    delivery = Dispatcher(rows, lambda _: channel, Clock(), rules()).run()
    # The first was taken by somebody else meanwhile.
    assert rows.calls == ["claim 1", "claim 2", "send", "sent 1"]
    assert counts(delivery) == (1, 0, 0, 0)


def test_it_derives_id_and_key_from_what_a_message_is_and_from_nothing_else():
    one, same, other = (
        message(),
        message(text="別の文"),
        message(key="togitsu/2026-11-24/1/mail/担当課:税務課"),
    )
    assert one.message_id == same.message_id != other.message_id
    assert one.idempotency_key == same.idempotency_key != other.idempotency_key
    assert one.message_id.isascii() and one.message_id == f"<{one.idempotency_key}@togitsu.shinchoku>"


# --- given up, taken over, held back ---


def wait_for(minutes: float) -> TransportError:
    return TransportError("混み合っています。", Fault.TRANSIENT, timedelta(minutes=minutes))


def test_it_notes_what_was_only_accepted(store):
    post = Post(store, "hook/1", channels={"hook": Channel(receipt=Receipt.ACCEPTED)})
    delivery = post.dispatch()
    assert (delivery.sent, delivery.accepted, delivery.waiting) == (1, 1, 0)
    assert post.states() == [MessageState.ACCEPTED]
    assert post.dispatch(timedelta(days=9)).sent == 0


def test_it_leaves_a_busy_channel_alone_for_as_long_as_it_asks(store):
    hook = Channel(wait_for(30))
    post = Post(store, "hook/1", "hook/2", "mail/1", channels={"mail": Channel(), "hook": hook})
    assert counts(post.dispatch()) == (1, 1, 0, 2)
    # The second message, never tried, waits as well.
    assert counts(post.dispatch(29 * MINUTE)) == (0, 0, 0, 2) and len(hook.sent) == 1
    assert counts(post.dispatch(30 * MINUTE)) == (2, 0, 0, 0)


def test_it_keeps_the_pace_the_other_side_wants(store):
    channels = {"hook": Channel(pause=1.0), "mail": Channel()}
    post = Post(store, "hook/1", "mail/1", "hook/2", "mail/2", "hook/3", channels=channels)
    assert counts(post.dispatch()) == (5, 0, 0, 0)
    assert post.slept == [1.0, 1.0]


GIVEN_UP = [
    pytest.param([Fault.PERMANENT], [timedelta(0)], id="refused"),
    pytest.param([Fault.UNREACHABLE] * 2, [timedelta(0), timedelta(hours=24)], id="too old"),
    pytest.param([Fault.TRANSIENT] * 2, [timedelta(0), timedelta(hours=1)], id="too often"),
]


@pytest.mark.parametrize(("outcomes", "times"), GIVEN_UP)
def test_it_sends_by_the_fallback_what_a_chat_did_not_take_once(store, outcomes, times):
    channels = {"hook": Channel(*outcomes), "mail": Channel()}
    post = Post(store, "hook/1", channels=channels, rules=rules(fallback="mail", max_attempts=2))
    deliveries = [post.dispatch(at) for at in times]
    assert deliveries[-1].failed == 1 and deliveries[-1].sent == 1 and deliveries[-1].dead_letters == 1
    assert post.mail.sent == [("hook/1/fallback:mail", False)]
    assert post.states() == [MessageState.DEAD, MessageState.SENT]
    # Tried again by hand and given up again, it is not sent by mail again.
    with store.begin() as connection:
        assert try_again(connection, "togitsu", [1, 2], NINE + times[-1], "…") == [1]
    channels["hook"].outcomes = [Fault.PERMANENT]
    assert post.dispatch(times[-1]).failed == 1
    assert len(post.mail.sent) == 1 and post.states() == [MessageState.DEAD, MessageState.SENT]


def test_it_has_no_fallback_for_a_mail_and_none_for_a_fallback(store):
    mail = Channel(Fault.PERMANENT, Fault.PERMANENT)
    channels = {"mail": mail, "hook": Channel(Fault.PERMANENT)}
    post = Post(store, "mail/1", "hook/1", channels=channels, rules=rules(fallback="mail"))
    delivery = post.dispatch()
    assert (delivery.failed, delivery.dead_letters, delivery.waiting) == (3, 3, 0)
    assert [key for key, _ in mail.sent] == ["mail/1", "hook/1/fallback:mail"]


def test_it_says_in_the_fallback_what_it_is_and_changes_nothing_else():
    first = message(channel="chat", key="k")
    made = fallback_of(first, "mail")
    assert made.message_id != first.message_id and made.kind is MessageKind.FALLBACK
    assert made.subject == f"【予備の経路】{first.subject}"
    assert made.text.startswith("【予備の経路】経路「chat」で送れなかったため") and made.text.endswith(
        first.text
    )
    assert "経路「chat」で送れなかったため" in made.html and made.address == first.address


# --- in a person's hands ---


def test_it_is_dropped_with_its_reason_and_can_be_taken_back(store):
    post = Post(store, "mail/1", "mail/2", channels={"mail": Channel(Fault.PERMANENT)})
    post.dispatch()
    with store.begin() as connection:
        # The second has gone out: there is nothing to drop.
        assert drop(connection, "togitsu", [1, 2, 99], NINE, "取下げ（山田）：重複") == [1]
        assert drop(connection, "nagayo", [1], NINE, "…") == []
        assert tally(connection, "togitsu")[MessageState.DROPPED] == 1
    assert post.dispatch(timedelta(days=1)).dead_letters == 0 and len(post.mail.sent) == 2
    with store.begin() as connection:
        assert try_again(connection, "togitsu", [1, 2], NINE, "送り直しの指示") == [1]
        row = rows(connection, "togitsu")[0]
    assert (row.state, row.attempts, row.finished_at) == (MessageState.WAITING, 0, None)
    assert row.note == "2026-11-24 00:00 取下げ（山田）：重複\n2026-11-24 00:00 送り直しの指示"
    assert counts(post.dispatch(timedelta(days=1))) == (1, 0, 0, 0)
    assert [key for key, _ in post.mail.sent] == ["mail/1", "mail/2", "mail/1"]


def test_it_counts_age_and_attempts_afresh_after_a_person_had_it_tried_again(store):
    post = Post(store, "mail/1", channels={"mail": Channel(*[Fault.UNREACHABLE] * 9)})
    week = timedelta(days=8)
    assert counts(post.dispatch(week)) == (0, 0, 1, 0)
    with store.begin() as connection:
        try_again(connection, "togitsu", [1], NINE + week, "…")
    assert counts(post.dispatch(week)) == (0, 1, 0, 1)
    assert counts(post.dispatch(week + timedelta(days=6))) == (0, 1, 0, 1)
    assert counts(post.dispatch(week + timedelta(days=8))) == (0, 0, 1, 0)


def test_it_does_not_touch_what_a_sender_has_in_hand(store):
    post = Post(store, "mail/1")
    held = post.rows.claim(1, NINE, MINUTE)
    with store.begin() as connection:
        assert drop(connection, "togitsu", [1], NINE, "…") == []
        assert try_again(connection, "togitsu", [1], NINE, "…") == []
    assert post.rows.sent(held, NINE)


# --- a clock that jumps ---


def test_it_loses_nothing_when_the_clock_jumps(store):
    """Ahead by ten years while a message is on its way, and back again."""
    decade = timedelta(days=3650)
    channels = {"mail": Channel()}
    post = Post(store, "mail/1", "mail/2", channels=channels)
    channels["mail"].outcomes = [
        lambda: setattr(post.clock, "now", NINE + decade),
        Fault.UNREACHABLE,
    ]
    # Never tried before, the second is not given up for its age at once … but it is too old when it fails.
    assert counts(post.dispatch()) == (1, 0, 1, 0)
    with store.begin() as connection:
        assert [row.state for row in rows(connection, "togitsu", [MessageState.DEAD])] == [MessageState.DEAD]
        # It is not lost: it shows, and a person has it sent.
        try_again(connection, "togitsu", [2], NINE, "…")
    assert counts(post.dispatch()) == (1, 0, 0, 0)


def test_it_sends_what_a_clock_ahead_had_put_off_once_that_time_comes_or_a_person_says_so(store):
    post = Post(store, "mail/1", "mail/2", channels={"mail": Channel(Fault.TRANSIENT, Fault.TRANSIENT)})
    ahead = timedelta(hours=20)
    assert counts(post.dispatch(ahead)) == (0, 2, 0, 2)
    # Back in the present the two seem due tomorrow.
    assert counts(post.dispatch(MINUTE)) == (0, 0, 0, 2)
    with store.begin() as connection:
        try_again(connection, "togitsu", [1], NINE + MINUTE, "…")
    assert counts(post.dispatch(MINUTE)) == (1, 0, 0, 1)
    assert counts(post.dispatch(ahead + 2 * MINUTE)) == (1, 0, 0, 0)


def test_it_marks_as_a_resend_what_a_clock_ahead_let_a_second_sender_take(store):
    """The lease seems over while the first sender is still at it: a double, but one that says so."""
    post = Post(store, "mail/1")
    other: list[Delivery] = []

    def second_sender():
        clock = Clock(NINE + timedelta(days=1))
        other.append(Dispatcher(Outbox(store, "togitsu"), post._connect, clock, rules()).run())

    post.mail.outcomes = [second_sender]
    post.dispatch()
    assert post.mail.sent == [("mail/1", False), ("mail/1", True)]
    assert post.states() == [MessageState.SENT] and other[0].sent == 1
