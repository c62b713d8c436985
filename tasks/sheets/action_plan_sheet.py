"""The アクションプラン a department filled in: bytes to a decision, or every fault with its cell and remedy.

What stands in the cells is data: a formula counts by the value it showed, one never calculated is a
fault. Dates may be written as departments write them (令和8年6月30日); a share may be 20% or 0.2.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from config.rules import ReaderLimits
from plan_data.action_plan import ActionPlan
from plan_data.action_plan_rows import COLUMNS, RowFault, actions_of
from plan_data.model import Plan
from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault, FileFault
from tasks.sheets.grid import Broken, Cell, Grid
from tasks.sheets.workbook import open_workbook

#: How far down the headings are looked for.
_HEAD_ROWS = 30


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in one cell of the sheet, and what would do."""

    sheet: str
    cell: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ReadActions:
    """The decision of a sheet, or (then None) its faults; ``fiscal_year`` is the sheet's own."""

    plan: ActionPlan | None
    fiscal_year: str | None
    faults: tuple[CellFault, ...]


def read_actions(data: bytes, limits: ReaderLimits, plan: Plan, decided_on: date) -> ReadActions:
    """Read a filled-in sheet; raise FileFault where the file cannot be read or has no such sheet."""
    found = next(((g, at) for g in open_workbook(data, limits, "").grids if (at := _head(g))), None)
    if found is None:
        raise FileFault("no_table", looked_for=f"見出し（{'、'.join(COLUMNS)}）を探しました。")
    grid, (head, columns) = found
    rows: dict[int, dict[str, object]] = {}
    faults: list[CellFault] = []
    for index in range(head + 1, len(grid.rows)):
        row, wrong = _row(grid, index, columns)
        faults += wrong
        if any(row[name] is not None for name in COLUMNS):
            rows[index] = row
    decided = [i for i, row in rows.items() if any(row[name] is not None for name in COLUMNS[4:])]
    year = _fiscal_year(rows, decided or list(rows), plan)
    if year is None:
        index = next(iter(decided or rows), head)
        known = "、".join(plan.fiscal_years)
        cell = grid.address(index, columns["年度"])
        return ReadActions(
            None, None, (CellFault(grid.name, cell, "年度が計画にありません", f"使える値：{known}"),)
        )
    imported = actions_of(rows, plan, year, decided_on)
    # One cell is told once: a value that is no date cannot also be missing.
    told = {fault.cell for fault in faults}
    faults += [f for f in (_fault(grid, columns, fault) for fault in imported.faults) if f.cell not in told]
    return ReadActions(None if faults else imported.plan, year, tuple(faults))


@dataclass(frozen=True, slots=True)
class _Wrong:
    message: str
    remedy: str


def _head(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings and the column of each; None where the sheet has them not all."""
    for index, cells in enumerate(grid.rows[:_HEAD_ROWS]):
        columns = {str(cell).strip(): column for column, cell in enumerate(cells) if isinstance(cell, str)}
        if all(name in columns for name in COLUMNS):
            return index, {name: columns[name] for name in COLUMNS}
    return None


def _fiscal_year(rows: dict[int, dict[str, object]], indexes: list[int], plan: Plan) -> str | None:
    named = [str(rows[i]["年度"]).strip() for i in indexes if rows[i]["年度"] is not None]
    return named[0] if named and named[0] in plan.fiscal_years else None


def _row(grid: Grid, index: int, columns: dict[str, int]) -> tuple[dict[str, object], list[CellFault]]:
    values: dict[str, object] = {}
    faults = []
    for name, column in columns.items():
        raw = grid.rows[index][column]
        value = _value(name, raw)
        if isinstance(value, _Wrong):
            faults.append(CellFault(grid.name, grid.address(index, column), value.message, value.remedy))
            # A value nobody can read stays in the row, so that its 事業 is not taken over without it.
            value = str(raw.text if isinstance(raw, Broken) else raw)
        values[name] = value
    return values, faults


def _value(name: str, raw: Cell) -> object:
    if raw == "" or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, Broken):
        return _Wrong("計算式やエラーの値は読めません", "値を直接入力してください")
    if name == "期限":
        day = read_date(raw, planned=True)
        return _Wrong(f"「{raw}」{day.message}", "例：2026/6/30") if isinstance(day, Fault) else day
    if name in ("累計の割合", "目標値") and isinstance(raw, str):
        return _number(raw)
    return raw.strip() if isinstance(raw, str) else raw


def _number(raw: str) -> object:
    text = unicodedata.normalize("NFKC", raw).replace(",", "").strip()
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return _Wrong(f"「{raw[:20]}」は数ではありません", "数だけを入力してください")


def _fault(grid: Grid, columns: dict[str, int], fault: RowFault) -> CellFault:
    cell = grid.address(fault.row, columns[fault.column])
    remedy = f"使える値：{'、'.join(fault.allowed)}" if fault.allowed else "このセルを直してください"
    return CellFault(grid.name, cell, fault.message, remedy)
