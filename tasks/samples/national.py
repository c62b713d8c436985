"""模擬の全国: workbooks of as many simulated towns as Japan has, to measure and to test the reading with.

Town by town, a file a department. The same seed gives the same bytes and the same truth, however
many files are written; nothing in them is real, and every file, sheet and folder says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from config.town import TownConfig
from plan_data.model import Plan
from tasks.samples.build import SampleError
from tasks.samples.model import MARK
from tasks.samples.national_content import NationalFile, TrueRow, compose
from tasks.samples.national_layouts import DEPARTMENTS_PER_TOWN, NationalLayout, Sources, layouts
from tasks.samples.national_workbook import Template

#: Japan's cities, towns, villages (1,718) and special wards (23).
TOWNS = 1741
FILES = TOWNS * DEPARTMENTS_PER_TOWN
#: The file by which a folder is known to be the simulation's own, and which one.
MARKER_FILE = f"{MARK}（模擬の全国）.txt"

__all__ = ["FILES", "MARKER_FILE", "TOWNS", "National", "NationalFile", "SampleError", "TrueRow"]


class National:
    """The simulated nation of one seed: what is in each of its files, and what it means."""

    def __init__(self, plan: Plan, town: TownConfig, seed: int) -> None:
        """Take the 事業 from the plan, departments and words from the town's configuration."""
        self.seed = seed
        self._sources = Sources(plan, town.departments, town.headers)
        self._templates: dict[int, Template] = {}

    @cached_property
    def layouts(self) -> tuple[NationalLayout, ...]:
        """The layouts the files are drawn from."""
        return layouts(self._sources.headers)

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments of each simulated town."""
        return self._sources.names

    def file(self, town: int, department: str) -> NationalFile:
        """Return what stands in one file and what it means (``rows``); towns count from 1."""
        return compose(town, department, self.seed, self._sources, self.layouts)

    def files(self, count: int) -> Iterator[NationalFile]:
        """Yield the first ``count`` files, town by town."""
        places = ((town, name) for town in range(1, TOWNS + 1) for name in self.departments)
        return (self.file(*place) for place in islice(places, count))

    def workbook(self, file: NationalFile) -> bytes:
        """Return a file's bytes."""
        template = self._templates.get(file.layout.number)
        if template is None:
            template = self._templates[file.layout.number] = Template(file.layout)
        return template.fill(file)

    def write(self, folder: Path, count: int, tell: Callable[[int], None] | None = None) -> list[Path]:
        """Write the first ``count`` files into ``folder`` and return their paths.

        ``tell`` is told how many are written, after each. The same count and seed may be written
        again into their folder, where a first attempt broke off.

        Raise SampleError for a folder that is not empty and not this very simulation's own, or that
        cannot be written.
        """
        written: list[Path] = []
        try:
            _claim(folder, _marker(count, self.seed))
            for file in self.files(count):
                path = folder / file.file
                if not written or path.parent != written[-1].parent:
                    path.parent.mkdir(exist_ok=True)
                path.write_bytes(self.workbook(file))
                written.append(path)
                if tell:
                    tell(len(written))
        except OSError as error:
            raise SampleError(
                f"{folder}: 模擬の表を書き込めません（{error.strerror}）。書き込める場所を指定してください。"
            ) from error
        return written


def _marker(count: int, seed: int) -> str:
    return (
        f"このフォルダは模擬の{MARK}です。中の表はすべて機械が作ったもので、実在の自治体の報告ではありません。\n"
        f"ファイル数 {count}　種（seed） {seed}\n"
    )


def _claim(folder: Path, marker: str) -> None:
    """Make the folder this simulation's own, or refuse to."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MARKER_FILE
    if path.is_file() and path.read_text("utf-8", "replace") == marker:
        return
    if any(folder.iterdir()):
        raise SampleError(
            f"{folder}: この模擬のフォルダではありません（空でなく、{MARKER_FILE} の内容が違います）。"
            "空のフォルダか、新しい名前を指定してください。"
        )
    path.write_text(marker, "utf-8")
