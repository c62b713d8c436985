"""A sender that is stopped in the middle and goes on when its lease is long over, and another has sent.

A machine that sleeps does this. Nobody can keep the first from finishing what it began, so a copy may go
out twice; but its late mark must not undo the other's, nothing may be lost, and of each key's copies at
most one may come without the mark: the one that was begun when nothing else had been.
"""

from __future__ import annotations

import os
import signal
from collections import defaultdict

from torture_kill import STEPS, Mined, drain, in_a_child, ways_of
from torture_town import BEGAN, HOUR, Wire, dispatcher, record, verdict

from tasks.store.engine import open_store

#: Steps at which a process can be stopped outside a transaction of the database: inside one, the others wait for it.
FREEZES = [
    event
    for event, (_, step) in enumerate(STEPS)
    if step in {"after claim", "after the acknowledgement, before the mark"} or step.startswith("during send")
]


def freeze() -> None:
    """Stop until somebody says go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def beyond_the_lease(url: str, other: Wire) -> dict[str, int]:
    """Stop a sender once at each step, let another send when the lease is over, then let the first go on."""
    in_a_child(lambda: open_store(url))
    stopped = 0
    for number, event in enumerate(FREEZES):
        ways = ways_of(event)
        in_a_child(lambda: record(url, number, ways))  # noqa: B023
        now = BEGAN + 2 * HOUR * number
        child = os.fork()
        if child == 0:
            mined = Mined(url, STEPS[event][1], freeze)
            try:
                os._exit(1 if dispatcher(url, other, now, mined).run().problems else 0)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, os.WUNTRACED)
        stopped += os.WIFSTOPPED(status)
        in_a_child(lambda: dispatcher(url, other, now + HOUR).run())  # noqa: B023
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, f"{STEPS[event]}: the sender failed when it went on"
    drain(url, other, 2 * len(FREEZES))
    found = verdict(url, other, len(FREEZES), lambda number: ways_of(FREEZES[number]))
    # Which of the two copies comes first on the wire is chance, so they are counted, not put in order.
    del found["wire_doubles_not_marked"]
    unmarked: defaultdict[str, int] = defaultdict(int)
    for key, marked in other.taken():
        unmarked[key] += not marked
    return {
        "freezes": len(FREEZES),
        "freezes_missed": len(FREEZES) - stopped,
        "keys_twice_unmarked": sum(count > 1 for count in unmarked.values()),
        **found,
    }
