"""Runs the embedded watch and a cockpit where nothing can be reached, and counts what tried to leave.

Run inside a network namespace of its own (``unshare --net``). Everything that is not for this machine
goes to an interface that leads nowhere; its counter is the number of packets that wanted out. Pass
``--try`` alone to learn whether this machine lets us set that up.
Arguments: the home, the inbox. Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from processes import ROOT, free_port  # noqa: E402
from real_cockpit import MAIN, START_SECONDS, UP, Cockpit, start_up  # noqa: E402

AS_OF = "2026-11-24"
NOWHERE = "nowhere0"


def main() -> None:
    """Set the namespace up, run both ways, and try once on purpose, to see the counter count."""
    set_up()
    if sys.argv[1] == "--try":
        return
    home, inbox = Path(sys.argv[1]), Path(sys.argv[2])
    result = {"embedded": embedded(home / "embedded", inbox), "embedded_packets": packets()}
    result["cockpit"] = cockpit(home / "cockpit", inbox)
    result["cockpit_packets"] = packets() - result["embedded_packets"]
    before = packets()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as outward, suppress(OSError):
        outward.settimeout(0.5)
        outward.connect(("192.0.2.1", 443))
    result["packets_when_tried"] = packets() - before
    print(json.dumps(result))


def set_up() -> None:
    """Give the namespace a way out that leads nowhere."""
    for command in (
        "ip link set lo up",
        f"ip link add {NOWHERE} type veth peer name nowhere1",
        "sysctl -q net.ipv6.conf.all.disable_ipv6=1",
        f"ip addr add 10.99.0.2/24 dev {NOWHERE}",
        f"ip link set {NOWHERE} up arp off",
        "ip link set nowhere1 up arp off",
        "ip route add default via 10.99.0.1",
    ):
        subprocess.run(command.split(), check=True)


def packets() -> int:
    """How many packets wanted out so far. /proc shows our own namespace, /sys the one it was mounted in."""
    lines = Path("/proc/net/dev").read_text().splitlines()
    (line,) = [line for line in lines if line.strip().startswith(f"{NOWHERE}:")]
    return int(line.split(":")[1].split()[9])


def embedded(home: Path, inbox: Path) -> int:
    """The exit code of a plain run."""
    command = ["run", "--engine", "plain", "--as-of", AS_OF, "--json", "--inbox", str(inbox)]
    env = {**os.environ, "SHINCHOKU_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", MAIN, *command], env=env, check=False, stdout=subprocess.DEVNULL
    ).returncode


def cockpit(home: Path, inbox: Path) -> str:
    """How a run of a cockpit ended."""
    port = free_port()
    with start_up(home, port) as process:
        process.says(UP, START_SECONDS)
        order = {"mode": "本番", "as_of": AS_OF, "inbox": str(inbox)}
        return str(Cockpit(process, home, port).run(order)["state_type"])


if __name__ == "__main__":
    main()
