"""What a command shows a person on the terminal: tables and paths, in Japanese."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding, Judgement
from tasks.sheets.records import FileReading
from tasks.wareki import wareki_short, wareki_with_weekday

if TYPE_CHECKING:
    from config.site import Site
    from flows.watch import WatchResult
    from plan_data.check import Oddity
    from plan_data.diff import Change
    from plan_data.model import Plan

_STYLES = {
    Verdict.CRITICAL: "bold white on red",
    Verdict.DELAYED: "bold red",
    Verdict.CONTRADICTORY: "magenta",
    Verdict.AT_RISK: "yellow",
    Verdict.UNREPORTED: "cyan",
    Verdict.ON_TRACK: "green",
    Verdict.DONE: "green",
    Verdict.AHEAD: "bold green",
    Verdict.NOT_DUE: "dim",
}


def console() -> Console:
    """Return a console on stdout; where there is no terminal its lines are not cut at 80 columns."""
    # ``:warning:`` in a department's text is what it wrote, and no sign to be drawn.
    made = Console(highlight=False, soft_wrap=True, emoji=False)
    if not made.is_terminal:
        made.width = 160
    return made


def print_plan(plan: Plan) -> None:
    """Print the plan: a table per 施策, its 事業 with 担当課 and the phase of each year."""
    out = console()
    out.print(f"[bold]{escape(plan.title)}[/bold]（{plan.revision}、{plan.town_name}）")
    for policy in plan.policies:
        out.print(f"\n[bold]基本方針{policy.no}　{escape(policy.name)}[/bold]")
        for measure in policy.measures:
            table = Table(
                title=f"施策{chr(0x245F + measure.no)}　{measure.name}",
                title_justify="left",
                title_style="bold",
            )
            table.add_column("ID", no_wrap=True)
            table.add_column("事業", ratio=3, overflow="fold")
            table.add_column("担当課", ratio=2, overflow="fold")
            for label in plan.fiscal_years:
                table.add_column(f"{label}年度", no_wrap=True)
            for project in measure.projects:
                cells = [f"{c.phase}{c.note or ''}" for c in (project.phases[y] for y in plan.fiscal_years)]
                table.add_row(project.id, escape(project.name), "、".join(project.departments), *cells)
            out.print(table)
            for mark, note in measure.notes.items():
                out.print(f"  {mark} {escape(note.title)}", style="dim")


def print_oddities(plan: Plan, oddities: Sequence[Oddity]) -> None:
    """Print what the plan check found, each with its place."""
    out = console()
    out.print(f"{escape(plan.title)}（{plan.revision}）の検査：{len(oddities)}件")
    table = Table(show_lines=True)
    table.add_column("区分", no_wrap=True)
    table.add_column("場所", ratio=2, overflow="fold")
    table.add_column("内容", ratio=4, overflow="fold")
    for oddity in oddities:
        table.add_row(oddity.severity, escape(oddity.place), escape(oddity.text))
    out.print(table)


def print_changes(changes: Sequence[Change]) -> None:
    """Print the differences of two revisions."""
    out = console()
    if not changes:
        out.print("違いはありません。")
        return
    table = Table("ID", "項目", "前", "後", show_lines=True)
    for change in changes:
        table.add_row(
            change.project_id or "", *(escape(v or "—") for v in (change.what, change.before, change.after))
        )
    out.print(table)


def print_result(site: Site, result: WatchResult) -> None:
    """Print what one run of the watch came to: findings, files, what was told, what was written."""
    out = console()
    _print_findings(out, result.judgement)
    _print_departments(out, result.judgement)
    _print_files(out, result)
    _print_alerts(out, result)
    out.print("\n[bold]書いたもの[/bold]")
    for path in (result.files.html, result.files.workbook, site.outbox):
        out.print(f"  {path}")


def print_findings(judgement: Judgement) -> None:
    """Print every finding that wants attention, and the number of the others."""
    _print_findings(console(), judgement)


def _print_findings(out: Console, judgement: Judgement) -> None:
    day = wareki_with_weekday(judgement.as_of)
    out.print(f"[bold]進捗監視　{day}時点[/bold]（計画 {judgement.plan_revision}）")
    table = Table(show_lines=False, expand=False)
    table.add_column("判定", no_wrap=True)
    table.add_column("事業", ratio=2, overflow="fold")
    table.add_column("担当課", ratio=1, overflow="fold")
    table.add_column("日数", justify="right", no_wrap=True)
    table.add_column("理由", ratio=4, overflow="fold")
    quiet = (Verdict.ON_TRACK, Verdict.NOT_DUE)
    for finding in sorted(judgement.findings, key=lambda f: f.verdict.rank):
        if finding.verdict not in quiet:
            table.add_row(*_finding_row(finding))
    out.print(table)
    counts = judgement.counts()
    out.print("　".join(f"{v.label} {counts[v.value]}" for v in Verdict))


def _finding_row(finding: Finding) -> tuple[str, ...]:
    style, reason = _STYLES[finding.verdict], finding.reasons[0]
    return (
        f"[{style}]{finding.verdict.label}[/{style}]",
        escape(f"{finding.project_id} {finding.project_name}"),
        "、".join(finding.departments),
        str(reason.days) if reason.days is not None else "",
        escape(reason.text),
    )


def _print_departments(out: Console, judgement: Judgement) -> None:
    names = dict.fromkeys(d for f in judgement.findings for d in f.departments)
    table = Table(title="担当課別（複数の課の事業は、それぞれの課に数えます）", title_justify="left")
    table.add_column("担当課", no_wrap=True)
    for verdict in Verdict:
        table.add_column(verdict.label, justify="right", no_wrap=True)
    for name in names:
        own = [f for f in judgement.findings if name in f.departments]
        counts = [sum(f.verdict is v for f in own) for v in Verdict]
        table.add_row(name, *(str(n) if n else "・" for n in counts))
    out.print(table)


def _print_files(out: Console, result: WatchResult) -> None:
    accepted = sum(r.counts.accepted for r in result.readings)
    rejected = sum(r.counts.rejected for r in result.readings)
    out.print(f"受け付けた表 {len(result.readings)}件：受理{accepted}行、差戻し{rejected}行")
    if not result.readings:
        out.print("  受付フォルダに表がありません。各課の表を置いてから、もう一度実行してください。")
    for skipped in result.collected.skipped:
        out.print(f"  [dim]対象外[/dim] {escape(skipped.file)}：{escape(skipped.message)}")
    print_faults(out, result.readings)


#: A workbook that may only be laid out in a way of its own, or no longer in that way.
_ODD = frozenset({"no_table", "layout_mismatch"})


def print_faults(out: Console, readings: Sequence[FileReading]) -> None:
    """Print unreadable files and rejected rows, each with its cell and its remedy."""
    for reading in readings:
        for note in reading.notes:
            out.print(f"  [dim]補足[/dim] {escape(f'{reading.file}：{note}')}")
        if reading.error:
            out.print(
                f"  [red]読取不可[/red] {escape(f'{reading.file}：{reading.error.message}{reading.error.remedy}')}"
            )
        for error in reading.row_errors:
            offer = f"（案：{error.suggestion}）" if error.suggestion else ""
            place = f"{reading.file}［{error.sheet}］{error.cell}"
            out.print(f"  [yellow]差戻し[/yellow] {escape(f'{place}：{error.message}{offer}')}")
    if any(reading.error and reading.error.code in _ODD for reading in readings):
        out.print("  読み方の案の作り方：shinchoku layout learn ファイル（docs/ja/表の読み方.md）")


def _print_alerts(out: Console, result: WatchResult) -> None:
    told = [e for e in result.events if e.told]
    day = wareki_short(result.judgement.as_of)
    out.print(f"知らせた変化 {len(told)}件（{day}）：通知{result.delivery.sent}通を送りました。")
    names = {f.project_id: f.project_name for f in result.judgement.findings}
    from tasks.alerts.entries import KIND_LABELS

    for event in told:
        name = names.get(event.project_id, event.project_id)
        # The key counts a phase that comes again (導入2); to a person the phase says enough beside the name.
        phase = event.commitment.rstrip("0123456789") if event.commitment else ""
        about = f"{event.project_id} {name}" + (f"「{phase}」" if phase else "")
        changed = f"{event.before.label} → " if event.before and event.before is not event.after else ""
        climbed = f"（{event.audience}へ、{event.days}営業日未回答）" if event.audience else ""
        out.print(
            f"  {KIND_LABELS[event.kind]}　{escape(about)}：{changed}{event.after.label}{escape(climbed)}"
        )
    kept = len(result.events) - len(told)
    if kept:
        out.print(f"  [dim]知らせずに記録したもの {kept}件（直し待ち・確認待ちなど。理由は報告書に）[/dim]")
    if result.delivery.accepted:
        out.print(
            f"  うち{result.delivery.accepted}通は、相手が受け付けただけで、届いたかどうかは分かりません。"
        )
    if result.delivery.waiting:
        out.print(f"  [yellow]送れていない通知があります[/yellow]：送信待ち{result.delivery.waiting}")
    if result.delivery.dead_letters:
        out.print(
            f"  [bold white on red] 配信不能の通知 {result.delivery.dead_letters}通 [/bold white on red]"
            " shinchoku outbox list で確かめてください。"
        )
    for problem in filter(None, (*result.delivery.problems, result.heartbeat)):
        out.print(f"  {escape(problem)}")


def print_readings(readings: Sequence[FileReading]) -> None:
    """Print what ``read`` made of the files."""
    out = console()
    table = Table("ファイル", "形式", "行", "受理", "差戻し", "対象外")
    for reading in readings:
        c = reading.counts
        table.add_row(
            escape(reading.file),
            reading.format,
            *(str(n) for n in (c.rows, c.accepted, c.rejected, c.ignored)),
        )
    out.print(table)
    print_faults(out, readings)
