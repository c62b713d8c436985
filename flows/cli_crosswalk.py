"""``shinchoku crosswalk``: rulings on the names that nobody could be sure of."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_options import AsJson, AsOf, Strict, Town, guarded, open_site, parse_day

if TYPE_CHECKING:
    from datetime import date

    from config.site import Site
    from tasks.sheets.review import OpenQuestion

crosswalk_app = typer.Typer(
    help="読替え：計画と違う書き方の事業名・課名を確かめ、人の判断を記録します。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
By = Annotated[str, typer.Option(help="確認した者（役職・課名。個人名は書きません）")]


@crosswalk_app.command()
@guarded
def review(
    files: Annotated[list[Path] | None, typer.Argument(help="調べる表。省略すると、受け付けた表")] = None,
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    by: By = "",
    strict: Strict = False,
) -> int:
    """まだ確かめていない事業名・課名を、近い候補とともに示し、画面から判断を受け付けます。"""
    from flows.crosswalk import open_names, print_questions, questions_document

    site, day = open_site(town), parse_day(as_of)
    questions = open_names(site, files or (), day)
    if as_json:
        print(questions_document(site, questions))
    else:
        print_questions(questions)
        if questions and at_a_terminal():
            _ask(site, questions, by, day)
    return 1 if strict and questions else 0


@crosswalk_app.command()
@guarded
def rule(
    text: Annotated[str, typer.Argument(help="表に書かれている文字")],
    meaning: Annotated[
        str,
        typer.Argument(
            help="その意味：事業ID（DX-03。分割は DX-05,DX-14）、「DX-14 改名」、「DX-09 統合」、担当課の名称、又は「対象外」"
        ),
    ],
    by: By,
    reason: Annotated[str, typer.Option(help="そう判断した理由")],
    replace: Annotated[
        bool, typer.Option("--replace", help="前の判断を改めます（前の判断はコメントとして残ります）")
    ] = False,
    town: Town = "",
    as_of: AsOf = "",
) -> int:
    """一つの書き方について、人の判断を crosswalk.yaml に記録します。"""
    from flows.crosswalk import rule as record

    print(record(open_site(town), text, meaning, by, reason, parse_day(as_of), replace=replace))
    return 0


@crosswalk_app.command()
@guarded
def withdraw(
    text: Annotated[str, typer.Argument(help="判断を取り消す、表に書かれている文字")],
    by: By,
    reason: Annotated[str, typer.Option(help="取り消す理由")],
    town: Town = "",
    as_of: AsOf = "",
) -> int:
    """記録した判断を取り消し、確かめる対象に戻します（取り消した判断はコメントとして残ります）。"""
    from flows.crosswalk import withdraw as take_back

    print(take_back(open_site(town), text, by, reason, parse_day(as_of)))
    return 0


@crosswalk_app.command("list")
@guarded
def show(town: Town = "", as_of: AsOf = "", as_json: AsJson = False) -> int:
    """記録した判断を一覧にします。"""
    from flows.crosswalk import print_rulings, rulings_document

    site = open_site(town)
    if as_json:
        print(rulings_document(site))
    else:
        print_rulings(site, parse_day(as_of))
    return 0


def at_a_terminal() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


def _ask(site: Site, questions: tuple[OpenQuestion, ...], by: str, day: date) -> None:
    """Ask about one text after the other; an empty answer leaves it open."""
    from flows.crosswalk import rule as record
    from plan_data.mendable import MendableError

    print(
        "候補の番号、事業ID又は担当課の名称を入力してください（空のまま Enter で、後に回します）。"
        "分割は「1 3」、改名は「1 改名」、統合は「1 統合」、計画にない取組は「対象外」です。"
    )
    by = by or typer.prompt("確認した者（役職・課名）")
    for question in questions:
        answer = typer.prompt(f"「{question.text}」は", default="", show_default=False).strip()
        if not answer:
            continue
        numbered = {str(i): choice.value for i, choice in enumerate(question.choices, start=1)}
        reason = typer.prompt("理由")
        try:
            meaning = " ".join(numbered.get(part, part) for part in re.split(r"[\s,、，]+", answer))
            print(record(site, question.text, meaning, by, reason, day))
        except MendableError as fault:
            print(fault)
