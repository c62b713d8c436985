"""``shinchoku plan actions``: the アクションプラン of the departments, out and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import AsJson, AsOf, Town, guarded, open_site, parse_day

actions_app = typer.Typer(
    help="アクションプラン：各課が記入するブックの書出しと取込み。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Plans = Annotated[
    Path | None, typer.Option("--plans", help="計画データのフォルダ。省略すると計画と同じ場所（plan_data）")
]


@actions_app.command("export")
@guarded
def export_(
    file: Annotated[Path, typer.Argument(help="書くブック（.xlsx）")],
    town: Town = "",
    as_of: AsOf = "",
    year: Annotated[str, typer.Option(help="年度（例：R8）。省略すると基準日の年度")] = "",
    plans: Plans = None,
    as_json: AsJson = False,
) -> int:
    """各課が記入するアクションプランのブックを、今の内容を入れて書き出します。"""
    from flows.action_plans import export_actions

    return export_actions(open_site(town), file, year, parse_day(as_of), plans, as_json=as_json)


@actions_app.command("import")
@guarded
def import_(
    file: Annotated[Path, typer.Argument(help="記入されたブック")],
    town: Town = "",
    decided_on: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="決定日。この日から効きます。省略すると今日")
    ] = "",
    plans: Plans = None,
    as_json: AsJson = False,
) -> int:
    """記入されたブックを検査し、誤りがなければ計画データ（YAML）に取り込みます。"""
    from flows.action_plans import import_actions

    return import_actions(open_site(town), file, parse_day(decided_on), plans, as_json=as_json)
