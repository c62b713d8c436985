"""``shinchoku layout``: how the odd workbooks of some departments are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import AsJson, AsOf, Town, fail, guarded, open_site, parse_day

layout_app = typer.Typer(
    help="表の読み方：ふつうには読めない課の表について、どの列が何かを決めます。",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@layout_app.callback()
def _group() -> None:
    """A group of commands, even while it has one."""


@layout_app.command()
@guarded
def learn(
    file: Annotated[Path, typer.Argument(help="読み方を決めたい表")],
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    department: Annotated[str, typer.Option(help="送ってきた担当課（省くと、ファイル名から）")] = "",
    by: Annotated[str, typer.Option(help="確かめた者（役職・課名。個人名は書きません）")] = "",
    save: Annotated[
        str, typer.Option(help="この名前で layouts フォルダに保存します（省くと、表示だけ）")
    ] = "",
) -> int:
    """一つの表から読み方の案を作ります。決めきれない点は、案の中に「確かめる」として書きます。"""
    from flows import layouts

    if save and not re.fullmatch(r"[\w\-（）()]{1,60}", save):
        fail(f"「{save}」は名前に使えません。", "文字・数字・ハイフンだけの名前にしてください。")
    site, day = open_site(town), parse_day(as_of)
    text, proposal = layouts.learn(site, file, department, by, day)
    if save:
        path = layouts.save(site, save, text)
        if not as_json:
            print(f"{path.name} に保存しました。「確かめる」の行を見て直してください。次の実行から使います。")
    if as_json:
        print(layouts.proposal_document(text, proposal, file.name))
    elif not save:
        print(text, end="")
    return 0
