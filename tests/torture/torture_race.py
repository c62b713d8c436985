"""Many dispatchers at once on one outbox: every message goes out once."""

from __future__ import annotations

import os
import time

from torture_kill import in_a_child
from torture_town import BEGAN, Wire, dispatcher, record, verdict

RACERS = 8
#: One event carries so many messages.
BATCH = 100


def race(url: str, other: Wire, rows: int) -> dict[str, int]:
    """Let RACERS processes send ``rows`` messages over the web, all at once."""
    ways = ("chat",) * BATCH
    events = rows // BATCH

    def fill() -> None:
        for event in range(events):
            record(url, event, ways)

    in_a_child(fill)
    began = time.monotonic()
    racers = []
    for _ in range(RACERS):
        child = os.fork()
        if child == 0:
            try:
                done = dispatcher(url, other, BEGAN).run()
                os._exit(1 if done.problems else 0)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        racers.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in racers)
    assert not failed, f"{failed} dispatchers failed"
    seconds = time.monotonic() - began
    found = verdict(url, other, events, lambda event: ways)
    return {"racers": RACERS, "seconds": round(seconds), "race_wire_doubles": found["wire_doubles"], **found}
