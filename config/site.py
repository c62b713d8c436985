"""One town at work on this machine: its settings, its folders, its configuration and its plan."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.settings import Settings
from config.town import TownConfig, load_town
from plan_data.action_plan import ActionPlanBook, load_action_plans
from plan_data.loader import PlanBook, load_plan
from plan_data.mendable import MendableError


class SiteError(MendableError):
    """The home folder cannot be used: one Japanese line with what to do about it."""


@dataclass(frozen=True)
class Site:
    """Everything a step needs. With ``into_folder`` every channel is a folder: no message leaves the machine."""

    town: str
    settings: Settings
    into_folder: bool = False

    @property
    def home(self) -> Path:
        """The folder that holds database, archive, outbox and reports."""
        return self.settings.home

    @property
    def archive(self) -> Path:
        """Where received files are kept, by content."""
        return self.home / "archive"

    @property
    def received_nothing(self) -> bool:
        """Whether no file was ever received here."""
        return not any(self.archive.glob("*"))

    @property
    def outbox(self) -> Path:
        """Where the folder channel writes messages."""
        return self.home / "outbox"

    @property
    def reports(self) -> Path:
        """Where reports are written, one folder a town and day."""
        return self.home / "reports"

    @property
    def inbox(self) -> Path:
        """The folder the departments put their files into; ``inbox`` below home unless set."""
        return Path(self.settings.inbox) if self.settings.inbox else self.home / "inbox"

    @property
    def database_url(self) -> str:
        """The URL of the database, with its password; an SQLite file below home unless set."""
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        return f"sqlite:///{(self.home / 'shinchoku.db').absolute().as_posix()}"

    @cached_property
    def config(self) -> TownConfig:
        """The town's configuration; raises SourceError where there is none."""
        return load_town(self.town, self.settings.config_root, into_folder=self.into_folder)

    @cached_property
    def plan_book(self) -> PlanBook:
        """All held revisions of the town's plan; raises SourceError where one is faulty."""
        return load_plan(self.town)

    @cached_property
    def action_plans(self) -> ActionPlanBook:
        """The town's action plans, maybe none; raises SourceError where one is faulty."""
        return load_action_plans(self.town, self.plan_book.revisions[-1])

    def prepare(self) -> None:
        """Create the folders below home; raise SiteError where that cannot be done or written to."""
        for folder in (self.home, self.archive, self.outbox, self.reports):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _unusable(folder) from error
            if not os.access(folder, os.W_OK | os.X_OK):
                raise _unusable(folder)

    def warnings(self) -> tuple[str, ...]:
        """Return what the admin should know before a run, one Japanese sentence each."""
        channels, people = self.config.channels, self.config.people
        leaving = {name for name, channel in channels.channels.items() if channel.kind == "smtp"}
        told = {route.audience for route in channels.routes if route.channel in leaving}
        samples = sorted(
            role for role, person in people.roles.items() if person.is_sample and role.split(":")[0] in told
        )
        if not samples:
            return ()
        return (
            f"{self.config.path('people').name} の{samples[0]}など{len(samples)}件の宛先が見本（example.jp）の"
            "ままです。メールは届きません。実際のアドレスに直してください。",
        )


def _unusable(folder: Path) -> SiteError:
    return SiteError(
        f"保存先のフォルダ「{folder}」に書き込めません。権限と空き容量を確かめるか、"
        "SHINCHOKU_HOME に書き込めるフォルダを指定してください。"
    )
