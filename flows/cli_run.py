"""``shinchoku run`` and ``demo``: the watch itself."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import AsJson, AsOf, InboxOption, Strict, Town, fail, guarded, open_site, parse_day


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
