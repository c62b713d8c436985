"""What stands in one simulated file, and what it means: drawn together, so that the truth is known.

Pure but for its own seeded source of chance: the same town, department and seed always give the
same file and the same truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from plan_data.model import Project
from tasks.samples.model import MARK
from tasks.samples.national_cells import Cells, Value
from tasks.samples.national_layouts import LABEL, LABELLED, TITLE, NationalLayout, Sources
from tasks.samples.national_spelling import Formula, Written
from tasks.samples.national_words import FAULTS, HEADINGS, MILESTONES, NOTES
from tasks.sheets.grid import column_letters

#: Rows of a table, at least and at most.
ROWS = (8, 40)
_NAMES = frozenset({"project_id", "project_name", "department"})
#: Shares of rows with a mistake, of rows after a blank line or a heading, of files with hidden rows.
_FAULTY_ROWS, _INTERRUPTED_ROWS, _HIDING_FILES = 0.02, 0.04, 0.05


@dataclass(frozen=True, slots=True)
class TrueValue:
    """What a cell means, what is written in it, and its A1 address."""

    value: Value
    written: Written
    cell: str


@dataclass(frozen=True, slots=True)
class TrueRow:
    """What a row means. ``row`` counts from 1; ``fault`` is (cell, code) where it is to be sent back."""

    row: int
    project_id: str | None
    department: str
    values: dict[str, TrueValue]
    fault: tuple[str, str] | None = None


@dataclass(slots=True)
class Line:
    """One line below the header: its cells by place in the table, and what it is."""

    kind: Literal["row", "header", "total", "other"]
    cells: dict[int, Written] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class NationalFile:
    """One file: its name, its layout, what is written into it, and the truth of its rows.

    ``merges`` are (first line, last line, place of the column) of merged body cells.
    """

    file: str
    layout: NationalLayout
    texts: dict[str, str]
    lines: tuple[Line, ...]
    merges: tuple[tuple[int, int, int], ...]
    rows: tuple[TrueRow, ...]


def compose(
    town: int, department: str, seed: int, sources: Sources, layouts: Sequence[NationalLayout]
) -> NationalFile:
    """Return the file of one department of the simulated town ``town`` (from 1)."""
    rng = Random(f"{seed}/{town}/{department}")  # noqa: S311 - a sample, not a secret
    layout = rng.choice(layouts)
    return _Composer(rng, layout, sources, department).file(town)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row to be: which 事業, of which department, at which milestone (None: any)."""

    project: Project
    department: str
    milestone: str | None = None


@dataclass(slots=True)
class _Run:
    """Equal cells of a merged column: what they say, the cell that says it, first and last line."""

    says: str
    anchor: TrueValue
    first: int
    last: int


class _Composer:
    """Draws one file from the top down; every draw depends on all before it."""

    def __init__(self, rng: Random, layout: NationalLayout, sources: Sources, department: str) -> None:
        self._rng = rng
        self._layout = layout
        self._sources = sources
        self._department = department
        self._cells = Cells(rng, layout, sources.headers)
        self._lines: list[Line] = []
        self._rows: list[TrueRow] = []
        self._runs: dict[int, _Run] = {}
        self._merges: list[tuple[int, int, int]] = []

    def file(self, town: int) -> NationalFile:
        """Compose the whole file."""
        for number, entry in enumerate(self._entries()):
            self._between(number)
            self._row(entry, is_first=number == 0)
        self._end_runs()
        self._hide()
        self._below()
        title = self._layout.title.replace("　", "").replace(" ", "")
        return NationalFile(
            f"{town_name(town)}/{MARK}_{self._department}_{title}{self._layout.suffix}",
            self._layout,
            self._texts(town),
            tuple(self._lines),
            tuple(self._merges),
            tuple(self._rows),
        )

    def _entries(self) -> list[_Entry]:
        pairs = self._sources.pairs
        if self._layout.own:
            own = [project for project, department in pairs if department == self._department]
            each = max(1, min(len(MILESTONES), self._rng.randint(*ROWS) // len(own)))
            return [
                _Entry(project, self._department, MILESTONES[i])
                for project in own
                for i in sorted(self._rng.sample(range(len(MILESTONES)), each))
            ]
        chosen = sorted(self._rng.sample(range(len(pairs)), self._rng.randint(*ROWS)))
        entries = [_Entry(*pairs[i]) for i in chosen]
        if self._layout.sender == "merged":
            entries.sort(key=lambda entry: self._sources.names.index(entry.department))
        return entries

    # --- one row

    def _row(self, entry: _Entry, *, is_first: bool) -> None:
        line, values = Line("row"), {}
        self._lines.append(line)
        for place, column in enumerate(self._layout.columns):
            if column.field in _NAMES:
                value = self._name(place, column.field, entry, line)
                if column.field == "project_name":
                    values[column.field] = value
                continue
            meant, line.cells[place] = self._cells.draw(column.field, entry.milestone, is_first=is_first)
            if meant is not None:
                values[column.field] = TrueValue(meant, line.cells[place], self._address(place))
        row = self._layout.body + len(self._lines)
        if is_first or self._rng.random() >= _FAULTY_ROWS:
            self._rows.append(TrueRow(row, entry.project.id, entry.department, values))
        else:
            self._rows.append(TrueRow(row, None, entry.department, {}, self._spoil(line)))

    def _spoil(self, line: Line) -> tuple[str, str]:
        """Put a mistake into one cell that this layout has; return the cell and the reader's code."""
        places = {column.field: place for place, column in enumerate(self._layout.columns)}
        fields = places.keys() & FAULTS.keys() - ({"project_name"} if self._layout.merged_projects else set())
        name = self._rng.choice(sorted(fields))
        line.cells[places[name]], code = self._rng.choice(FAULTS[name])
        if name == "project_name" and "project_id" in places:
            line.cells[places["project_id"]] = None
        return self._address(places[name]), code.value

    def _name(self, place: int, name: str, entry: _Entry, line: Line) -> TrueValue:
        """Write what a row is about; where the column is merged, only once for equal rows."""
        says = entry.department if name == "department" else entry.project.id
        run, here = self._runs.get(place), len(self._lines) - 1
        if run and run.says == says:
            run.last = here
            return run.anchor
        value: str = entry.project.name if name == "project_name" else says
        written = self._cells.name(name, value, self._sources)
        line.cells[place] = written
        anchor = TrueValue(value, written, self._address(place))
        if self._layout.merged_projects if name != "department" else self._layout.sender == "merged":
            self._end_run(place)
            self._runs[place] = _Run(says, anchor, here, here)
        return anchor

    def _address(self, place: int) -> str:
        return f"{column_letters(self._layout.left + place)}{self._layout.body + len(self._lines)}"

    # --- between and below the rows

    def _between(self, number: int) -> None:
        layout = self._layout
        if layout.repeat_every and number and number % layout.repeat_every == 0:
            self._end_runs()
            self._lines.append(Line("header"))
        elif (
            not layout.merged_projects
            and layout.sender != "merged"
            and self._rng.random() < _INTERRUPTED_ROWS
        ):
            blank = self._rng.random() < 0.5
            self._lines.append(Line("other", {} if blank else {0: self._rng.choice(HEADINGS)}))

    def _end_runs(self) -> None:
        for place in tuple(self._runs):
            self._end_run(place)

    def _end_run(self, place: int) -> None:
        run = self._runs.pop(place, None)
        if run and run.last > run.first:
            self._merges.append((run.first, run.last, place))

    def _hide(self) -> None:
        if self._rng.random() < _HIDING_FILES:
            for line in self._rng.sample([line for line in self._lines if line.kind == "row"], 2):
                line.hidden = True

    def _below(self) -> None:
        if self._layout.total:
            self._lines.append(self._total())
        for note in self._rng.sample(NOTES, self._rng.randint(0, 2)):
            self._lines.append(Line("other", {0: note}))

    def _total(self) -> Line:
        fields = [column.field for column in self._layout.columns]
        cells: dict[int, Written] = {0: self._rng.choice(("合計", "平　均", "計"))}
        for place, name in enumerate(fields):
            if name not in ("progress", "held_count"):
                continue
            letters, first = column_letters(self._layout.left + place), self._layout.body + 1
            span = f"{letters}{first}:{letters}{self._layout.body + len(self._lines)}"
            numbers = [n for line in self._lines if isinstance(n := line.cells.get(place), int | float)]
            mean = name == "progress" and len(numbers) > 0
            shown = sum(numbers) / len(numbers) if mean else sum(numbers)
            cells[place] = Formula(f"{'AVERAGE' if mean else 'SUM'}({span})", round(shown, 6))
        return Line("total", cells)

    def _texts(self, town: int) -> dict[str, str]:
        """Return what the lines above the table say in this file."""
        texts = {
            TITLE: f"{town_name(town)}　{self._layout.title}",
            LABEL: "基準日：令和8年9月30日",
            LABELLED: "",
        }
        if self._layout.sender == "label":
            name = self._cells.name("department", self._department, self._sources)
            if self._layout.label_apart:
                texts |= {LABEL: self._layout.label, LABELLED: name}
            else:
                texts[LABEL] = f"{self._layout.label}：{name}"
        return texts


def town_name(number: int) -> str:
    """Return the name of a simulated town, which no real one has."""
    return f"模擬{number:04d}町"
