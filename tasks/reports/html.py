"""The report as one self-contained HTML page: no script, no request to anywhere, fit for print."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.progress.explanation import explain
from tasks.progress.reasons import Verdict
from tasks.reports.palette import LOOKS
from tasks.reports.records import ReportView
from tasks.reports.score_words import RULE_LABELS, counted, never_spoke, remark, spoken
from tasks.reports.summary import next_steps
from tasks.reports.text import clean
from tasks.reports.words import details, edition, percent, reported, signed, told
from tasks.wareki import wareki, wareki_with_weekday, weekday

if TYPE_CHECKING:
    from jinja2 import Environment

#: More rejected rows than this are for the workbook, where they can be filtered.
ROWS_SHOWN = 300
TEMPLATES = Path(__file__).parent / "templates"


def render(view: ReportView) -> str:
    """Return the page. Every value is escaped; the entry of a 事業 has its id as anchor."""
    template = _environment().get_template("report.html")
    return template.render(
        view=view, verdicts=tuple(Verdict), looks=LOOKS, steps=next_steps(view), rows_shown=ROWS_SHOWN
    )


@cache
def _environment() -> Environment:
    from tasks.templates import environment as environment_of

    environment = environment_of(TEMPLATES, escape=True, finalize=_fit)
    environment.filters.update(
        wareki=wareki, weekday=weekday, percent=percent, signed=signed, moment=_moment, edition=edition
    )
    environment.globals.update(reported=reported, details=details, told=told, explain=explain)
    environment.globals.update(
        rule_labels=RULE_LABELS, counted=counted, never_spoke=never_spoke, remark=remark, spoken=spoken
    )
    return environment


def _fit(value: Any) -> Any:
    """Make text fit to be shown; Markup (which is text too) comes from the template and stays as it is."""
    return clean(value) if type(value) is str else value


def _moment(value: Any) -> str:
    """Return ``令和8年11月24日（火）9時05分``."""
    day: date = value.date()
    return f"{wareki_with_weekday(day)}{value.hour}時{value.minute:02d}分"
