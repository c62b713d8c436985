"""Whether the cockpit of a home is up, asked cheaply: one small file and one quick connection, no Prefect."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from flows.prefect_env import LOOPBACK, api_url, prefect_home
from plan_data.mendable import MendableError

if TYPE_CHECKING:
    from config.site import Site

#: The server is on this machine: where there is none, the refusal comes at once. A busy one gets this long.
QUICK_SECONDS = 2.0


class CockpitError(MendableError):
    """Why the cockpit cannot run or be used, and what to do: one Japanese line."""


def server_reachable(site: Site) -> str | None:
    """Return the API URL a run should use: PREFECT_API_URL if set, else the cockpit's if it is up.

    A configured server is not tried: if it is down, the run is to say so and not to go elsewhere.
    """
    return os.environ.get("PREFECT_API_URL") or cockpit_url(site.home)


def cockpit_url(home: Path) -> str | None:
    """Return the API URL of the cockpit of this home, None unless it answers."""
    try:
        port = int(json.loads(_state_file(home).read_text(encoding="utf-8"))["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return api_url(port) if is_ready(port) else None


@contextmanager
def announced(home: Path, port: int) -> Iterator[None]:
    """Say inside the block that the cockpit of this home is up on ``port``."""
    file = _state_file(home)
    file.write_text(json.dumps({"port": port, "pid": os.getpid()}), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def is_ready(port: int) -> bool:
    """Say whether a Prefect server on this machine answers ``ready``; no proxy is asked."""
    connection = HTTPConnection(LOOPBACK, port, timeout=QUICK_SECONDS)
    try:
        connection.request("GET", "/api/ready")
        return connection.getresponse().status == 200
    except (OSError, OverflowError, HTTPException):
        return False
    finally:
        connection.close()


def _state_file(home: Path) -> Path:
    return prefect_home(home) / "cockpit.json"
