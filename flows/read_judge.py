"""``shinchoku read`` and ``shinchoku judge``: one station alone, without a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from config.site import Site
from flows.cli_options import fail
from flows.documents import findings_document
from plan_data.loader import PlanBook, load_plan_file
from tasks.progress.judge import GROUP_DEPARTMENT, judge
from tasks.sheets.context import reading_context
from tasks.sheets.documents import match_observations
from tasks.sheets.pool import ContextSource, Job, ReadingPool
from tasks.sheets.reader_key import reader_key
from tasks.sheets.records import FileReading, ReadDocument


def read_files(site: Site, files: Sequence[Path], as_of: date, *, as_json: bool, strict: bool) -> int:
    """Read the files as of a day and print the document or a summary; return the exit code."""
    readings = readings_of_files(site, files, as_of)
    if as_json:
        print(ReadDocument(files=readings).model_dump_json())
    else:
        from flows.show import print_readings

        print_readings(readings)
    if all(reading.error for reading in readings):
        error = readings[0].error
        fail(f"{readings[0].file}: {error.message if error else ''}", error.remedy if error else "")
    faulty = any(reading.error or reading.row_errors for reading in readings)
    return 1 if strict and faulty else 0


def readings_of_files(site: Site, files: Sequence[Path], as_of: date) -> tuple[FileReading, ...]:
    """Read files that lie anywhere, without a store, each in a supervised process."""
    for path in files:
        if not path.is_file():
            fail(f"{path} というファイルがありません。", "名前と場所を確かめてください。")
    source = source_of(site, as_of)
    with ReadingPool(site.config.rules.reader) as pool:
        return tuple(pool.read_many([job_of(path, as_of, source) for path in files]))


def source_of(site: Site, as_of: date) -> ContextSource:
    """Return what files are read with: the plan in force on a day and the town's configuration."""
    plan = site.plan_book.in_force(as_of)
    return ContextSource.of(plan, site.config, reader_key(plan, site.config))


def job_of(path: Path, as_of: date, source: ContextSource) -> Job:
    """Return the job of reading a file that lies anywhere; end with exit code 2 where it cannot be opened."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        fail(f"{path} を開けません（{fault.strerror}）。", "読む権限を確かめてください。")
    return Job(path, path.name, digest, as_of, source)


def judge_files(
    site: Site, documents: Sequence[Path], plan: Path | None, as_of: date, *, as_json: bool, strict: bool
) -> int:
    """Judge the observations of one or more read documents; return the exit code."""
    book = _book_of(plan) if plan else site.plan_book
    context = reading_context(book.in_force(as_of), site.config)
    readings = match_observations(
        [reading for path in documents for reading in _document(path).files], context
    )
    members = site.config.departments.members(GROUP_DEPARTMENT)
    config = site.config
    judgement = judge(
        book, readings, as_of, config.rules, config.calendar, config.forecast, site.action_plans, members
    )
    if as_json:
        print(json.dumps({**findings_document(judgement), "alerts": []}, ensure_ascii=False))
    else:
        from flows.show import print_findings

        print_findings(judgement)
    from tasks.alerts.policy import ALERTING

    return 1 if strict and any(f.verdict in ALERTING for f in judgement.findings) else 0


def _book_of(path: Path) -> PlanBook:
    plan = load_plan_file(path)
    return PlanBook(plan.town, (plan,))


def _document(path: Path) -> ReadDocument:
    try:
        return ReadDocument.model_validate_json(path.read_bytes())
    except OSError as fault:
        fail(f"{path} を開けません（{fault.strerror}）。", "名前と読む権限を確かめてください。")
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "文書の先頭"
        fail(
            f"{path} の {where} が read --json の形ではありません（{first['msg']}）。",
            "`shinchoku read ファイル --json` の出力をそのまま渡してください。",
        )
