"""A small town to tell: three departments and a group, and one of each audience."""

from __future__ import annotations

from datetime import UTC, datetime

from config.channels import Channels
from config.crosswalk import Crosswalk
from config.departments import Departments
from config.people import People
from config.town import load_town
from tasks.alerts.policy import plan_events
from tasks.alerts.recipients import recipients
from tasks.alerts.records import AlertEvent, Message
from tasks.alerts.telling import addressed
from tasks.sheets.matching import DepartmentIndex

RULES = load_town("togitsu").escalation
CALENDAR = load_town("togitsu").calendar
ALERTS = ["critical", "delayed", "contradictory", "at_risk", "unreported"]
DEPARTMENTS = Departments.model_validate(
    {
        "departments": [
            {"name": "税務課", "division": "総務部", "aliases": ["税務"]},
            {"name": "総務課", "division": "総務部"},
            {"name": "教育総務課", "division": "教育委員会"},
            {"name": "議会事務局"},
            {"name": "各所管課", "group": True, "members": ["税務課", "教育総務課"]},
        ]
    }
)
INDEX = DepartmentIndex(DEPARTMENTS, Crosswalk.model_validate({"projects": [], "departments": []}))
PEOPLE = People.model_validate(
    {
        "roles": {
            role: {"name": name, "address": f"{address}@example.jp"}
            for role, name, address in (
                ("事務局", "行政管理課 DX推進本部事務局", "jimukyoku"),
                ("担当課:税務課", "税務課 担当", "zeimu"),
                ("担当課:総務課", "総務課 担当", "somu"),
                ("担当課:教育総務課", "教育総務課 担当", "kyoiku"),
                ("本部長補佐", "行政管理課長", "hosa"),
                ("副本部長", "副本部長", "fuku"),
                ("本部長", "副町長", "cio"),
                ("副本部長:総務部", "総務部長", "somu-bu"),
            )
        }
    }
)


def routes(*lines: tuple[str, object]):
    """The recipients of routes: audience and verdicts, over one folder channel."""
    channels = Channels.model_validate(
        {
            "channels": {"mail": {"kind": "folder"}},
            "routes": [{"audience": a, "channel": "mail", "verdicts": v} for a, v in lines],
        }
    )
    return {r.role: r for r in recipients(channels, PEOPLE, DEPARTMENTS)}


def events_for(told_to_whom, judgement, episodes=(), answers=None, holds=()) -> list[AlertEvent]:
    """The events of a judgement, addressed to these recipients."""
    planned = plan_events(judgement, episodes, RULES, CALENDAR, answers, holds)
    told = addressed(planned, judgement, list(told_to_whom), INDEX)
    return [event for plan in told for event in plan.events]


def message(**more) -> Message:
    """A message that could be sent."""
    values = {
        "key": "togitsu/2026-11-24/1/mail/事務局",
        "town": "togitsu",
        "as_of": "2026-11-24",
        "run_id": 1,
        "channel": "mail",
        "recipient": "事務局",
        "name": "行政管理課 DX推進本部事務局",
        "address": "jimukyoku@example.jp",
        "subject": "【進捗監視】時津町 R8-11-24 重大な遅延1 遅延2（新規3）",
        "text": "本文です。\n",
        "html": "<html><body><main><p>本文です。</p></main></body></html>",
        "url": "https://dx.example.jp/report.html",
        "created_at": datetime(2026, 11, 24, 0, 5, tzinfo=UTC),
    }
    return Message.model_validate({**values, **more})
