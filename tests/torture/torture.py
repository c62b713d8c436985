"""kill -9, races, and the disk: ``python tests/torture/torture.py`` (or ``make torture``).

Prints one JSON document of figures; exits 1 where one that must be nought is not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parents[1])]

from databases import DATABASES, empty_database  # noqa: E402
from torture_freeze import beyond_the_lease  # noqa: E402
from torture_fsync import traced  # noqa: E402
from torture_kill import at_every_step, at_random_instants  # noqa: E402
from torture_race import race  # noqa: E402
from torture_town import NOUGHT, wire  # noqa: E402


def main() -> int:
    """Run what was asked for, one scenario after the other, each with a database and a wire of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--no-strace", action="store_true")
    asked = parser.parse_args()
    found: dict[str, dict[str, int]] = {}
    for kind in asked.database or DATABASES:
        scenarios = {
            "steps": at_every_step,
            "freezes": beyond_the_lease,
            "kills": lambda url, other: at_random_instants(url, other, asked.kills, asked.seed),
            "race": lambda url, other: race(url, other, asked.rows),
        }
        for name, scenario in scenarios.items():
            folder = Path(tempfile.mkdtemp(prefix="shinchoku-torture-"))
            with empty_database(kind, folder) as url, wire(folder) as other:
                found[f"{kind} {name}"] = scenario(url, other)
                print(f"{kind} {name}: {found[f'{kind} {name}']}", file=sys.stderr, flush=True)
            shutil.rmtree(folder)
    if not asked.no_strace:
        folder = Path(tempfile.mkdtemp(prefix="shinchoku-torture-"))
        with empty_database("sqlite", folder) as url, wire(folder) as other:
            found["sqlite fsync"] = traced(url, other, folder)
        shutil.rmtree(folder)
    bad = [f"{name}: {key}" for name, figures in found.items() for key in NOUGHT if figures.get(key)]
    fsync = found.get("sqlite fsync")
    if fsync is not None and (fsync["syncs_before_the_first_word"] < 2 or fsync["syncs_after_sending"] < 1):
        bad.append("sqlite fsync: a commit was not on the disk")
    print(json.dumps({**found, "bad": bad}, ensure_ascii=False))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
