"""読替えの確認: the names that nobody could be sure of, and a person's rulings on them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from config.crosswalk import DepartmentRuling, ProjectRuling
from config.crosswalk_file import Entry, RulingError, Table, add_ruling, withdraw_ruling
from config.section import plain
from config.site import Site
from flows.cli_options import fail
from tasks.sheets.context import reading_context
from tasks.sheets.review import OpenQuestion, open_questions

if TYPE_CHECKING:
    from tasks.sheets.records import FileReading


def open_names(site: Site, files: Sequence[Path], as_of: date) -> tuple[OpenQuestion, ...]:
    """Return what is open in these files, or, without any, in what the departments sent by ``as_of``."""
    context = reading_context(site.plan_book.in_force(as_of), site.config)
    return open_questions(_readings(site, files, as_of), context.projects, context.departments)


def _readings(site: Site, files: Sequence[Path], as_of: date) -> Sequence[FileReading]:
    if files:
        from flows.read_judge import readings_of_files

        return readings_of_files(site, files, as_of)
    from tasks.store.engine import transaction
    from tasks.store.repositories import readings_known

    site.prepare()
    with transaction(site.database_url) as connection:
        return readings_known(connection, site.town, as_of)


TABLES: tuple[Table, ...] = ("projects", "departments")
#: What a person calls the kind of a ruling, behind the 事業's id or by ``--kind``.
KINDS: dict[str, Literal["renamed", "merged"]] = {"改名": "renamed", "統合": "merged"}
#: What a person answers of a row that is none of the plan's.
OUTSIDE = "対象外"


def rule(
    site: Site, text: str, meaning: str, by: str, reason: str, day: date, *, replace: bool = False
) -> str:
    """Record what ``text`` means, and return one Japanese line.

    ``meaning`` is a 事業 by its id, several (DX-05 DX-14: split), one with its kind (DX-14 改名, DX-09
    統合), a 担当課 by its name, or 対象外. Raises RulingError where it is none of these, or the text is
    ruled on already and the ruling is not to ``replace`` the earlier one.
    """
    _check_typed(text, by, reason)
    table, entry, meant = _meant(site, meaning, day)
    path = site.config.path("crosswalk")
    ruling: Entry = {"text": text, **entry, "decided_on": day.isoformat(), "by": by, "reason": reason}
    earlier = _ruled(site, table, text)
    if earlier and not replace:
        raise RulingError(
            f"「{text}」は既に{_told(site, earlier, day)}と判断されています（{earlier.decided_on} {earlier.by}）。"
            "改めるときは --replace を付けてください。"
        )
    if earlier:
        why = f"{day.isoformat()} {by}が改めた。それまでの読替え"
        _written(path, partial(withdraw_ruling, path, table, text, why, ruling))
    else:
        _written(path, partial(add_ruling, path, table, ruling))
    return f"「{text}」を{meant}（{path.name} に記録しました）。次の実行から、その表を読み直します。"


def withdraw(site: Site, text: str, by: str, reason: str, day: date) -> str:
    """Take back every ruling on ``text``, and return one Japanese line; raise RulingError where there is none."""
    _check_typed(text, by, reason)
    path = site.config.path("crosswalk")
    tables = [table for table in TABLES if _ruled(site, table, text)]
    if not tables:
        raise RulingError(f"「{text}」の判断は、まだ記録されていません。")
    for table in tables:
        why = f"{day.isoformat()} {by}が取り消した（{reason}）。それまでの読替え"
        _written(path, partial(withdraw_ruling, path, table, text, why))
    return f"「{text}」の判断を取り消しました（{path.name} にコメントとして残しました）。次の実行から、確かめる対象に戻ります。"


def _check_typed(text: str, by: str, reason: str) -> None:
    for what, value in {"表の文字": text, "確認した者": by, "理由": reason}.items():
        if not value.strip():
            raise RulingError(f"{what}が空です。{what}を書いてください。")


def _written(path: Path, write: Callable[[], object]) -> None:
    try:
        write()
    except OSError as fault:
        fail(
            f"{path.name} に書き込めません（{fault.strerror}）。",
            "書き込む権限と空き容量を確かめてください。",
        )


def _ruled(site: Site, table: Table, text: str) -> ProjectRuling | DepartmentRuling | None:
    """Return what is ruled on a text, however it is spaced."""
    return next((one for one in _rulings(site, table) if plain(one.text) == plain(text)), None)


def _rulings(site: Site, table: Table) -> Sequence[ProjectRuling | DepartmentRuling]:
    crosswalk = site.config.crosswalk
    return crosswalk.projects if table == "projects" else crosswalk.departments


def _told(site: Site, ruling: ProjectRuling | DepartmentRuling, day: date) -> str:
    """Return what a ruling says a text means."""
    if isinstance(ruling, DepartmentRuling):
        return f"担当課 {ruling.department}"
    if ruling.not_of_plan:
        return OUTSIDE
    names = {project.id: project.name for _, _, project in site.plan_book.in_force(day).projects()}
    told = "、".join(f"{one} {names.get(one, '')}".strip() for one in ruling.ids)
    kind = next((word for word, kind in KINDS.items() if kind == ruling.kind), "")
    return f"{told}（{kind}）" if kind else told


def rulings_document(site: Site) -> str:
    """Return all rulings as one JSON document, with the keys of crosswalk.yaml."""
    return json.dumps(
        {"town": site.town, **site.config.crosswalk.model_dump(mode="json")}, ensure_ascii=False
    )


def print_rulings(site: Site, day: date) -> None:
    """Print what was ruled, in the order of the file."""
    from rich.markup import escape
    from rich.table import Table as ShownTable

    from flows.show import console

    out = console()
    shown = ShownTable("種類", "表の文字", "意味", "確認した日", "確認した者", "理由", show_lines=True)
    for table in TABLES:
        for one in _rulings(site, table):
            cells = (one.text, _told(site, one, day), one.decided_on.isoformat(), one.by, one.reason)
            shown.add_row("事業名" if table == "projects" else "課名", *map(escape, cells))
    out.print(shown if shown.rows else "記録した判断はありません。")


def _meant(site: Site, meaning: str, day: date) -> tuple[Table, Entry, str]:
    """Return the table of a ruling, what it says there, and how that is told."""
    if meaning.strip() == OUTSIDE:
        return "projects", {"not_of_plan": True}, "計画の対象外とし、報告として扱いません"
    if meaning in site.config.departments.names:
        return "departments", {"department": meaning}, f"担当課 {meaning}と読みます"
    names = {project.id: project.name for _, _, project in site.plan_book.in_force(day).projects()}
    *ids, last = re.split(r"[\s,、，]+", meaning.strip())
    kind = KINDS.get(last) if ids else None
    ids = ids if kind else [*ids, last]
    if not set(ids) <= names.keys() or (kind and len(ids) > 1):
        known = sorted(names)
        raise RulingError(
            f"「{meaning}」は計画の事業ID（{known[0]}～{known[-1]}）でも、departments.yaml の担当課の名称でも、"
            f"「{OUTSIDE}」でもありません。事業IDは、並べると分割、後に「改名」「統合」と書くとその扱いになります。"
        )
    told = "、".join(f"{one} {names[one]}" for one in ids)
    if len(ids) > 1:
        return "projects", {"project_ids": ids}, f"事業 {told}のそれぞれの報告と読みます"
    one: Entry = {"project_id": ids[0], **({"kind": kind} if kind else {})}
    part = "の一部の行" if kind == "merged" else ""
    return "projects", one, f"事業 {told}{part}と読みます"


def questions_document(site: Site, questions: Sequence[OpenQuestion]) -> str:
    """Return the open questions as one JSON document."""
    return json.dumps({"town": site.town, "open": [asdict(q) for q in questions]}, ensure_ascii=False)


def print_questions(questions: Sequence[OpenQuestion]) -> None:
    """Print the names that a person has to rule on, with the likest meanings numbered."""
    from rich.markup import escape

    from flows.show import console

    out = console()
    if not questions:
        out.print("確かめる事業名・課名はありません。")
        return
    out.print(
        f"確かめる事業名・課名 {len(questions)}件（候補は似ている順。判断するまで、どれとしても読みません）"
    )
    for question in questions:
        what = "事業名" if question.table == "projects" else "課名"
        out.print(f"[bold]{escape(f'「{question.text}」')}[/bold]（{what}）")
        for place in question.places:
            out.print(f"    {escape(f'{place.file}［{place.sheet}］{place.cell}')}")
        for number, choice in enumerate(question.choices, start=1):
            name = f"{choice.value} {choice.name}" if choice.value != choice.name else choice.name
            out.print(f"    {number}. {escape(name)}（似ている度合い {choice.likeness:.0f}）")
        if not question.choices:
            out.print("    似ている候補はありません。")
    out.print('判断の記録：shinchoku crosswalk rule "表の文字" 事業ID又は課名 --by 役職・課名 --reason 理由')
    out.print(
        "　　分割は「DX-05 DX-14」、改名は「DX-14 改名」、統合された事業の一部は「DX-09 統合」、計画にない取組は「対象外」"
    )
