"""Who reports a row: its own 担当課 cell, else the label, the sheet's name, the file's name.

The row's own cell goes first: a list that one department collects for several names each of them
in the row, while the label above names the collector.
"""

from __future__ import annotations

from dataclasses import dataclass

from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.labels import Label
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.words import quoted


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of who sent a table: the label found for it, and the department its names give."""

    label: Label | None
    named: str | None


def sender_of_row(text: str, index: DepartmentIndex, sender: Sender) -> str | Fault | None:
    """Return the department of a row; ``text`` is its own 担当課 cell, empty where it has none.

    None where nothing names a department; a Fault where what names one cannot be read.
    """
    if not text:
        return sender_of_table(index, sender)
    departments = index.match_all(text)
    if not departments:
        return unknown_department(text, index)
    return _one_of(departments, text, index, sender)


def sender_of_table(index: DepartmentIndex, sender: Sender) -> str | Fault | None:
    """Return the department of all rows that name none themselves."""
    label = sender.label
    if label is None:
        return sender.named
    if not label.departments:
        return unknown_department(label.text, index)
    return _one_of(label.departments, label.text, index, Sender(None, sender.named))


def unknown_department(text: str, index: DepartmentIndex) -> Fault:
    """Return the fault of a text that names no department of the town, with the nearest names."""
    near = index.suggestions(text)
    offered = f"（候補：{'、'.join(near)}）" if near else ""
    message = f"は本町の担当課の名称として確認できないため、正式な課名で記入してください{offered}。"
    return Fault(RowCode.UNKNOWN_DEPARTMENT, message, near[0] if near else None)


def _one_of(departments: tuple[str, ...], text: str, index: DepartmentIndex, sender: Sender) -> str | Fault:
    """Return the one department of several that sent the row: the one that label or file name."""
    if len(departments) == 1 and departments[0] not in index.groups:
        return departments[0]
    possible = {member for name in departments for member in index.members(name)}
    labelled = sender.label.departments if sender.label else ()
    for known in (*labelled, sender.named):
        if known in possible:
            return known
    message = f"では、どの課の報告か分からないため、{quoted('担当課：〇〇課')}のように報告する課を一つ記入してください。"
    return Fault(RowCode.DEPARTMENT_UNCLEAR, message)
