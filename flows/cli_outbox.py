"""``shinchoku deliver`` and ``shinchoku outbox``: sending now, and the messages that could not be sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_options import AsJson, Town, fail, guarded, open_site

if TYPE_CHECKING:
    from config.site import Site
    from tasks.store.message_admin import Row

outbox_app = typer.Typer(
    help="送信箱：送信待ち・配信不能の通知を確かめ、送り直すか取り下げます。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Ids = Annotated[list[int], typer.Argument(metavar="ID…", help="通知の番号（outbox list の左端）")]


@guarded
def deliver(town: Town = "", as_json: AsJson = False) -> int:
    """通知の送信：送信待ちの通知のうち、送る時刻になったものを送ります。"""
    from flows.deliver import deliver_only, outcome
    from flows.engines import PlainEngine

    site = open_site(town)
    site.prepare()
    delivery = deliver_only(PlainEngine(), site)
    print(delivery.model_dump_json() if as_json else outcome(delivery))
    return 0


@outbox_app.command("list")
@guarded
def outbox_list(
    town: Town = "",
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="送信済み・取下げのものも示します")] = False,
) -> int:
    """送信箱の一覧：まだ送れていない通知と、配信不能の通知を示します。"""
    from tasks.alerts.records import MessageState
    from tasks.store.engine import transaction
    from tasks.store.message_admin import rows, tally

    site = open_site(town)
    site.prepare()
    unsettled = (MessageState.WAITING, MessageState.SENDING, MessageState.DEAD)
    with transaction(site.database_url) as connection:
        found = rows(connection, site.town, MessageState if everything else unsettled)
        counts = tally(connection, site.town)
    if as_json:
        document = {
            "town": site.town,
            "counts": {state.value: count for state, count in counts.items()},
            "messages": [_document(row) for row in found],
        }
        print(json.dumps(document, ensure_ascii=False))
        return 0
    _print(found)
    print("　".join(f"{state.label} {count}" for state, count in counts.items()))
    return 0


def _document(row: Row) -> dict[str, object]:
    message = row.message
    return {
        "id": row.id,
        "key": message.key,
        "kind": message.kind.value,
        "state": row.state.value,
        "channel": message.channel,
        "recipient": message.recipient,
        "subject": message.subject,
        "attempts": row.attempts,
        "resend": row.resend,
        "due_at": row.due_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "recorded_at": row.recorded_at.isoformat(),
        "error": row.error,
        "note": row.note,
    }


def _print(found: Sequence[Row]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from flows.clock import TOKYO
    from flows.show import console

    out = console()
    if not found:
        out.print("送れていない通知はありません。")
        return
    table = Table("ID", "状態", "経路", "宛先", "件名", "回数", "次に送る時刻", "理由")
    for row in found:
        due = f"{row.due_at.astimezone(TOKYO):%m-%d %H:%M}" if row.finished_at is None else "—"
        told = " ".join(part for part in (row.error, row.note) if part)
        cells = (row.message.channel, row.message.recipient, row.message.subject)
        table.add_row(str(row.id), row.state.label, *map(escape, cells), str(row.attempts), due, escape(told))
    out.print(table)


@outbox_app.command("retry")
@guarded
def outbox_retry(
    ids: Ids, town: Town = "", by: Annotated[str, typer.Option(help="指示した人（記録に残ります）")] = ""
) -> int:
    """送り直し：配信不能・取下げの通知を、次の送信で送り直します（`shinchoku deliver` ですぐ送れます）。"""
    from tasks.store.message_admin import try_again

    return _change(open_site(town), ids, try_again, f"送り直しの指示{_by(by)}", "送り直します")


@outbox_app.command("drop")
@guarded
def outbox_drop(
    ids: Ids,
    reason: Annotated[str, typer.Option(help="取り下げる理由（記録に残ります）")],
    town: Town = "",
    by: Annotated[str, typer.Option(help="指示した人（記録に残ります）")] = "",
) -> int:
    """取下げ：送る必要のなくなった通知を取り下げます。消さずに、理由とともに残します。"""
    from tasks.store.message_admin import drop

    if not reason.strip():
        fail("--reason が空です。", "取り下げる理由を書いてください。")
    noted = f"取下げ{_by(by)}：{' '.join(reason.split())}"
    return _change(open_site(town), ids, drop, noted, "取り下げました")


def _by(name: str) -> str:
    return f"（{' '.join(name.split())}）" if name.strip() else ""


def _change(site: Site, ids: list[int], change: object, note: str, done_words: str) -> int:
    from flows.clock import now
    from tasks.store.engine import transaction

    assert callable(change)  # noqa: S101 - one of the two above, imported where it is needed
    site.prepare()
    with transaction(site.database_url) as connection:
        done: list[int] = change(connection, site.town, ids, now(), note)
    for number in done:
        print(f"{number}：{done_words}。")
    left = [number for number in ids if number not in done]
    for number in left:
        print(
            f"{number}：変えられません（番号がないか、送信済み又は送信中です）。"
            "shinchoku outbox list --all で確かめてください。",
            file=sys.stderr,
        )
    return 2 if left else 0
