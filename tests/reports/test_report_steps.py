"""A run's report, from the store to the files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.settings import settings
from config.site import Site
from tasks.intake.records import Submission
from tasks.reports.steps import ReportError, publishable, view_of_run, write_report
from tasks.reports.view import FEWEST_RATINGS
from tasks.store.engine import open_store
from tasks.store.history import findings_told
from tasks.store.repositories import findings_put, reading_put, run_add, submission_add

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Town:
    """A town at work in a folder of its own, with the runs of two days."""

    site: Site
    earlier: int
    run_id: int


def _site(home: Path, **more: str) -> Site:
    site = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(home), **more}))
    site.prepare()
    return site


def _run(site, judgement, at=NINE) -> int:
    with open_store(site.database_url).begin() as connection:
        run_id = run_add(connection, judgement, "plain", at, at)
        findings_put(connection, run_id, judgement)
    return run_id


@pytest.fixture
def town(tmp_path, judgement, previous, readings):
    site = _site(tmp_path)
    with open_store(site.database_url).begin() as connection:
        for reading in readings:
            if "<" not in reading.file:
                sent = Submission(
                    "togitsu", reading.file, reading.sha256, 9, reading.received_on, str(tmp_path / "copy")
                )
                reading_put(connection, submission_add(connection, sent, NINE), "reader", reading)
    storable = judgement.model_copy(
        update={
            "findings": tuple(
                previous.findings[2] if f.project_id == "DX-03" else f for f in judgement.findings
            )
        }
    )
    earlier = _run(site, previous, datetime(2026, 11, 17, 0, 0, tzinfo=UTC))
    return Town(site, earlier, _run(site, storable))


def test_it_writes_page_and_workbook_into_the_folder_of_the_day(town, tmp_path):
    files = write_report(town.site, town.run_id)
    folder = tmp_path / "reports" / "togitsu" / "2026-11-24"
    assert (files.html, files.workbook) == (folder / "report.html", folder / "進捗一覧.xlsx")
    assert "令和8年11月24日（火）9時00分" in files.html.read_text(encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "進捗一覧.xlsx"]


def test_it_replaces_the_report_of_the_same_day(town, previous):
    first = write_report(town.site, town.run_id)
    again = previous.model_copy(update={"as_of": date(2026, 11, 24)})
    second = write_report(town.site, _run(town.site, again, datetime(2026, 11, 24, 3, 0, tzinfo=UTC)))
    assert first == second
    assert "12時00分" in second.html.read_text(encoding="utf-8")


def test_it_compares_with_the_run_of_the_day_before(town):
    view = view_of_run(town.site, town.run_id)
    assert view.previous_as_of == date(2026, 11, 17)
    assert [p.id for p in view.moved] == ["DX-02", "DX-09", "DX-05"]
    assert view_of_run(town.site, town.earlier).previous_as_of is None


def test_it_shows_the_files_of_the_reporting_cycle(town):
    view = view_of_run(town.site, town.run_id)
    assert {f.received_on for f in view.files} == {date(2026, 10, 5), date(2026, 10, 6)}
    assert [f.file for f in view.unreadable] == ["総務課_進捗報告.xlsx"]


def test_its_artifacts_link_to_the_report_on_a_web_server(town, tmp_path):
    site = _site(tmp_path, SHINCHOKU_REPORT_BASE_URL="https://dx.example.jp/reports/")
    files = write_report(site, town.run_id)
    text = publishable(site, town.run_id, files)[2].content
    assert "](https://dx.example.jp/reports/togitsu/2026-11-24/report.html#DX-02)" in text


def test_its_artifacts_name_the_file_where_no_web_server_shows_it(town):
    # A browser opens no file from a web page, so that a link would be dead.
    files = write_report(town.site, town.run_id)
    text = publishable(town.site, town.run_id, files)[2].content
    assert "](file:" not in text and "報告書：" in text and "report" in text


def test_it_writes_beside_a_workbook_that_somebody_holds_open(town, monkeypatch):
    """On Windows a file that is open in Excel cannot be replaced."""
    replace = Path.replace

    def refuse(self, target):
        if Path(target).name == "進捗一覧.xlsx":
            raise PermissionError(13, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    files = write_report(town.site, town.run_id)
    assert files.workbook.name == f"進捗一覧_{town.run_id}.xlsx"
    assert files.workbook.exists()


def test_it_says_what_to_do_where_it_cannot_write(town):
    (town.site.reports / "togitsu").write_text("a file where a folder should be")
    with pytest.raises(ReportError, match=r"書き込めません.*権限と空き容量") as caught:
        write_report(town.site, town.run_id)
    assert "\n" not in str(caught.value)


def test_a_failed_write_leaves_the_old_report_alone(town, monkeypatch):
    files = write_report(town.site, town.run_id)
    before = files.html.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError):
        write_report(town.site, town.run_id)
    assert files.html.read_bytes() == before
    assert sorted(p.name for p in files.html.parent.iterdir()) == ["report.html", "進捗一覧.xlsx"]


def test_a_run_that_does_not_exist_has_no_report(town):
    with pytest.raises(LookupError):
        write_report(town.site, 999)


def test_it_measures_how_much_better_departments_rate_themselves_than_the_verdict(town):
    with open_store(town.site.database_url).begin() as connection:
        told = [
            (day.isoformat(), document["project_id"])
            for day, document in findings_told(
                connection, "togitsu", [date(2026, 11, 17), date(2026, 11, 24)]
            )
        ]
        assert list(findings_told(connection, "togitsu", [])) == []
    assert {day for day, _ in told} == {"2026-11-17", "2026-11-24"}
    view = view_of_run(town.site, town.run_id)
    assert all(b.ratings >= FEWEST_RATINGS for b in view.bias)
