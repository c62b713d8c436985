"""kill -9 of a run's process, of the serving process and of the server, each in the middle of a run.

Run by ``make cockpit-torture``; the suite does one round of each. After every kill: the run is marked
as crashed, the admin was told, exactly one run was started in its place, every sheet of the inbox was
judged, and every message went out under a key of its own, once. And kill -9 of the serving process while
it registers the deployments for the first time: the next start completes them. Arguments: rounds (20),
seed (1).
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from processes import free_port, wait_for  # noqa: E402
from real_cockpit import START_SECONDS, UP, Cockpit, start_up  # noqa: E402

from tasks.samples.build import build_inbox  # noqa: E402

#: What is killed → words by which its command line is known.
VICTIMS = {"run": "prefect.engine", "serving": "flows.deployments", "server": "flows.cockpit_server"}
ENDED = ("COMPLETED", "FAILED", "CRASHED")
#: What dies more often within ten minutes is broken, and the cockpit says so and ends.
ROUNDS_A_START = 6
RECOVERY_SECONDS = 180


def one_round(cockpit: Cockpit, order: dict[str, str], victim: str, delay: float) -> str:
    """Start a run, kill ``delay`` seconds after it began, hold what came of it against the promise.

    Return how the run itself ended: COMPLETED where it was quicker than the kill.
    """
    path = f"/deployments/{cockpit.deployment()['id']}/create_flow_run"
    asked = cockpit.ask("POST", path, {"parameters": {"order": order}})["id"]
    wait_for(lambda: cockpit.ask("GET", f"/flow_runs/{asked}")["state_type"] in ("RUNNING", "COMPLETED"), 90)
    time.sleep(delay)
    try:
        os.kill(cockpit.process.pid_of(VICTIMS[victim]), 9)
    except TimeoutError:  # the run's process has ended already
        assert victim == "run"
    first, followers = wait_for(lambda: settled(cockpit, asked), RECOVERY_SECONDS, cockpit.process.said)
    if first["state_type"] == "COMPLETED":
        assert not followers
        return "COMPLETED"
    assert first["state_type"] == "CRASHED", first["state"]
    assert [run["state_type"] for run in followers] == ["COMPLETED"], followers
    assert followers[0]["parameters"] == first["parameters"]
    wait_for(lambda: admin_was_told(cockpit.home, asked), 20)
    return "CRASHED"


def admin_was_told(home: Path, crashed: str) -> bool:
    """Whether word of this crash went out to whoever looks after the service."""
    with closing(sqlite3.connect(home / "shinchoku.db")) as records:
        wanted = "SELECT state FROM messages WHERE key = ?"
        return records.execute(wanted, (f"togitsu/operation/crashed/{crashed}",)).fetchall() == [("sent",)]


def settled(cockpit: Cockpit, asked: str) -> tuple[Any, list[Any]] | None:
    """The run and those started in its place, when all is at rest; None before."""
    wanted = {"flow_runs": {"idempotency_key": {"any_": [f"again {asked}"]}}}
    try:
        first = cockpit.ask("GET", f"/flow_runs/{asked}")
        followers = cockpit.ask("POST", "/flow_runs/filter", wanted)
    except (OSError, TimeoutError):  # the server is down
        return None
    if first["state_type"] == "COMPLETED":
        return first, followers
    at_rest = bool(followers) and all(run["state_type"] in ENDED for run in followers)
    return (first, followers) if first["state_type"] == "CRASHED" and at_rest else None


def all_judged_and_told_once(home: Path, as_of: str) -> int:
    """Hold the records against the promise; return how many changes were told of this day."""
    with closing(sqlite3.connect(home / "shinchoku.db")) as records:
        judged = records.execute(
            "SELECT count(*) FROM findings JOIN runs ON runs.id = run_id WHERE as_of = ? GROUP BY run_id",
            (as_of,),
        ).fetchall()
        told = records.execute(
            # An episode may be reminded of and escalated on one day: these are two messages.
            "SELECT project_id, episode_id, kind, json_extract(document, '$.audience') FROM alert_events"
            " JOIN runs ON runs.id = run_id WHERE as_of = ?",
            (as_of,),
        ).fetchall()
        messages = records.execute("SELECT state FROM messages").fetchall()
    assert judged and all(count == (29,) for count in judged), judged
    assert len(told) == len(set(told)), "a change was told twice"
    assert {state for (state,) in messages} == {"sent"}, messages
    assert len(list((home / "outbox").glob("*.eml"))) == len(messages), "a message is missing on the wire"
    return len(told)


def some_rounds(folder: Path, victims: Sequence[str], chance: random.Random, first: int = 0) -> None:
    """Kill these, one a round, in the cockpit of a home below ``folder``."""
    home, inbox, port = folder / "home", folder / "inbox", free_port()
    with start_up(home, port) as process:
        process.says(UP, START_SECONDS)
        cockpit = Cockpit(process, home, port)
        for number, victim in enumerate(victims, start=first):
            # The two days of the sample in turn, so that every round has something to tell.
            build_inbox(inbox, 1 + number % 2)
            day = (date(2026, 11, 24) + timedelta(days=number)).isoformat()
            order = {"town": "togitsu", "mode": "本番", "as_of": day, "inbox": str(inbox)}
            ended = one_round(cockpit, order, victim, chance.uniform(0, 2.5))
            told = all_judged_and_told_once(home, day)
            print(f"{number + 1:2} {victim:8} {ended:9} 知らせた変化 {told}件", flush=True)


def killed_while_registering(home: Path, registered: int) -> None:
    """Kill the serving process of a first start after so many deployments; hold the next start against it."""
    from flows.deployments import deployments

    port = free_port()
    with start_up(home, port) as process:
        cockpit = Cockpit(process, home, port)
        wait_for(lambda: _held(cockpit) >= registered, START_SECONDS, process.said)
        os.kill(process.pid_of(VICTIMS["serving"]), 9)
        process.says("実行係", 60)  # as the start has not ended, it ends here, and says why
        assert process.process.wait(60) == 2
    with start_up(home, port) as process:
        process.says(UP, START_SECONDS)
        cockpit = Cockpit(process, home, port)
        wanted = deployments("togitsu", "時津町")
        for each in wanted:
            held = cockpit.deployment(str(each.flow_name))
            slugs = sorted(schedule["slug"] for schedule in held["schedules"])
            assert slugs == sorted(str(schedule.slug) for schedule in each.schedules or ()), held["name"]
            assert held["description"] == each.description
        assert len(cockpit.ask("POST", "/automations/filter", {})) == 1
    print(f"   serving  killed after {registered} deployments were registered", flush=True)


def _held(cockpit: Cockpit) -> int:
    """How many deployments the server holds; none while it does not answer."""
    try:
        return len(cockpit.ask("POST", "/deployments/filter", {}))
    except (OSError, TimeoutError, AssertionError):
        return 0


def main() -> int:
    """Kill again and again; return 0 when every promise was kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chance = random.Random(sys.argv[2] if len(sys.argv) > 2 else "1")
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, rounds, ROUNDS_A_START):
            victims = [list(VICTIMS)[n % len(VICTIMS)] for n in range(first, rounds)][:ROUNDS_A_START]
            some_rounds(Path(folder), victims, chance, first)
        for registered in (1, 3):
            killed_while_registering(Path(folder) / f"after-{registered}", registered)
    return 0


if __name__ == "__main__":
    sys.exit(main())
