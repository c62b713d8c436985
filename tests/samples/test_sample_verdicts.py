"""The sample inbox through the public functions: build, read, judge; each 事業 gets the verdict it is meant for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256

import pytest

from config.town import load_town
from plan_data.action_plan import ActionPlanBook
from plan_data.loader import load_plan
from tasks.progress.judge import judge
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.samples.build import DAYS, build_inbox
from tasks.samples.model import inbox
from tasks.sheets.reading import read_file, reading_context

PROJECTS = [f"DX-{n:02}" for n in range(1, 30)]


@pytest.fixture(scope="module")
def town():
    return load_town("togitsu")


@pytest.fixture(scope="module")
def book():
    return load_plan("togitsu")


@pytest.fixture(scope="module")
def readings(town, book, tmp_path_factory):
    """What was read on each day, by file name: on the second day the changed files only."""
    folder = tmp_path_factory.mktemp("sample") / "inbox"
    context = reading_context(book.in_force(DAYS[1]), town)
    known: dict[str, str] = {}
    days = {}
    for day, as_of in DAYS.items():
        build_inbox(folder, day)
        days[day] = {}
        for path in sorted(folder.glob("見本_*.xlsx")):
            digest = sha256(path.read_bytes()).hexdigest()
            if known.get(path.name) != digest:
                known[path.name] = digest
                days[day][path.name] = read_file(path, path.name, digest, as_of, context)
    return days


@pytest.fixture(scope="module")
def findings(town, book, readings):
    """The findings of each day by 事業."""
    first = list(readings[1].values())
    history = {1: first, 2: [*first, *readings[2].values()]}
    return {
        day: {
            f.project_id: f
            for f in judge(
                book, history[day], as_of, town.rules, town.calendar, town.forecast, ActionPlanBook("togitsu")
            ).findings
        }
        for day, as_of in DAYS.items()
    }


@pytest.mark.parametrize("day", DAYS, ids=["first day", "second day"])
@pytest.mark.parametrize("project_id", PROJECTS)
def test_it_gets_the_intended_verdict(findings, project_id, day):
    finding, meant = findings[day][project_id], inbox().intends[project_id].on(day)
    assert finding.verdict is meant.verdict, (meant.why, [r.text for r in finding.reasons])


def test_it_means_something_for_every_project_of_the_plan(book):
    assert list(inbox().intends) == [p.id for _, _, p in book.in_force(DAYS[1]).projects()]


def test_it_shows_every_verdict_and_a_town_that_is_mostly_on_track(findings):
    counts = Counter(f.verdict for f in findings[1].values())
    assert set(counts) == set(Verdict)
    assert counts[Verdict.ON_TRACK] > len(PROJECTS) / 2


def test_it_gets_one_worse_and_one_better_on_the_second_day(findings):
    steps = {
        project_id: findings[2][project_id].verdict.rank - findings[1][project_id].verdict.rank
        for project_id in PROJECTS
    }
    assert sorted(step > 0 for step in steps.values() if step) == [False, True]


# 事業, the reason that is meant to decide it, its days on the first day
REASONS = [
    ("DX-02", ReasonCode.MILESTONE_OVERDUE, 85),  # 調達公告 by 2026-08-31
    ("DX-02", ReasonCode.SELF_RATING_GAP, None),
    ("DX-03", ReasonCode.BUDGET_NOT_REQUESTED, 11),  # 11/15 is a Sunday: 2026-11-13
    ("DX-08", ReasonCode.MET, None),
    ("DX-11", ReasonCode.DEPARTMENTS_DISAGREE, None),
    ("DX-13", ReasonCode.FILE_UNREADABLE, None),
    ("DX-14", ReasonCode.NEVER_REPORTED, None),
    ("DX-15", ReasonCode.ROW_REJECTED, None),
    ("DX-17", ReasonCode.MET_EARLY, 181),  # 2026-10-01 to 2027-03-31
    ("DX-23", ReasonCode.PAST_DUE, 238),  # 2026-03-31 to 2026-11-24
    ("DX-25", ReasonCode.NOTHING_PLANNED, None),
]


@pytest.mark.parametrize(("project_id", "code", "days"), REASONS, ids=[f"{p} {c}" for p, c, _ in REASONS])
def test_it_gives_the_meant_reason(findings, project_id, code, days):
    assert (code, days) in {(r.code, r.days) for r in findings[1][project_id].reasons}


def test_it_hears_from_every_department_of_the_plan_but_the_silent(book, town):
    named = {d for _, _, p in book.in_force(DAYS[1]).projects() for d in p.departments}
    owing = {member for name in named for member in town.departments.members(name)}
    silent = {s.department for s in inbox().silent}
    assert {w.department for w in inbox().workbooks} == owing - silent
    assert silent < owing


@pytest.mark.parametrize("workbook", inbox().workbooks, ids=lambda w: w.file.removesuffix(".xlsx"))
def test_it_is_read_as_it_was_meant(readings, workbook):
    reading = readings[1][workbook.file]
    if workbook.cut:
        assert reading.error is not None
        assert reading.counts.rows == 0
        return
    assert reading.error is None
    assert {o.department for o in reading.observations} == {workbook.department}
    assert Counter(e.code for e in reading.row_errors) == Counter(f for r in workbook.rows for f in r.faults)
    sound = [row.on(1) for row in workbook.rows if not row.faults]
    assert reading.counts.accepted == len(sound)
    assert reading.counts.rejected == len(workbook.rows) - len(sound)
    for observation, cells in zip(reading.observations, sound, strict=True):
        for name, value in cells.items():
            if isinstance(value, date | float):
                assert observation.fields[name].value == value, name


def test_it_offers_the_right_era_for_the_wrong_one(readings):
    errors = [e for r in readings[1].values() for e in r.row_errors if e.code == "date_wrong_era"]
    assert [(e.raw, e.suggestion) for e in errors] == [("令和元年3月", "平成31年3月")]


def test_a_row_sent_back_is_cited_for_its_own_project_alone(findings):
    cited = {
        project_id: [e.cell for r in finding.reasons if r.code is ReasonCode.ROW_REJECTED for e in r.evidence]
        for project_id, finding in findings[1].items()
    }
    assert {project_id: cells for project_id, cells in cited.items() if cells} == {"DX-15": ["F8", "G8"]}
