"""``shinchoku history`` and ``shinchoku replay``: what was true, and known, on a past day."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import AsJson, AsOf, Strict, Town, guarded, open_site, parse_day

KnownAt = Annotated[
    str,
    typer.Option(
        metavar="日か時刻",
        help="この時までに記録されていたことだけで判定します（2026-11-24 又は 2026-11-24T09:00）。省略すると今",
    ),
]


@guarded
def history(town: Town = "", as_of: AsOf = "", known_at: KnownAt = "", as_json: AsJson = False) -> int:
    """過去の判定：ある日の判定を、記録から作り直して示します。何も記録せず、知らせません。"""
    from flows.replay import parse_instant, show_history

    return show_history(open_site(town), parse_day(as_of), parse_instant(known_at), as_json=as_json)


@guarded
def replay(
    town: Town = "",
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="最初の日")] = "",
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="最後の日。省略すると今日")] = "",
    known_at: KnownAt = "",
    as_json: AsJson = False,
    strict: Strict = False,
) -> int:
    """再現：期間の開庁日ごとに判定を作り直し、判定の移り変わりと、記録との違いを示します。"""
    from flows.replay import parse_instant
    from flows.replay import replay as run_replay

    site = open_site(town)
    days = parse_day(first), parse_day(last)
    return run_replay(site, *days, parse_instant(known_at), as_json=as_json, strict=strict)
