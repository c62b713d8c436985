"""What the cockpit makes of silence: a lost run is marked and told of, a waiting one is left alone.

Run by ``make cockpit-torture``. A run of the command line is killed with -9: nobody is left who would
note it, but the automation. Meanwhile an escalation waits for its decision, for longer than a run may be
silent. Takes four minutes.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from cockpit import admin_was_told  # noqa: E402
from processes import free_port, running, wait_for  # noqa: E402
from real_cockpit import MAIN, START_SECONDS, UP, Cockpit, start_up  # noqa: E402

from flows.automations import SILENT_SECONDS  # noqa: E402
from tasks.samples.build import build_inbox  # noqa: E402

#: The server looks for what did not happen every five seconds; the machine may be busy.
PATIENCE = SILENT_SECONDS + 90
#: So many of each sheet keep a run at work for long enough to be killed in the middle.
COPIES = 20


def runs_in(cockpit: Cockpit, state: str) -> list[Any]:
    """The runs in the state of this name."""
    return [run for run in cockpit.ask("POST", "/flow_runs/filter", {}) if run["state_name"] == state]


def one_that_waits(cockpit: Cockpit, inbox: Path) -> str:
    """Let an alert go unanswered for ten business days; return the run that waits for a decision."""
    for day in ("2026-11-24", "2026-12-08"):
        run = cockpit.run({"mode": "本番", "as_of": day, "inbox": str(inbox)})
        assert run["state_type"] == "COMPLETED", run["state"]
    return str(wait_for(lambda: runs_in(cockpit, "Suspended"), 120)[0]["id"])


def one_that_is_lost(cockpit: Cockpit, inbox: Path, folder: Path) -> str:
    """Kill the command line in the middle of its run; return the run it leaves behind."""
    many = folder / "many"
    many.mkdir()
    for file in inbox.iterdir():
        for number in range(COPIES):
            shutil.copy(file, many / f"{file.stem}-{number}{file.suffix}")
    command = ["run", "--engine", "prefect", "--as-of", "2026-12-09", "--inbox", str(many)]
    with running(["-c", MAIN, *command], cockpit.home, str(folder / "lost")) as process:
        run = wait_for(lambda: runs_in(cockpit, "Running"), 90, process.said)[0]
        # Its first sign of life starts the clock.
        time.sleep(2)
        for pid in process.family():
            os.kill(pid, 9)
    left = cockpit.ask("GET", f"/flow_runs/{run['id']}")
    assert left["state_name"] == "Running", left["state"]
    return str(run["id"])


def main() -> int:
    """Return 0 when both promises were kept."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        home, inbox, port = folder / "home", folder / "inbox", free_port()
        build_inbox(inbox, 1)
        with start_up(home, port) as process:
            process.says(UP, START_SECONDS)
            cockpit = Cockpit(process, home, port)
            waits, began = one_that_waits(cockpit, inbox), time.monotonic()
            lost, killed = one_that_is_lost(cockpit, inbox, folder), time.monotonic()
            wait_for(lambda: lost in {run["id"] for run in runs_in(cockpit, "Crashed")}, PATIENCE)
            print(f"応答のない実行：{time.monotonic() - killed:.0f}秒で Crashed", flush=True)
            wait_for(lambda: admin_was_told(home, lost), 60)
            print(f"管理者への知らせ：{time.monotonic() - killed:.0f}秒で送信", flush=True)
            time.sleep(max(0.0, began + SILENT_SECONDS + 60 - time.monotonic()))
            assert waits in {run["id"] for run in runs_in(cockpit, "Suspended")}
            print(f"承認を待つ実行：{time.monotonic() - began:.0f}秒の後も Suspended", flush=True)
            with closing(sqlite3.connect(home / "shinchoku.db")) as records:
                keys = records.execute("SELECT key FROM messages WHERE key LIKE '%/crashed/%'").fetchall()
            assert keys == [(f"togitsu/operation/crashed/{lost}",)], keys
    return 0


if __name__ == "__main__":
    sys.exit(main())
