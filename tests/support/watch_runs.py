"""The watch run by the command line in a process of its own, under either engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from processes import ROOT
from real_cockpit import MAIN

AS_OF = "2026-11-24"


def python(code, *args, **env):
    """Run code in a process of its own, with these variables."""
    ours = {"PYTHONPATH": ROOT, "PYTHONUTF8": "1", **env}
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        check=False,
        cwd=ROOT,
        env={**os.environ, **{name: str(value) for name, value in ours.items()}},
        capture_output=True,
        text=True,
        timeout=120,
    )


def document(done):
    """The one JSON document a process wrote."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def at(cockpit):
    """The variables of a program that uses this server and not the one of its own home."""
    return {"PREFECT_API_URL": cockpit.api, "PREFECT_API_AUTH_STRING": cockpit.auth}


def run_watch(engine, inbox, **env):
    """``shinchoku run --json``, in the home that ``env`` says."""
    args = ("run", "--engine", engine, "--as-of", AS_OF, "--json", "--inbox", str(inbox))
    return document(python(MAIN, *args, **env))
