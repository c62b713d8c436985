"""Real hostile workbooks in real processes: each costs itself, with the guard before calamine and without.

Measured in a process of its own, so that what other tests took does not count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import hostile_books
import pytest
from processes import ROOT, running, wait_for
from reading_pools import MEMORY_MB, SECONDS, stopped_process

# The workbook → its error where the guard looks first, and where calamine meets it unguarded.
HOSTILE = {
    "far_cell": ("far_cell", "needs_too_much_memory"),
    "lying_count": ("corrupt", "needs_too_much_memory"),
    "amplified": ("unpacks_too_large", "needs_too_much_memory"),
    "whitespace": ("unpacks_too_large", "needs_too_much_memory"),
    "zip_bomb": ("unpacks_too_large", None),
    "laughs": ("corrupt", "corrupt"),
    "merged_whole": (None, None),
}
MB = 1024 * 1024

# Reads the ordinary files, then all of them with the hostile ones between; prints what came of it.
MEASURE = """
import json, os, resource, sys
from pathlib import Path
from reading_pools import dumped, ordinary, pool, job
folder = Path(sys.argv[1])
usage = lambda who: resource.getrusage(who).ru_maxrss * 1024
good = ordinary(folder, 56)
bad = [job(folder, path.read_bytes(), "h-" + path.name) for path in sorted(folder.glob("bombs/*"))]
mixed = list(good)
for i, one in enumerate(bad):
    mixed.insert(8 * i + 3, one)
with pool(2, sys.argv[2], seconds=60) as readers:
    alone = dumped(readers.read_many(good))
    before = usage(resource.RUSAGE_SELF)
    readings = list(readers.read_many(mixed))
    grown = usage(resource.RUSAGE_SELF) - before
try:
    left = os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    left = None
names = [one.file for one in good]
print(json.dumps({
    "same": dumped(r for r in readings if r.file in names) == alone,
    "codes": {r.file[2:-5]: r.error and r.error.code for r in readings if r.file not in names},
    "worker": usage(resource.RUSAGE_CHILDREN), "grown": grown, "left": left,
}))
"""

# A supervisor with one process at a file and one at none; then it waits to be killed.
ABANDONED = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from threading import Event, Thread
from reading_pools import ordinary, pool, stopping
folder = Path(sys.argv[2])
with pool(2) as readers:
    Thread(target=readers.read, args=(stopping(folder),)).start()
    readers.read(*ordinary(folder, 1))
    print("ready", flush=True)
    Event().wait()
"""


@pytest.fixture(scope="module")
def bombs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "bombs").mkdir()
    for name in HOSTILE:
        (folder / "bombs" / f"{name}.xlsx").write_bytes(getattr(hostile_books, name)())
    return folder


def python(code: str, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests/support")))}
    return subprocess.run(
        [sys.executable, "-c", code, *args], env=env, capture_output=True, text=True, check=True, timeout=60
    )


@pytest.mark.parametrize(
    ("main", "guarded"), [("main", True), ("unguarded", False)], ids=["guarded", "unguarded"]
)
def test_it_survives_hostile_workbooks(bombs, main, guarded):
    done = python(MEASURE, str(bombs), main)
    found = json.loads(done.stdout)
    assert found["codes"] == {name: codes[0 if guarded else 1] for name, codes in HOSTILE.items()}
    assert found["same"]
    assert found["left"] is None
    assert found["worker"] <= MEMORY_MB * MB
    assert found["grown"] <= 10 * MB
    # Nothing of an abort reaches the terminal.
    assert done.stderr == ""


def test_it_leaves_no_process_behind_when_its_supervisor_is_killed(tmp_path):
    args = ["-c", ABANDONED, str(ROOT / "tests/support"), str(tmp_path)]
    with running(args, tmp_path / "home", str(tmp_path)) as supervisor:
        supervisor.says("ready", 30)
        stopped = stopped_process(tmp_path)
        assert len(supervisor.family()) == 3
        supervisor.process.kill()
        supervisor.process.wait()
        wait_for(lambda: set(supervisor.family()) <= {stopped}, 10)
        # The one at its file has its own limit of time.
        wait_for(lambda: not supervisor.family(), SECONDS + 10)
