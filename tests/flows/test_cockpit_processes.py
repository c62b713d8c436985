"""How ``up`` watches over its two processes: started, restarted within bounds, never left behind."""

from __future__ import annotations

import os
import signal
import socket

import pytest
from processes import ROOT, free_port, inherited, running, wait_for

from flows.only_one import only_one

UP = "コックピットが動いています"
RESTARTED = "実行係が止まったため、起動し直します。"
#: A test run in small: it starts a process, and is killed while it waits.
TEST_RUN = """
import pathlib, sys, time
sys.path.insert(0, sys.argv[1])
from processes import running
with running(["-c", "import time; time.sleep(60)", "of-a-test"], pathlib.Path(sys.argv[2]), sys.argv[3]):
    time.sleep(60)
"""


def up(tmp_path, port, *more):
    """``up`` with stand-ins for Prefect, in a process of its own."""
    return running(
        [str(ROOT / "tests/support/cockpit_with_stand_ins.py"), str(port), *more], tmp_path, tmp_path.name
    )


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="Ctrl+C"),
        pytest.param(signal.SIGTERM, id="SIGTERM"),
        pytest.param(signal.SIGHUP, id="terminal closed"),
    ],
)
def test_it_stops_cleanly_and_leaves_no_process_and_no_state(tmp_path, number):
    with inherited(number, signal.SIG_DFL), up(tmp_path, free_port()) as cockpit:
        cockpit.says(UP, 60)
        assert len(cockpit.family()) == 4
        cockpit.process.send_signal(number)
        assert cockpit.process.wait(60) == 0
        assert cockpit.family() == {}
    assert not (tmp_path / "prefect" / "cockpit.json").exists()


def test_it_stays_up_under_nohup_when_the_terminal_is_closed(tmp_path):
    with inherited(signal.SIGHUP, signal.SIG_IGN), up(tmp_path, free_port()) as cockpit:
        cockpit.says(UP, 60)
        cockpit.process.send_signal(signal.SIGHUP)
        cockpit.process.send_signal(signal.SIGTERM)
        assert cockpit.process.wait(60) == 0


def test_it_takes_its_children_along_when_it_is_killed(tmp_path):
    with up(tmp_path, free_port()) as cockpit:
        cockpit.says(UP, 60)
        cockpit.process.kill()
        # The run itself is Prefect's to end: its serving process does that on SIGTERM.
        wait_for(lambda: not any("the-serv" in command for command in cockpit.family().values()), 5)


@pytest.mark.parametrize("part", ["the-server", "the-serving"])
def test_it_restarts_what_dies(tmp_path, part):
    with up(tmp_path, free_port()) as cockpit:
        cockpit.says(UP, 60)
        died = cockpit.pid_of(part)
        os.kill(died, signal.SIGKILL)
        cockpit.says("止まったため、起動し直します。", 5)
        assert cockpit.pid_of(part, but_not=died)


def test_it_gives_up_on_what_dies_again_and_again_and_says_where_to_look(tmp_path):
    with up(tmp_path, free_port()) as cockpit:
        cockpit.says(UP, 60)
        died = 0
        for _ in range(6):
            died = cockpit.pid_of("the-serving", but_not=died)
            os.kill(died, signal.SIGKILL)
        assert cockpit.process.wait(60) == 2
        assert cockpit.said().count(RESTARTED) == 5
        assert "実行係が繰り返し止まるため" in cockpit.said()
        assert str(tmp_path / "serving.log") in cockpit.said()
        assert cockpit.family() == {}


def test_it_says_why_a_part_did_not_start(tmp_path):
    with up(tmp_path, free_port(), "broken") as cockpit:
        assert cockpit.process.wait(30) == 2
        assert "実行係" in cockpit.said()
        assert "壊れています" in cockpit.said()
        assert cockpit.family() == {}


def test_it_says_on_a_second_start_where_the_first_one_is(tmp_path):
    port = free_port()
    with up(tmp_path, port) as first:
        first.says(UP, 60)
        with up(tmp_path, free_port()) as again:
            assert again.process.wait(60) == 0
            assert f"コックピットはすでに動いています： http://127.0.0.1:{port}" in again.said()


def test_it_says_what_to_do_when_the_port_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with up(tmp_path, port) as cockpit:
            assert cockpit.process.wait(60) == 2
            assert f"ポート {port} は使えません" in cockpit.said()
            assert f"--port {port + 100}" in cockpit.said()


def test_it_lets_one_holder_in_and_the_next_one_after_it(tmp_path):
    lock = tmp_path / "lock"
    with only_one(lock) as first, only_one(lock) as second:
        assert (first, second) == (True, False)
    with only_one(lock) as third:
        assert third


def test_a_killed_test_run_leaves_no_process_either(tmp_path):
    support = str(ROOT / "tests/support")
    with running(["-c", TEST_RUN, support, str(tmp_path), tmp_path.name], tmp_path, tmp_path.name) as outer:
        outer.pid_of("of-a-test")
        outer.process.kill()
        wait_for(lambda: outer.family() == {}, 5)
