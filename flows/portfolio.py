"""``shinchoku portfolio``: read a portfolio, score its snapshots, say how well that would have warned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from config.portfolio import PortfolioField
from config.site import Site
from flows.cli_options import fail
from tasks.progress.portfolio import Comparison, Contest, ScoredSnapshot, contest, score_portfolio
from tasks.progress.ranking import Interval
from tasks.progress.warning import SIGNAL_LABELS
from tasks.sheets.faults import FileFault
from tasks.sheets.snapshots import ColumnsError, Order, SnapshotsRead, read_snapshots
from tasks.wareki import wareki

_SHOWN = 10


def run_portfolio(
    site: Site,
    path: Path,
    columns: Sequence[str],
    slip_months: int,
    date_order: str,
    *,
    as_json: bool,
    strict: bool,
) -> int:
    """Score a portfolio and print the document or a summary; return the exit code."""
    read = _read(site, path, _named(columns), date_order)
    months = slip_months or site.config.portfolio.slip_months
    rules = site.config.forecast.warning.with_points(site.config.portfolio.points)
    found = score_portfolio(read.snapshots, rules, months)
    by_next = contest(found, lambda one: one.slipped_by_next)
    by_last = contest(found, lambda one: one.slipped_by_last)
    if as_json:
        document = portfolio_document(path.name, read, months, found, by_next, by_last)
        print(json.dumps(document, ensure_ascii=False))
    else:
        _show(path.name, read, months, found, by_next, by_last)
    return 1 if strict and read.row_errors else 0


def _named(columns: Sequence[str]) -> dict[PortfolioField, str]:
    named = {}
    for text in columns:
        field, equals, heading = text.partition("=")
        if not equals or field not in list(PortfolioField):
            allowed = "・".join(f.value for f in PortfolioField)
            fail(
                f"--column {text!r} は読めません。", f"項目=見出し の形で書いてください（項目は {allowed}）。"
            )
        named[PortfolioField(field)] = heading
    return named


def _read(site: Site, path: Path, named: dict[PortfolioField, str], date_order: str) -> SnapshotsRead:
    if date_order and date_order not in get_args(Order):
        fail(f"--date-order {date_order} は使えません。", "dmy 又は mdy を指定してください。")
    order: Order | None = date_order or None  # type: ignore[assignment]
    try:
        data = path.read_bytes()
        return read_snapshots(data, path.stem, site.config.portfolio, site.config.rules.reader, named, order)
    except OSError as fault:
        fail(f"{path} を開けません（{fault.strerror}）。", "名前と読む権限を確かめてください。")
    except FileFault as fault:
        fail(f"{path}: {fault.error.message}", fault.error.remedy)
    except ColumnsError as fault:
        fail(
            f"{path} に要る列がありません（{'、'.join(fault.missing)}）。見出しは{'、'.join(fault.there[:20])}です。",
            '--column id="見出し" のように指定してください。',
        )


def portfolio_document(
    name: str,
    read: SnapshotsRead,
    months: int,
    found: Sequence[ScoredSnapshot],
    by_next: Contest,
    by_last: Contest,
) -> dict[str, Any]:
    """Return the document of ``portfolio --json``."""
    return {
        "file": name,
        "format": read.format,
        "counts": read.counts.model_dump(),
        "row_errors": [error.model_dump() for error in read.row_errors],
        "notes": list(read.notes),
        "slip_months": months,
        "auc": {"by_next": _contest_document(by_next), "by_last": _contest_document(by_last)},
        "snapshots": [_snapshot_document(one) for one in found],
    }


def _contest_document(found: Contest) -> dict[str, Any]:
    return {
        "score": asdict(found.score) if found.score else None,
        "against_rating": asdict(found.against_rating) if found.against_rating else None,
        "against_closeness": asdict(found.against_closeness) if found.against_closeness else None,
    }


def _snapshot_document(one: ScoredSnapshot) -> dict[str, Any]:
    snapshot = one.snapshot
    return {
        "id": snapshot.id,
        "name": snapshot.name,
        "snapshot_on": snapshot.snapshot_on.isoformat(),
        "ends_on": snapshot.ends_on.isoformat() if snapshot.ends_on else None,
        "rating": snapshot.rating,
        "score": round(one.scored.score, 1),
        "signals": [
            {"name": name.value, "value": round(value, 3), "points": round(points, 1)}
            for name, value, points in one.scored.signals
        ],
        "slipped_by_next": one.slipped_by_next,
        "slipped_by_last": one.slipped_by_last,
    }


def _show(
    name: str,
    read: SnapshotsRead,
    months: int,
    found: Sequence[ScoredSnapshot],
    by_next: Contest,
    by_last: Contest,
) -> None:
    projects = len({s.id for s in read.snapshots})
    print(
        f"{name}：{read.counts.rows}行、受理{read.counts.accepted}、差戻し{read.counts.rejected}、事業{projects}"
    )
    for note in read.notes:
        print(f"  {note}")
    for error in read.row_errors[:_SHOWN]:
        print(f"  {error.cell}「{error.raw}」{error.message}")
    for title, result in (("次の基準日まで", by_next), ("最後の基準日まで", by_last)):
        print(
            f"\n{title}に完了予定日が{months}か月を超えて延びるか（AUC。0.5 は当て推量、括弧内は95%の範囲）"
        )
        if result.score is None:
            print("  延びたもの、延びなかったものの両方がそろわず、比べられません。")
            continue
        print(
            f"  早期の警告の点数        {_interval(result.score)}（{result.score.cases}件中{result.score.true}件が延びた）"
        )
        _show_comparison("公表の評価", result.against_rating)
        _show_comparison("終わりの近さ", result.against_closeness)
    _show_newest(found)


def _show_comparison(label: str, found: Comparison | None) -> None:
    if found is None:
        print(f"  {label}：比べられる値がありません。")
        return
    print(
        f"  {label}だけ：{_interval(found.baseline)}、同じ{found.score.cases}件で点数は {_interval(found.score)}、"
        f"差 {found.better_by.value:+.3f}（{found.better_by.low:+.3f}～{found.better_by.high:+.3f}）"
    )


def _show_newest(found: Sequence[ScoredSnapshot]) -> None:
    newest = max((one.snapshot.snapshot_on for one in found), default=None)
    if newest is None:
        return
    print(f"\n{wareki(newest)}の一覧のうち、点数の高いもの")
    last = sorted((o for o in found if o.snapshot.snapshot_on == newest), key=lambda o: -o.scored.score)
    for one in last[:_SHOWN]:
        why = "、".join(SIGNAL_LABELS[signal] for signal, _, _ in one.scored.signals[:3])
        print(f"  {one.scored.score:5.1f}点  {one.snapshot.id}  {one.snapshot.name}（{why}）")


def _interval(found: Interval) -> str:
    return f"{found.value:.3f}（{found.low:.3f}～{found.high:.3f}）"
