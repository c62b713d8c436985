"""``shinchoku plan``: the plan itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.site import Site
from flows.cli_actions import actions_app
from flows.cli_options import AsJson, AsOf, Strict, Town, guarded, open_site, parse_day

if TYPE_CHECKING:
    from plan_data.model import Plan

plan_app = typer.Typer(
    help="計画：検査、表示、書出し、新旧の比較。", no_args_is_help=True, rich_markup_mode=None
)
plan_app.add_typer(actions_app, name="actions")


@plan_app.command()
@guarded
def check(town: Town = "", as_of: AsOf = "", as_json: AsJson = False, strict: Strict = False) -> int:
    """計画の文書そのものの食い違いや気がかりな点を、場所とともに示します。"""
    from flows.show import print_oddities
    from plan_data.check import check as check_plan

    site = open_site(town)
    plan = site.plan_book.in_force(parse_day(as_of))
    oddities = check_plan(plan)
    if as_json:
        document = [
            {"code": o.code, "place": o.place, "text": o.text, "severity": o.severity} for o in oddities
        ]
        print(
            json.dumps(
                {"town": plan.town, "revision": plan.revision, "oddities": document}, ensure_ascii=False
            )
        )
    else:
        print_oddities(plan, oddities)
    return 1 if strict and oddities else 0


@plan_app.command()
@guarded
def show(town: Town = "", as_of: AsOf = "", as_json: AsJson = False) -> int:
    """計画を、基本方針・施策・事業と年度ごとの段階の表で示します。"""
    from flows.show import print_plan
    from plan_data.loader import export as export_plan

    plan = open_site(town).plan_book.in_force(parse_day(as_of))
    if as_json:
        print(json.dumps(export_plan(plan), ensure_ascii=False))
    else:
        print_plan(plan)
    return 0


@plan_app.command()
@guarded
def export(town: Town = "", as_of: AsOf = "", as_json: AsJson = False) -> int:
    """計画を JSON 文書で標準出力に書きます。"""
    from plan_data.loader import export as export_plan

    plan = open_site(town).plan_book.in_force(parse_day(as_of))
    print(json.dumps(export_plan(plan), ensure_ascii=False, indent=None if as_json else 2))
    return 0


@plan_app.command()
@guarded
def diff(
    before: Annotated[str, typer.Argument(help="前の版（版の名前、YAML、または plan export の JSON）")],
    after: Annotated[str, typer.Argument(help="後の版")],
    town: Town = "",
    as_json: AsJson = False,
    strict: Strict = False,
) -> int:
    """二つの版の違いを、事業ごとに示します。"""
    from flows.show import print_changes
    from plan_data.diff import diff as diff_plans

    site = open_site(town)
    changes = diff_plans(_revision(site, before), _revision(site, after))
    if as_json:
        document = [
            {"project_id": c.project_id, "what": c.what, "before": c.before, "after": c.after}
            for c in changes
        ]
        print(json.dumps({"changes": document}, ensure_ascii=False))
    else:
        print_changes(changes)
    return 1 if strict and changes else 0


def _revision(site: Site, name: str) -> Plan:
    from plan_data.loader import load_plan_file

    held = {plan.revision: plan for plan in site.plan_book.revisions}
    return held.get(name) or load_plan_file(Path(name))
