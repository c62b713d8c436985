"""``shinchoku portfolio``: the early-warning rules on any portfolio of projects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import AsJson, Strict, Town, guarded, open_site


@guarded
def portfolio(
    file: Annotated[Path, typer.Argument(help="基準日ごとの事業一覧（CSV）")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help='列の指定。例：--column id="Project ID"（id・name・snapshot_on・starts_on・ends_on・rating・text）'
        ),
    ] = None,
    slip_months: Annotated[
        int, typer.Option(min=0, help="遅れと数える延び（月）。省略すると設定の値（6）")
    ] = 0,
    date_order: Annotated[
        str, typer.Option(help="数字の日付の並び：dmy・mdy。省略すると列から判断します")
    ] = "",
    town: Town = "",
    as_json: AsJson = False,
    strict: Strict = False,
) -> int:
    """事業一覧：ほかの団体の一覧に早期の警告を当てはめ、公表の評価や終わりの近さより当たるかを示します。"""
    from flows.portfolio import run_portfolio

    return run_portfolio(
        open_site(town), file, column or [], slip_months, date_order, as_json=as_json, strict=strict
    )
