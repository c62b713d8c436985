"""``shinchoku deliver`` and ``shinchoku outbox``: what an admin sees of messages that did not go out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from findings import judged
from telling import message
from typer.testing import CliRunner

from flows.cli import app
from tasks.alerts.records import MessageState
from tasks.store.engine import open_store
from tasks.store.messages import Outbox, messages_add
from tasks.store.repositories import run_add

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
def shinchoku(tmp_path, monkeypatch):
    """Run a command of a home whose outbox holds a dead, a waiting and a sent message."""
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path))
    store = open_store(f"sqlite:///{tmp_path / 'shinchoku.db'}")
    rows = Outbox(store, "togitsu")
    with store.begin() as connection:
        run_id = run_add(connection, judged("2026-11-24"), "plain", NINE, NINE)
        made = [message(key=key, run_id=run_id, channel="mail_folder") for key in ("dead", "sent")]
        messages_add(connection, made, due_at=NINE, recorded_at=NINE)
    for number in (1, 2):
        claimed = rows.claim(number, NINE, NINE - NINE)
        assert rows.dead(claimed, "宛先がありません。", NINE) if number == 1 else rows.sent(claimed, NINE)
    with store.begin() as connection:
        messages_add(connection, [message(key="waiting", run_id=run_id, channel="mail_folder")], NINE, NINE)

    def run(*args: str):
        return CliRunner().invoke(app, list(args))

    return run


def states(shinchoku) -> list[str]:
    done = shinchoku("outbox", "list", "--all", "--json")
    assert done.exit_code == 0
    return [found["state"] for found in json.loads(done.stdout)["messages"]]


def test_it_lists_what_has_not_gone_out(shinchoku):
    shown = shinchoku("outbox", "list")
    assert shown.exit_code == 0
    assert (
        "配信不能" in shown.stdout and "宛先がありません。" in shown.stdout and "送信済み 1" in shown.stdout
    )
    document = json.loads(shinchoku("outbox", "list", "--json").stdout)
    assert [(m["id"], m["key"], m["state"]) for m in document["messages"]] == [
        (1, "dead", "dead"),
        (3, "waiting", "waiting"),
    ]
    assert document["counts"] == {state.value: 0 for state in MessageState} | {"dead": 1, "sent": 1, "waiting": 1}  # fmt: skip


def test_it_sends_what_is_due_and_names_what_is_dead(shinchoku):
    done = shinchoku("deliver")
    assert done.exit_code == 0
    assert done.stdout == "送信1通、送信待ち0通、配信不能1通（shinchoku outbox list で確かめてください）。\n"
    assert json.loads(shinchoku("deliver", "--json").stdout)["dead_letters"] == 1


def test_it_sends_again_what_was_given_up(shinchoku):
    done = shinchoku("outbox", "retry", "1", "--by", "山田")
    assert (done.exit_code, done.stdout) == (0, "1：送り直します。\n")
    assert shinchoku("deliver").stdout.startswith("送信2通")
    assert states(shinchoku) == ["sent", "sent", "sent"]


def test_it_drops_with_a_reason_and_keeps_the_record(shinchoku):
    assert shinchoku("outbox", "drop", "1").exit_code == 2
    assert shinchoku("outbox", "drop", "1", "--reason", " ").exit_code == 2
    done = shinchoku("outbox", "drop", "1", "2", "7", "--reason", "同じ内容を電話で伝えた")
    assert (done.exit_code, done.stdout) == (2, "1：取り下げました。\n")
    assert "2：変えられません" in done.stderr and "7：変えられません" in done.stderr
    assert states(shinchoku) == ["dropped", "sent", "waiting"]
    assert "取下げ：同じ内容を電話で伝えた" in shinchoku("outbox", "list", "--all").stdout.replace("\n", "")
