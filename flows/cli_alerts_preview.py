"""``shinchoku alerts preview``: what would be sent now, as each channel would send it, without sending."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli_options import AsJson, AsOf, Town, fail, guarded, open_site, parse_day

if TYPE_CHECKING:
    from tasks.alerts.previews import Preview


@guarded
def preview(
    channel: Annotated[str, typer.Option(help="この経路の通知だけ（channels.yaml の名前）")] = "",
    recipient: Annotated[str, typer.Option(help="この宛先の通知だけ（例：事務局、担当課:税務課）")] = "",
    out: Annotated[Path | None, typer.Option(help="経路の形（.eml・JSON）のファイルを書くフォルダ")] = None,
    samples: Annotated[
        bool, typer.Option("--samples", help="再送・予備の経路・稼働報告の見本も示します")
    ] = False,
    town: Town = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> int:
    """送る前の確認：今なら送る通知を、送らずに、経路ごとの形で示します。何も記録しません。"""
    from flows.preview import previews

    site = open_site(town)
    if channel and channel not in site.config.channels.channels:
        fail(f"経路「{channel}」はありません。", f"{'・'.join(site.config.channels.channels)} のどれかです。")
    found = [
        each
        for each in previews(site, parse_day(as_of), samples=samples)
        if channel in ("", each.channel) and recipient in ("", each.recipient)
    ]
    paths = _written(found, out) if out is not None else [""] * len(found)
    if as_json:
        print(json.dumps([_document(*pair) for pair in zip(found, paths, strict=True)], ensure_ascii=False))
    else:
        _print(found, paths)
    return 0


def _document(each: Preview, path: str) -> dict[str, object]:
    return {
        "key": each.key,
        "channel": each.channel,
        "recipient": each.recipient,
        "subject": each.subject,
        "text": each.text,
        "bytes": len(each.content),
        "file": path or None,
    }


def _written(found: list[Preview], out: Path) -> list[str]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for each in found:
            (out / each.file).write_bytes(each.content)
    except OSError as error:
        fail(
            f"フォルダ「{out}」に書けません（{error.strerror}）。",
            "--out に書けるフォルダを指定してください。",
        )
    return [str(out / each.file) for each in found]


def _print(found: list[Preview], paths: list[str]) -> None:
    for each, path in zip(found, paths, strict=True):
        print(f"■ 経路 {each.channel}　宛先 {each.recipient}（{len(each.content):,}バイト）{path}")
        print(f"件名：{each.subject}")
        if not path:
            print(f"\n{each.text}")
    print(f"今なら送る通知は{len(found)}通です。何も送っていません。", file=sys.stderr)
