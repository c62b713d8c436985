"""Runs ``up`` with two small stand-ins for Prefect's server and the serving process.

How processes are watched over does not depend on what they do.
Arguments: port, and ``broken`` for a serving process that ends at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

from flows import cockpit
from flows.children import Child

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"true")

HTTPServer(("127.0.0.1", int(sys.argv[2])), Answer).serve_forever()
"""
# The real one starts a process for each run: so does this.
SERVING = """
import pathlib, subprocess, sys, time
pathlib.Path(sys.argv[2]).touch()
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "a-run"])
time.sleep(60)
"""
BROKEN = "import pathlib, sys; pathlib.Path(sys.argv[2]).touch(); print('壊れています'); sys.exit(3)"


def stand_ins(site, town_name, port, ready):
    """As flows.cockpit_parts.parts."""
    serving = BROKEN if "broken" in sys.argv else SERVING
    return (
        Child(
            "サーバ",
            [sys.executable, "-c", SERVER, "the-server", str(port)],
            os.environ,
            site.home / "server.log",
        ),
        Child(
            "実行係",
            [sys.executable, "-c", serving, "the-serving", str(ready)],
            os.environ,
            site.home / "serving.log",
        ),
    )


def main():
    """Run ``up`` as the command line does."""
    plan = SimpleNamespace(town_name="時津町")
    site = SimpleNamespace(
        town="togitsu",
        settings=SimpleNamespace(cockpit_auth=None),
        home=Path(os.environ["SHINCHOKU_HOME"]),
        prepare=lambda: None,
        plan_book=SimpleNamespace(in_force=lambda day: plan),
    )
    cockpit.parts = stand_ins
    try:
        return cockpit.up(site, port=int(sys.argv[1]))
    except cockpit.CockpitError as fault:
        print(fault)
        return 2


if __name__ == "__main__":
    sys.exit(main())
