"""``shinchoku read``, ``judge`` and ``simulate``: one station alone, and files to try it on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import AsJson, AsOf, Strict, Town, guarded, open_site, parse_day


@guarded
def read(
    files: Annotated[list[Path], typer.Argument(help="読む表（.xlsx など）")],
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    strict: Strict = False,
) -> int:
    """読取：表を読むだけ。何も記録せず、読めた行と読めない理由を示します。"""
    from flows.read_judge import read_files

    return read_files(open_site(town), files, parse_day(as_of), as_json=as_json, strict=strict)


@guarded
def judge(
    observations: Annotated[list[Path], typer.Option(help="read --json の文書。何度でも指定できます")],
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
    plan: Annotated[
        Path | None, typer.Option(help="計画のファイル（YAML、または plan export の JSON）")
    ] = None,
    strict: Strict = False,
) -> int:
    """判定：読み取った文書を計画と突き合わせて判定するだけ。何も記録しません。"""
    from flows.read_judge import judge_files

    return judge_files(open_site(town), observations, plan, parse_day(as_of), as_json=as_json, strict=strict)


@guarded
def simulate(
    folder: Annotated[Path, typer.Argument(help="書き込む空のフォルダ")],
    files: Annotated[int, typer.Option(help="作るファイルの数（全国は約33,000）")] = 2000,
    seed: Annotated[int, typer.Option(help="乱数の種。同じ種なら同じファイルになります")] = 1,
    town: Town = "",
    as_json: AsJson = False,
) -> int:
    """模擬：全国の団体の表を模したファイル（見本）を作ります。読取りの速さを測るためのものです。"""
    from flows.simulate import run_simulate

    return run_simulate(open_site(town), folder, files, seed, as_json=as_json)
