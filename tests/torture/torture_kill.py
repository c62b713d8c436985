"""kill -9, at any instant and at every named step: nothing lost, every double marked."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Callable

from sqlalchemy import event as hooks
from torture_town import BEGAN, HOUR, Wire, dispatcher, record, verdict

from tasks.store.engine import open_store
from tasks.store.messages import Outbox


def in_a_child(work: Callable[[], None], kill_after: float | None = None) -> bool:
    """Do something in a process of its own, killed after some seconds; say whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert status == 0 or os.WIFSIGNALED(status), "the sender failed by itself"
    return os.WIFSIGNALED(status)


def work(url: str, other: Wire, event: int, round_: int) -> None:
    """What a run does: record the event, then send what is due."""
    record(url, event)
    dispatcher(url, other, BEGAN + HOUR * round_).run()


def drain(url: str, other: Wire, round_: int) -> int:
    """Send what is left, as later runs would; return how many runs it took."""
    for extra in range(1, 50):
        done = dispatcher(url, other, BEGAN + HOUR * (round_ + extra)).run()
        assert not done.problems, done.problems
        if done.waiting == 0:
            return extra
    raise AssertionError("the outbox does not empty")


def at_random_instants(url: str, other: Wire, kills: int, seed: int) -> dict[str, int]:
    """Kill the process ``kills`` times; events go on, one after the other."""
    chance = random.Random(seed)
    in_a_child(lambda: open_store(url))
    began = time.monotonic()
    in_a_child(lambda: work(url, other, 0, 0))
    whole = time.monotonic() - began
    killed, round_, event = 0, 1, 1
    while killed < kills:
        was = in_a_child(lambda: work(url, other, event, round_), chance.uniform(0, whole * 1.1))  # noqa: B023
        killed += was
        round_ += 1
        # Every third round an event is new; the others find an older one half done.
        event += round_ % 3 == 0
    for number in range(event + 1):
        in_a_child(lambda: record(url, number))  # noqa: B023
    runs = drain(url, other, round_)
    return {"kills": killed, "rounds": round_, "runs_to_drain": runs, **verdict(url, other, event + 1)}


# --- named steps ---


def die() -> None:
    """kill -9, by oneself."""
    os.kill(os.getpid(), signal.SIGKILL)


class Mined(Outbox):
    """An outbox in which a step ends the process, or does to it whatever ``strike`` does."""

    def __init__(self, url: str, step: str, strike: Callable[[], None] = die) -> None:
        super().__init__(open_store(url), "togitsu")
        self._step = step
        self._strike = strike

    def _at(self, step: str) -> None:
        if step == self._step:
            self._strike()

    def claim(self, *args, **kwargs):
        self._at("before claim")
        if self._step == "in claim":
            hooks.listen(self._store.engine, "commit", lambda _: self._strike())
        claimed = super().claim(*args, **kwargs)
        self._at("after claim")
        if self._step.startswith("during send"):
            _mine_the_wire(int(self._step.rpartition(" ")[2]), self._strike)
        return claimed

    def sent(self, *args, **kwargs):
        self._at("after the acknowledgement, before the mark")
        if self._step == "in the mark":
            hooks.listen(self._store.engine, "commit", lambda _: self._strike())
        done = super().sent(*args, **kwargs)
        self._at("after the mark")
        return done


def _mine_the_wire(number: int, strike: Callable[[], None]) -> None:
    """Strike at the ``number``-th piece that the process puts on the wire, half of it sent."""
    real, count = socket.socket.sendall, [0]

    def sendall(self, data, *flags):
        count[0] += 1
        if count[0] == number:
            half = len(data) // 2
            real(self, data[:half], *flags)
            strike()
            data = data[half:]
        return real(self, data, *flags)

    socket.socket.sendall = sendall


def _steps(way: str, pieces: int) -> list[tuple[str, str]]:
    return [
        (way, step)
        for step in (
            "while recording",
            "before claim",
            "in claim",
            "after claim",
            *(f"during send, piece {number}" for number in range(1, pieces + 1)),
            "after the acknowledgement, before the mark",
            "in the mark",
            "after the mark",
        )
    ]


#: By mail six pieces go out (EHLO, MAIL, RCPT, DATA, the text, QUIT), over the web two (head and body).
STEPS = [*_steps("mail", 6), *_steps("chat", 2)]


def ways_of(event: int) -> tuple[str, ...]:
    """Each step has an event of its own, with one message."""
    return (STEPS[event][0],)


def mined_work(url: str, other: Wire, event: int) -> None:
    """What a run does, until the step at which it dies."""
    step = STEPS[event][1]
    if step == "while recording":
        # The first commit is that of the look at the schema.
        _at_commit(url, 2)
    record(url, event, ways_of(event))
    dispatcher(url, other, BEGAN + HOUR * event, Mined(url, step)).run()


def _at_commit(url: str, number: int) -> None:
    """Kill the process just before its ``number``-th commit."""
    count = [0]

    def commit(connection) -> None:
        count[0] += 1
        if count[0] == number:
            die()

    hooks.listen(open_store(url).engine, "commit", commit)


def at_every_step(url: str, other: Wire) -> dict[str, int]:
    """Die once at each step, over each way; then let later runs finish."""
    in_a_child(lambda: open_store(url))
    killed = 0
    for event in range(len(STEPS)):
        killed += in_a_child(lambda: mined_work(url, other, event))  # noqa: B023
        in_a_child(lambda: record(url, event, ways_of(event)))  # noqa: B023
        in_a_child(lambda: dispatcher(url, other, BEGAN + HOUR * event + HOUR / 2).run())  # noqa: B023
    drain(url, other, len(STEPS))
    return {
        "steps": len(STEPS),
        "steps_survived": len(STEPS) - killed,
        **verdict(url, other, len(STEPS), ways_of),
    }
