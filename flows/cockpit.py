"""``shinchoku up``: Prefect's server and the process that serves our flows, in one command."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flows.children import Child
from flows.clock import today
from flows.cockpit_parts import parts, private_folder
from flows.cockpit_state import announced, cockpit_url, is_ready
from flows.only_one import only_one
from flows.prefect_env import LOOPBACK, client_env, past_the_proxy, prefect_home, ui_url
from plan_data.mendable import MendableError

if TYPE_CHECKING:
    from config.site import Site
    from flows.watch import WatchResult

#: The server needs 7-17 s on two slow cores; its first start also builds the database.
START_SECONDS = 180.0
LOOK_SECONDS = 0.25


class CockpitError(MendableError):
    """Why the cockpit cannot run, and what to do: one Japanese line."""


def up(site: Site, port: int = 4200) -> int:
    """Run the cockpit until Ctrl+C or SIGTERM; return 0, also when it is running already.

    Raises CockpitError when the port is taken, or a part does not start or dies again and again.
    """
    site.prepare()
    home = private_folder(prefect_home(site.home))
    with only_one(home / "cockpit.lock") as first:
        if not first:
            print(_already(site.home))
            return 0
        _refuse_taken(port)
        with _told_to_stop() as stop:
            _run(site, port, home / "serving.ready", stop)
    return 0


def _run(site: Site, port: int, ready: Path, stop: threading.Event) -> None:
    ready.unlink(missing_ok=True)
    town_name = site.plan_book.in_force(today()).town_name
    children = parts(site, town_name, port, ready)
    with ExitStack() as at_the_end:
        print("コックピットを起動しています（20秒ほどかかります）…", flush=True)
        for child in children:
            at_the_end.callback(child.stop)
            child.start()
        if _becomes_ready(port, ready, children, stop):
            at_the_end.enter_context(announced(site.home, port))
            print(_where_to_click(site.home, town_name, port), flush=True)
            _watch_over(children, stop)
        print("コックピットを終わります…", flush=True)


def _becomes_ready(port: int, ready: Path, children: Sequence[Child], stop: threading.Event) -> bool:
    """Wait until the server answers and the flows are registered; return False when told to stop."""
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(LOOK_SECONDS):
        if ready.exists() and is_ready(port):
            return True
        for child in children:
            if not child.alive():
                raise CockpitError(f"{child.name}を起動できませんでした。{_see(child)}")
        if time.monotonic() > deadline:
            raise CockpitError(f"{START_SECONDS:.0f}秒待っても起動が終わりません。{_see(children[-1])}")
    return False


def _watch_over(children: Sequence[Child], stop: threading.Event) -> None:
    """Restart what dies, a bounded number of times, until told to stop."""
    while not stop.wait(LOOK_SECONDS):
        for child in children:
            child.forget_ended_groups()
            if child.alive():
                continue
            if not child.may_restart():
                raise CockpitError(
                    f"{child.name}が繰り返し止まるため、コックピットを終わります。{_see(child)}"
                )
            print(f"{child.name}が止まったため、起動し直します。", flush=True)
            child.start()


def _see(child: Child) -> str:
    return f"記録 {child.log} を確かめてください（最後の行：{child.last_line()}）。"


def _where_to_click(home: Path, town_name: str, port: int) -> str:
    return "\n".join(
        [
            f"コックピットが動いています。ブラウザで開いてください： {ui_url(port)}",
            f"・始める：左の「Deployments」→「進捗監視 {town_name}」→右上の「Run」→「Quick run」",
            "　（基準日や受付フォルダを変えるときは「Custom run」）",
            "・結果を見る：左の「Runs」→実行の名前→「Artifacts」",
            f"・記録：{prefect_home(home)}",
            "・終わる：Ctrl+C",
        ]
    )


def _already(home: Path) -> str:
    url = cockpit_url(home)
    if url is None:
        return (
            "コックピットは、別の画面で起動しているところです。少し待ってから、その画面を確かめてください。"
        )
    return f"コックピットはすでに動いています： {url.removesuffix('/api')}"


def _refuse_taken(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # A port that was ours a moment ago is free, though its old connections linger.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as fault:
            raise CockpitError(
                f"ポート {port} は使えません（ほかのプログラムが使っているか、許されていません）。"
                f"`shinchoku up --port {port + 100}` のように、別の番号を指定してください。"
            ) from fault


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Yield an event that Ctrl+C, SIGTERM and a closed terminal set."""
    stop = threading.Event()
    numbers = [number for number in signal.Signals if number.name in ("SIGINT", "SIGTERM", "SIGHUP")]
    # What is ignored stays so: under nohup a closed terminal does not stop the cockpit.
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in heeded}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_under_prefect(site: Site, inbox: Path, as_of: date, api: str) -> WatchResult:
    """Run the watch in this process, as a flow run of the server at ``api``.

    The flow takes its site from the settings, as in the cockpit. Raises what the steps raise, and
    CockpitError when the server does not answer.
    """
    # The terminal belongs to the command, which tells every fault itself; the server gets every line.
    env = {**client_env(site.home, api), "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
    with _environment({**env, **past_the_proxy(os.environ)}):
        # Prefect reads the environment when it is first imported, which may have been before.
        import prefect.settings as known
        from prefect.client.orchestration import get_client

        from flows.prefect_app import watch_flow
        from flows.watch import WatchOrder

        updates = {getattr(known, name): value for name, value in env.items() if hasattr(known, name)}
        with known.temporary_settings(updates=updates):
            with get_client(sync_client=True) as client:
                fault = client.api_healthcheck()
            if fault is not None:
                raise CockpitError(
                    f"Prefect のサーバ（{api}）につながりません。`shinchoku up` で起動するか、"
                    "PREFECT_API_URL を確かめるか、--engine plain を指定してください。"
                ) from fault
            return watch_flow(WatchOrder(town=site.town, as_of=as_of, inbox=str(inbox.absolute())))


@contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    """Set these variables inside the block."""
    before = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
