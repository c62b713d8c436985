"""A real scheduler process: killed, restarted, told to stop, started twice. Its flow is a stand-in."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from processes import inherited, running, wait_for

from config.town import load_town
from flows.clock import TOKYO

# Each run adds a line to the file `ran`, and lasts until the file `hold` is gone.
SCHEDULER = """
import time
from pathlib import Path
from config.settings import settings
from config.site import Site
from flows import due, scheduler

def stand_in(site, as_of):
    with (site.home / "ran").open("a") as ran:
        ran.write(f"{as_of}\\n")
    while (site.home / "hold").exists():
        time.sleep(0.02)
    with (site.home / "ended").open("a") as ended:
        ended.write(f"{as_of}\\n")
    return "済み"

due.FLOWS["watch"] = stand_in
raise SystemExit(scheduler.run_scheduler(Site("togitsu", settings())))
"""
WAITING = "予定「毎営業日"
DONE = "終わりました。済み"
SECONDS = 20


class Place:
    """A home and its entry, due on every business day twelve hours away from now."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        shutil.copytree(load_town("togitsu").folder, folder / "config" / "togitsu")
        at = datetime.now(TOKYO) + timedelta(hours=12)
        (folder / "config" / "togitsu" / "schedules.yaml").write_text(
            "schedules: [{ id: morning, flow: watch, day: { kind: every_business_day }, "
            f"time: '{at:%H:%M}' }}]\n",
            encoding="utf-8",
        )

    def scheduler(self, before: str = ""):
        return running(["-c", before + SCHEDULER], self.home, str(self.home))

    def lines(self, name: str) -> int:
        file = self.home / name
        return len(file.read_text().splitlines()) if file.exists() else 0

    def next_moment(self) -> float:
        with sqlite3.connect(self.home / "scheduler.db") as connection:
            ((moment,),) = connection.execute("SELECT next_run_time FROM apscheduler_jobs").fetchall()
        return moment

    def next_moment_is_kept(self) -> bool:
        """Whether a scheduler has written its entry down."""
        try:
            return self.next_moment() > 0
        except (sqlite3.OperationalError, ValueError):
            return False

    def run_and_kill(self) -> None:
        """Start a scheduler, and kill it while it waits."""
        with self.scheduler() as scheduler:
            scheduler.says(WAITING, SECONDS)
            wait_for(self.next_moment_is_kept, SECONDS, scheduler.said)
            kill(scheduler)

    def be_off_for_days(self, days: int) -> None:
        """Turn back what the record says comes next, as if the machine had been off since."""
        with sqlite3.connect(self.home / "scheduler.db") as connection:
            connection.execute(
                "UPDATE apscheduler_jobs SET next_run_time = next_run_time - ?", (days * 86400,)
            )


@pytest.fixture
def place(tmp_path, monkeypatch) -> Place:
    made = Place(tmp_path)
    monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(tmp_path / "config"))
    return made


def kill(scheduler) -> None:
    scheduler.process.kill()
    scheduler.process.wait()


def test_it_survives_kill_9_while_it_waits_and_makes_up_once_for_a_week(place):
    place.run_and_kill()
    kept = place.next_moment()
    with place.scheduler() as again:
        again.says(WAITING, SECONDS)
        kill(again)
    assert place.next_moment() == kept and place.lines("ran") == 0
    place.be_off_for_days(9)
    for _ in range(3):
        with place.scheduler() as after:
            after.says(DONE if place.lines("ran") == 0 else WAITING, SECONDS)
            wait_for(lambda: place.next_moment() == kept, SECONDS, after.said)
            kill(after)
    assert place.lines("ran") == 1


def test_it_repeats_a_run_that_kill_9_cut_off_and_then_no_more(place):
    place.run_and_kill()
    place.be_off_for_days(9)
    (place.home / "hold").touch()
    with place.scheduler() as cut_off:
        cut_off.says("始めます。", SECONDS)
        wait_for(lambda: place.lines("ran") == 1, SECONDS, cut_off.said)
        kill(cut_off)
    (place.home / "hold").unlink()
    with place.scheduler() as after:
        after.says(DONE, SECONDS)
    assert (place.lines("ran"), place.lines("ended")) == (2, 1)
    with place.scheduler() as later:
        later.says(WAITING, SECONDS)
    assert place.lines("ran") == 2


def test_it_does_not_double_when_two_start_at_once(place):
    place.run_and_kill()
    place.be_off_for_days(9)
    (place.home / "hold").touch()
    with place.scheduler() as one, place.scheduler() as other:
        both = (one, other)
        wait_for(lambda: any(it.process.poll() is not None for it in both), SECONDS)
        (ended,) = [it for it in both if it.process.poll() is not None]
        (alive,) = [it for it in both if it is not ended]
        assert ended.process.returncode == 0
        assert "すでに別の `shinchoku schedule` が動かしています" in ended.said()
        (place.home / "hold").unlink()
        alive.says(DONE, SECONDS)
    assert place.lines("ran") == 1


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="Ctrl+C"),
        pytest.param(signal.SIGTERM, id="SIGTERM"),
        pytest.param(signal.SIGHUP, id="terminal closed"),
    ],
)
@pytest.mark.parametrize("at_work", [pytest.param(False, id="waiting"), pytest.param(True, id="at work")])
def test_it_ends_cleanly_after_the_run_at_work(place, number, at_work):
    if at_work:
        place.run_and_kill()
        place.be_off_for_days(9)
        (place.home / "hold").touch()
    with inherited(number, signal.SIG_DFL), place.scheduler() as scheduler:
        scheduler.says("始めます。" if at_work else WAITING, SECONDS)
        wait_for(lambda: at_work or place.next_moment_is_kept(), SECONDS, scheduler.said)
        scheduler.process.send_signal(number)
        if at_work:
            scheduler.process.send_signal(number)
            with pytest.raises(subprocess.TimeoutExpired):
                scheduler.process.wait(0.2)
            (place.home / "hold").unlink()
        assert scheduler.process.wait(SECONDS) == 0
        assert "予定の実行を終わります。" in scheduler.said() and "Traceback" not in scheduler.said()
    assert place.lines("ended") == int(at_work)
    assert place.next_moment() > datetime.now(TOKYO).timestamp()


def test_it_goes_on_under_nohup_when_the_terminal_is_closed(place):
    with place.scheduler("import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n") as scheduler:
        scheduler.says(WAITING, SECONDS)
        wait_for(place.next_moment_is_kept, SECONDS, scheduler.said)
        scheduler.process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            scheduler.process.wait(0.2)


def test_it_keeps_no_secret_and_lets_only_its_owner_read(place, monkeypatch):
    monkeypatch.setenv("SHINCHOKU_SMTP_USERNAME", "togitsu")
    monkeypatch.setenv("SHINCHOKU_SMTP_PASSWORD", "kaki-no-ki")
    with place.scheduler() as scheduler:
        scheduler.says(WAITING, SECONDS)
        wait_for(place.next_moment_is_kept, SECONDS, scheduler.said)
    record = place.home / "scheduler.db"
    assert b"kaki-no-ki" not in record.read_bytes()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_it_starts_without_prefect():
    """Importing Prefect costs seconds, and on a terminal it asks an analytics host."""
    code = "import sys, flows.scheduler, flows.schedule_list; print('prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["False"]
