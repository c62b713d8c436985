"""What the stations ask of the store, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from tasks.alerts.records import AlertEvent, EpisodeChange, EventKind
from tasks.intake.records import Submission
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import (
    Baseline,
    CellEvidence,
    Expected,
    Finding,
    Forecast,
    Judgement,
    PlanEvidence,
    Reason,
)
from tasks.sheets.records import Counts, FileError, FileReading, Observation, RowError
from tasks.store.episodes import episode_apply, events_add, open_episodes
from tasks.store.repositories import (
    events_of_run,
    files_received_since,
    findings_put,
    judgement_get,
    latest_run,
    previous_run,
    reading_put,
    readings_get,
    readings_known,
    readings_newest,
    run_add,
    run_find,
    run_get,
    submission_add,
    submissions_known,
)
from tasks.store.unread import submissions_unread

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=timezone(timedelta(hours=9)))
TOWN = "togitsu"


def day(number: int) -> date:
    return date(2026, 11, number)


def sent(file: str, content: str, on: int, town: str = TOWN) -> Submission:
    return Submission(town, file, content * 64, 10, day(on), f"archive/{content}")


def read(file: str, on: int, **fields) -> FileReading:
    cells = {name: {"value": value, "raw": f"{value}", "cell": "C3"} for name, value in fields.items()}
    row = Observation(sheet="報告", row=3, project_id="DX-02", department="税務課", fields=cells)
    error = RowError(
        sheet="報告",
        cell="D4",
        code="date",
        message="日付ではありません。",
        raw="\x00=cmd|'😀\u845b\U000e0100",
        suggestion=None,
    )
    return FileReading(
        file=file, sha256="a" * 64, format="xlsx", received_on=day(on), observations=(row,), row_errors=(error,),
        counts=Counts(rows=2, accepted=1, rejected=1, ignored=0),
    )  # fmt: skip


def finding(project_id: str, verdict: Verdict = Verdict.DELAYED) -> Finding:
    evidence = (
        PlanEvidence(ref="togitsu@R8.3 DX-02 R8: 導入"),
        CellEvidence(file="税務課.xlsx", sha256="a" * 64, sheet="報告", cell="C3", raw="２０％"),
    )
    return Finding(
        project_id=project_id,
        project_name="コンビニ交付（税証明）",
        departments=("税務課", "住民環境課"),
        verdict=verdict,
        reasons=(
            Reason(
                code=ReasonCode.MILESTONE_OVERDUE,
                text="節目の期限を25日過ぎています。",
                days=25,
                verdict=verdict,
                evidence=evidence,
            ),
        ),
        expected=Expected(phase="導入", due_on=date(2027, 3, 31), progress=0.58),
        reported={"phase": "導入", "progress": 0.2, "due_on": "2027-02-26"},
        self_rating="順調",
        forecast=Forecast(),
        baseline=Baseline(due_on=date(2027, 3, 31), days_late=0),
    )


def judged(on: int, *findings: Finding) -> Judgement:
    return Judgement(town=TOWN, as_of=day(on), fiscal_year="R8", plan_revision="R8.3", findings=findings)


def add_run(connection, on: int, *findings: Finding, minute: int = 0) -> int:
    judgement = judged(on, *findings)
    at = NINE + timedelta(days=on - 24, minutes=minute)
    run_id = run_add(connection, judgement, "plain", at, at + timedelta(seconds=5))
    findings_put(connection, run_id, judgement)
    return run_id


# what comes in, day by day (file content)     which version each is
VERSIONS = [
    pytest.param([("A", 1), ("A", 1)], [1, 1], id="the same bytes on the same day are one submission"),
    pytest.param([("A", 1), ("A", 9)], [1, 1], id="seen again days later they are still the same"),
    pytest.param([("A", 1), ("B", 2)], [1, 2], id="other bytes are a new one"),
    pytest.param([("A", 1), ("B", 2), ("A", 3)], [1, 2, 3], id="bytes that come back are what holds now"),
    pytest.param([("A", 1), ("B", 1), ("A", 1)], [1, 2, 3], id="also on one day"),
    pytest.param([("A", 1), ("B", 5), ("A", 3)], [1, 2, 1], id="a look back sees the version of that day"),
    pytest.param([("B", 5), ("A", 3), ("A", 4)], [1, 2, 2], id="a day before the first has its own version"),
]


@pytest.mark.parametrize(("seen", "expected"), VERSIONS)
def test_it_knows_a_file_by_its_name_and_bytes(store, seen, expected):
    ids = []
    for content, on in seen:
        with store.begin() as connection:
            ids.append(submission_add(connection, sent("税務課.xlsx", content, on), NINE))
    order = {known: number for number, known in enumerate(dict.fromkeys(ids), start=1)}
    assert [order[known] for known in ids] == expected


def test_it_keeps_files_and_towns_apart(store):
    with store.begin() as connection:
        ids = {
            submission_add(connection, sent("a.xlsx", "A", 1), NINE),
            submission_add(connection, sent("b.xlsx", "A", 1), NINE),
            submission_add(connection, sent("a.xlsx", "A", 1, town="nagayo"), NINE),
        }
        assert len(ids) == 3
        assert len(submissions_known(connection, TOWN, day(30))) == 2


def test_it_gives_back_what_was_received_by_a_day_oldest_first(store):
    late, early = sent("b.xlsx", "B", 20), sent("a.xlsx", "A", 10)
    with store.begin() as connection:
        submission_add(connection, late, NINE)
        submission_add(connection, early, NINE)
        known = [[s for _, s in submissions_known(connection, TOWN, day(on))] for on in (9, 10, 19, 20)]
    assert known == [[], [early], [early], [early, late]]


def test_it_knows_which_files_came_after_a_moment(store):
    with store.begin() as connection:
        submission_add(connection, sent("a.xlsx", "A", 1), NINE)
        submission_add(connection, sent("b.xlsx", "B", 1), NINE + timedelta(seconds=1))
        assert files_received_since(connection, TOWN, None) == {"a.xlsx", "b.xlsx"}
        assert files_received_since(connection, TOWN, NINE) == {"b.xlsx"}


def test_it_gives_a_reading_back_as_it_was(store):
    reading = read(
        "税務課.xlsx",
        10,
        phase="導入",
        progress=0.2,
        due_on=date(2027, 2, 26),
        held_count=3,
        note="𠮷野家\n二行",
    )
    broken = FileReading(
        file="x.xlsx",
        sha256="b" * 64,
        format="unknown",
        received_on=day(10),
        error=FileError(code="encrypted", message="開けません。", remedy="パスワードを外してください。"),
    )
    with store.begin() as connection:
        first = submission_add(connection, sent("税務課.xlsx", "A", 10), NINE)
        other = submission_add(connection, sent("x.xlsx", "B", 10), NINE)
        reading_put(connection, first, "v1", reading)
        reading_put(connection, other, "v1", broken)
    with store.begin() as connection:
        ids = [newest.id for newest in readings_newest(connection, TOWN, day(10)).values()]
        assert readings_get(connection, ids) == dict(zip(ids, (reading, broken), strict=True))
        assert readings_known(connection, TOWN, day(10)) == [reading, broken]


def test_it_knows_the_reader_of_the_newest_reading(store):
    def newest():
        ((key, known),) = readings_newest(connection, TOWN, day(10)).items()
        assert key == ("a.xlsx", "A" * 64, day(10))
        return known.submission_id, known.reader_key

    with store.begin() as connection:
        sub = submission_add(connection, sent("a.xlsx", "A", 10), NINE)
        assert newest() == (sub, None)
        reading_put(connection, sub, "v1", read("a.xlsx", 10, phase="導入"))
        assert newest() == (sub, "v1")
        new = read("a.xlsx", 10, phase="運用")
        reading_put(connection, sub, "v2", new)
        assert readings_known(connection, TOWN, day(10)) == [new]
        # What v1 read is no longer the newest: asked for again, it has to read again.
        assert newest() == (sub, "v2")
        assert readings_newest(connection, TOWN, day(9)) == {}


def test_it_names_what_the_reader_of_its_day_has_not_read_last(store):
    def unread(as_of=11, **keys):
        by_day = {day(int(name[1:])): key for name, key in keys.items()}
        return set(submissions_unread(connection, TOWN, day(as_of), by_day).values())

    with store.begin() as connection:
        one = submission_add(connection, sent("a.xlsx", "A", 10), NINE)
        two = submission_add(connection, sent("b.xlsx", "B", 11), NINE)
        assert unread(d10="v1", d11="v1") == {one, two}
        reading_put(connection, one, "v1", read("a.xlsx", 10, phase="導入"))
        reading_put(connection, two, "v2", read("b.xlsx", 11, phase="導入"))
        assert unread(d10="v1", d11="v1") == {two}
        # A plan revised between them: each day has its reader.
        assert unread(d10="v1", d11="v2") == set()
        assert unread(d10="v2", d11="v1") == {one, two}
        assert unread(as_of=10, d10="v2") == {one}
        reading_put(connection, one, "v2", read("a.xlsx", 10, phase="運用"))
        # What v1 read is no longer the newest: asked for again, it has to read again.
        assert unread(as_of=10, d10="v1") == {one}


def test_it_writes_json_without_spaces_and_with_readable_japanese(store):
    with store.begin() as connection:
        known = submission_add(connection, sent("a.xlsx", "A", 10), NINE)
        reading_put(connection, known, "v1", read("a.xlsx", 10, phase="導入"))
        stored = connection.execute(text("SELECT CAST(document AS TEXT) FROM readings")).scalar()
    assert '"file":"a.xlsx","sha256"' in stored and "日付ではありません。" in stored


def test_it_gives_a_judgement_back_as_it_was(store):
    judgement = judged(24, finding("DX-02"), finding("DX-01", Verdict.CRITICAL))
    with store.begin() as connection:
        run_id = run_add(connection, judgement, "prefect", NINE, NINE)
        findings_put(connection, run_id, judgement)
    with store.begin() as connection:
        assert judgement_get(connection, run_id) == judgement
        run = run_get(connection, run_id)
        assert (run.town, run.as_of, run.engine) == (TOWN, day(24), "prefect")
        assert run.started_at == NINE and run.started_at.tzinfo is UTC
        assert run_find(connection, judgement, "prefect", NINE) == run_id
        assert run_find(connection, judgement, "plain", NINE) is None
        with pytest.raises(LookupError):
            run_get(connection, run_id + 1)


def test_it_refuses_to_record_the_same_run_twice(store):
    with store.begin() as connection:
        add_run(connection, 24)
    with pytest.raises(IntegrityError), store.begin() as connection:
        add_run(connection, 24)


def test_it_refuses_a_time_without_a_zone(store):
    with pytest.raises(StatementError, match="without zone"), store.begin() as connection:
        run_add(connection, judged(24), "plain", NINE.replace(tzinfo=None), NINE)


def test_it_refuses_a_reading_of_a_submission_it_does_not_know(store):
    with pytest.raises(IntegrityError), store.begin() as connection:
        reading_put(connection, 999, "v1", read("a.xlsx", 10))


def test_it_compares_a_run_with_the_last_one_of_the_latest_earlier_day(store):
    with store.begin() as connection:
        first = add_run(connection, 20)
        second = add_run(connection, 23)
        again = add_run(connection, 23, minute=5)
        today = add_run(connection, 24)
        later = add_run(connection, 24, minute=5)
        look_back = add_run(connection, 22, minute=9)
        expected = {first: None, second: first, again: first, today: again, later: again, look_back: first}
        assert {run_id: previous_run(connection, TOWN, run_id) for run_id in expected} == expected
        assert latest_run(connection, TOWN).id == later
        assert latest_run(connection, "nagayo") is None


def test_it_follows_an_episode_from_its_opening_to_its_end(store):
    def change(episode_id, verdict, *reasons):
        return EpisodeChange(project_id="DX-02", episode_id=episode_id, verdict=verdict, reasons=reasons)

    with store.begin() as connection:
        run_id = add_run(connection, 24)
        opened = episode_apply(connection, TOWN, run_id, day(20), change(None, Verdict.AT_RISK, "past_due"))
        episode_apply(
            connection, TOWN, run_id, day(22), change(opened, Verdict.DELAYED, "past_due", "x@税務課")
        )
        (episode,) = open_episodes(connection, TOWN)
        assert (episode.id, episode.verdict, episode.reasons) == (
            opened,
            Verdict.DELAYED,
            ("past_due", "x@税務課"),
        )
        assert (episode.opened_on, episode.changed_on) == (day(20), day(22))
        assert open_episodes(connection, "nagayo") == []
        episode_apply(connection, TOWN, run_id, day(23), change(opened, None))
        assert open_episodes(connection, TOWN) == []
        reopened = episode_apply(connection, TOWN, run_id, day(24), change(None, Verdict.AT_RISK))
        assert reopened != opened
        event = AlertEvent(
            project_id="DX-02",
            kind=EventKind.OPENED,
            before=None,
            after=Verdict.AT_RISK,
            told=True,
            why_not=None,
        )
        events_add(connection, run_id, [(reopened, event)])
        assert events_of_run(connection, run_id) == [event]
    with pytest.raises(IntegrityError), store.begin() as connection:
        episode_apply(connection, TOWN, run_id, day(24), change(None, Verdict.AT_RISK))
    with pytest.raises(ValueError, match="without a verdict"), store.begin() as connection:
        episode_apply(connection, TOWN, run_id, day(24), change(None, None))


def test_it_lets_many_write_at_once(store):
    def write(number: int) -> None:
        with store.begin() as connection:
            submission_add(connection, sent(f"{number}.xlsx", "A", 1), NINE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with store.begin() as connection:
        assert len(submissions_known(connection, TOWN, day(1))) == 40
