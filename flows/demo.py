"""``shinchoku demo``: the watch on a sample inbox, in a home of its own."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from datetime import date

from config.site import Site
from flows.run import run_watch
from tasks.samples.build import DAYS, build_inbox

FOLDER = "demo-見本"


def run_demo(site: Site, day: int, as_of: date | None, *, as_json: bool) -> int:
    """Build the sample inbox of ``day`` (1 or 2) and run the watch on it as of that day.

    Day 1 starts over. The sample has its own home below the real one, with its own database, and
    always the embedded engine and the folder of .eml files: nothing of it reaches anybody.
    """
    site.prepare()
    home = site.home / FOLDER
    if day == 1 and home.exists():
        shutil.rmtree(home)
    own = site.settings.model_copy(update={"home": home, "database_url": None})
    sample = replace(site, settings=own, into_folder=True)
    sample.prepare()
    inbox = home / "inbox"
    build_inbox(inbox, day)
    print(f"見本：架空の報告です。{inbox} の表を読みます。", file=sys.stderr)
    return run_watch(sample, as_of or DAYS[day], str(inbox), "plain", as_json=as_json, strict=False)
