"""All configuration of one town, each file loaded when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from config.business_days import BusinessCalendar
from config.channels import Channels
from config.closed_days import ClosedDays
from config.crosswalk import Crosswalk
from config.departments import Departments
from config.escalation import Escalation
from config.forecast import ForecastRules
from config.headers import Headers
from config.people import People
from config.rules import Rules
from plan_data.source import SourceError, load_yaml

if TYPE_CHECKING:
    from config.layouts import Layout
    from config.portfolio import Portfolio
    from config.schedules import Schedules

_ROOT = Path(__file__).resolve().parent

#: The folder of a town's folder that holds a file for each odd workbook; most towns need none.
LAYOUTS = "layouts"


class TownConfig:
    """What a town may change. Every property raises SourceError when its file is faulty.

    With ``into_folder`` every channel is a folder on this machine, whatever the file says.
    """

    def __init__(self, town: str, folder: Path, *, into_folder: bool = False) -> None:
        self.town = town
        self.folder = folder
        self._into_folder = into_folder

    def path(self, name: str) -> Path:
        """Return the file of this name (without ``.yaml``)."""
        return self.folder / f"{name}.yaml"

    @cached_property
    def departments(self) -> Departments:
        """The 担当課 and groups of them."""
        return load_yaml(self.path("departments"), Departments)

    @cached_property
    def people(self) -> People:
        """Who is told."""
        return load_yaml(self.path("people"), People)

    @cached_property
    def headers(self) -> Headers:
        """The words of the departments' sheets."""
        return load_yaml(self.path("headers"), Headers)

    @cached_property
    def rules(self) -> Rules:
        """Thresholds, ladders, limits."""
        return load_yaml(self.path("rules"), Rules)

    @cached_property
    def forecast(self) -> ForecastRules:
        """What the forecast of the end assumes, and whether it counts."""
        return load_yaml(self.path("forecast"), ForecastRules)

    @cached_property
    def portfolio(self) -> Portfolio:
        """How a portfolio of projects from elsewhere is read."""
        from config.portfolio import Portfolio  # which no run of the watch needs

        return load_yaml(self.path("portfolio"), Portfolio)

    @cached_property
    def schedules(self) -> Schedules:
        """When each flow runs."""
        from config.schedules import Schedules  # which no run of the watch needs

        return load_yaml(self.path("schedules"), Schedules)

    @cached_property
    def channels(self) -> Channels:
        """By which way messages go out, and who is told of what."""
        channels = load_yaml(self.path("channels"), Channels)
        return channels.into_folder() if self._into_folder else channels

    @cached_property
    def escalation(self) -> Escalation:
        """How long an alert waits for an answer, and whom it climbs to."""
        return load_yaml(self.path("escalation"), Escalation)

    @cached_property
    def crosswalk(self) -> Crosswalk:
        """Confirmed rulings on unclear texts."""
        return load_yaml(self.path("crosswalk"), Crosswalk)

    @cached_property
    def layouts(self) -> dict[str, Layout]:
        """How the odd workbooks of some departments are laid out, by the name of each file of ``layouts``."""
        files = sorted((self.folder / LAYOUTS).glob("*.yaml"))
        if not files:
            return {}
        from config.layouts import Layout

        return {path.stem: load_yaml(path, Layout) for path in files}

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The town's business days."""
        return load_yaml(self.path("closed_days"), ClosedDays).calendar()


def load_town(town: str, root: Path | None = None, *, into_folder: bool = False) -> TownConfig:
    """Return the configuration in ``<root>/<town>/``; raise SourceError where there is no such town.

    ``root`` is this package's folder unless given. Files are read and checked on first use.
    """
    base = root or _ROOT
    towns = sorted(path.parent.name for path in base.glob("*/departments.yaml"))
    if town not in towns:
        raise SourceError(base, None, None, f"自治体「{town}」の設定がありません", towns)
    return TownConfig(town, base / town, into_folder=into_folder)
