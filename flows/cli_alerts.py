"""``shinchoku ack``, ``snooze`` and ``shinchoku alerts``: answering what the watch has told."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_alerts_preview import preview
from flows.cli_options import AsJson, AsOf, Town, fail, guarded, open_site, parse_day

if TYPE_CHECKING:
    from tasks.alerts.answers import Answer

alerts_app = typer.Typer(
    help="通知：まだ解消していない通知の一覧と、上へ知らせる前の確認。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
alerts_app.command()(preview)

Alert = Annotated[str, typer.Argument(help="通知の番号、事業（DX-02）、又は事業と段階（DX-02/導入1）")]
Owner = Annotated[str, typer.Option(help="対応する人・課")]
Reason = Annotated[str, typer.Option(help="対応の内容、又は保留の理由")]
Until = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="この日まで有効。その後は改めて知らせます")]


@guarded
def ack(
    alert: Alert, owner: Owner, reason: Reason, until: Until = "", town: Town = "", as_json: AsJson = False
) -> int:
    """対応中：通知に対応していることを記録します。期限まで、督促も上への通知も止まります。"""
    from flows.clock import now
    from tasks.alerts.answering import ack as record_ack

    given = record_ack(open_site(town), alert, owner, reason, _day(until), now())
    return _print_answers(given, as_json=as_json)


@guarded
def snooze(
    alert: Alert, owner: Owner, reason: Reason, until: Until, town: Town = "", as_json: AsJson = False
) -> int:
    """保留：通知を期限まで保留します。期限が過ぎると、改めて知らせます。"""
    from flows.clock import now
    from tasks.alerts.answering import snooze as record_snooze

    given = record_snooze(open_site(town), alert, owner, reason, _day(until), now())
    return _print_answers(given, as_json=as_json)


@alerts_app.command("list")
@guarded
def list_alerts(town: Town = "", as_of: AsOf = "", as_json: AsJson = False) -> int:
    """まだ解消していない通知を、回答・待っている日数・確認待ちとともに示します。"""
    from tasks.alerts.answering import open_alerts

    site, day = open_site(town), parse_day(as_of)
    alerts = open_alerts(site, day)
    if as_json:
        document = {"as_of": day.isoformat(), "alerts": [a.model_dump(mode="json") for a in alerts]}
        print(json.dumps(document, ensure_ascii=False))
    else:
        from flows.show_alerts import print_alerts

        print_alerts(alerts, day)
    return 0


@alerts_app.command()
@guarded
def release(
    numbers: Annotated[list[int], typer.Argument(help="確認待ちの番号（alerts list の「確認待ち」）")],
    by: Annotated[str, typer.Option("--by", help="確かめた人")],
    decision: Annotated[str, typer.Option(help="send（知らせる）又は stop（知らせない）")],
    note: Annotated[str, typer.Option(help="理由など")] = "",
    town: Town = "",
    as_json: AsJson = False,
) -> int:
    """上申の確認：副本部長以上への通知を、送るか、やめるかを決めます。"""
    from flows.clock import now
    from tasks.alerts.answering import release as record_release
    from tasks.alerts.answers import Decision

    if decision not in ("send", "stop"):
        fail("--decision は send（知らせる）か stop（知らせない）のどちらかです。", "書き直してください。")
    decided = record_release(open_site(town), tuple(numbers), by, Decision(decision), now(), note)
    if as_json:
        print(json.dumps({"decided": decided}, ensure_ascii=False))
    else:
        done = "知らせます" if decision == "send" else "知らせません"
        print(f"{decided}件を決めました（{done}）。" if decided else "確認待ちのものは、もうありません。")
    return 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"--until {text!r} は日付ではありません。", "2026-12-25 のように、年-月-日で書いてください。")


def _print_answers(given: tuple[Answer, ...], *, as_json: bool) -> int:
    if as_json:
        document = {"answers": [answer.model_dump(mode="json") for answer in given]}
        print(json.dumps(document, ensure_ascii=False))
        return 0
    from tasks.wareki import wareki_with_weekday

    for answer in given:
        until = wareki_with_weekday(answer.expires_on)
        print(f"通知{answer.episode_id}：{answer.kind.label}（{answer.owner}、{until}まで）を記録しました。")
    return 0
