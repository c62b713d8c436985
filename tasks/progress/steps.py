"""判定: the step that judges a town by everything the store knew."""

from __future__ import annotations

from datetime import date

from config.site import Site
from tasks.progress.judge import GROUP_DEPARTMENT, judge
from tasks.progress.records import Judgement
from tasks.step import step
from tasks.store.engine import transaction
from tasks.store.repositories import readings_known


@step(name="判定", description="受け付けた報告を計画と突き合わせ、29事業を判定します。", timeout=600)
def judge_town(site: Site, as_of: date) -> Judgement:
    """Judge the town as of a day, from all readings the store knew by then."""
    with transaction(site.database_url) as connection:
        readings = readings_known(connection, site.town, as_of)
    config = site.config
    members = config.departments.members(GROUP_DEPARTMENT)
    return judge(
        site.plan_book,
        readings,
        as_of,
        config.rules,
        config.calendar,
        config.forecast,
        site.action_plans,
        members,
    )
