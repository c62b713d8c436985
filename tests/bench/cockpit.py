"""What the cockpit costs above bare Prefect: start, idle memory, and the way from Submit to work.

Both run in one go on the same machine, so that the ratios travel. Bare is ``prefect server start`` with
Prefect's own settings, and one process that serves as many empty flows as the cockpit has deployments,
looking for work as often. The first start of each builds the database and is not counted; of the next
three, taken in turn, the middle one counts, since what else the machine does hits one start and not the
other. Each start's seconds are printed. Takes five minutes on a quiet machine.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

import requests  # noqa: E402
from processes import Running, free_port, running, wait_for  # noqa: E402
from real_cockpit import START_SECONDS, UP, Cockpit, start_up  # noqa: E402

from tasks.samples.build import build_inbox  # noqa: E402

RUNS, IDLE_SECONDS, STARTS = 5, 10, 3
AS_OF = "2026-11-24"
TARGETS = {"起動": 1.3, "待機時の記憶域": 1.3, "Submit から最初のタスクまで": 1.5}
SERVER = "from prefect.cli import app; app()"
#: As many empty flows as the cockpit has deployments, each with one task.
SERVE = """
import asyncio, sys
from prefect import flow, task
from prefect.runner import Runner

@task
def work(): pass

@flow
def empty(): work()

if __name__ == "__main__":
    runner = Runner(name="bare", query_seconds=2, limit=1, pause_on_shutdown=False)
    for number in range(int(sys.argv[1])):
        runner.add_flow(empty, name=f"bare-{number}")
    asyncio.run(runner.start())
"""


def main() -> int:
    """Print the ratios; return 1 where one is missed."""
    from flows.deployments import SERVED

    # As where it is installed: what was compiled at one start is there at the next, for both.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        build_inbox(inbox, 1)
        sides = {
            "コックピット": lambda last: _cockpit(Path(folder) / "ours", inbox, last),
            "素の Prefect": lambda last: _bare(Path(folder) / "bare", len(SERVED), last),
        }
        ours, bare = _measured(sides)
    print(f"{'':24}{'コックピット':>10}{'素の Prefect':>12}{'比':>7}{'目標':>6}")
    missed = False
    for name, target in TARGETS.items():
        ratio = ours[name] / bare[name]
        missed |= ratio > target
        print(f"{name:24}{ours[name]:10.2f}{bare[name]:12.2f}{ratio:7.2f}{target:6.1f}")
    return 1 if missed else 0


def _measured(sides: dict[str, Callable[[bool], dict[str, float]]]) -> list[dict[str, float]]:
    """What each side costs and gives: the middle one of its starts, the rest as its last start gave it."""
    for once in sides.values():
        once(False)
    given: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for number in range(STARTS):
        for name, once in sides.items():
            given[name].append(once(number == STARTS - 1))
    for name, starts in given.items():
        print(f"{name}：起動 " + "・".join(f"{start['起動']:.2f}" for start in starts) + " 秒")
    return [
        {**starts[-1], "起動": statistics.median(start["起動"] for start in starts)}
        for starts in given.values()
    ]


def _cockpit(home: Path, inbox: Path, last: bool) -> dict[str, float]:
    began = time.monotonic()
    port = free_port()
    with start_up(home, port) as process:
        process.says(UP, START_SECONDS)
        ready = time.monotonic() - began
        if not last:
            return {"起動": ready}
        cockpit = Cockpit(process, home, port)
        time.sleep(IDLE_SECONDS)
        memory = _megabytes(process)
        order = {"mode": "本番", "as_of": AS_OF, "inbox": str(inbox)}
        path = f"/deployments/{cockpit.deployment()['id']}/create_flow_run"
        wait = _to_first_task(cockpit.session(), cockpit.api, path, {"parameters": {"order": order}})
    return {"起動": ready, "待機時の記憶域": memory, "Submit から最初のタスクまで": wait}


def _bare(home: Path, flows: int, last: bool) -> dict[str, float]:
    port = free_port()
    with _environment(home, port):
        began = time.monotonic()
        with running(["-c", SERVER, "server", "start"], home, f"{home}-server") as server:
            api = f"http://127.0.0.1:{port}/api"
            session = requests.Session()
            session.trust_env = False
            wait_for(lambda: _ready(session, api), START_SECONDS, server.said)
            ready = time.monotonic() - began
            if not last:
                return {"起動": ready}
            # Prefect serves no flow that lies in no file.
            script = home / "bare.py"
            script.write_text(SERVE)
            with running([str(script), str(flows)], home, f"{home}-serve") as serve:
                wait_for(lambda: len(_deployments(session, api)) == flows, START_SECONDS, serve.said)
                time.sleep(IDLE_SECONDS)
                memory = _megabytes(server) + _megabytes(serve)
                path = f"/deployments/{_deployments(session, api)[0]['id']}/create_flow_run"
                wait = _to_first_task(session, api, path, {})
    return {"起動": ready, "待機時の記憶域": memory, "Submit から最初のタスクまで": wait}


@contextmanager
def _environment(home: Path, port: int) -> Iterator[None]:
    ours = {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _ready(session: requests.Session, api: str) -> bool:
    try:
        return session.get(f"{api}/ready", timeout=2).ok
    except OSError:
        return False


def _deployments(session: requests.Session, api: str) -> list[Any]:
    return list(session.post(f"{api}/deployments/filter", json={}, timeout=30).json())


def _megabytes(process: Running) -> float:
    """What the processes hold, shared pages counted by their share."""
    held = 0
    for pid in process.family():
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                held += int(line.split()[1])
    return held / 1024


def _to_first_task(session: requests.Session, api: str, path: str, body: Any) -> float:
    """Seconds from Submit until the first task runs: the middle one of some runs, of which each is printed."""
    took = [_one_run(session, api, path, body) for _ in range(RUNS)]
    print(f"Submit から最初のタスクまで：{'・'.join(f'{each:.2f}' for each in took)} 秒", flush=True)
    return statistics.median(took)


def _asked(session: requests.Session, url: str, body: Any) -> tuple[float, requests.Response]:
    """Ask for a run until it is taken; return when it was. Bare Prefect refuses one now and then (503)."""
    for _ in range(20):
        asked = time.time()
        answer = session.post(url, json=body, timeout=30)
        if answer.status_code != 503:
            break
        print("  503: asked again", file=sys.stderr)
        time.sleep(1)
    assert answer.ok, answer.text
    return asked, answer


def _one_run(session: requests.Session, api: str, path: str, body: Any) -> float:
    asked, answer = _asked(session, api + path, body)
    run = answer.json()["id"]
    wait_for(
        lambda: session.get(f"{api}/flow_runs/{run}", timeout=30).json()["state_type"] == "COMPLETED", 120
    )
    wanted = {"flow_runs": {"id": {"any_": [run]}}}

    def begun() -> list[str]:
        tasks = session.post(f"{api}/task_runs/filter", json=wanted, timeout=30).json()
        return [task["start_time"] for task in tasks if task["start_time"]]

    return min(datetime.fromisoformat(at).timestamp() for at in wait_for(begun, 60)) - asked


if __name__ == "__main__":
    sys.exit(main())
