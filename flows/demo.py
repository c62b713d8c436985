"""``shinchoku demo`` and 見本: the watch on a sample inbox, in a home of its own."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.engines import Engine

if TYPE_CHECKING:
    from flows.watch import WatchResult

FOLDER = "demo-見本"


class SampleOrder(BaseModel):
    """What an admin asks of 見本; the Prefect form is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        title="見本",
        json_schema_extra={"description": "架空の報告で動きを見ます。本番の記録には触れません。"},
    )

    town: str = Field(
        "togitsu",
        title="自治体",
        description="設定フォルダの名前です。",
        json_schema_extra={"choices": "towns"},
    )
    day: Literal["1日目", "2日目（翌営業日）"] = Field(
        "1日目",
        title="どの日か",
        description="1日目は、はじめからやり直します。2日目は、その翌営業日で、2課の表が変わります。",
    )


def run_demo(site: Site, day: int, as_of: date | None, *, as_json: bool) -> int:
    """Build the sample inbox of ``day`` (1 or 2) and run the watch on it as of that day.

    Day 1 starts over. The sample has its own home below the real one, with its own database, and
    always the embedded engine and the folder of .eml files: nothing of it reaches anybody.
    """
    from flows.run import run_watch
    from tasks.samples.build import DAYS

    acting, inbox = _prepared(site, day)
    print(f"見本：架空の報告です。{inbox} の表を読みます。", file=sys.stderr)
    return run_watch(acting, as_of or DAYS[day], str(inbox), "plain", as_json=as_json, strict=False)


def sample(engine: Engine, site: Site, order: SampleOrder) -> WatchResult:
    """Run the watch on the sample inbox, as run_demo does, under any engine."""
    from flows.watch import watch
    from tasks.samples.build import DAYS

    day = 1 if order.day == "1日目" else 2
    acting, inbox = _prepared(site, day)
    return watch(
        engine, acting, inbox, DAYS[day], shown=lambda artifact: artifact.set_apart("sample", "【見本】")
    )


def _prepared(site: Site, day: int) -> tuple[Site, Path]:
    from tasks.samples.build import build_inbox

    site.prepare()
    home = site.home / FOLDER
    if day == 1 and home.exists():
        shutil.rmtree(home)
    own = site.settings.model_copy(update={"home": home, "database_url": None})
    acting = replace(site, settings=own, into_folder=True)
    acting.prepare()
    inbox = home / "inbox"
    build_inbox(inbox, day)
    return acting, inbox
