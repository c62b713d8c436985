"""Start a process of the cockpit (``python -m flows.quick_start MODULE ARGUMENT…``).

What Prefect makes while it is imported stays, and Python's collector would go through it again and again:
an eighth of the start. It comes by less often here; what it finds late are some megabytes.
"""

from __future__ import annotations

import gc
import runpy
import sys

#: New objects between two collections; Python's own default is 700.
COLLECTED_AFTER = 50_000


def main() -> None:
    """Run the module that the first argument names, with the rest as its arguments."""
    gc.set_threshold(COLLECTED_AFTER, 10, 10)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
