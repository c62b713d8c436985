"""The scheduler on a machine whose clock is ours: what falls due is run, what was missed once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args

import apscheduler.schedulers.base
import pytest

import flows.due
import flows.scheduler
from config.schedules import Schedule
from config.settings import settings
from config.site import Site
from config.town import load_town
from flows.clock import TOKYO
from flows.due import FLOWS, run_due
from flows.scheduler import LOOK_SECONDS, SchedulerError, prepared, run_scheduler
from plan_data.mendable import MendableError

MORNING = "{ id: morning, flow: watch, day: { kind: every_business_day }, time: '08:00' }"
NOON = "{ id: noon, flow: watch, day: { kind: every_business_day }, time: '12:00' }"
MONTHLY = "{ id: monthly, flow: watch, day: { kind: nth_business_day_of_month, n: 1 }, time: '09:00' }"


class Machine:
    """A machine that is on from one moment to another, with the scheduler running, and else off."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = folder / "home"
        self.config = folder / "config"
        shutil.copytree(load_town("togitsu").folder, self.config / "togitsu")
        monkeypatch.setenv("SHINCHOKU_HOME", str(self.home))
        monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(self.config))
        self.moment = datetime(2026, 1, 1, tzinfo=TOKYO)
        self.ran: list[str] = []
        self.waits: list[float] = []
        #: What a run does besides being noted.
        self.work: Callable[[], None] = lambda: None
        machine = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return machine.moment.astimezone(tz)

        monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Clock)
        for module in (flows.scheduler, flows.due):
            monkeypatch.setattr(module, "now", lambda: machine.moment)
        monkeypatch.setitem(FLOWS, "watch", self._run)
        self.entries(MORNING)

    def _run(self, site: Site, as_of: date) -> str:
        assert as_of == self.moment.date()
        self.ran.append(f"{self.moment:%m-%d %H:%M}")
        self.work()
        return "済み"

    def entries(self, *lines: str) -> None:
        """Write schedules.yaml."""
        text = "schedules:\n" + "".join(f"  - {line}\n" for line in lines) if lines else "schedules: []\n"
        (self.config / "togitsu" / "schedules.yaml").write_text(text, encoding="utf-8")

    @property
    def site(self) -> Site:
        """The town, with its files as they are now."""
        return Site("togitsu", settings())

    @property
    def record(self) -> Path:
        """The file of next moments."""
        return self.home / "scheduler.db"

    def on(self, start: str, end: str) -> list[str]:
        """Start the scheduler at a moment, let it run to another one, end it; return what ran."""
        self.moment = datetime.fromisoformat(start).replace(tzinfo=TOKYO)
        before = len(self.ran)
        self.site.prepare()
        scheduler = prepared(self.site, self.record)
        scheduler._event = _Waiting(self, scheduler, datetime.fromisoformat(end).replace(tzinfo=TOKYO))
        scheduler.start()
        return self.ran[before:]

    def kept(self) -> dict[str, str]:
        """The next moment of each job in the file."""
        with sqlite3.connect(self.record) as connection:
            rows = connection.execute("SELECT id, next_run_time FROM apscheduler_jobs").fetchall()
        return {name: f"{datetime.fromtimestamp(at, TOKYO):%m-%d %H:%M}" for name, at in rows}


class _Waiting:
    """Stands for the scheduler's event: to wait is to move the clock on."""

    def __init__(self, machine: Machine, scheduler, end: datetime) -> None:
        self._machine, self._scheduler, self._end = machine, scheduler, end
        self._awake = False

    def wait(self, seconds: float) -> None:
        if self._awake:
            return
        self._machine.waits.append(seconds)
        self._machine.moment = min(self._machine.moment + timedelta(seconds=seconds), self._end)
        if self._machine.moment == self._end and self._scheduler.running:
            self._scheduler.shutdown()

    def set(self) -> None:
        self._awake = True

    def clear(self) -> None:
        self._awake = False

    def is_set(self) -> bool:
        return False


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Machine:
    # Looking once an hour instead of once a minute: a simulated day costs a sixtieth.
    monkeypatch.setattr(flows.scheduler, "LOOK_SECONDS", 3600.0)
    return Machine(tmp_path, monkeypatch)


# When the machine was on, and when the watch of 8:00 on business days ran. 2026-11-23 is a holiday
# (Monday), 12-28 the last business day of the year (Monday), 01-04 the first of the next.
TIME_LINES = [
    ("always on, over a long weekend", [("2026-11-19T07:00", "2026-11-25T07:00")],
     ["11-19 08:00", "11-20 08:00", "11-24 08:00"]),
    ("always on, over the year's end", [("2026-12-28T07:00", "2027-01-05T09:00")],
     ["12-28 08:00", "01-04 08:00", "01-05 08:00"]),
    ("off for a night, on in time", [("2026-11-24T07:00", "2026-11-24T17:30"), ("2026-11-25T07:30", "2026-11-25T09:00")],
     ["11-24 08:00", "11-25 08:00"]),
    ("off for a night, on too late", [("2026-11-24T07:00", "2026-11-24T17:30"), ("2026-11-25T09:10", "2026-11-26T07:00")],
     ["11-24 08:00", "11-25 09:10"]),
    ("off from Friday to Tuesday, over a holiday", [("2026-11-20T07:00", "2026-11-20T17:30"), ("2026-11-24T09:00", "2026-11-24T17:00")],
     ["11-20 08:00", "11-24 09:00"]),
    ("off from Friday's dawn, on on a Saturday", [("2026-11-19T07:00", "2026-11-20T05:00"), ("2026-11-21T10:00", "2026-11-24T09:00")],
     ["11-19 08:00", "11-21 10:00", "11-24 08:00"]),
    ("off over the year's end", [("2026-12-28T07:00", "2026-12-28T17:30"), ("2027-01-04T10:00", "2027-01-05T09:00")],
     ["12-28 08:00", "01-04 10:00", "01-05 08:00"]),
    ("off over the year's end, three missed", [("2026-12-25T07:00", "2026-12-28T07:59"), ("2027-01-05T09:00", "2027-01-06T09:00")],
     ["12-25 08:00", "01-05 09:00", "01-06 08:00"]),
    ("off for a year", [("2026-11-24T07:00", "2026-11-24T09:00"), ("2027-11-24T10:00", "2027-11-25T09:00")],
     ["11-24 08:00", "11-24 10:00", "11-25 08:00"]),
    ("off a second before, on a second after", [("2026-11-24T07:00", "2026-11-24T07:59:59"), ("2026-11-24T08:00:01", "2026-11-24T12:00")],
     ["11-24 08:00"]),
    ("on at the very moment", [("2026-11-24T07:00", "2026-11-24T07:30"), ("2026-11-24T08:00", "2026-11-24T12:00")],
     ["11-24 08:00"]),
    ("off and on again many times after the run", [("2026-11-24T07:00", "2026-11-24T08:30")] + [("2026-11-24T09:00", "2026-11-24T10:00")] * 4,
     ["11-24 08:00"]),
    ("never on before", [("2026-11-24T09:00", "2026-11-24T17:00")], []),
]  # fmt: skip


@pytest.mark.parametrize(("on", "ran"), [t[1:] for t in TIME_LINES], ids=[t[0] for t in TIME_LINES])
def test_it_runs_what_is_due_and_makes_up_once_for_what_was_missed(machine, on, ran):
    for start, end in on:
        machine.on(start, end)
    assert machine.ran == ran


def test_it_makes_up_for_each_entry_once(machine):
    machine.entries(MORNING, NOON, MONTHLY)
    machine.on("2026-11-24T07:00", "2026-11-24T07:30")
    # Missed: five mornings and noons, and the first business day of December.
    assert machine.on("2026-12-01T13:00", "2026-12-02T08:30") == ["12-01 13:00"] * 3 + ["12-02 08:00"]
    assert machine.kept() == {
        "togitsu:morning": "12-03 08:00",
        "togitsu:noon": "12-02 12:00",
        "togitsu:monthly": "01-04 09:00",
    }


def test_it_moves_on_only_after_a_run_has_ended(machine):
    """So a kill in the middle of a run leaves it due."""
    during = []
    machine.work = lambda: during.append(machine.kept())
    machine.on("2026-11-24T07:00", "2026-11-24T09:00")
    assert during == [{"togitsu:morning": "11-24 08:00"}]
    assert machine.kept() == {"togitsu:morning": "11-25 08:00"}


def test_it_runs_once_what_took_longer_than_to_the_next_moment(machine):
    def slow() -> None:
        machine.moment += timedelta(days=1, hours=1)
        machine.work = lambda: None

    machine.work = slow
    assert machine.on("2026-11-24T07:00", "2026-11-26T07:00") == ["11-24 08:00", "11-25 09:00"]


def test_it_takes_up_changed_entries_at_its_start_and_drops_those_that_are_gone(machine, capsys):
    machine.entries(MORNING, NOON)
    machine.on("2026-11-24T07:00", "2026-11-24T10:00")
    machine.entries(MORNING.replace("08:00", "08:45"), MONTHLY)
    assert machine.on("2026-11-24T17:00", "2026-11-26T07:00") == ["11-25 08:45"]
    assert machine.kept() == {"togitsu:morning": "11-26 08:45", "togitsu:monthly": "12-01 09:00"}
    assert "予定 noon：schedules.yaml からなくなったため、やめます。" in capsys.readouterr().out


def test_it_makes_up_once_also_for_an_entry_that_was_changed_meanwhile(machine):
    machine.on("2026-11-24T07:00", "2026-11-24T17:00")
    machine.entries(MORNING.replace("08:00", "10:00"))
    assert machine.on("2026-11-25T09:00", "2026-11-26T09:00") == ["11-25 09:00", "11-25 10:00"]


def test_it_takes_up_a_new_closed_day_at_its_start(machine):
    machine.on("2026-11-24T07:00", "2026-11-24T17:00")
    (machine.config / "togitsu" / "closed_days.yaml").write_text(
        "closed: []\nadded_holidays: [{ day: 2026-11-25, name: 新しい祝日 }]\n", encoding="utf-8"
    )
    assert machine.on("2026-11-24T18:00", "2026-11-26T09:00") == ["11-26 08:00"]


def test_it_looks_at_the_clock_every_minute_because_a_sleeping_machine_stops_a_wait(tmp_path, monkeypatch):
    machine = Machine(tmp_path, monkeypatch)
    machine.on("2026-11-24T17:00", "2026-11-24T17:30")
    assert LOOK_SECONDS == 60 and len(machine.waits) == 30 and max(machine.waits) == 60


class OutOfInk(MendableError):
    """A fault that a person can mend."""


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        pytest.param(OutOfInk("受付フォルダがありません。\n置いてください。"), "失敗しました。受付フォルダがありません。 置いてください。", id="foreseen"),
        pytest.param(ValueError("a\x1b[31m\nb"), "失敗しました。ValueError: a[31m b（test_scheduler.py", id="unforeseen"),
        pytest.param(ValueError("x" * 5000), f"ValueError: {'x' * 300}（", id="long"),
        pytest.param(OSError(28, "No space left on device"), "No space left on device", id="of the system"),
    ],
)  # fmt: skip
def test_it_tells_a_failure_in_one_line_and_goes_on(machine, capsys, caplog, fault, says):
    def fail() -> None:
        machine.work = lambda: None
        raise fault

    machine.work = fail
    assert machine.on("2026-11-24T07:00", "2026-11-25T09:00") == ["11-24 08:00", "11-25 08:00"]
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if "失敗" in line]
    assert line.startswith("2026-11-24 08:00 予定「毎営業日 8:00」：") and says in line
    assert "\x1b" not in out and not caplog.records


def test_it_leaves_to_the_cockpit_what_falls_due_while_that_is_up(machine, monkeypatch, capsys):
    answers = iter(["http://127.0.0.1:4200/api"])
    monkeypatch.setattr(flows.due, "cockpit_url", lambda home: next(answers, None))
    assert machine.on("2026-11-24T07:00", "2026-11-25T09:00") == ["11-25 08:00"]
    assert "コックピットが動いているため、ここでは動かしません。" in capsys.readouterr().out


def test_it_knows_how_to_run_every_flow_an_entry_may_name():
    assert set(FLOWS) == set(get_args(Schedule.model_fields["flow"].annotation))


def test_it_runs_the_real_watch_on_the_real_settings(tmp_path, monkeypatch, capsys, sample_inbox):
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHINCHOKU_INBOX", str(sample_inbox))
    monkeypatch.setattr(flows.due, "now", lambda: datetime(2026, 11, 24, 8, tzinfo=TOKYO))
    run_due("togitsu", "watch", "毎営業日 8:00")
    out = capsys.readouterr().out
    assert "予定「毎営業日 8:00」：終わりました。" in out, out
    assert (tmp_path / "home/reports/togitsu/2026-11-24/report.html").is_file()
    with sqlite3.connect(tmp_path / "home/shinchoku.db") as connection:
        assert connection.execute("SELECT engine, as_of FROM runs").fetchall() == [("plain", "2026-11-24")]


def test_it_says_that_there_is_nothing_to_run(machine):
    machine.entries()
    with pytest.raises(SchedulerError, match=r"予定がありません。.*schedules\.yaml"):
        run_scheduler(machine.site)


def test_it_refuses_a_home_on_a_network_share(machine, monkeypatch):
    monkeypatch.setattr(flows.scheduler, "network_type", lambda path: "cifs")
    with pytest.raises(SchedulerError, match="共有フォルダ（cifs）"):
        run_scheduler(machine.site)


@pytest.mark.parametrize("broken", ["garbage", "folder", "lock"])
def test_it_says_what_to_do_about_a_record_it_cannot_use(machine, broken):
    machine.home.mkdir()
    if broken == "garbage":
        machine.record.write_bytes(b"not a database" * 100)
    else:
        (machine.home / ("scheduler.db" if broken == "folder" else "scheduler.lock")).mkdir()
    with pytest.raises(SchedulerError, match=r"予定の記録 .*scheduler\.db を読み書きできません"):
        run_scheduler(machine.site)


def test_it_makes_up_also_for_a_job_that_an_older_version_wrote_otherwise(machine):
    machine.on("2026-11-24T07:00", "2026-11-24T09:00")
    with sqlite3.connect(machine.record) as connection:
        connection.execute("UPDATE apscheduler_jobs SET job_state = x'00'")
    assert machine.on("2026-11-25T09:10", "2026-11-26T07:00") == ["11-25 09:10"]
