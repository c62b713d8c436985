"""``shinchoku up``: Prefect's server and the process that serves our flows, in one command."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.children import Child
from flows.clock import today
from flows.cockpit_keys import auth_file, private_folder
from flows.cockpit_parts import parts
from flows.cockpit_preflight import refuse_strange_database, refuse_wrong_versions
from flows.cockpit_state import CockpitError, announced, cockpit_url, is_ready
from flows.only_one import only_one
from flows.prefect_env import LOOPBACK, prefect_home, ui_url

if TYPE_CHECKING:
    from config.site import Site

#: The server needs 7-17 s on two slow cores; its first start also builds the database.
START_SECONDS = 240.0
LOOK_SECONDS = 0.25
#: While somebody waits for the URL, it is looked more often.
LOOK_AT_START_SECONDS = 0.05


def up(site: Site, port: int = 4200) -> int:
    """Run the cockpit until Ctrl+C or SIGTERM; return 0, also when it is running already.

    Raises CockpitError when the port is taken, or a part does not start or dies again and again, and
    PreflightError when the installed libraries or Prefect's database cannot work.
    """
    refuse_wrong_versions()
    site.prepare()
    home = private_folder(prefect_home(site.home))
    with only_one(home / "cockpit.lock") as first:
        if not first:
            print(_already(site.home))
            return 0
        _refuse_taken(port)
        if (said := refuse_strange_database(site.home)) is not None:
            print(said, flush=True)
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
            print(_where_to_click(site, town_name, port), flush=True)
            _watch_over(children, stop)
        print("コックピットを終わります…", flush=True)


def _becomes_ready(port: int, ready: Path, children: Sequence[Child], stop: threading.Event) -> bool:
    """Wait until the server answers and the flows are registered; return False when told to stop."""
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(LOOK_AT_START_SECONDS):
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
            _start_again(child, children)


def _start_again(died: Child, children: Sequence[Child]) -> None:
    """Start what died, and what came after it in the row, with nothing left of before.

    A run that outlives the process that started it would never be noted as crashed, or be so while it
    goes on writing. Killed with it, it is crashed for certain, and the serving process starts it anew.
    """
    for child in children[children.index(died) :]:
        child.kill()
        child.start(counted=child is died)


def _see(child: Child) -> str:
    return f"記録 {child.log} を確かめてください（最後の行：{child.last_line()}）。"


def _what_to_enter(site: Site) -> str:
    if site.settings.cockpit_auth is not None:
        return "SHINCHOKU_COCKPIT_AUTH に設定した文字列を、そのまま入力します"
    return f"次のファイルの1行を、そのまま貼り付けます（見られるのは、起動した人だけです） {auth_file(site.home)}"


def _where_to_click(site: Site, town_name: str, port: int) -> str:
    return "\n".join(
        [
            f"コックピットが動いています。ブラウザで開いてください： {ui_url(port)}",
            f"・ログイン：{_what_to_enter(site)}",
            f"・始める：左の「Deployments」→「進捗監視 {town_name}」→右上の「Run」→「Quick run」",
            "　（基準日や受付フォルダを変えるときは「Custom run」）",
            "・結果を見る：左の「Runs」→実行の名前→「Artifacts」",
            f"・記録：{prefect_home(site.home)}",
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
