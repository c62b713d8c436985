"""``shinchoku up`` and ``schedule``: what keeps running, with Prefect or without."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import AsJson, Town, guarded, open_site


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
