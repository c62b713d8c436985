"""The command line: ``shinchoku``. Each command says what it does in one sentence and exits 0, 1 or 2.

0: done. 1: with ``--strict``, findings or rejected rows. 2: wrong use or unreadable input, with a
one-line reason and what to do. A command's module is imported when it is asked for, and heavy things
by the command that needs them.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

#: Every command in the order of the help: its module, and there its function or group.
COMMANDS = {
    "run": ("flows.cli_run", "run"),
    "demo": ("flows.cli_run", "demo"),
    "read": ("flows.cli_read", "read"),
    "judge": ("flows.cli_read", "judge"),
    "history": ("flows.cli_history", "history"),
    "replay": ("flows.cli_history", "replay"),
    "score": ("flows.cli_score", "score"),
    "plan": ("flows.cli_plan", "plan_app"),
    "crosswalk": ("flows.cli_crosswalk", "crosswalk_app"),
    "layout": ("flows.cli_layout", "layout_app"),
    "alerts": ("flows.cli_alerts", "alerts_app"),
    "ack": ("flows.cli_alerts", "ack"),
    "snooze": ("flows.cli_alerts", "snooze"),
    "deliver": ("flows.cli_outbox", "deliver"),
    "outbox": ("flows.cli_outbox", "outbox_app"),
    "up": ("flows.cli_cockpit", "up"),
    "schedule": ("flows.cli_cockpit", "schedule_app"),
    "portfolio": ("flows.cli_portfolio", "portfolio"),
    "simulate": ("flows.cli_read", "simulate"),
}


#: Objects made between two collections. A start imports thousands that live to the end, and judging makes as
#: many as there are commitments: to look through them again and again for what could be freed, and once more at
#: the end, costs a run a fifth of its time, and a tenth of judging ten times the plan.
COLLECTED_AFTER = 1_000_000


class _OnDemand(Mapping[str, Any]):
    """The commands, each built when it is looked up: to build them all would cost a run a twentieth."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = COMMANDS[name]
        made = getattr(import_module(module), attribute)
        one = typer.Typer(add_completion=False, rich_markup_mode=None)
        one.callback()(lambda: None)  # keeps it a group, however few commands there are
        if isinstance(made, typer.Typer):
            one.add_typer(made, name=name)
        else:
            one.command(name)(made)
        group: Any = typer.main.get_command(one)
        return group.commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: Any = _OnDemand()


app = typer.Typer(
    name="shinchoku",
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def shinchoku() -> None:
    """進捗（Shinchoku）：DX推進計画の進み具合を、各課の表から判定して知らせます。"""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(COLLECTED_AFTER)
    # Nobody's plugin has a say in what we read; to look for some among all packages costs each start 30 ms.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    for stream in (sys.stdout, sys.stderr):
        # A Windows console in CP932 cannot print every character of the plan.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    finally:
        gc.freeze()
