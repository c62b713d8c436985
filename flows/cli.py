"""The command line: ``shinchoku``. Each command says what it does in one sentence and exits 0, 1 or 2.

0: done. 1: with ``--strict``, findings or rejected rows. 2: wrong use or unreadable input, with a
one-line reason and what to do. Heavy things are imported by the command that needs them.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_alerts import ack, alerts_app, snooze
from flows.cli_alerts_preview import preview
from flows.cli_crosswalk import crosswalk_app
from flows.cli_history import history, replay
from flows.cli_options import AsJson, AsOf, InboxOption, Strict, Town, fail, guarded, open_site, parse_day
from flows.cli_outbox import deliver, outbox_app
from flows.cli_plan import plan_app
from flows.cli_portfolio import portfolio
from flows.cli_score import score

app = typer.Typer(
    name="shinchoku",
    help="進捗（Shinchoku）：DX推進計画の進み具合を、各課の表から判定して知らせます。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(plan_app, name="plan")
app.add_typer(outbox_app, name="outbox")
app.add_typer(crosswalk_app, name="crosswalk")
alerts_app.command("preview")(preview)
app.add_typer(alerts_app, name="alerts")
app.command()(deliver)
app.command()(ack)
app.command()(snooze)
app.command()(portfolio)
app.command()(score)
app.command()(history)
app.command()(replay)


@app.command()
@guarded
def run(
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    inbox: InboxOption = "",
    engine: Annotated[
        str, typer.Option(help="auto（コックピットがあれば Prefect、なければ単体）・plain・prefect")
    ] = "auto",
    strict: Strict = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="試行：判定して見せるだけで、記録も通知もしません")
    ] = False,
) -> int:
    """進捗監視：各課の表を集めて読み、計画と突き合わせ、判定し、知らせ、報告書を書きます。"""
    from flows.run import run_watch

    if engine not in ("auto", "plain", "prefect"):
        fail("--engine は auto・plain・prefect のどれかです。", f"--engine {engine} を直してください。")
    site = open_site(town)
    return run_watch(site, parse_day(as_of), inbox, engine, as_json=as_json, strict=strict, dry_run=dry_run)


@app.command()
@guarded
def demo(
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    day: Annotated[
        int, typer.Option(min=1, max=2, help="1：はじめから。2：翌営業日、2課の表が変わります")
    ] = 1,
) -> int:
    """見本：各課の見本の表を作り、その上で進捗監視を実行します（本番の記録には触れません）。"""
    from flows.demo import run_demo

    return run_demo(open_site(town), day, parse_day(as_of) if as_of else None, as_json=as_json)


@app.command()
@guarded
def read(
    files: Annotated[list[Path], typer.Argument(help="読む表（.xlsx など）")],
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    strict: Strict = False,
) -> int:
    """読取：表を読むだけ。何も記録せず、読めた行と読めない理由を示します。"""
    from flows.read_judge import read_files

    return read_files(open_site(town), files, parse_day(as_of), as_json=as_json, strict=strict)


@app.command()
@guarded
def judge(
    observations: Annotated[list[Path], typer.Option(help="read --json の文書。何度でも指定できます")],
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    plan: Annotated[
        Path | None, typer.Option(help="計画のファイル（YAML、または plan export の JSON）")
    ] = None,
    strict: Strict = False,
) -> int:
    """判定：読み取った文書を計画と突き合わせて判定するだけ。何も記録しません。"""
    from flows.read_judge import judge_files

    return judge_files(open_site(town), observations, plan, parse_day(as_of), as_json=as_json, strict=strict)


@app.command()
@guarded
def up(
    town: Town = "",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Prefect の画面のポート番号")] = 4200,
) -> int:
    """コックピット：Prefect のサーバと全フローを起動し、画面のURLを示します（Ctrl+C で終わります）。"""
    from flows.cockpit import up as start

    return start(open_site(town), port=port)


schedule_app = typer.Typer(
    help="予定：schedules.yaml の日時に自動で実行します（Ctrl+C で終わります）。",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(schedule_app, name="schedule")


@schedule_app.callback()
def schedule(context: typer.Context, town: Town = "") -> None:
    """予定：schedules.yaml の日時に、サーバなしで自動で実行します（Ctrl+C で終わります）。"""
    if context.invoked_subcommand is None:
        _schedule(town)


@guarded
def _schedule(town: str) -> int:
    from flows.scheduler import run_scheduler

    return run_scheduler(open_site(town))


@schedule_app.command("list")
@guarded
def schedule_list(
    town: Town = "",
    count: Annotated[int, typer.Option("--next", min=1, max=1000, help="示す件数")] = 10,
    as_json: AsJson = False,
) -> int:
    """予定の一覧：これから動く日時を、単体とコックピットの両方について示します。"""
    from flows.clock import now
    from flows.schedule_list import list_schedules

    return list_schedules(open_site(town), count, now(), as_json=as_json)


@app.command()
@guarded
def simulate(
    folder: Annotated[Path, typer.Argument(help="書き込む空のフォルダ")],
    files: Annotated[int, typer.Option(help="作るファイルの数（全国は約33,000）")] = 2000,
    seed: Annotated[int, typer.Option(help="乱数の種。同じ種なら同じファイルになります")] = 1,
    town: Town = "",
    as_json: AsJson = False,
) -> int:
    """模擬：全国の団体の表を模したファイル（見本）を作ります。読取りの速さを測るためのものです。"""
    from flows.simulate import run_simulate

    return run_simulate(open_site(town), folder, files, seed, as_json=as_json)


def main() -> None:
    """Run the command line."""
    # A start imports thousands of objects that live to the end: collecting among them costs a tenth of it.
    gc.set_threshold(200_000)
    for stream in (sys.stdout, sys.stderr):
        # A Windows console in CP932 cannot print every character of the plan.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
