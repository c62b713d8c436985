"""The claim is on the disk before the message goes out: what the kernel was asked, in which order."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from torture_town import Wire

PROGRAM = """
import sys
from pathlib import Path
from torture_town import BEGAN, Wire, dispatcher, record
url, smtp, http, log = sys.argv[1:]
record(url, 0, ("mail",))
assert dispatcher(url, Wire(int(smtp), int(http), Path(log)), BEGAN).run().sent == 1
"""
CALLS = re.compile(r"\b(fdatasync|fsync|sendto|write|pwrite64)\((.*)")


def traced(url: str, other: Wire, folder: Path) -> dict[str, int]:
    """Send one mail under strace; count the syncs of the log before each word to the mail server.

    The record and the claim are two commits, so two syncs precede the first greeting; the mark is a third.
    """
    trace = folder / "trace.txt"
    program = ["strace", "-f", "-y", "-s", "12", "-o", str(trace), "-e", "trace=fdatasync,fsync,sendto"]
    subprocess.run(
        [*program, sys.executable, "-c", PROGRAM, url, str(other.smtp), str(other.http), str(other.log)],
        check=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path), "PATH": "/usr/bin:/bin"},
        cwd=folder,
    )
    syncs: list[int] = []
    synced = 0
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if re.search(r"\bf(data)?sync\(\d+<[^>]*-wal>", line) and line.rstrip().endswith("= 0"):
            synced += 1
        elif "sendto(" in line and ("ehlo" in line or "mail FROM" in line or "data" in line):
            syncs.append(synced)
    assert syncs, "nothing was sent"
    return {
        "syncs_before_the_first_word": syncs[0],
        "syncs_while_sending": syncs[-1] - syncs[0],
        "syncs_after_sending": synced - syncs[-1],
    }
