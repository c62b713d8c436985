"""Messages given up, held back, in a person's hands, or put off by a clock that jumps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from posts import MINUTE, NINE, Channel, Clock, Post, counts, rules
from telling import message

from tasks.alerts.fallback import fallback_of
from tasks.alerts.outbox import Dispatcher
from tasks.alerts.records import Delivery, MessageKind, MessageState
from tasks.alerts.transports.base import Fault, Receipt, TransportError
from tasks.store.message_admin import drop, rows, tally, try_again
from tasks.store.messages import Outbox

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
