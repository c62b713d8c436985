"""What ``shinchoku run`` costs without a server, as a ratio in one run on the same machine.

The yardstick is a process that merely imports the third-party modules the run imports, and reads
the same inbox with bare python-calamine. Target: at most 1.5 times that. Run by ``make bench``.
Only the ratios of pairs mean something: on a busy machine both sides of a pair grow.
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

# What is measured, told the inbox: the command as a person gives it.
RUN = """
import sys
sys.argv = ["shinchoku", "run", "--engine", "plain", "--as-of", "2026-11-24", "--inbox", sys.argv[1]]
from flows.cli import main
main()
"""

# Lists, in the order of their import, the modules from site-packages that this very command brings in.
PROBE = f"""
import json, sys
before = set(sys.modules)
try:
    exec({RUN!r})
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
from tasks.sheets.pool import ReadingPool
site = Site(town="togitsu", settings=settings())
site.prepare()
pool = ReadingPool(site.config.rules.reader)
pool.warm_up()  # as flows.run does
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
watch(PlainEngine(tell), site, Path(sys.argv[1]), date(2026, 11, 24), pool=pool)
marks["total"] = time.perf_counter() - t0
print(json.dumps(marks))
"""


def main() -> None:
    """Build the sample inbox, then time runs and yardsticks in turn, each run beside its own yardstick."""
    from tasks.samples.build import build_inbox

    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        build_inbox(inbox, 1)
        # A first run brings more modules in than a later one; each is held against its own.
        lists = [_modules(Path(folder), str(inbox), name) for name in ("first", "again")]
        took: dict[str, list[float]] = {"fresh": [], "again": [], "base_fresh": [], "base_again": []}
        for number in range(ROUNDS):
            home = Path(folder) / f"home{number}"
            for label, names in zip(("fresh", "again"), lists, strict=True):
                took[f"base_{label}"].append(_timed(YARDSTICK, str(names), str(inbox), home=home))
                took[label].append(_timed(RUN, str(inbox), home=home))
        steps = [json.loads(_python(STEPS, str(inbox), home=Path(folder) / f"s{n}").stdout) for n in range(3)]
    _tell("run, first (new database)", took["fresh"], took["base_fresh"])
    _tell("run, again (unchanged)", took["again"], took["base_again"])
    print("where a first run goes:")
    for name in steps[0]:
        print(f"  {name:12} {statistics.median(s[name] for s in steps) * 1000:7.0f} ms")


def _modules(folder: Path, inbox: str, name: str) -> Path:
    """Run once in one home for all probes; return the file with the modules which that run brought in."""
    names = folder / f"{name}.json"
    names.write_text(_python(PROBE, inbox, home=folder / "probe").stderr.strip().splitlines()[-1])
    return names


def _tell(label: str, values: list[float], bases: list[float]) -> None:
    # The median of the pairs' ratios: whatever else the machine does hits both of a pair alike.
    ratio = statistics.median(value / base for value, base in zip(values, bases, strict=True))
    value, base = statistics.median(values) * 1000, statistics.median(bases) * 1000
    print(f"{label:27} {value:6.0f} ms; yardstick {base:6.0f} ms   {ratio:5.2f}x  (target <= 1.50x)")


def _timed(code: str, *args: str, home: Path) -> float:
    begun = time.perf_counter()
    _python(code, *args, home=home)
    return time.perf_counter() - begun


def _python(code: str, *args: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        check=True,
        capture_output=True,
        text=True,
        # Installed packages lie there compiled; our own modules are compiled by the first of these runs.
        env={**environment, "SHINCHOKU_HOME": str(home)},
    )


if __name__ == "__main__":
    main()
