"""What an admin sees beside a run in Prefect: two tables and one text.

No Prefect here: the engine turns each Artifact into what Prefect keeps. Keys hold lowercase
letters, digits and dashes only, as Prefect demands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from tasks.progress.reasons import Verdict
from tasks.reports.palette import LOOKS
from tasks.reports.records import ProjectView, ReportView
from tasks.reports.summary import next_steps
from tasks.reports.text import markdown, plain_cell
from tasks.reports.words import day, signed
from tasks.wareki import wareki_with_weekday


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact: ``content`` is a list of rows (dicts with the same keys) or Markdown text."""

    key: str
    kind: Literal["table", "markdown"]
    description: str
    content: Any

    def set_apart(self, key: str, mark: str) -> Artifact:
        """Return it under a key of its own, which leaves the real one in its place, and with a mark."""
        town, _, what = self.key.partition("-")
        return replace(self, key=f"{town}-{key}-{what}", description=f"{mark}{self.description}")


def artifacts(view: ReportView, report_url: str | None = None, place: str = "") -> tuple[Artifact, ...]:
    """Return the verdicts, the counts by 担当課 and what changed.

    ``report_url`` is where the page can be opened from a browser; with it, each 事業 links to its
    entry. Without it ``place`` says where the page lies: a browser opens no file from a web page.
    """
    prefix = artifact_prefix(view.town)
    as_of = wareki_with_weekday(view.as_of)
    return (
        Artifact(f"{prefix}-verdicts", "table", f"事業ごとの判定（{as_of}現在）", _verdicts(view)),
        Artifact(f"{prefix}-departments", "table", f"担当課別の集計（{as_of}現在）", _departments(view)),
        Artifact(
            f"{prefix}-changes",
            "markdown",
            f"何が変わったか（{as_of}現在）",
            _changes(view, report_url, place),
        ),
    )


def artifact_prefix(town: str) -> str:
    """Return what the keys of a town's artifacts begin with."""
    return re.sub(r"[^a-z0-9]+", "-", town.lower()).strip("-")


def mark(verdict: Verdict) -> str:
    """Return a verdict with its symbol."""
    return f"{LOOKS[verdict].symbol} {verdict.label}"


def _verdicts(view: ReportView) -> list[dict[str, Any]]:
    return [
        {
            "判定": mark(p.verdict),
            "事業": plain_cell(f"{p.id} {p.finding.project_name}"),
            # Prefect wraps no cell, and 1280 px end here: what comes after is scrolled to.
            "理由": plain_cell(p.finding.reasons[0].text if p.finding.reasons else "—"),
            "遅れ（日）": p.days_late,
            "担当課": plain_cell("、".join(p.finding.departments)),
            "自己評価": plain_cell(p.finding.self_rating or "—"),
            "前回から": p.trend.value,
        }
        for p in view.projects
    ]


def _departments(view: ReportView) -> list[dict[str, Any]]:
    return [
        {
            "担当課": plain_cell(row.name),
            **{v.label: count for v, count in zip(Verdict, row.counts, strict=True)},
            "計": row.total,
        }
        for row in view.departments
    ]


def _changes(view: ReportView, report_url: str | None, place: str) -> str:
    parts = [
        f"# {view.mark}{markdown(view.plan_title)}　進捗監視",
        "",
        f"{wareki_with_weekday(view.as_of)}現在。{_since(view)}",
    ]
    if report_url:
        parts += ["", f"[報告を開く]({_url(report_url)})"]
    elif place:
        parts += ["", f"報告書：{markdown(place)}"]
    parts += ["", "## 判定", "", _count_table(view), "", "## 判定が変わった事業", ""]
    parts += [_moved(p, report_url) for p in view.moved] or ["ありません。"]
    parts += ["", "## 遅れている事業", ""]
    parts += [_late(p, report_url) for p in view.late] or ["ありません。"]
    parts += ["", "## 報告が足りない担当課", ""]
    parts += [
        f"- {markdown(d.name)}：{'、'.join(d.why)}（{len(d.projects)}事業、最後の報告 {day(d.last_received_on)}）"
        for d in view.silent
    ] or ["ありません。"]
    parts += ["", "## 次にすること", ""]
    parts += [
        f"{number}. {step.text} {'、'.join([*(p.id for p in step.projects), *map(markdown, step.names)])}"
        for number, step in enumerate(next_steps(view), start=1)
    ] or ["ありません。"]
    return "\n".join(parts) + "\n"


def _since(view: ReportView) -> str:
    return (
        f"前回は{wareki_with_weekday(view.previous_as_of)}。" if view.previous_as_of else "今回が初回です。"
    )


def _count_table(view: ReportView) -> str:
    head = "| 判定 | 事業 | 前回比 |\n| --- | ---: | ---: |\n"
    rows = (
        f"| {mark(c.verdict)} | {c.count} | {signed(c.change) if c.change is not None else '—'} |"
        for c in view.counts
    )
    return head + "\n".join(rows)


def _moved(p: ProjectView, report_url: str | None) -> str:
    was = p.before.verdict.label if p.before else "—"
    return f"- **{p.trend.value}** {_name(p, report_url)}：{was} → {p.verdict.label}"


def _late(p: ProjectView, report_url: str | None) -> str:
    reason = p.finding.reasons[0].text if p.finding.reasons else ""
    return f"- {mark(p.verdict)} {_name(p, report_url)}：{markdown(reason)}"


def _name(p: ProjectView, report_url: str | None) -> str:
    text = f"{p.id} {markdown(p.finding.project_name)}"
    return f"[{text}]({_url(report_url)}#{p.id})" if report_url else text


def _url(url: str) -> str:
    # Blanks, brackets and parentheses would end the link's address early.
    return quote(url, safe=":/?#@!$&*+,;=%~")
