"""What ``shinchoku run`` costs without a server, as a ratio in one run on the same machine.

The yardstick is a process that merely imports the third-party modules the run imports, and reads
the same inbox with bare python-calamine. Target: at most 1.5 times that. Run by ``make bench``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9

# Lists, in the order of their import, the modules from site-packages that a run brings in.
PROBE = """
import json, sys
before = set(sys.modules)
sys.argv = ["shinchoku", "run", "--engine", "plain", "--as-of", "2026-11-24", "--json", "--inbox", sys.argv[1]]
from flows.cli import main
try:
    main()
except SystemExit:
    pass
names = [n for n, m in list(sys.modules.items())
         if n not in before and "site-packages" in (getattr(m, "__file__", None) or "")]
print(json.dumps(names), file=sys.stderr)
"""

YARDSTICK = """
import importlib, json, sys
from pathlib import Path
for name in json.loads(Path(sys.argv[1]).read_text()):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
from python_calamine import CalamineWorkbook
for path in sorted(Path(sys.argv[2]).rglob("*.xlsx")):
    try:
        book = CalamineWorkbook.from_path(str(path))
    except Exception:
        continue
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""

# Where the time goes, step by step, told by the plain engine itself.
STEPS = """
import json, sys, time
t0 = time.perf_counter()
from config.settings import settings
from config.site import Site
from flows.engines import PlainEngine
from flows.watch import watch
from datetime import date
from pathlib import Path
t1 = time.perf_counter()
marks, begun = {"import": t1 - t0}, {}
def tell(name, done, total):
    now = time.perf_counter()
    begun.setdefault(name, now)
    if done == total:
        marks[name] = now - begun[name]
site = Site(town="togitsu", settings=settings())
site.prepare()
watch(PlainEngine(tell), site, Path(sys.argv[1]), date(2026, 11, 24))
marks["total"] = time.perf_counter() - t0
print(json.dumps(marks))
"""


def main() -> None:
    """Build the sample inbox, then time run and yardstick in turn."""
    from tasks.samples.build import build_inbox

    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        build_inbox(inbox, 1)
        names = Path(folder) / "modules.json"
        probe = _python(PROBE, str(inbox), home=Path(folder) / "probe")
        names.write_text(probe.stderr.strip().splitlines()[-1])
        fresh: list[float] = []
        again: list[float] = []
        yardstick: list[float] = []
        for number in range(ROUNDS):
            home = Path(folder) / f"home{number}"
            yardstick.append(_timed(YARDSTICK, str(names), str(inbox), home=home))
            fresh.append(_timed(_run_code(), str(inbox), home=home))
            again.append(_timed(_run_code(), str(inbox), home=home))
        steps = [json.loads(_python(STEPS, str(inbox), home=Path(folder) / f"s{n}").stdout) for n in range(3)]
    base = statistics.median(yardstick)
    print(f"imports and bare calamine   {base * 1000:7.0f} ms")
    for label, values in (("run, first (new database)", fresh), ("run, again (unchanged)", again)):
        value = statistics.median(values)
        print(f"{label:27} {value * 1000:7.0f} ms   {value / base:5.2f}x  (target <= 1.50x)")
    print("where a first run goes:")
    for name in steps[0]:
        print(f"  {name:12} {statistics.median(s[name] for s in steps) * 1000:7.0f} ms")


def _run_code() -> str:
    return (
        "import sys; sys.argv = ['shinchoku', 'run', '--engine', 'plain', '--as-of', '2026-11-24',"
        " '--inbox', sys.argv[1]]; from flows.cli import main; main()"
    )


def _timed(code: str, *args: str, home: Path) -> float:
    begun = time.perf_counter()
    _python(code, *args, home=home)
    return time.perf_counter() - begun


def _python(code: str, *args: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "SHINCHOKU_HOME": str(home)},
    )


if __name__ == "__main__":
    main()
