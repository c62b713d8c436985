"""``shinchoku history`` and ``shinchoku replay``: past judgements made again from what the store holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from config.site import Site
from flows.cli_options import fail
from flows.clock import TOKYO
from flows.documents import findings_document
from tasks.progress.judge import GROUP_DEPARTMENT, judge
from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding, Judgement
from tasks.store.engine import transaction
from tasks.store.history import Learnt, known, last_runs, learnt
from tasks.store.repositories import judgement_get


def parse_instant(text: str) -> datetime | None:
    """Return the moment ``--known-at`` names, a day meaning its end in Japan; None when it is left out."""
    if not text:
        return None
    try:
        if len(text) == len("2026-11-24"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), TOKYO)
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(
            f"--known-at {text!r} は日付でも時刻でもありません。",
            "2026-11-24 か 2026-11-24T09:00 のように書いてください。",
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)


def show_history(site: Site, as_of: date, known_at: datetime | None, *, as_json: bool) -> int:
    """Judge ``as_of`` by what was received by then and known at ``known_at``; record and tell nothing."""
    with transaction(site.database_url) as connection:
        everything = learnt(connection, site.town, as_of)
    judgement = _judged(site, everything, as_of, known_at)
    if as_json:
        document = {**findings_document(judgement), "known_at": _iso(known_at), "alerts": []}
        print(json.dumps(document, ensure_ascii=False))
    else:
        from flows.show import print_findings

        print_findings(judgement)
    return 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A 事業 that was recorded with another verdict than the replay comes to; None: not recorded, or gone."""

    project_id: str
    recorded: Verdict | None
    rebuilt: Verdict | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """One business day: its judgement, and how its last run (None: there was none) differs from the replay of it."""

    judgement: Judgement
    run_id: int | None = None
    differences: tuple[Difference, ...] = ()


def replay(
    site: Site, first: date, last: date, known_at: datetime | None, *, as_json: bool, strict: bool
) -> int:
    """Judge every business day again and show the verdicts of each 事業 over time; return the exit code.

    Each day is judged by what had been received by then, as known at ``known_at``. A day's last run is held
    against a judgement by what the store knew when that run was recorded.
    """
    if last < first:
        fail("--to が --from より前です。", "期間を確かめてください。")
    days = tuple(replayed(site, first, last, known_at))
    if not days:
        fail("期間に開庁日がありません。", "期間を確かめてください。")
    if as_json:
        print(json.dumps(_document(site, first, last, known_at, days), ensure_ascii=False))
    else:
        _show(days)
    return 1 if strict and any(day.differences for day in days) else 0


def replayed(site: Site, first: date, last: date, known_at: datetime | None) -> Iterator[Replayed]:
    """Yield every business day of a span, judged again (see ``replay``), and days with a record."""
    with transaction(site.database_url) as connection:
        everything = learnt(connection, site.town, last)
        recorded = {
            day: (run, judgement_get(connection, run.id))
            for day, run in last_runs(connection, site.town, first, last).items()
        }
    calendar = site.config.calendar
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        if not calendar.is_business_day(day) and day not in recorded:
            continue
        judgement = _judged(site, everything, day, known_at)
        if day not in recorded:
            yield Replayed(judgement)
            continue
        run, was = recorded[day]
        again = _judged(site, everything, day, run.recorded_at)
        yield Replayed(judgement, run.id, tuple(_differences(was.findings, again.findings)))


def _judged(site: Site, everything: Sequence[Learnt], as_of: date, known_at: datetime | None) -> Judgement:
    config = site.config
    return judge(
        site.plan_book,
        known(everything, as_of, known_at),
        as_of,
        config.rules,
        config.calendar,
        config.forecast,
        site.action_plans,
        config.departments.members(GROUP_DEPARTMENT),
    )


def _differences(recorded: Sequence[Finding], rebuilt: Sequence[Finding]) -> Iterator[Difference]:
    was, now = ({f.project_id: f.verdict for f in findings} for findings in (recorded, rebuilt))
    for project_id in {**was, **now}:
        if was.get(project_id) is not now.get(project_id):
            yield Difference(project_id, was.get(project_id), now.get(project_id))


def timeline(days: Sequence[Replayed]) -> dict[str, list[tuple[date, Finding]]]:
    """Return, for each 事業, the days on which its verdict became another, with the finding of that day."""
    lines: dict[str, list[tuple[date, Finding]]] = {}
    for day in days:
        for finding in day.judgement.findings:
            line = lines.setdefault(finding.project_id, [])
            if not line or line[-1][1].verdict is not finding.verdict:
                line.append((day.judgement.as_of, finding))
    return lines


def _document(
    site: Site, first: date, last: date, known_at: datetime | None, days: Sequence[Replayed]
) -> dict[str, object]:
    return {
        "town": site.town,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "known_at": _iso(known_at),
        "days": [
            {
                "as_of": day.judgement.as_of.isoformat(),
                "plan_revision": day.judgement.plan_revision,
                "counts": day.judgement.counts(),
                "verdicts": {f.project_id: f.verdict.value for f in day.judgement.findings},
                "run": None
                if day.run_id is None
                else {
                    "run_id": day.run_id,
                    "equal": not day.differences,
                    "differences": [
                        {"project_id": d.project_id, "recorded": d.recorded, "rebuilt": d.rebuilt}
                        for d in day.differences
                    ],
                },
            }
            for day in days
        ],
        "timeline": {
            project_id: [
                {
                    "from": day.isoformat(),
                    "verdict": finding.verdict.value,
                    "reason": finding.reasons[0].code.value if finding.reasons else None,
                }
                for day, finding in line
            ]
            for project_id, line in timeline(days).items()
        },
    }


def _show(days: Sequence[Replayed]) -> None:
    for project_id, line in timeline(days).items():
        steps = " → ".join(f"{day}から{finding.verdict.label}" for day, finding in line)
        print(f"{project_id} {line[0][1].project_name}：{steps}")
    runs = [day for day in days if day.run_id is not None]
    differing = [day for day in runs if day.differences]
    print(
        f"\n{len(days)}日を判定し直しました。記録のある{len(runs)}日のうち、違いがあるのは{len(differing)}日です。"
    )
    for day in differing:
        for d in day.differences:
            was, now = (v.label if v else "なし" for v in (d.recorded, d.rebuilt))
            print(f"  {day.judgement.as_of} {d.project_id}：記録は{was}、今の計算では{now}")
    if differing:
        print(
            "違いは、その後に計画・設定・アクションプランが変わったか、プログラムが新しくなったことによります。"
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
