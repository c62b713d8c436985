"""The two processes of the cockpit: what is started, with which environment, key and log."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flows.children import Child
from flows.cockpit_keys import auth_string, encryption_key, private_folder
from flows.prefect_env import api_url, client_env, past_the_proxy, prefect_home, server_env

if TYPE_CHECKING:
    from config.site import Site

#: Python ignores the folder one stands in: a config/ or tasks/ there would shadow ours.
_PYTHON = (sys.executable, "-P", "-m", "flows.quick_start")


def parts(site: Site, town_name: str, port: int, ready: Path) -> tuple[Child, Child]:
    """Return Prefect's server and the process that serves our flows, not yet started.

    The latter touches ``ready`` when it has registered them.
    """
    home = private_folder(prefect_home(site.home))
    auth = auth_string(site)
    inherited = {**os.environ, **past_the_proxy(os.environ), "PYTHONPATH": _python_path(os.environ)}
    server = Child(
        "サーバ",
        [*_PYTHON, "flows.cockpit_server"],
        {**inherited, **server_env(site.home, port, encryption_key(site.home), auth)},
        _fresh_log(home / "server.log"),
    )
    serving = Child(
        "実行係",
        [*_PYTHON, "flows.deployments", site.town, town_name, str(port), str(ready)],
        {**inherited, **client_env(site.home, api_url(port), auth)},
        _fresh_log(home / "serving.log"),
    )
    return server, serving


def _python_path(env: Mapping[str, str]) -> str:
    """Return where our rooms are found, also when they run from a checkout that is not installed."""
    ours = str(Path(__file__).absolute().parents[1])
    return os.pathsep.join([ours, *filter(None, [env.get("PYTHONPATH")])])


def _fresh_log(log: Path) -> Path:
    """Keep the log of the start before under ``.old`` and return the path for a new one."""
    if log.exists():
        log.replace(log.with_suffix(".old"))
    return log
