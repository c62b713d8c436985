"""What the watch costs under Prefect, against an empty flow with as many empty tasks.

All run in one process against one running server, in turn, after one of each to warm up, so that
the ratios hold on any machine. Run by ``make bench``. Two ratios to the empty flow are shown: of the
whole watch, and of what Prefect adds to the same steps run plainly. Target: at most 1.25 times.

Prefect's heartbeat thread looks up once a second and is waited for at the end, so that every flow
takes whole seconds and a little. What this hides is shown too: the same without the heartbeat.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from processes import free_port, wait_for  # noqa: E402

ROUNDS = 7
AS_OF = date(2026, 11, 24)
TARGET = 1.25
#: Seconds between two heartbeats, by title.
HEARTBEATS = {"as it runs": 180, "without the heartbeat": None}
LABELS = {"first": "watch, first (new database)", "again": "watch, again (unchanged)"}


def main() -> None:
    """Start a server, time the flows against it in another process, print medians and ratios."""
    from flows.cockpit_keys import auth_string
    from flows.cockpit_parts import parts
    from flows.cockpit_state import is_ready
    from flows.prefect_env import api_url, client_env

    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server, _ = parts(_site(Path(folder)), "時津町", port, Path(folder) / "ready")
        server.start()
        try:
            wait_for(lambda: is_ready(port), 120)
            env = {**os.environ, **client_env(Path(folder), api_url(port), auth_string(_site(Path(folder))))}
            env["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "WARNING"
            # In a process that ends before the server does: Prefect sends its last events at the end.
            done = subprocess.run(
                [sys.executable, __file__, folder], env=env, check=True, stdout=subprocess.PIPE
            )
        finally:
            server.stop()
    for title, times in json.loads(done.stdout).items():
        _show(title, times)


def _timed(folder: Path) -> dict[str, dict[str, list[float]]]:
    """Return the seconds of every round, with and without the heartbeat, by flow."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.prefect_app import watch_flow
    from flows.watch import WatchOrder
    from tasks.samples.build import build_inbox

    inbox = folder / "inbox"
    build_inbox(inbox, 1)
    order = WatchOrder(town="togitsu", mode="本番", as_of=AS_OF, inbox=str(inbox))
    empty = _empty_flow(len(watch_flow(order).unquote().readings))
    empty()
    times: dict[str, dict[str, list[float]]] = {}
    for number in range(ROUNDS):
        for title, every in HEARTBEATS.items():
            row = times.setdefault(title, {})
            with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: every}):
                row.setdefault("empty", []).append(_seconds(empty))
                plain, under = folder / f"plain-{number}-{every}", folder / f"prefect-{number}-{every}"
                for name in LABELS:
                    site = _site(plain)
                    row.setdefault(f"plain {name}", []).append(_seconds(lambda: _plainly(site, inbox)))  # noqa: B023
                    _site(under)
                    row.setdefault(name, []).append(_seconds(lambda: watch_flow(order)))
    return times


def _plainly(site, inbox: Path) -> None:
    from flows.engines import PlainEngine
    from flows.watch import watch

    site.prepare()
    watch(PlainEngine(), site, inbox, AS_OF)


def _site(home: Path):
    """Make ``home`` the home that the flow takes from the environment."""
    from config.settings import settings
    from config.site import Site

    os.environ["SHINCHOKU_HOME"] = str(home)
    return Site("togitsu", settings())


def _empty_flow(files: int) -> Callable[[], object]:
    """A flow of the watch's shape whose tasks do nothing: two, one a file, four."""
    from prefect import flow

    from flows.prefect_app import watch_flow
    from flows.prefect_engine import PrefectEngine
    from tasks.step import step

    @step("空", "何もしません。")
    def nothing(number: int) -> int:
        return number

    @flow(name="空の流れ", task_runner=watch_flow.task_runner)
    def empty() -> None:
        engine = PrefectEngine()
        engine.call(nothing, 0)
        engine.call(nothing, 1)
        engine.each(nothing, [(number,) for number in range(files)])
        for number in range(4):
            engine.call(nothing, number)

    return empty


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _show(title: str, times: dict[str, list[float]]) -> None:
    ms = {name: statistics.median(values) * 1000 for name, values in times.items()}
    print(f"{title}: empty flow with as many empty tasks {ms['empty']:.0f} ms")
    for name, label in LABELS.items():
        added = ms[name] - ms[f"plain {name}"]
        print(
            f"  {label:28} {ms[name]:6.0f} ms {ms[name] / ms['empty']:5.2f}x"
            f"   steps alone {ms[f'plain {name}']:6.0f} ms"
            f"   Prefect adds {added:6.0f} ms {added / ms['empty']:5.2f}x (target <= {TARGET:.2f}x)"
        )


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(_timed(Path(sys.argv[1]))))
    else:
        main()
