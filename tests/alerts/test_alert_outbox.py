"""Sending what lies in the outbox: in which order, once, and what becomes of what fails."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from posts import MINUTE, NINE, Channel, Clock, Post, counts, rules
from telling import message

from tasks.alerts.outbox import LEASE_MARGIN, Dispatcher
from tasks.alerts.records import Claimed, MessageState
from tasks.alerts.retry import backoff
from tasks.alerts.transports.base import Fault
from tasks.store.messages import Outbox, messages_add, messages_of_run


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
