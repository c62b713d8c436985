"""Options that every command takes, and how a command ends."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from datetime import date
from typing import Annotated, NoReturn, ParamSpec

import typer

from config.settings import settings
from config.site import Site
from flows.clock import today
from plan_data.mendable import MendableError

Town = Annotated[str, typer.Option(help="自治体（設定フォルダの名前）。省略すると設定の値（togitsu）")]
AsOf = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="基準日。省略すると今日（日本時間）")]
AsJson = Annotated[bool, typer.Option("--json", help="結果を一つの JSON 文書で標準出力に書きます")]
InboxOption = Annotated[str, typer.Option(help="受付フォルダ。省略すると設定の値")]
Strict = Annotated[
    bool, typer.Option("--strict", help="遅れ・注意・未報告や差戻しの行があれば 1 で終わります")
]

P = ParamSpec("P")


class UsageError(MendableError):
    """Wrong use: what is wrong and what to do, each one Japanese sentence."""


def fail(what: str, remedy: str) -> NoReturn:
    """End the command with exit code 2 and one line."""
    raise UsageError(f"{what}{remedy}")


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Turn every foreseen fault of a command into one line on stderr and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except MendableError as fault:
            print(f"shinchoku: {' '.join(str(fault).split())}", file=sys.stderr)
            code = 2
        raise typer.Exit(code)

    return wrapped


def parse_day(text: str) -> date:
    """Return the day ``--as-of`` names, today when it is left out."""
    if not text:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"--as-of {text!r} は日付ではありません。", "2026-11-24 のように、年-月-日で書いてください。")


def open_site(town: str) -> Site:
    """Return the site of a town, by the settings."""
    current = settings()
    return Site(town=town or current.town, settings=current)
