"""What each sheet of the workbook holds: its columns, and its rows out of the view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from plan_data.record import record
from tasks.progress.reasons import Verdict
from tasks.progress.records import CellEvidence, PlanEvidence
from tasks.reports.records import ProjectView, ReportView
from tasks.reports.words import reported

Cell = str | int | float | date | Verdict | None


@record
class Column:
    """One column: heading, width in characters, and the name of its format."""

    title: str
    width: float
    style: str = "text"


@record
class Sheet:
    """One sheet: its columns and rows; a heading above them says what they are."""

    name: str
    heading: str
    columns: tuple[Column, ...]
    rows: Callable[[ReportView], Iterator[Sequence[Cell]]]


def sheets(view: ReportView) -> tuple[Sheet, ...]:
    """Return the sheets of the workbook, in their order."""
    years = tuple(Column(f"{y.fiscal_year}年度", 9) for y in view.projects[0].years)
    counts = tuple(Column(v.label, 9, "number") for v in Verdict)
    return (
        Sheet("判定一覧", "判定の悪いものから並べています。", (*_LIST_HEAD, *years, *_LIST_TAIL), _list_rows),
        Sheet(
            "担当課別集計",
            "二つ以上の課が担当する事業は、それぞれの課に数えています。",
            (Column("担当課", 22), *counts, Column("計", 9, "number")),
            _department_rows,
        ),
        Sheet("根拠", "判定の理由ごとに、計画と報告の根拠を示します。", _EVIDENCE_COLUMNS, _evidence_rows),
        Sheet(
            "差戻し",
            "受け付けられなかった行です。担当課に訂正を求めてください。",
            _RETURN_COLUMNS,
            _return_rows,
        ),
        Sheet("受付状況", "今期に受け付けたファイルの最新版です。", _FILE_COLUMNS, _file_rows),
    )


_LIST_HEAD = (Column("ID", 7), Column("施策", 18), Column("事業名", 22), Column("担当課", 13))
_LIST_TAIL = (
    Column("判定", 13),
    Column("遅れ", 7, "late"),
    Column("期限", 18, "date"),
    Column("報告の段階", 9),
    Column("進捗率", 7, "percent"),
    Column("自己評価", 9),
    Column("評価乖離", 6),
    Column("理由", 58),
    Column("前回から", 16),
)
_EVIDENCE_COLUMNS = (
    Column("ID", 7),
    Column("事業名", 22),
    Column("判定", 13),
    Column("理由", 34),
    Column("種別", 6),
    Column("計画の箇所", 28),
    Column("ファイル", 22),
    Column("シート", 12),
    Column("セル", 7),
    Column("元の値", 20),
    Column("照合番号", 14),
)
_RETURN_COLUMNS = (
    Column("ファイル", 26),
    Column("シート", 14),
    Column("セル", 8),
    Column("元の値", 22),
    Column("問題", 44),
    Column("訂正案", 20),
)
_FILE_COLUMNS = (
    Column("ファイル", 32),
    Column("受付日", 18, "date"),
    Column("形式", 7),
    Column("結果", 11),
    Column("行", 7, "number"),
    Column("受理", 7, "number"),
    Column("差戻し", 7, "number"),
    Column("対象外", 7, "number"),
    Column("問題と対応", 40),
    Column("照合番号", 14),
)


def _list_rows(view: ReportView) -> Iterator[Sequence[Cell]]:
    for p in view.projects:
        f = p.finding
        yield (
            p.id,
            p.measure,
            f.project_name,
            "、".join(f.departments),
            *(f"{y.phase}{y.note or ''}" for y in p.years),
            p.verdict,
            p.days_late,
            p.due_on,
            _text(p, "phase"),
            _number(p, "progress"),
            f.self_rating,
            "乖離" if p.optimistic else None,
            # Several years of one phase give the same sentence: once is enough here, 根拠 has each.
            "\n".join(dict.fromkeys(r.text for r in f.reasons)),
            "\n".join((p.trend.value, *p.changes)),
        )


def _department_rows(view: ReportView) -> Iterator[Sequence[Cell]]:
    for row in view.departments:
        yield (row.name, *row.counts, row.total)
    yield ("事業の数", *(c.count for c in view.counts), len(view.projects))


def _evidence_rows(view: ReportView) -> Iterator[Sequence[Cell]]:
    for p in view.projects:
        for reason in p.finding.reasons:
            head = (p.id, p.finding.project_name, p.verdict, reason.text)
            for item in reason.evidence:
                yield (*head, *_evidence(item))


def _evidence(item: PlanEvidence | CellEvidence) -> tuple[Cell, ...]:
    if isinstance(item, PlanEvidence):
        return ("計画", item.ref, None, None, None, None, None)
    return ("報告", None, item.file, item.sheet, item.cell, item.raw, item.sha256[:12])


def _return_rows(view: ReportView) -> Iterator[Sequence[Cell]]:
    for row in view.rejected:
        e = row.error
        yield (row.file, e.sheet, e.cell, e.raw, e.message, e.suggestion)


def _file_rows(view: ReportView) -> Iterator[Sequence[Cell]]:
    for f in view.files:
        outcome = "読取不可" if f.error else "差戻しあり" if f.row_errors else "受理"
        told = [f.error.message, f"対応：{f.error.remedy}"] if f.error else []
        told += [f"補足：{note}" for note in f.notes]
        c = f.counts
        yield (
            f.file,
            f.received_on,
            f.format,
            outcome,
            c.rows,
            c.accepted,
            c.rejected,
            c.ignored,
            "\n".join(told) or None,
            f.sha256[:12],
        )


def _text(project: ProjectView, name: str) -> str | None:
    value = reported(project.finding, name)
    return None if value is None else str(value)


def _number(project: ProjectView, name: str) -> float | None:
    value = reported(project.finding, name)
    return float(value) if isinstance(value, int | float) else None
